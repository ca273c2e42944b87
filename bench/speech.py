"""Speech against what a user would take instead: `python -m bench.speech`, or `make bench-speech`.

Same weights (the micro model grown to the size of `small`, see `bench.grown_model`), sound and
cores, each engine in a process of its own after its model is loaded:

- openai-whisper's own `transcribe()`, greedy, without fallback;
- faster-whisper's `BatchedInferencePipeline` in 8 bits, greedy, the better of two batch sizes;
- Meetly from the file on disk, cutting included, with the engine `auto` takes.

Then memory for three minutes and three hours of sound, two workers against one, and the cost of
cutting two hours. Ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.grown_model import grown_file
from bench.splitting import measured, repeated
from meetly.config import Config
from meetly.paths import DEMO_DATA
from meetly.recordings.sound import RATE, decode
from training.evaluate import comparable, word_errors
from workers import engines
from workers.dictation import transcribe_file
from workers.measurement import Way, pace_of, peak_mb
from workers.speech_model import speech_model
from workers.whisper_checkpoint import checkpoint_of
from workers.whisper_conversion import convert

MICRO = DEMO_DATA / "micro-vi.pt"
SAMPLE = DEMO_DATA / "briefing.opus"
HOUR = 3600
_BATCHES = (4, 8)


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--part", help="one process of the comparison")
    parser.add_argument("--folder", type=Path, help="where that process finds the models")
    parser.add_argument("--size", default="small", help="size the micro model is grown to")
    parser.add_argument("--rounds", type=int, default=2, help="turns each engine gets")
    given = parser.parse_args()
    if given.part:
        print(json.dumps(PARTS[given.part.partition(":")[0]](given.folder, given.part)))
        return
    with tempfile.TemporaryDirectory() as folder:
        _compare(Path(folder), given.size, given.rounds)


def _compare(folder: Path, size: str, rounds: int) -> None:
    print(f"machine: {_machine()}\nsound: {SAMPLE.name}, {_length(SAMPLE):.0f} s; size: {size}\n")
    grown_file(MICRO, size, folder).rename(folder / "grown.pt")
    convert(checkpoint_of(speech_model(str(folder / "grown.pt"))), folder / "grown")
    reference = comparable((DEMO_DATA / "briefing.txt").read_text(encoding="utf-8"))
    parts = ["openai", *(f"faster:{batch}" for batch in _BATCHES), "meetly"]
    best: dict[str, dict[str, Any]] = {}
    for _ in range(rounds):  # in turns, so that a slow minute of the machine strikes all alike
        for part in parts:
            run = _run(part, folder)
            best[part] = min(best.get(part, run), run, key=lambda one: one["wall"])
    print(f"{'':<18}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'word errors':>13}")
    for part, run in best.items():
        wrong = word_errors(reference, comparable(run["text"])) / len(reference)
        print(f"{part:<18}{run['wall']:>8.1f}{run['cpu']:>8.1f}{run['mb']:>9}{wrong:>13.1%}")
    fastest = min(best[f"faster:{batch}"]["wall"] for batch in _BATCHES)
    vs_openai = best["openai"]["wall"] / best["meetly"]["wall"]
    vs_faster = fastest / best["meetly"]["wall"]
    _say_equal(best, folder)
    short, long = _run("memory:180", folder), _run("memory:10800", folder)
    print(f"\npeak memory, micro model: 3 min {short['mb']} MB, 3 h {long['mb']} MB")
    one, two = _workers(folder, rounds=3)
    print(f"one worker {one:.2f}, two {two:.2f} s of sound a second")
    cutting = measured(repeated(folder, hours=2))
    print(f"cutting 2 h: {cutting['cpu']:.1f} s of CPU, peak {cutting['peak']:.0f} MB")
    answer = {
        "vs_openai": round(vs_openai, 2),
        "vs_faster_whisper": round(vs_faster, 2),
        "rss_3min_mb": short["mb"],
        "rss_3h_mb": long["mb"],
        "two_workers": round(two / one, 2),
        "split_2h_cpu_s": round(cutting["cpu"], 1),
    }
    print(json.dumps(answer))


def _workers(folder: Path, rounds: int) -> tuple[float, float]:
    """Return the mean pace of one worker of one thread, and of two such, measured in turns."""
    paces = {1: 0.0, 2: 0.0}
    for _ in range(rounds):
        for workers in paces:
            way = Way("faster-whisper", "int8", workers, 1)
            paces[workers] += pace_of(Config(data=folder), str(folder / "grown"), way).pace
    return paces[1] / rounds, paces[2] / rounds


def _say_equal(best: dict[str, dict[str, Any]], folder: Path) -> None:
    """Tell how far Meetly's text is from each engine's, and both its engines on the micro model."""
    ours = comparable(best["meetly"]["text"])
    for part, run in best.items():
        if part != "meetly":
            apart = word_errors(comparable(run["text"]), ours)
            print(f"Meetly's text differs from {part}'s in {apart} of {len(ours)} words")
    texts = [_run(f"micro:{kind}", folder)["text"] for kind in engines.ENGINES]
    apart = word_errors(comparable(texts[0]), comparable(texts[1]))
    print(f"micro model, both engines of Meetly: {apart} words apart")


def _run(part: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.speech", "--part", part, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


# -- parts, each in a process of its own -------------------------------------------------------


def _openai(folder: Path, _part: str) -> dict[str, Any]:
    import whisper

    model, sound = whisper.load_model(str(folder / "grown.pt")), _samples(SAMPLE)
    with _Clock() as clock:
        result = whisper.transcribe(
            model, sound, language="vi", fp16=False, temperature=0.0,
            condition_on_previous_text=False,
        )  # fmt: skip
    return clock.answer(result["text"])


def _faster(folder: Path, part: str) -> dict[str, Any]:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    cores = os.cpu_count() or 1
    model = WhisperModel(str(folder / "grown"), "cpu", compute_type="int8", cpu_threads=cores)
    pipeline, sound = BatchedInferencePipeline(model), _samples(SAMPLE)
    batch = int(part.partition(":")[2])
    with _Clock() as clock:
        segments, _ = pipeline.transcribe(
            sound, language="vi", beam_size=1, temperature=0.0, batch_size=batch
        )
        text = " ".join(segment.text for segment in segments)
    return clock.answer(text)


def _meetly(folder: Path, _part: str) -> dict[str, Any]:
    engine: Any = engines.make(str(folder / "grown"), "faster-whisper", Config(data=folder))
    engine.load()
    with _Clock() as clock:
        heard = transcribe_file(SAMPLE, engine)
    return clock.answer(" ".join(s.text for s in heard.segments if not s.suspicion))


def _micro(folder: Path, part: str) -> dict[str, Any]:
    engine: Any = engines.make(str(MICRO), part.partition(":")[2], Config(data=folder))
    engine.load()
    with _Clock() as clock:
        heard = transcribe_file(SAMPLE, engine)
    return clock.answer(" ".join(s.text for s in heard.segments))


def _memory(folder: Path, part: str) -> dict[str, Any]:
    """Hear a recording of so many seconds; only how much memory that takes is asked."""
    recording = repeated(folder, float(part.partition(":")[2]) / HOUR)
    engine = engines.make(str(MICRO), "", Config(data=folder))
    with _Clock() as clock:
        heard = transcribe_file(recording, engine)
    return clock.answer(f"{len(heard.segments)} sentences")


PARTS = {
    "openai": _openai, "faster": _faster, "meetly": _meetly, "micro": _micro, "memory": _memory,
}  # fmt: skip


class _Clock:
    """Wall and CPU seconds of a stretch of work, and the memory of the process at its end."""

    def __enter__(self) -> _Clock:
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self._wall = time.perf_counter() - self._wall
        self._cpu = time.process_time() - self._cpu

    def answer(self, text: str) -> dict[str, Any]:
        return {"wall": self._wall, "cpu": self._cpu, "mb": peak_mb(), "text": text}


def _samples(recording: Path) -> NDArray[np.float32]:
    return np.concatenate(list(decode(recording)))


def _length(recording: Path) -> float:
    return sum(map(len, decode(recording))) / RATE


def _machine() -> str:
    return "; ".join(_machine_parts())


def _machine_parts() -> Iterator[str]:
    from workers.measurement import machine

    yield machine(str(MICRO))
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    yield f"{pages / 1024**3:.0f} GB; load {os.getloadavg()[0]:.1f} when it began"


if __name__ == "__main__":
    main()
