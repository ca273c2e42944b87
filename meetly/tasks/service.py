"""Verbs of tasks: open them from confirmed directions, show them, report on them, finish them.

How a task stands is computed from its dates on the day of asking and never stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Date, Select, and_, func, literal, or_, select, tuple_, update
from sqlalchemy.engine import CursorResult

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.directions import service as directions
from meetly.directions.models import Direction, DirectionStatus
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.notices import service as notices
from meetly.tasks import opening
from meetly.tasks.models import Progress, Task, TaskHelper, TaskState

MEMBERS = opening.MEMBERS
KEEPERS = (Role.SECRETARY, Role.LEADER)
PAGE = 40
LONGEST_TEXT = 10_000
#: Where tasks without a deadline stand in a list sorted by deadline.
_LAST_DAY = literal(date.max, Date)


@dataclass(frozen=True)
class Filter:
    """Which tasks a list shows; empty fields leave the list as it is."""

    #: "lead": my units lead; "help": they help; "owner": my units gave them
    mine: str = ""
    #: "open", "done" or one of TaskState
    state: str = "open"
    meeting_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True)
class Page:
    """One page of a list, and the mark after which the next one begins."""

    tasks: list[Task]
    after: str = ""


# -- opening ---------------------------------------------------------------------------------


def assign(user: User, direction: Direction, version: int) -> list[Task]:
    """Confirm a direction and open its tasks; assigning again returns what was opened."""
    if direction.status == DirectionStatus.CONFIRMED:
        if not directions.is_keeper(user, direction, Role.LEADER):
            raise NotAllowed()
        return of_direction(direction)
    directions.confirm(user, direction, version)
    return opening.open_for(user, direction)


# -- reading ---------------------------------------------------------------------------------


def get(user: User, task_id: int) -> Task:
    """Return a task the person may see: their unit gave it, leads it or helps with it."""
    query = select(Task).where(Task.id == task_id, _visible(user))
    task = db.session.scalar(query)
    if task is None:
        raise NotFound()
    return task


def listing(user: User, wanted: Filter, *, after: str = "", limit: int = PAGE) -> Page:
    """List tasks by deadline, those without one last; `after` continues a page."""
    key = func.coalesce(Task.due, _LAST_DAY)
    query = select(Task).where(_visible(user), *_conditions(user, wanted))
    if after:
        day, task_id = _mark(after)
        query = query.where(tuple_(key, Task.id) > tuple_(literal(day, Date), literal(task_id)))
    found = list(db.session.scalars(query.order_by(key, Task.id).limit(limit + 1)))
    if len(found) <= limit:
        return Page(found)
    last = found[limit - 1]
    return Page(found[:limit], f"{(last.due or date.max).isoformat()}_{last.id}")


def mine(user: User, limit: int = 200) -> list[Task]:
    """List the open tasks the person's units lead, the most urgent first."""
    return listing(user, Filter(mine="lead"), limit=limit).tasks


def overdue(user: User, limit: int = 200) -> list[Task]:
    """List the open tasks past their deadline, the latest first."""
    return listing(user, Filter(state=TaskState.OVERDUE), limit=limit).tasks


def of_meeting(user: User, meeting: Meeting, limit: int = 1000) -> list[Task]:
    """List what came of a meeting, as far as the person may see it."""
    return listing(user, Filter(state="", meeting_id=meeting.id), limit=limit).tasks


def of_direction(direction: Direction) -> list[Task]:
    """List the tasks a direction opened; asks no permission."""
    query = select(Task).where(Task.direction_id == direction.id).order_by(Task.id)
    return list(db.session.scalars(query))


def progress_of(task: Task) -> list[Progress]:
    """List the reports on a task, newest first."""
    query = select(Progress).where(Progress.task_id == task.id).order_by(Progress.id.desc())
    return list(db.session.scalars(query))


def percents(tasks: Iterable[Task]) -> dict[int, int]:
    """Return how far each task is by its last report; tasks never reported on are missing."""
    last = (
        select(func.max(Progress.id))
        .where(Progress.task_id.in_([task.id for task in tasks]))
        .group_by(Progress.task_id)
    )
    rows = db.session.execute(
        select(Progress.task_id, Progress.percent).where(Progress.id.in_(last))
    )
    return {row.task_id: row.percent for row in rows}


def lead_units(user: User) -> list[Unit]:
    """List the units that lead tasks the person may see, for the filter."""
    led = select(Task.lead_unit_id).where(_visible(user)).distinct()
    return list(db.session.scalars(select(Unit).where(Unit.id.in_(led)).order_by(Unit.path)))


def meetings_with_tasks(user: User, limit: int = 50) -> list[Meeting]:
    """List the meetings whose tasks the person may see, newest first, for the filter."""
    given = select(Task.meeting_id).where(_visible(user)).distinct()
    query = select(Meeting).where(Meeting.id.in_(given))
    return list(db.session.scalars(query.order_by(Meeting.starts_at.desc()).limit(limit)))


def visible_ids(user: User) -> Select[Any]:
    """Return the query for the ids of every task the person may see."""
    return select(Task.id).where(_visible(user))


def _visible(user: User) -> ColumnElement[bool]:
    kept = _ids(user, KEEPERS)
    mine = _ids(user, MEMBERS)
    helped = select(TaskHelper.task_id).where(TaskHelper.unit_id.in_(mine))
    return or_(Task.owner_unit_id.in_(kept), Task.lead_unit_id.in_(mine), Task.id.in_(helped))


def _conditions(user: User, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.mine == "lead":
        conditions.append(Task.lead_unit_id.in_(_ids(user, MEMBERS)))
    elif wanted.mine == "help":
        helped = select(TaskHelper.task_id).where(TaskHelper.unit_id.in_(_ids(user, MEMBERS)))
        conditions.append(Task.id.in_(helped))
    elif wanted.mine == "owner":
        conditions.append(Task.owner_unit_id.in_(_ids(user, KEEPERS)))
    if wanted.meeting_id:
        conditions.append(Task.meeting_id == wanted.meeting_id)
    if wanted.unit_id:
        conditions.append(Task.lead_unit_id == wanted.unit_id)
    if wanted.state:
        conditions.append(_stands(wanted.state, clock.today()))
    return conditions


def _stands(state: str, day: date) -> ColumnElement[bool]:
    """Say in SQL what Task.state says in Python."""
    is_open = and_(Task.completed_at.is_(None), Task.cancelled_at.is_(None))
    late = and_(Task.due.is_not(None), Task.due < day)
    in_time = or_(Task.due.is_(None), Task.due >= day)
    done = and_(Task.completed_at.is_not(None), Task.cancelled_at.is_(None))
    known = {
        "open": is_open,
        "done": done,
        TaskState.OVERDUE: and_(is_open, late),
        TaskState.NOT_STARTED: and_(is_open, in_time, Task.started_at.is_(None)),
        TaskState.IN_TIME: and_(is_open, in_time, Task.started_at.is_not(None)),
        TaskState.CANCELLED: Task.cancelled_at.is_not(None),
    }
    if state not in known:
        raise BadInput("Không có cách lọc này.")
    return known[state]


def _ids(user: User, roles: Sequence[Role]) -> list[int]:
    return [unit.id for unit in accounts.units_as(user, *roles)]


def _mark(after: str) -> tuple[date, int]:
    day, _sep, task_id = after.partition("_")
    try:
        return date.fromisoformat(day), int(task_id)
    except ValueError as error:
        raise BadInput("Đường dẫn trang sau không đúng; hãy mở lại danh sách.") from error


# -- working ---------------------------------------------------------------------------------


def may_report(user: User, task: Task) -> bool:
    """Tell whether the person may report: the lead unit's people, or the giver for a stranger."""
    if task.lead_unit_id is None:
        return may_steer(user, task)
    return bool(accounts.roles_in(user, task.lead_unit_id) & set(MEMBERS))


def may_steer(user: User, task: Task) -> bool:
    """Tell whether the person may reopen or cancel: secretaries and leaders of the giver."""
    return bool(accounts.roles_in(user, task.owner_unit_id) & set(KEEPERS))


def report(user: User, task: Task, text: str, percent: int) -> Progress:
    """Say how far the work is; 100 percent finishes the task."""
    if percent >= 100:
        return complete(user, task, text)
    words = _words(text)
    _change(task, may_report(user, task), Task.completed_at.is_(None), started_at=_started())
    said = _say(user, task, words, max(0, percent))
    audit.record(user.id, "tasks.report", task, percent=said.percent)
    return said


def complete(user: User, task: Task, text: str) -> Progress:
    """Say that the work is done; its day decides whether it was in time."""
    words = _words(text)
    _change(
        task, may_report(user, task), Task.completed_at.is_(None),
        started_at=_started(), completed_at=clock.now(),
    )  # fmt: skip
    said = _say(user, task, words, 100)
    audit.record(user.id, "tasks.complete", task, due=task.due)
    notices.tell(
        accounts.people_of([task.owner_unit_id], *KEEPERS),
        key=f"task:{task.id}:done:{task.version}",
        subject=lambda: _(
            "Đã xong: %(text)s (%(unit)s)", text=opening.short(task.text), unit=task.lead_name
        ),
        body=said.text,
        link=f"/tasks/{task.id}",
    )
    return said


def reopen(user: User, task: Task, reason: str) -> Progress:
    """Give a finished task back to its unit with what is still missing."""
    words = _words(reason)
    _change(task, may_steer(user, task), Task.completed_at.is_not(None), completed_at=None)
    said = _say(user, task, words, 0)
    audit.record(user.id, "tasks.reopen", task, reason=said.text)
    if task.lead_unit_id is not None:
        notices.tell(
            accounts.people_of([task.lead_unit_id], *MEMBERS),
            key=f"task:{task.id}:reopened:{task.version}",
            subject=lambda: _("Cần làm tiếp: %(text)s", text=opening.short(task.text)),
            body=said.text,
            link=f"/tasks/{task.id}",
        )
    return said


def cancel(user: User, task: Task, reason: str) -> Progress:
    """Take an unfinished task back; it stays readable."""
    words = _words(reason)
    _change(task, may_steer(user, task), Task.completed_at.is_(None), cancelled_at=clock.now())
    said = _say(user, task, words, percents([task]).get(task.id, 0))
    audit.record(user.id, "tasks.cancel", task, reason=said.text)
    if task.lead_unit_id is not None:
        notices.tell(
            accounts.people_of([task.lead_unit_id], *MEMBERS),
            key=f"task:{task.id}:cancelled",
            subject=lambda: _("Không phải làm nữa: %(text)s", text=opening.short(task.text)),
            body=said.text,
            link=f"/tasks/{task.id}",
        )
    return said


def _change(task: Task, allowed: bool, condition: ColumnElement[bool], **values: object) -> None:
    """Change a living task in one UPDATE that also checks how it stands; WrongState otherwise."""
    if not allowed:
        raise NotAllowed()
    statement = (
        update(Task)
        .where(Task.id == task.id, Task.cancelled_at.is_(None), condition)
        .values(version=Task.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    db.session.refresh(task)
    if result.rowcount != 1:
        raise WrongState("Nhiệm vụ đã đổi trạng thái sau khi bạn mở; hãy tải lại trang.")


def _started() -> object:
    return func.coalesce(Task.started_at, clock.now())


def _say(user: User, task: Task, text: str, percent: int) -> Progress:
    said = Progress(task_id=task.id, author_id=user.id, at=clock.now(), text=text, percent=percent)
    db.session.add(said)
    db.session.flush()
    return said


def _words(text: str) -> str:
    words = text.strip()
    if not words:
        raise BadInput("Hãy viết vài chữ về việc đã làm hoặc lý do.")
    return words[:LONGEST_TEXT]
