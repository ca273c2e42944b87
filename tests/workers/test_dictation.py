"""Sound to text without a database: what an engine heard is written as offices write it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from meetly.accounts.directory import Directory
from meetly.paths import DEMO_DATA
from meetly.transcripts.known_names import Names
from meetly.transcripts.transcriber import Heard
from tests import tones
from workers.dictation import transcribe_file


class Parrot(tones.ToneTranscriber):
    """An engine that hears the same sentence in every chunk."""

    said = Heard(0.1, 1.0, "Giao sở tài chánh nộp mười hai tỷ đồng trước quý một.", 0.9)

    def hear(
        self, chunks: Sequence[NDArray[np.float32]], *, language: str, prompt: str = ""
    ) -> list[list[Heard]]:
        """Return the sentence for each chunk."""
        return [[self.said] for _ in chunks]


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return tones.write_wav(tmp_path / "họp.wav", tones.sentences(2))


def test_figures_are_written_always_and_names_by_a_directory(sound: Path) -> None:
    plain = transcribe_file(sound, Parrot())
    assert plain.segments[0].text == "Giao sở tài chánh nộp 12 tỷ đồng trước quý I."
    names = Names.of_directory(Directory.read(DEMO_DATA / "units.csv"))
    named = transcribe_file(sound, Parrot(), names=names)
    assert named.segments[0].text == "Giao Sở Tài chính nộp 12 tỷ đồng trước quý I."


def test_other_languages_and_inventions_stay_as_heard(sound: Path) -> None:
    said = Parrot.said.text
    assert transcribe_file(sound, Parrot(), "en").segments[0].text == said
    inventing = Parrot()
    inventing.said = replace(Parrot.said, suspicion="phrase")
    assert transcribe_file(sound, inventing).segments[0].text == said
