"""Speak Vietnamese with espeak-ng: text in, 16 kHz samples and the moment of every word out."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
#: espeak-ng always speaks at this rate; the ratio to ours is 441 : 320.
_ESPEAK_RATE = 22_050
_AUDIO_SYNCHRONOUS = 2
_PHONEME_EVENTS = 1
_UTF8 = 1
_EVENT_END, _EVENT_WORD, _EVENT_PHONEME = 0, 1, 7
_RATE, _PITCH, _PITCH_RANGE = 1, 3, 4

#: The three dialects and the timbres that keep Vietnamese tones apart.
DIALECTS = ("vi", "vi-vn-x-central", "vi-vn-x-south")
TIMBRES = ("", "+m1", "+m2", "+m3", "+m4", "+m7", "+f1", "+f2", "+f3", "+f4")


@dataclass(frozen=True)
class Voice:
    """One way of speaking: dialect and timbre, words a minute, pitch and its range (0-99)."""

    name: str
    rate: int = 145
    pitch: int = 50
    pitch_range: int = 50


@dataclass(frozen=True)
class Speech:
    """What was said: the samples, and where each word and each phoneme begins (seconds)."""

    samples: NDArray[np.float32]
    words: tuple[tuple[int, float], ...]  #: (position of the first letter in the text, start)
    phonemes: tuple[tuple[str, float], ...]

    @property
    def duration(self) -> float:
        """Tell how long the speech lasts, in seconds."""
        return len(self.samples) / SAMPLE_RATE


class _EventId(ctypes.Union):
    _fields_ = (
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("string", ctypes.c_char * 8),
    )


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


class Espeak:
    """The library, started once a process: it keeps global state and speaks one text at a time."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        if self._library.espeak_Initialize(_AUDIO_SYNCHRONOUS, 500, None, _PHONEME_EVENTS) < 0:
            raise RuntimeError("espeak-ng could not start: is the package espeak-ng installed?")
        self._pieces: list[NDArray[np.int16]] = []
        self._words: list[tuple[int, float]] = []
        self._phonemes: list[tuple[str, float]] = []
        callback = ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
        )
        self._callback = callback(self._collect)  # kept alive as long as the library may call it
        self._library.espeak_SetSynthCallback(self._callback)

    def _collect(self, samples: object, count: int, events: object) -> int:
        number = 0
        while (event := events[number]).type != _EVENT_END:  # type: ignore[index]
            moment = event.sample / _ESPEAK_RATE
            position = event.text_position - 1
            if event.type == _EVENT_WORD:
                # A clause may be announced a second time, at the wrong place: never go back.
                if not self._words or position > self._words[-1][0]:
                    self._words.append((position, moment))
            elif event.type == _EVENT_PHONEME:
                raw = ctypes.string_at(ctypes.addressof(event.id), 8).split(b"\0")[0]
                self._phonemes.append((raw.decode("utf-8", "replace"), moment))
            number += 1
        if samples and count > 0:
            piece = np.ctypeslib.as_array(samples, shape=(count,))
            self._pieces.append(piece.copy())
        return 0

    def speak(self, text: str, voice: Voice) -> Speech:
        """Speak one text; the loudest sample comes out at 0.6."""
        self._pieces.clear()
        self._words.clear()
        self._phonemes.clear()
        if self._library.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice.name}")
        for parameter, value in (
            (_RATE, voice.rate),
            (_PITCH, voice.pitch),
            (_PITCH_RANGE, voice.pitch_range),
        ):
            self._library.espeak_SetParameter(parameter, value, 0)
        raw = text.encode()
        if self._library.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, _UTF8, None, None) != 0:
            raise RuntimeError(f"espeak-ng could not speak: {text}")
        samples = _to_16_khz(np.concatenate(self._pieces).astype(np.float32))
        samples *= 0.6 / max(1e-3, float(np.abs(samples).max()))
        return Speech(_without_tail(samples), tuple(self._words), tuple(self._phonemes))


def _to_16_khz(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    blocks = -(-len(samples) // 441)
    wanted = 320 * blocks
    spectrum = np.fft.rfft(samples, 441 * blocks)
    return (np.fft.irfft(spectrum[: wanted // 2 + 1], wanted) * (320 / 441)).astype(np.float32)


def _without_tail(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Drop the silence espeak-ng leaves after the last word, but for 30 ms."""
    heard = np.nonzero(np.abs(samples) > 0.004)[0]
    return samples[: heard[-1] + 480] if len(heard) else samples[:0]


@cache
def espeak() -> Espeak:
    """Start the library on first use."""
    return Espeak()


def speak(text: str, voice: Voice) -> Speech:
    """Speak one text with one voice."""
    return espeak().speak(text, voice)
