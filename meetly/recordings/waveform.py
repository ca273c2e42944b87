"""The outline of a recording, for drawing under a player; found in one streaming pass."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meetly.recordings.sound import RATE, Samples

#: Points of an outline at most; a long recording ends with between half of these and all.
MOST_POINTS = 4_000
#: Samples behind one point at first (10 ms), doubled whenever the points become too many.
_FINEST = 160


@dataclass(frozen=True)
class Waveform:
    """Lowest and highest sample of equal stretches of sound, between -1 and 1."""

    seconds_a_point: float
    lows: tuple[float, ...]
    highs: tuple[float, ...]

    def to_json(self) -> dict[str, float | list[float]]:
        """Return what the player's script draws."""
        return {
            "seconds_a_point": self.seconds_a_point,
            "lows": list(self.lows),
            "highs": list(self.highs),
        }


class Tracer:
    """Traces the outline while somebody else streams the sound past."""

    def __init__(self) -> None:
        self._stretch = _FINEST
        self._rest: Samples = np.zeros(0, np.float32)
        self._lows: Samples = np.zeros(0, np.float32)
        self._highs: Samples = np.zeros(0, np.float32)

    def take(self, samples: Samples) -> None:
        """Take the next samples."""
        waiting = np.concatenate([self._rest, samples])
        while points := min(MOST_POINTS - len(self._lows), len(waiting) // self._stretch):
            self._add(waiting[: points * self._stretch].reshape(points, self._stretch))
            waiting = waiting[points * self._stretch :]
            if len(self._lows) == MOST_POINTS:
                self._coarsen()  # what still waits is then counted in longer stretches
        self._rest = waiting

    def waveform(self) -> Waveform:
        """Return the outline of everything taken; nothing may be taken after."""
        if len(self._rest):
            self._add(self._rest.reshape(1, -1))
            self._rest = self._rest[:0]
        return Waveform(self._stretch / RATE, _rounded(self._lows), _rounded(self._highs))

    def _add(self, stretches: NDArray[np.float32]) -> None:
        self._lows = np.concatenate([self._lows, stretches.min(axis=1)])
        self._highs = np.concatenate([self._highs, stretches.max(axis=1)])

    def _coarsen(self) -> None:
        self._stretch *= 2
        self._lows = self._lows.reshape(-1, 2).min(axis=1)
        self._highs = self._highs.reshape(-1, 2).max(axis=1)


def trace(blocks: Iterable[Samples]) -> Waveform:
    """Trace the outline of a whole recording."""
    tracer = Tracer()
    for block in blocks:
        tracer.take(block)
    return tracer.waveform()


def loudness(peaks: Sequence[float], seconds: float, start: float, end: float) -> float:
    """Return how loud it is from second `start` to `end`, 0 to 1; 0 where nothing was drawn.

    `peaks` are the pairs of lowest and highest sample of equal stretches of all `seconds`.
    """
    points = len(peaks) // 2
    if not points or seconds <= 0:
        return 0.0
    first = min(points - 1, max(0, int(start * points / seconds)))
    last = min(points, max(first + 1, math.ceil(end * points / seconds)))
    return sum(max(-peaks[2 * at], peaks[2 * at + 1]) for at in range(first, last)) / (last - first)


def _rounded(values: Samples) -> tuple[float, ...]:
    return tuple(round(float(value), 3) for value in np.clip(values, -1, 1))
