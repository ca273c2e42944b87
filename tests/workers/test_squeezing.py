"""Long silences are left out of what an engine hears, and every moment finds its way back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from meetly.recordings.sound import RATE
from meetly.transcripts.voice_activity import FRAME, FRAMES_A_SECOND
from workers.squeezing import squeeze


def numbered(seconds: float) -> np.ndarray:
    """Samples that say where they stood."""
    return np.arange(round(seconds * RATE), dtype=np.float32)


def talk(seconds: float, *spoken: tuple[float, float]) -> np.ndarray:
    frames = np.zeros(round(seconds * FRAMES_A_SECOND), bool)
    for start, end in spoken:
        frames[round(start * FRAMES_A_SECOND) : round(end * FRAMES_A_SECOND)] = True
    return frames


def test_silence_at_the_ends_and_a_long_one_inside_go() -> None:
    squeezed = squeeze(numbered(20), talk(20, (3, 5), (12, 15)))
    assert squeezed.duration < 2 + 3 + 3.2
    assert squeezed.samples[0] == (3 - 0.3) * RATE
    assert squeezed.at(0) == 2.7


def test_a_short_pause_stays_as_it_is() -> None:
    squeezed = squeeze(numbered(10), talk(10, (1, 3), (4.5, 6)))
    assert len(squeezed.stretches) == 1


def test_nothing_is_left_where_nobody_speaks() -> None:
    squeezed = squeeze(numbered(5), talk(5))
    assert squeezed.duration == 0 and not squeezed.stretches


@given(st.lists(st.booleans(), min_size=1, max_size=1500))
def test_every_spoken_moment_is_kept_and_finds_its_place_again(frames: list[bool]) -> None:
    speech = np.array(frames)
    samples = np.arange(len(speech) * FRAME, dtype=np.float32)
    squeezed = squeeze(samples, speech)
    kept = set((squeezed.samples[::FRAME] / FRAME).astype(int).tolist())
    assert set(np.flatnonzero(speech).tolist()) <= kept
    for place in range(0, len(squeezed.samples), 7 * FRAME):
        assert abs(squeezed.at(place / RATE) * RATE - squeezed.samples[place]) <= 1
