"""A recording is known by its bytes, opened by one demuxer and never trusted."""

from __future__ import annotations

import contextlib
import io
import os
import random
import struct
import threading
import wave
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from meetly.errors import BadInput
from meetly.recordings import formats
from meetly.recordings.clip import wav
from meetly.recordings.sound import RATE, decode, probe
from tests.recordings import media


def heard(path: Path) -> media.Samples:
    return np.concatenate(list(decode(path)))


@pytest.fixture(scope="module")
def spoken() -> media.Samples:
    return media.conversation([(2.0, 0.5), (1.5, 0.5)])


@pytest.mark.parametrize("ending", media.ENCODERS)
def test_every_accepted_format_gives_the_same_sound(
    tmp_path: Path, spoken: media.Samples, ending: str
) -> None:
    path = media.record(tmp_path / f"hop.{ending}", spoken)
    sound = probe(path)
    samples = heard(path)
    assert sound.duration == pytest.approx(4.5, abs=0.15)
    assert sound.channels == 1
    assert sound.sample_rate in (RATE, 48_000)
    assert len(samples) / RATE == pytest.approx(sound.duration, abs=0.1)
    # loud where it was spoken, quiet in the pauses; 80 ms either side for encoder delay
    assert np.abs(samples[: 2 * RATE]).max() > 0.1
    assert np.abs(samples[round(2.15 * RATE) : round(2.4 * RATE)]).max() < 0.05


def test_the_name_of_a_file_says_nothing_about_it(tmp_path: Path, spoken: media.Samples) -> None:
    path = media.record(tmp_path / "a.ogg", spoken)
    assert probe(path.rename(tmp_path / "a.mp3")).codec == "opus"


def test_an_open_file_is_as_good_as_a_path(tmp_path: Path, spoken: media.Samples) -> None:
    path = media.record(tmp_path / "a.ogg", spoken)
    with path.open("rb") as file:
        assert probe(file) == probe(path)
    assert probe(io.BytesIO(path.read_bytes())) == probe(path)


@pytest.mark.parametrize("before", [bytes(300), b"rubbish of a recorder" * 7, b"cover"])
def test_an_mp3_is_known_behind_what_recorders_and_shops_put_before_it(
    tmp_path: Path, spoken: media.Samples, before: bytes
) -> None:
    whole = media.record(tmp_path / "a.mp3", spoken).read_bytes()
    bare = whole[whole.index(b"\xff\xf3") :]
    if before == b"cover":
        size = 40_000
        seven_bits = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
        before = b"ID3\4\0\0" + seven_bits + bytes(size)
    path = tmp_path / "b.mp3"
    path.write_bytes(before + bare)
    assert probe(path).codec == "mp3float"
    assert probe(path).duration == pytest.approx(4.5, abs=0.15)


def test_a_browsers_recording_has_no_duration_in_its_header(
    tmp_path: Path, spoken: media.Samples
) -> None:
    path = media.record(tmp_path / "a.webm", spoken, live="1")
    with av.open(str(path)) as container:
        assert container.duration is None
    assert probe(path).duration == pytest.approx(4.5, abs=0.1)


@pytest.mark.parametrize("ending", ["mkv", "webm", "m4a"])
def test_a_hole_in_the_timestamps_becomes_silence(tmp_path: Path, ending: str) -> None:
    spoken = np.concatenate([media.speech(2.0), media.speech(2.0, seed=9)])
    path = media.record(tmp_path / f"a.{ending}", spoken, holes=[(2.0, 3.0)])
    samples = heard(path)
    assert probe(path).duration == pytest.approx(7.0, abs=0.15)
    assert len(samples) / RATE == pytest.approx(7.0, abs=0.15)
    assert np.abs(samples[round(2.2 * RATE) : round(4.9 * RATE)]).max() < 0.01
    assert np.abs(samples[round(5.2 * RATE) :]).max() > 0.1


def test_decoding_may_begin_anywhere(tmp_path: Path) -> None:
    path = media.record(tmp_path / "a.flac", media.speech(8.0))
    late = np.concatenate(list(decode(path, start=5.0)))
    assert np.array_equal(late, heard(path)[5 * RATE :])


def test_a_recording_cut_off_by_a_power_cut_keeps_what_it_has(
    tmp_path: Path, spoken: media.Samples
) -> None:
    whole = media.record(tmp_path / "whole.ogg", np.tile(spoken, 4)).read_bytes()
    broken = tmp_path / "broken.ogg"
    broken.write_bytes(whole[: len(whole) // 2])
    sound = probe(broken)
    assert 5 < sound.duration < 14
    assert len(heard(broken)) / RATE == pytest.approx(sound.duration, abs=0.1)


def test_broken_bytes_in_the_middle_do_not_move_what_follows(
    tmp_path: Path, spoken: media.Samples
) -> None:
    good = media.record(tmp_path / "good.mkv", np.tile(spoken, 4))
    raw = bytearray(good.read_bytes())
    middle = len(raw) // 2
    raw[middle : middle + 400] = os.urandom(400)
    bad = tmp_path / "bad.mkv"
    bad.write_bytes(raw)
    before, after = heard(good), heard(bad)
    assert len(after) == pytest.approx(len(before), abs=0.2 * RATE)
    tail = slice(round(14.0 * RATE), round(17.0 * RATE))
    assert np.corrcoef(before[tail], after[tail])[0, 1] > 0.99


@pytest.mark.parametrize("claimed", [0xFFFFFFFF, 0x7FFFFFF0, 1000])
def test_a_wav_header_that_lies_about_its_length_is_not_believed(
    tmp_path: Path, spoken: media.Samples, claimed: int
) -> None:
    raw = bytearray(wav(spoken))
    raw[40:44] = struct.pack("<I", claimed)
    path = tmp_path / "a.wav"
    path.write_bytes(raw)
    sound = probe(path)
    assert sound.duration == pytest.approx(len(heard(path)) / RATE, abs=0.01)
    assert sound.duration <= 4.5


def test_a_flac_header_that_lies_about_its_length_is_not_believed(
    tmp_path: Path, spoken: media.Samples
) -> None:
    path = media.record(tmp_path / "a.flac", spoken)
    raw = bytearray(path.read_bytes())
    raw[22:26] = b"\xff\xff\xff\xff"  # three days of samples
    path.write_bytes(raw)
    assert probe(path).duration == pytest.approx(4.5, abs=0.01)
    assert len(heard(path)) / RATE == pytest.approx(4.5, abs=0.01)


@pytest.mark.parametrize("ending", media.ENCODERS)
def test_damaged_bytes_end_in_sound_or_in_a_refusal_and_in_nothing_else(
    tmp_path: Path, spoken: media.Samples, ending: str
) -> None:
    whole = media.record(tmp_path / f"whole.{ending}", spoken).read_bytes()
    for seed in range(15):
        path = tmp_path / "damaged"
        path.write_bytes(damaged(whole, random.Random(seed)))
        for look in (probe, heard):
            with contextlib.suppress(BadInput):
                look(path)


def damaged(whole: bytes, draw: random.Random) -> bytes:
    """Change, drop or repeat bytes, mostly near the beginning where the headers are."""
    raw = bytearray(whole)
    for _ in range(draw.choice([1, 3, 20])):
        at = draw.randrange(min(len(raw), draw.choice([64, 512, len(raw)])))
        match draw.randrange(4):
            case 0:
                raw[at] = draw.randrange(256)
            case 1:
                raw[at : at + 4] = b"\xff\xff\xff\xff"
            case 2:
                del raw[at : at + draw.randrange(1, 300)]
            case 3:
                raw[at:at] = raw[at : at + draw.randrange(1, 100)]
        raw = raw or bytearray(b"x")
    return bytes(raw)


def m3u(folder: Path) -> bytes:
    return b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:4,\n%s\n#EXT-X-ENDLIST\n" % os.fsencode(
        folder / "secret.wav"
    )


def concat(folder: Path) -> bytes:
    return b"ffconcat version 1.0\nfile 'secret.wav'\n"


def manifest(folder: Path) -> bytes:
    return b'<?xml version="1.0"?>\n<MPD><BaseURL>%s</BaseURL></MPD>' % os.fsencode(
        folder / "secret.wav"
    )


def archive(folder: Path) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as writer:
        writer.writestr("a.mp3", b"RIFF")
    return file.getvalue()


def picture(folder: Path) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"


def text(folder: Path) -> bytes:
    return "Biên bản cuộc họp giao ban tháng 11.\n".encode() * 400


def wide_text(folder: Path) -> bytes:
    return "Biên bản cuộc họp giao ban tháng 11.\n".encode("utf-16") * 400


def headless_wav(folder: Path) -> bytes:
    return b"RIFF\x24\0\0\0WAVE"


def sampled_once_a_second(folder: Path) -> bytes:
    raw = bytearray(wav(media.noise(1, 0.1)))
    raw[24:28] = struct.pack("<I", 1)
    return bytes(raw)


def nothing(folder: Path) -> bytes:
    return b""


def no_samples(folder: Path) -> bytes:
    return wav(media.silence(0))


def quiet(folder: Path) -> bytes:
    return wav(media.silence(3))


def page_of_garbage(folder: Path) -> bytes:
    return b"OggS" + np.random.default_rng(1).bytes(5000)


def box_of_garbage(folder: Path) -> bytes:
    return b"\0\0\0\x20ftypisom" + np.random.default_rng(2).bytes(5000)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (m3u, formats.Playlist),
        (concat, formats.Playlist),
        (manifest, formats.Playlist),
        (archive, formats.NotAudio),
        (picture, formats.NotAudio),
        (text, formats.NotAudio),
        (wide_text, formats.NotAudio),
        (nothing, formats.Empty),
        (no_samples, formats.Damaged),
        (headless_wav, formats.NotAudio),
        (sampled_once_a_second, formats.Damaged),
        (page_of_garbage, formats.NotAudio),
        (box_of_garbage, formats.NotAudio),
        (quiet, formats.Silent),
    ],
)
def test_what_is_no_recording_is_refused_by_name_and_opens_no_other_file(
    tmp_path: Path,
    content: Callable[[Path], bytes],
    refusal: type[BadInput],
    secret: Trap,
) -> None:
    path = tmp_path / "hop.mp3"
    path.write_bytes(content(tmp_path))
    with pytest.raises(refusal) as refused:
        probe(path)
    assert isinstance(refused.value, BadInput)
    assert str(refused.value).endswith(".")
    assert not secret.sprung()


def test_the_trap_would_have_caught_a_decoder_left_to_guess(tmp_path: Path, secret: Trap) -> None:
    path = tmp_path / "hop.mp3"
    path.write_bytes(concat(tmp_path))
    with contextlib.suppress(av.error.FFmpegError), av.open(str(path)):
        pass
    assert secret.sprung()


class Trap:
    """A named pipe that notices whoever opens it, the media library's own code included."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self._path = path
        self._caught = threading.Event()
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._wait)
        self._watch.start()

    def _wait(self) -> None:
        while not self._over.wait(0.002):
            with contextlib.suppress(OSError):  # nobody reads: ENXIO
                os.close(os.open(self._path, os.O_WRONLY | os.O_NONBLOCK))
                self._caught.set()

    def sprung(self) -> bool:
        self._over.wait(0.01)
        return self._caught.is_set()

    def close(self) -> None:
        self._over.set()
        self._watch.join()


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[Trap]:
    trap = Trap(tmp_path / "secret.wav")
    yield trap
    trap.close()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(formats.NotThere, match=r"hop\.mp3"):
        probe(tmp_path / "hop.mp3")
    with pytest.raises(formats.NotThere):
        probe(tmp_path)


def test_a_film_without_sound_is_not_a_recording(tmp_path: Path) -> None:
    path = media.silent_film(tmp_path / "film.mp4")
    with pytest.raises(formats.NoSound) as refused:
        probe(path)
    assert not isinstance(refused.value, formats.Silent)


def test_an_hour_of_silence_is_refused_whatever_its_size(tmp_path: Path) -> None:
    path = media.silent_hours(tmp_path / "im.ogg", 1)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(formats.Silent):
        probe(path)


def test_a_day_of_silence_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = media.silent_hours(tmp_path / "im.ogg", 24)
    with pytest.raises(formats.TooLong, match="12 giờ"):
        probe(path)


def test_decoding_stops_at_its_budget(tmp_path: Path) -> None:
    path = media.silent_hours(tmp_path / "im.ogg", 1)
    seconds = 0.0
    with pytest.raises(formats.TooLong):
        for block in decode(path, longest=60):
            seconds += len(block) / RATE
    assert seconds < 65


def test_stereo_and_odd_rates_become_one_channel_at_16_khz(tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(44_100)
        tone = np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100)
        both = np.stack([tone, np.zeros_like(tone)], axis=1)
        writer.writeframes((both * 20_000).astype("<i2").tobytes())
    assert probe(path).channels == 2
    samples = heard(path)
    assert len(samples) == pytest.approx(RATE, abs=50)
    spectrum = np.abs(np.fft.rfft(samples[:RATE]))
    assert int(np.argmax(spectrum)) == pytest.approx(440, abs=2)
