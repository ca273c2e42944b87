"""Measure how well and how fast directions are found: `python -m bench.directions [FILE ...]`.

Without arguments the development set is measured. Prints one table line per variant and the items
with a miss, then the texts invented in other provinces' words batch by batch, the sample briefing
read whole without knowing who speaks and read as the chair's words alone, and ends with one line of
JSON about the set that was measured.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from bench.minutes import long_meeting
from bench.scoring import Item, Labelled, Tally, labelled, read_items, tally
from meetly.accounts.directory import Directory
from meetly.directions.extraction import extract
from tests.minutes import sample

DATA = Path(__file__).parents[1] / "tests" / "directions" / "data"
DEVELOPMENT = DATA / "dev_directions.jsonl"
INVENTED = DATA / "unseen_directions.jsonl"
_TURN = re.compile(r"^\*\*\[[\d:]+\] (.*?):\*\* ", re.MULTILINE)
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


def briefing(chair_only: bool) -> Item:
    """Return the sample briefing with its labels, as spoken by all or by its chair."""
    text = (DATA / "sample_briefing.md").read_text(encoding="utf-8")
    body = text[text.index("BEGIN TRANSCRIPT -->") : text.index("<!-- END")]
    turns = _TURN.split(body)[1:]
    said = [words.strip() for speaker, words in zip(turns[::2], turns[1::2], strict=True)
            if not chair_only or speaker in {"Chủ tịch", "Chủ tịch (kết luận)"}]  # fmt: skip
    raw = json.loads((DATA / "sample_directions.json").read_text(encoding="utf-8"))
    day = date.fromisoformat(raw["meeting_date"])
    return Item(raw["id"], day, "briefing", "\n\n".join(said), labelled(raw["directions"]))


def print_others(directory: Directory) -> None:
    """Print how the invented texts and the sample briefing are read."""
    print("\ninvented in other provinces' words, today's figures (first looks: data/README.md)")
    items = read_items(INVENTED)
    for batch in dict.fromkeys(item.id.split("-")[0] for item in items):
        mine = [item for item in items if item.id.startswith(f"{batch}-")]
        print(table_line(batch, tally((item, found_in(item, directory)) for item in mine)["all"]))
    print(table_line("all", tally((item, found_in(item, directory)) for item in items)["all"]))
    for name, chair_only in (("briefing, all", False), ("briefing, chair", True)):
        item = briefing(chair_only)
        counts = tally([(item, found_in(item, directory))])["all"]
        false = counts.found - counts.matched
        found = f"{counts.matched} of {counts.gold} found"
        print(f"{name:18s} {found}, {counts.usable} usable, {false} false")


def texts_per_second(texts: Sequence[tuple[str, date]], directory: Directory) -> float:
    """Read all texts again and again for a while, after one round of warming up."""
    for text, day in texts:
        extract(text, day, directory)
    read = 0
    begun = time.perf_counter()
    while (spent := time.perf_counter() - begun) < _TIMED_SECONDS:
        for text, day in texts:
            extract(text, day, directory)
        read += len(texts)
    return read / spent


def segments_per_second(directory: Directory) -> float:
    """Read the 10,000 segments of a three-hour meeting as the house does: turn by turn."""
    said = long_meeting()
    turns = [
        (" ".join(each.text for each in turn), sample.DAY)
        for _speaker, turn in groupby(said, key=lambda each: each.speaker)
    ]
    return texts_per_second(turns, directory) * len(said) / len(turns)


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
    print_others(directory)
    speed = texts_per_second([(item.text, item.meeting_date) for item in items], directory)
    words = sum(len(item.text.split()) for item in items) / len(items)
    print(f"{speed:,.0f} of these texts a second, {words:.0f} words each")
    speed = segments_per_second(directory)
    print(f"{speed:,.0f} segments a second of a meeting of three hours in 10,000 segments")
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
