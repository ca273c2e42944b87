"""The micro model grown to the size of a published one, saying exactly what it said before.

Published weights cannot be fetched here, and random ones say nothing, so engines would be compared
on work nobody does. This widens and deepens a trained model without changing its function, after
Net2Net (Chen, Goodfellow and Shlens, 2016, arXiv:1511.05641): every channel stands there several
times over, each copy taking its share, and added layers contribute nothing. What is computed costs
as much as the large model; what is heard is the micro model's text, with its real sentence ends.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor
from whisper.model import sinusoids

from workers.whisper_checkpoint import Checkpoint, read_checkpoint

#: Width, heads, layers of encoder and decoder of the published sizes.
SIZES = {"base": (512, 8, 6), "small": (768, 12, 12)}


def grow(checkpoint: Checkpoint, size: str) -> Checkpoint:
    """Grow a checkpoint whose width divides that of the size."""
    grown = _Growth(checkpoint, *SIZES[size])
    return Checkpoint(grown.dims, grown.state())


def write(checkpoint: Checkpoint, path: Path) -> None:
    """Write a checkpoint as openai-whisper does, in half precision."""
    state = {name: value.half() for name, value in checkpoint.state.items()}
    torch.save({"dims": checkpoint.dims, "model_state_dict": state}, path)


class _Growth:
    def __init__(self, small: Checkpoint, width: int, heads: int, layers: int) -> None:
        self._from = {name: value.float() for name, value in small.state.items()}
        self._narrow, self._few = small.dims["n_audio_state"], small.dims["n_audio_head"]
        self._depth = {
            "encoder": small.dims["n_audio_layer"],
            "decoder": small.dims["n_text_layer"],
        }
        if width % self._narrow or heads % self._few:
            raise ValueError(f"{self._narrow} wide does not grow to {width}")
        self._times = width // self._narrow
        self._heads, self._layers = heads, layers
        self.dims = small.dims | {
            "n_audio_state": width, "n_text_state": width, "n_audio_head": heads,
            "n_text_head": heads, "n_audio_layer": layers, "n_text_layer": layers,
        }  # fmt: skip

    def state(self) -> dict[str, Tensor]:
        known, times = self._from, self._times
        state = {
            "encoder.conv1.weight": known["encoder.conv1.weight"].repeat(times, 1, 1),
            "encoder.conv1.bias": known["encoder.conv1.bias"].repeat(times),
            "encoder.conv2.weight": known["encoder.conv2.weight"].repeat(times, times, 1) / times,
            "encoder.conv2.bias": known["encoder.conv2.bias"].repeat(times),
            # the whole sinusoid in every copy: what the narrow model adds
            "encoder.positional_embedding": sinusoids(1500, self._narrow).repeat(1, times),
            "decoder.positional_embedding": known["decoder.positional_embedding"].repeat(1, times),
        }
        rows = known["decoder.token_embedding.weight"].repeat(1, times)
        state["decoder.token_embedding.weight"] = rows
        self._norm(state, "encoder.ln_post", "encoder.ln_post")
        # the rows read the last norm as well as feed the first layer: shares are taken at the norm
        self._norm(state, "decoder.ln", "decoder.ln", share=1 / times)
        for part, depth in self._depth.items():
            for number in range(self._layers):
                source = f"{part}.blocks.{min(number, depth - 1)}"
                self._block(state, source, f"{part}.blocks.{number}", speaks=number < depth)
        return state

    def _block(self, state: dict[str, Tensor], source: str, target: str, *, speaks: bool) -> None:
        for attention in ("attn", "cross_attn"):
            if f"{source}.{attention}.query.weight" in self._from:
                self._attention(state, f"{source}.{attention}", f"{target}.{attention}", speaks)
                self._norm(state, f"{source}.{attention}_ln", f"{target}.{attention}_ln")
        self._linear(state, f"{source}.mlp.0", f"{target}.mlp.0")
        self._linear(state, f"{source}.mlp.2", f"{target}.mlp.2", speaks=speaks)
        self._norm(state, f"{source}.mlp_ln", f"{target}.mlp_ln")

    def _attention(self, state: dict[str, Tensor], source: str, target: str, speaks: bool) -> None:
        """Give each head of the narrow model some heads of the wide one that do the same.

        Wide heads have more channels: the further ones stay silent in queries and keys, and the
        queries are louder because a wide head divides by more.
        """
        few, heads = self._few, self._heads
        own, wide = self._narrow // few, self._narrow * self._times // heads
        copies = heads // few
        louder = (wide / own) ** 0.5
        for part in ("query", "key", "value"):
            weight = self._from[f"{source}.{part}.weight"].repeat(1, self._times) / self._times
            scale = louder if part == "query" else 1.0
            state[f"{target}.{part}.weight"] = self._spread(weight * scale, own, wide, copies)
            bias = self._from.get(f"{source}.{part}.bias")
            if bias is not None:
                state[f"{target}.{part}.bias"] = self._spread(bias * scale, own, wide, copies)
        out = self._from[f"{source}.out.weight"].T
        out = self._spread(out, own, wide, copies).T / copies
        share = 1.0 if speaks else 0.0
        state[f"{target}.out.weight"] = out.repeat(self._times, 1) * share
        state[f"{target}.out.bias"] = self._from[f"{source}.out.bias"].repeat(self._times) * share

    def _spread(self, rows: Tensor, own: int, wide: int, copies: int) -> Tensor:
        """Lay the rows of narrow heads into wide ones, each head several times."""
        heads = rows.reshape(self._few, own, *rows.shape[1:])
        padded = torch.zeros(self._few, wide, *rows.shape[1:])
        padded[:, :own] = heads
        return padded.repeat_interleave(copies, 0).flatten(0, 1)

    def _linear(
        self, state: dict[str, Tensor], source: str, target: str, *, speaks: bool = True
    ) -> None:
        share = 1.0 if speaks else 0.0
        weight = self._from[f"{source}.weight"].repeat(self._times, self._times) / self._times
        state[f"{target}.weight"] = weight * share
        state[f"{target}.bias"] = self._from[f"{source}.bias"].repeat(self._times) * share

    def _norm(self, state: dict[str, Tensor], source: str, target: str, share: float = 1.0) -> None:
        for part in ("weight", "bias"):
            state[f"{target}.{part}"] = self._from[f"{source}.{part}"].repeat(self._times) * share


def grown_file(source: Path, size: str, folder: Path) -> Path:
    """Write the grown form of a checkpoint into a folder and return where."""
    path = folder / f"{source.stem}-{size}.pt"
    write(grow(read_checkpoint(source), size), path)
    return path
