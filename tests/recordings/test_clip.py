"""A clip is exactly the asked seconds, found by jumping and not by decoding all before them."""

from __future__ import annotations

import io
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from meetly.recordings.clip import WrongStretch, clip, wav
from meetly.recordings.sound import RATE, decode
from tests.recordings import media


def samples_of(content: bytes) -> media.Samples:
    with wave.open(io.BytesIO(content)) as reader:
        assert (reader.getnchannels(), reader.getframerate()) == (1, RATE)
        raw = reader.readframes(reader.getnframes())
    return np.asarray(np.frombuffer(raw, "<i2") / 32768, np.float32)


@pytest.fixture(scope="module")
def counted() -> media.Samples:
    """Half a minute in which each second has its own pitch."""
    time_ = np.arange(RATE) / RATE
    tones = [0.3 * np.sin(2 * np.pi * (300 + 40 * second) * time_) for second in range(30)]
    return np.concatenate(tones).astype(np.float32)


def pitch(samples: media.Samples) -> int:
    return int(np.argmax(np.abs(np.fft.rfft(samples[:RATE])))) * RATE // len(samples[:RATE])


@pytest.mark.parametrize("ending", media.ENCODERS)
def test_a_clip_holds_the_seconds_asked_for(
    tmp_path: Path, counted: media.Samples, ending: str
) -> None:
    path = media.record(tmp_path / f"a.{ending}", counted)
    samples = samples_of(clip(path, 17.1, 17.9))
    assert len(samples) == round(0.8 * RATE)
    assert pitch(samples) == pytest.approx(300 + 40 * 17, abs=3)


def test_a_clip_equals_what_decoding_all_of_it_gives(
    tmp_path: Path, counted: media.Samples
) -> None:
    path = media.record(tmp_path / "a.flac", counted)
    whole = np.concatenate(list(decode(path)))
    assert clip(path, 3.25, 9.5) == wav(whole[round(3.25 * RATE) : round(9.5 * RATE)])


def test_a_clip_ends_early_where_the_recording_does(tmp_path: Path, counted: media.Samples) -> None:
    path = media.record(tmp_path / "a.ogg", counted)
    assert len(samples_of(clip(path, 28.0, 60.0))) == pytest.approx(2 * RATE, abs=0.1 * RATE)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (5, 5), (6, 5), (0, 120.5), (900, 905)])
def test_seconds_that_make_no_clip_are_refused(
    tmp_path: Path, counted: media.Samples, start: float, end: float
) -> None:
    path = media.record(tmp_path / "a.ogg", counted)
    with pytest.raises(WrongStretch, match="120 giây"):
        clip(path, start, end)


def test_a_clip_late_in_a_long_recording_comes_at_once(tmp_path: Path) -> None:
    path = media.silent_hours(tmp_path / "a.ogg", 10)
    began = time.process_time()
    assert len(samples_of(clip(path, 9 * 3600.0, 9 * 3600.0 + 5))) == 5 * RATE
    assert time.process_time() - began < 0.5  # decoding the nine hours takes twenty times as long


def test_loud_samples_are_clipped_and_not_wrapped() -> None:
    loud = np.array([2.0, -2.0, 0.5], np.float32)
    assert samples_of(wav(loud)) == pytest.approx([32767 / 32768, -1.0, 0.5])
