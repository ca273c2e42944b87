"""Sentences and the smaller pieces of a text, as ranges of tokens.

A sentence ends at «.», «?», «!» or a new line; a dot inside «DT.684» or «1.240» ends nothing. A
clause ends at «,», «;», «:» or a list mark. Text without any punctuation is one sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from meetly.directions.extraction.reading import Reading

_CLOSERS = frozenset(".?!…")
_BREAKS = frozenset(",;:-–—+•*()")
_LIST_MARK = re.compile(
    r"(?:^|[\s:;.])(?:\(?(?:[ivx]{1,4}|[a-zđ]|\d{1,2})\)|\d{1,2}\.(?=\s)|[-+•–](?=\s))\s*$"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens [first, end) without the closing mark, and whether it asks."""

    first: int
    end: int
    asks: bool


def sentences(reading: Reading) -> list[Sentence]:
    """Return the sentences of a text in order."""
    found = []
    first = 0
    tokens = reading.tokens
    lines = "\n" in reading.text
    for place, token in enumerate(tokens):
        if lines and place > first and "\n" in reading.text[tokens[place - 1].end : token.start]:
            found.append(Sentence(first, place, False))
            first = place
        if token.word in _CLOSERS and _closes(reading, place):
            if place > first:
                found.append(Sentence(first, place, token.word == "?"))
            first = place + 1
    if first < len(tokens):
        found.append(Sentence(first, len(tokens), False))
    return found


def _closes(reading: Reading, place: int) -> bool:
    end = reading.tokens[place].end
    if end < len(reading.text) and not reading.text[end].isspace():
        return reading.tokens[place].word in "?!"
    before = reading.tokens[place - 1] if place else None
    # «1. Sở …», «TP. X»: a number in a list or an abbreviation is not the end of a sentence.
    return not (
        before is not None and reading.tokens[place].word == "." and before.word in {"tp", "p"}
    )


def is_break(reading: Reading, place: int) -> bool:
    """Whether a clause may begin at token `place` because a mark or pause stands before it."""
    if place <= 0:
        return True
    before = reading.tokens[place - 1]
    if before.word in _BREAKS or before.word in _CLOSERS:
        return True
    return (
        reading.tokens[place].pause
        or "\n" in reading.text[before.end : reading.tokens[place].start]
    )


def begins_item(reading: Reading, place: int) -> bool:
    """Whether a list mark such as «a)», «(ii)» or «- » stands right before the token."""
    start = reading.tokens[place].start
    return bool(_LIST_MARK.search(reading.line, max(0, start - 12), start))
