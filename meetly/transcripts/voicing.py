"""Whether a sound has a voice in it: harmonics whose pitch glides, as only a throat's does.

Applause and typing have no pitch, tones and instruments hold theirs or jump from one to the next.
A voice is never still: between two syllables, and within each, its pitch slides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
Marks: TypeAlias = NDArray[np.bool_]

#: Pitch is sought in sound of 4 kHz, in windows of 80 ms, one a frame of 20 ms.
_STEP, _HOP, _WIDTH, _SIZE = 4, 80, 320, 512
#: Periods in samples of 4 kHz: voices from 60 to 400 Hz.
_SHORTEST, _LONGEST = 10, 66
#: Bins of 7.8 Hz below which hum and rumble lie, and how much of their power counts against pitch.
_RUMBLE, _LEAK = 14, np.float32(0.03)
#: Autocorrelation from which a frame has a pitch, and from which it surely is voiced.
_PITCHED, _VOICED = 0.25, 0.45
#: Frames of an unbroken stretch of pitch; semitones between two frames that break it.
_RUN, _JUMP = 6, 0.8
#: Semitones within 80 ms from which a pitch glides and up to which it stands still; the share of a
#: glide that may lie in one step; decibels that a struck tone loses in a run and a voice does not.
_GLIDE, _STILL, _SUDDEN, _STRUCK = 0.3, 0.12, 0.75, 4.0
_WINDOW = np.hanning(_WIDTH).astype(np.float32)


@dataclass
class Voicing:
    """What is known of some frames."""

    #: the pitch glides, stands still, or is there at all
    glides: Marks
    still: Marks
    voiced: Marks

    def of(self, frames: slice) -> Voicing:
        """Return what is known of some of them; what is marked later is marked there too."""
        return Voicing(self.glides[frames], self.still[frames], self.voiced[frames])


@dataclass
class Pitches:
    """The pitch of a stream, block by block; marks reach back into the block before."""

    _tail: Samples = field(default_factory=lambda: np.zeros(_WIDTH - _HOP, np.float32))
    _before: tuple[Samples, Samples, Samples] | None = None
    _last: Voicing | None = None

    def listen(self, samples: Samples) -> Voicing:
        """Judge the next whole frames of 20 ms at 16 kHz; the last ones may be marked later."""
        first, second, third, fourth = samples.reshape(-1, _STEP).T
        low = (first + second + third + fourth) * np.float32(1 / _STEP)
        sound = np.concatenate([self._tail, low])
        self._tail = sound[len(sound) - (_WIDTH - _HOP) :]
        found = _pitch(sliding_window_view(sound, _WIDTH)[::_HOP])
        nothing = np.zeros(len(low) // _HOP, bool)
        now = Voicing(nothing, nothing, found[0] > _VOICED)
        if self._before is None or self._last is None:
            now.glides, now.still = _moves(*found)
        else:
            joined = [np.concatenate(pair) for pair in zip(self._before, found, strict=True)]
            glides, still = _moves(joined[0], joined[1], joined[2])
            known = len(self._last.glides)
            self._last.glides |= glides[:known]
            self._last.still |= still[:known]
            now.glides, now.still = glides[known:], still[known:]
        self._before, self._last = found, now
        return now


def _pitch(frames: Samples) -> tuple[Samples, Samples, Samples]:
    """Return how periodic each frame is, its pitch in semitones, and its level in decibels."""
    spectrum = np.fft.rfft(frames * _WINDOW, _SIZE, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    whole = power.sum(axis=1) * np.float32(2 / _SIZE)
    power[:, :_RUMBLE] = 0
    same = np.fft.irfft(power, axis=1)[:, : _LONGEST + 2]
    sought = same[:, _SHORTEST : _LONGEST + 1]
    best = sought.argmax(axis=1)
    rows, at = np.arange(len(frames)), best + _SHORTEST
    strength = same[rows, at] / (same[:, 0] + _LEAK * whole + np.float32(1e-9))
    left, middle, right = same[rows, at - 1], same[rows, at], same[rows, at + 1]
    bend = left - 2 * middle + right
    aside = np.where(bend < 0, (left - right) / (2 * np.where(bend < 0, bend, 1)), 0)
    period = at + np.clip(aside, -0.5, 0.5)
    level = 10 * np.log10(whole + np.float32(1e-9))
    return (
        strength.astype(np.float32),
        (-12 * np.log2(period)).astype(np.float32),
        level.astype(np.float32),
    )


def _moves(strength: Samples, pitch: Samples, level: Samples) -> tuple[Marks, Marks]:
    """Mark the frames in stretches of pitch that glide, and in those that stand still."""
    glides, still = np.zeros(len(pitch), bool), np.zeros(len(pitch), bool)
    if len(pitch) < _RUN:
        return glides, still
    pitched = strength > _PITCHED
    steps = np.abs(np.diff(pitch))
    unbroken = pitched[1:] & pitched[:-1] & (steps < _JUMP)
    runs = unbroken[:-4] & unbroken[1:-3] & unbroken[2:-2] & unbroken[3:-1] & unbroken[4:]
    moved = np.abs(pitch[4:] - pitch[:-4])  # within 80 ms
    pairs = np.maximum(steps[:-1], steps[1:])
    largest = np.maximum(pairs[:-2], pairs[2:])
    gliding = (moved > _GLIDE) & (largest < _SUDDEN * moved)
    standing = moved < _STILL
    falls = level[: 1 - _RUN] - level[_RUN - 1 :] >= _STRUCK
    alive = runs & (gliding[:-1] | gliding[1:]) & ~falls
    dead = runs & standing[:-1] & standing[1:]
    for offset in range(_RUN):
        glides[offset : offset + len(alive)] |= alive
        still[offset : offset + len(dead)] |= dead
    return glides, still & ~glides
