"""Periods of records: a month, a quarter or a year of the Vietnamese calendar."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from meetly.errors import BadInput

_WRITTEN = re.compile(r"(?P<year>20\d\d)(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
#: How many years back a record can be chosen in the list; older ones have their address.
_YEARS_BACK = 2


@dataclass(frozen=True)
class Period:
    """Whole months, written "2026-11", "2026-Q4" or "2026"."""

    key: str
    first: date
    last: date

    @property
    def months(self) -> list[str]:
        """Its months as they are written."""
        months = range(self.first.month, self.last.month + 1)
        return [f"{self.first.year}-{month:02d}" for month in months]

    @property
    def is_month(self) -> bool:
        """Whether it is a single month."""
        return self.first.month == self.last.month

    @property
    def quarter(self) -> int | None:
        """Its number from 1 to 4, of a quarter."""
        return (self.first.month + 2) // 3 if "Q" in self.key else None


def read(key: str) -> Period:
    """Return the period that is written so; BadInput when none is."""
    found = _WRITTEN.fullmatch(key)
    if found is None:
        raise BadInput("Kỳ chưa đúng. Ví dụ: 2026-11, 2026-Q4 hoặc 2026.")
    year = int(found["year"])
    if found["month"]:
        first = last = int(found["month"])
    elif found["quarter"]:
        last = 3 * int(found["quarter"])
        first = last - 2
    else:
        first, last = 1, 12
    return Period(key, date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def month_of(day: date) -> Period:
    """Return the month a day lies in."""
    return read(f"{day:%Y-%m}")


def last_whole_month(day: date) -> Period:
    """Return the month before that of a day."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return read(f"{year}-{month:02d}")


def offered(day: date) -> list[list[Period]]:
    """Return what can be chosen on a day, newest first: months, quarters, years."""
    years = range(day.year, day.year - _YEARS_BACK, -1)
    months = [f"{year}-{month:02d}" for year in years for month in range(12, 0, -1)]
    quarters = [f"{year}-Q{quarter}" for year in years for quarter in range(4, 0, -1)]
    found = [[read(key) for key in kind] for kind in (months, quarters, map(str, years))]
    return [[period for period in kind if period.first <= day] for kind in found]
