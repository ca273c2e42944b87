"""openai-whisper as a speech engine; the sole home of whisper and torch."""

from __future__ import annotations

import json
import math
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meetly.errors import BadInput, NotConfigured
from meetly.recordings.sound import RATE
from meetly.transcripts.invention import mark_echoes, suspicion
from meetly.transcripts.transcriber import Heard
from meetly.transcripts.voice_activity import FRAMES_A_SECOND, speech_frames

#: Chunks that suit Whisper: one encoder window each, so that nothing is re-read or lost.
TARGET, LONGEST = 20.0, 29.5
#: Width under which a model is narrow. Its sums are too small to share out, two cores took twice as
#: long; and thinking five ways at once costs it little (on the sample half as much again, for 19 %
#: wrong words instead of 31 %). Wider models listen greedily.
_NARROW = 384
_BEAMS = 5


class ModelNotThere(BadInput, NotConfigured):
    """Neither a checkpoint on disk nor a model Whisper knows."""

    code = "MODEL_NOT_THERE"
    message = (
        "Không có mô hình nhận dạng “%(model)s”. Hãy đặt MEETLY_SPEECH_MODEL là tên một mô hình "
        "Whisper (small, large-v3-turbo) hoặc đường dẫn tới tệp .pt."
    )


class ModelUnusable(BadInput, NotConfigured):
    """The file is there, but it is no Whisper checkpoint."""

    code = "MODEL_UNUSABLE"
    message = "Tệp “%(model)s” không phải mô hình Whisper dùng được. Hãy tải hoặc chép lại tệp này."


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


class WhisperTranscriber:
    """Hears with one Whisper model and without chance: the same samples give the same words.

    `model` is a Whisper name or the path of a checkpoint. Nothing heavy is imported or loaded
    before `load` or the first `hear`. A card beside a checkpoint (`micro-vi.json` for
    `micro-vi.pt`) may name the window it hears best and whether it understands prompts.
    """

    def __init__(self, model: str, *, threads: int = 0) -> None:
        self._model_name = model
        self._path = Path(model) if _is_path(model) else None
        if self._path is not None and not self._path.is_file():
            raise ModelNotThere(model=model)
        card = _card(self._path)
        window = card.get("window", {})
        #: what is written beside a transcript
        self.name = self._path.stem if self._path else model
        #: seconds: from which length on to cut, and the longest chunk heard well
        self.target = float(window.get("target", TARGET))
        self.longest = float(window.get("longest", LONGEST))
        self._takes_prompts = bool(card.get("prompts", not card))
        self._threads = threads or os.cpu_count() or 1
        self._model: Any = None

    def load(self) -> None:
        """Load the weights now rather than at the first `hear`.

        Raises ModelNotThere, ModelUnusable, ModelNotFetched or SpeechNotInstalled.
        """
        if self._model is None:
            self._model = _loaded(self._model_name, self._path, self._threads)

    def hear(self, samples: NDArray[np.float32], *, language: str, prompt: str = "") -> list[Heard]:
        """Write down what is said in one chunk of 16 kHz mono sound."""
        self.load()
        whisper = _whisper()
        result = whisper.transcribe(
            self._model,
            samples,
            language=language,
            temperature=0.0,
            beam_size=_BEAMS if _is_narrow(self._model) else None,
            condition_on_previous_text=False,
            no_speech_threshold=None,  # doubtful words are marked below, never dropped
            initial_prompt=prompt if prompt and self._takes_prompts else None,
            fp16=self._model.device.type == "cuda",
        )
        speech = speech_frames(samples)
        duration = len(samples) / RATE
        heard = [_heard(segment, speech, duration) for segment in result["segments"]]
        return mark_echoes([sentence for sentence in heard if sentence.text])


def _heard(segment: dict[str, Any], speech: NDArray[np.bool_], duration: float) -> Heard:
    start = min(max(0.0, float(segment["start"])), duration)
    end = min(max(start, float(segment["end"])), duration)
    text = " ".join(str(segment["text"]).split())
    log_probability = float(segment["avg_logprob"])
    within = speech[int(start * FRAMES_A_SECOND) : math.ceil(end * FRAMES_A_SECOND)]
    share = float(within.mean()) if len(within) else 0.0
    doubt = suspicion(text, log_probability=log_probability, speech_share=share)
    return Heard(start, end, text, math.exp(min(0.0, log_probability)), str(doubt))


def _is_narrow(model: Any) -> bool:
    return bool(model.dims.n_audio_state < _NARROW)


def _is_path(model: str) -> bool:
    return model.endswith(".pt") or os.sep in model or Path(model).is_file()


def _card(path: Path | None) -> dict[str, Any]:
    """Read what a checkpoint's card says about how to use it."""
    card = path.with_suffix(".json") if path else None
    if card is None or not card.is_file():
        return {}
    content: dict[str, Any] = json.loads(card.read_text(encoding="utf-8"))
    return content


def _whisper() -> Any:
    """Import the engine; it costs three seconds, so only when something is to be heard."""
    try:
        import whisper
    except ImportError as missing:
        raise SpeechNotInstalled from missing
    return whisper


def _loaded(name: str, path: Path | None, threads: int) -> Any:
    whisper = _whisper()
    import torch

    if path is None and name not in whisper.available_models():
        raise ModelNotThere(model=name)
    try:
        model = whisper.load_model(str(path) if path else name).eval()
    except Exception as broken:  # whatever unpickling a wrong file or a lost network raises
        if path is None:
            raise ModelNotFetched(model=name, folder=_cache()) from broken
        raise ModelUnusable(model=path.name) from broken
    torch.set_num_threads(1 if _is_narrow(model) else threads)
    with warnings.catch_warnings():
        # Whisper reads its vocabulary here, once, and leaves the file for the collector to close
        warnings.simplefilter("ignore", ResourceWarning)
        whisper.tokenizer.get_tokenizer(model.is_multilingual, num_languages=model.num_languages)
    return model


def _cache() -> Path:
    """Return the folder in which Whisper keeps the models it fetched."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "whisper"
