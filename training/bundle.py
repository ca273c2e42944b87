"""Pack a trained checkpoint for the demo: `python -m training.bundle run/model.pt` writes it.

Most rows of the vocabulary are zeros because nobody says them in training.  A .pt file is a zip
archive whose records torch stores unpacked, but reads packed as well; deflating them takes the
checkpoint from 16 MB to about 3, and `whisper.load_model` still opens it directly.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import torch
import whisper

from training.evaluate import evaluate
from training.speak_briefing import DATA

_LARGEST = 8_000_000
#: Seconds: where it likes recordings to be cut, and the shortest window it was taught on. It hears
#: whole windows as well, but in noise it loses less in short ones.
WINDOW = {"target": 6.0, "longest": 14.0, "shortest": 5.0}
#: (layer, head): the half of each layer's heads that was taught to look where a word is heard
GUIDED_HEADS = [[0, 0], [0, 1], [1, 0], [1, 1]]
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  #: so that the same weights always give the same bytes


def deflated(checkpoint: bytes) -> bytes:
    """Pack the records of a torch archive; same weights, same bytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(checkpoint)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed,
    ):
        for record in source.infolist():
            entry = zipfile.ZipInfo(record.filename, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, source.read(record))
    return out.getvalue()


def bundle(checkpoint: Path, out: Path) -> None:
    """Write the packed model and its card with the error rates measured just now."""
    content = torch.load(checkpoint, weights_only=True)
    raw = io.BytesIO()
    torch.save(content, raw)
    packed = deflated(raw.getvalue())
    if len(packed) > _LARGEST:
        raise ValueError(f"{len(packed)} bytes are too many to bundle")
    model = out / "micro-vi.pt"
    model.write_bytes(packed)
    whisper.load_model(str(model))  # it must open as any Whisper checkpoint does
    card = {
        "name": "micro-vi",
        "sha256": hashlib.sha256(packed).hexdigest(),
        "size": len(packed),
        "language": "vi",
        "window": WINDOW,
        "prompts": False,
        "computes": ["float32"],  # 8 bits are too few for so narrow a model
        "alignment_heads": GUIDED_HEADS,
        "understands": "espeak-ng voices speaking provincial briefings; no human voice",
    }
    _write(out, card)
    scores = evaluate(model)
    card["word_error_rate"] = {
        **{name: round(score.rate, 4) for name, score in scores.items()},
        "measured": date.today().isoformat(),
        "command": "python -m training.evaluate",
        "note": "the sentences of the sample were in the training, the others were not",
    }
    _write(out, card)
    print(f"{model}: {len(packed)} bytes, {card['word_error_rate']}")


def _write(out: Path, card: dict[str, Any]) -> None:
    text = json.dumps(card, ensure_ascii=False, indent=1) + "\n"
    (out / "micro-vi.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Bundle one checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path, default=DATA)
    arguments = parser.parse_args()
    bundle(arguments.checkpoint, arguments.out)


if __name__ == "__main__":
    main()
