"""A chunk without its long silences, so that no engine spends its time on them; pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meetly.recordings.sound import RATE
from meetly.transcripts.voice_activity import FRAME, FRAMES_A_SECOND

#: Seconds kept before and behind every stretch of speech: soft beginnings and ends of words.
_BEFORE, _BEHIND = 0.3, 0.5
#: Silences between two kept stretches longer than this are shortened to it.
_LONGEST_SILENCE = 1.0


@dataclass(frozen=True)
class Squeezed:
    """Sound that was kept, and where each kept stretch stood: (first sample, samples) in order."""

    samples: NDArray[np.float32]
    stretches: tuple[tuple[int, int], ...]

    @property
    def duration(self) -> float:
        """Tell how long it lasts, in seconds."""
        return len(self.samples) / RATE

    def at(self, second: float) -> float:
        """Tell at which second of the chunk something is that stands at this second here."""
        sample, before = round(second * RATE), 0
        for first, length in self.stretches:
            if sample <= before + length:
                return (first + max(0, sample - before)) / RATE
            before += length
        if not self.stretches:
            return second
        first, length = self.stretches[-1]
        return (first + length) / RATE


def squeeze(samples: NDArray[np.float32], speech: NDArray[np.bool_]) -> Squeezed:
    """Leave long silences out of a chunk; nothing is left where nobody speaks.

    `speech` says for each frame of 20 ms whether somebody speaks in it.
    """
    kept: list[list[int]] = []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], speech, [False]]).astype(np.int8)))
    slack = round(_LONGEST_SILENCE / 2 * FRAMES_A_SECOND)
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        first = max(0, int(begin) - round(_BEFORE * FRAMES_A_SECOND))
        last = min(len(speech), int(end) + round(_BEHIND * FRAMES_A_SECOND))
        if kept and first - kept[-1][1] <= 2 * slack:
            kept[-1][1] = max(kept[-1][1], last)
        elif kept:  # half of what is left of the silence stays on either side of the cut
            kept[-1][1] += slack
            kept.append([first - slack, last])
        else:
            kept.append([first, last])
    stretches = [(a * FRAME, min(b * FRAME, len(samples)) - a * FRAME) for a, b in kept]
    stretches = [(first, length) for first, length in stretches if length > 0]
    if not stretches:
        return Squeezed(np.zeros(0, np.float32), ())
    pieces = [samples[first : first + length] for first, length in stretches]
    return Squeezed(np.concatenate(pieces), tuple(stretches))
