"""A heard text as words with their places, and what is to be written in place of some of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

#: A word, a figure with its marks inside (2.856, 98,7, 20/11, 30/2020/NĐ-CP), or one mark.
_TOKEN = re.compile(r"[^\W_]+(?:[.,/:'’&-][^\W_]+)*%?|[^\s]")


@dataclass(frozen=True)
class Change:
    """Words [start, end) of a text that are to be written otherwise, and why."""

    start: int
    end: int
    now: str
    why: str


@dataclass(frozen=True)
class Wording:
    """The words of a text: as written, in lower case, and where each stands."""

    text: str
    written: tuple[str, ...]
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    #: 0..1 for each word, where the engine told; 0.5 where it did not
    beliefs: tuple[float, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, text: str, probabilities: Sequence[tuple[str, float]] = ()) -> Wording:
        """Part a text; `probabilities` are those of its words, in order, as the engine wrote."""
        found = list(_TOKEN.finditer(text))
        written = tuple(match[0] for match in found)
        return cls(
            text,
            written,
            tuple(word.lower() for word in written),
            tuple(match.span() for match in found),
            _beliefs(text, [match.start() for match in found], probabilities),
        )

    def word(self, place: int) -> str:
        """Return the lower-case word at a place, empty outside."""
        return self.words[place] if 0 <= place < len(self.words) else ""

    def is_capital(self, place: int) -> bool:
        """Say whether the word at a place begins with a capital."""
        return 0 <= place < len(self.written) and self.written[place][0].isupper()

    def belief(self, start: int, end: int) -> float:
        """Return how sure the engine is of the least sure of some words; 0.5 when unknown."""
        return min(self.beliefs[start:end], default=0.5) if self.beliefs else 0.5

    def said(self, start: int, end: int) -> str:
        """Return the text from one word to before another, as it stands."""
        return self.text[self.places[start][0] : self.places[end - 1][1]]


def word_set(words: str) -> frozenset[str]:
    """Return the words of a line as a set."""
    return frozenset(words.split())


def first_fitting(changes: Iterable[Change]) -> list[Change]:
    """Keep of overlapping changes the one that came first; return them in the order of the text."""
    kept: list[Change] = []
    taken: set[int] = set()
    for change in changes:
        span = range(change.start, change.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(change)
    return sorted(kept, key=lambda change: change.start)


def _beliefs(
    text: str, starts: Sequence[int], probabilities: Sequence[tuple[str, float]]
) -> tuple[float, ...]:
    if not probabilities:
        return ()
    spans, place = [], 0
    for word, probability in probabilities:
        bare = word.strip()
        found = text.find(bare, place) if bare else -1
        if found >= 0:
            place = found + len(bare)
            spans.append((found, place, probability))
    return tuple(next((p for a, b, p in spans if a <= start < b), 0.5) for start in starts)
