"""How fast this machine hears with a model, and which engine, arithmetic and crew suit it best.

Each way is tried for some seconds on the bundled briefing in processes of its own; the result is
kept in MEETLY_DATA and used until the machine, the model or an engine changes.
`python -m workers.measurement MODEL` does so; with KIND COMPUTE THREADS DATA it is one of those
processes.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from meetly import clock
from meetly.config import Config
from meetly.errors import MeetlyError
from meetly.paths import DEMO_DATA
from meetly.transcripts.splitting import split
from workers import engines
from workers.speech_model import speech_model

log = logging.getLogger("workers.measurement")

FILE = "speech-pace.json"
#: Seconds of sound each process hears, and after which a way counts as too slow.
_SOUND, _PATIENCE = 60.0, 300.0
#: A further process must bring this much to be worth its memory.
_WORTH = 1.05


@dataclass(frozen=True)
class Way:
    """An engine, how it multiplies, how many processes of how many threads."""

    kind: str
    compute: str
    processes: int
    threads: int


@dataclass(frozen=True)
class Pace:
    """What a way brought: seconds of sound heard a second, and megabytes of one process."""

    way: Way
    pace: float
    peak_mb: int
    measured: str

    @property
    def in_words(self) -> str:
        """Say it in one line."""
        way, cores = self.way, self.way.processes * self.way.threads
        return (
            f"{way.kind} in {way.compute}, {way.processes} x {way.threads} of {cores} cores: "
            f"{self.pace:.1f} s of sound a second, {self.peak_mb} MB a process ({self.measured})"
        )


def stored(config: Config, model: str) -> Pace | None:
    """Return what was measured for a model on this very machine, or None."""
    try:
        content = json.loads((config.data / FILE).read_text(encoding="utf-8"))
        found = content[model]
        if found.pop("machine") != machine(model):
            return None
        return Pace(**{**found, "way": Way(**found["way"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def measure(config: Config, model: str) -> Pace:
    """Try the ways this machine offers and keep the fastest.

    Engines and arithmetic are compared with all cores in one process; then the winner as one
    process for each core. Raises what the engines raise when the model cannot be loaded.
    """
    cores = os.cpu_count() or 1
    engines.make(model, "", config)  # says in plain words what is missing, before any process does
    tried = [
        pace_of(config, model, Way(kind, how, 1, cores)) for kind, how in _kinds(config, model)
    ]
    best = max(tried, key=lambda pace: pace.pace)
    if cores > 1:
        apart = pace_of(config, model, replace(best.way, processes=cores, threads=1))
        fits = apart.peak_mb * cores < _free_mb() / 2
        if fits and apart.pace > best.pace * _WORTH:
            best = apart
    if best.pace > 0:
        _keep(config, model, best)
    return best


def _kinds(config: Config, model: str) -> list[tuple[str, str]]:
    """List the engines and kinds of arithmetic that settings and the model's card leave open."""
    kinds = (
        [kind for kind in engines.ENGINES if engines.is_installed(kind)]
        if config.speech_engine == engines.AUTO
        else [engines.choose(config.speech_engine)]
    )
    hows = (
        speech_model(model).computes
        if config.speech_compute == engines.AUTO
        else (config.speech_compute,)
    )
    return [(kind, how) for kind in kinds for how in hows]


def pace_of(config: Config, model: str, way: Way) -> Pace:
    """Let the processes of a way load and then hear all at once; a way that fails has no pace."""
    command = [
        sys.executable, "-m", "workers.measurement", model, way.kind, way.compute,
        str(way.threads), str(config.data),
    ]  # fmt: skip
    crew = [
        subprocess.Popen(  # noqa: S603 - every word of it is ours
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(way.processes)
    ]  # fmt: skip
    try:
        answers = _answers(crew)
    finally:
        _kill(crew)
        for process in crew:
            process.communicate()
    day = clock.now().date().isoformat()
    if not answers:
        return Pace(way, 0.0, 0, day)
    pace = sum(answer["sound"] for answer in answers) / max(a["took"] for a in answers)
    return Pace(way, round(pace, 2), max(int(a["peak_mb"]) for a in answers), day)


def _kill(crew: Sequence[subprocess.Popen[str]]) -> None:
    for process in crew:
        process.kill()


def _answers(crew: Sequence[subprocess.Popen[str]]) -> list[dict[str, float]]:
    """Wait until all are loaded, start them together, gather what they tell."""
    late = threading.Timer(_PATIENCE, _kill, [crew])
    late.start()  # a killed process ends the wait for its line
    try:
        if not all(process.stdout and process.stdout.readline() == "ready\n" for process in crew):
            return []
    finally:
        late.cancel()
    try:
        told = []
        for process in crew:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in crew:
            out, _ = process.communicate(timeout=_PATIENCE)
            told.append(json.loads(out))
    except (subprocess.TimeoutExpired, ValueError, OSError):
        return []
    return told


def machine(model: str) -> str:
    """Describe what a measurement depends on: processor, cores, engines, the model's file."""
    parts = [platform.machine(), _processor(), str(os.cpu_count())]
    for package in ("ctranslate2", "faster-whisper", "openai-whisper", "torch"):
        try:
            parts.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    file = Path(model)
    if file.is_file():
        parts.append(str(file.stat().st_size))
    return ", ".join(parts)


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor()


def _free_mb() -> float:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("MemAvailable"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return float("inf")


def _keep(config: Config, model: str, pace: Pace) -> None:
    path = config.data / FILE
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = {}
    content[model] = {**asdict(pace), "machine": machine(model)}
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    unfinished.replace(path)


def _hear(model: str, kind: str, compute: str, threads: int, data: Path) -> None:
    """Load, say so, wait for the start, hear, tell."""
    config = Config.from_environment(data=data, speech_threads=threads, speech_compute=compute)
    engine = engines.make(model, kind, config)
    cuts = [cut for cut in _first_cuts(engine.target, engine.longest) if not cut.is_empty]
    engine.hear([cuts[0].samples], language="vi")  # loads, converts, compiles what must be
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    begun = time.perf_counter()
    for first in range(0, len(cuts), engine.batch):
        engine.hear([cut.samples for cut in cuts[first : first + engine.batch]], language="vi")
    answer = {
        "took": time.perf_counter() - begun,
        "sound": sum(cut.end - cut.start for cut in cuts),
        "peak_mb": peak_mb(),
    }
    sys.stdout.write(json.dumps(answer))


def peak_mb() -> int:
    """Return the most megabytes this process has held.

    The kernel's other figure, `ru_maxrss`, begins with what the parent held when it started us.
    """
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    return 0


def _first_cuts(target: float, longest: float) -> list[Any]:
    cuts = []
    for cut in split(DEMO_DATA / "briefing.opus", target=target, longest=longest):
        cuts.append(cut)
        if cut.end >= _SOUND:
            break
    return cuts


def main() -> None:
    """Measure a model, or be one of the processes that are measured."""
    if len(sys.argv) == 2:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
        try:
            pace = measure(Config.from_environment(), sys.argv[1])
        except MeetlyError as error:  # the worker will say so of each recording
            log.error("%s %s", error.code, error)
        else:
            log.info(pace.in_words)
        return
    _hear(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), Path(sys.argv[5]))


if __name__ == "__main__":
    main()
