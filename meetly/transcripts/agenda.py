"""Where in a transcript the items of the agenda are announced: proposals for a person; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from meetly.folding import fold

#: How somebody gives the floor or goes on to the next point, without diacritics.
_CALLS = re.compile(
    r"\b(?:xin moi|moi|de nghi|tiep theo|chuyen sang|sang noi dung|noi dung thu|muc thu|"
    r"phan thu|sau day|bay gio|bat dau)\b"
)
_ORDINALS = ("nhat", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi")
#: Words of titles that tell nothing about which title it is.
_COMMON = frozenset(
    {"bao", "cao", "ve", "viec", "va", "cua", "cac", "cho", "voi", "trong", "den", "tinh", "hinh",
     "cong", "tac", "thuc", "hien", "noi", "dung"}
)  # fmt: skip
#: Points: a unit that is called, the item's number said aloud, words of its title; and the least.
_UNIT, _NUMBER, _TITLE, _LEAST = 3.0, 4.0, 3.0, 2.5


@dataclass(frozen=True)
class Item:
    """One item of the agenda with the unit that presents it."""

    number: int
    title: str
    unit: str = ""


def proposals(items: Sequence[Item], texts: Sequence[str]) -> dict[int, int]:
    """Return for each item the place of the text that most likely announces it.

    Items come in the order of the agenda, one after the other; an item that nothing announces
    is left out.
    """
    folded = [fold(text) for text in texts]
    calls = [place for place, text in enumerate(folded) if _CALLS.search(text)]
    best: list[tuple[float, dict[int, int]]] = [(0.0, {})]  # by how many candidates were passed
    ends: list[int] = [-1]
    for item in items:
        best, ends = _with(item, [(p, _score(item, folded[p])) for p in calls], best, ends)
    return max(best, key=lambda one: one[0])[1]


def _with(
    item: Item,
    scored: Sequence[tuple[int, float]],
    best: Sequence[tuple[float, dict[int, int]]],
    ends: Sequence[int],
) -> tuple[list[tuple[float, dict[int, int]]], list[int]]:
    """Add an item behind the ways that end before it; keep of each end the best way."""
    ways = dict(zip(ends, best, strict=True))
    for place, score in scored:
        if score < _LEAST:
            continue
        points, way = max(
            (way for end, way in zip(ends, best, strict=True) if end < place), key=lambda w: w[0]
        )
        points += score - place * 1e-7  # of two equal ones the earlier
        if place not in ways or ways[place][0] < points:
            ways[place] = (points, {**way, item.number: place})
    ordered = sorted(ways)
    return [ways[end] for end in ordered], ordered


def _score(item: Item, text: str) -> float:
    points = 0.0
    if item.unit and fold(item.unit) in text:
        points += _UNIT
    if re.search(rf"\b(?:noi dung|muc|phan) thu {_ordinal(item.number)}\b", text):
        points += _NUMBER
    wanted = set(re.findall(r"\w+", fold(item.title))) - _COMMON
    if wanted:
        share = len(wanted & set(re.findall(r"\w+", text))) / len(wanted)
        points += _TITLE * share if share >= 0.5 else 0.0
    return points


def _ordinal(number: int) -> str:
    return _ORDINALS[number - 1] if 1 <= number <= len(_ORDINALS) else str(number)
