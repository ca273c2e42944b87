"""Speak the sample briefing: `python -m training.speak_briefing` writes the bundled recording.

Out come `briefing.opus` (an Ogg Opus file of six voices in six rooms), `briefing.events.json` (who
spoke when, as a conference engine reports it) and `briefing.txt` (the words, for error rates).
"""

from __future__ import annotations

import argparse
import io
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from numpy.typing import NDArray

from training.speech_synthesis import SAMPLE_RATE, Voice, speak
from training.spoken_form import readings

DATA = Path(__file__).parent.parent / "meetly" / "demo" / "data"
_BIT_RATE = 12_000
_NOISE = 0.0016  #: about 35 dB below a voice: the hum of a meeting room
_LEAD, _TRAIL = 0.12, 0.25  #: a conference engine notices speech a little late and lets go later


@dataclass(frozen=True)
class Speaker:
    """Someone at the briefing, as the script introduces them."""

    name: str
    position: str
    unit: str


@dataclass(frozen=True)
class Turn:
    """One person speaking until the next one does."""

    speaker: Speaker
    sentences: tuple[str, ...]
    after_omission: bool


@dataclass(frozen=True)
class Talk:
    """A conference engine's word that somebody spoke between two moments (seconds)."""

    speaker: str
    start: float
    end: float


_OFFICE = Speaker("Lê Thị Minh Hòa", "Chánh Văn phòng", "Văn phòng UBND tỉnh")
_CHAIR = Speaker("Trần Quốc Khải", "Chủ tịch", "UBND tỉnh Lam Giang")
_FINANCE = Speaker("Phạm Đức Long", "Giám đốc", "Sở Tài chính")
_SCIENCE = Speaker("Hoàng Thu Hà", "Giám đốc", "Sở Khoa học và Công nghệ")
_NAM_HOA = Speaker("Vàng A Sình", "Chủ tịch", "UBND xã Nậm Hoa")
_DOI_THONG = Speaker("Nguyễn Bảo Châu", "Phó Chủ tịch", "UBND phường Đồi Thông")

#: How the script names who speaks.
CAST = {
    "Chánh Văn phòng": _OFFICE,
    "Chủ tịch": _CHAIR,
    "Chủ tịch (kết luận)": _CHAIR,
    "Giám đốc Sở Tài chính": _FINANCE,
    "Giám đốc Sở Khoa học và Công nghệ": _SCIENCE,
    "Xã Nậm Hoa": _NAM_HOA,
    "Chủ tịch UBND xã Nậm Hoa": _NAM_HOA,
    "Phó Chủ tịch UBND phường Đồi Thông": _DOI_THONG,
}

VOICES = {
    _OFFICE.name: Voice("vi+f2", 150, 58, 55),
    _CHAIR.name: Voice("vi+m3", 142, 42, 50),
    _FINANCE.name: Voice("vi+m1", 150, 50, 50),
    _SCIENCE.name: Voice("vi-vn-x-south+f4", 150, 60, 55),
    _NAM_HOA.name: Voice("vi-vn-x-central+m2", 140, 48, 45),
    _DOI_THONG.name: Voice("vi-vn-x-south+f1", 146, 64, 50),
}


def turns(script: str) -> Iterator[Turn]:
    """Read the spoken part of a script: **[08:00] Who:** words."""
    body = script.partition("<!-- BEGIN TRANSCRIPT -->")[2].partition("<!-- END TRANSCRIPT -->")[0]
    turn: Turn | None = None
    omitted = False
    for paragraph in filter(None, (part.strip() for part in body.split("\n\n"))):
        if paragraph.startswith("*("):
            omitted = True
        elif head := re.match(r"\*\*\[\d\d:\d\d\] (.+?):\*\*\s*", paragraph):
            if turn is not None:
                yield turn
            turn = Turn(CAST[head[1]], sentences(paragraph[head.end() :]), omitted)
            omitted = False
        elif turn is not None:
            turn = replace(turn, sentences=turn.sentences + sentences(paragraph))
    if turn is not None:
        yield turn


def sentences(paragraph: str) -> tuple[str, ...]:
    """Split a paragraph where a speaker would breathe: after a full stop, a question."""
    return tuple(re.split(r"(?<=[.?!])\s+", " ".join(paragraph.split())))


def perform(script: str, seed: int = 2026) -> tuple[NDArray[np.float32], list[Talk], list[str]]:
    """Speak a whole script: the samples, who spoke when, and the sentences as written."""
    chance = np.random.default_rng(seed)
    pieces: list[NDArray[np.float32]] = []
    talks: list[Talk] = []
    written: list[str] = []
    clock = 0.0

    def add(samples: NDArray[np.float32]) -> None:
        nonlocal clock
        pieces.append(samples)
        clock += len(samples) / SAMPLE_RATE

    def wait(shortest: float, longest: float) -> None:
        add(np.zeros(int(chance.uniform(shortest, longest) * SAMPLE_RATE), np.float32))

    wait(0.6, 0.8)
    for turn in turns(script):
        if turn.after_omission:
            wait(2.0, 2.5)
        start = clock
        loudness = np.float32(chance.uniform(0.75, 1.0))
        for number, sentence in enumerate(turn.sentences):
            if number:
                wait(0.35, 0.6)
            said = " ".join(reading.spoken for reading in readings(sentence) if reading.spoken)
            add(speak(said, VOICES[turn.speaker.name]).samples * loudness)
            written.append(sentence)
        talks.append(Talk(turn.speaker.name, round(start + _LEAD, 2), round(clock + _TRAIL, 2)))
        wait(0.7, 1.1)
    samples = np.concatenate(pieces)
    return samples + room_noise(len(samples), chance), talks, written


def room_noise(length: int, chance: np.random.Generator) -> NDArray[np.float32]:
    """Make the hiss of a room: noise that is louder in the low tones."""
    spectrum = np.fft.rfft(chance.standard_normal(length))
    noise = np.fft.irfft(spectrum / np.sqrt(np.arange(len(spectrum)) + 30.0), length)
    level = _NOISE / float(noise.std())
    return np.asarray(noise * level, dtype=np.float32)


def write_opus(
    out: Path | BinaryIO, samples: NDArray[np.float32], bit_rate: int = _BIT_RATE
) -> None:
    """Write mono Ogg Opus; the same samples always give the same file."""
    with av.open(
        out if isinstance(out, io.IOBase) else str(out),
        "w",
        format="ogg",
        options={"fflags": "+bitexact", "serial_offset": "1"},
    ) as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE)
        stream.layout = "mono"
        stream.bit_rate = bit_rate
        stream.options = {"application": "voip", "vbr": "on"}
        pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
        for start in range(0, len(pcm), SAMPLE_RATE):
            frame = av.AudioFrame.from_ndarray(
                pcm[None, start : start + SAMPLE_RATE], format="s16", layout="mono"
            )
            frame.sample_rate = SAMPLE_RATE
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def main() -> None:
    """Write the three files of the bundled recording."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--script", type=Path, default=DATA / "briefing.md")
    parser.add_argument("--out", type=Path, default=DATA)
    arguments = parser.parse_args()
    samples, talks, written = perform(arguments.script.read_text(encoding="utf-8"))
    recording = arguments.out / "briefing.opus"
    write_opus(recording, samples)
    events = {
        "recording": recording.name,
        "duration": round(len(samples) / SAMPLE_RATE, 2),
        "speakers": [asdict(speaker) for speaker in dict.fromkeys(CAST.values())],
        "talks": [asdict(talk) for talk in talks],
    }
    text = json.dumps(events, ensure_ascii=False, indent=1) + "\n"
    (arguments.out / "briefing.events.json").write_text(text, encoding="utf-8")
    (arguments.out / "briefing.txt").write_text("\n".join(written) + "\n", encoding="utf-8")
    print(
        f"{recording}: {events['duration']} s, {recording.stat().st_size} bytes, "
        f"{len(talks)} turns, {len(written)} sentences"
    )


if __name__ == "__main__":
    main()
