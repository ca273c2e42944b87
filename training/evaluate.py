"""Print error rates: `python -m training.evaluate` measures the bundled model.

Everything is heard by openai-whisper's own `transcribe` (greedy, no fallback), which looks at 30 s
at a time: sentences of the grammar held out of the training, each alone; a long recording of such
sentences; the bundled sample (its sentences were in the training); and a briefing outside the
grammar. The sample is heard once more as the product does, cut at silences.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
import whisper
from numpy.typing import NDArray

from meetly.recordings.sound import decode
from meetly.transcripts.splitting import split
from training.speak_briefing import DATA
from training.spoken_form import as_whisper_writes
from training.unseen import Utterance, held_out_sentences, other_briefing, recorded
from workers.speech_model import speech_model

SENTENCES, LONG, OTHER = 60, 300.0, 600.0  #: how many sentences; seconds of the recordings


@dataclass(frozen=True)
class Score:
    """How well something was understood."""

    words: int
    errors: int
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
    """Transcribe a sound with openai-whisper."""
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
    model: whisper.Whisper, sounds: Iterable[Utterance], *, whole: bool = True, show: bool = False
) -> Score:
    """Transcribe sounds and compare them with what was said.

    With `whole` errors are counted over each text, else over all of them strung together.
    """
    began = time.monotonic()
    words, errors = 0, 0
    said, heard = list[str](), list[str]()
    for sound in sounds:
        text = understand(model, sound.samples)
        # what Whisper's decoder lets nobody write is compared as it is written instead
        expected = comparable(as_whisper_writes(sound.text))
        said, heard = said + expected, heard + comparable(text)
        if show:
            print(f"  said  {' '.join(expected)}\n  heard {' '.join(comparable(text))}")
        if whole:
            words, errors = words + len(said), errors + word_errors(said, heard)
            said, heard = [], []
    errors += word_errors(said, heard)
    return Score(words + len(said), errors, time.monotonic() - began)


def evaluate(path: Path, *, only: str | None = None, show: bool = False) -> dict[str, Score]:
    """Measure a checkpoint on everything, or on one thing."""
    torch.set_num_threads(1)
    model = whisper.load_model(str(path))
    scores: dict[str, Score] = {}
    for name in (only,) if only else ("sentences", "long", "sample", "sample_in_cuts", "other"):
        sounds = _sounds(name, path)
        scores[name] = score(model, sounds, whole=name != "sample_in_cuts", show=show)
    return scores


def _sounds(name: str, path: Path) -> Iterable[Utterance]:
    if name in ("sentences", "long", "other"):
        # espeak-ng speaks a little otherwise after whatever it said before: always begin anew
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
            return fresh.submit(_spoken, name).result()
    text = (DATA / "briefing.txt").read_text(encoding="utf-8")
    recording = DATA / "briefing.opus"
    if name == "sample":
        return [Utterance(text, np.concatenate(list(decode(recording))))]
    card = speech_model(str(path))
    cuts = [c for c in split(recording, target=card.target, longest=card.longest) if not c.is_empty]
    return [Utterance("" if n else text, cut.samples) for n, cut in enumerate(cuts)]


def _spoken(name: str) -> list[Utterance]:
    if name == "sentences":
        return [_in_a_room(one) for one in islice(held_out_sentences("alone"), SENTENCES)]
    if name == "long":
        return [recorded(held_out_sentences("long"), LONG)]
    return [recorded(other_briefing(), OTHER)]


def _in_a_room(one: Utterance) -> Utterance:
    return recorded(iter([one]), 0)


def main() -> None:
    """Print the error rates of a checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=DATA / "micro-vi.pt")
    parser.add_argument("--show", action="store_true", help="print what was said and heard")
    parser.add_argument(
        "--only", choices=("sentences", "long", "sample", "sample_in_cuts", "other")
    )
    given = parser.parse_args()
    for name, result in evaluate(given.model, only=given.only, show=given.show).items():
        print(
            f"{name}: {result.rate:.1%} word errors ({result.errors} of {result.words}), "
            f"{result.seconds:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
