"""When the notice of conclusions is due, and which notices are not out yet.

Five working days after the meeting: Decision 45/2018/QĐ-TTg.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, exists, select

from meetly import clock
from meetly.extensions import db
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.minutes.issuing.models import DocumentKind, DocumentStatus, OfficialDocument
from meetly.minutes.models import Minutes
from meetly.working_days import is_working_day, working_day_after

WORKING_DAYS = 5
#: Meetings further back are history: their notice went out before Meetly, or never will.
BEHIND = timedelta(days=60)


@dataclass(frozen=True)
class Awaited:
    """Minutes whose notice is not out, and when it is due."""

    minutes: Minutes
    due: date
    #: working days from today to the due day; below zero when it is late
    left: int

    @property
    def is_late(self) -> bool:
        """Tell whether the due day is over."""
        return self.left < 0


def due_day(held: date) -> date:
    """Return the last day on which the notice of a meeting held then is in time; pure."""
    return working_day_after(held, WORKING_DAYS)


def days_left(due: date, today: date) -> int:
    """Count the working days from today to the due day; below zero once that is over; pure."""
    first, last = min(due, today), max(due, today)
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    count = sum(map(is_working_day, days))
    return count if due >= today else min(-1, -count)


def deadline(held: date) -> datetime:
    """Return the moment at which the notice begins to be late: when the due day ends."""
    return clock.from_local(datetime.combine(due_day(held) + timedelta(days=1), time(0)))


def awaited(units: Collection[int], today: date, most: int) -> list[Awaited]:
    """List the meetings of these units whose notice is not out, the most urgent first."""
    if not units:
        return []
    found = without_notice(clock.now(), Meeting.unit_id.in_(units))
    rows = [standing(minutes, today) for minutes in found]
    return sorted(rows, key=lambda row: (row.due, row.minutes.id))[:most]


def without_notice(now: datetime, *conditions: ColumnElement[bool]) -> list[Minutes]:
    """List the minutes of meetings that are over and whose notice was never issued."""
    issued = exists().where(
        OfficialDocument.minutes_id == Minutes.id,
        OfficialDocument.kind == DocumentKind.NOTICE,
        OfficialDocument.status == DocumentStatus.ISSUED,
    )
    query = (
        select(Minutes)
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .where(
            Meeting.ends_at <= now, Meeting.ends_at > now - BEHIND,
            Meeting.status != MeetingStatus.CANCELLED, ~issued, *conditions,
        )
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(Meeting.ends_at, Minutes.id)))


def held_on(minutes: Minutes) -> date:
    """Return the day of the meeting."""
    return clock.local(minutes.meeting.starts_at).date()


def standing(minutes: Minutes, today: date) -> Awaited:
    """Say when the notice of a meeting is due, seen from today."""
    due = due_day(held_on(minutes))
    return Awaited(minutes, due, days_left(due, today))
