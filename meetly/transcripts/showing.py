"""What a page shows of a long transcript: stretches by time, turns, doubts, corrections; pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

from meetly.transcripts.marking import Part

#: Sentences that are fetched at a time, and that stand on one page where no scripts run.
PAGE = 80
#: Below this probability a sentence is shown as doubtful.
UNSURE = 0.45
#: Probabilities of a word below which it is tinted, the deeper tint last.
DOUBTS = (0.75, 0.5)
#: Turns drawn under the waveform at most; shorter pauses are closed until so many are left.
MOST_TURNS = 300
#: Seconds within which one voice goes on speaking.
_PAUSE = 1.5

#: From which second to which second a voice, by its number, is heard.
_Stretch = tuple[float, float, int]


class Turn(Protocol):
    """Somebody speaking for a while."""

    @property
    def speaker(self) -> str:
        """Name who spoke."""

    @property
    def start(self) -> float:
        """Say from which second."""

    @property
    def end(self) -> float:
        """Say to which second."""


@dataclass(frozen=True)
class Page:
    """One stretch of a transcript: the sentences that begin from `start` on and before `until`."""

    number: int
    start: float
    #: where the next one begins; none for the last
    until: float | None
    count: int


def pages(starts: Iterable[float]) -> list[Page]:
    """Part a transcript, given as the second of each sentence, into stretches.

    Each sentence falls into exactly one of them by its second alone, so that a stretch fetched
    after others have split or heard sentences again neither repeats nor misses one.
    """
    ordered = sorted(starts)
    if not ordered:
        return [Page(1, 0.0, None, 0)]
    firsts: list[int] = []
    for first in range(0, len(ordered), PAGE):
        if not firsts or ordered[first] > ordered[firsts[-1]]:
            firsts.append(first)
    ends = [*firsts[1:], len(ordered)]
    return [
        Page(
            number=number,
            start=ordered[first],
            until=ordered[end] if end < len(ordered) else None,
            count=end - first,
        )
        for number, (first, end) in enumerate(zip(firsts, ends, strict=True), start=1)
    ]


def page_at(found: Sequence[Page], second: float) -> int:
    """Return the number of the stretch in which a sentence that begins at that second stands."""
    return max((page.number for page in found if page.start <= second), default=1)


def talks(said: Sequence[Turn], voices: Mapping[str, int]) -> list[dict[str, float]]:
    """Join the turns of one voice into stretches to draw; unknown voices are left out.

    Where too many are left, the shortest go: a picture has no room for them.
    """
    known = [turn for turn in said if turn.speaker in voices]
    drawn = _joined([(turn.start, turn.end, voices[turn.speaker]) for turn in known], _PAUSE)
    shortest = 1.0
    while len(drawn) > MOST_TURNS:
        shortest *= 1.5
        long = [turn for turn in drawn if turn[1] - turn[0] >= shortest]
        drawn = _joined(long, _PAUSE + shortest)
    return [
        {"start": round(start, 1), "end": round(end, 1), "voice": voice}
        for start, end, voice in drawn
    ]


def _joined(turns: Iterable[_Stretch], pause: float) -> list[_Stretch]:
    drawn: list[_Stretch] = []
    for start, end, voice in turns:
        last = drawn[-1] if drawn else None
        if last and last[2] == voice and start - last[1] <= pause:
            drawn[-1] = (last[0], max(last[1], end), voice)
        else:
            drawn.append((start, end, voice))
    return drawn


@dataclass(frozen=True)
class Worded:
    """A sentence as it reads now, tied to the words that were heard."""

    #: runs of the text with how doubtful they are: 0 not at all, up to len(DOUBTS)
    pieces: list[tuple[str, int]]
    #: hundredths of a second after the sentence's start for each written word, "-" where unknown;
    #: empty when nothing is known
    seconds: str


def worded(text: str, words: Sequence[Sequence[Any]], start: float) -> Worded:
    """Tie a text to the words heard, given as [start, end, text, probability] in seconds.

    Words that were repaired or corrected since were not heard so: they are neither tinted nor
    timed.
    """
    shown = _words(text)
    if not words or not shown:
        return Worded([(text, 0)] if text else [], "")
    heard = [(token, word) for word in words for token in str(word[2]).split()]
    doubts, seconds = [0] * len(shown), ["-"] * len(shown)
    for mine, theirs in _matches([word.strip() for word in shown], [token for token, _ in heard]):
        begins, _ends, _text, probability = heard[theirs][1]
        doubts[mine] = sum(probability < line for line in DOUBTS)
        seconds[mine] = str(max(0, round((begins - start) * 100)))
    pieces = [
        ("".join(word for word, _ in run), doubt)
        for doubt, run in groupby(zip(shown, doubts, strict=True), key=lambda pair: pair[1])
    ]
    return Worded(pieces, " ".join(seconds) if set(seconds) != {"-"} else "")


def _matches(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the places of equal words, in order."""
    if list(mine) == list(theirs):  # nearly every sentence
        yield from ((place, place) for place in range(len(mine)))
        return
    matcher = difflib.SequenceMatcher(None, mine, theirs, autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        yield from ((a + step, b + step) for step in range(size))


def woven(pieces: Sequence[tuple[str, int]], parts: Sequence[Part]) -> list[tuple[str, int, Part]]:
    """Part a text both by how doubtful its words are and by what was repaired in it."""
    doubts = [doubt for run, doubt in pieces for _letter in run]
    found: list[tuple[str, int, Part]] = []
    read = 0
    for part in parts:
        letters = zip(part.text, doubts[read : read + len(part.text)], strict=True)
        for doubt, run in groupby(letters, key=lambda pair: pair[1]):
            found.append(("".join(letter for letter, _ in run), doubt, part))
        read += len(part.text)
    return found


def differences(before: str, after: str) -> list[tuple[str, str]]:
    """Tell word by word what was kept ("same"), struck ("del") and written ("ins")."""
    old, new = _words(before), _words(after)
    found: list[tuple[str, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(old[a:b])))
        if kind in ("delete", "replace"):
            found.append(("del", "".join(old[a:b])))
        if kind in ("insert", "replace"):
            found.append(("ins", "".join(new[c:d])))
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*", text)
