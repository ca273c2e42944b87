"""How far the people invited by name have read, beside the units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from meetly.accounts.models import User
from meetly.extensions import db
from meetly.materials import access
from meetly.materials.models import Material, Receipt
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting


@dataclass(frozen=True)
class NamedReading:
    """How far one person has read one document."""

    person: User
    #: number of the newest version that was opened; 0 when none was
    number: int
    at: datetime | None
    #: it is the version that counts
    current: bool


def readings(meeting: Meeting, materials: Iterable[Material]) -> dict[int, list[NamedReading]]:
    """Return, by document, how far each person invited by name who may open it has read it.

    Who belongs to an invited unit, or to the one that holds the meeting, is counted there.
    """
    units = meetings.invited_unit_ids(meeting) | {meeting.unit_id}
    people = [p for p in meetings.invited_people(meeting) if not p.unit_ids & units]
    papers = list(materials)
    versions = {version.id: version for paper in papers for version in paper.versions}
    query = select(Receipt).where(
        Receipt.version_id.in_(versions), Receipt.user_id.in_([person.id for person in people])
    )
    opened: dict[tuple[int, int], list[Receipt]] = defaultdict(list)
    for receipt in db.session.scalars(query) if people else ():
        opened[versions[receipt.version_id].material_id, receipt.user_id].append(receipt)
    may_open = {person.id: access.openable(person, papers) for person in people}
    return {
        paper.id: [
            _reading(person, paper, opened[paper.id, person.id])
            for person in people
            if paper.id in may_open[person.id]
        ]
        for paper in papers
    }


def _reading(person: User, paper: Material, receipts: Iterable[Receipt]) -> NamedReading:
    numbers = {version.id: version.number for version in paper.versions}
    last = max(receipts, key=lambda receipt: numbers[receipt.version_id], default=None)
    if last is None:
        return NamedReading(person, 0, None, False)
    number = numbers[last.version_id]
    return NamedReading(person, number, last.opened_at, number == paper.current.number)
