"""The micro Whisper while it learns: openai-whisper's own layers with a vocabulary cut to size.

Only the tokens that occur are learnt; one constant logit stands for all the others, so that
probabilities come out as with the full vocabulary.  The 1,501 timestamp rows are one matrix times a
sinusoid, so that rare moments are learnt as well as common ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from whisper.model import ModelDimensions, Whisper, sinusoids
from whisper.tokenizer import get_tokenizer

TOKENIZER = get_tokenizer(True, language="vi", task="transcribe", num_languages=99)
START, VIETNAMESE, TRANSCRIBE = TOKENIZER.sot_sequence
SPECIAL = (
    TOKENIZER.eot,
    START,
    VIETNAMESE,
    TRANSCRIBE,
    TOKENIZER.no_timestamps,
    TOKENIZER.no_speech,
)
FIRST_MOMENT: int = TOKENIZER.timestamp_begin
MOMENTS = 1501
VOCABULARY = 51_865

SIZES = ModelDimensions(
    n_mels=80,
    n_audio_ctx=1500,
    n_audio_state=128,
    n_audio_head=4,
    n_audio_layer=3,
    n_vocab=VOCABULARY,
    n_text_ctx=448,
    n_text_state=128,
    n_text_head=4,
    n_text_layer=2,
)


@cache
def tokens_of(word: str) -> tuple[int, ...]:
    """Write a word with Whisper's tokens, the space before it included."""
    return tuple(TOKENIZER.encode(f" {word}"))


class QuickLinear(nn.Linear):
    """Multiplies in bfloat16, three times as fast where the processor knows it; learns in 32 bits.

    Where it does not, bfloat16 is fifteen times slower and the layer stays as it is.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Multiply and add."""
        bias = None if self.bias is None else self.bias.bfloat16()
        return functional.linear(x.bfloat16(), self.weight.bfloat16(), bias).float()


class MicroWhisper(nn.Module):
    """Whisper's encoder and decoder over a chosen list of tokens."""

    sinusoid: Tensor

    def __init__(self, tokens: list[int], phonemes: int, syllables: int) -> None:
        super().__init__()
        width = SIZES.n_text_state
        whole = Whisper(SIZES)
        knows_bfloat16 = torch.cpu._is_avx512_bf16_supported()
        for layer in whole.modules():
            if isinstance(layer, nn.Linear):
                layer.__class__ = QuickLinear if knows_bfloat16 else nn.Linear
        self.encoder = whole.encoder
        self.blocks = whole.decoder.blocks
        self.norm = whole.decoder.ln
        self.position = nn.Parameter(torch.randn(SIZES.n_text_ctx, width) * 0.02)
        self.tokens = [*tokens, *SPECIAL]
        self.rows = nn.Parameter(torch.randn(len(self.tokens), width) * 0.05)
        self.moments = nn.Linear(width, width)
        self.register_buffer("sinusoid", sinusoids(MOMENTS, width), persistent=False)
        self.phonemes = nn.Linear(width, phonemes)  # these two only help to learn
        self.syllables = nn.Linear(width, syllables)
        self.unlearnt = math.log(VOCABULARY - len(self.tokens) - MOMENTS)
        self._index = {token: number for number, token in enumerate(self.tokens)}

    def index(self, token: int) -> int:
        """Say where a token of the full vocabulary stands among the learnt ones."""
        if token >= FIRST_MOMENT:
            return len(self.tokens) + token - FIRST_MOMENT
        return self._index[token]

    def can_write(self, word: str) -> bool:
        """Tell whether all tokens of a word are being learnt."""
        return all(token in self._index for token in tokens_of(word))

    def embedding(self) -> Tensor:
        """Stack the token rows and the timestamp rows."""
        return torch.cat([self.rows, self.moments(self.sinusoid)])

    def encode(self, spectrogram: Tensor, first: int = 0) -> Tensor:
        """Encode spectrograms of any length up to 30 s, as if they began at a frame within them."""
        encoder = self.encoder
        x = functional.gelu(encoder.conv1(spectrogram))
        x = functional.gelu(encoder.conv2(x)).transpose(1, 2)
        x = x + encoder.positional_embedding[first : first + x.shape[1]]
        for block in encoder.blocks:
            x = block(x)
        return cast(Tensor, encoder.ln_post(x))

    def decode(self, tokens: Tensor, sound: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Give logits for the next tokens, and where each layer's heads looked in the sound."""
        embedding = self.embedding()
        x = functional.embedding(tokens, embedding) + self.position[: tokens.shape[1]]
        looked: list[Tensor] = []
        for block in self.blocks:
            own = block.attn
            query, key, value = self._heads(own, block.attn_ln(x), None)
            heard = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
            x = x + own.out(heard.transpose(1, 2).flatten(2))
            cross = block.cross_attn
            query, key, value = self._heads(cross, block.cross_attn_ln(x), sound)
            weights = ((query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)).softmax(-1)
            looked.append(weights)
            x = x + cross.out((weights @ value).transpose(1, 2).flatten(2))
            x = x + block.mlp(block.mlp_ln(x))
        return self.norm(x) @ embedding.T, looked

    @staticmethod
    def _heads(attention: Any, x: Tensor, other: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        source = x if other is None else other
        query, key, value = (
            part.unflatten(2, (SIZES.n_text_head, -1)).transpose(1, 2)
            for part in (attention.query(x), attention.key(source), attention.value(source))
        )
        return query, key, value

    def loss(self, logits: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
        """Measure the surprise and the share of right tokens; -100 marks what does not count."""
        total = torch.logaddexp(logits.logsumexp(-1), logits.new_tensor(self.unlearnt))
        counts = wanted >= 0
        given = logits.gather(-1, wanted.clamp(min=0)[..., None])[..., 0]
        right = ((logits.argmax(-1) == wanted) & counts).sum() / counts.sum()
        return ((total - given) * counts).sum() / counts.sum(), right


def as_checkpoint(weights: Mapping[str, Tensor], tokens: list[int]) -> dict[str, Any]:
    """Turn learnt weights into an openai-whisper checkpoint in half precision."""
    width = SIZES.n_text_state
    embedding = torch.zeros(VOCABULARY, width)
    embedding[torch.tensor(tokens)] = weights["rows"].float()
    moments = functional.linear(
        sinusoids(MOMENTS, width), weights["moments.weight"], weights["moments.bias"]
    )
    embedding[FIRST_MOMENT:] = moments
    state = {
        "decoder.token_embedding.weight": embedding,
        "decoder.positional_embedding": weights["position"],
        "encoder.positional_embedding": sinusoids(SIZES.n_audio_ctx, width),
    }
    for name, value in weights.items():
        home, _, rest = name.partition(".")
        if home == "encoder":
            state.setdefault(name, value)
        elif home in {"blocks", "norm"}:
            state[f"decoder.{'ln' if home == 'norm' else home}.{rest}"] = value
    return {
        "dims": dict(vars(SIZES)),
        "model_state_dict": {name: value.detach().half() for name, value in state.items()},
    }


def begin_from_checkpoint(model: MicroWhisper, path: Path) -> None:
    """Begin from an earlier micro checkpoint, packed or whole; unknown tokens begin afresh."""
    saved = torch.load(path, weights_only=True)
    if "idx" in saved:
        state, known, rows = saved["sd"], saved["idx"].tolist(), saved["rows"].float()
    else:
        state = dict(saved["model_state_dict"])
        whole = state.pop("decoder.token_embedding.weight").float()
        known = whole.abs().sum(1).nonzero()[:, 0].tolist()
        rows = whole[known]
    place = {token: number for number, token in enumerate(known)}
    own = model.state_dict()
    for name, value in state.items():
        home, _, rest = name.partition(".")
        if home == "encoder":
            own[name].copy_(value)
        elif rest == "positional_embedding":
            own["position"].copy_(value)
        else:
            own[rest.replace("ln.", "norm.") if rest.startswith("ln.") else rest].copy_(value)
    texts = [number for token, number in place.items() if token < min(SPECIAL)]
    own["rows"].copy_(rows[texts].mean(0) + torch.randn_like(own["rows"]) * 0.02)
    for number, token in enumerate(model.tokens):
        if token in place:
            own["rows"][number].copy_(rows[place[token]])
    moments = rows[[place[FIRST_MOMENT + moment] for moment in range(MOMENTS)]]
    known_side = torch.cat([model.sinusoid, torch.ones(MOMENTS, 1)], 1)
    solved = torch.linalg.lstsq(known_side.double(), moments.double()).solution.float()
    own["moments.weight"].copy_(solved[:-1].T)
    own["moments.bias"].copy_(solved[-1])
    error = float((known_side @ solved - moments).abs().max())
    print(f"began from {path.name}: {len(texts)} tokens known, moments recovered to {error:.4f}")
