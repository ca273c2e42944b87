"""Who and what of a plan another meeting already holds at the same time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from meetly.accounts import service as accounts
from meetly.accounts.models import Unit, User
from meetly.extensions import db
from meetly.folding import fold
from meetly.meetings.models import Invitation, Meeting, MeetingStatus, PersonalInvitation
from meetly.meetings.plan import LONGEST, MeetingPlan
from meetly.meetings.service import HOSTS, visible_to


class What(StrEnum):
    """What of a plan is taken, the hardest to replace first."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    PLACE = "place"
    PERSON = "person"
    UNIT = "unit"


@dataclass(frozen=True)
class Clash:
    """One thing that is taken, by whom, from when until when."""

    what: What
    #: id of the person or unit; 0 for the room
    who: int
    starts_at: datetime
    ends_at: datetime
    meeting_id: int
    #: the name of the person, the unit or the room
    name: str = ""
    #: what the other meeting is called; empty where the reader may not see it
    title: str = ""

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Say whether it falls into a span of time."""
        return self.starts_at < ends_at and starts_at < self.ends_at


def found(
    user: User, host: Unit, plan: MeetingPlan, *, but: int | None = None
) -> list[Clash]:  # fmt: skip
    """List what of a plan is taken while it would last, with names and the titles one may read.

    `but` is the meeting that is planned itself. Drafts of other units betray nothing.
    """
    clashes = taken(user, host, plan, plan.starts_at, plan.ends_at, but=but)
    ids = {clash.meeting_id for clash in clashes}
    query = select(Meeting.id, Meeting.title).where(Meeting.id.in_(ids), visible_to(user))
    titles = {meeting_id: title for meeting_id, title in db.session.execute(query)}  # noqa: C416
    names = _names(clashes)
    order = list(What)
    return sorted(
        (
            replace(
                clash, title=titles.get(clash.meeting_id, ""),
                name=plan.place if clash.what == What.PLACE else names[clash.what, clash.who],
            )
            for clash in clashes
        ),
        key=lambda c: (order.index(c.what), c.name, c.starts_at, c.meeting_id),
    )  # fmt: skip


def taken(
    user: User,
    host: Unit,
    plan: MeetingPlan,
    since: datetime,
    until: datetime,
    *,
    but: int | None = None,
) -> list[Clash]:
    """List what of a plan is taken within a span of time, as far as ids tell; no titles."""
    units = {*plan.unit_ids, *(item.unit_id for item in plan.agenda if item.unit_id)} - {host.id}
    people = {i for i in (plan.chair_id, plan.secretary_id, *plan.people_ids) if i}
    others = _others(user, host, plan, units, people, since, until, but)
    ids = [meeting.id for meeting in others]
    seated = _pairs(Invitation.meeting_id, Invitation.unit_id, ids, units)
    named = _pairs(PersonalInvitation.meeting_id, PersonalInvitation.user_id, ids, people)
    room = _room(plan.place)
    return [
        Clash(what, who, meeting.starts_at, meeting.ends_at, meeting.id)
        for meeting in others
        for what, who in [
            *_people_in(meeting, plan, named.get(meeting.id, set())),
            *([(What.PLACE, 0)] if room and _room(meeting.place) == room else []),
            *((What.UNIT, i) for i in sorted(seated.get(meeting.id, set()) | {meeting.unit_id})
              if i in units),
        ]
    ]  # fmt: skip


def _others(
    user: User,
    host: Unit,
    plan: MeetingPlan,
    units: set[int],
    people: set[int],
    since: datetime,
    until: datetime,
    but: int | None,
) -> list[Row[Any]]:
    # The index on starts_at bounds the search from both sides: no meeting is longer than LONGEST.
    when = and_(
        Meeting.starts_at < until, Meeting.starts_at > since - LONGEST, Meeting.ends_at > since
    )
    own = [unit.id for unit in accounts.units_as(user, *HOSTS)]
    known = or_(
        Meeting.status.in_((MeetingStatus.SCHEDULED, MeetingStatus.HELD)),
        and_(Meeting.status == MeetingStatus.DRAFT, Meeting.unit_id.in_(own)),
    )
    query = select(
        Meeting.id,
        Meeting.starts_at,
        Meeting.ends_at,
        Meeting.place,
        Meeting.unit_id,
        Meeting.chair_id,
        Meeting.secretary_id,
    ).where(when, known, Meeting.id != (but or 0), _concerns(host, plan, units, people))
    return list(db.session.execute(query.order_by(Meeting.starts_at, Meeting.id)))


def _concerns(
    host: Unit, plan: MeetingPlan, units: set[int], people: set[int]
) -> ColumnElement[bool]:
    root = f"/{host.path.split('/')[1]}/"
    here = select(Unit.id).where(Unit.path.startswith(root, autoescape=True))
    invited = exists().where(Invitation.meeting_id == Meeting.id, Invitation.unit_id.in_(units))
    by_name = exists().where(
        PersonalInvitation.meeting_id == Meeting.id, PersonalInvitation.user_id.in_(people)
    )
    reasons = [
        Meeting.unit_id.in_(units), invited, by_name, Meeting.chair_id.in_(people),
        Meeting.secretary_id.in_(people),
    ]  # fmt: skip
    if plan.place:  # which room it is, folded words decide
        reasons.append(and_(Meeting.place != "", Meeting.unit_id.in_(here)))
    return or_(*reasons)


def _pairs(
    meeting: InstrumentedAttribute[int],
    other: InstrumentedAttribute[int],
    ids: list[int],
    wanted: Iterable[int],
) -> dict[int, set[int]]:
    pairs: dict[int, set[int]] = {}
    query = select(meeting, other).where(meeting.in_(ids), other.in_(list(wanted)))
    for meeting_id, found_id in db.session.execute(query):
        pairs.setdefault(meeting_id, set()).add(found_id)
    return pairs


def _people_in(
    meeting: Row[Any], plan: MeetingPlan, invited: set[int]
) -> Iterator[tuple[What, int]]:  # fmt: skip
    there = {meeting.chair_id, meeting.secretary_id, *invited}
    seen: set[int] = set()
    roles = [(What.CHAIR, plan.chair_id), (What.SECRETARY, plan.secretary_id)]
    for what, person in [*roles, *((What.PERSON, i) for i in plan.people_ids)]:
        if person and person in there and person not in seen:
            seen.add(person)
            yield what, person


def _room(place: str) -> str:
    words = "".join(mark if mark.isalnum() else " " for mark in fold(place))
    return " ".join(words.split())


def _names(clashes: Iterable[Clash]) -> dict[tuple[What, int], str]:
    listed = list(clashes)
    units = {c.who for c in listed if c.what == What.UNIT}
    people = {c.who for c in listed if c.what not in (What.UNIT, What.PLACE)}
    of_units = dict(db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(units))).all())
    of_people = dict(
        db.session.execute(select(User.id, User.name).where(User.id.in_(people))).all()
    )
    return {
        (c.what, c.who): (of_units if c.what == What.UNIT else of_people)[c.who]
        for c in listed
        if c.what != What.PLACE
    }
