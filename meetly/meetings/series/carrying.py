"""Bringing the coming meetings of a series in line with what it says now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from meetly import audit, clock, search
from meetly.accounts.models import User
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.meetings.plan import MeetingPlan
from meetly.meetings.planning import invitable, plan_of, usable, write
from meetly.meetings.series.models import Series
from meetly.meetings.series.occurrences import Occurrence, pattern_of
from meetly.meetings.series.template import applied, planned

OPEN = (MeetingStatus.DRAFT, MeetingStatus.SCHEDULED)
#: What the guests of a meeting read when the rule names its day no more.
REASON = "Lịch họp định kỳ đã thay đổi."


@dataclass
class Carried:
    """What became of the meetings people had heard of: their plans before and after."""

    before: list[MeetingPlan] = field(default_factory=list)
    after: list[MeetingPlan] = field(default_factory=list)
    cancelled: list[Meeting] = field(default_factory=list)
    #: the numbers of those that begin or end at another time now
    moved: set[int] = field(default_factory=set)


def carry_on(user: User, series: Series) -> Carried:
    """Make the coming meetings what the series says now.

    What was said of one meeting alone stays, a time moved by hand too. A meeting stands for its
    day: at another hour it is still the same. One whose day the rule names no more is called off,
    or deleted where nobody knew of it and nothing hangs on it.
    """
    carried = Carried()
    coming = _coming(series)
    places = _places(series, coming)
    units = invitable(series.unit)
    for meeting in coming:
        place = _anchored(meeting, places)
        if meeting.status not in OPEN:
            continue
        was, heard_of = plan_of(meeting), meeting.status == MeetingStatus.SCHEDULED
        starts_at = place.starts_at if place else None
        if starts_at is None and "time" not in meeting.own_parts:
            _drop(user, series, meeting)
            now = was
            carried.cancelled += [meeting] if heard_of else []
        else:
            wanted = planned(
                series.template, starts_at or meeting.starts_at, series.duration, units
            )
            now = applied(was, wanted, meeting.own_parts)
            if now != was:
                now = usable(now, series.unit, known=now)
                _rewrite(user, series, meeting, now)
        if heard_of:
            carried.before.append(was)
            if (was.starts_at, was.ends_at) != (now.starts_at, now.ends_at):
                carried.moved.add(meeting.id)
            carried.after.append(now)
    return carried


def _coming(series: Series) -> list[Meeting]:
    # Called off ones too; locked, so that what is said of one meanwhile is not lost.
    query = select(Meeting).where(
        Meeting.series_id == series.id, Meeting.starts_at > clock.now(),
        Meeting.status != MeetingStatus.HELD,
    )  # fmt: skip
    query = query.options(
        selectinload(Meeting.agenda), selectinload(Meeting.invitations),
        selectinload(Meeting.personal_invitations),
    )  # fmt: skip
    query = query.order_by(Meeting.starts_at, Meeting.id)
    query = query.with_for_update(of=Meeting).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def _places(series: Series, coming: Iterable[Meeting]) -> dict[date, Occurrence]:
    days = [day_of(meeting.occurrence) for meeting in coming if meeting.occurrence]
    if not days:
        return {}
    first = clock.from_local(datetime.combine(min(days), time(0)))
    last = clock.from_local(datetime.combine(max(days), time(0))) + timedelta(days=1)
    return {day_of(each.moment): each for each in pattern_of(series).occurrences(first, last)}


def _anchored(meeting: Meeting, places: Mapping[date, Occurrence]) -> Occurrence | None:
    """Name the moment of the rule the meeting stands for now; None when its day is none."""
    place = places.get(day_of(meeting.occurrence)) if meeting.occurrence else None
    if place is not None:
        meeting.occurrence = place.moment
    return place


def _rewrite(user: User, series: Series, meeting: Meeting, plan: MeetingPlan) -> None:
    write(meeting, plan)
    meeting.version += 1
    db.session.flush()
    meetings.enter(meeting)
    audit.record(user.id, "meetings.change", meeting, series=series.id)


def _drop(user: User, series: Series, meeting: Meeting) -> None:
    """Take away a meeting that the rule no longer gives; what people heard of is cancelled."""
    nobody_knew = meeting.published_at is None and not meeting.own_parts
    if nobody_knew and _deleted(meeting):
        audit.record(user.id, "series.take_away", series, starts_at=meeting.starts_at)
        return
    meeting.status = MeetingStatus.CANCELLED
    meeting.cancel_reason = REASON
    meeting.occurrence = None  # the rule may name the day again, and then for a new meeting
    meeting.version += 1
    db.session.flush()
    audit.record(user.id, "meetings.cancel", meeting, reason=meeting.cancel_reason)


def _deleted(meeting: Meeting) -> bool:
    """Delete a draft to which nothing was added; papers of later rooms hold it fast."""
    meeting_id = meeting.id
    try:
        with db.session.begin_nested():
            db.session.delete(meeting)
            db.session.flush()
    except IntegrityError:
        return False
    search.remove("meeting", meeting_id)
    return True


def day_of(moment: datetime) -> date:
    """Return the day of a moment in Vietnam: a series has one meeting on it at most."""
    return clock.local(moment).date()
