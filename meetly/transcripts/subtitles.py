"""Sentences cut into subtitles that can be read: two short lines at a time; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from meetly.transcripts.showing import worded

#: What a reader takes in at a time: lines of a cue, letters of a line.
LINES, LETTERS = 2, 42
_PAUSES = (",", ".", ";", ":", "?", "!", "…")
#: Seconds a cue stands at least, so that none has no length.
_LEAST = 0.001


@dataclass(frozen=True)
class Cue:
    """What stands under the picture from one second to another, line by line."""

    start: float
    end: float
    lines: tuple[str, ...]


def cues(
    text: str, start: float, end: float, words: Sequence[Sequence[Any]] = (), lead: str = ""
) -> list[Cue]:
    """Cut a sentence into cues at its pauses, timed by the words heard or else by its letters.

    `words` are [start, end, text, probability] in seconds; `lead` (a name) stands before the
    first word.
    """
    tokens = [piece for token in text.split() for piece in _short(token)]
    seconds = _seconds(text, tokens, start, end, words)
    leading = [piece for token in lead.split() for piece in _short(token)]
    all_tokens = [*leading, *tokens]
    all_seconds = [*([start] * len(leading)), *seconds]
    firsts = [*_packed(all_tokens), len(all_tokens)]
    found: list[Cue] = []
    for first, last in pairwise(firsts):
        begins = start if first == 0 else all_seconds[first]
        ends = end if last == len(all_tokens) else all_seconds[last]
        lines = _lines(all_tokens[first:last])
        found.append(Cue(begins, max(ends, begins + _LEAST), tuple(lines)))
    return found


def _packed(tokens: Sequence[str]) -> Iterator[int]:
    """Yield the first token of each cue: as many as fit, but rather up to a pause."""
    first = 0
    while first < len(tokens):
        yield first
        fits = first + 1
        while fits < len(tokens) and len(_wrapped(tokens[first : fits + 1])) <= LINES:
            fits += 1
        if fits == len(tokens):
            return
        third = first + max(1, (fits - first) // 3)
        pauses = [n for n in range(third, fits + 1) if tokens[n - 1].endswith(_PAUSES)]
        first = pauses[-1] if pauses else fits


def _wrapped(tokens: Sequence[str]) -> list[str]:
    lines: list[str] = []
    for token in tokens:
        if lines and len(lines[-1]) + 1 + len(token) <= LETTERS:
            lines[-1] += f" {token}"
        else:
            lines.append(token)
    return lines


def _lines(tokens: Sequence[str]) -> list[str]:
    """Set the tokens of a cue in one line, or in two that are about as long."""
    lines = _wrapped(tokens)
    if len(lines) < LINES:
        return lines
    halves = [(" ".join(tokens[:n]), " ".join(tokens[n:])) for n in range(1, len(tokens))]
    fitting = [pair for pair in halves if max(map(len, pair)) <= LETTERS]
    first, second = min(fitting, key=lambda pair: abs(len(pair[0]) - len(pair[1])))
    return [first, second]


def _short(token: str) -> Iterator[str]:
    for first in range(0, len(token), LETTERS):
        yield token[first : first + LETTERS]


def _seconds(
    text: str,
    tokens: Sequence[str],
    start: float,
    end: float,
    words: Sequence[Sequence[Any]],
) -> list[float]:
    """Tell when each token begins; never before the one in front of it, nor after the end."""
    told = worded(text, words, start).seconds.split()
    letters = sum(len(token) + 1 for token in tokens) or 1
    found: list[float] = []
    passed = 0
    for number, token in enumerate(tokens):
        guess = start + (end - start) * passed / letters
        known = len(told) == len(tokens) and told[number] != "-"
        second = start + int(told[number]) / 100 if known else guess
        found.append(min(max(second, found[-1] if found else start), end))
        passed += len(token) + 1
    return found
