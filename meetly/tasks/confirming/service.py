"""Verbs of confirming: show each proposal with what speaks against it, and give the work out.

A proposal is held against its fellows and against earlier directions of the same giver whose tasks
are still open. Only the tasks of units named in these proposals are asked for, so the question
stays small however many years there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from meetly.accounts.models import User
from meetly.directions import service as directions
from meetly.directions.contradictions import Difference, Order, contradictions
from meetly.directions.models import Direction, DirectionStatus, DirectionUnit
from meetly.errors import NotFound
from meetly.extensions import db
from meetly.folding import fold
from meetly.minutes.models import Minutes
from meetly.tasks import service as tasks
from meetly.tasks.models import Task
from meetly.tasks.states import is_open

#: So many earlier directions are held against the proposals of one meeting, the latest first.
MOST_EARLIER = 400


@dataclass(frozen=True)
class Rival:
    """A direction that says otherwise, and on what."""

    direction: Direction
    on: Difference
    #: given before and still worked on; otherwise another proposal of these minutes
    earlier: bool


@dataclass(frozen=True)
class Card:
    """One proposal as the page shows it."""

    direction: Direction
    #: names of the tasks that confirming opens
    opens: list[str] = field(default_factory=list)
    #: leads that nobody in the directory answers to
    strangers: list[str] = field(default_factory=list)
    rivals: list[Rival] = field(default_factory=list)
    #: the proposal after it, with which it can be joined
    following: Direction | None = None

    @property
    def is_past(self) -> bool:
        """Whether the deadline was over when it was spoken."""
        due = self.direction.due
        return due is not None and due < self.direction.given_on

    @property
    def asks(self) -> bool:
        """Whether somebody has to look at it before it is given out."""
        return self.is_past or bool(self.rivals)


def cards(minutes: Minutes, found: Sequence[Direction]) -> list[Card]:
    """Show the directions that are not dismissed, each with what speaks against it."""
    shown = [d for d in found if d.status != DirectionStatus.DISMISSED]
    proposed = [d for d in shown if d.status == DirectionStatus.PROPOSED]
    means = {d.id: _leads(d) for d in proposed}
    rivals = _rivals(minutes, proposed, means)
    after = {d.id: following for d, following in pairwise(proposed)}
    return [
        Card(d, *_meant(means.get(d.id, {})), rivals.get(d.id, []), after.get(d.id)) for d in shown
    ]


def assign(
    user: User, direction: Direction, version: int, replaced: Iterable[int] = ()
) -> list[Task]:
    """Confirm a direction and open its tasks; it takes the place of the named earlier ones."""
    opened = tasks.assign(user, direction, version)
    for direction_id in dict.fromkeys(replaced):
        old = db.session.get(Direction, direction_id)
        if old is None or old.owner_unit_id != direction.owner_unit_id:
            raise NotFound()
        tasks.supersede(user, old, direction)
    return opened


def assign_all(user: User, minutes: Minutes, seen: Mapping[int, int]) -> tuple[int, int]:
    """Confirm what was seen in these versions; return how many tasks opened and proposals stayed.

    Whatever has no lead, changed since, contradicts another or was late when spoken stays.
    """
    opened = left = 0
    for card in cards(minutes, directions.follow(minutes)):
        direction = card.direction
        if direction.status != DirectionStatus.PROPOSED:
            continue
        if seen.get(direction.id) != direction.version or not direction.lead or card.asks:
            left += 1
            continue
        opened += len(tasks.assign(user, direction, direction.version))
    return opened, left


_Leads = dict[str, tuple[DirectionUnit, list[tuple[str, str]]]]


def _leads(direction: Direction) -> _Leads:
    """Return for each lead the keys and names of what it means: units, a group, a stranger."""
    found: _Leads = {}
    for part in direction.lead:
        units = directions.reached(direction, part)
        meant = [(str(unit.id), unit.name) for unit in units] or [(fold(part.name), part.name)]
        found[part.name] = part, meant
    return found


def _meant(leads: _Leads) -> tuple[list[str], list[str]]:
    """Return the tasks that the leads open, and the leads no unit answers to."""
    opens = dict(pair for _part, meant in leads.values() for pair in meant)
    strangers = [
        name for name, (_part, meant) in leads.items() if meant == [(fold(name), name)]
    ]  # fmt: skip
    return list(opens.values()), strangers


def _rivals(
    minutes: Minutes, proposed: Sequence[Direction], means: Mapping[int, _Leads]
) -> dict[int, list[Rival]]:
    keys = {d.id: frozenset(k for _p, m in means[d.id].values() for k, _n in m) for d in proposed}
    units = {unit.unit_id for d in proposed for unit in d.units if unit.unit_id is not None}
    units |= {int(key) for own in keys.values() for key in own if key.isdigit()}
    earlier = _earlier(minutes, units)
    known = {d.id: d for d in [*proposed, *earlier]}
    found = contradictions(
        [_order(d, keys[d.id]) for d in proposed],
        [_order(d, leads) for d, leads in earlier.items()],
    )
    return {
        key: [Rival(known[o.key], on, earlier=known[o.key] in earlier) for o, on in others]
        for key, others in found.items()
    }


def _earlier(minutes: Minutes, unit_ids: Iterable[int]) -> dict[Direction, frozenset[str]]:
    """Return earlier directions of the giver with open tasks of these units, and whose they are."""
    query = (
        select(Task.direction_id, Task.lead_unit_id)
        .join(Direction, Direction.id == Task.direction_id)
        .where(
            Task.owner_unit_id == minutes.meeting.unit_id, Task.lead_unit_id.in_(list(unit_ids)),
            is_open(),
            Direction.superseded_by_id.is_(None),
            (Direction.minutes_id.is_(None)) | (Direction.minutes_id != minutes.id),
        )
        .order_by(Task.id.desc())
        .limit(MOST_EARLIER * 10)
    )  # fmt: skip
    leads: dict[int, set[str]] = {}
    for direction_id, unit_id in db.session.execute(query):
        leads.setdefault(direction_id, set()).add(str(unit_id))
    latest = list(leads)[:MOST_EARLIER]
    rows = select(Direction).where(Direction.id.in_(latest)).options(joinedload(Direction.meeting))
    return {d: frozenset(leads[d.id]) for d in db.session.scalars(rows)}


def _order(direction: Direction, leads: frozenset[str]) -> Order:
    names = tuple(unit.name for unit in direction.units)
    return Order(direction.id, direction.text, leads, direction.due, names)
