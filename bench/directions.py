"""Measure how well and how fast directions are found: `python -m bench.directions [FILE ...]`.

Without arguments the bundled development set is measured. Prints one table line per variant, the
items with a miss, and ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from bench.scoring import Item, Labelled, Tally, read_items, tally
from meetly.accounts.directory import Directory
from meetly.directions.extraction import extract

DEVELOPMENT = Path(__file__).parents[1] / "tests" / "directions" / "data" / "dev_directions.jsonl"
_TIMED_SECONDS = 2.0


def found_in(item: Item, directory: Directory) -> list[Labelled]:
    """Return what is found in an item, in the form that is compared."""
    return [
        Labelled(
            found.span,
            found.lead,
            found.coordinate,
            found.due.isoformat() if found.due else None,
            found.recurring,
        )
        for found in extract(item.text, item.meeting_date, directory)
    ]


def segments_per_second(items: list[Item], directory: Directory) -> float:
    """Read all items again and again for a while, after one round of warming up."""
    for item in items:
        extract(item.text, item.meeting_date, directory)
    read = 0
    begun = time.perf_counter()
    while (spent := time.perf_counter() - begun) < _TIMED_SECONDS:
        for item in items:
            extract(item.text, item.meeting_date, directory)
        read += len(items)
    return read / spent


def table_line(name: str, counts: Tally) -> str:
    """Return one line of the table."""
    matched = max(1, counts.matched)
    return (
        f"{name:18s} gold {counts.gold:3d} found {counts.found:3d} F1 {counts.f1:.2f}"
        f" | lead {counts.lead / matched:.2f} coordinate {counts.coordinate / matched:.2f}"
        f" due {counts.due / matched:.2f} recurring {counts.recurring / matched:.2f}"
        f" wrong dates {counts.wrong_dates} | usable {counts.usable_share:.2f}"
        f" | false alarms {counts.false_alarms}/{counts.silent_items}"
    )


def main(arguments: list[str]) -> int:
    """Measure the given files together, or the development set."""
    parser = argparse.ArgumentParser(prog="bench.directions", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=[DEVELOPMENT])
    parser.add_argument("--units", type=Path, help="a directory of units to use")
    options = parser.parse_args(arguments)
    directory = Directory.read(options.units) if options.units else Directory.standard()
    items = [item for path in options.files for item in read_items(path)]
    tallies = tally((item, found_in(item, directory)) for item in items)
    everything = tallies.pop("all")
    for name, counts in [("all", everything), *sorted(tallies.items())]:
        print(table_line(name, counts))
    if everything.misses:
        print("items with a miss:", ", ".join(everything.misses))
    speed = segments_per_second(items, directory)
    print(f"{speed:,.0f} segments a second")
    print(
        json.dumps(
            {
                "f1": round(everything.f1, 4),
                "usable": round(everything.usable_share, 4),
                "false_alarms": everything.false_alarms,
                "wrong_dates": everything.wrong_dates,
                "segments_per_s": round(speed),
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
