"""A long recording cut at its silences into chunks, streaming and the same way every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from meetly.errors import BadInput
from meetly.recordings.sound import LONGEST, RATE, Samples, Source, decode
from meetly.transcripts.voice_activity import (
    FRAME,
    FRAMES_A_SECOND,
    SILENCE,
    SPEECH,
    Probabilities,
    VoiceActivity,
)

#: Seconds of speech below which a chunk is empty and never shown to a speech engine.
LEAST_SPEECH = 0.3
_STEPS = np.float32(32768)


@dataclass(frozen=True)
class Cut:
    """One piece of a recording; seconds on the player's clock, samples 16 kHz mono."""

    ordinal: int
    start: float
    end: float
    speech: float
    samples: Samples

    @property
    def is_empty(self) -> bool:
        """Tell whether too little is said in it to be worth transcribing."""
        return self.speech < LEAST_SPEECH


def split(
    source: Source, *, target: float, longest: float, budget: float = LONGEST
) -> Iterator[Cut]:
    """Cut a recording in the middle of the longest silence between `target` and `longest` seconds.

    Where nobody pauses, the least speech-like frame is cut instead. Holds one chunk in memory at
    a time. The same file gives the same cuts, so a caller who was interrupted splits again and
    skips the ordinals it has. Raises as `meetly.recordings.sound.decode`; `budget` is the most
    seconds of sound decoded.
    """
    least, most = round(target * FRAMES_A_SECOND), round(longest * FRAMES_A_SECOND)
    if not 0 < least <= most:
        raise BadInput
    chunk = _Chunk()
    activity = VoiceActivity()
    for block in decode(source, longest=budget):
        chunk.take(block, activity.listen(block))
        while len(chunk.speech) >= most:
            yield chunk.cut(_best_frame(chunk.speech, least, most))
    chunk.take(np.zeros(0, np.float32), activity.finish())
    while len(chunk.speech) > most:
        yield chunk.cut(_best_frame(chunk.speech, least, most))
    if chunk.held:
        yield chunk.cut(len(chunk.speech))


class _Chunk:
    """The sound that has been heard but not yet cut off."""

    def __init__(self) -> None:
        self.held = 0  # samples
        self._blocks: list[Samples] = []  # joined only where a cut is made
        self.speech: Probabilities = np.zeros(0, np.float32)  # of the frames judged so far
        self._ordinal = 0
        self._start = 0

    def take(self, samples: Samples, speech: Probabilities) -> None:
        self._blocks.append(samples)
        self.held += len(samples)
        self.speech = np.concatenate([self.speech, speech])

    def cut(self, frames: int) -> Cut:
        waiting = np.concatenate(self._blocks)
        heard, rest = waiting[: frames * FRAME], waiting[frames * FRAME :].copy()
        self._blocks, self.held = [rest], len(rest)
        # 16 bits, so that a chunk kept as a file is the same to the last sample
        samples = np.clip(np.rint(heard * _STEPS), -_STEPS, _STEPS - 1) / _STEPS
        speech, self.speech = self.speech[:frames], self.speech[frames:]
        start, self._start = self._start, self._start + len(samples)
        ordinal, self._ordinal = self._ordinal, self._ordinal + 1
        spoken = int((speech > SPEECH).sum()) / FRAMES_A_SECOND
        return Cut(ordinal, start / RATE, self._start / RATE, spoken, samples)


def _best_frame(speech: Probabilities, least: int, most: int) -> int:
    """Return the frame before which to cut."""
    if least == most:
        return most
    quiet = np.concatenate([[False], speech[least:most] < SILENCE, [False]])
    edges = np.flatnonzero(np.diff(quiet.astype(np.int8)))
    if not len(edges):
        return least + int(np.argmin(speech[least:most]))
    starts, ends = edges[::2], edges[1::2]
    widest = int(np.argmax(ends - starts))
    return least + int(starts[widest] + ends[widest]) // 2
