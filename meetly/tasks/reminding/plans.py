"""Plans of units: a unit's own, else that of the nearest unit above, else what the house does."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from meetly.accounts.models import Unit
from meetly.extensions import db
from meetly.tasks.reminding.models import ReminderPlan
from meetly.tasks.reminding.plan import DEFAULT, Hearer, Plan, Rung


class Plans:
    """Every plan there is, read once; units without one inherit."""

    def __init__(self) -> None:
        rows = db.session.scalars(select(ReminderPlan))
        self._own = {row.unit_id: read(row) for row in rows}
        self._found: dict[int, tuple[Plan, int | None]] = {}

    @property
    def own(self) -> Iterable[Plan]:
        """The plans that units made."""
        return self._own.values()

    def of(self, unit_id: int) -> Plan:
        """Return the plan by which the tasks of a unit are recalled."""
        return self.with_origin(unit_id)[0]

    def with_origin(self, unit_id: int) -> tuple[Plan, int | None]:
        """Return the plan and the unit that made it; none when nobody did."""
        if unit_id not in self._found:
            self._found[unit_id] = self._inherited(unit_id)
        return self._found[unit_id]

    def _inherited(self, unit_id: int) -> tuple[Plan, int | None]:
        if not self._own:
            return DEFAULT, None
        path = db.session.scalar(select(Unit.path).where(Unit.id == unit_id)) or ""
        upwards = [int(part) for part in reversed(path.strip("/").split("/")) if part]
        origin = next((above for above in upwards if above in self._own), None)
        return (self._own[origin], origin) if origin else (DEFAULT, None)


def read(row: ReminderPlan) -> Plan:
    """Return what a row says, in the order of time."""
    ladder = {Rung(int(rung["after"]), Hearer(rung["to"])) for rung in row.ladder}
    return Plan(
        before=tuple(sorted(set(row.before), reverse=True)),
        ladder=tuple(sorted(ladder, key=lambda rung: (rung.after, rung.to))),
        digest_at=row.digest_at, quiet_from=row.quiet_from, quiet_until=row.quiet_until,
        rests=row.rests,
    )  # fmt: skip
