"""Recordings made on the spot: speech-like sound, in many formats, whole and broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from numpy.typing import NDArray

RATE = 16_000
Samples = NDArray[np.float32]

#: file ending → encoder; together they are every format a recording may come in
ENCODERS = {
    "ogg": "libopus",
    "opus": "libopus",
    "webm": "libopus",
    "mkv": "flac",
    "mp3": "libmp3lame",
    "m4a": "aac",
    "mp4": "aac",
    "aac": "aac",
    "flac": "flac",
    "wav": "pcm_s16le",
}
_ENCODER_RATE = {"libopus": 48_000}


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def noise(seconds: float, level: float, seed: int = 1) -> Samples:
    size = round(seconds * RATE)
    return np.random.default_rng(seed).normal(0, level, size).astype(np.float32)


def speech(seconds: float, seed: int = 1) -> Samples:
    """Sing syllables: harmonics of a wandering voice under two moving formants, four a second."""
    draw = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    count = int(seconds * 4) + 2
    beat = np.arange(count) / 4
    pitch = np.interp(time, beat, draw.uniform(110, 190, count))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    formants = [
        np.interp(time, beat, draw.uniform(low, high, count))
        for low, high in ((300, 800), (1000, 2300))
    ]
    sound = np.zeros(len(time))
    for harmonic in range(1, 22):
        loud = sum(np.exp(-(((harmonic * pitch - f) / 150) ** 2)) for f in formants)
        sound += (loud + 0.02) * np.sin(harmonic * phase)
    syllables = 0.25 + 0.75 * np.abs(np.sin(np.pi * 4 * time))
    loudest = np.abs(sound).max() if len(sound) else 1.0
    return (0.4 * sound * syllables / loudest).astype(np.float32)


def conversation(parts: Sequence[tuple[float, float]], seed: int = 1) -> Samples:
    """Join (seconds spoken, seconds of pause) pairs."""
    pieces: list[Samples] = []
    for index, (spoken, pause) in enumerate(parts):
        pieces += [speech(spoken, seed + index), silence(pause)]
    return np.concatenate(pieces)


def record(
    path: Path,
    samples: Samples,
    holes: Sequence[tuple[float, float]] = (),
    tags: Mapping[str, str] | None = None,
    **options: str,
) -> Path:
    """Write samples in the format the file's ending names.

    Each hole (at second, of so many seconds) makes the timestamps jump, as a lost connection does.
    `tags` are written into the file, `options` go to the writer of the format.
    """
    encoder = ENCODERS[path.suffix[1:]]
    rate = _ENCODER_RATE.get(encoder, RATE)
    with av.open(str(path), "w", options=options) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream(encoder, rate=rate, layout="mono")
        assert isinstance(stream, AudioStream)
        for frame in _frames(samples, rate, stream.codec_context.format.name):
            for packet in stream.encode(frame):
                _mux(container, packet, holes)
        for packet in stream.encode(None):
            _mux(container, packet, holes)
    return path


def _mux(
    container: OutputContainer,
    packet: av.Packet[AudioStream],
    holes: Sequence[tuple[float, float]],
) -> None:
    if packet.pts is not None and packet.time_base is not None:
        second = float(packet.pts * packet.time_base)
        jump = sum(length for at, length in holes if second >= at)
        packet.pts += round(jump / packet.time_base)
        packet.dts = packet.pts
    container.mux(packet)


def _frames(samples: Samples, rate: int, form: str) -> Iterator[av.AudioFrame]:
    resampler = av.AudioResampler(form, "mono", rate)
    for first in range(0, len(samples), RATE):
        whole = np.rint(samples[first : first + RATE] * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(whole.reshape(1, -1), "s16", "mono")
        frame.sample_rate = RATE
        frame.pts, frame.time_base = first, Fraction(1, RATE)
        yield from resampler.resample(frame)
    yield from resampler.resample(None)


def silent_hours(path: Path, hours: int) -> Path:
    """Write hours of silence in no time: one packet of nothing again and again, later each time."""
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libopus", rate=48_000, layout="mono")
        assert isinstance(stream, AudioStream)
        stream.options = {"frame_duration": "120"}
        packets = [packet for frame in _frames(silence(2), 48_000, "flt")
                   for packet in stream.encode(frame)]  # fmt: skip
        nothing, step = bytes(packets[3]), packets[3].duration
        assert step is not None
        for index in range(hours * 3600 * 48_000 // step):
            packet = av.Packet(nothing)
            packet.stream, packet.time_base = stream, Fraction(1, 48_000)
            packet.pts = packet.dts = index * step
            packet.duration = step
            target.mux(packet)
    return path


def silent_film(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 32
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
