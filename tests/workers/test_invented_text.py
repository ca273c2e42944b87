"""Nothing that is not speech becomes unflagged words; speech among noise is not flagged away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from meetly.paths import DEMO_DATA
from meetly.recordings.clip import wav
from meetly.recordings.sound import RATE
from meetly.transcripts import splitting, voice_activity
from meetly.transcripts.sentences import listen
from meetly.transcripts.splitting import split
from meetly.transcripts.transcriber import Heard
from meetly.transcripts.voice_activity import (
    FRAMES_A_SECOND,
    HORIZON,
    VoiceActivity,
    speech_frames,
)
from tests.transcripts import sounds
from workers.whisper_transcriber import WhisperTranscriber


@pytest.fixture(scope="module")
def whisper() -> WhisperTranscriber:
    return WhisperTranscriber(str(DEMO_DATA / "micro-vi.pt"))


@pytest.fixture(scope="module")
def briefing() -> sounds.Samples:
    return sounds.briefing()


def heard_in(whisper: WhisperTranscriber, folder: Path, samples: sounds.Samples) -> list[Heard]:
    """Split and hear a recording as the worker does."""
    path = folder / "a.wav"
    path.write_bytes(wav(samples))
    cuts = split(path, target=whisper.target, longest=whisper.longest)
    return [heard for cut in cuts for heard in listen([cut], whisper, language="vi")]


def unflagged(heard: list[Heard]) -> list[str]:
    return [sentence.text for sentence in heard if not sentence.suspicion]


@pytest.mark.parametrize("name", sounds.SOUNDS)
def test_no_word_of_what_is_not_speech_stands_unflagged(
    whisper: WhisperTranscriber, tmp_path: Path, name: str
) -> None:
    assert unflagged(heard_in(whisper, tmp_path, sounds.beside_room(name, 20))) == []


@pytest.mark.parametrize("name", ["applause", "chords", "melody", "ringing", "typing"])
def test_most_of_it_never_reaches_the_engine(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(sounds.beside_room(name, 40)))
    assert all(cut.is_empty for cut in split(path, target=20, longest=29.5))


def test_without_the_guard_music_becomes_words(
    whisper: WhisperTranscriber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = np.ones(50_000, bool)
    monkeypatch.setattr("workers.scribe.speech_frames", lambda samples: everything)
    monkeypatch.setattr(voice_activity, "_LEAST_VOICE", -1.0)
    monkeypatch.setattr(voice_activity, "_MOST_STILL", 2.0)
    monkeypatch.setattr(splitting, "LEAST_SPEECH", 0.0)
    assert unflagged(heard_in(whisper, tmp_path, sounds.beside_room("melody", 20)))


@pytest.mark.parametrize(("noise", "decibels"), [("room", 10), ("chords", 15), ("typing", 10)])
def test_speech_among_moderate_noise_is_not_flagged_away(
    whisper: WhisperTranscriber,
    briefing: sounds.Samples,
    tmp_path: Path,
    noise: str,
    decibels: float,
) -> None:
    excerpt = briefing[: 30 * RATE]
    mixed = sounds.with_noise(excerpt, sounds.SOUNDS[noise](30), decibels)
    heard = heard_in(whisper, tmp_path, mixed)
    words = {True: 0, False: 0}
    for sentence in heard:
        words[sentence.suspicion == "no_speech"] += len(sentence.text.split())
    assert words[False] > 60
    assert words[True] <= 0.01 * words[False]


def test_soft_speech_from_the_far_end_of_a_hall_is_heard(briefing: sounds.Samples) -> None:
    excerpt = briefing[: 120 * RATE]
    near, far = speech_frames(excerpt), speech_frames(sounds.distant(excerpt))
    assert far[near].mean() > 0.9


def test_a_talk_and_the_hours_of_silence_after_it() -> None:
    activity, talk, quiet = VoiceActivity(), 37 * 60, 3600
    speech = []
    for second in sounds.talk_then_silence(talk, quiet):
        speech.append(activity.listen(second))
        assert len(activity._seconds) < 30  # nothing is held for long
    speech.append(activity.finish())
    frames = np.concatenate(speech) > voice_activity.SPEECH
    assert len(frames) == (talk + quiet) * FRAMES_A_SECOND
    assert frames[: talk * FRAMES_A_SECOND].mean() > 0.7
    assert not frames[(talk + HORIZON) * FRAMES_A_SECOND :].any()


def test_applause_behind_a_speech_does_not_count_as_its_last_words(
    briefing: sounds.Samples,
) -> None:
    whole = np.concatenate([briefing[: 20 * RATE], sounds.applause(12), briefing[: 20 * RATE]])
    frames = speech_frames(np.asarray(whole + 0.1 * sounds.room(len(whole) / RATE), np.float32))
    applause = frames[22 * FRAMES_A_SECOND : 30 * FRAMES_A_SECOND]
    assert applause.mean() < 0.05
    assert frames[: 19 * FRAMES_A_SECOND].mean() > 0.6
