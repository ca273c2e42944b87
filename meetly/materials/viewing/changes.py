"""What changed between two versions of a document: paragraphs that stayed, words that did not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from meetly.word_difference import Part, words

#: Paragraphs compared and characters of one; passages and characters shown: what a page can bear.
MOST_PARAGRAPHS, LONGEST_PARAGRAPH = 1500, 1200
MOST_PASSAGES, MOST_SHOWN = 120, 12_000
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


@dataclass(frozen=True)
class Passage:
    """A changed paragraph, or a stretch of paragraphs that stayed."""

    parts: Sequence[Part] = ()
    #: how many paragraphs stayed; 0 for a changed one
    same: int = 0


@dataclass(frozen=True)
class Changes:
    """The passages of the newer text in order."""

    passages: list[Passage]
    #: there is more than is shown
    cut: bool

    @property
    def is_none(self) -> bool:
        """Whether not one word differs in what was compared."""
        return not self.cut and not any(passage.parts for passage in self.passages)


def between(before: str, after: str) -> Changes:
    """Compare two texts paragraph by paragraph and the changed paragraphs word by word."""
    old, new = _paragraphs(before), _paragraphs(after)
    cut = max(len(old), len(new)) > MOST_PARAGRAPHS
    passages: list[Passage] = []
    shown = 0
    for passage in _compared(old[:MOST_PARAGRAPHS], new[:MOST_PARAGRAPHS]):
        shown += sum(len(text) for _op, text in passage.parts)
        if shown > MOST_SHOWN or len(passages) == MOST_PASSAGES:
            return Changes(passages, cut=True)
        passages.append(passage)
    return Changes(passages, cut)


def _paragraphs(text: str) -> list[str]:
    found = []
    for line in text.splitlines():
        pieces = [line] if len(line) <= LONGEST_PARAGRAPH else _SENTENCE.split(line)
        for piece in filter(None, map(str.strip, pieces)):
            found += [
                piece[at : at + LONGEST_PARAGRAPH] for at in range(0, len(piece), LONGEST_PARAGRAPH)
            ]
            if len(found) > MOST_PARAGRAPHS:
                return found
    return found


def _compared(old: list[str], new: list[str]) -> Iterator[Passage]:
    for op, i, j, m, n in SequenceMatcher(None, old, new).get_opcodes():
        if op == "equal":
            yield Passage(same=j - i)
            continue
        for was, now in zip_longest(old[i:j], new[m:n], fillvalue=""):
            yield Passage(parts=_parts(was, now))


def _parts(was: str, now: str) -> list[Part]:
    if was and now and _are_alike(was, now):
        return words(was, now)
    return [part for part in (("del", was), ("ins", now)) if part[1]]


def _are_alike(was: str, now: str) -> bool:
    """Tell whether two paragraphs share enough for their words to be compared."""
    return SequenceMatcher(None, was.split(), now.split()).quick_ratio() > 0.3
