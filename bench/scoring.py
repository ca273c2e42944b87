"""Score found directions against labelled ones.

A found and a labelled direction match one to one inside an item when their spans overlap by at
least half of their words together, best overlap first. A match is usable when a secretary can
accept it unchanged: same leads, same date. Names are compared without case and diacritics. A wrong
date is counted apart, because it is worse than a missing one.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from meetly.folding import fold

_LEAST_OVERLAP = 0.5


@dataclass(frozen=True)
class Labelled:
    """A direction as labelled or found: what is compared."""

    span: str
    lead: tuple[str, ...]
    coordinate: tuple[str, ...]
    due: str | None
    recurring: str | None


@dataclass(frozen=True)
class Item:
    """One text with its labels; without labels nothing may be found in it."""

    id: str
    meeting_date: date
    variant: str
    text: str
    directions: tuple[Labelled, ...]


@dataclass
class Tally:
    """Counts over some items, and the shares that follow from them."""

    gold: int = 0
    found: int = 0
    matched: int = 0
    lead: int = 0
    coordinate: int = 0
    due: int = 0
    recurring: int = 0
    usable: int = 0
    wrong_dates: int = 0
    silent_items: int = 0
    false_alarms: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall of the matches."""
        return 2 * self.matched / (self.gold + self.found) if self.gold + self.found else 1.0

    @property
    def usable_share(self) -> float:
        """Share of the labelled directions that need no correction."""
        return self.usable / self.gold if self.gold else 1.0


def read_items(path: Path) -> list[Item]:
    """Read labelled items, one JSON object a line."""
    return [_item(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _item(raw: dict[str, object]) -> Item:
    directions = raw["directions"]
    assert isinstance(directions, list)
    return Item(
        str(raw["id"]),
        date.fromisoformat(str(raw["meeting_date"])),
        str(raw["variant"]),
        str(raw["text"]),
        labelled(directions),
    )


def labelled(directions: Iterable[dict[str, Any]]) -> tuple[Labelled, ...]:
    """Return labels as they are compared."""
    return tuple(
        Labelled(
            each["span"],
            tuple(each["lead"]),
            tuple(each["coordinate"]),
            each["due"],
            each["recurring"],
        )
        for each in directions
    )


def tally(scored: Iterable[tuple[Item, Sequence[Labelled]]]) -> dict[str, Tally]:
    """Count over all items ("all") and over each variant."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for item, found in scored:
        pairs = match(item, found)
        for key in ("all", item.variant):
            _count(tallies[key], item, found, pairs)
    return dict(tallies)


def match(item: Item, found: Sequence[Labelled]) -> list[tuple[Labelled, Labelled]]:
    """Pair found with labelled directions, best overlap first, each at most once."""
    overlaps = sorted(
        (
            (overlap(one.span, gold.span, item.text), i, j)
            for i, one in enumerate(found)
            for j, gold in enumerate(item.directions)
        ),
        reverse=True,
    )
    used_found: set[int] = set()
    used_gold: set[int] = set()
    pairs = []
    for share, i, j in overlaps:
        if share >= _LEAST_OVERLAP and i not in used_found and j not in used_gold:
            used_found.add(i)
            used_gold.add(j)
            pairs.append((found[i], item.directions[j]))
    return pairs


def overlap(one: str, other: str, text: str) -> float:
    """Share of the words of two spans that both have; 0 if a span is not part of the text."""
    first, second = _word_places(one, text), _word_places(other, text)
    both = first | second
    return len(first & second) / len(both) if both else 0.0


def _word_places(span: str, text: str) -> set[int]:
    start = text.find(span)
    if start < 0:
        return set()
    return set(range(len(text[:start].split()), len(text[: start + len(span)].split())))


def _count(
    tally: Tally,
    item: Item,
    found: Sequence[Labelled],
    pairs: Sequence[tuple[Labelled, Labelled]],
) -> None:
    tally.gold += len(item.directions)
    tally.found += len(found)
    tally.matched += len(pairs)
    if not item.directions:
        tally.silent_items += 1
        tally.false_alarms += bool(found)
    right = 0
    for one, gold in pairs:
        lead = _names(one.lead) == _names(gold.lead)
        due = one.due == gold.due
        tally.lead += lead
        tally.coordinate += _names(one.coordinate) == _names(gold.coordinate)
        tally.due += due
        tally.recurring += (one.recurring is None) == (gold.recurring is None)
        tally.usable += lead and due
        tally.wrong_dates += one.due is not None and not due
        right += lead and due
    if right < len(item.directions) or len(found) > len(item.directions):
        tally.misses.append(item.id)


def _names(names: Iterable[str]) -> set[str]:
    return {" ".join(re.findall(r"\w+", fold(name))) for name in names}
