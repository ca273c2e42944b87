"""Speak a briefing that no training saw: `python -m training.unseen --out FILE`.

Its sentences (`unseen_briefing.txt`) were written apart from the grammar, and other voices speak
them than in the sample briefing.  The tests keep a few of them as a small file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

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


def speak_unseen(recording: Path, first: int = 0, last: int | None = None) -> str:
    """Speak the unseen briefing or some of its sentences; returns the words."""
    chance = np.random.default_rng(77)
    pieces = [np.zeros(SAMPLE_RATE // 2, np.float32)]
    texts: list[str] = []
    for line in SCRIPT.read_text(encoding="utf-8").strip().split("\n")[first:last]:
        who, _, text = line.partition(": ")
        said = " ".join(reading.spoken for reading in readings(text) if reading.spoken)
        pieces.append(speak(said, VOICES[who]).samples * np.float32(0.85))
        pieces.append(np.zeros(int(chance.uniform(0.35, 1.0) * SAMPLE_RATE), np.float32))
        texts.append(text)
    samples = np.concatenate(pieces)
    write_opus(recording, samples + room_noise(len(samples), chance))
    return "\n".join(texts)


def main() -> None:
    """Write the recording and its text beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="sentence to begin with")
    parser.add_argument("--last", type=int, help="sentence to stop before")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    text = speak_unseen(arguments.out, arguments.first, arguments.last)
    arguments.out.with_suffix(".txt").write_text(f"{text}\n", encoding="utf-8")
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
