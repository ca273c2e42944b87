"""Which speech engine hears a transcript; loaded once a process and kept."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from meetly.config import Config, settings
from meetly.errors import BadInput, NotConfigured
from meetly.transcripts.transcriber import Transcriber
from workers import faster_whisper_transcriber as fast
from workers import whisper_transcriber as plain
from workers.speech_model import FastNotInstalled, SpeechNotInstalled

AUTO = "auto"
#: Engines by their names, the fastest first, with the package each of them needs.
ENGINES = {fast.KIND: "faster_whisper", plain.KIND: "whisper"}
MODELS = "models"  #: folder in MEETLY_DATA that holds converted models


def engine(model: str, kind: str = "") -> Transcriber:
    """Return the engine for a model: of the kind a transcript began with, else of that set.

    `model` is as for `workers.speech_model.speech_model`, or `package.module:Engine`. Raises the
    NotConfigured errors of the engines when the model or the engine is not there.
    """
    known = kind if kind in ENGINES and is_installed(kind) else ""
    return _kept(model, known, settings())


@lru_cache(maxsize=2)  # one speaker may be heard again with another model meanwhile
def _kept(model: str, kind: str, config: Config) -> Transcriber:
    return make(model, kind, config)


def make(model: str, kind: str, config: Config) -> Transcriber:
    """Make an engine of a kind, or of the one that is set where the kind is empty."""
    if is_named(model):
        return _named(model)
    kinds: dict[str, Callable[[], Transcriber]] = {
        fast.KIND: lambda: fast.FasterWhisperTranscriber(
            model,
            config.data / MODELS,
            threads=config.speech_threads,
            compute=config.speech_compute,
        ),
        plain.KIND: lambda: plain.WhisperTranscriber(
            model, threads=config.speech_threads, compute=config.speech_compute
        ),
    }
    return kinds[choose(kind or config.speech_engine)]()


def choose(kind: str) -> str:
    """Name an installed engine: the one asked for, or the fastest there is.

    Raises BadInput for a name nobody knows, FastNotInstalled or SpeechNotInstalled.
    """
    there = [name for name in ENGINES if is_installed(name)]
    if kind == AUTO:
        if not there:
            raise SpeechNotInstalled()
        return there[0]
    if kind not in ENGINES:
        raise BadInput(
            "Không có bộ nhận dạng “%(kind)s”. MEETLY_SPEECH_ENGINE là một trong: %(known)s.",
            kind=kind,
            known=", ".join([AUTO, *ENGINES]),
        )
    if kind not in there:
        raise FastNotInstalled() if kind == fast.KIND else SpeechNotInstalled()
    return kind


def is_installed(kind: str) -> bool:
    """Tell whether the package of an engine is there."""
    return find_spec(ENGINES[kind]) is not None


def is_named(model: str) -> bool:
    """Tell whether a model is the `package.module:Engine` of an engine of its own."""
    return ":" in model and not Path(model).exists()


def _named(model: str) -> Transcriber:
    module, _, name = model.partition(":")
    try:
        made: Transcriber = getattr(importlib.import_module(module), name)()
    except (ImportError, AttributeError) as error:
        raise NotConfigured(
            "Không có máy nhận dạng “%(model)s”. Hãy sửa MEETLY_SPEECH_MODEL rồi thử lại.",
            model=model,
        ) from error
    return made
