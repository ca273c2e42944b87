"""What a page shows of an import: a few lines with what is wrong with them, and the counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.directions.groups import kinds_reached
from meetly.extensions import db
from meetly.folding import fold
from meetly.tasks.importing import checking
from meetly.tasks.importing.checking import NOTABLE, Problem, Trouble
from meetly.tasks.importing.models import ImportStatus, TaskImport
from meetly.tasks.importing.names import Names
from meetly.tasks.importing.rows import Row, from_json
from meetly.tasks.models import Task

#: lines of one page, and signs in them: a form of this size is never refused for its length
MOST_ON_PAGE, MOST_SIGNS = 60, 40_000
#: names in one query
_AT_ONCE = 500
_FOLLOWERS = (Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)


@dataclass(frozen=True)
class Line:
    """One row and what is wrong with it."""

    row: Row
    problems: list[Problem]
    #: how many tasks a group opens; 0 for single units
    reaches: int = 0

    @property
    def is_blocked(self) -> bool:
        """Whether it cannot be taken over like this."""
        return any(problem.blocks for problem in self.problems)


@dataclass(frozen=True)
class Shown:
    """One page of an import."""

    lines: list[Line]
    page: int
    pages: int
    #: of all lines: chosen, chosen but not to be taken over like this, worth a look
    chosen: int
    blocked: int
    notable: int
    total: int


def shown(found: TaskImport, names: Names, page: int = 1, *, notable: bool = False) -> Shown:
    """Return one page of lines; `notable` leaves out those with nothing to see to."""
    rows = from_json(found.rows)
    if found.status == ImportStatus.READ:  # what was opened already can no longer be changed
        rows = [row for row in rows if row.direction_id is None]
    today = clock.today()
    told = {row.key: checking.problems(row, names, found.given_on, today) for row in rows}
    seen_to = [row for row in rows if any(p.trouble in NOTABLE for p in told[row.key])]
    pages = list(_pages(seen_to if notable else rows))
    number = min(max(1, page), max(1, len(pages)))
    here = pages[number - 1] if pages else []
    same = doubles(found, here, names, within=rows)
    people = set(officers(found))
    return Shown(
        [_line(row, told[row.key], names, same, people) for row in here],
        number, len(pages), sum(row.take for row in rows),
        sum(row.take and any(p.blocks for p in told[row.key]) for row in rows),
        len(seen_to), len(rows),
    )  # fmt: skip


def is_blocked(found: TaskImport, row: Row) -> bool:
    """Tell whether a line cannot be taken over as it is."""
    return checking.blocks(row, found.given_on, clock.today())


def officers(found: TaskImport) -> dict[str, User]:
    """Return the people of the giver's unit, who may follow tasks up, by folded name."""
    return {fold(user.name): user for user in accounts.people_of([found.unit_id], *_FOLLOWERS)}


def doubles(
    found: TaskImport, rows: Sequence[Row], names: Names, *, within: Sequence[Row] | None = None
) -> set[str]:
    """Return the keys of lines that order what an open task or an earlier line orders already."""
    leads = {lead for row in rows for lead in _leads(row, names)}
    known = set(_open_tasks(found.unit_id, leads))
    same: set[str] = set()
    asked = {row.key for row in rows}
    for row in within or rows:
        mine = {checking.likeness(lead, row.text, row.due) for lead in _leads(row, names)}
        if row.key in asked and mine & known:
            same.add(row.key)
        known |= mine
    return same


def _open_tasks(unit_id: int, leads: Iterable[str]) -> Iterator[tuple[object, ...]]:
    asked = sorted(leads)
    for begin in range(0, len(asked), _AT_ONCE):
        query = select(Task.lead_name, Task.text, Task.due).where(
            Task.owner_unit_id == unit_id, Task.completed_at.is_(None),
            Task.cancelled_at.is_(None), Task.lead_name.in_(asked[begin : begin + _AT_ONCE]),
        )  # fmt: skip
        for lead, text, due in db.session.execute(query):
            yield checking.likeness(lead, text, due)


def _leads(row: Row, names: Names) -> Iterator[str]:
    """The names its tasks would stand under; of a group, the first unit stands for all."""
    for lead in row.lead:
        kinds = kinds_reached(lead) if not names.canonical(lead) else frozenset()
        first = next((unit.name for unit in names.living if unit.kind in kinds), lead)
        yield first


def _line(
    row: Row, problems: list[Problem], names: Names, same: set[str], people: set[str]
) -> Line:
    more = []
    if row.officer and fold(row.officer) not in people:
        more.append(Problem(Trouble.UNKNOWN_OFFICER, row.officer))
    if row.key in same and row.text:
        more.append(Problem(Trouble.DOUBLE))
    kinds = {k for lead in row.lead if not names.canonical(lead) for k in kinds_reached(lead)}
    return Line(row, [*problems, *more], sum(unit.kind in kinds for unit in names.living))


def _pages(rows: Iterable[Row]) -> Iterator[list[Row]]:
    page: list[Row] = []
    signs = 0
    for row in rows:
        long = 200 + len(row.text) + sum(map(len, (*row.lead, *row.coordinate)))
        if page and (len(page) == MOST_ON_PAGE or signs + long > MOST_SIGNS):
            yield page
            page, signs = [], 0
        page.append(row)
        signs += long
    if page:
        yield page
