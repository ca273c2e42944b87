"""From the rows of meetings and tasks to what a carried report counts; asks no permission."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import selectinload

from meetly.clock import local
from meetly.extensions import db
from meetly.folding import fold
from meetly.meetings.models import AgendaItem, Invitation, Meeting, MeetingStatus
from meetly.minutes.models import Minutes, MinutesStatus
from meetly.tasks import service as tasks
from meetly.tasks.carried.counting import Content, Line, content_of, standing_of
from meetly.tasks.carried.models import CarriedReport
from meetly.tasks.models import Progress, ProgressKind, Task, TaskState

#: What a unit says of its work, and what was found missing in it.
_SAID = (ProgressKind.REPORT, ProgressKind.CLAIM, ProgressKind.RETURN)
_BEFORE = ("ky truoc", "cuoc hop truoc", "phien truoc", "thang truoc", "tuan truoc", "lan truoc")
#: How many meetings back a chain of reports is followed.
FARTHEST = 200
LONGEST_REASON = 600


# -- which meeting comes before --------------------------------------------------------------


def previous_of(meeting: Meeting) -> Meeting | None:
    """Return the last meeting held before this one: of its series, or else of its unit."""
    within = (
        Meeting.series_id == meeting.series_id
        if meeting.series_id
        else and_(Meeting.unit_id == meeting.unit_id, Meeting.series_id.is_(None))
    )
    query = select(Meeting).where(within, *_held_before(meeting))
    return db.session.scalar(query.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(1))


def earlier_of_unit(meeting: Meeting, limit: int) -> list[Meeting]:
    """List what the same unit held before, newest first: what a secretary may choose from."""
    query = select(Meeting).where(Meeting.unit_id == meeting.unit_id, *_held_before(meeting))
    return list(db.session.scalars(query.order_by(Meeting.starts_at.desc()).limit(limit)))


def _held_before(meeting: Meeting) -> tuple[ColumnElement[bool], ...]:
    """Say which meetings were held before: noted as held, or something was ordered there."""
    ordered = exists().where(Task.meeting_id == Meeting.id)
    return (
        Meeting.id != meeting.id, Meeting.starts_at < meeting.starts_at,
        Meeting.status != MeetingStatus.CANCELLED,
        or_(Meeting.status == MeetingStatus.HELD, ordered),
    )  # fmt: skip


def place_for(meeting: Meeting) -> AgendaItem | None:
    """Find the point of the agenda that asks for the report."""
    for item in meeting.agenda:
        said = fold(item.title)
        if "ket luan" in said and any(before in said for before in _BEFORE):
            return item
    return None


# -- counting --------------------------------------------------------------------------------


def count(meeting: Meeting, previous: Meeting, now: datetime) -> Content:
    """Count the tasks of the meeting before, and what is still open from those before it."""
    found = _tasks(previous)
    percents, said = tasks.percents(found), _last_words(found)
    held = _days({task.meeting_id for task in found if task.meeting_id})
    lines = [
        _line(task, previous, held, percents.get(task.id, 0), said.get(task.id, ""), now)
        for task in found
    ]
    return content_of(lines, _audience(meeting, {line.meeting_id for line in lines}))


def _tasks(previous: Meeting) -> list[Task]:
    """Gather them by two indexes: what one meeting ordered, and what its unit still waits for."""
    lives = select(Task).where(Task.cancelled_at.is_(None)).options(selectinload(Task.helpers))
    ordered = lives.where(Task.meeting_id == previous.id)
    waiting = lives.where(
        Task.owner_unit_id == previous.unit_id, Task.completed_at.is_(None),
        Task.meeting_id.in_(_earlier(previous)),
    )  # fmt: skip
    return [task for query in (ordered, waiting) for task in db.session.scalars(query)]


def _earlier(previous: Meeting) -> set[int]:
    """Return the meetings before: of the series, and those that reports lead back to."""
    found: set[int] = set()
    if previous.series_id:
        query = select(Meeting.id).where(
            Meeting.series_id == previous.series_id, Meeting.starts_at < previous.starts_at
        )
        found.update(db.session.scalars(query))
    step: int | None = previous.id
    for _ in range(FARTHEST):
        query = select(CarriedReport.previous_id).where(CarriedReport.meeting_id == step)
        step = db.session.scalar(query)
        if step is None or step in found:
            break
        found.add(step)
    return found - {previous.id}


def _line(
    task: Task, previous: Meeting, held: dict[int, date], percent: int, reason: str, now: datetime
) -> Line:
    assert task.meeting_id is not None
    day = local(now).date()
    state = task.state(day)
    done = state in (TaskState.DONE_IN_TIME, TaskState.DONE_LATE)
    return Line(
        task_id=task.id, meeting_id=task.meeting_id,
        from_day="" if task.meeting_id == previous.id else held[task.meeting_id].isoformat(),
        text=task.text, lead=task.lead_name, lead_unit_id=task.lead_unit_id,
        helper_unit_ids=tuple(h.unit_id for h in task.helpers if h.unit_id is not None),
        period=task.period, due=task.due.isoformat() if task.due else "",
        standing=standing_of(state, task.due), days_late=_days_late(task, day),
        percent=100 if done else percent, reason=reason,
    )  # fmt: skip


def _days_late(task: Task, day: date) -> int:
    """Count the days past the deadline: until it was done or said to be, or until this day."""
    if task.due is None:
        return 0
    finished = task.completed_at or task.claimed_at
    return max(0, ((local(finished).date() if finished else day) - task.due).days)


def _last_words(found: Iterable[Task]) -> dict[int, str]:
    ids = [task.id for task in found]
    last = (
        select(func.max(Progress.id))
        .where(Progress.task_id.in_(ids), Progress.kind.in_(_SAID))
        .group_by(Progress.task_id)
    )
    rows = db.session.execute(select(Progress.task_id, Progress.text).where(Progress.id.in_(last)))
    return {row.task_id: " ".join(row.text.split())[:LONGEST_REASON] for row in rows}


def _days(meeting_ids: set[int]) -> dict[int, date]:
    query = select(Meeting.id, Meeting.starts_at).where(Meeting.id.in_(meeting_ids))
    return {row.id: local(row.starts_at).date() for row in db.session.execute(query)}


def _audience(meeting: Meeting, meeting_ids: set[int]) -> set[int]:
    """Return the units invited to this meeting that know the conclusions behind every line.

    They were invited to the meeting of each, and its minutes are approved.
    """
    approved = set(
        db.session.scalars(
            select(Minutes.meeting_id).where(
                Minutes.meeting_id.in_(meeting_ids), Minutes.status == MinutesStatus.APPROVED
            )
        )
    )
    query = select(Invitation.meeting_id, Invitation.unit_id).where(
        Invitation.meeting_id.in_({meeting.id, *meeting_ids})
    )
    invited: dict[int, set[int]] = {}
    for meeting_id, unit_id in db.session.execute(query):
        invited.setdefault(meeting_id, set()).add(unit_id)
    audience = invited.get(meeting.id, set())
    for meeting_id in meeting_ids:
        reached = invited.get(meeting_id, set()) if meeting_id in approved else set()
        audience = audience & reached
    return audience
