"""The bundled model: small, as its card says, and able to hear what it never saw."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import whisper

from meetly.recordings.sound import decode
from training.briefing_sentences import Briefing, in_breaths, is_held_out
from training.bundle import deflated
from training.evaluate import comparable, score, word_errors
from training.speak_briefing import DATA
from training.unseen import Utterance

#: whisper leaves the file of its vocabulary to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*tiktoken:ResourceWarning")

MODEL = DATA / "micro-vi.pt"
UNSEEN = Path(__file__).parent / "data" / "unseen.opus"


@pytest.fixture(scope="module")
def card() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(MODEL.with_suffix(".json").read_text("utf-8"))
    return content


@pytest.fixture(scope="module")
def model() -> whisper.Whisper:
    torch.set_num_threads(1)
    return whisper.load_model(str(MODEL))


def test_the_card_describes_this_very_file(card: dict[str, Any]) -> None:
    content = MODEL.read_bytes()
    assert len(content) == card["size"] < 8_000_000
    assert hashlib.sha256(content).hexdigest() == card["sha256"]
    assert card["computes"] == ["float32"] and not card["prompts"]


def test_it_is_a_whisper_for_many_languages(model: whisper.Whisper) -> None:
    assert model.is_multilingual
    assert model.dims.n_vocab == 51_865
    assert model.dims.n_audio_ctx == 1500


def test_it_hears_sentences_it_never_saw(model: whisper.Whisper) -> None:
    text = UNSEEN.with_suffix(".txt").read_text(encoding="utf-8")
    samples = np.concatenate(list(decode(UNSEEN)))
    result = score(model, [Utterance(text, samples)])
    assert result.words > 50
    assert result.rate <= 0.10


def test_what_it_never_saw_is_held_out_of_every_bank() -> None:
    briefing = Briefing(random.Random("file text"))
    said = UNSEEN.with_suffix(".txt").read_text(encoding="utf-8").strip().split("\n")
    held_out = [s for s in (briefing.sentence() for _ in range(3000)) if is_held_out(s)]
    in_parts = {part for sentence in held_out for part in in_breaths(sentence)}
    assert set(said) <= in_parts


def test_the_card_tells_the_error_rates_that_were_asked_for(card: dict[str, Any]) -> None:
    rates = card["word_error_rate"]
    assert rates["sentences"] <= 0.05
    assert rates["long"] <= 0.08


def test_packing_changes_no_weight_and_no_byte_twice(tmp_path: Path) -> None:
    plain = tmp_path / "plain.pt"
    torch.save({"rows": torch.zeros(5000, 8), "eye": torch.eye(4)}, plain)
    packed = deflated(plain.read_bytes())
    assert len(packed) < plain.stat().st_size / 10
    assert packed == deflated(plain.read_bytes())
    (tmp_path / "packed.pt").write_bytes(packed)
    read = torch.load(tmp_path / "packed.pt", weights_only=True)
    assert torch.equal(read["eye"], torch.eye(4))
    assert read["rows"].shape == (5000, 8)


@pytest.mark.parametrize(
    ("reference", "heard", "errors"),
    [
        ("một hai ba", "một hai ba", 0),
        ("một hai ba", "một ba", 1),
        ("một hai ba", "một hai hai ba", 1),
        ("một hai ba", "một hay ba", 1),
        ("", "một", 1),
    ],
)
def test_word_errors_are_counted(reference: str, heard: str, errors: int) -> None:
    assert word_errors(reference.split(), heard.split()) == errors


def test_marks_and_case_are_no_errors() -> None:
    assert comparable("Đạt 98,7%. Bản Pho – Nà Ló?") == comparable("đạt 98,7% bản Pho Nà Ló")
