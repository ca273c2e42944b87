"""Groups of units a chair speaks to at once: "UBND các xã, phường", "các sở, ban, ngành"."""

from __future__ import annotations

import re

from meetly.accounts.models import LOCALITIES, UnitKind
from meetly.folding import fold

_GROUP = re.compile(r"\b(?:cac|toan bo|tat ca|cap xa|cap co so)\b")
_LOCAL = re.compile(r"\bdia phuong\b|\bcap xa\b|\bcap co so\b|\bdiem cau\b")
_KINDS = (
    (re.compile(r"(?<!tac )\bxa\b(?! hoi)"), UnitKind.COMMUNE),
    (re.compile(r"\bphuong\b(?! (?:an|tien|phap|thuc))"), UnitKind.WARD),
    (re.compile(r"\bdac khu\b"), UnitKind.SPECIAL_ZONE),
)
_DEPARTMENTS = re.compile(r"\bcac (?:don vi )?so\b|\bso,? (?:ban|nganh)\b")


def kinds_reached(name: str) -> frozenset[UnitKind]:
    """Return the kinds of units a group's name means; none when it names no group of units.

    "Các chủ đầu tư" and the like are groups of others: nobody in the directory answers to them.
    """
    folded = fold(name)
    if not _GROUP.search(folded):
        return frozenset()
    reached = {UnitKind.DEPARTMENT} if _DEPARTMENTS.search(folded) else set()
    if _LOCAL.search(folded):
        return frozenset(reached | set(LOCALITIES))
    named = {kind for pattern, kind in _KINDS if pattern.search(folded)}
    # Who says "communes and wards" means the whole level, the island too.
    reached |= set(LOCALITIES) if {UnitKind.COMMUNE, UnitKind.WARD} <= named else named
    return frozenset(reached)
