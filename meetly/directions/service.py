"""Verbs of directions: find them in the chair's conclusions, correct, confirm or dismiss them.

While the minutes can be edited, the block in the minutes and the proposal say the same: a
correction here changes the block, a change of the block is followed here. Once the minutes are
approved their words are frozen; a leader may still correct a proposal before giving it out.

Finding and following live in `proposing`, changes of what a proposal says in `editing`, decisions
in `deciding`; this file decides who may see. Everybody outside the room comes through here.
"""

from __future__ import annotations

from sqlalchemy import select

from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.directions.deciding import confirm, dismiss, restore, supersede
from meetly.directions.editing import (
    Following,
    add,
    correct,
    merge,
    officers,
    split,
)
from meetly.directions.halves import breaks
from meetly.directions.holding import KEEPERS, is_keeper
from meetly.directions.models import Direction, DirectionStatus
from meetly.directions.naming import named, reached, units_below
from meetly.directions.proposing import GONE, follow, of_minutes, propose_for
from meetly.errors import NotFound
from meetly.extensions import db
from meetly.folding import fold
from meetly.meetings.models import Meeting

__all__ = [
    "GONE", "KEEPERS", "Following", "add", "breaks", "confirm", "correct", "dismiss", "follow",
    "get", "get_to_decide", "is_keeper", "may_see", "merge", "named", "names", "next_to",
    "of_meeting", "of_minutes", "officers", "propose_for", "reached", "restore", "split",
    "supersede", "units_below",
]  # fmt: skip

MEMBERS = (Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)
#: How many names are offered while one is typed.
OFFERED = 8


def of_meeting(meeting: Meeting) -> list[Direction]:
    """List the directions of a meeting in the order they were said; asks no permission."""
    query = select(Direction).where(Direction.meeting_id == meeting.id)
    return list(db.session.scalars(query.order_by(Direction.ordinal, Direction.id)))


def get(user: User, direction_id: int) -> Direction:
    """Return a direction the person may see: the host's keepers always, once confirmed also the
    people of the units that lead it or help with it.
    """
    direction = db.session.get(Direction, direction_id)
    if direction is None or not may_see(user, direction):
        raise NotFound()
    return direction


def get_to_decide(user: User, direction_id: int) -> Direction:
    """Return a direction of a meeting the person's own unit holds; NotFound otherwise."""
    direction = db.session.get(Direction, direction_id)
    if direction is None or not is_keeper(user, direction):
        raise NotFound()
    return direction


def may_see(user: User, direction: Direction) -> bool:
    """Tell whether the person may see this direction and hear its seconds."""
    if is_keeper(user, direction):
        return True
    if direction.status != DirectionStatus.CONFIRMED:
        return False
    mine = {unit.id for unit in accounts.units_as(user, *MEMBERS)}
    return any(unit.id in mine for part in direction.units for unit in reached(direction, part))


def next_to(direction: Direction) -> Direction | None:
    """Return the proposal after this one in the minutes, with which it can be joined."""
    if direction.minutes is None:
        return None
    proposed = [d for d in of_minutes(direction.minutes) if d.status == DirectionStatus.PROPOSED]
    ids = [d.id for d in proposed]
    at = ids.index(direction.id) + 1 if direction.id in ids else len(ids)
    return proposed[at] if at < len(proposed) else None


def names(direction: Direction, typed: str) -> list[str]:
    """Offer names of living units of the giver's tree that hold the typed words.

    Case and diacritics are forgiven; those that begin with the words come first.
    """
    wanted = fold(" ".join(typed.split()))
    if not wanted:
        return []
    units = units_below(direction.owner_unit)
    found = [
        unit.name
        for unit in units
        if any(f" {wanted}" in f" {fold(name)}" for name in (unit.name, *unit.aliases))
    ]
    found.sort(key=lambda name: not fold(name).startswith(wanted))
    return found[:OFFERED]
