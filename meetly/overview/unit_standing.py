"""One unit's own page: what it has not finished, and how its months went."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import NotFound
from meetly.extensions import db
from meetly.overview import board_groups, board_months, board_tasks
from meetly.overview.board_asked import Asked, Side, Standing, period_of
from meetly.overview.board_months import Month
from meetly.overview.board_tasks import Page, Scope

KEEPERS = (Role.LEADER, Role.SECRETARY)
MEMBERS = (*KEEPERS, Role.PARTICIPANT)


@dataclass(frozen=True)
class UnitStanding:
    """How one unit stands with its tasks, as far as the reader may see them."""

    unit: Unit
    #: the reader belongs to it and sees all its tasks; others see those their own units gave
    is_own: bool
    asked: Asked
    year: int
    #: what runs now, and what was done in the year
    running: dict[Standing, int]
    done: dict[Standing, int]
    page: Page
    months: list[Month]

    @property
    def share(self) -> int | None:
        """Of what was done in the year, the hundredths done in time; none when nothing was."""
        whole = sum(self.done.values())
        return round(100 * self.done[Standing.DONE_IN_TIME] / whole) if whole else None


def of(user: User, unit_id: int, asked: Asked) -> UnitStanding:
    """Gather a unit's page; NotFound for who neither belongs to it nor gave it anything."""
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise NotFound()
    is_own = bool(accounts.roles_in(user, unit_id) & set(MEMBERS))
    scope = _scope(user, unit_id, is_own)
    only = replace(asked, side=scope.side, unit_id=None if is_own else unit_id)
    if not is_own and not board_tasks.is_there(*board_tasks.narrowed(scope, only)):
        raise NotFound()
    plain = Asked(side=only.side, unit_id=only.unit_id)
    today = clock.today()
    year = asked.period.first.year if asked.period else today.year
    whole_year = replace(plain, period=period_of(str(year)))
    return UnitStanding(
        unit=unit, is_own=is_own, asked=only, year=year,
        running=board_groups.sums(scope, plain), done=board_groups.sums(scope, whole_year),
        page=board_tasks.page(scope, only),
        months=board_months.of(
            board_tasks.narrowed(scope, plain), today if year == today.year else date(year, 12, 1)
        ),
    )  # fmt: skip


def _scope(user: User, unit_id: int, is_own: bool) -> Scope:
    if is_own:
        return Scope(Side.LED, (unit_id,))
    return Scope(Side.GIVEN, tuple(unit.id for unit in accounts.units_as(user, *KEEPERS)))
