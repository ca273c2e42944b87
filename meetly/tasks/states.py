"""How a task stands, said in SQL: the same as Task.state says in Python."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, or_

from meetly.errors import BadInput
from meetly.sql_days import local_day
from meetly.tasks.models import Task, TaskState


def is_open() -> ColumnElement[bool]:
    """Return the condition of a task that is neither agreed to be done nor cancelled."""
    return and_(Task.completed_at.is_(None), Task.cancelled_at.is_(None))


def stands(state: str, day: date) -> ColumnElement[bool]:
    """Return the condition of standing so on that day; also "open" and "done"; else BadInput."""
    works = and_(is_open(), Task.claimed_at.is_(None))
    late = and_(Task.due.is_not(None), Task.due < day)
    on_time = and_(works, or_(Task.due.is_(None), Task.due >= day))
    runs = and_(on_time, Task.returned_at.is_(None))
    dated = and_(runs, Task.due.is_not(None))
    done = and_(Task.completed_at.is_not(None), Task.cancelled_at.is_(None))
    done_late = and_(Task.due.is_not(None), local_day(Task.completed_at) > Task.due)
    known: dict[str, ColumnElement[bool]] = {
        "open": is_open(),
        "done": done,
        TaskState.NOT_STARTED: and_(dated, Task.started_at.is_(None)),
        TaskState.IN_TIME: and_(dated, Task.started_at.is_not(None)),
        TaskState.UNDATED: and_(runs, Task.due.is_(None)),
        TaskState.OVERDUE: and_(works, late),
        TaskState.CLAIMED: and_(is_open(), Task.claimed_at.is_not(None)),
        TaskState.RETURNED: and_(on_time, Task.returned_at.is_not(None)),
        TaskState.DONE_IN_TIME: and_(done, or_(Task.due.is_(None), ~done_late)),
        TaskState.DONE_LATE: and_(done, done_late),
        TaskState.CANCELLED: Task.cancelled_at.is_not(None),
    }
    if state not in known:
        raise BadInput("Không có cách lọc này.")
    return known[state]
