"""Weights of every origin become the same Whisper; whatever is not one is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from meetly.paths import DEMO_DATA
from workers.speech_model import ModelUnusable, speech_model
from workers.whisper_checkpoint import Checkpoint, checkpoint_of, read_checkpoint

MICRO = DEMO_DATA / "micro-vi.pt"
#: From openai-whisper's names to Hugging Face's, as its own conversion script writes them.
NAMES = {
    "encoder.ln_post": "encoder.layer_norm", "decoder.ln": "decoder.layer_norm",
    "positional_embedding": "embed_positions.weight", "token_embedding": "embed_tokens",
    "blocks": "layers", "attn.query": "self_attn.q_proj", "attn.key": "self_attn.k_proj",
    "attn.value": "self_attn.v_proj", "attn.out": "self_attn.out_proj",
    "cross_self_attn": "encoder_attn", "cross_attn_ln": "encoder_attn_layer_norm",
    "attn_ln": "self_attn_layer_norm", "mlp.0": "fc1", "mlp.2": "fc2",
    "mlp_ln": "final_layer_norm",
}  # fmt: skip


@pytest.fixture(scope="module")
def micro() -> Checkpoint:
    return read_checkpoint(MICRO)


def as_pretrained(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Name weights as Hugging Face does."""
    renamed = {}
    for name, value in state.items():
        for ours, theirs in NAMES.items():
            name = name.replace(ours, theirs)
        renamed[f"model.{name}"] = value.clone()
    renamed["proj_out.weight"] = renamed["model.decoder.embed_tokens.weight"].clone()
    return renamed


def folder_of(micro: Checkpoint, path: Path, *, packed: bool) -> Path:
    path.mkdir()
    dims = micro.dims
    config = {
        "num_mel_bins": dims["n_mels"], "max_source_positions": dims["n_audio_ctx"],
        "d_model": dims["n_audio_state"], "encoder_attention_heads": dims["n_audio_head"],
        "encoder_layers": dims["n_audio_layer"], "vocab_size": dims["n_vocab"],
        "max_target_positions": dims["n_text_ctx"],
        "decoder_attention_heads": dims["n_text_head"], "decoder_layers": dims["n_text_layer"],
    }  # fmt: skip
    (path / "config.json").write_text(json.dumps(config))
    generation = {"alignment_heads": [[1, 0], [1, 1]]}
    (path / "generation_config.json").write_text(json.dumps(generation))
    state = as_pretrained(micro.state)
    if packed:
        names = sorted(state)
        half = len(names) // 2
        for number, some in enumerate((names[:half], names[half:]), start=1):
            file = path / f"model-0000{number}-of-00002.safetensors"
            save_file({name: state[name] for name in some}, str(file))
    else:
        torch.save(state, path / "pytorch_model.bin")
    return path


def same(one: Checkpoint, other: Checkpoint) -> bool:
    return (
        one.dims == other.dims
        and one.state.keys() == other.state.keys()
        and all(torch.equal(one.state[name], other.state[name]) for name in one.state)
    )


@pytest.mark.parametrize("packed", [True, False])
def test_a_pretrained_folder_gives_the_same_weights(
    micro: Checkpoint, tmp_path: Path, packed: bool
) -> None:
    read = read_checkpoint(folder_of(micro, tmp_path / "phowhisper", packed=packed))
    assert same(read, micro)
    assert read.alignment_heads == ((1, 0), (1, 1))


@pytest.mark.parametrize("wrap", ["", "model.", "module.model."])
def test_fine_tunes_saved_by_others_are_read_too(
    micro: Checkpoint, tmp_path: Path, wrap: str
) -> None:
    state = {f"{wrap}{name}": value for name, value in micro.state.items()}
    path = tmp_path / "tuned.pt"
    torch.save({"dims": micro.dims, "state_dict": state}, path)
    assert same(read_checkpoint(path), micro)
    torch.save({**as_pretrained(micro.state)}, path)
    assert read_checkpoint(path).state.keys() == micro.state.keys()


def test_sizes_are_read_off_the_weights_where_nobody_tells_them(
    micro: Checkpoint, tmp_path: Path
) -> None:
    path = tmp_path / "bare.pt"
    torch.save(dict(micro.state), path)
    sizes = read_checkpoint(path).dims
    told = {name: size for name, size in micro.dims.items() if not name.endswith("_head")}
    assert told.items() <= sizes.items()


def test_the_card_goes_along(micro: Checkpoint) -> None:
    model = speech_model(str(MICRO))
    checkpoint = checkpoint_of(model)
    assert checkpoint.card == model.card
    assert checkpoint.alignment_heads == model.alignment_heads != ()


class Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("import pathlib; pathlib.Path('pwned').touch()",))


def test_a_file_that_would_run_a_program_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"dims": {}, "model_state_dict": Hostile()}, "evil.pt")
    with pytest.raises(ModelUnusable, match="evil"):
        read_checkpoint(Path("evil.pt"))
    assert not Path("pwned").exists()


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelUnusable):
        read_checkpoint(tmp_path)
