"""Speak a bank of briefing sentences: `python -m training.bank --out bank --first 0 --shards 8`.

A shard is two files: `000.npy` (the speech of some hundred sentences, 16-bit) and `000.json` (for
each sentence its words with their moments, its phonemes and the pauses where a recording may be
cut).  A shard depends on its number alone, so banks grow in pieces and come out the same again.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from training.briefing_sentences import Briefing, in_breaths, is_held_out, written_sentences
from training.speak_briefing import VOICES, write_opus
from training.speech_synthesis import DIALECTS, SAMPLE_RATE, TIMBRES, Speech, Voice, speak
from training.spoken_form import Reading, readings

_SENTENCES_A_SHARD = 400
_WRITTEN_SHARE = 0.15  #: of the sentences: the sample briefing's own
_CAST_SHARE = 0.3  #: of the sentences: with a voice of the sample briefing
_OPUS_SHARE = 0.25  #: of the shards: through a lossy codec, as recordings are
_SHORTEST_PAUSE = 0.06


@dataclass(frozen=True)
class Word:
    """A written word and when it is heard."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Sentence:
    """A spoken sentence in a shard; times are seconds from its own beginning."""

    words: list[Word]
    phonemes: list[tuple[str, float]]
    pauses: list[tuple[int, float, float]]  #: (words before it, start, end)
    offset: int  #: where its samples begin in the shard
    length: int  #: number of samples

    @property
    def duration(self) -> float:
        """Tell how long it lasts, in seconds."""
        return self.length / SAMPLE_RATE


def read_shard(path: Path) -> tuple[NDArray[np.int16], list[Sentence]]:
    """Open a shard by the path of its .npy; the samples stay on disk."""
    rows = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    sentences = [
        Sentence(
            words=[Word(*word.values()) for word in row["words"]],
            phonemes=[(name, start) for name, start in row["phonemes"]],
            pauses=[(before, start, end) for before, start, end in row["pauses"]],
            offset=row["offset"],
            length=row["length"],
        )
        for row in rows
    ]
    return np.load(path, mmap_mode="r"), sentences


def any_voice(chance: random.Random, cast_share: float) -> Voice:
    """Pick a voice: often one of the sample briefing's, else any dialect, timbre, rate, pitch."""
    if chance.random() < cast_share:
        cast = chance.choice(list(VOICES.values()))
        return Voice(cast.name, cast.rate + chance.randint(-4, 4), cast.pitch, cast.pitch_range)
    name = chance.choice((*DIALECTS, "vi")) + chance.choice((*TIMBRES, ""))
    return Voice(name, chance.randint(134, 162), chance.randint(38, 66), chance.randint(40, 65))


def speak_sentence(text: str, voice: Voice, spoken: list[Reading]) -> tuple[Speech, list[Word]]:
    """Speak one written sentence in its spoken form and say when each written word is heard."""
    begins: list[int] = []
    said = ""
    for reading in spoken:
        begins.append(len(said))
        said += f"{reading.spoken} " if reading.spoken else ""
    speech = speak(said.rstrip(), voice)
    starts = [_start_of(begin, speech) for begin in begins]
    ends = [*starts[1:], speech.duration]
    words = [
        Word(reading.written, round(start, 3), round(max(start, end), 3))
        for reading, start, end in zip(spoken, starts, ends, strict=True)
    ]
    return speech, words


def _start_of(position: int, speech: Speech) -> float:
    """Find when the word at a letter position begins (or the one it was merged with)."""
    before = [start for begin, start in speech.words if begin <= position]
    return min(before[-1] if before else 0.0, speech.duration)


def pauses(speech: Speech, words: list[Word]) -> list[tuple[int, float, float]]:
    """Find the silences after punctuation inside a sentence."""
    frame = SAMPLE_RATE // 100
    count = len(speech.samples) // frame
    loud = np.abs(speech.samples[: count * frame]).reshape(count, frame).max(axis=1) > 0.01
    found: list[tuple[int, float, float]] = []
    for number, (word, following) in enumerate(pairwise(words), 1):
        if word.text[-1] not in ",;:." or word.text[-1].isdigit():
            continue
        last = max(0, min(round(following.start * 100), count) - 1)
        while last > 0 and loud[last] and last > round(following.start * 100) - 6:
            last -= 1
        first = last
        while first > 0 and not loud[first - 1]:
            first -= 1
        if (last - first) / 100 >= _SHORTEST_PAUSE:
            found.append((number, first / 100, last / 100))
    return found


def through_opus(samples: NDArray[np.float32], bit_rate: int) -> NDArray[np.float32]:
    """Encode and decode, as a conference engine's recording was."""
    file = io.BytesIO()
    write_opus(file, samples, bit_rate)
    file.seek(0)
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    with av.open(file, "r") as container:
        frames = [f for frame in container.decode(audio=0) for f in resampler.resample(frame)]
    decoded = np.concatenate([frame.to_ndarray()[0] for frame in frames])[: len(samples)]
    return np.pad(decoded, (0, len(samples) - len(decoded)))


def _texts(chance: random.Random, written_share: float) -> Iterator[str]:
    briefing = Briefing(chance)
    while True:
        if chance.random() < written_share:
            yield from in_breaths(chance.choice(written_sentences()))
        elif not is_held_out(sentence := briefing.sentence()):
            yield from in_breaths(sentence)


def make_shard(number: int, folder: Path, *, sample: bool = False) -> float:
    """Speak one shard and write it; returns its seconds of speech.

    A shard of the sample has nothing but the sample's sentences, mostly in its voices.
    """
    written_share, cast_share = (1.0, 0.7) if sample else (_WRITTEN_SHARE, _CAST_SHARE)
    chance = random.Random(f"shard {number}")
    rows: list[Sentence] = []
    pieces: list[NDArray[np.float32]] = []
    offset = 0
    for text in _texts(chance, written_share):
        speech, words = speak_sentence(text, any_voice(chance, cast_share), readings(text))
        samples = speech.samples
        phonemes = [(name, round(start, 3)) for name, start in speech.phonemes]
        rows.append(Sentence(words, phonemes, pauses(speech, words), offset, len(samples)))
        pieces.append(samples)
        offset += len(samples)
        if len(rows) == _SENTENCES_A_SHARD:
            break
    whole = np.concatenate(pieces)
    if chance.random() < _OPUS_SHARE:
        whole = through_opus(whole, chance.choice((10_000, 12_000, 12_000, 16_000, 24_000)))
    np.save(folder / f"{number:03}.npy", (np.clip(whole, -1, 1) * 32767).astype(np.int16))
    text = json.dumps([asdict(row) for row in rows], ensure_ascii=False)
    unfinished = (
        folder / f"{number:03}.json.new"
    )  # the trainer reads a shard once its json is there
    unfinished.write_text(text, encoding="utf-8")
    unfinished.rename(folder / f"{number:03}.json")
    return offset / SAMPLE_RATE


def main() -> None:
    """Write some shards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--shards", type=int, default=8)
    parser.add_argument("--sample", action="store_true", help="the sample's sentences only")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for number in range(arguments.first, arguments.first + arguments.shards):
        began = time.monotonic()
        seconds = make_shard(number, arguments.out, sample=arguments.sample)
        print(
            f"shard {number}: {seconds / 60:.0f} min of speech in {time.monotonic() - began:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
