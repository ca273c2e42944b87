"""Lists of answers: for those who hold a meeting, and what waits for one person's hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.errors import NotAllowed
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.answers.asked import (
    Asked,
    is_open,
    kind_of,
    may_decide,
    mine,
    name_of,
    offered,
)
from meetly.meetings.models import (
    Answer,
    Consent,
    Invitation,
    Meeting,
    MeetingStatus,
    PersonalInvitation,
)

Row = TypeVar("Row", Invitation, PersonalInvitation)


@dataclass(frozen=True)
class Tally:
    """How many invitations were answered how; a substitute who was refused counts as one."""

    coming: int = 0
    substitute: int = 0
    absent: int = 0
    none: int = 0
    #: substitutes that wait for the chair
    asked: int = 0

    @property
    def total(self) -> int:
        """All invitations."""
        return self.coming + self.substitute + self.absent + self.none


#: What a list of answers can be narrowed to.
SHOWN: dict[str, dict[str, str]] = {
    "": {},
    "none": {"answer": Answer.NONE},
    "coming": {"answer": Answer.COMING},
    "asked": {"answer": Answer.SUBSTITUTE, "consent": Consent.ASKED},
    "substitute": {"answer": Answer.SUBSTITUTE},
    "absent": {"answer": Answer.ABSENT},
}


def responses(user: User, meeting: Meeting, show: str = "") -> list[Asked]:
    """List the invitations with their answers, units in tree order, then people by name.

    `show` narrows them to a key of SHOWN. NotAllowed for all but those who hold or chair it.
    """
    if not (meetings.is_host(user, meeting) or may_decide(user, meeting)):
        raise NotAllowed()
    wanted = SHOWN.get(show, {})
    units = db.session.scalars(select(Invitation).filter_by(meeting_id=meeting.id, **wanted))
    people = select(PersonalInvitation).filter_by(meeting_id=meeting.id, **wanted)
    return [
        *sorted(units, key=lambda row: meetings.tree_place(row.unit)),
        *sorted(db.session.scalars(people), key=lambda row: (row.user.name, row.id)),
    ]


def tally(meeting: Meeting) -> Tally:
    """Count the answers of a meeting."""
    both = union_all(
        *(
            select(table.answer, table.consent).where(table.meeting_id == meeting.id)
            for table in (Invitation, PersonalInvitation)
        )
    ).subquery()
    query = select(both.c.answer, both.c.consent, func.count()).group_by(
        both.c.answer, both.c.consent
    )
    counts: dict[str, int] = {}
    for said, consent, count in db.session.execute(query):
        for name in (said or "none", *(["asked"] if consent == Consent.ASKED else [])):
            counts[name] = counts.get(name, 0) + count
    return Tally(**counts)


def unanswered(meeting: Meeting) -> list[Asked]:
    """List the invitations that nobody has answered."""
    units = select(Invitation).filter_by(meeting_id=meeting.id, answer=Answer.NONE)
    people = select(PersonalInvitation).filter_by(meeting_id=meeting.id, answer=Answer.NONE)
    return [*db.session.scalars(units), *db.session.scalars(people)]


def absent_units(meeting: Meeting) -> set[int]:
    """Tell which units said that they stay away."""
    query = select(Invitation.unit_id).filter_by(meeting_id=meeting.id, answer=Answer.ABSENT)
    return set(db.session.scalars(query))


def announced(meeting: Meeting) -> dict[int, Invitation]:
    """Return, by unit, the invitations to which somebody was said to come, as the roll begins."""
    query = select(Invitation).where(
        Invitation.meeting_id == meeting.id,
        Invitation.answer.in_((Answer.COMING, Answer.SUBSTITUTE)),
        Invitation.consent != Consent.REFUSED,
    )
    return {row.unit_id: row for row in db.session.scalars(query)}


# -- what waits for one person ---------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """An invitation as those see it who may answer it."""

    #: "unit" or "person"
    whom: str
    name: str
    invitation: Asked
    is_open: bool
    #: who could come, where that is not said yet
    people: list[User]


def cards(user: User, meeting: Meeting) -> list[Card]:
    """List the invitations that the person may answer, each with who could come."""
    taken = is_open(meeting)
    return [
        Card(
            kind_of(row), name_of(row), row, taken,
            offered(row) if taken and not row.answer and kind_of(row) == "unit" else [],
        )
        for row in mine(user, meeting)
    ]  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """An invitation that waits for somebody, and its meeting."""

    meeting: Meeting
    invitation: Asked

    @property
    def whom(self) -> str:
        """Whether a unit or a person is invited."""
        return kind_of(self.invitation)

    @property
    def name(self) -> str:
        """Who is invited."""
        return name_of(self.invitation)


def to_answer(user: User, limit: int) -> list[Waiting]:
    """List the invitations that the person or their units have not answered, the next first."""
    guest = [unit.id for unit in accounts.units_as(user, *meetings.GUESTS)]
    return _waiting(
        limit,
        and_(Invitation.answer == Answer.NONE, Invitation.unit_id.in_(guest)),
        and_(PersonalInvitation.answer == Answer.NONE, PersonalInvitation.user_id == user.id),
    )


def to_decide(user: User, limit: int) -> list[Waiting]:
    """List the substitutes that wait for the person as chair, or as leader where none is named."""
    led = [unit.id for unit in accounts.units_as(user, Role.LEADER)]
    mine = or_(
        Meeting.chair_id == user.id, and_(Meeting.chair_id.is_(None), Meeting.unit_id.in_(led))
    )
    return _waiting(
        limit,
        and_(Invitation.consent == Consent.ASKED, mine),
        and_(PersonalInvitation.consent == Consent.ASKED, mine),
    )


def _waiting(limit: int, units: ColumnElement[bool], people: ColumnElement[bool]) -> list[Waiting]:
    found = [*_some(Invitation, units, limit), *_some(PersonalInvitation, people, limit)]
    return sorted(found, key=lambda each: each.meeting.starts_at)[:limit]


def _some(table: type[Row], condition: ColumnElement[bool], limit: int) -> list[Waiting]:
    query = select(Meeting, table).join(table, table.meeting_id == Meeting.id)
    query = query.where(
        Meeting.status == MeetingStatus.SCHEDULED, Meeting.starts_at > clock.now(), condition
    )
    found = db.session.execute(query.order_by(Meeting.starts_at, table.id).limit(limit))
    return [Waiting(meeting, row) for meeting, row in found]
