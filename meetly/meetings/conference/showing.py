"""How the line of time of a meeting is drawn and read: pure, from rows and lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetly import clock
from meetly.accounts.models import Unit
from meetly.meetings.conference.timeline import Line, Stay, Window
from meetly.meetings.models import Attendance, AttendanceStatus

#: Distances between marks on the line of time, in minutes; the first that gives few enough is used.
STEPS = (5, 10, 15, 30, 60, 120, 240)
MOST_TICKS = 8
#: What the page can be narrowed to; empty: nothing.
TABS = ("", "late", "gaps", "absent")


@dataclass(frozen=True)
class Row:
    """One site on the page; no line when it never entered."""

    unit: Unit
    called: Attendance | None
    line: Line | None

    @property
    def status(self) -> AttendanceStatus:
        """What the engine says of it."""
        return self.line.status if self.line else AttendanceStatus.ABSENT

    def belongs_to(self, wanted: str) -> bool:
        """Tell whether the row shows under a tab: late, gaps, absent; everything otherwise."""
        if wanted == "late":
            return self.status == AttendanceStatus.LATE
        if wanted == "gaps":
            return bool(self.line and self.line.gaps)
        return wanted != "absent" or self.status == AttendanceStatus.ABSENT


@dataclass(frozen=True)
class Tick:
    """A mark on the line of time: where, in hundredths of it, and its clock."""

    at: float
    words: str


@dataclass(frozen=True)
class Span:
    """The stretch of time that is drawn."""

    begin: datetime
    end: datetime

    def place(self, moment: datetime) -> float:
        """Return where a moment lies, in hundredths of the stretch."""
        whole = (self.end - self.begin) / timedelta(seconds=1) or 1.0
        return round(100 * ((moment - self.begin) / timedelta(seconds=1)) / whole, 2)


def rows(roll: Iterable[tuple[Unit, Attendance | None]], lines: Mapping[int, Line]) -> list[Row]:
    """Return a row for each site of the meeting, in tree order."""
    return [Row(unit, called, lines.get(unit.id)) for unit, called in roll]


def counts(found: Sequence[Row]) -> dict[str, int]:
    """Count the sites under each tab."""
    return {
        tab: sum(row.belongs_to(tab) for row in found) for tab in ("", "late", "gaps", "absent")
    }


def span(window: Window | None, found: Iterable[Row]) -> Span | None:
    """Return the stretch that holds the meeting and everybody who came before it began."""
    if window is None:
        return None
    stays: list[Stay] = [stay for row in found if row.line for stay in row.line.stays]
    begin = min([window.begin, *(stay.start for stay in stays)])
    return Span(begin, max([window.end, begin + timedelta(minutes=1)]))


def ticks(window: Window | None, found: Iterable[Row]) -> list[Tick]:
    """Return marks at full minutes, few enough to be read."""
    drawn = span(window, found)
    if drawn is None:
        return []
    minutes = (drawn.end - drawn.begin) / timedelta(minutes=1)
    step = next((s for s in STEPS if minutes / s <= MOST_TICKS), None)
    if step is None:
        return []
    first = clock.local(drawn.begin).replace(minute=0, second=0, microsecond=0)
    marks: list[Tick] = []
    for number in range(int(minutes // step) + 60 // step + 2):
        at = first + timedelta(minutes=step * number)
        if drawn.begin <= at <= drawn.end:
            marks.append(Tick(drawn.place(at), f"{at:%H:%M}"))
    return marks


def in_room(lines: Mapping[int, Line]) -> dict[int, Line]:
    """Return the sites the roll-call can be told of: those that entered."""
    return {site: line for site, line in lines.items() if line.entered}
