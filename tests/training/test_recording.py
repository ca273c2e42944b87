"""The bundled recording, who spoke when in it, and its words."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from meetly.recordings.sound import RATE, decode
from meetly.transcripts.attribution import Talk, attribute
from training.speak_briefing import CAST, DATA, VOICES, turns

RECORDING = DATA / "briefing.opus"


@pytest.fixture(scope="module")
def events() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DATA / "briefing.events.json").read_text("utf-8"))
    return content


@pytest.fixture(scope="module")
def samples() -> NDArray[np.float32]:
    return np.concatenate(list(decode(RECORDING)))


def test_it_is_a_small_ogg_opus_file() -> None:
    assert RECORDING.stat().st_size < 800_000
    with av.open(str(RECORDING), "r") as container:
        assert container.format.name == "ogg"
        assert container.streams.audio[0].codec_context.name == "opus"
        assert container.streams.audio[0].channels == 1


def test_it_lasts_as_long_as_its_events_say(
    events: dict[str, Any], samples: NDArray[np.float32]
) -> None:
    assert len(samples) / RATE == pytest.approx(events["duration"], abs=0.1)
    assert events["talks"][-1]["end"] <= events["duration"] + 0.1


def test_speakers_take_turns_and_are_introduced(events: dict[str, Any]) -> None:
    talks = [Talk(**talk) for talk in events["talks"]]
    assert all(before.end <= after.start for before, after in pairwise(talks))
    assert all(talk.start < talk.end for talk in talks)
    names = {speaker["name"] for speaker in events["speakers"]}
    assert {talk.speaker for talk in talks} == names
    assert len(names) == 6
    assert all(speaker["position"] and speaker["unit"] for speaker in events["speakers"])


def test_what_is_loud_is_somebody_talking(
    events: dict[str, Any], samples: NDArray[np.float32]
) -> None:
    seconds = samples[: len(samples) // RATE * RATE].reshape(-1, RATE)
    talks = [Talk(**talk) for talk in events["talks"]]
    for second in np.flatnonzero(np.abs(seconds).max(axis=1) > 0.1):
        assert attribute(float(second), float(second + 1), talks), f"nobody at {second} s"


def test_the_words_are_those_of_the_script() -> None:
    script = (DATA / "briefing.md").read_text(encoding="utf-8")
    spoken = [sentence for turn in turns(script) for sentence in turn.sentences]
    assert spoken == (DATA / "briefing.txt").read_text(encoding="utf-8").strip().split("\n")


def test_each_turn_of_the_script_is_heard_at_a_speaking_pace(events: dict[str, Any]) -> None:
    script = (DATA / "briefing.md").read_text(encoding="utf-8")
    for turn, talk in zip(turns(script), events["talks"], strict=True):
        assert turn.speaker.name == talk["speaker"]
        words = sum(len(sentence.split()) for sentence in turn.sentences)
        assert 1.5 < words / (talk["end"] - talk["start"]) < 5.0


def test_every_voice_is_different() -> None:
    assert len({voice.name for voice in VOICES.values()}) == len(VOICES) == 6
    assert {speaker.name for speaker in CAST.values()} == set(VOICES)


def test_no_file_beside_it_is_large() -> None:
    assert all(path.stat().st_size < 8_000_000 for path in Path(DATA).iterdir() if path.is_file())
