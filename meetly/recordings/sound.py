"""What is in a recording: probing and streaming decoding; the sole home of the media library.

Files come from outside and are not to be trusted. A file is opened by the one demuxer its first
bytes name, through a file object, so nothing in it can make the decoder open anything else; only
well-known audio codecs are decoded; and decoded duration has a budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TypeAlias

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from meetly.recordings.beginnings import written_in
from meetly.recordings.formats import (
    HEAD,
    Damaged,
    NoSound,
    NotAudio,
    NotThere,
    Silent,
    TooLong,
    sniff,
)

Samples: TypeAlias = NDArray[np.float32]
#: A file on disk, or one already open and seekable (from the store).
Source: TypeAlias = Path | BinaryIO

#: Samples a second of everything decoded here; what Whisper listens to.
RATE = 16_000
HOUR = 3600.0
#: Seconds of sound decoded from one file at most; a 1.3 MB Ogg can hold a whole day of silence.
LONGEST = 12 * HOUR
#: Half the distance between highest and lowest sample below which nothing is heard (-60 dB).
AUDIBLE = 0.001
#: Seconds by which timestamps may disagree with the samples before the samples are moved.
SLACK = 0.1
#: Seconds decoded ahead of a wanted moment, so that codecs with memory have settled.
PREROLL = 0.5
#: Seconds before the end a header claims from which packets are walked to find the true one.
NEAR_THE_END = 10.0

#: Decoders that may run; the media library knows hundreds more, with hundreds more mistakes.
_CODECS = {"opus", "libopus", "vorbis", "flac", "alac", "aac", "aac_latm", "speex", "gsm_ms"}
_CODECS |= {"mp2", "mp2float", "mp3", "mp3float", "amrnb", "amrwb", "adpcm_ms", "adpcm_ima_wav"}
_CODECS |= {"pcm_u8", "pcm_s8", "pcm_alaw", "pcm_mulaw", "pcm_s16le", "pcm_s16be", "pcm_s24le"}
_CODECS |= {"pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le"}
_SLOWEST, _FASTEST = 4_000, 384_000
_MOST_CHANNELS = 16


@dataclass(frozen=True)
class Sound:
    """What a recording holds, as told by its packets rather than by its header."""

    duration: float
    codec: str
    channels: int
    sample_rate: int
    #: the moment of making that is written in the file, whatever the recorder meant by it
    written: datetime | None = None


def probe(source: Source, *, longest: float = LONGEST) -> Sound:
    """Look at a recording and say what it is, without decoding more than its first sound.

    Raises NotThere, Empty, Playlist, NotAudio, NoSound, Damaged, TooLong or Silent.
    """
    with _opened(source) as (container, stream):
        context = stream.codec_context
        codec, channels, rate = context.name, context.layout.nb_channels, context.sample_rate
        written = written_in({**stream.metadata, **container.metadata})
        duration = _true_duration(container, stream, longest)
    for block in decode(source, longest=longest):
        if is_audible(block):
            return Sound(duration, codec, channels, rate, written)
    raise Silent


def is_audible(samples: Samples) -> bool:
    """Tell whether a person would hear anything in these samples."""
    return samples.size > 0 and float(samples.max() - samples.min()) > 2 * AUDIBLE


def decode(source: Source, *, start: float = 0.0, longest: float = LONGEST) -> Iterator[Samples]:
    """Decode the first audio stream from `start` on, in unbroken blocks of about a second.

    The blocks are 16 kHz mono and follow the player's clock: a hole in the timestamps becomes
    silence, an overlap is dropped. Broken packets are skipped. Raises as `probe`, but for Silent.
    """
    with _opened(source) as (container, stream):
        zero = _first_moment(container, stream)
        if start > PREROLL:
            _seek(container, zero + start - PREROLL)
        line = _Line(zero, round(start * RATE))
        heard = False
        for block in line.straighten(_frames(container, stream)):
            heard = True
            yield block
            if line.written > longest * RATE:
                raise TooLong(hours=f"{longest / HOUR:g}")
        if not heard and not start:
            raise Damaged


class _Line:
    """One unbroken line of samples, laid from frames that carry timestamps."""

    def __init__(self, zero: float, start: int) -> None:
        self.zero = zero
        self.written = start  # position of the next sample handed out
        self._resampler: av.AudioResampler | None = None
        self._waiting = av.AudioFifo()
        self._shape: tuple[str, str, int] | None = None
        self._overlap = 0

    def straighten(self, frames: Iterable[av.AudioFrame]) -> Iterator[Samples]:
        """Resample the frames; fill the holes between them with silence."""
        expected = 0.0
        for frame in frames:
            moment = expected if frame.time is None else frame.time - self.zero
            shape = (frame.format.name, frame.layout.name, frame.sample_rate)
            if shape != self._shape or abs(moment - expected) > SLACK:
                yield from self._flush()
                self._shape = shape
                self._resampler = av.AudioResampler("fltp", "mono", RATE, frame_size=RATE)
                self._waiting = av.AudioFifo()
                yield from self._move_to(round(moment * RATE))
                expected = moment
            expected += frame.samples / frame.sample_rate
            if self._gathered(frame) >= frame.sample_rate:
                yield from self._resample(self._waiting.read())
        yield from self._flush()

    def _move_to(self, position: int) -> Iterator[Samples]:
        self._overlap = max(0, self.written - position)
        while self.written < position:
            silence = np.zeros(min(RATE, position - self.written), np.float32)
            self.written += len(silence)
            yield silence

    def _flush(self) -> Iterator[Samples]:
        if self._resampler is not None:
            if self._waiting.samples:
                yield from self._resample(self._waiting.read())
            yield from self._resample(None)
            self._resampler = None

    def _gathered(self, frame: av.AudioFrame) -> int:
        """Add a frame to those that wait; resampling each of 20 ms alone costs twice as much."""
        frame.pts = None  # the line keeps the time
        try:
            self._waiting.write(frame)
        except (av.error.FFmpegError, ValueError) as broken:
            raise Damaged from broken
        return int(self._waiting.samples)

    def _resample(self, frame: av.AudioFrame | None) -> Iterator[Samples]:
        assert self._resampler is not None
        try:
            resampled = self._resampler.resample(frame)
        except (av.error.FFmpegError, ValueError) as broken:
            raise Damaged from broken
        for piece in resampled:
            samples = piece.to_ndarray()[0]
            dropped = min(self._overlap, len(samples))
            self._overlap -= dropped
            if dropped < len(samples):
                self.written += len(samples) - dropped
                yield samples[dropped:]


@contextmanager
def _opened(source: Source) -> Iterator[tuple[InputContainer, AudioStream]]:
    """Open by the demuxer the content names and choose the first audio stream."""
    if isinstance(source, Path):
        if not source.is_file():
            raise NotThere(name=source.name)
        with source.open("rb") as file, _opened(file) as opened:
            yield opened
        return
    source.seek(0)
    head = source.read(HEAD)
    source.seek(0)
    demuxer = sniff(head)
    try:
        container = av.open(
            source,
            "r",
            format=demuxer,
            metadata_errors="ignore",
            container_options={"codec_whitelist": ",".join(sorted(_CODECS))},
        )
    except (av.error.FFmpegError, ValueError) as broken:
        raise Damaged from broken
    with container:
        yield container, _first_audio(container)


def _first_audio(container: InputContainer) -> AudioStream:
    if not container.streams.audio:
        raise NoSound
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context is None or context.name not in _CODECS:
        raise NotAudio
    if not _SLOWEST <= context.sample_rate <= _FASTEST:
        raise Damaged
    if not 1 <= context.layout.nb_channels <= _MOST_CHANNELS:
        raise Damaged
    for other in container.streams:
        if other is not stream:
            other.discard = av.stream.Discard.all
    return stream


def _first_moment(container: InputContainer, stream: AudioStream) -> float:
    """Return the second the player calls zero."""
    if container.start_time is not None:
        return container.start_time / av.time_base
    if stream.start_time is not None and stream.time_base is not None:
        return float(stream.start_time * stream.time_base)
    return 0.0


def _true_duration(container: InputContainer, stream: AudioStream, longest: float) -> float:
    """Return the second at which the last packet ends; headers of broken and live files lie.

    The header's word is only used to jump near the end, so that an hour need not be walked.
    """
    zero = _first_moment(container, stream)
    if container.duration:
        _seek(container, zero + container.duration / av.time_base - NEAR_THE_END)
        if end := _last_moment(container, stream, longest, zero):
            return end
        _seek(container, zero)
    return _last_moment(container, stream, longest, zero)


def _last_moment(
    container: InputContainer, stream: AudioStream, longest: float, zero: float
) -> float:
    end, step = 0.0, 0.0
    for packet in _packets(container, stream):
        if packet.pts is None or packet.time_base is None:
            continue
        step = float((packet.duration or 0) * packet.time_base) or step
        end = max(end, float(packet.pts * packet.time_base) - zero + step)
        if end > longest:
            raise TooLong(hours=f"{longest / HOUR:g}")
    return end


def _packets(container: InputContainer, stream: AudioStream) -> Iterator[av.Packet[AudioStream]]:
    """Yield packets until the file ends or breaks off."""
    packets = container.demux(stream)
    while True:
        try:
            yield next(packets)
        except (StopIteration, av.error.FFmpegError):
            return


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame]:
    for packet in _packets(container, stream):
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue  # one broken packet; its place on the line becomes silence
        for frame in frames:
            if _SLOWEST <= frame.sample_rate <= _FASTEST:
                yield frame


def _seek(container: InputContainer, moment: float) -> None:
    """Jump to just before `moment`, or else to the beginning; the line drops what is early."""
    for target in (moment, 0.0):
        try:
            container.seek(int(target * av.time_base))
        except (av.error.FFmpegError, OverflowError):
            continue  # some files can only be read on from where one is
        return
