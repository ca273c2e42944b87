"""faster-whisper (CTranslate2) as a speech engine: 8-bit sums, and a batch on every core at once.

faster-whisper's own pipelines look at 30 s each time and share one batch between the cores; here
every core has batches of its own, with windows as short as the chunk allows.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meetly.recordings.sound import RATE
from workers.scribe import ScribeTranscriber, Token, Written
from workers.speech_model import (
    FastNotInstalled,
    ModelUnusable,
    SpeechModel,
    speech_model,
)

KIND = "faster-whisper"
#: Windows that one core writes at a time.
_BATCH = 8
_FRAMES = 100  #: of the spectrogram a second
#: Tokens a window may take, as in openai-whisper: half of the decoder's positions.
_BUDGET = 224


class FasterWhisperTranscriber(ScribeTranscriber):
    """Hears with one Whisper model in the form of CTranslate2, converted once where it is not.

    `model` is as for `WhisperTranscriber`, or a CTranslate2 folder; what is converted is kept in
    `folder`.
    """

    kind = KIND

    def __init__(
        self, model: str, folder: Path, *, threads: int = 0, compute: str = "auto"
    ) -> None:
        self._threads = threads or os.cpu_count() or 1
        super().__init__(speech_model(model), _BATCH * self._threads)
        self._folder = folder
        self._compute = self._model.computes[0] if compute == "auto" else compute

    def _scribe(self) -> _Scribe:
        return _Scribe(converted(self._model, self._folder), self._threads, self._compute)


def converted(model: SpeechModel, folder: Path) -> Path:
    """Return the CTranslate2 form of a model, made now if it is not in the folder yet."""
    if model.is_converted:
        assert model.path is not None
        return model.path
    out = folder / f"{model.name}-{_fingerprint(model)}"
    if not out.is_dir():
        from workers.whisper_checkpoint import checkpoint_of
        from workers.whisper_conversion import convert

        convert(checkpoint_of(model), out)
    return out


def _fingerprint(model: SpeechModel) -> str:
    """Tell a changed file from the one that was converted, without reading gigabytes."""
    if model.path is None:
        return "named"
    files = sorted(model.path.iterdir()) if model.path.is_dir() else [model.path]
    told = [(file.name, (stat := file.stat()).st_size, stat.st_mtime_ns) for file in files]
    told += [("alignment", *model.alignment_heads)]  # type: ignore[list-item]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]


class _Scribe:
    """Writes tokens with CTranslate2, a batch on every core."""

    def __init__(self, folder: Path, threads: int, compute: str) -> None:
        try:
            import ctranslate2
            from faster_whisper.feature_extractor import FeatureExtractor
            from faster_whisper.tokenizer import Tokenizer
            from tokenizers import Tokenizer as Words
        except ImportError as missing:
            raise FastNotInstalled from missing
        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
        self._threads = 1 if device == "cuda" else threads
        kind = compute if device == "cpu" else "float16"
        try:
            # A core for each batch: they wait for one another nowhere.
            self._net = ctranslate2.models.Whisper(
                str(folder), device=device, compute_type=kind,
                inter_threads=self._threads, intra_threads=1,
            )  # fmt: skip
            words = Words.from_file(str(folder / "tokenizer.json"))
        except Exception as broken:  # whatever a wrong folder raises
            raise ModelUnusable(model=folder.name) from broken
        many = self._net.is_multilingual
        self._tokenizer: Callable[[str], Any] = lru_cache(
            lambda language: Tokenizer(words, many, task="transcribe", language=language)
        )
        self._mels = self._net.n_mels
        self._features = FeatureExtractor(feature_size=self._mels)
        self.first_moment = self._tokenizer("vi").timestamp_begin
        self.batch, self.lanes = _BATCH, self._threads

    def text(self, tokens: Sequence[int]) -> str:
        """Write tokens as text."""
        return str(self._tokenizer("vi").decode(list(tokens)))

    def write(
        self, windows: Sequence[NDArray[np.float32]], seconds: float, language: str, prompt: str
    ) -> list[Written]:
        """Write down windows, each filled up with silence to `seconds`."""
        from ctranslate2 import StorageView

        tokenizer = self._tokenizer(language)
        features = self._spectrograms(windows, seconds)
        sound = self._net.encode(StorageView.from_array(features))
        begin = list(tokenizer.sot_sequence)
        if prompt:
            known = tokenizer.encode(f" {prompt.strip()}")[-(_BUDGET - 1) :]
            begin = [tokenizer.sot_prev, *known, *begin]
        results = self._net.generate(
            sound, [begin] * len(windows), beam_size=1, max_length=2 * _BUDGET,
            return_scores=True, max_initial_timestamp_index=50,
        )  # fmt: skip
        texts = [
            [token for token in result.sequences_ids[0] if token < tokenizer.eot]
            for result in results
        ]
        lengths = [max(8, round(len(window) / RATE * _FRAMES)) for window in windows]
        timed = self._aligned(sound, tokenizer.sot_sequence, texts, lengths)
        return [
            _written(result, text, times, tokenizer.eot)
            for result, text, times in zip(results, texts, timed, strict=True)
        ]

    def _aligned(
        self, sound: Any, begin: Sequence[int], texts: list[list[int]], lengths: list[int]
    ) -> Iterator[Any]:
        """Tell when each token was heard: on a processor window by window.

        The whole vocabulary is weighed for every token at once, 20 MB for a hundred of them.
        """
        if sound.device != "cpu":
            yield from self._net.align(sound, begin, texts, lengths)
            return
        from ctranslate2 import StorageView

        rows = np.asarray(sound)
        for row, (text, length) in enumerate(zip(texts, lengths, strict=True)):
            alone = StorageView.from_array(rows[row : row + 1])
            yield self._net.align(alone, begin, [text], [length])[0]

    def _spectrograms(
        self, windows: Sequence[NDArray[np.float32]], seconds: float
    ) -> NDArray[np.float32]:
        frames = round(seconds * _FRAMES)
        batch = np.zeros((len(windows), self._mels, frames), np.float32)
        for row, samples in enumerate(windows):
            mel = self._features(samples[: frames * 160], padding=0)
            batch[row, :, : mel.shape[1]] = mel[:, :frames]
        return batch


def _written(result: Any, text: Sequence[int], times: Any, end_of_text: int) -> Written:
    """Give each token of the text its moment and probability; timestamps have none."""
    written = result.sequences_ids[0]
    starts: dict[int, float] = {}
    for token, frame in times.alignments:
        starts.setdefault(token, frame * 2 / _FRAMES)
    tokens, place = [], 0
    for number in written:
        if number < end_of_text:
            chance = float(times.text_token_probs[place])
            tokens.append(Token(number, chance, starts.get(place)))
            place += 1
        else:
            tokens.append(Token(number))
    log_probability = result.scores[0] * len(written) / (len(written) + 1)
    return Written(tuple(tokens), log_probability, len(written) >= _BUDGET)
