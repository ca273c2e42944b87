"""The tasks a question to the board is about: the conditions, and one page of the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, lazyload

from meetly import clock
from meetly.accounts.models import User
from meetly.directions.models import Direction
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.overview.board_asked import Asked, Side, Standing
from meetly.sql_days import local_day
from meetly.tasks.models import Task
from meetly.tasks.states import is_open

PAGE = 40

#: Written as the indexes of part of the tasks are, so that the database knows them again.
RUNS = is_open()
IS_DONE = and_(Task.completed_at.is_not(None), Task.cancelled_at.is_(None))
#: Whether what is done was done after its deadline.
IS_DONE_LATE = and_(Task.due.is_not(None), local_day(Task.completed_at) > Task.due)
#: Begins the mark of a page whose tasks have no deadline.
_NO_DAY = "-"


@dataclass(frozen=True)
class Line:
    """One task in the list, with what the page says beside it."""

    task: Task
    meeting: str
    held: datetime | None
    officer: str
    #: second of the recording at which it was ordered
    start: float | None


@dataclass(frozen=True)
class Page:
    """One page of the list, and the mark after which the next one begins."""

    lines: list[Line]
    after: str = ""


@dataclass(frozen=True)
class Scope:
    """The tasks a reader may ask about: those given by some units, or led by some."""

    side: Side
    unit_ids: tuple[int, ...]

    @property
    def mine(self) -> InstrumentedAttribute[Any]:
        """The column in which the reader's own units stand."""
        return Task.owner_unit_id if self.side == Side.GIVEN else Task.lead_unit_id

    @property
    def other(self) -> InstrumentedAttribute[Any]:
        """The column of the unit at the other end."""
        return Task.lead_unit_id if self.side == Side.GIVEN else Task.owner_unit_id

    def condition(self) -> ColumnElement[bool]:
        """Say in SQL which tasks these are."""
        return self.mine.in_(self.unit_ids) if self.unit_ids else false()


def narrowed(scope: Scope, asked: Asked) -> list[ColumnElement[bool]]:
    """Say which tasks are asked for, however they stand."""
    conditions = [scope.condition()]
    asked_for: tuple[tuple[InstrumentedAttribute[Any], int | None], ...] = (
        (scope.other, asked.unit_id), (Task.meeting_id, asked.meeting_id),
        (Task.officer_id, asked.officer_id),
    )  # fmt: skip
    for column, value in asked_for:
        if value is not None:
            conditions.append(column == value if value else column.is_(None))
    return conditions


def in_time(asked: Asked) -> list[ColumnElement[bool]]:
    """Say which of them are looked at: what runs, or what was done in the period."""
    if asked.period is None:
        return [RUNS]
    begins, ends = asked.period.begins, asked.period.ends
    return [IS_DONE, Task.completed_at >= begins, Task.completed_at < ends]


def stands(standing: Standing, day: date) -> ColumnElement[bool]:
    """Say in SQL how a task stands; for what runs, or what is done, already."""
    waits = Task.claimed_at.is_(None)
    return {
        Standing.LATE: and_(waits, Task.due.is_not(None), Task.due < day),
        Standing.RUNNING: and_(waits, Task.due.is_not(None), Task.due >= day),
        Standing.UNDATED: and_(waits, Task.due.is_(None)),
        Standing.CLAIMED: Task.claimed_at.is_not(None),
        Standing.DONE_IN_TIME: ~IS_DONE_LATE,
        Standing.DONE_LATE: IS_DONE_LATE,
    }[standing]


def is_there(*wanted: ColumnElement[bool]) -> bool:
    """Tell whether there is such a task; in the order of an index, never by looking at all."""
    query = select(Task.id).where(*wanted).order_by(Task.due).limit(1)
    return db.session.scalar(query) is not None


def conditions(scope: Scope, asked: Asked) -> list[ColumnElement[bool]]:
    """Say which tasks the list shows: without a standing, those that wait for their unit."""
    wanted = [*narrowed(scope, asked), *in_time(asked)]
    if asked.standing is not None:
        wanted.append(stands(asked.standing, clock.today()))
    elif asked.period is None:
        wanted.append(Task.claimed_at.is_(None))
    return wanted


# -- the list --------------------------------------------------------------------------------


def page(scope: Scope, asked: Asked, limit: int = PAGE) -> Page:
    """List the tasks asked for, the oldest deadline first; what is done newest first.

    Those without a deadline come last. Two questions answer that, each in the order of an index:
    one over both would have to sort everything that runs for every page.
    """
    found = _done(scope, asked, limit + 1) if asked.period else _running(scope, asked, limit + 1)
    if len(found) <= limit:
        return Page(found)
    return Page(found[:limit], _mark_of(found[limit - 1].task, asked))


def everything(scope: Scope, asked: Asked, most: int) -> Page:
    """List the first `most` tasks asked for, from the beginning, in the order of the page."""
    whole = Asked(
        side=asked.side, standing=asked.standing, unit_id=asked.unit_id, period=asked.period,
        meeting_id=asked.meeting_id, officer_id=asked.officer_id,
    )  # fmt: skip
    return page(scope, whole, most)


def _running(scope: Scope, asked: Asked, limit: int) -> list[Line]:
    wanted = conditions(scope, asked)
    day, task_id = _read_mark(asked.after)
    found: list[Line] = []
    if day != _NO_DAY:
        dated = _lines().where(*wanted, Task.due.is_not(None))
        if isinstance(day, date):
            dated = dated.where(tuple_(Task.due, Task.id) > tuple_(day, task_id))
        found = list(_read(dated.order_by(Task.due, Task.id).limit(limit)))
    if len(found) < limit and asked.standing in (None, Standing.UNDATED, Standing.CLAIMED):
        undated = _lines().where(*wanted, Task.due.is_(None))
        if day == _NO_DAY:
            undated = undated.where(Task.id > task_id)
        found += _read(undated.order_by(Task.id).limit(limit - len(found)))
    return found


def _done(scope: Scope, asked: Asked, limit: int) -> list[Line]:
    query = _lines().where(*conditions(scope, asked))
    if asked.after:
        moment, task_id = _read_moment(asked.after)
        query = query.where(tuple_(Task.completed_at, Task.id) < tuple_(moment, task_id))
    return list(_read(query.order_by(Task.completed_at.desc(), Task.id.desc()).limit(limit)))


def _lines() -> Select[Any]:
    columns: tuple[Any, ...] = (
        Task, Meeting.title, Meeting.starts_at, User.name, Direction.start,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Direction, Direction.id == Task.direction_id)
        .outerjoin(Meeting, Meeting.id == Task.meeting_id)
        .outerjoin(User, User.id == Task.officer_id)
        .options(lazyload(Task.helpers))
    )


def _read(
    query: Select[Any],
) -> Iterator[Line]:
    for task, title, held, officer, start in db.session.execute(query):
        yield Line(task, title or "", held, officer or "", start)


# -- marks -----------------------------------------------------------------------------------


def _mark_of(task: Task, asked: Asked) -> str:
    if asked.period and task.completed_at:
        return f"{task.completed_at.isoformat()}_{task.id}"
    return f"{task.due.isoformat() if task.due else _NO_DAY}_{task.id}"


def _read_mark(after: str) -> tuple[date | str | None, int]:
    if not after:
        return None, 0
    day, _sep, task_id = after.partition("_")
    try:
        return (_NO_DAY if day == _NO_DAY else date.fromisoformat(day)), int(task_id)
    except ValueError as error:
        raise _wrong_mark() from error


def _read_moment(after: str) -> tuple[datetime, int]:
    moment, _sep, task_id = after.partition("_")
    try:
        read = datetime.fromisoformat(moment)
        if read.tzinfo is None:
            raise _wrong_mark()
        return read, int(task_id)
    except ValueError as error:
        raise _wrong_mark() from error


def _wrong_mark() -> BadInput:
    return BadInput("Đường dẫn trang sau không đúng; hãy mở lại danh sách.")
