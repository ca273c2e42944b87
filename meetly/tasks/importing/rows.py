"""One line of what is taken over, and the plain values it is kept as; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

#: lines of one import, and signs of one line's words
MOST_ROWS, LONGEST_TEXT = 5_000, 10_000
LONGEST_NAME, LONGEST_PRODUCT = 200, 500
MOST_NAMES = 100


class Progressed(StrEnum):
    """How far the work is as the line says."""

    OPEN = ""
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True)
class Row:
    """What one direction of a notice, or one line of a spreadsheet, orders."""

    #: names the line in forms; stays the same whatever is corrected
    key: str
    #: the line of the spreadsheet; 0 where it came from a notice or was added by hand
    line: int = 0
    text: str = ""
    #: as it was read; empty where it was added by hand
    span: str = ""
    lead: tuple[str, ...] = ()
    coordinate: tuple[str, ...] = ()
    due: date | None = None
    recurring: str = ""
    #: what stands for the deadline and cannot be read; a deadline is never guessed
    unread: str = ""
    #: where the line names its own day and document
    given_on: date | None = None
    source: str = ""
    product: str = ""
    #: who follows it up, by name
    officer: str = ""
    #: what was reported on it so far
    note: str = ""
    progressed: Progressed = Progressed.OPEN
    done_on: date | None = None
    #: what stands for a day and is none, by field
    unread_days: tuple[tuple[str, str], ...] = ()
    #: whether it is to be taken over
    take: bool = True
    cues: tuple[str, ...] = ()
    confidence: float = 1.0
    #: what it became
    direction_id: int | None = None


def to_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return rows as plain values."""
    return [_plain(row) for row in rows]


def from_json(items: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Read rows that were kept."""
    return [_read(item) for item in items]


def _plain(row: Row) -> dict[str, Any]:
    values = asdict(row)
    for name in ("due", "given_on", "done_on"):
        values[name] = values[name].isoformat() if values[name] else None
    return values


def _read(item: Mapping[str, Any]) -> Row:
    values = dict(item)
    for name in ("due", "given_on", "done_on"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in ("lead", "coordinate", "cues"):
        values[name] = tuple(values[name])
    values["unread_days"] = tuple((field, words) for field, words in values["unread_days"])
    values["progressed"] = Progressed(values["progressed"])
    return Row(**values)
