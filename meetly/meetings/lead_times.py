"""How long before a moment something is to happen, counted as offices count; pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from meetly import clock
from meetly.meetings.notice_period import latest_day

#: When offices open.
OPENING = time(8)

LeadTime = Callable[[datetime], datetime]


def working_days(count: int, at: time = OPENING) -> LeadTime:
    """Return so many working days before, at a time of day in Vietnam."""

    def before(moment: datetime) -> datetime:
        day = latest_day(clock.local(moment).date(), notice=count)
        return clock.from_local(datetime.combine(day, at))

    return before


def day_before(at: time) -> LeadTime:
    """Return the day before, working day or not, at a time of day in Vietnam."""

    def before(moment: datetime) -> datetime:
        day = clock.local(moment).date() - timedelta(days=1)
        return clock.from_local(datetime.combine(day, at))

    return before


def hours(count: int) -> LeadTime:
    """Return so many hours before; none is the moment itself."""
    return lambda moment: moment - timedelta(hours=count)
