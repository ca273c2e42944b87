"""Who said a sentence, from the engine's record of who talked when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Talk:
    """One stretch in which a speaker's microphone was active; seconds on the recording's clock."""

    speaker: str
    start: float
    end: float


def attribute(start: float, end: float, talks: Iterable[Talk]) -> str | None:
    """Name the speaker whose talks overlap most with `start` to `end`; None when nobody's do.

    A speaker who paused within the sentence counts with the sum of the pieces. Between equals
    the one who began earlier is named.
    """
    overlaps: dict[str, float] = {}
    for talk in sorted(talks, key=lambda talk: (talk.start, talk.end, talk.speaker)):
        overlap = min(end, talk.end) - max(start, talk.start)
        if overlap > 0:
            overlaps[talk.speaker] = overlaps.get(talk.speaker, 0.0) + overlap
    if not overlaps:
        return None
    most = max(overlaps.values())
    return next(speaker for speaker, overlap in overlaps.items() if overlap >= most - 1e-6)
