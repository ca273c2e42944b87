"""Which speech engine a transcript's model names; loaded once a process and kept."""

from __future__ import annotations

import importlib
from functools import lru_cache
from pathlib import Path

from meetly.config import settings
from meetly.errors import NotConfigured
from meetly.transcripts.transcriber import Transcriber


@lru_cache(maxsize=1)
def engine(model: str) -> Transcriber:
    """Return the engine for a Whisper name, a checkpoint's path or `package.module:Engine`.

    Raises the engine's own NotConfigured errors when the model is not there.
    """
    module, colon, name = model.partition(":")
    if colon and not Path(model).exists():
        try:
            made: Transcriber = getattr(importlib.import_module(module), name)()
        except (ImportError, AttributeError) as error:
            raise NotConfigured(
                "Không có máy nhận dạng “%(model)s”. Hãy sửa MEETLY_SPEECH_MODEL rồi thử lại.",
                model=model,
            ) from error
        return made
    from workers.whisper_transcriber import WhisperTranscriber

    return WhisperTranscriber(model, threads=settings().speech_threads)
