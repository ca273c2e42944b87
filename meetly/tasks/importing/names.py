"""Names of units as offices write them, found in the directory; pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from meetly.accounts.directory import TOKEN, Directory, DirectoryUnit, fold_word, same_tones
from meetly.accounts.models import Unit
from meetly.directions.groups import kinds_reached
from meetly.folding import fold

_MOST_SUGGESTED = 3
_ALIKE = 0.6


class Names:
    """The living units of one tree by all their names, and the former ones by their successors."""

    def __init__(self, living: Sequence[Unit], closed: Iterable[Unit] = ()) -> None:
        self.living = list(living)
        self._closed = list(closed)
        self._seen: dict[str, str] = {}

    @cached_property
    def directory(self) -> Directory:
        """The living units, as extraction looks them up."""
        return Directory(
            DirectoryUnit(name=u.name, kind=u.kind, aliases=tuple(u.aliases), code=u.code)
            for u in self.living
        )

    @cached_property
    def _exact(self) -> dict[str, str]:
        known = {fold(alias): u.name for u in self.living for alias in u.aliases}
        return known | {fold(u.name): u.name for u in self.living}

    @cached_property
    def _former(self) -> dict[str, list[str]]:
        """Names of closed units, each with the living units that followed it."""
        followers: dict[int, list[Unit]] = {}
        for unit in [*self.living, *self._closed]:
            if unit.predecessor_id is not None:
                followers.setdefault(unit.predecessor_id, []).append(unit)
        alive = {unit.id for unit in self.living}
        found: dict[str, list[str]] = {}
        for unit in self._closed:
            heirs, waiting, seen = [], [unit], {unit.id}
            while waiting:
                for heir in followers.get(waiting.pop().id, []):
                    if heir.id not in seen:
                        seen.add(heir.id)
                        waiting.append(heir)
                        heirs += [heir.name] if heir.id in alive else []
            for name in (unit.name, *unit.aliases):
                found.setdefault(fold(name), []).extend(heirs)
        return found

    def canonical(self, name: str) -> str:
        """Return the name of the unit that is meant without doubt; empty when there is none."""
        if name not in self._seen:
            self._seen[name] = self._exact.get(fold(name).strip()) or self._whole(name)
        return self._seen[name]

    def _whole(self, name: str) -> str:
        words = TOKEN.findall(same_tones(name.strip().lower()))
        if not words:
            return ""
        plain = [fold_word(word) for word in words]
        for look in (self.directory.longest, self.directory.longest_short):
            found = look(words, plain, 0)
            if found is not None and found[1] == len(words):
                return found[0].name
        return ""

    def is_known(self, name: str) -> bool:
        """Tell whether a name means a unit or a group of units."""
        return bool(self.canonical(name) or kinds_reached(name))

    def settled(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return names as the directory writes them; "A, B và C" is taken apart
        where every part is known.
        """
        found: list[str] = []
        for name in names:
            if self.is_known(name):
                found.append(self.canonical(name) or name)
                continue
            parts = [p.strip() for p in re.split(r",|\bvà\b", name) if p.strip()]
            settled = [self.canonical(part) for part in parts]
            found += settled if len(parts) > 1 and all(settled) else [name]
        return tuple(dict.fromkeys(found))

    def suggestions(self, name: str) -> list[str]:
        """List the units that may be meant by a name nobody answers to."""
        folded = fold(name).strip()
        if folded in self._former:
            return self._former[folded][:_MOST_SUGGESTED]
        near = self.directory.find(name)
        alike = difflib.get_close_matches(folded, self._exact, _MOST_SUGGESTED, _ALIKE)
        found = [near.name] if near else []
        return list(dict.fromkeys([*found, *(self._exact[key] for key in alike)]))[:_MOST_SUGGESTED]

    def is_former(self, name: str) -> bool:
        """Tell whether a name is that of a unit that is no more."""
        return fold(name).strip() in self._former
