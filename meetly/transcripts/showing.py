"""What a page shows of a long transcript: its pages by time, its turns, its corrections; pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

#: Sentences on one page: about a quarter of an hour of speech.
PAGE = 200
#: Below this probability a sentence is shown as doubtful.
UNSURE = 0.45
#: Turns drawn under the waveform at most; shorter pauses are closed until so many are left.
MOST_TURNS = 300


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
    """One page of a transcript and the seconds it covers."""

    number: int
    start: float
    end: float


def pages(starts: Sequence[tuple[int, float]]) -> list[Page]:
    """Part a transcript, given as (id, second) of each sentence, into pages."""
    found = []
    for number, first in enumerate(range(0, max(1, len(starts)), PAGE), start=1):
        inside = [start for _, start in starts[first : first + PAGE]] or [0.0]
        found.append(Page(number, inside[0], inside[-1]))
    return found


def talks(said: Sequence[Turn], voices: Mapping[str, int]) -> list[dict[str, float]]:
    """Join the turns of one voice into stretches to draw; unknown voices are left out."""
    pause = 1.5
    while True:
        drawn = _joined(said, voices, pause)
        if len(drawn) <= MOST_TURNS:
            return drawn
        pause *= 2


def _joined(
    said: Sequence[Turn], voices: Mapping[str, int], pause: float
) -> list[dict[str, float]]:
    drawn: list[dict[str, float]] = []
    for turn in said:
        voice = voices.get(turn.speaker)
        if voice is None or turn.end - turn.start < pause / 10:
            continue
        last = drawn[-1] if drawn else None
        if last and last["voice"] == voice and turn.start - last["end"] <= pause:
            last["end"] = max(last["end"], round(turn.end, 1))
        else:
            start, end = round(turn.start, 1), round(turn.end, 1)
            drawn.append({"start": start, "end": end, "voice": voice})
    return drawn


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
