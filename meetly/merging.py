"""Two people's corrections of one text made one, where they do not touch; pure."""

from __future__ import annotations

import difflib
from dataclasses import dataclass


@dataclass(frozen=True)
class _Change:
    """Words `start` to `end` of the base were replaced."""

    start: int
    end: int
    words: tuple[str, ...]


def merge(base: str, mine: str, theirs: str) -> str | None:
    """Merge word by word what two people made of `base`; None where they changed the same words.

    A change that both made counts once. Two different insertions at one place are a conflict,
    since nobody knows which comes first.
    """
    words = base.split()
    changes = sorted(
        {*_changes(words, mine.split()), *_changes(words, theirs.split())},
        key=lambda change: (change.start, change.end),
    )
    merged: list[str] = []
    reached = 0
    last: _Change | None = None
    for change in changes:
        if last and _touch(last, change):
            return None
        merged += words[reached : change.start]
        merged += change.words
        reached, last = change.end, change
    return " ".join(merged + words[reached:])


def _changes(base: list[str], new: list[str]) -> list[_Change]:
    matcher = difflib.SequenceMatcher(None, base, new, autojunk=False)
    return [
        _Change(a, b, tuple(new[c:d]))
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
    ]


def _touch(one: _Change, other: _Change) -> bool:
    """Tell whether two changes, in order, are of the same words or at the same place."""
    return other.start < one.end or (one.start == other.start and one.end == other.end)
