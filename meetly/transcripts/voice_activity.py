"""Where in a stream of sound somebody speaks: louder than the room, and with a voice.

First every frame is judged against the room's own noise. What stands out may still be applause, a
telephone or music; it counts as speech only where voices glide through it (`voicing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from meetly.transcripts.voicing import Marks, Pitches, Voicing

#: Samples a frame (20 ms at 16 kHz).
FRAME = 320
FRAMES_A_SECOND = 50

#: Probabilities from which on a frame is speech, and below which it is silence.
SPEECH, SILENCE = 0.5, 0.35
#: Seconds of sound before and behind a moment in which its room noise is sought, and as many again
#: in which voices are.
HORIZON = 5
#: Seconds that are looked at in one go: one by one they cost half as much again.
_GATHERED = 5
#: Seconds after which the answer for a moment is settled.
LATENCY = 2 * HORIZON + _GATHERED
#: The share of frames assumed to be room noise alone: the pauses between words and sentences.
_QUIET_SHARE = 0.15
#: Power per band below which a microphone says nothing worth hearing (-70 dB).
_DEAF = 1e-7
#: Speech is strong in few bands at a time: only so many, the ones risen most, are asked.
_ASKED = 5
#: Their mean rise over the noise, in dB, at which speech is as likely as not; and the slope there.
_EVEN_RISE, _SHARPNESS = 8.5, 1.0
_LOUDEST_RISE = 30.0
#: Frames over which the rise is averaged: weak sounds inside a word are no pause.
_SPAN = 9
#: Edges of the listened bands in spectrum bins of 50 Hz: 100 Hz to 4 kHz, wider as they go up.
_EDGES = np.array([2, 4, 6, 8, 11, 14, 18, 23, 29, 37, 47, 61])
_TOP = 80
#: How much of what stands out must glide, times how much of all that has a pitch does: in eleven
#: seconds, or else much more of it in the three seconds around a moment.
_LEAST_VOICE, _PLAIN_VOICE = 0.033, 0.15
#: Where nothing glides for three seconds: with so little pitch it is noise, with so much of one
#: pitch a tone.
_LEAST_VOICED, _MOST_STILL = 0.12, 0.5
#: Frames before and behind a moment that make those three seconds.
_NEAR = 75
_SECOND = FRAME * FRAMES_A_SECOND
_WINDOW = np.hanning(FRAME).astype(np.float32)
_AVERAGE = np.full(_SPAN, 1 / _SPAN, dtype=np.float32)
_WIDTHS = np.diff(np.append(_EDGES, _TOP)).astype(np.float32)

Levels: TypeAlias = NDArray[np.float32]
Probabilities: TypeAlias = NDArray[np.float32]


@dataclass
class _Second:
    """One second on its way: its levels, its pitch, and in the end how speech-like it is."""

    levels: Levels
    voicing: Voicing
    loud: Probabilities | None = None
    #: the frames that stand out, those of them that glide, that stand still, that have a pitch
    marks: Marks = field(default_factory=lambda: np.zeros((4, 0), bool))
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(4, np.int64))

    def settle(self, loud: Probabilities) -> None:
        """Take how loud it is, and mark what stands out."""
        out, voicing = loud > SPEECH, self.voicing
        self.loud = loud
        kinds = (voicing.glides, voicing.still, voicing.voiced)
        self.marks = np.stack([out, *(out & kind for kind in kinds)])
        self.counts = np.count_nonzero(self.marks, axis=1)


class VoiceActivity:
    """Probability of speech for each 20 ms frame of a stream, given LATENCY seconds late.

    Feed samples in pieces of any size with `listen`; the answers depend on the sound alone,
    not on how it was cut into pieces.
    """

    def __init__(self) -> None:
        self._samples = np.zeros(0, np.float32)
        self._pitches = Pitches()
        self._seconds: list[_Second] = []  # those that are still needed
        self._next_loud = 0  # index in `_seconds` of the second to be judged next by its level
        self._next = 0  # and by its voice

    def listen(self, samples: NDArray[np.float32]) -> Probabilities:
        """Take more sound; return the probabilities that are settled by now, in order."""
        self._samples = np.concatenate([self._samples, samples])
        gathered = _GATHERED * _SECOND
        while len(self._samples) >= gathered:
            self._take(self._samples[:gathered])
            self._samples = self._samples[gathered:]
        return self._settled(HORIZON)

    def finish(self) -> Probabilities:
        """Return the probabilities still owed; a last part of a frame counts as a frame."""
        if len(self._samples):
            padding = -len(self._samples) % FRAME
            self._take(np.pad(self._samples, (0, padding)))
            self._samples = self._samples[:0]
        return self._settled(0)

    def _take(self, samples: NDArray[np.float32]) -> None:
        levels, voicing = _levels(samples), self._pitches.listen(samples)
        for first in range(0, len(levels), FRAMES_A_SECOND):
            frames = slice(first, first + FRAMES_A_SECOND)
            self._seconds.append(_Second(levels[frames], voicing.of(frames)))

    def _settled(self, ahead: int) -> Probabilities:
        """Judge every second behind which at least so many others have been judged or heard."""
        judged = [np.zeros(0, np.float32)]
        while len(self._seconds) > self._next_loud + ahead:
            self._seconds[self._next_loud].settle(self._loudness())
            self._next_loud += 1
            if self._next_loud > self._next + HORIZON:
                judged.append(self._judge())
        while not ahead and self._next < len(self._seconds):
            judged.append(self._judge())
        return np.concatenate(judged)

    def _loudness(self) -> Probabilities:
        """Judge the next second against the quietest frames around it."""
        first_second = max(0, self._next_loud - HORIZON)
        near = self._seconds[first_second : self._next_loud + HORIZON + 1]
        around = np.concatenate([second.levels for second in near])
        quiet = int(len(around) * _QUIET_SHARE)
        noise = np.partition(around, quiet, axis=0)[quiet]
        first = (self._next_loud - first_second) * FRAMES_A_SECOND
        last = first + len(self._seconds[self._next_loud].levels)
        margin = _SPAN // 2
        heard = around[max(0, first - margin) : last + margin] - noise
        risen = np.sort(np.clip(heard, 0, _LOUDEST_RISE), axis=1)[:, -_ASKED:].mean(axis=1)
        missing = (max(0, margin - first), max(0, last + margin - len(around)))
        if any(missing):
            risen = np.pad(risen, missing, mode="edge")
        smooth = np.convolve(risen, _AVERAGE, mode="valid")
        return (1 / (1 + np.exp((_EVEN_RISE - smooth) / _SHARPNESS))).astype(np.float32)

    def _judge(self) -> Probabilities:
        """Let the next second count only where there is a voice in it."""
        second = self._seconds[self._next]
        assert second.loud is not None
        around = self._seconds[max(0, self._next - HORIZON) : self._next + HORIZON + 1]
        counts: NDArray[np.int64] = np.sum([near.counts for near in around], axis=0)
        is_speech = _has_voice(self._seconds, self._next, bool(_voice(counts) >= _LEAST_VOICE))
        if self._next == HORIZON:
            self._seconds.pop(0)
            self._next_loud -= 1
        else:
            self._next += 1
        return np.where(is_speech, second.loud, np.float32(0))


def _has_voice(seconds: Sequence[_Second], index: int, is_among_voices: bool) -> Marks:
    """Tell for each frame of a second whether what stands out around it has a voice."""
    here = seconds[index]
    size, (standing_out, gliding, *_) = len(here.levels), here.counts
    if not standing_out or (is_among_voices and gliding):
        return np.full(size, bool(standing_out))
    before = seconds[max(0, index - 2) : index]
    marks = np.concatenate([s.marks for s in (*before, *seconds[index : index + 3])], axis=1)
    sums = np.pad(np.cumsum(marks, axis=1), ((0, 0), (1, 0)))
    frames = np.arange(size) + sum(len(second.levels) for second in before)
    first, last = np.maximum(0, frames - _NEAR), np.minimum(marks.shape[1], frames + _NEAR + 1)
    counts = sums[:, last] - sums[:, first]
    everything, glides, still, voiced = counts
    noise = (glides == 0) & (voiced < _LEAST_VOICED * everything)
    tone = (glides == 0) & (still > _MOST_STILL * everything)
    voice: Marks = (is_among_voices | (_voice(counts) >= _PLAIN_VOICE)) & ~noise & ~tone
    return voice


def _voice(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how much glides of what stands out, times how much of what has a pitch."""
    everything, glides, still, _ = counts
    moving = glides / np.maximum(glides + still, 1)
    voice: NDArray[np.float64] = moving * glides / np.maximum(everything, 1)
    return voice


def _levels(samples: NDArray[np.float32]) -> Levels:
    """Return the level of each band in dB, one row a frame."""
    spectrum = np.fft.rfft(samples.reshape(-1, FRAME) * _WINDOW, axis=1)[:, :_TOP]
    power = (spectrum.real**2 + spectrum.imag**2) / FRAME
    bands = np.add.reduceat(power, _EDGES, axis=1) / _WIDTHS
    levels: Levels = (10 * np.log10(bands + _DEAF)).astype(np.float32)
    return levels


def speech_frames(samples: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell for each 20 ms frame of a short sound whether somebody speaks in it."""
    activity = VoiceActivity()
    settled = [activity.listen(samples), activity.finish()]
    speech: NDArray[np.bool_] = np.concatenate(settled) > SPEECH
    return speech
