"""How directions went, as figures and lines: done in time, done late, open, overdue; pure.

What is counted is plain values, so that the same report is written to a row, a page and a paper.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from meetly.tasks.models import TaskState


class Standing(StrEnum):
    """How a task counts; every task that was not taken back counts once."""

    OVERDUE = "overdue"
    DONE_LATE = "done_late"
    #: the unit says it is done, whoever gave it has not agreed yet
    CLAIMED = "claimed"
    OPEN_IN_TIME = "open_in_time"
    UNDATED = "undated"
    DONE_IN_TIME = "done_in_time"


DONE = (Standing.DONE_IN_TIME, Standing.DONE_LATE)
_ALWAYS = {
    TaskState.OVERDUE: Standing.OVERDUE,
    TaskState.DONE_LATE: Standing.DONE_LATE,
    TaskState.DONE_IN_TIME: Standing.DONE_IN_TIME,
    TaskState.CLAIMED: Standing.CLAIMED,
}
_ORDER = {standing: place for place, standing in enumerate(Standing)}


def standing_of(state: TaskState, due: date | None) -> Standing:
    """Tell how a task in a state counts; one that was given back is open again."""
    return _ALWAYS.get(state) or (Standing.OPEN_IN_TIME if due else Standing.UNDATED)


@dataclass(frozen=True)
class Line:
    """One task as the report tells it."""

    task_id: int
    meeting_id: int
    #: the day its meeting was held, where that was an earlier one; else none
    from_day: str
    text: str
    lead: str
    lead_unit_id: int | None
    helper_unit_ids: tuple[int, ...]
    #: of what recurs: "2026-W48"
    period: str
    due: str
    standing: Standing
    #: days past the deadline: until it was done or claimed, or until now
    days_late: int
    percent: int
    #: what the unit reported last
    reason: str

    @property
    def due_day(self) -> date | None:
        """The deadline."""
        return date.fromisoformat(self.due) if self.due else None

    @property
    def earlier_day(self) -> date | None:
        """The day of the earlier meeting it came from."""
        return date.fromisoformat(self.from_day) if self.from_day else None


@dataclass(frozen=True)
class Tally:
    """How many tasks stand how."""

    counts: Mapping[Standing, int]

    def __getitem__(self, standing: Standing) -> int:
        return self.counts.get(standing, 0)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """Those that were agreed to be done, in time or late."""
        return sum(self[standing] for standing in DONE)


@dataclass(frozen=True)
class Content:
    """The report of one meeting: what its row keeps."""

    lines: tuple[Line, ...] = ()
    #: the units that may read the whole of it
    audience: tuple[int, ...] = ()
    #: what those who may not read every line may still know: how many stand how
    totals: Tally = field(default_factory=lambda: Tally({}))

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"lines": [asdict(line) for line in self.lines], "audience": list(self.audience)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Content:
        """Read what to_json gave."""
        lines = [
            Line(**{
                **line, "standing": Standing(line["standing"]),
                "helper_unit_ids": tuple(line["helper_unit_ids"]),
            })
            for line in kept.get("lines", ())
        ]  # fmt: skip
        return content_of(lines, kept.get("audience", ()))

    @property
    def sha256(self) -> str:
        """Name the figures and the words; the same ones give the same name."""
        said = json.dumps(self.to_json()["lines"], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def content_of(lines: Iterable[Line], audience: Iterable[int] = ()) -> Content:
    """Put lines in the order they are read: the latest first, what went well last."""
    ordered = sorted(
        lines,
        key=lambda each: (
            _ORDER[each.standing], -each.days_late, each.due or "9999", each.lead, each.task_id
        ),
    )  # fmt: skip
    return Content(tuple(ordered), tuple(sorted(audience)), tally(ordered))


def tally(lines: Iterable[Line]) -> Tally:
    """Count lines by how they stand."""
    return Tally(Counter(line.standing for line in lines))


def by_unit(lines: Iterable[Line]) -> list[tuple[str, Tally]]:
    """Count the lines of each leading unit: the one with most overdue first, then by name."""
    led: dict[str, list[Line]] = {}
    for line in lines:
        led.setdefault(line.lead, []).append(line)
    counted = [(lead, tally(mine)) for lead, mine in led.items()]
    return sorted(counted, key=_worst_first)


@dataclass(frozen=True)
class Row:
    """Tasks of one order that went the same way, as one row: 75 communes are not 75 rows."""

    #: any of them: they differ in nothing but their units
    line: Line
    leads: tuple[str, ...]


def rows(lines: Iterable[Line]) -> list[Row]:
    """Put lines that tell the same of several units together, where the first of them stands."""
    found: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        told = (
            line.text, line.from_day, line.period, line.due, line.standing, line.days_late,
            line.percent, line.reason,
        )  # fmt: skip
        found.setdefault(told, []).append(line)
    return [Row(same[0], tuple(line.lead for line in same)) for same in found.values()]


def _worst_first(pair: tuple[str, Tally]) -> tuple[int, int, str]:
    lead, counts = pair
    return -counts[Standing.OVERDUE], -counts[Standing.DONE_LATE], lead


def shown_to(content: Content, meetings: Collection[int], units: Collection[int]) -> list[Line]:
    """Return the lines of the meetings a reader may see, and those of the reader's own units."""
    return [
        line
        for line in content.lines
        if line.meeting_id in meetings
        or line.lead_unit_id in units
        or any(helper in units for helper in line.helper_unit_ids)
    ]
