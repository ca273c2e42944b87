"""What the reader of the board asks: whose tasks, in which order, narrowed to what; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from meetly import clock
from meetly.errors import BadInput

_PERIOD = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
_EARLIEST, _LATEST = 1990, 2199
_LARGEST_ID = 2**31 - 1


class Side(StrEnum):
    """From which end tasks are looked at."""

    #: those my units gave
    GIVEN = "given"
    #: those my units lead
    LED = "led"


class By(StrEnum):
    """How the board is arranged."""

    LATENESS = "late"
    UNIT = "unit"
    MEETING = "meeting"
    OFFICER = "officer"
    MONTH = "month"


class Standing(StrEnum):
    """How a task stands, as far as the board tells it apart."""

    LATE = "late"
    RUNNING = "running"
    UNDATED = "undated"
    #: the unit says it is done; its giver has to agree
    CLAIMED = "claimed"
    DONE_IN_TIME = "done_in_time"
    DONE_LATE = "done_late"


RUNNING = (Standing.LATE, Standing.RUNNING, Standing.UNDATED, Standing.CLAIMED)
DONE = (Standing.DONE_IN_TIME, Standing.DONE_LATE)


@dataclass(frozen=True)
class Period:
    """A month, quarter or year of the Vietnamese calendar."""

    #: "2026-11", "2026-Q4" or "2026"
    name: str
    first: date
    last: date

    @property
    def begins(self) -> datetime:
        """The first moment of it."""
        return clock.from_local(datetime.combine(self.first, time.min))

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return clock.from_local(datetime.combine(self.last + timedelta(days=1), time.min))


def period_of(name: str) -> Period:
    """Read "2026-11", "2026-Q4" or "2026"; BadInput when it is none."""
    found = _PERIOD.fullmatch(name)
    year = int(found["year"]) if found else 0
    if found is None or not _EARLIEST <= year <= _LATEST:
        raise BadInput("Không có kỳ này; hãy chọn tháng, quý hoặc năm.")
    if found["month"]:
        first = last = int(found["month"])
    elif found["quarter"]:
        first, last = 3 * int(found["quarter"]) - 2, 3 * int(found["quarter"])
    else:
        first, last = 1, 12
    after = date(year + last // 12, last % 12 + 1, 1)
    return Period(name, date(year, first, 1), after - timedelta(days=1))


def periods_around(day: date) -> tuple[str, str, str]:
    """Name the month, the quarter and the year of a day."""
    return f"{day:%Y-%m}", f"{day.year}-Q{(day.month + 2) // 3}", f"{day.year}"


@dataclass(frozen=True)
class Asked:
    """One question to the board; every field stands in the address of the page."""

    #: none: given, where the reader's units gave anything, else led
    side: Side | None = None
    by: By = By.LATENESS
    #: none: everything that waits for its unit, or everything done in the period
    standing: Standing | None = None
    #: the unit at the other end; 0: names that are not in the directory
    unit_id: int | None = None
    meeting_id: int | None = None
    #: 0: tasks nobody follows up
    officer_id: int | None = None
    #: none: what runs now; else what was done in it
    period: Period | None = None
    #: the mark after which a page begins
    after: str = ""

    def arguments(self) -> dict[str, str | int]:
        """Say it again for an address, without the mark."""
        told: dict[str, str | int | None] = {
            "side": self.side, "by": None if self.by == By.LATENESS else self.by,
            "state": self.standing, "unit": self.unit_id, "meeting": self.meeting_id,
            "officer": self.officer_id, "period": self.period.name if self.period else None,
        }  # fmt: skip
        return {name: value for name, value in told.items() if value is not None}

    @property
    def is_narrowed(self) -> bool:
        """Whether less than everything of this side is asked for."""
        rows = (self.unit_id, self.meeting_id, self.officer_id)
        return self.standing is not None or any(row is not None for row in rows)


def read(arguments: Mapping[str, str]) -> Asked:
    """Read the arguments of an address; BadInput for what no page of ours would ask."""
    name = arguments.get("year", "").strip() or arguments.get("period", "").strip()
    asked = Asked(
        side=Side(_one_of(arguments, "side", tuple(Side)) or Side.GIVEN)
        if arguments.get("side")
        else None,
        by=By(_one_of(arguments, "by", tuple(By)) or By.LATENESS),
        unit_id=_number(arguments, "unit"),
        meeting_id=_number(arguments, "meeting"),
        officer_id=_number(arguments, "officer"),
        period=period_of(name) if name else None,
        after=arguments.get("after", ""),
    )
    state = _one_of(arguments, "state", tuple(Standing))
    # Going from what runs to what is done and back keeps the rest of the question.
    fits = state in (DONE if asked.period else RUNNING)
    return replace(asked, standing=Standing(state)) if state and fits else asked


def _one_of(arguments: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = arguments.get(name, "")
    if value and value not in known:
        raise BadInput("Không có cách lọc này.")
    return value


def _number(arguments: Mapping[str, str], name: str) -> int | None:
    value = arguments.get(name, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and int(value[:20]) <= _LARGEST_ID):
        raise BadInput("Không có cách lọc này.")
    return int(value)
