"""Who shall be invited: whole groups with exceptions, single units, and people by name; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from meetly.accounts.models import LOCALITIES, Unit, UnitKind

#: The groups a secretary invites by one word, and the kinds of units in each.
GROUPS: dict[str, tuple[UnitKind, ...]] = {
    "departments": (UnitKind.DEPARTMENT, UnitKind.OFFICE, UnitKind.BODY),
    "localities": LOCALITIES,
    "communes": (UnitKind.COMMUNE,),
    "wards": (UnitKind.WARD,),
}
#: How a letter calls them.
SPOKEN = {
    "departments": _l("các sở, ban, ngành"),
    "localities": _l("các xã, phường, đặc khu"),
    "communes": _l("các xã"),
    "wards": _l("các phường"),
}
#: A group is recognised in a list of units when at least so many of it are there ...
FEWEST = 3
#: ... and no more than one of so many are missing.
ONE_MISSING_OF = 4


@dataclass(frozen=True)
class Audience:
    """Who is invited, said so that a unit founded later belongs to its group by itself."""

    #: names in GROUPS
    groups: tuple[str, ...] = ()
    #: units of these groups that are left out
    without: tuple[int, ...] = ()
    unit_ids: tuple[int, ...] = ()
    people_ids: tuple[int, ...] = ()

    def resolve(self, units: Iterable[Unit]) -> tuple[int, ...]:
        """Return the ids of the invited units, in the order of the units given."""
        kinds = {kind for group in self.groups for kind in GROUPS[group]}
        single, without = set(self.unit_ids), set(self.without)
        return tuple(
            unit.id
            for unit in units
            if unit.id in single or (unit.kind in kinds and unit.id not in without)
        )

    def said(self, units: Sequence[Unit], people: Mapping[int, str]) -> str:
        """Say it in one line: "Các sở, ban, ngành, trừ Sở Xây dựng; ông/bà Lò Thị Hoa"."""
        parts = [self._group_said(group, units) for group in self.groups]
        kinds = {kind for group in self.groups for kind in GROUPS[group]}
        single = set(self.unit_ids)
        parts += [u.name for u in units if u.id in single and u.kind not in kinds]
        parts += [_("ông/bà %(name)s", name=people[i]) for i in self.people_ids if i in people]
        line = "; ".join(parts)
        return line[:1].upper() + line[1:]

    def _group_said(self, group: str, units: Iterable[Unit]) -> str:
        without = set(self.without)
        names = [u.name for u in units if u.id in without and u.kind in GROUPS[group]]
        if not names:
            return str(SPOKEN[group])
        return str(_("%(group)s, trừ %(names)s", group=SPOKEN[group], names=", ".join(names)))

    def to_json(self) -> dict[str, list[Any]]:
        """Return it as plain values, for the template of a series."""
        return {
            "groups": list(self.groups), "without": list(self.without),
            "units": list(self.unit_ids), "people": list(self.people_ids),
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Audience:
        """Read what to_json gave; a group this house does not know any more is left out."""
        return cls(
            groups=tuple(group for group in kept.get("groups", ()) if group in GROUPS),
            without=tuple(kept.get("without", ())),
            unit_ids=tuple(kept.get("units", ())),
            people_ids=tuple(kept.get("people", ())),
        )

    @classmethod
    def ticked(
        cls, chosen: Iterable[int], groups: Iterable[str], units: Iterable[Unit],
        people_ids: Iterable[int] = (),
    ) -> Audience:  # fmt: skip
        """Return the audience of these groups and exactly these units: what lacks is left out."""
        named = tuple(groups)
        wanted = set(chosen)
        kinds = {kind for group in named for kind in GROUPS[group]}
        listed = list(units)
        return cls(
            groups=named,
            without=tuple(u.id for u in listed if u.kind in kinds and u.id not in wanted),
            unit_ids=tuple(u.id for u in listed if u.kind not in kinds and u.id in wanted),
            people_ids=tuple(people_ids),
        )

    @classmethod
    def recognised(
        cls, chosen: Iterable[int], units: Iterable[Unit], people_ids: Iterable[int] = ()
    ) -> Audience:
        """Find the groups in a list of units: those of which none or few are missing."""
        wanted, listed = set(chosen), list(units)
        found: list[str] = []
        for group, kinds in GROUPS.items():
            if any(set(kinds) <= set(GROUPS[wider]) for wider in found):
                continue
            members = [unit.id for unit in listed if unit.kind in kinds]
            there = len(wanted & set(members))
            few_lack = (len(members) - there) * ONE_MISSING_OF <= len(members)
            if there >= FEWEST and few_lack:
                found.append(group)
        return cls.ticked(wanted, found, listed, people_ids)
