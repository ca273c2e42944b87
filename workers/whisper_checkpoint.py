"""Whisper weights of every origin, read into openai-whisper's own names and sizes.

Read are openai-whisper's .pt files, fine-tunes saved as .pt by others (bare state dicts,
Lightning's, Hugging Face's names) and Hugging Face folders (config.json with model.safetensors or
pytorch_model.bin, in one piece or in shards). Nothing is unpickled but tensors.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from workers.speech_model import ModelNotFetched, ModelNotThere, ModelUnusable, SpeechModel

#: The sizes openai-whisper asks for, by the names Hugging Face gives them.
_SIZES = {
    "n_mels": "num_mel_bins",
    "n_audio_ctx": "max_source_positions",
    "n_audio_state": "d_model",
    "n_audio_head": "encoder_attention_heads",
    "n_audio_layer": "encoder_layers",
    "n_vocab": "vocab_size",
    "n_text_ctx": "max_target_positions",
    "n_text_state": "d_model",
    "n_text_head": "decoder_attention_heads",
    "n_text_layer": "decoder_layers",
}
#: Hugging Face's names of layers, in the order in which they are to be replaced.
_LAYERS = (
    ("encoder.layer_norm.", "encoder.ln_post."),
    ("decoder.layer_norm.", "decoder.ln."),
    ("encoder.embed_positions.weight", "encoder.positional_embedding"),
    ("decoder.embed_positions.weight", "decoder.positional_embedding"),
    ("decoder.embed_tokens.", "decoder.token_embedding."),
    (".layers.", ".blocks."),
    (".self_attn_layer_norm.", ".attn_ln."),
    (".encoder_attn_layer_norm.", ".cross_attn_ln."),
    (".final_layer_norm.", ".mlp_ln."),
    (".self_attn.", ".attn."),
    (".encoder_attn.", ".cross_attn."),
    (".q_proj.", ".query."),
    (".k_proj.", ".key."),
    (".v_proj.", ".value."),
    (".out_proj.", ".out."),
    (".fc1.", ".mlp.0."),
    (".fc2.", ".mlp.2."),
)
#: What stands before the names where a checkpoint was saved from inside something larger.
_WRAPPING = re.compile(r"^(?:module\.|model\.)+")
_HEAD_WIDTH = 64  #: of every Whisper that was published


@dataclass(frozen=True)
class Checkpoint:
    """Weights and sizes as openai-whisper wants them.

    `alignment_heads` are (layer, head) pairs known to look where a word is heard, if any are.
    """

    dims: dict[str, int]
    state: dict[str, Tensor]
    alignment_heads: tuple[tuple[int, int], ...] = ()
    #: what a card beside it says of how it is best used
    card: Mapping[str, Any] = field(default_factory=dict)


def checkpoint_of(model: SpeechModel) -> Checkpoint:
    """Read the weights of a model wherever they are; openai-whisper loads those it names."""
    if model.path is None:
        net = _named(model.model)
        heads = net.alignment_heads.indices().T.tolist()
        pairs = tuple((layer, head) for layer, head in heads)
        return Checkpoint(dict(vars(net.dims)), net.state_dict(), pairs)
    checkpoint = read_checkpoint(model.path)
    heads = model.alignment_heads or checkpoint.alignment_heads
    return replace(checkpoint, alignment_heads=heads, card=model.card)


def _named(name: str) -> Any:
    """Load a model that openai-whisper knows by name, fetched once into its own folder."""
    import whisper

    if name not in whisper.available_models():
        raise ModelNotThere(model=name)
    try:
        return whisper.load_model(name, device="cpu")
    except Exception as lost:  # whatever a lost network raises
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "whisper"
        raise ModelNotFetched(model=name, folder=folder) from lost


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a .pt file or a Hugging Face folder. Raises ModelUnusable when it is no Whisper."""
    try:
        return _read_folder(path) if path.is_dir() else _read_file(path)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, EOFError, AttributeError) as e:
        raise ModelUnusable(model=path.name) from e
    except Exception as error:  # whatever unpickling a wrong file raises
        raise ModelUnusable(model=path.name) from error


def _read_file(path: Path) -> Checkpoint:
    content = torch.load(path, map_location="cpu", weights_only=True)
    weights = content
    for wrapped in ("model_state_dict", "state_dict", "model"):
        if isinstance(content.get(wrapped), Mapping):
            weights = content[wrapped]
            break
    state = _renamed(weights)
    return Checkpoint(dict(content["dims"]) if "dims" in content else _sizes_of(state), state)


def _read_folder(folder: Path) -> Checkpoint:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    dims = {ours: int(config[theirs]) for ours, theirs in _SIZES.items()}
    state = _renamed(dict(_tensors(folder)))
    generation = folder / "generation_config.json"
    heads: list[list[int]] = []
    if generation.is_file():
        heads = json.loads(generation.read_text(encoding="utf-8")).get("alignment_heads") or []
    return Checkpoint(dims, state, tuple((layer, head) for layer, head in heads))


def _tensors(folder: Path) -> Iterator[tuple[str, Tensor]]:
    """Go through the tensors of a folder, one file after the other."""
    packed = sorted(folder.glob("model*.safetensors"))
    if packed:
        from safetensors.torch import load_file

        for file in packed:
            yield from load_file(file).items()
        return
    pickled = sorted(folder.glob("pytorch_model*.bin"))
    if not pickled:
        raise FileNotFoundError(folder)
    for file in pickled:
        yield from torch.load(file, map_location="cpu", weights_only=True).items()


def _renamed(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    state: dict[str, Tensor] = {}
    for name, value in weights.items():
        if name.startswith("proj_out."):
            continue  # the same rows as the tokens' own
        name = _WRAPPING.sub("", name)
        for theirs, ours in _LAYERS:
            name = name.replace(theirs, ours)
        if name.startswith(("encoder.", "decoder.")):
            state[name] = value
    state.pop("decoder.mask", None)
    return state


def _sizes_of(state: Mapping[str, Tensor]) -> dict[str, int]:
    """Read the sizes off the weights, for files that do not tell them."""
    width, mels = state["encoder.conv1.weight"].shape[:2]
    vocabulary = state["decoder.token_embedding.weight"].shape[0]

    def layers(part: str) -> int:
        found = (re.match(rf"{part}\.blocks\.(\d+)\.", name) for name in state)
        return 1 + max(int(match[1]) for match in found if match)

    sizes: dict[str, Any] = {
        "n_mels": mels,
        "n_audio_ctx": state["encoder.positional_embedding"].shape[0],
        "n_audio_layer": layers("encoder"),
        "n_vocab": vocabulary,
        "n_text_ctx": state["decoder.positional_embedding"].shape[0],
        "n_text_layer": layers("decoder"),
    }
    for part in ("audio", "text"):
        sizes |= {f"n_{part}_state": width, f"n_{part}_head": width // _HEAD_WIDTH}
    return {name: int(size) for name, size in sizes.items()}
