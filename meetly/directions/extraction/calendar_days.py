"""Plain calendar arithmetic for deadlines: weeks, months, quarters and working days.

Deadlines are not moved for weekends: the date that was said is the date that is kept. Public
holidays are not known here; who reads for an office hands in its calendar of working days.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta

#: the working day so many working days after a day
WorkingDayAfter = Callable[[date, int], date]

_FRIDAY = 4


def last_of_month(day: date) -> date:
    """Return the last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def months_after(day: date, count: int) -> date:
    """Return the same day `count` months later, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + count
    last = last_of_month(date(index // 12, index % 12 + 1, 1))
    return last.replace(day=min(day.day, last.day))


def on_date(meeting: date, day: int, month: int, year: int | None) -> date:
    """Return day/month of the stated year, or of the first year in which it is still ahead."""
    if year is not None:
        return date(year, month, day)
    due = date(meeting.year, month, day)
    return due if due >= meeting else date(meeting.year + 1, month, day)


def on_day(meeting: date, day: int) -> date:
    """Return that day of this month, or of the next month when it has passed."""
    if day >= meeting.day:
        return meeting.replace(day=day)
    return months_after(meeting.replace(day=1), 1).replace(day=day)


def quarter_end(year: int, quarter: int) -> date:
    """Return the last day of a quarter."""
    return last_of_month(date(year, quarter * 3, 1))


def friday_of(day: date) -> date:
    """Return the Friday, the last working day, of the ISO week of `day`."""
    return day + timedelta(days=_FRIDAY - day.weekday())


def next_weekday(day: date, weekday: int) -> date:
    """Return the first day with that weekday (Monday is 0) on or after `day`."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def working_days_after(day: date, count: int) -> date:
    """Count Mondays to Fridays, starting on the day after `day`."""
    weeks, rest = divmod(count, 5)
    due = day + timedelta(days=7 * weeks)
    while rest:
        due += timedelta(days=1)
        rest -= due.weekday() < 5
    while due.weekday() >= 5:
        due -= timedelta(days=1)
    return due
