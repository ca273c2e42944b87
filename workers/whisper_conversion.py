"""A Whisper checkpoint written anew in the form of CTranslate2, with no hub and no network.

Weights go by name; vocabulary and tokenizer come from openai-whisper's own ranks, because
faster-whisper calls a hub for a folder that has none. Source: CTranslate2's `WhisperSpec`
(revision 3) and the byte-level BPE of GPT-2.
"""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from meetly.errors import BadInput
from workers.speech_model import FastNotInstalled
from workers.whisper_checkpoint import Checkpoint

#: Languages openai-whisper tells apart for a vocabulary of so many tokens.
_TOKENS_BEFORE_LANGUAGES = 51_765
_MULTILINGUAL = 51_865
#: Stored in half precision as Whisper's own files are; int8 is made from it when it is loaded.
_STORED = "float16"


def convert(checkpoint: Checkpoint, out: Path) -> None:
    """Write a checkpoint as a folder that faster-whisper opens; `out` appears whole or not at all.

    Raises FastNotInstalled without CTranslate2, BadInput where `out` is there already.
    """
    try:
        import ctranslate2  # noqa: F401 - only to say so in plain words
    except ImportError as missing:
        raise FastNotInstalled from missing
    if out.exists():
        raise BadInput("“%(path)s” đã có; hãy chọn thư mục khác.", path=out)
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-"))
    try:
        _write(checkpoint, unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(out)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _write(checkpoint: Checkpoint, folder: Path) -> None:
    from ctranslate2.specs.whisper_spec import WhisperSpec

    dims = checkpoint.dims
    spec = WhisperSpec(
        dims["n_audio_layer"], dims["n_audio_head"], dims["n_text_layer"], dims["n_text_head"]
    )
    _Weights(checkpoint).fill(spec)
    tokenizer = whisper_tokenizer(dims["n_vocab"])
    bpe = _byte_level(tokenizer)
    bpe.save(str(folder / "tokenizer.json"))
    spec.register_vocabulary(_vocabulary(bpe, dims["n_vocab"]))
    config = spec.config
    config.suppress_ids = sorted({*tokenizer.non_speech_tokens, *_never_written(tokenizer)})
    config.suppress_ids_begin = [*tokenizer.encode(" "), tokenizer.eot]
    config.lang_ids = list(tokenizer.all_language_tokens)
    config.alignment_heads = [list(pair) for pair in alignment_heads(checkpoint)]
    features = {
        "feature_size": dims["n_mels"], "sampling_rate": 16_000, "hop_length": 160,
        "chunk_length": 30, "n_fft": 400,
    }  # fmt: skip
    (folder / "preprocessor_config.json").write_text(json.dumps(features), encoding="utf-8")
    if checkpoint.card:
        card = json.dumps(checkpoint.card, ensure_ascii=False)
        (folder / "card.json").write_text(card, encoding="utf-8")
    spec.validate()
    spec.optimize(quantization=_STORED)
    spec.save(str(folder))


def whisper_tokenizer(vocabulary: int) -> Any:
    """Make openai-whisper's tokenizer for a vocabulary of that size."""
    from whisper.tokenizer import get_tokenizer

    with warnings.catch_warnings():
        # Whisper reads its vocabulary here and leaves the file to the collector
        warnings.simplefilter("ignore", ResourceWarning)
        if vocabulary < _MULTILINGUAL:
            return get_tokenizer(False)
        languages = vocabulary - _TOKENS_BEFORE_LANGUAGES - 1
        return get_tokenizer(True, num_languages=languages, language="vi", task="transcribe")


def alignment_heads(checkpoint: Checkpoint) -> Sequence[tuple[int, int]]:
    """Tell which heads look where a word is heard; unknown, those of the upper half do."""
    if checkpoint.alignment_heads:
        return checkpoint.alignment_heads
    layers, heads = checkpoint.dims["n_text_layer"], checkpoint.dims["n_text_head"]
    return list(itertools.product(range(layers // 2, layers), range(heads)))


class _Weights:
    """Puts weights of openai-whisper's names in CTranslate2's places."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._state = {name: value.float() for name, value in checkpoint.state.items()}

    def fill(self, spec: Any) -> None:
        encoder, decoder, state = spec.encoder, spec.decoder, self._state
        for name in ("conv1", "conv2"):
            self._linear(getattr(encoder, name), f"encoder.{name}")
        encoder.position_encodings.encodings = state["encoder.positional_embedding"]
        self._norm(encoder.layer_norm, "encoder.ln_post")
        for number, layer in enumerate(encoder.layer):
            self._layer(layer, f"encoder.blocks.{number}", crosses=False)
        decoder.embeddings.weight = state["decoder.token_embedding.weight"]
        decoder.projection.weight = state["decoder.token_embedding.weight"]
        decoder.position_encodings.encodings = state["decoder.positional_embedding"]
        self._norm(decoder.layer_norm, "decoder.ln")
        for number, layer in enumerate(decoder.layer):
            self._layer(layer, f"decoder.blocks.{number}", crosses=True)

    def _layer(self, spec: Any, name: str, *, crosses: bool) -> None:
        from ctranslate2.converters.utils import fuse_linear

        query, key, value = self._projections(f"{name}.attn")
        fuse_linear(spec.self_attention.linear[0], [query, key, value])
        self._linear(spec.self_attention.linear[-1], f"{name}.attn.out")
        self._norm(spec.self_attention.layer_norm, f"{name}.attn_ln")
        if crosses:
            query, key, value = self._projections(f"{name}.cross_attn")
            fuse_linear(spec.attention.linear[0], [query])
            fuse_linear(spec.attention.linear[1], [key, value])
            self._linear(spec.attention.linear[-1], f"{name}.cross_attn.out")
            self._norm(spec.attention.layer_norm, f"{name}.cross_attn_ln")
        self._linear(spec.ffn.linear_0, f"{name}.mlp.0")
        self._linear(spec.ffn.linear_1, f"{name}.mlp.2")
        self._norm(spec.ffn.layer_norm, f"{name}.mlp_ln")

    def _projections(self, name: str) -> list[Any]:
        from ctranslate2.specs.common_spec import LinearSpec

        return [self._linear(LinearSpec(), f"{name}.{part}") for part in ("query", "key", "value")]

    def _linear(self, spec: Any, name: str) -> Any:
        spec.weight = self._state[f"{name}.weight"]
        if f"{name}.bias" in self._state:  # keys have none
            spec.bias = self._state[f"{name}.bias"]
        return spec

    def _norm(self, spec: Any, name: str) -> None:
        spec.gamma = self._state[f"{name}.weight"]
        spec.beta = self._state[f"{name}.bias"]


def _never_written(tokenizer: Any) -> set[int]:
    return {
        tokenizer.transcribe, tokenizer.translate, tokenizer.sot, tokenizer.sot_prev,
        tokenizer.sot_lm, tokenizer.no_speech,
    }  # fmt: skip


def _byte_level(tokenizer: Any) -> Any:
    """Write openai-whisper's ranks as a byte-level BPE with its merges."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    ranks: dict[bytes, int] = tokenizer.encoding._mergeable_ranks
    vocabulary = {_visible(token): rank for token, rank in ranks.items()}
    parts = (_last_merge(token, ranks) for token in sorted(ranks, key=ranks.__getitem__))
    merges = [(_visible(left), _visible(right)) for left, right in parts if right]
    bpe = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    special = sorted(tokenizer.special_tokens, key=lambda name: tokenizer.special_tokens[name])
    is_moment = {name: name[2].isdigit() for name in special}
    bpe.add_special_tokens(
        [AddedToken(name, special=True) for name in special if not is_moment[name]]
    )
    bpe.add_tokens([AddedToken(name) for name in special if is_moment[name]])
    for name, number in tokenizer.special_tokens.items():
        assert bpe.token_to_id(name) == number, name
    return bpe


def _last_merge(token: bytes, ranks: dict[bytes, int]) -> tuple[bytes, bytes]:
    """Part a token into the two that are merged last, using only tokens of lower rank.

    A token of one byte has no second part.
    """
    parts = [bytes([byte]) for byte in token]
    while len(parts) > 2:
        pairs = [
            (ranks.get(a + b, len(ranks)), i) for i, (a, b) in enumerate(itertools.pairwise(parts))
        ]
        rank, i = min(pairs)
        assert rank < ranks[token]
        parts[i : i + 2] = [parts[i] + parts[i + 1]]
    return parts[0] if parts else b"", parts[1] if len(parts) > 1 else b""


def _visible(token: bytes) -> str:
    return "".join(_LETTERS[byte] for byte in token)


def _letters() -> list[str]:
    """Give every byte a letter that can be seen, as GPT-2's byte-level BPE does."""
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in seen]
    letters = {byte: chr(byte) for byte in seen}
    letters |= {byte: chr(256 + number) for number, byte in enumerate(hidden)}
    return [letters[byte] for byte in range(256)]


_LETTERS = _letters()


def _vocabulary(bpe: Any, size: int) -> list[str]:
    words = {number: word for word, number in bpe.get_vocab().items()}
    return [words[number] for number in range(size)]
