"""Where in a stream of sound somebody speaks, judged against the room's own noise."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

#: Samples a frame (20 ms at 16 kHz).
FRAME = 320
FRAMES_A_SECOND = 50

#: Probabilities from which on a frame is speech, and below which it is silence.
SPEECH, SILENCE = 0.5, 0.35
#: Seconds of sound before and behind a moment in which its room noise is sought.
HORIZON = 5
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
_WINDOW = np.hanning(FRAME).astype(np.float32)
_AVERAGE = np.full(_SPAN, 1 / _SPAN, dtype=np.float32)
_WIDTHS = np.diff(np.append(_EDGES, _TOP)).astype(np.float32)

Levels: TypeAlias = NDArray[np.float32]
Probabilities: TypeAlias = NDArray[np.float32]


class VoiceActivity:
    """Probability of speech for each 20 ms frame of a stream, given HORIZON seconds late.

    Feed samples in pieces of any size with `listen`; the answers depend on the sound alone,
    not on how it was cut into pieces.
    """

    def __init__(self) -> None:
        self._samples = np.zeros(0, np.float32)
        self._levels: list[Levels] = []  # one array of bands a second, HORIZON around `_next`
        self._next = 0  # index in `_levels` of the second to be judged next

    def listen(self, samples: NDArray[np.float32]) -> Probabilities:
        """Take more sound; return the probabilities that are settled by now, in order."""
        second = FRAME * FRAMES_A_SECOND
        self._samples = np.concatenate([self._samples, samples])
        whole = len(self._samples) // second
        for index in range(whole):
            self._levels.append(_levels(self._samples[index * second : (index + 1) * second]))
        self._samples = self._samples[whole * second :]
        return self._settled(HORIZON)

    def finish(self) -> Probabilities:
        """Return the probabilities still owed; a last part of a frame counts as a frame."""
        if len(self._samples):
            padding = -len(self._samples) % FRAME
            self._levels.append(_levels(np.pad(self._samples, (0, padding))))
            self._samples = self._samples[:0]
        return self._settled(0)

    def _settled(self, ahead: int) -> Probabilities:
        """Judge every second behind which at least so many others have been heard."""
        judged = [np.zeros(0, np.float32)]
        while len(self._levels) > self._next + ahead:
            judged.append(self._judge())
        return np.concatenate(judged)

    def _judge(self) -> Probabilities:
        """Judge the next second against the quietest frames around it."""
        around = np.concatenate(self._levels[: self._next + HORIZON + 1])
        quiet = int(len(around) * _QUIET_SHARE)
        noise = np.partition(around, quiet, axis=0)[quiet]
        first = self._next * FRAMES_A_SECOND
        last = first + len(self._levels[self._next])
        margin = _SPAN // 2
        heard = around[max(0, first - margin) : last + margin] - noise
        risen = np.sort(np.clip(heard, 0, _LOUDEST_RISE), axis=1)[:, -_ASKED:].mean(axis=1)
        missing = (max(0, margin - first), max(0, last + margin - len(around)))
        smooth = np.convolve(np.pad(risen, missing, mode="edge"), _AVERAGE, mode="valid")
        if self._next == HORIZON:
            self._levels.pop(0)
        else:
            self._next += 1
        return (1 / (1 + np.exp((_EVEN_RISE - smooth) / _SHARPNESS))).astype(np.float32)


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
