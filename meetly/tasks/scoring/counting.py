"""Counting: what became of a unit's tasks of a period, summed by the database.

A task belongs to the period its present deadline lies in, so to exactly one month; what has no
deadline belongs to the month it was done in, and only where the formula counts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Subquery,
    TextClause,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import InstrumentedAttribute

from meetly import clock
from meetly.directions.models import Priority
from meetly.extensions import db
from meetly.sql_days import local_day
from meetly.tasks.models import (
    GRANTED,
    RETURNED,
    ExtensionRequest,
    Progress,
    Task,
    TaskHelper,
)
from meetly.tasks.scoring.formula import Extension, Formula, Standing, Tally
from meetly.tasks.scoring.periods import Period


class By(StrEnum):
    """Who is scored: units for what they lead, or officers for what they follow up."""

    UNIT = "unit"
    OFFICER = "officer"


@dataclass(frozen=True)
class Subject:
    """Who is scored: a unit or officer by id, or a name the directory does not know."""

    id: int | None
    name: str = ""


@dataclass(frozen=True)
class Scope:
    """Which tasks of whom, counted how, as of which day."""

    owner_id: int
    period: Period
    by: By
    formula: Formula
    day: date


@dataclass(frozen=True)
class Counted:
    """One task and what became of it."""

    task: Task
    tally: Tally


#: Lines of tasks: the column that names the task, and which of them are meant.
Lines = tuple[InstrumentedAttribute[int], tuple[ColumnElement[bool] | TextClause, ...]]

#: A partial index holds these.
_RETURNED: Lines = (Progress.task_id, (sql(RETURNED),))


def tallies(scope: Scope, only: Subject | None = None) -> dict[Subject, list[Tally]]:
    """Return what became of the tasks of a period, summed for each unit or officer, or for one."""
    found: dict[Subject, list[Tally]] = {}
    for helping in (False, True) if _helpers_count(scope) else (False,):
        for reach in _reaches(scope):
            if only is not None:
                reach = and_(reach, _is_helping(only) if helping else _led_by(scope, only))
            for subject, tally in _sums(scope, reach, helping=helping):
                found.setdefault(subject, []).append(tally)
    return found


def behind(
    scope: Scope, subject: Subject, *, after: tuple[date, int] | None, limit: int
) -> list[Counted]:
    """List the tasks behind one score by deadline, undated ones last, after a place."""
    helping = _is_helping(subject) if _helpers_count(scope) else None
    leads = _led_by(scope, subject)
    is_lead = literal(True) if helping is None else leads
    key: ColumnElement[Any] = Task.due.expression
    if scope.formula.undated:
        key = func.coalesce(key, literal(date.max, Date))
    query = select(Task, _standing(scope), _of_task(_moved(scope)), _of_task(_RETURNED), is_lead)
    query = query.where(or_(*_reaches(scope)), leads if helping is None else or_(leads, helping))
    if after:
        query = query.where(tuple_(key, Task.id) > tuple_(literal(after[0], Date), after[1]))
    rows = db.session.execute(query.order_by(key, Task.id).limit(limit))
    return [
        Counted(task, _tally(scope, (stands, task.priority, moved, returned), helping=not is_own))
        for task, stands, moved, returned, is_own in rows
    ]


def _tally(
    scope: Scope, happened: tuple[str, str, int, int], count: int = 1, *, helping: bool
) -> Tally:
    stands, priority, moved, returned = happened
    standing = Standing(stands)
    # the deadline it has, and those that were moved only after they had passed
    delays = moved + int(standing in (Standing.LATE, Standing.OVERDUE))
    share = scope.formula.helper_share if helping else 100
    return Tally(standing, Priority(priority), delays, returned, share, count, helping)


def _helpers_count(scope: Scope) -> bool:
    return scope.by == By.UNIT and scope.formula.helper_share > 0


def _is_helping(subject: Subject) -> ColumnElement[bool]:
    helped = select(TaskHelper.task_id).where(TaskHelper.unit_id == subject.id)
    return Task.id.in_(helped)


def _led_by(scope: Scope, subject: Subject) -> ColumnElement[bool]:
    if scope.by == By.OFFICER:
        return Task.officer_id == subject.id
    if subject.id is None:
        return and_(Task.lead_unit_id.is_(None), Task.lead_name == subject.name)
    return Task.lead_unit_id == subject.id


def _reaches(scope: Scope) -> list[ColumnElement[bool]]:
    """Return the tasks of the period as ranges an index can follow."""
    mine = and_(Task.owner_unit_id == scope.owner_id, Task.cancelled_at.is_(None))
    dated = and_(mine, Task.due >= scope.period.first, Task.due <= scope.period.last)
    if not scope.formula.undated:
        return [dated]
    first, last = _midnight(scope.period.first), _midnight(scope.period.last + timedelta(days=1))
    done = and_(Task.completed_at >= first, Task.completed_at < last)
    return [dated, and_(mine, Task.due.is_(None), done)]


def _midnight(day: date) -> datetime:
    return clock.from_local(datetime.combine(day, time(0)))


def _sums(
    scope: Scope, reach: ColumnElement[bool], *, helping: bool
) -> Iterator[tuple[Subject, Tally]]:
    subject, name = _subject(scope, helping=helping)
    moved, returned = _by_task(_moved(scope), "moved"), _by_task(_RETURNED, "returned")
    each = (
        select(
            Task.id.label("task"), subject.label("subject"), name.label("name"),
            _standing(scope).label("standing"), Task.priority.label("priority"),
            func.coalesce(moved.c.count, 0).label("moved"),
            func.coalesce(returned.c.count, 0).label("returned"),
        )
        .outerjoin(moved, moved.c.task_id == Task.id)
        .outerjoin(returned, returned.c.task_id == Task.id)
        .where(reach)
    )  # fmt: skip
    if helping or scope.by == By.OFFICER:
        each = each.where(subject.is_not(None))
    if helping:
        # two names of a task may mean one unit
        others = TaskHelper.unit_id.is_distinct_from(Task.lead_unit_id)
        each = each.join(TaskHelper, TaskHelper.task_id == Task.id).where(others).distinct()
    alike = [column for column in each.subquery().c if column.name != "task"]
    rows: Iterable[tuple[int | None, str, str, str, int, int, int]] = db.session.execute(
        select(*alike, func.count()).group_by(*alike)
    )
    for who, called, stands, priority, late, back, count in rows:
        happened = (stands, priority, late, back)
        yield Subject(who, called), _tally(scope, happened, count, helping=helping)


def _subject(
    scope: Scope, *, helping: bool
) -> tuple[ColumnElement[int | None], ColumnElement[str]]:
    """Return whom a task is scored for, and under which name where that is no row of ours."""
    if scope.by == By.OFFICER:
        return Task.officer_id.expression, literal("")
    if helping:
        return TaskHelper.unit_id.expression, literal("")
    unit = Task.lead_unit_id.expression
    return unit, case((unit.is_(None), Task.lead_name), else_=literal(""))


def _standing(scope: Scope) -> ColumnElement[str]:
    deadline, done = _deadline(scope), local_day(Task.completed_at)
    claimed = local_day(Task.claimed_at)
    return case(
        (and_(Task.completed_at.is_not(None), or_(deadline.is_(None), done <= deadline)),
         Standing.IN_TIME.value),
        (Task.completed_at.is_not(None), Standing.LATE.value),
        # whoever said in time that it is done does not pay for the giver's taking long to agree
        (and_(Task.claimed_at.is_not(None), claimed <= deadline), Standing.RUNNING.value),
        (Task.due < scope.day, Standing.OVERDUE.value),
        else_=Standing.RUNNING.value,
    )  # fmt: skip


def _moved(scope: Scope) -> Lines:
    """Say which granted extensions are delays; a partial index holds those asked for too late."""
    if scope.formula.extension == Extension.FIRST:
        return ExtensionRequest.task_id, (false(),)
    if scope.formula.extension == Extension.EVERY:
        dated = ExtensionRequest.old_due.is_not(None)
        return ExtensionRequest.task_id, (sql(GRANTED), dated)
    late = local_day(ExtensionRequest.asked_at) > ExtensionRequest.old_due
    return ExtensionRequest.task_id, (sql(GRANTED), late)


def _by_task(counted: Lines, name: str) -> Subquery:
    """Count lines of all tasks at once, to be joined: they are few."""
    task_id, conditions = counted
    query = select(task_id.label("task_id"), func.count().label("count")).where(*conditions)
    return query.group_by(task_id).subquery(name)


def _of_task(counted: Lines) -> ColumnElement[int]:
    """Count the lines of one task of the query around."""
    task_id, conditions = counted
    query = select(func.count()).where(task_id == Task.id, *conditions)
    return query.correlate(Task).scalar_subquery()


def _deadline(scope: Scope) -> ColumnElement[date | None]:
    if scope.formula.extension == Extension.FIRST:
        return func.coalesce(Task.first_due, Task.due)
    return Task.due.expression
