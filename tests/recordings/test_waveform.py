"""The outline has few points, loses no peak and does not care how the sound came in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from meetly.recordings.sound import RATE
from meetly.recordings.waveform import MOST_POINTS, Tracer, trace
from tests.recordings import media


def pieces(samples: media.Samples, size: int) -> Iterator[media.Samples]:
    for first in range(0, len(samples), size):
        yield samples[first : first + size]


def test_every_point_holds_the_extremes_of_its_stretch() -> None:
    samples = media.noise(100, 0.2)
    waveform = trace(pieces(samples, RATE))
    stretch = round(waveform.seconds_a_point * RATE)
    for point in (0, 7, len(waveform.lows) - 1):
        part = samples[point * stretch : (point + 1) * stretch]
        assert waveform.lows[point] == pytest.approx(float(part.min()), abs=0.001)
        assert waveform.highs[point] == pytest.approx(float(part.max()), abs=0.001)


@pytest.mark.parametrize("size", [97, RATE, 33 * RATE, 10**9])
def test_the_outline_is_the_same_however_the_sound_comes_in(size: int) -> None:
    samples = media.noise(61.7, 0.1)
    assert trace(pieces(samples, size)) == trace([samples])


@pytest.mark.parametrize("seconds", [0.005, 1, 39.99, 40, 40.01, 3600])
def test_points_are_few_and_cover_all_of_it(seconds: float) -> None:
    samples = np.full(round(seconds * RATE), 0.25, np.float32)
    waveform = trace(pieces(samples, 5 * RATE))
    assert 1 <= len(waveform.lows) == len(waveform.highs) <= MOST_POINTS
    assert len(waveform.lows) * waveform.seconds_a_point >= seconds
    assert (len(waveform.lows) - 1) * waveform.seconds_a_point < seconds
    if seconds > 40:
        assert len(waveform.lows) >= MOST_POINTS // 2


def test_a_click_is_found_where_it_was() -> None:
    samples = media.silence(1800)
    samples[round(1234.5 * RATE)] = 0.9
    waveform = trace(pieces(samples, 7 * RATE))
    assert waveform.highs.index(0.9) == int(1234.5 / waveform.seconds_a_point)


def test_nothing_heard_draws_nothing() -> None:
    assert Tracer().waveform().to_json() == {"seconds_a_point": 0.01, "lows": [], "highs": []}


def test_what_is_louder_than_a_file_can_hold_stays_inside_the_picture() -> None:
    waveform = trace([np.array([3.0, -2.0], np.float32)])
    assert waveform.highs == (1.0,)
    assert waveform.lows == (-1.0,)
