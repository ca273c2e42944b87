"""One sentence cut in two at a word: texts, times, and what was heard, each to its half; pure."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Half:
    """One of the two sentences that come of a cut."""

    text: str
    heard: str
    start: float
    end: float
    words: list[list[Any]] = field(default_factory=list)
    repairs: list[dict[str, str]] = field(default_factory=list)


def divide(whole: Half, at: int) -> tuple[Half, Half]:
    """Cut a sentence before its word number `at`, counted from 0.

    The second of the cut is between the words heard there, or else in proportion to the letters.
    Raises IndexError where one half would have no words.
    """
    tokens = whole.text.split()
    if not 0 < at < len(tokens):
        raise IndexError(at)
    first, second = " ".join(tokens[:at]), " ".join(tokens[at:])
    heard = whole.heard.split()
    heard_at = _counterpart(tokens, heard, at)
    spoken_at = _word_at(tokens, whole.words, at)
    cut = whole.start + (whole.end - whole.start) * len(first) / max(1, len(first) + len(second))
    if spoken_at is not None and 0 < spoken_at < len(whole.words):
        cut = (whole.words[spoken_at - 1][1] + whole.words[spoken_at][0]) / 2
    cut = round(min(max(cut, whole.start), whole.end), 3)
    words_at = spoken_at if spoken_at is not None else _before(whole.words, cut)
    mine = [repair for repair in whole.repairs if repair.get("now", "") in first]
    return (
        Half(first, " ".join(heard[:heard_at]), whole.start, cut, whole.words[:words_at], mine),
        Half(
            second, " ".join(heard[heard_at:]), cut, whole.end, whole.words[words_at:],
            [repair for repair in whole.repairs if repair not in mine],
        ),
    )  # fmt: skip


def _counterpart(shown: Sequence[str], heard: Sequence[str], at: int) -> int:
    """Return the place in what was heard that answers to a place in what is shown."""
    for kind, a, b, c, d in _matcher(shown, heard).get_opcodes():
        if a <= at < b:
            return c + (at - a if kind == "equal" else min(at - a, d - c))
    return len(heard)


def _word_at(shown: Sequence[str], words: Sequence[Sequence[Any]], at: int) -> int | None:
    """Return the number of the heard word that the shown word `at` is, or that follows it."""
    if not words:
        return None
    owners = [number for number, word in enumerate(words) for _ in str(word[2]).split()]
    tokens = [token for word in words for token in str(word[2]).split()]
    place = _counterpart(shown, tokens, at)
    return owners[place] if place < len(owners) else len(words)


def _before(words: Sequence[Sequence[Any]], second: float) -> int:
    return sum((word[0] + word[1]) / 2 < second for word in words)


def _matcher(one: Sequence[str], other: Sequence[str]) -> difflib.SequenceMatcher[str]:
    return difflib.SequenceMatcher(None, one, other, autojunk=False)
