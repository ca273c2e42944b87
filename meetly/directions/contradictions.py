"""Two directions that speak of the same work but name another date or another lead; pure.

Precision comes first: a leader who is shown strangers side by side stops looking. So the words of
both must largely be the same pairs of syllables, in their order, once names, dates and the words
every order uses are taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from meetly.folding import fold

#: Share of the pairs of the shorter text that must stand in the other one.
SAME_WORK = 0.5
#: With another lead only the words tell that it is the same work, so they must agree more.
SAME_WORDS = 0.65
#: Shorter orders say too little to be compared.
FEWEST = 3

_WORD = re.compile(r"[^\W\d_]+")
_DATES = re.compile(
    r"\b(?:truoc|trong|den het|den|vao|cham nhat|xong truoc|het)?\s*"
    r"(?:\d{1,2}\s*(?:gio|h)\d*\s*)?(?:ngay|thang|quy|nam|tuan)\s+[\dIVXivx/.-]+(?:\s*nam\s*\d{4})?"
)
_EVERY_ORDER = frozenset(
    word
    for word in """
    giao yeu cau de nghi phai can hay chu tri phoi hop cung voi va cac nhung cua cho ve tai o
    trong truoc sau ngay thang nam tuan quy den het xong thi la nay do viec bao cao ket qua ubnd
    tinh xa phuong so ban nganh khan truong thuc hien hoan thanh toan bo con lai trinh chu tich
    theo duoc khong se da tu mot moi nhu de kip thoi dung han tiep tuc chi dao don vi
    """.replace("\n", " ").split(" ")
)


class Difference(StrEnum):
    """What two directions about the same work do not agree on."""

    DATE = "date"
    LEAD = "lead"


@dataclass(frozen=True)
class Order:
    """A direction as far as it is compared; leads are ids of units or folded names."""

    key: int
    text: str
    lead: frozenset[str]
    due: date | None = None
    #: names that say who, not what
    names: tuple[str, ...] = ()


def difference(one: Order, other: Order) -> Difference | None:
    """Tell on what two directions contradict each other; None where they do not."""
    shared = bool(one.lead & other.lead)
    dates = one.due is not None and other.due is not None and one.due != other.due
    if not one.lead or not other.lead or (shared and not dates):
        return None
    alike = likeness(one, other)
    if shared:
        return Difference.DATE if alike >= SAME_WORK else None
    return Difference.LEAD if alike >= SAME_WORDS else None


def likeness(one: Order, other: Order) -> float:
    """Return which share of the shorter order's pairs of syllables the other one has too."""
    mine, theirs = _pairs(one, other), _pairs(other, one)
    fewest = min(len(mine), len(theirs))
    return len(mine & theirs) / fewest if fewest >= FEWEST else 0.0


def contradictions(
    orders: Sequence[Order], earlier: Iterable[Order] = ()
) -> dict[int, list[tuple[Order, Difference]]]:
    """Return for each order the ones it contradicts, by its key: its fellows and earlier ones."""
    known = list(earlier)
    found: dict[int, list[tuple[Order, Difference]]] = {}
    for order in orders:
        fellows = [other for other in orders if other.key != order.key]
        for other in [*known, *fellows]:
            on = difference(order, other)
            if on is not None:
                found.setdefault(order.key, []).append((other, on))
    return found


def _pairs(order: Order, other: Order) -> set[tuple[str, str]]:
    text = _DATES.sub(" ", fold(order.text))
    for name in sorted({*order.names, *other.names}, key=len, reverse=True):
        text = text.replace(fold(name), " . ")
    words = [word for word in _WORD.findall(text) if word not in _EVERY_ORDER]
    return set(pairwise(words))
