"""Meetings of the cast that were held, and what was ordered there: rows only, hence quick."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from meetly import clock
from meetly.accounts.models import Unit
from meetly.directions.models import Direction, DirectionStatus
from meetly.extensions import db
from meetly.meetings.models import AgendaItem, Invitation, Meeting, MeetingStatus
from meetly.minutes.models import Minutes, MinutesStatus
from meetly.tasks.models import Progress, Task, TaskHelper
from tests.cast import Cast

AGENDA_ITEM = "Báo cáo việc thực hiện kết luận kỳ trước"


def at(day: str, hour: int = 8) -> datetime:
    """Return an hour of a day in Vietnam."""
    return clock.from_local(datetime.combine(date.fromisoformat(day), time(hour)))


def meeting(
    cast: Cast,
    day: str,
    *units: Unit,
    status: MeetingStatus = MeetingStatus.HELD,
    agenda: tuple[str, ...] = (),
    **given: Any,
) -> Meeting:
    """Return a briefing of the office with these units; by default it was held."""
    made = Meeting(
        unit_id=cast.office.id, title=given.pop("title", f"Giao ban ngày {day}"), status=status,
        starts_at=at(day), ends_at=at(day, 10), chair_id=cast.khai.id, secretary_id=cast.nam.id,
        created_by_id=cast.nam.id, created_at=at(day) - timedelta(days=20),
        published_at=at(day) - timedelta(days=10), **given,
    )  # fmt: skip
    made.invitations = [Invitation(unit_id=unit.id) for unit in units]
    made.agenda = [AgendaItem(ordinal=n, title=title) for n, title in enumerate(agenda, start=1)]
    db.session.add(made)
    db.session.flush()
    db.session.refresh(made)
    return made


def concluded(held: Meeting) -> Minutes:
    """Approve the minutes of a meeting."""
    minutes = Minutes(
        meeting_id=held.id, created_at=held.ends_at, version=1, status=MinutesStatus.APPROVED
    )
    db.session.add(minutes)
    db.session.flush()
    return minutes


def directed(minutes: Minutes, said: str) -> Direction:
    """Return a direction of the chair that was confirmed."""
    held = minutes.meeting
    direction = Direction(
        owner_unit_id=held.unit_id, given_on=clock.local(held.starts_at).date(),
        meeting_id=held.id, minutes_id=minutes.id, ordinal=1, text=said, span=said,
        status=DirectionStatus.CONFIRMED,
    )  # fmt: skip
    db.session.add(direction)
    db.session.flush()
    return direction


def task(
    minutes: Minutes, unit: Unit, text: str, due: str = "", *, helped_by: Unit | None = None,
    said: str = "", percent: int = 0, done: str = "", claimed: str = "", **given: Any,
) -> Task:  # fmt: skip
    """Return a task of a unit; `done` and `claimed` are days."""
    direction = directed(minutes, text)
    helpers = [TaskHelper(name=helped_by.name, unit_id=helped_by.id)] if helped_by else []
    made = Task(
        direction_id=direction.id, meeting_id=direction.meeting_id,
        owner_unit_id=direction.owner_unit_id, lead_unit_id=unit.id, lead_name=unit.name,
        text=text, due=date.fromisoformat(due) if due else None,
        helpers=helpers,
        opened_at=minutes.meeting.ends_at, opened_by_id=minutes.meeting.chair_id,
        completed_at=at(done, 15) if done else None,
        claimed_at=at(claimed, 15) if claimed else None, **given,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    if said:
        report(made, said, percent)
    return made


def report(of: Task, said: str, percent: int = 0) -> None:
    """Let somebody of the office say how far a task is."""
    row = Progress(
        task_id=of.id, author_id=of.opened_by_id, at=datetime.now(UTC), text=said, percent=percent
    )
    db.session.add(row)
    db.session.flush()
