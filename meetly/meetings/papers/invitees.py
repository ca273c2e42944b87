"""Who is invited, in the words of a letter: whole groups by their name, the others one by one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from meetly.accounts.models import LOCALITIES, UnitKind

_LOCALITY_NAMES = {
    UnitKind.COMMUNE: "xã", UnitKind.WARD: "phường", UnitKind.SPECIAL_ZONE: "đặc khu",
}  # fmt: skip
#: All but this share of a group is still called the group, with those left out named.
_FEW = 3


@dataclass(frozen=True)
class Party:
    """One unit as letters name it."""

    id: int
    name: str
    kind: UnitKind


def invitees(
    invited: Collection[int], everyone: Sequence[Party], people: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return one line for each group, unit and person invited.

    `everyone` holds the units of the province in their order. A group of which all are invited is
    called by its name, one of which a few are not says so.
    """
    offices = [party for party in everyone if _is_office(party)]
    places = [party for party in everyone if party.kind in LOCALITIES]
    return (
        *_group("Lãnh đạo các sở, ban, ngành", "Lãnh đạo", offices, invited),
        *_group(_places_name(places), "Chủ tịch", places, invited),
        *people,
    )


def _group(called: str, head: str, members: Sequence[Party], invited: Collection[int]) -> list[str]:
    there = [party.name for party in members if party.id in invited]
    missing = [party.name for party in members if party.id not in invited]
    if len(there) > 1 and len(missing) <= _FEW and len(missing) < len(there):
        left_out = f" (trừ {'; '.join(missing)})" if missing else ""
        return [f"{called}{left_out}"]
    return [f"{head} {name}" for name in there]


def _places_name(places: Sequence[Party]) -> str:
    kinds = {party.kind for party in places}
    names = [name for kind, name in _LOCALITY_NAMES.items() if kind in kinds]
    return f"Chủ tịch UBND các {', '.join(names)}"


def _is_office(party: Party) -> bool:
    return party.kind in (UnitKind.DEPARTMENT, UnitKind.OFFICE, UnitKind.BODY)
