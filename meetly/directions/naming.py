"""Which units a name means: one of the directory, every one of a group, or none that is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from meetly.accounts import service as accounts
from meetly.accounts.models import Unit
from meetly.directions.groups import kinds_reached
from meetly.directions.models import Direction, DirectionUnit, UnitPart
from meetly.folding import fold


def units_below(owner: Unit) -> list[Unit]:
    """List the living units of the tree that the giver belongs to."""
    root = "/".join(owner.path.split("/")[:2]) + "/"
    return [unit for unit in accounts.units() if unit.path.startswith(root)]


def rows_of(
    lead: Iterable[str], coordinate: Iterable[str], units: Sequence[Unit]
) -> list[DirectionUnit]:
    """Make the rows of the named units, each with the unit of the directory it means."""
    rows: list[DirectionUnit] = []
    for part, names in ((UnitPart.LEAD, lead), (UnitPart.COORDINATING, coordinate)):
        for name in dict.fromkeys(names):
            unit = named(name, units)
            shown = unit.name if unit else name
            row = DirectionUnit(ordinal=len(rows), part=part, name=shown[:200])
            row.unit_id = unit.id if unit else None
            rows.append(row)
    return rows


def named(name: str, units: Iterable[Unit]) -> Unit | None:
    """Find the unit of this name or alias, forgiving case and diacritics."""
    wanted = fold(name).strip()
    living = list(units)
    exact = next((unit for unit in living if fold(unit.name) == wanted), None)
    return exact or next(
        (unit for unit in living if wanted in {fold(alias) for alias in unit.aliases}), None
    )


def reached(direction: Direction, part: DirectionUnit) -> list[Unit]:
    """List the units a name of the direction means: one, every living one of a group, or none."""
    if part.unit_id is not None:
        return [part.unit] if part.unit else []
    kinds = kinds_reached(part.name)
    return [u for u in units_below(direction.owner_unit) if u.kind in kinds] if kinds else []
