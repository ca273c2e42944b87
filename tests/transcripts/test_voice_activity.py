"""Speech is told from pauses in quiet and in noisy rooms, whatever pieces the sound comes in."""

from __future__ import annotations

import numpy as np
import pytest

from meetly.paths import DEMO_DATA
from meetly.recordings.sound import RATE, decode
from meetly.transcripts.voice_activity import (
    FRAMES_A_SECOND,
    LATENCY,
    SPEECH,
    Probabilities,
    VoiceActivity,
    speech_frames,
)
from tests.recordings import media

#: (seconds spoken, seconds of pause), as in a briefing
PARTS = [(3.0, 0.6), (2.5, 0.4), (5.0, 1.0), (1.2, 0.5), (4.0, 0.7), (6.0, 0.8), (2.0, 2.0)]


def spoken_frames(margin: float) -> tuple[list[int], list[int]]:
    """Return the frames surely spoken and surely silent, `margin` seconds from each change."""
    spoken: list[int] = []
    quiet: list[int] = []
    second = 0.0
    for speech, pause in PARTS:
        for start, length, frames in ((second, speech, spoken), (second + speech, pause, quiet)):
            first, last = start + margin, start + length - margin
            frames += range(round(first * FRAMES_A_SECOND), round(last * FRAMES_A_SECOND))
        second += speech + pause
    return spoken, quiet


def rooms() -> dict[str, media.Samples]:
    size = sum(map(sum, PARTS))
    time = np.arange(round(size * RATE)) / RATE
    hum = sum(np.sin(2 * np.pi * 100 * k * time) / k for k in range(1, 6))
    white = media.noise(size, 1.0)
    fan = np.convolve(white, np.ones(24) / 24, mode="same")
    return {"hiss": white, "hum": np.asarray(hum), "fan": fan}


def mixed(room: media.Samples, decibels: float) -> media.Samples:
    spoken = media.conversation(PARTS)
    level = np.sqrt(np.mean(spoken**2) / np.mean(room**2)) * 10 ** (-decibels / 20)
    return np.asarray(spoken + level * room, np.float32)


def test_in_a_quiet_room_every_word_and_every_pause_is_found() -> None:
    speech = speech_frames(media.conversation(PARTS))
    spoken, quiet = spoken_frames(0.12)
    assert speech[spoken].mean() > 0.97
    assert speech[quiet].mean() < 0.03


@pytest.mark.parametrize("decibels", [25, 15, 10])
@pytest.mark.parametrize("room", rooms())
def test_in_a_noisy_room_speech_still_stands_out(room: str, decibels: float) -> None:
    speech = speech_frames(mixed(rooms()[room], decibels))
    spoken, quiet = spoken_frames(0.12)
    assert speech[spoken].mean() > 0.8
    assert speech[quiet].mean() < 0.1


@pytest.mark.parametrize("room", rooms())
def test_a_room_in_which_nobody_speaks_is_no_speech(room: str) -> None:
    assert speech_frames((0.05 * rooms()[room]).astype(np.float32)).mean() < 0.02


def test_digital_silence_is_no_speech() -> None:
    assert not speech_frames(media.silence(30)).any()


def test_how_loud_a_recording_is_does_not_matter() -> None:
    spoken = media.conversation(PARTS)
    loud, faint = speech_frames(spoken), speech_frames(0.05 * spoken)
    assert (loud == faint).mean() > 0.97


def in_pieces(samples: media.Samples, size: int) -> Probabilities:
    activity = VoiceActivity()
    settled = [activity.listen(samples[at : at + size]) for at in range(0, len(samples), size)]
    return np.concatenate([*settled, activity.finish()])


@pytest.mark.parametrize("size", [333, RATE, 11 * RATE + 7])
def test_the_answer_does_not_depend_on_the_pieces(size: int) -> None:
    samples = media.conversation(PARTS)[: 27 * RATE + 1000]
    whole = in_pieces(samples, len(samples))
    assert np.array_equal(in_pieces(samples, size), whole)
    assert len(whole) == -(-len(samples) // 320)


def test_answers_come_no_later_than_promised() -> None:
    activity = VoiceActivity()
    sound = media.speech(40.0)
    told = 0
    for second in range(1, 41):
        told += len(activity.listen(sound[(second - 1) * RATE : second * RATE]))
        assert told >= (second - LATENCY) * FRAMES_A_SECOND


def test_the_pauses_between_the_speakers_of_the_sample_are_found() -> None:
    samples = np.concatenate(list(decode(DEMO_DATA / "briefing.opus")))
    speech = in_pieces(samples, 30 * RATE) > SPEECH
    assert 0.7 < speech.mean() < 0.95
