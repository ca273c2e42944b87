"""A language of buzzing tones and an engine that understands it: quick, honest, deterministic.

Each word is a buzz of its own pitch, wavering as a voice does; the engine measures the pitch of
what it is given. It really hears: other samples give other words, and silence gives none.
"""

from __future__ import annotations

import os
import time
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meetly.errors import NotConfigured
from meetly.transcripts.transcriber import Heard

RATE = 16_000
#: Words and their pitches in Hz.
PITCHES = {
    "không": 110, "một": 130, "hai": 150, "ba": 170, "bốn": 190, "năm": 210, "sáu": 230,
    "bảy": 250, "tám": 270, "chín": 290,
}  # fmt: skip
WORDS = tuple(PITCHES)
#: Seconds of a word, of the pause between words and between sentences.
WORD, GAP, PAUSE = 0.24, 0.04, 0.7
_FRAME = 0.08
#: How far and how often a second the pitch wavers.
_WAVER, _WAVERS = 0.025, 5.0


def speak(words: Sequence[str]) -> NDArray[np.float32]:
    """Buzz one sentence and the pause after it."""
    pieces: list[NDArray[np.float64]] = []
    for word in words:
        t = np.arange(round(WORD * RATE)) / RATE
        pitch = PITCHES[word]
        waver = np.cumsum(1 + _WAVER * np.sin(2 * np.pi * _WAVERS * t)) / RATE
        buzz = sum(np.sin(2 * np.pi * pitch * k * waver) / k**0.5 for k in range(1, 14))
        pieces += [0.08 * np.asarray(buzz), np.zeros(round(GAP * RATE))]
    pieces.append(np.zeros(round(PAUSE * RATE)))
    return np.concatenate(pieces).astype(np.float32)


def sentences(count: int, seed: int = 1) -> list[list[str]]:
    """Make up sentences of three to five words."""
    chance = np.random.default_rng(seed)
    return [
        [WORDS[i] for i in chance.integers(0, len(WORDS), chance.integers(3, 6))]
        for _ in range(count)
    ]


def write_wav(path: Path, said: Sequence[Sequence[str]]) -> Path:
    """Write a recording in which this is said."""
    sound = np.concatenate([np.zeros(RATE // 4, np.float32), *(speak(s) for s in said)])
    chance = np.random.default_rng(0)
    sound = sound + chance.normal(0, 0.0005, len(sound))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path


class ToneTranscriber:
    """Hears the language of tones; MEETLY_TEST_SLOWNESS makes it take that many seconds a chunk.

    MEETLY_TEST_BATCH makes it like so many chunks at a time.
    """

    name = kind = "tones"
    target = 2.0
    longest = 4.0

    @property
    def batch(self) -> int:
        """Say how many chunks it likes at a time."""
        return int(os.environ.get("MEETLY_TEST_BATCH", "1"))

    def hear(
        self, chunks: Sequence[NDArray[np.float32]], *, language: str, prompt: str = ""
    ) -> list[list[Heard]]:
        """Hear chunk after chunk."""
        return [self.hear_one(samples) for samples in chunks]

    def hear_one(self, samples: NDArray[np.float32]) -> list[Heard]:
        """Measure pitch after pitch; a pause of half a second ends a sentence."""
        time.sleep(float(os.environ.get("MEETLY_TEST_SLOWNESS", "0")))
        size = round(_FRAME * RATE)
        frames = samples[: len(samples) // size * size].reshape(-1, size)
        heard: list[Heard] = []
        words: list[tuple[float, str]] = []
        last = ""
        for index, frame in enumerate(frames):
            word = _word(frame)
            if word and word != last:
                words.append((index * _FRAME, word))
            if words and not word and index * _FRAME - words[-1][0] > WORD + 0.4:
                heard.append(_sentence(words))
                words = []
            last = word
        return [*heard, _sentence(words)] if words else heard


class BrokenTranscriber(ToneTranscriber):
    """Fails on every chunk."""

    name = "broken"

    def hear_one(self, samples: NDArray[np.float32]) -> list[Heard]:
        """Fail."""
        raise RuntimeError("out of its mind")


class FiledTranscriber(ToneTranscriber):
    """Needs the file of MEETLY_TEST_MODEL to be there when it begins, as real engines do."""

    name = "filed"

    def __init__(self) -> None:
        path = os.environ["MEETLY_TEST_MODEL"]
        if not Path(path).exists():
            raise NotConfigured("Không thấy mô hình %(path)s.", path=path)


class ChokingTranscriber(ToneTranscriber):
    """Fails on whatever has the word of MEETLY_TEST_DEADLY in it, with all it was given beside."""

    name = "choking"

    def hear_one(self, samples: NDArray[np.float32]) -> list[Heard]:
        """Hear, and choke on some words."""
        heard = super().hear_one(samples)
        if any(os.environ["MEETLY_TEST_DEADLY"] in sentence.text for sentence in heard):
            raise MemoryError("too much of it")
        return heard


class KillingTranscriber(ToneTranscriber):
    """Kills the process that listens to a sentence with the word of MEETLY_TEST_DEADLY in it."""

    name = "killing"

    def hear_one(self, samples: NDArray[np.float32]) -> list[Heard]:
        """Hear, and die of some words."""
        heard = super().hear_one(samples)
        if any(os.environ["MEETLY_TEST_DEADLY"] in sentence.text for sentence in heard):
            os.kill(os.getpid(), 9)
        return heard


def _word(frame: NDArray[np.float32]) -> str:
    """Name the word whose harmonics this frame fits best, or nothing when it is quiet."""
    if float(np.abs(frame).mean()) < 0.01:
        return ""
    spectrum = np.abs(np.fft.rfft(frame * np.hanning(len(frame)), 16 * len(frame)))
    step = RATE / (16 * len(frame))

    def fit(pitch: int) -> float:
        low, high = pitch * (1 - _WAVER) / step, pitch * (1 + _WAVER) / step
        return float(sum(spectrum[int(low * k) : int(high * k) + 2].max() for k in range(1, 6)))

    return max(WORDS, key=lambda word: fit(PITCHES[word]))


def _sentence(words: list[tuple[float, str]]) -> Heard:
    text = " ".join(word for _, word in words)
    return Heard(words[0][0], words[-1][0] + WORD, f"{text.capitalize()}.", 0.9)
