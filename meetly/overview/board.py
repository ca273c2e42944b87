"""The leader's board: which unit has not finished what, the latest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, and_, case, cast, func, select

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.extensions import db
from meetly.tasks.models import Task


@dataclass(frozen=True)
class UnitLine:
    """How one unit stands: finished, running and late tasks, and its oldest missed deadline."""

    name: str
    unit_id: int | None
    done: int
    open: int
    late: int
    oldest: date | None

    @property
    def total(self) -> int:
        """All tasks the unit was given."""
        return self.done + self.open + self.late


@dataclass(frozen=True)
class Board:
    """Every unit's line, the latest tasks, and the sums."""

    units: list[UnitLine]
    latest: list[Task]
    done: int
    open: int
    late: int
    undated: int


def of(user: User, *, shown: int = 100) -> Board:
    """Gather the board of the units in which the person leads or keeps the meetings."""
    mine = [unit.id for unit in accounts.units_as(user, Role.LEADER, Role.SECRETARY)]
    units = _lines(mine)
    return Board(
        units=units,
        latest=_latest(mine, shown),
        done=sum(line.done for line in units),
        open=sum(line.open for line in units),
        late=sum(line.late for line in units),
        undated=_undated(mine),
    )


def _lines(mine: list[int]) -> list[UnitLine]:
    done = Task.completed_at.is_not(None)
    late = and_(~done, Task.due.is_not(None), Task.due < clock.today())
    counts = [func.sum(cast(condition, Integer)) for condition in (done, late)]
    oldest = func.min(case((late, Task.due)))
    query = (
        select(Task.lead_name, Task.lead_unit_id, func.count(Task.id), *counts, oldest)
        .where(Task.owner_unit_id.in_(mine), Task.cancelled_at.is_(None))
        .group_by(Task.lead_name, Task.lead_unit_id)
    )
    rows: Iterable[tuple[str, int | None, int, int, int, date | None]] = db.session.execute(query)
    lines = [
        UnitLine(name, unit, finished, whole - finished - overdue, overdue, first)
        for name, unit, whole, finished, overdue, first in rows
    ]
    return sorted(
        lines, key=lambda line: (-line.late, line.oldest or date.max, -line.open, line.name)
    )


def _latest(mine: list[int], shown: int) -> list[Task]:
    query = select(Task).where(
        Task.owner_unit_id.in_(mine), Task.completed_at.is_(None), Task.cancelled_at.is_(None),
        Task.due < clock.today(),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(Task.due, Task.id).limit(shown)))


def _undated(mine: list[int]) -> int:
    query = select(func.count(Task.id)).where(
        Task.owner_unit_id.in_(mine), Task.completed_at.is_(None), Task.cancelled_at.is_(None),
        Task.due.is_(None), Task.recurring == "",
    )  # fmt: skip
    return db.session.scalar(query) or 0
