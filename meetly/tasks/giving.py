"""Giving: everything a confirmed direction opens, by unit and by period."""

from __future__ import annotations

from meetly.accounts.models import Unit, User
from meetly.directions import service as directions
from meetly.directions.models import Direction, DirectionUnit
from meetly.tasks import opening
from meetly.tasks.models import Task
from meetly.tasks.standing import service as standing

Named = tuple[str, Unit | None]


def open_for(user: User, direction: Direction, *, quiet: bool = False) -> list[Task]:
    """Open one task for each unit that leads a confirmed direction.

    A group ("UBND các xã, phường") opens one for every living unit it means; a name nobody in the
    directory answers to opens one under that name. What recurs opens its first period. `quiet`
    leaves telling their people to the caller.
    """
    leading = [pair for part in direction.lead for pair in _reached(direction, part)]
    helping = [pair for part in direction.coordinating for pair in _reached(direction, part)]
    return [
        task
        for name, unit in dict(leading).items()
        for task in _opened(user, direction, (name, unit), helping, quiet)
    ]


def _opened(
    user: User, direction: Direction, leading: Named, helping: list[Named], quiet: bool
) -> list[Task]:
    """Open the first period of what recurs, and one task for what is done once or has one day."""
    first = None
    if direction.recurring:
        first = standing.begin(user, direction, *leading, helping, quiet=quiet)
    if first is not None and direction.due is None:
        return [first]
    once = opening.open_task(user, direction, *leading, helping, quiet=quiet)
    return [once, first] if first is not None else [once]


def _reached(direction: Direction, part: DirectionUnit) -> list[Named]:
    units = directions.reached(direction, part)
    return [(unit.name, unit) for unit in units] or [(part.name, None)]
