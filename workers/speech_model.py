"""Which model is meant: a Whisper name, a file, a folder; what its card says; what may be wrong.

Nothing heavy is imported here: the page that checks settings asks as well.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meetly.errors import BadInput, NotConfigured
from meetly.transcripts.transcriber import LONGEST, TARGET

#: Seconds of the shortest window: Whisper, taught on 30 s, is lost in much less.
SHORTEST = 10.0
COMPUTES = ("int8", "float32")


class ModelNotThere(BadInput, NotConfigured):
    """Neither a model on disk nor one that Whisper knows."""

    code = "MODEL_NOT_THERE"
    message = (
        "Không có mô hình nhận dạng “%(model)s”. Hãy đặt MEETLY_SPEECH_MODEL là tên một mô hình "
        "Whisper (small, large-v3-turbo) hoặc đường dẫn tới tệp .pt hay thư mục mô hình."
    )


class ModelUnusable(BadInput, NotConfigured):
    """Something is there, but it is no Whisper model."""

    code = "MODEL_UNUSABLE"
    message = "“%(model)s” không phải mô hình Whisper dùng được. Hãy tải hoặc chép lại."


class ModelNotFetched(BadInput, NotConfigured):
    """Whisper knows the model, but it is not on this machine and could not be downloaded."""

    code = "MODEL_NOT_FETCHED"
    message = (
        "Chưa có mô hình “%(model)s” trên máy này và không tải về được. "
        "Hãy nối mạng rồi chạy lại, hoặc chép tệp mô hình vào %(folder)s."
    )


class SpeechNotInstalled(NotConfigured):
    """The speech extra is not installed."""

    code = "SPEECH_NOT_INSTALLED"
    message = "Máy này chưa cài phần nhận dạng tiếng nói. Hãy chạy: pip install 'meetly[speech]'"


class FastNotInstalled(NotConfigured):
    """The faster engine was asked for by name, but its extra is not installed."""

    code = "FAST_NOT_INSTALLED"
    message = "Máy này chưa cài bộ nhận dạng nhanh. Hãy chạy: pip install 'meetly[fast]'"


@dataclass(frozen=True)
class SpeechModel:
    """A model as people name it, and how it likes to be used.

    `model` is a Whisper name, the path of a checkpoint (.pt), a Hugging Face folder or a
    CTranslate2 folder. A card beside it (`micro-vi.json` for `micro-vi.pt`, `card.json` in a
    folder) may name the window it hears best and whether it understands prompts.
    """

    model: str
    path: Path | None
    target: float
    longest: float
    takes_prompts: bool
    #: seconds of the shortest window it is shown
    shortest: float
    #: (layer, head) pairs that look where a word is heard; empty where nobody says
    alignment_heads: tuple[tuple[int, int], ...]
    #: how it may be multiplied on a processor, the quickest first; 8 bits cost a narrow model words
    computes: tuple[str, ...]
    #: everything its card says
    card: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Say what is written beside a transcript."""
        return self.path.stem if self.path else self.model

    @property
    def is_converted(self) -> bool:
        """Tell whether it is a folder in the form of CTranslate2."""
        return self.path is not None and (self.path / "model.bin").is_file()

    @property
    def is_pretrained_folder(self) -> bool:
        """Tell whether it is a folder in the form of Hugging Face."""
        return self.path is not None and self.path.is_dir() and not self.is_converted


def speech_model(model: str) -> SpeechModel:
    """Find a model and read its card. Raises ModelNotThere where its path leads nowhere."""
    path = Path(model) if _is_path(model) else None
    if path is not None and not (path.is_file() or (path / "config.json").is_file()):
        raise ModelNotThere(model=model)
    card = _card(path)
    window = card.get("window", {})
    return SpeechModel(
        model=model,
        path=path,
        target=float(window.get("target", TARGET)),
        longest=float(window.get("longest", LONGEST)),
        takes_prompts=bool(card.get("prompts", not card)),
        shortest=float(window.get("shortest", SHORTEST)),
        alignment_heads=tuple((layer, head) for layer, head in card.get("alignment_heads", ())),
        computes=tuple(card.get("computes", COMPUTES)),
        card=card,
    )


def _is_path(model: str) -> bool:
    return model.endswith(".pt") or os.sep in model or Path(model).exists()


def _card(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    card = path / "card.json" if path.is_dir() else path.with_suffix(".json")
    if not card.is_file():
        return {}
    content: dict[str, Any] = json.loads(card.read_text(encoding="utf-8"))
    return content
