"""Working days and public holidays of Vietnam; the only home of `holidays`.

Article 112 of the Labour Code (45/2019/QH14) names the holidays; which days around Tết are free and
which Saturdays are worked in return is decided each autumn for the next year. The dates come from
the package `holidays`: announced years are exact as far as the package knew them when it was
released, later ones follow the lunar calendar and may move by a day.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays

#: The years that the lunar calendar of the package covers.
FIRST_YEAR, LAST_YEAR = 1979, 2099
_SATURDAY = 5


def holiday(day: date) -> str:
    """Return the Vietnamese name of the public holiday, or nothing on any other day."""
    return _of_year(day.year).get(day, "")


def holidays_between(first: date, last: date) -> dict[date, str]:
    """Return the public holidays from one day to another, both included, by day."""
    years = range(first.year, last.year + 1)
    found = {day: name for year in years for day, name in _of_year(year).items()}
    return {day: found[day] for day in sorted(found) if first <= day <= last}


def is_working_day(day: date) -> bool:
    """Tell whether offices work: Monday to Friday and no public holiday.

    A Saturday that is worked in return for a day off, as far as the package has heard, is one too.
    """
    if day.weekday() >= _SATURDAY:
        return FIRST_YEAR <= day.year <= LAST_YEAR and day in _calendar(day.year).weekend_workdays
    return not holiday(day)


def working_day_after(day: date, count: int = 1) -> date:
    """Return the working day that is so many working days later."""
    return _step(day, count, timedelta(days=1))


def working_day_before(day: date, count: int = 1) -> date:
    """Return the working day that is so many working days earlier."""
    return _step(day, count, timedelta(days=-1))


def _step(day: date, count: int, one: timedelta) -> date:
    while count:
        day += one
        count -= is_working_day(day)
    return day


@cache
def _of_year(year: int) -> dict[date, str]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return {}
    return {day: _short(name) for day, name in _calendar(year).items()}


@cache
def _calendar(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=year, language="vi", expand=False)


def _short(name: str) -> str:
    # One day may be two holidays; the package joins their names.
    return ", ".join(part.strip() for part in name.split(";"))
