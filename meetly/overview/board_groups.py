"""The board by unit, meeting or officer: how many tasks of each stand how, the latest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Integer, case, cast, false, func, select

from meetly import clock
from meetly.accounts.models import Unit, User
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.overview.board_asked import DONE, RUNNING, Asked, By, Standing
from meetly.overview.board_tasks import Scope, in_time, narrowed, stands
from meetly.tasks.models import Task

#: lines shown; the rest is reached by narrowing the question
MOST_LINES = 100


@dataclass(frozen=True)
class Group:
    """The tasks of one unit, meeting or officer, counted by how they stand."""

    #: 0: a name outside the directory, no meeting, nobody
    id: int
    name: str
    #: one number for each of `standings(asked)`
    numbers: list[int]
    #: the oldest deadline that was missed and still is
    oldest: date | None

    @property
    def total(self) -> int:
        """All tasks counted in this line."""
        return sum(self.numbers)


def standings(asked: Asked) -> tuple[Standing, ...]:
    """Name the columns: how what runs may stand, or what is done."""
    return DONE if asked.period else RUNNING


def sums(scope: Scope, asked: Asked) -> dict[Standing, int]:
    """Count the tasks asked for by how they stand, whatever standing the list shows."""
    kinds = standings(asked)
    query = select(*_numbers(kinds)).where(*narrowed(scope, asked), *in_time(asked))
    row = db.session.execute(query).one()
    return {kind: number or 0 for kind, number in zip(kinds, row, strict=True)}


def sums_of(asked: Asked, found: Sequence[Group]) -> dict[Standing, int] | None:
    """Add lines up to what `sums` counts; none when lines may have been left out."""
    if len(found) >= MOST_LINES:
        return None
    kinds = standings(asked)
    return {kind: sum(group.numbers[place] for group in found) for place, kind in enumerate(kinds)}


def groups(scope: Scope, asked: Asked) -> list[Group]:
    """Count the tasks asked for in lines, those with most late tasks first."""
    kinds = standings(asked)
    key = _key(scope, asked.by)
    counts = _numbers(kinds)
    worst = counts[kinds.index(Standing.DONE_LATE if asked.period else Standing.LATE)]
    is_late = stands(Standing.LATE, clock.today()) if asked.period is None else false()
    oldest = func.min(case((is_late, Task.due)))
    whole = func.count(Task.id)
    query = (
        select(key, oldest, *counts)
        .where(*narrowed(scope, asked), *in_time(asked))
        .group_by(key)
        .order_by(worst.desc(), oldest, whole.desc(), key)
        .limit(MOST_LINES)
    )
    rows = [tuple(row) for row in db.session.execute(query)]
    names = _names(asked.by, [row[0] for row in rows if row[0] is not None])
    return [
        Group(row[0] or 0, names.get(row[0]) or _nobody(asked.by), list(row[2:]), row[1])
        for row in rows
    ]


def choices(scope: Scope, asked: Asked, by: By, limit: int = 100) -> list[tuple[int, str]]:
    """List what the tasks that run can be narrowed to, with the one that is chosen."""
    key = _key(scope, by)
    # in this order the part-index is read, not a whole index until a hundred are found
    query = (
        select(key)
        .where(scope.condition(), *in_time(Asked()))
        .group_by(key)
        .order_by(func.count(Task.id).desc(), key)
        .limit(limit)
    )
    ids = {found for found in db.session.scalars(query) if found is not None}
    chosen = {By.UNIT: asked.unit_id, By.MEETING: asked.meeting_id, By.OFFICER: asked.officer_id}
    if chosen[by]:
        ids.add(chosen[by])
    return sorted(_names(by, ids).items(), key=lambda pair: pair[1])


def _numbers(kinds: Sequence[Standing]) -> list[ColumnElement[int]]:
    day, whole = clock.today(), func.count(Task.id)
    if kinds == DONE:
        # which day a moment fell on costs most here: it is asked once a row
        late = func.sum(cast(stands(Standing.DONE_LATE, day), Integer))
        return [whole - late, late]
    return [func.sum(cast(stands(kind, day), Integer)) for kind in kinds]


def _key(scope: Scope, by: By) -> Any:
    return {By.UNIT: scope.other, By.MEETING: Task.meeting_id, By.OFFICER: Task.officer_id}[by]


def _names(by: By, ids: Iterable[int]) -> dict[int, str]:
    # asked for every unit or person a board may show: only names that its tasks carry anyway
    if by == By.MEETING:
        found = db.session.execute(
            select(Meeting.id, Meeting.title, Meeting.starts_at).where(Meeting.id.in_(ids))
        )
        return {row.id: f"{clock.local(row.starts_at):%d/%m/%Y} · {row.title}" for row in found}
    table = Unit if by == By.UNIT else User
    named = db.session.execute(select(table.id, table.name).where(table.id.in_(ids)))
    return {row.id: row.name for row in named}


def _nobody(by: By) -> str:
    names: dict[By, str] = {
        By.UNIT: _("Tên ngoài danh bạ"),
        By.MEETING: _("Không qua cuộc họp"),
        By.OFFICER: _("Chưa có người theo dõi"),
    }
    return names[by]
