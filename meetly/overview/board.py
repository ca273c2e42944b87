"""The leader's board: who has not finished what, the latest first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.overview import board_groups, board_months, board_tasks
from meetly.overview.board_asked import Asked, By, Side, Standing
from meetly.overview.board_groups import Group
from meetly.overview.board_months import Month
from meetly.overview.board_tasks import Line, Page, Scope

KEEPERS = (Role.LEADER, Role.SECRETARY)
#: Rows of one spreadsheet.
MOST_ROWS = 20_000

Choices = list[tuple[int, str]]


@dataclass(frozen=True)
class Board:
    """What one reader sees of the board; only the part they asked for is filled."""

    asked: Asked
    #: whether the reader's units gave tasks, and were given any
    sides: list[Side]
    #: by how they stand, the tasks asked for but for the standing that narrows the list
    sums: dict[Standing, int] = field(default_factory=dict)
    page: Page = field(default_factory=lambda: Page([]))
    groups: list[Group] = field(default_factory=list)
    months: list[Month] = field(default_factory=list)
    units: Choices = field(default_factory=list)
    meetings: Choices = field(default_factory=list)
    officers: Choices = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever given by or to the reader's units."""
        return not self.sides


def of(user: User, asked: Asked) -> Board:
    """Gather the board over the units in which the person leads or keeps the meetings."""
    sides = _sides(user)
    asked = replace(asked, side=_side(asked, sides))
    if not sides:
        return Board(asked, sides)
    scope = _scope(user, asked)
    is_grouped = asked.by in (By.UNIT, By.MEETING, By.OFFICER)
    groups = board_groups.groups(scope, asked) if is_grouped else []
    added = board_groups.sums_of(asked, groups) if is_grouped else None
    shown = Board(
        asked, sides, added or board_groups.sums(scope, asked), groups=groups,
        units=board_groups.choices(scope, asked, By.UNIT),
        meetings=board_groups.choices(scope, asked, By.MEETING),
        officers=board_groups.choices(scope, asked, By.OFFICER),
    )  # fmt: skip
    if asked.by == By.LATENESS:
        return replace(shown, page=board_tasks.page(scope, asked))
    if asked.by == By.MONTH:
        last = asked.period.last if asked.period else clock.today()
        wanted = board_tasks.narrowed(scope, asked)
        return replace(shown, months=board_months.of(wanted, last))
    return shown


def rows(user: User, asked: Asked) -> tuple[list[Line], bool]:
    """List every task the board would show, for a file, and tell whether some were left out."""
    asked = replace(asked, side=_side(asked, _sides(user)))
    found = board_tasks.everything(_scope(user, asked), asked, MOST_ROWS)
    return found.lines, bool(found.after)


def _sides(user: User) -> list[Side]:
    """List the ends from which there is anything to see."""
    return [
        side
        for side in Side
        if any(board_tasks.is_there(Scope(side, (unit_id,)).condition()) for unit_id in _mine(user))
    ]


def _side(asked: Asked, sides: list[Side]) -> Side:
    return asked.side or (sides[0] if sides else Side.GIVEN)


def _scope(user: User, asked: Asked) -> Scope:
    return Scope(asked.side or Side.GIVEN, _mine(user))


def _mine(user: User) -> tuple[int, ...]:
    return tuple(unit.id for unit in accounts.units_as(user, *KEEPERS))
