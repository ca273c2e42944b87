"""Speech that no training saw: `python -m training.unseen --out FILE` writes some of it.

Either sentences of the grammar that are held out of every bank, in any of its voices, or a whole
briefing outside the grammar (`unseen_briefing.txt`), which other voices speak.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.bank import any_voice, speak_sentence
from training.briefing_sentences import Briefing, in_breaths, is_held_out
from training.speak_briefing import room_noise, write_opus
from training.speech_synthesis import SAMPLE_RATE, Voice, speak
from training.spoken_form import readings

SCRIPT = Path(__file__).parent / "unseen_briefing.txt"
VOICES = {
    "Chủ trì": Voice("vi+m7", 148, 46, 52),
    "Thư ký": Voice("vi+f3", 152, 55, 48),
    "Nông nghiệp": Voice("vi-vn-x-central+m1", 144, 52, 50),
    "Y tế": Voice("vi-vn-x-south+f2", 150, 57, 50),
    "Công an": Voice("vi+m2", 156, 44, 45),
    "Xã": Voice("vi-vn-x-south+m4", 140, 50, 55),
    "Tài chính": Voice("vi+f1", 147, 60, 60),
}
_CAST_SHARE = 0.3


@dataclass(frozen=True)
class Utterance:
    """A written sentence and its sound."""

    text: str
    samples: NDArray[np.float32]


def held_out_sentences(seed: str) -> Iterator[Utterance]:
    """Speak sentences of the grammar that are in no bank, without end."""
    briefing, chance = Briefing(random.Random(f"{seed} text")), random.Random(f"{seed} voice")
    while True:
        sentence = briefing.sentence()
        if is_held_out(sentence):
            for text in in_breaths(sentence):
                voice = any_voice(chance, _CAST_SHARE)
                yield Utterance(text, speak_sentence(text, voice, readings(text))[0].samples)


def other_briefing() -> Iterator[Utterance]:
    """Speak the briefing outside the grammar."""
    for line in SCRIPT.read_text(encoding="utf-8").strip().split("\n"):
        who, _, text = line.partition(": ")
        said = " ".join(reading.spoken for reading in readings(text) if reading.spoken)
        yield Utterance(text, speak(said, VOICES[who]).samples * np.float32(0.85))


def recorded(spoken: Iterator[Utterance], seconds: float) -> Utterance:
    """String utterances together with pauses and room noise, until it is that long."""
    chance = np.random.default_rng(77)
    pieces, texts = [np.zeros(SAMPLE_RATE // 2, np.float32)], list[str]()
    for one in spoken:
        pieces += [one.samples, np.zeros(int(chance.uniform(0.35, 1.0) * SAMPLE_RATE), np.float32)]
        texts.append(one.text)
        if sum(map(len, pieces)) >= seconds * SAMPLE_RATE:
            break
    samples = np.concatenate(pieces)
    return Utterance("\n".join(texts), samples + room_noise(len(samples), chance))


def main() -> None:
    """Write a recording and its text beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=25)
    parser.add_argument("--other", action="store_true", help="of the briefing outside the grammar")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    spoken = other_briefing() if arguments.other else held_out_sentences("file")
    recording = recorded(spoken, arguments.seconds)
    write_opus(arguments.out, recording.samples)
    arguments.out.with_suffix(".txt").write_text(f"{recording.text}\n", encoding="utf-8")
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
