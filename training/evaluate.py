"""Print error rates: `python -m training.evaluate` reads the bundled model through Meetly's ears.

Two recordings are cut at their silences and transcribed by openai-whisper's own decoder, as in the
product: the bundled sample briefing (its sentences were in the training) and a second made-up
briefing whose sentences were not (`unseen_briefing.txt`), spoken by other voices.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import whisper
from numpy.typing import NDArray

from meetly.transcripts.splitting import split
from training.speak_briefing import DATA
from training.unseen import speak_unseen


@dataclass(frozen=True)
class Score:
    """How well one recording was understood."""

    words: int
    errors: int
    chunks: int
    seconds: float  #: of work

    @property
    def rate(self) -> float:
        """Tell the word error rate."""
        return self.errors / self.words


def comparable(text: str) -> list[str]:
    """Split a text into words with case and punctuation gone; figures stay as written."""
    words = (word.strip(".,?!:;…–-\"'()") for word in text.lower().split())
    return [word for word in words if word]


def word_errors(reference: list[str], heard: list[str]) -> int:
    """Count the substitutions, insertions and deletions between two lists of words."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(reference, 1):
        diagonal, row[0] = row[0], number
        for column, other in enumerate(heard, 1):
            best = min(row[column] + 1, row[column - 1] + 1, diagonal + (word != other))
            diagonal, row[column] = row[column], best
    return row[-1]


def understand(model: whisper.Whisper, samples: NDArray[np.float32]) -> str:
    """Transcribe one chunk as the product does."""
    result = whisper.transcribe(
        model,
        samples,
        language="vi",
        fp16=False,
        temperature=0.0,
        condition_on_previous_text=False,
        no_speech_threshold=None,
    )
    return str(result["text"]).strip()


def score(
    model: whisper.Whisper,
    recording: Path,
    reference: str,
    window: tuple[float, float],
    *,
    show: bool = False,
) -> Score:
    """Split a recording, transcribe it and compare it with what was said."""
    began = time.monotonic()
    heard: list[str] = []
    cuts = list(split(recording, target=window[0], longest=window[1]))
    for cut in cuts:
        if cut.is_empty:
            continue
        text = understand(model, cut.samples)
        heard += comparable(text)
        if show:
            print(f"  {cut.start:6.1f}-{cut.end:6.1f} {text}")
    expected = comparable(reference)
    errors = word_errors(expected, heard)
    return Score(len(expected), errors, len(cuts), time.monotonic() - began)


def evaluate(
    path: Path, window: tuple[float, float], *, only: str | None = None, show: bool = False
) -> dict[str, Score]:
    """Measure a checkpoint on both recordings, or on one."""
    torch.set_num_threads(1)
    model = whisper.load_model(str(path))
    scores: dict[str, Score] = {}
    with tempfile.TemporaryDirectory() as folder:
        unseen = Path(folder) / "unseen.opus"
        bundled = (DATA / "briefing.txt").read_text(encoding="utf-8")
        for name, recording, reference in (
            ("sample", DATA / "briefing.opus", bundled),
            ("unseen", unseen, speak_unseen(unseen)),
        ):
            if only in (None, name):
                scores[name] = score(model, recording, reference, window, show=show)
    return scores


def main() -> None:
    """Print the error rates of a checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=DATA / "micro-vi.pt")
    parser.add_argument("--target", type=float, help="seconds; the card's window if not given")
    parser.add_argument("--longest", type=float)
    parser.add_argument("--show", action="store_true", help="print what was heard")
    parser.add_argument("--only", choices=("sample", "unseen"))
    given = parser.parse_args()
    card = json.loads((DATA / "micro-vi.json").read_text(encoding="utf-8"))["window"]
    window = (given.target or card["target"], given.longest or card["longest"])
    for name, result in evaluate(given.model, window, only=given.only, show=given.show).items():
        print(
            f"{name}: {result.rate:.1%} word errors ({result.errors} of {result.words}), "
            f"{result.chunks} chunks, {result.seconds:.0f} s"
        )


if __name__ == "__main__":
    main()
