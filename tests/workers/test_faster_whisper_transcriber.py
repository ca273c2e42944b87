"""The faster engine says what openai-whisper says, with the same weights; so does the converter."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from meetly.config import Config
from meetly.errors import BadInput
from meetly.paths import DEMO_DATA
from meetly.transcripts.splitting import split
from meetly.transcripts.transcriber import Heard
from workers import engines, faster_whisper_transcriber
from workers.faster_whisper_transcriber import FasterWhisperTranscriber
from workers.speech_model import FastNotInstalled, ModelUnusable, speech_model
from workers.whisper_checkpoint import checkpoint_of
from workers.whisper_conversion import convert
from workers.whisper_transcriber import WhisperTranscriber

MICRO = str(DEMO_DATA / "micro-vi.pt")


@pytest.fixture(scope="module")
def chunks() -> list[NDArray[np.float32]]:
    cuts = split(DEMO_DATA / "briefing.opus", target=4, longest=8)
    return [cut.samples for cut in (next(cuts) for _ in range(5)) if not cut.is_empty]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def fast(folder: Path) -> FasterWhisperTranscriber:
    return FasterWhisperTranscriber(MICRO, folder, threads=2)


@pytest.fixture(scope="module")
def plain(chunks: list[NDArray[np.float32]]) -> list[list[Heard]]:
    return WhisperTranscriber(MICRO, threads=1).hear(chunks, language="vi")


@pytest.fixture(scope="module")
def quick(fast: FasterWhisperTranscriber, chunks: list[NDArray[np.float32]]) -> list[list[Heard]]:
    return fast.hear(chunks, language="vi")


def texts(heard: list[list[Heard]]) -> list[list[str]]:
    return [[piece.text for piece in pieces] for pieces in heard]


def test_both_engines_write_the_same_text(
    plain: list[list[Heard]], quick: list[list[Heard]]
) -> None:
    assert sum(len(pieces) for pieces in plain) >= 5
    assert texts(quick) == texts(plain)
    for one, other in zip(chain(*plain), chain(*quick), strict=True):
        assert one.start == pytest.approx(other.start, abs=0.05)
        assert one.probability == pytest.approx(other.probability, abs=0.02)


def test_both_engines_hear_the_words_at_the_same_moments(
    plain: list[list[Heard]], quick: list[list[Heard]]
) -> None:
    apart = []
    for one, other in zip(chain(*plain), chain(*quick), strict=True):
        assert [w.text for w in one.words] == [w.text for w in other.words] == one.text.split()
        apart += [abs(a.start - b.start) for a, b in zip(one.words, other.words, strict=True)]
        for word in one.words:
            assert one.start <= word.start <= word.end <= one.end
            assert 0 < word.probability <= 1
    assert np.mean([gap < 0.1 for gap in apart]) > 0.9


def test_what_is_heard_does_not_depend_on_the_company(
    fast: FasterWhisperTranscriber,
    chunks: list[NDArray[np.float32]],
    quick: list[list[Heard]],
) -> None:
    alone = [fast.hear([chunk], language="vi")[0] for chunk in chunks]
    assert texts(alone) == texts(quick)


def test_the_model_is_converted_once(
    fast: FasterWhisperTranscriber, quick: list[list[Heard]], folder: Path
) -> None:
    [made] = folder.iterdir()
    before = (made / "model.bin").stat().st_mtime_ns
    again = FasterWhisperTranscriber(MICRO, folder, threads=1)
    again.load()
    assert [made] == list(folder.iterdir())
    assert (made / "model.bin").stat().st_mtime_ns == before
    assert speech_model(str(made)).is_converted
    assert speech_model(str(made)).longest == speech_model(MICRO).longest


def test_a_conversion_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = checkpoint_of(speech_model(MICRO))
    broken = dict(checkpoint.state)
    broken.pop("decoder.ln.weight")
    with pytest.raises(KeyError):
        convert(replace(checkpoint, state=broken), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "out").mkdir()
    with pytest.raises(BadInput, match="out"):
        convert(checkpoint, tmp_path / "out")


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"no model")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelUnusable):
        FasterWhisperTranscriber(str(tmp_path), tmp_path / "models").load()


# -- which engine ------------------------------------------------------------------------------


@pytest.fixture
def only() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_auto_takes_the_fastest_engine_there_is(only: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = Config(data=tmp_path)
    assert engines.make(MICRO, "", config).kind == "faster-whisper"
    only.setattr(engines, "find_spec", lambda package: package == "whisper" or None)
    assert engines.make(MICRO, "", config).kind == "openai-whisper"
    with pytest.raises(FastNotInstalled):
        engines.make(MICRO, "faster-whisper", config)


def test_a_transcript_goes_on_with_the_engine_it_began_with(tmp_path: Path) -> None:
    config = Config(data=tmp_path)
    assert engines.make(MICRO, "openai-whisper", config).kind == "openai-whisper"


def test_an_engine_nobody_knows_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="faster-whisper"):
        engines.make(MICRO, "", Config(data=tmp_path, speech_engine="siri"))


def test_the_narrow_model_is_not_squeezed_into_eight_bits(tmp_path: Path) -> None:
    model = speech_model(MICRO)
    assert model.computes == ("float32",)
    assert (
        faster_whisper_transcriber.FasterWhisperTranscriber(MICRO, tmp_path)._compute == "float32"
    )


def test_eight_bits_are_the_choice_for_published_sizes(tmp_path: Path) -> None:
    model = tmp_path / "small.pt"
    shutil.copy(MICRO, model)
    assert FasterWhisperTranscriber(str(model), tmp_path)._compute == "int8"
