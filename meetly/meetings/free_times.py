"""When everybody and the room are free, nearest to when a meeting was wanted; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta

from meetly import clock
from meetly.working_days import is_working_day as office_day

#: Office hours in Vietnam; a meeting lies within one half of the day if it can.
MORNING = (time(7, 30), time(11, 30))
AFTERNOON = (time(13, 30), time(17, 0))
STEP = timedelta(minutes=15)
#: How far from the wanted day is looked, in days, and how many times are proposed on each side.
REACH = 7
PROPOSED = 3

Span = tuple[datetime, datetime]


def nearest(
    wanted: Span,
    busy: Iterable[Span],
    *,
    earliest: datetime,
    count: int = PROPOSED,
    reach: int = REACH,
    is_working_day: Callable[[date], bool] = office_day,
) -> tuple[list[datetime], list[datetime]]:
    """Return up to `count` free starts before and after the wanted one, in the order of the day.

    Each leaves room for a meeting as long as the wanted one within office hours, begins on a
    quarter of an hour, and not before `earliest`. Moments are aware; hours are Vietnamese.
    """
    start, end = wanted
    length = end - start
    taken = sorted(busy)
    days = [clock.local(start).date() + timedelta(days=n) for n in range(-reach, reach + 1)]
    free = [
        moment
        for day in days
        if is_working_day(day)
        for moment in _starts(day, length)
        if moment >= earliest and moment != start and _is_free(moment, moment + length, taken)
    ]
    before = [moment for moment in free if moment < start]
    return before[-count:], [moment for moment in free if moment > start][:count]


def _starts(day: date, length: timedelta) -> Iterator[datetime]:
    halves = (MORNING, AFTERNOON)
    fitting = [half for half in halves if length <= _at(day, half[1]) - _at(day, half[0])]
    for opens, closes in fitting or [(MORNING[0], AFTERNOON[1])]:
        moment = _at(day, opens)
        while moment + length <= _at(day, closes):
            yield moment
            moment += STEP


def _at(day: date, hour: time) -> datetime:
    return clock.from_local(datetime.combine(day, hour))


def _is_free(start: datetime, end: datetime, taken: Iterable[Span]) -> bool:
    return all(end <= begins or ends <= start for begins, ends in taken)
