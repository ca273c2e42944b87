"""When the meetings of a series take place, public holidays minded; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from meetly import clock, working_days
from meetly.meetings.series import recurrence
from meetly.meetings.series.models import HolidayPolicy, Series
from meetly.meetings.series.recurrence import Rule

#: A holiday moves a meeting by less than this, Tết included.
_FURTHEST = timedelta(days=20)


@dataclass(frozen=True)
class Occurrence:
    """One meeting of a series."""

    #: the moment the rule gives, by which calendars know it (RECURRENCE-ID)
    moment: datetime
    #: when it begins; None when a holiday takes its place
    starts_at: datetime | None
    #: the holiday it falls on, if any
    holiday: str = ""


@dataclass(frozen=True)
class Pattern:
    """Everything that says when a series meets."""

    rule: Rule
    starts_on: date
    begins: time
    holidays: HolidayPolicy = HolidayPolicy.SKIP

    def first_day(self) -> date | None:
        """Return the first day the rule gives: calendars count from it (RFC 5545, 3.8.5.3)."""
        start = clock.from_local(datetime.combine(self.starts_on, time(0)))
        first = next(self.rule.moments(self.starts_on, self.begins, start), None)
        return clock.local(first).date() if first else None

    def occurrences(self, after: datetime, until: datetime) -> Iterator[Occurrence]:
        """Give the occurrences whose moment by the rule lies in a stretch of time.

        One that would be moved onto the day of another falls out: nobody meets twice.
        """
        taken: set[date] = set()
        moments = list(self._moments(after - _FURTHEST, until + _FURTHEST))
        unmoved = {_day(moment) for moment in moments if not working_days.holiday(_day(moment))}
        for moment in moments:
            found = self._placed(moment, unmoved | taken)
            if found.starts_at and found.holiday:
                taken.add(_day(found.starts_at))
            if after <= moment <= until:
                yield found

    def _moments(self, after: datetime, until: datetime) -> Iterator[datetime]:
        for moment in self.rule.moments(self.starts_on, self.begins, after):
            if moment > until:
                return
            yield moment

    def _placed(self, moment: datetime, taken: set[date]) -> Occurrence:
        day = _day(moment)
        holiday = working_days.holiday(day)
        if not holiday or self.holidays == HolidayPolicy.KEEP:
            return Occurrence(moment, moment, holiday)
        if self.holidays == HolidayPolicy.SKIP:
            return Occurrence(moment, None, holiday)
        move = (
            working_days.working_day_after
            if self.holidays == HolidayPolicy.NEXT_WORKING_DAY
            else working_days.working_day_before
        )
        other = move(day)
        if other in taken:
            return Occurrence(moment, None, holiday)
        return Occurrence(moment, clock.from_local(datetime.combine(other, self.begins)), holiday)


def pattern_of(series: Series) -> Pattern:
    """Return when a series meets."""
    rule = recurrence.read(series.rule)
    return Pattern(rule, series.starts_on, series.begins, HolidayPolicy(series.holidays))


def _day(moment: datetime) -> date:
    return clock.local(moment).date()
