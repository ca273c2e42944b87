"""How good the demo's transcript and directions are, against the script that was spoken."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from meetly.folding import fold
from meetly.paths import DEMO_DATA

_EDGE = re.compile(r"[.,?!:;…\"“”()]+(?=\s|$)|(?<=\s)[–-](?=\s)")


@dataclass(frozen=True)
class Order:
    """What makes two directions the same: who leads, and by when."""

    lead: frozenset[str]
    due: date | None
    recurring: bool


def word_error_rate(reference: str, heard: str) -> float:
    """Return the word error rate: edits over reference words, case and edge punctuation aside."""
    wanted, got = _words(reference), _words(heard)
    row = list(range(len(got) + 1))
    for i, word in enumerate(wanted, start=1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(got, start=1):
            best = min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
            diagonal, row[j] = row[j], best
    return row[-1] / max(1, len(wanted))


def script() -> str:
    """Return the words of the bundled recording."""
    return (DEMO_DATA / "briefing.txt").read_text(encoding="utf-8")


def expected() -> list[Order]:
    """Return the ten directions of the script."""
    labelled: list[dict[str, Any]] = json.loads(
        (DEMO_DATA / "directions.json").read_text(encoding="utf-8")
    )["directions"]
    return [
        order(d["lead"], date.fromisoformat(d["due"]) if d["due"] else None, d["recurring"])
        for d in labelled
    ]


def order(lead: Iterable[str], due: date | None, recurring: str | None) -> Order:
    """Make an Order of a direction's parts; names are compared without case and diacritics."""
    return Order(frozenset(fold(name) for name in lead), due, bool(recurring))


def right(found: Sequence[Order]) -> int:
    """Count the expected directions that were found with the right lead and deadline."""
    left = list(found)
    hits = 0
    for wanted in expected():
        if wanted in left:
            left.remove(wanted)
            hits += 1
    return hits


def _words(text: str) -> list[str]:
    return _EDGE.sub(" ", f" {text.lower()} ").split()
