"""Twelve months of tasks by their deadline: done in time, done late, late, still running."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Integer, cast, func, select

from meetly import clock
from meetly.extensions import db
from meetly.overview.board_tasks import IS_DONE, IS_DONE_LATE, RUNS
from meetly.tasks.models import Task

MONTHS = 12


@dataclass
class Month:
    """How the tasks with a deadline in one month stand today."""

    first: date
    in_time: int = 0
    done_late: int = 0
    late: int = 0
    running: int = 0

    @property
    def name(self) -> str:
        """The month as the period of an address: "2026-11"."""
        return f"{self.first:%Y-%m}"

    @property
    def given(self) -> int:
        """All tasks due in it."""
        return self.in_time + self.done_late + self.late + self.running

    @property
    def share(self) -> int | None:
        """Of those whose time is over, the hundredths that were done in time; none before."""
        over = self.in_time + self.done_late + self.late
        return round(100 * self.in_time / over) if over else None


def of(wanted: list[ColumnElement[bool]], last: date) -> list[Month]:
    """Count the tasks wanted in the twelve months that end with that of `last`, oldest first.

    The database counts by day of deadline, so that one index answers it on its own; the days are
    put together here.
    """
    months = {month.first: month for month in map(Month, _firsts(last))}
    span = (Task.due >= min(months), Task.due < _next(max(months)))
    for due, late, in_time in _by_day(IS_DONE, IS_DONE_LATE, *wanted, *span):
        months[due.replace(day=1)].done_late += late
        months[due.replace(day=1)].in_time += in_time
    for due, claimed, waiting in _by_day(RUNS, Task.claimed_at.is_not(None), *wanted, *span):
        month = months[due.replace(day=1)]
        is_late = due < clock.today()
        month.late += waiting if is_late else 0
        month.running += claimed if is_late else claimed + waiting
    return list(months.values())


def _by_day(
    which: ColumnElement[bool], told_apart: ColumnElement[bool], *wanted: ColumnElement[bool]
) -> Iterator[tuple[date, int, int]]:
    """Count by day of deadline: those told apart, and the others."""
    apart = func.sum(cast(told_apart, Integer))
    query = select(Task.due, apart, func.count(Task.id)).where(which, *wanted).group_by(Task.due)
    for due, number, whole in db.session.execute(query):
        assert due is not None
        yield due, number, whole - number


def _firsts(last: date) -> list[date]:
    whole = last.year * 12 + last.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(whole - MONTHS + 1, whole + 1)]


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
