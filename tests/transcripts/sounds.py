"""What a microphone hears in a meeting besides speech, made from numbers: the same every time.

All sounds are 16 kHz mono, at the loudness they have beside a speaker at 0.1 (RMS).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from meetly.paths import DEMO_DATA
from meetly.recordings.sound import RATE, decode

Samples = NDArray[np.float32]
_C_MAJOR = (261.63, 293.66, 329.63, 349.23, 392.0, 440.0, 493.88, 523.25)


def silence(seconds: float) -> Samples:
    """Nothing at all."""
    return np.zeros(_size(seconds), np.float32)


def room(seconds: float, seed: int = 1) -> Samples:
    """A quiet room: the breath of the air conditioning, louder and softer."""
    slow = 1 + 0.3 * np.sin(2 * np.pi * _time(seconds) / 7.3)
    return _to_rms(_pink(seconds, seed) * slow, 0.01)


def hum(seconds: float, seed: int = 1) -> Samples:
    """Mains hum with its harmonics under hiss."""
    time = _time(seconds)
    tones = sum(np.sin(2 * np.pi * 50 * k * time + k) / k for k in (1, 2, 3, 4, 6, 8, 10))
    return _to_rms(np.asarray(tones) + 0.1 * _white(seconds, seed), 0.02)


def applause(seconds: float, seed: int = 1) -> Samples:
    """Two hundred people clapping, beginning together and ebbing away."""
    draw = np.random.default_rng(seed)
    sound = np.zeros(_size(seconds))
    for start in np.sort(draw.uniform(0, seconds, int(seconds * 160))):
        _add(sound, start, _clap(draw) * draw.uniform(0.2, 1.0))
    swell = np.minimum(1, _time(seconds) / 0.4) * np.exp(-_time(seconds) / max(4.0, seconds))
    return _to_rms(sound * swell, 0.08)


def rhythmic_applause(seconds: float, seed: int = 2) -> Samples:
    """A hall clapping in time, a little over three times a second."""
    draw = np.random.default_rng(seed)
    sound = np.zeros(_size(seconds))
    for beat in np.arange(0.2, seconds - 0.3, 0.3):
        for start in draw.normal(beat, 0.015, 25):
            _add(sound, start, _clap(draw) * draw.uniform(0.2, 1.0))
    return _to_rms(sound, 0.08)


def chords(seconds: float, seed: int = 3) -> Samples:
    """Held chords of an organ, a new one every second and a half."""
    draw = np.random.default_rng(seed)
    sound = np.zeros(_size(seconds))
    for start in np.arange(0, seconds, 1.5):
        for step in draw.choice(8, 3, replace=False):
            _add(sound, start, _note(_C_MAJOR[step] / draw.choice([1, 2]), 1.6, hold=True))
    return _to_rms(sound, 0.08)


def arpeggios(seconds: float, seed: int = 4) -> Samples:
    """Broken chords of a piano, six notes a second."""
    draw = np.random.default_rng(seed)
    sound = np.zeros(_size(seconds))
    for number, start in enumerate(np.arange(0, seconds, 1 / 6)):
        pitch = _C_MAJOR[(2 * number + number // 8) % 8] / (1 if number % 3 else 2)
        _add(sound, start, _note(pitch, 0.6) * draw.uniform(0.6, 1.0))
    return _to_rms(sound, 0.08)


def melody(seconds: float, seed: int = 5) -> Samples:
    """A tune of a synthesiser with a bass under it."""
    draw = np.random.default_rng(seed)
    sound = np.zeros(_size(seconds))
    start = 0.0
    while start < seconds:
        length = float(draw.choice([0.25, 0.5, 0.5, 1.0]))
        _add(sound, start, _note(_C_MAJOR[draw.integers(8)], length, hold=True))
        _add(sound, start, 0.7 * _note(_C_MAJOR[draw.integers(4)] / 4, length, hold=True))
        start += length
    return _to_rms(sound, 0.08)


def drums(seconds: float, seed: int = 6) -> Samples:
    """Kick, snare and cymbal, 120 beats a minute."""
    draw = np.random.default_rng(seed)
    sound = np.zeros(_size(seconds))
    for number, start in enumerate(np.arange(0, seconds, 0.25)):
        t = _time(0.3)
        if number % 4 == 0:
            _add(
                sound,
                start,
                np.sin(2 * np.pi * (50 * t + 8 * (1 - np.exp(-t * 20)))) * np.exp(-t * 14),
            )
        if number % 4 == 2:
            tone = 0.4 * np.sin(2 * np.pi * 190 * t)
            _add(sound, start, (draw.normal(0, 0.4, len(t)) + tone) * np.exp(-t * 22))
        _add(sound, start, np.diff(draw.normal(0, 0.12, len(t) + 1)) * np.exp(-t * 45))
    return _to_rms(sound, 0.08)


def band(seconds: float) -> Samples:
    """Melody, chords and drums together."""
    parts = (melody(seconds, 7), 0.6 * chords(seconds, 8), 0.8 * drums(seconds, 9))
    return _to_rms(np.sum(parts, axis=0), 0.08)


def ringback(seconds: float) -> Samples:
    """A line that rings: 425 Hz, one second in five."""
    return _keyed(seconds, 425.0, on=1.0, off=4.0)


def busy(seconds: float) -> Samples:
    """A line that is busy: 425 Hz, half a second in one."""
    return _keyed(seconds, 425.0, on=0.5, off=0.5)


def hold_tone(seconds: float) -> Samples:
    """A conference on hold: a short 425 Hz beep every second and a half."""
    return _keyed(seconds, 425.0, on=0.2, off=1.3)


def ringing(seconds: float) -> Samples:
    """A telephone on the table: two tones twenty times a second, two seconds in six."""
    time = _time(seconds)
    high = (time * 20).astype(int) % 2
    phase = 2 * np.pi * np.cumsum(np.where(high, 1150.0, 900.0)) / RATE
    tone = np.sin(phase) + 0.3 * np.sin(3 * phase)
    return _to_rms(tone * (time % 6 < 2), 0.06)


def typing(seconds: float, seed: int = 10) -> Samples:
    """Somebody writing along beside the microphone, six keys a second with pauses."""
    draw = np.random.default_rng(seed)
    sound = np.zeros(_size(seconds))
    start = 0.1
    while start < seconds - 0.1:
        t = _time(0.03)
        _add(sound, start, draw.normal(0, 1, len(t)) * np.exp(-t * 220) * draw.uniform(0.4, 1))
        _add(sound, start + 0.07, 0.4 * draw.normal(0, 1, len(t)) * np.exp(-t * 300))
        start += float(draw.choice([0.11, 0.15, 0.19, 0.28, 0.9], p=[0.3, 0.3, 0.2, 0.15, 0.05]))
    return _to_rms(sound, 0.03)


#: Everything that is not speech, by name.
SOUNDS: dict[str, Callable[[float], Samples]] = {
    "silence": silence, "room": room, "hum": hum, "applause": applause,
    "rhythmic applause": rhythmic_applause, "chords": chords, "arpeggios": arpeggios,
    "melody": melody, "drums": drums, "band": band, "ringback tone": ringback,
    "busy tone": busy, "hold tone": hold_tone, "ringing": ringing, "typing": typing,
}  # fmt: skip


def beside_room(name: str, seconds: float) -> Samples:
    """One of the sounds as a meeting's microphone brings it: over the noise of a room."""
    floor = 0.1 * room(seconds, seed=77)
    return np.asarray(SOUNDS[name](seconds) + floor, np.float32)


def briefing() -> Samples:
    """The bundled briefing: three minutes of synthesised speech."""
    return np.concatenate(list(decode(DEMO_DATA / "briefing.opus")))


def talk_then_silence(talk: float, quiet: float) -> Iterator[Samples]:
    """Speech for so many seconds and then a room without anybody, a second at a time."""
    said = briefing()
    for second in range(int(talk)):
        at = np.arange(second * RATE, (second + 1) * RATE) % len(said)
        yield said[at]
    floor = room(61.0, seed=5)
    for second in range(int(quiet)):
        first = second * 7919 % (60 * RATE)
        yield floor[first : first + RATE]


def with_noise(speech: Samples, noise: Samples, decibels: float) -> Samples:
    """Speech so many decibels over a noise, which is repeated as needed."""
    under = np.resize(noise, len(speech))
    loud = np.sqrt(np.mean(speech**2)) / max(1e-9, float(np.sqrt(np.mean(under**2))))
    return np.asarray(speech + under * loud * 10 ** (-decibels / 20), np.float32)


def distant(speech: Samples, seed: int = 12) -> Samples:
    """Speech from the far end of a hall: echoes dying away over half a second, and soft."""
    tail = np.random.default_rng(seed).normal(0, 1, RATE // 2) * np.exp(-_time(0.5) * 12)
    tail[0] = 6.0
    size = 1 << (len(speech) + len(tail)).bit_length()  # a power of two, to be quick
    echoed = np.fft.irfft(np.fft.rfft(speech, size) * np.fft.rfft(tail, size), size)
    return _to_rms(echoed[: len(speech)], 0.012)


def _size(seconds: float) -> int:
    return round(seconds * RATE)


def _time(seconds: float) -> NDArray[np.float64]:
    return np.arange(_size(seconds)) / RATE


def _to_rms(sound: NDArray[np.floating], level: float) -> Samples:
    loud = float(np.sqrt(np.mean(sound**2)))
    return np.asarray(sound * (level / loud if loud else 0.0), np.float32)


def _white(seconds: float, seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0, 1, _size(seconds))


def _pink(seconds: float, seed: int) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(_white(seconds, seed))
    spectrum /= np.sqrt(np.maximum(20, np.arange(len(spectrum))))
    pink: NDArray[np.float64] = np.fft.irfft(spectrum, _size(seconds))
    return pink


def _add(sound: NDArray[np.float64], second: float, piece: NDArray[np.floating]) -> None:
    first = max(0, int(second * RATE))
    end = min(len(sound), first + len(piece))
    if end > first:
        sound[first:end] += piece[: end - first]


def _clap(draw: np.random.Generator) -> NDArray[np.float64]:
    """One pair of hands: a burst of noise about a pitch of its own, gone in 20 ms."""
    t = _time(0.05)
    pitch = draw.uniform(700, 2800)
    burst = draw.normal(0, 1, len(t)) * np.exp(-t * draw.uniform(90, 220))
    return burst * (0.4 + np.sin(2 * np.pi * pitch * t + draw.uniform(0, 6)))


def _note(pitch: float, seconds: float, *, hold: bool = False) -> NDArray[np.float64]:
    """One tone with its overtones: held, or struck and dying away."""
    t = _time(seconds)
    tone = sum(np.sin(2 * np.pi * pitch * k * t) / k**1.3 for k in range(1, 9) if pitch * k < 7000)
    attack = np.minimum(1, t / 0.02) * np.minimum(1, (seconds - t) / 0.03)
    note: NDArray[np.float64] = np.asarray(tone) * attack * (1 if hold else np.exp(-t * 6))
    return note


def _keyed(seconds: float, pitch: float, *, on: float, off: float) -> Samples:
    time = _time(seconds)
    return _to_rms(np.sin(2 * np.pi * pitch * time) * (time % (on + off) < on), 0.06)
