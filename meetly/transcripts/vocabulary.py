"""The words of one meeting: who and what its people are likely to name, gathered from the rooms."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from meetly.accounts import service as accounts
from meetly.accounts.directory import DirectoryUnit
from meetly.accounts.models import Unit
from meetly.extensions import db
from meetly.materials.models import Access, Material
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.transcripts import glossary


@dataclass(frozen=True)
class Vocabulary:
    """What a meeting knows; everything in the order of how likely it is named."""

    title: str
    #: the chair, the secretary and who was invited by name, then the people of the invited units
    people: tuple[str, ...]
    #: the host, the invited units and those of the agenda
    units: tuple[DirectoryUnit, ...]
    #: the other living units of the host's tree
    others: tuple[DirectoryUnit, ...]
    #: titles of the agenda and of the materials
    titles: tuple[str, ...]
    #: (heard, meant), corrected by the host unit's people before
    terms: tuple[tuple[str, str], ...]


def of(meeting: Meeting) -> Vocabulary:
    """Gather the words of a meeting."""
    invited = meetings.invited_unit_ids(meeting) | {meeting.unit_id}
    invited |= {item.unit_id for item in meeting.agenda if item.unit_id}
    root = "/".join(meeting.unit.path.split("/")[:2]) + "/"
    units = [unit for unit in accounts.units() if unit.path.startswith(root)]
    named = [meeting.chair, meeting.secretary, *meetings.invited_people(meeting)]
    first = [person.name for person in named if person]
    people = [person.name for person in accounts.people_of(invited)]
    # What an engine is told to expect it may write: a paper for some is not among it.
    papers = select(Material.title).where(
        Material.meeting_id == meeting.id, Material.removed_at.is_(None),
        Material.access == Access.ALL,
    )  # fmt: skip
    return Vocabulary(
        title=meeting.title,
        people=tuple(dict.fromkeys([*first, *people])),
        units=tuple(_known(unit) for unit in units if unit.id in invited),
        others=tuple(_known(unit) for unit in units if unit.id not in invited),
        titles=(
            *(item.title for item in meeting.agenda),
            *db.session.scalars(papers.order_by(Material.id)),
        ),
        terms=tuple(glossary.applied(meeting.unit_id)),
    )


def _known(unit: Unit) -> DirectoryUnit:
    return DirectoryUnit(unit.name, unit.kind, tuple(unit.aliases), unit.code)
