"""openai-whisper as a speech engine: its own layers and decoder, several windows at a time."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meetly.recordings.sound import RATE
from workers.alignment import token_starts
from workers.scribe import ScribeTranscriber, Token, Written
from workers.speech_model import (
    ModelUnusable,
    SpeechModel,
    SpeechNotInstalled,
    speech_model,
)

KIND = "openai-whisper"
#: Width under which a model is narrow: its sums are too small to share out between cores.
_NARROW = 384
#: Windows written at a time: each further one costs memory and gains less.
_BATCH = 4
_FRAMES = 100  #: of the spectrogram a second; the encoder's positions are half as many


class WhisperTranscriber(ScribeTranscriber):
    """Hears with one Whisper model and without chance: the same samples give the same words.

    `model` is a Whisper name, the path of a checkpoint or a Hugging Face folder. A graphics card is
    used where one is.
    """

    kind = KIND

    def __init__(self, model: str, *, threads: int = 0, compute: str = "auto") -> None:
        super().__init__(speech_model(model), _BATCH)
        self._threads = threads or os.cpu_count() or 1
        self._compute = compute

    def _scribe(self) -> _Scribe:
        return _Scribe(loaded(self._model), self._model, self._threads, self._compute)


def loaded(model: SpeechModel) -> Any:
    """Load a model's weights into openai-whisper's own class."""
    whisper = _whisper()
    from workers.whisper_checkpoint import checkpoint_of

    checkpoint = checkpoint_of(model)
    made = whisper.model.Whisper(whisper.model.ModelDimensions(**checkpoint.dims))
    try:
        made.load_state_dict(checkpoint.state)
    except RuntimeError as broken:
        raise ModelUnusable(model=model.name) from broken
    if checkpoint.alignment_heads:
        mask = _mask(made.dims, checkpoint.alignment_heads)
        made.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
    return made.to("cuda" if _has_card() else "cpu").eval()


class _Scribe:
    """Writes tokens with openai-whisper's decoder."""

    def __init__(self, net: Any, model: SpeechModel, threads: int, compute: str) -> None:
        import torch

        self._net = net
        self._half = net.device.type == "cuda"
        is_narrow = net.dims.n_audio_state < _NARROW
        torch.set_num_threads(1 if is_narrow else threads)
        if compute == "int8" and not self._half:
            self._net = _in_eight_bits(net)
        self.batch, self.lanes = _BATCH, 1
        with warnings.catch_warnings():
            # Whisper reads its vocabulary here, once, and leaves the file to the collector
            warnings.simplefilter("ignore", ResourceWarning)
            self._tokenizer = self._tokenizer_for("vi")
        self.first_moment = self._tokenizer.timestamp_begin

    def text(self, tokens: Sequence[int]) -> str:
        """Write tokens as text."""
        return str(self._tokenizer.decode(list(tokens)))

    def write(
        self, windows: Sequence[NDArray[np.float32]], seconds: float, language: str, prompt: str
    ) -> list[Written]:
        """Write down windows, each filled up with silence to `seconds`."""
        import torch

        whisper = _whisper()
        options = whisper.DecodingOptions(
            language=language, temperature=0.0, prompt=prompt or None, fp16=self._half
        )
        # made before the windows are short: it reckons the length of a timestamp from them
        task = whisper.decoding.DecodingTask(self._net, options)
        with torch.no_grad(), _short_windows(self._net, round(seconds * _FRAMES / 2)):
            sound = self._net.encoder(self._spectrograms(windows, seconds))
            answers = task.run(sound)
            return [
                self._written(answer, features, len(window) / RATE, language, task.sample_len)
                for answer, features, window in zip(answers, sound, windows, strict=True)
            ]

    def _spectrograms(self, windows: Sequence[NDArray[np.float32]], seconds: float) -> Any:
        """Make the spectrograms of a batch, with zeros after their end as Whisper pads."""
        import torch

        whisper = _whisper()
        frames = round(seconds * _FRAMES)
        batch = torch.zeros(len(windows), self._net.dims.n_mels, frames)
        for row, samples in enumerate(windows):
            mel = whisper.log_mel_spectrogram(samples[: frames * 160], self._net.dims.n_mels)
            batch[row, :, : mel.shape[1]] = mel
        batch = batch.to(self._net.device)
        return batch.half() if self._half else batch

    def _written(
        self, answer: Any, sound: Any, seconds: float, language: str, budget: int
    ) -> Written:
        text = [token for token in answer.tokens if token < self._tokenizer.eot]
        starts, chances = self._starts(text, sound, seconds, language)
        told = iter(zip(starts, chances, strict=True))
        tokens = []
        for token in answer.tokens:
            start, chance = next(told) if token < self._tokenizer.eot else (None, 1.0)
            tokens.append(Token(token, chance, start))
        return Written(tuple(tokens), answer.avg_logprob, len(answer.tokens) >= budget)

    def _starts(
        self, text: Sequence[int], sound: Any, seconds: float, language: str
    ) -> tuple[list[float], list[float]]:
        """Tell when each token of the text was heard, and how sure the model is of it."""
        import torch

        if not text:
            return [], []
        tokenizer = self._tokenizer_for(language)
        begin = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        tokens = torch.tensor([[*begin, *text, tokenizer.eot]], device=sound.device)
        with _looking(self._net) as looked:
            logits = self._net.decoder(tokens, sound[None])[0].float()
        first = len(begin)
        chances = logits[first - 1 : -2, : tokenizer.eot].softmax(-1)
        said = chances[torch.arange(len(text)), torch.tensor(text)].tolist()
        frames = max(8, min(math.ceil(seconds * _FRAMES / 2), sound.shape[0]))
        heads = self._net.alignment_heads.indices().T.tolist()
        weights = torch.stack([looked[layer][head] for layer, head in heads])
        # where it looked while the token was still to come; the last row is that of the end
        weights = weights[:, first - 1 : -1, :frames].float().softmax(-1).cpu()
        starts = (token_starts(weights.numpy())[:-1] / (_FRAMES / 2)).tolist()
        return starts, said

    def _tokenizer_for(self, language: str) -> Any:
        return _whisper().tokenizer.get_tokenizer(
            self._net.is_multilingual, num_languages=self._net.num_languages, language=language
        )


@contextmanager
def _short_windows(net: Any, positions: int) -> Iterator[None]:
    """Let the encoder take windows of so many positions, where it insists on 30 s.

    Positions are a fixed sinusoid, so the first of them are those of a shorter window.
    """
    whole, size = net.encoder.positional_embedding, net.dims.n_audio_ctx
    net.encoder.positional_embedding, net.dims.n_audio_ctx = whole[:positions], positions
    try:
        yield
    finally:
        net.encoder.positional_embedding, net.dims.n_audio_ctx = whole, size


@contextmanager
def _looking(net: Any) -> Iterator[dict[int, Any]]:
    """Keep where the heads of each layer look in the sound."""
    looked: dict[int, Any] = {}

    def keep(layer: int) -> Any:
        return lambda _module, _given, out: looked.__setitem__(layer, out[-1][0])

    hooks = [
        block.cross_attn.register_forward_hook(keep(layer))
        for layer, block in enumerate(net.decoder.blocks)
    ]
    try:
        with _whisper().model.disable_sdpa():
            yield looked
    finally:
        for hook in hooks:
            hook.remove()


def _in_eight_bits(net: Any) -> Any:
    """Let the layers multiply in 8 bits: weights are kept so, sound is rounded as it comes."""
    import torch

    for layer in net.modules():
        if isinstance(layer, torch.nn.Linear):  # Whisper's own kind only changes the precision
            layer.__class__ = torch.nn.Linear
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its coming move to another package
        quantize: Any = torch.ao.quantization.quantize_dynamic
        return quantize(net, {torch.nn.Linear}, dtype=torch.qint8)


def _mask(dims: Any, heads: Sequence[tuple[int, int]]) -> Any:
    import torch

    mask = torch.zeros(dims.n_text_layer, dims.n_text_head, dtype=torch.bool)
    for layer, head in heads:
        mask[layer, head] = True
    return mask


def _has_card() -> bool:
    import torch

    return torch.cuda.is_available()


def _whisper() -> Any:
    """Import the engine; it costs three seconds, so only when something is to be heard."""
    try:
        import whisper
    except ImportError as missing:
        raise SpeechNotInstalled from missing
    return whisper
