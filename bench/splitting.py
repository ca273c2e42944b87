"""Measure how a long recording is cut: CPU seconds for two hours, memory for minutes and hours.

    python -m bench.splitting [--hours 2] [--long 3]

The recording is the bundled briefing again and again. Decoding, judging, cutting and writing the
chunks are counted, in a process of its own; decoding alone stands beside it, because it tells how
busy the machine was. The last line is JSON:
{"split_2h_cpu_s", "rss_3min_mb", "rss_3h_mb"}.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from meetly.paths import DEMO_DATA
from meetly.recordings.clip import wav
from meetly.recordings.sound import decode
from meetly.transcripts.splitting import split
from meetly.transcripts.transcriber import LONGEST, TARGET

SAMPLE = DEMO_DATA / "briefing.opus"


def main() -> None:
    """Make the recordings, cut each in a process of its own, and print."""
    options = _options()
    if options.cut:
        print(json.dumps(cut(options.cut)))
        return
    with tempfile.TemporaryDirectory() as folder:
        lengths = {
            "3 min": 0.05,
            f"{options.hours:g} h": options.hours,
            f"{options.long:g} h": options.long,
        }
        told = {name: measured(repeated(Path(folder), hours)) for name, hours in lengths.items()}
    heads = ("decode s", "all CPU s", "wall s", "peak MB")
    print(f"{'recording':10s} {'chunks':>7s}", *(f"{head:>9s}" for head in heads))
    for name, row in told.items():
        figures = (row["chunks"], row["decoding"], row["cpu"], row["wall"], row["peak"])
        print(f"{name:10s} {figures[0]:7.0f}", *(f"{figure:9.1f}" for figure in figures[1:]))
    short, middle, long = told.values()
    print(
        json.dumps(
            {
                "split_2h_cpu_s": round(middle["cpu"] * 2 / options.hours, 1),
                "rss_3min_mb": round(short["peak"], 1),
                "rss_3h_mb": round(long["peak"], 1),
            }
        )
    )


def cut(path: Path) -> dict[str, float]:
    """Cut a recording into files beside it as the worker does; tell what it took."""
    before = time.process_time()
    for _ in decode(path):
        pass
    decoding = time.process_time() - before
    wall, before = time.perf_counter(), time.process_time()
    chunks = 0
    for piece in split(path, target=TARGET, longest=LONGEST):
        chunks += 1
        if not piece.is_empty:
            (path.parent / f"{piece.ordinal:06d}.wav").write_bytes(wav(piece.samples))
    return {
        "chunks": chunks,
        "decoding": decoding,
        "cpu": time.process_time() - before,
        "wall": time.perf_counter() - wall,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def repeated(folder: Path, hours: float) -> Path:
    """Write the briefing again and again into one Ogg file, without decoding it."""
    import av
    from av.audio.stream import AudioStream

    place = folder / f"{hours:g}"
    place.mkdir(exist_ok=True)
    path = place / "recording.ogg"
    with av.open(str(SAMPLE)) as source, av.open(str(path), "w") as target:
        stream = source.streams.audio[0]
        copy = target.add_stream_from_template(stream)
        assert isinstance(copy, AudioStream)
        packets = [(bytes(p), p.duration) for p in source.demux(stream) if p.size and p.duration]
        base = stream.time_base
        assert base is not None
        at, end = 0, int(hours * 3600 / base)
        while at < end:
            for content, length in packets:
                packet = av.Packet(content)
                packet.stream, packet.time_base = copy, base
                packet.pts = packet.dts = at
                packet.duration = length
                target.mux(packet)
                at += length or 0
                if at >= end:
                    break
    return path


def measured(path: Path) -> dict[str, float]:
    """Cut a recording in a process of its own; tell what it took."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.splitting", "--cut", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    for file in path.parent.iterdir():
        file.unlink()
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--hours", type=float, default=2.0, help="length whose CPU is measured")
    parser.add_argument("--long", type=float, default=3.0, help="length whose memory is measured")
    parser.add_argument("--cut", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
