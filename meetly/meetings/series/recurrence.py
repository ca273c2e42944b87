"""Rules by which meetings recur, as RFC 5545 writes them and as people say them; pure.

Of that grammar a briefing needs five shapes: every day, every working day, some days of the week,
a weekday of the month, a day of the month. Everything else is refused rather than guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from dateutil.rrule import rrulestr

from meetly import clock
from meetly.errors import BadInput

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKING = (0, 1, 2, 3, 4)
#: The last one of the month, as RFC 5545 counts.
LAST = -1
MOST_COUNT = 1000
MOST_INTERVAL = 12
#: Nobody plans further; a rule without an end stops here.
HORIZON = timedelta(days=366 * 20)
#: An end outside these years is a typing mistake.
FIRST_YEAR, LAST_YEAR = 2000, 2200
_PART = re.compile(r"([A-Z]+)=([A-Z0-9,+\-]+)")
_NTH = re.compile(r"([1-4]|-1)(MO|TU|WE|TH|FR|SA|SU)")
_KNOWN = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "UNTIL", "COUNT"}


class Shape(StrEnum):
    """How a meeting recurs."""

    DAILY = "daily"
    WORKING_DAYS = "working"
    WEEKLY = "weekly"
    #: the second Monday, the last Friday
    MONTHLY_WEEKDAY = "weekday"
    #: the 15th; months that lack the day have no meeting, as RFC 5545 says
    MONTHLY_DAY = "day"


@dataclass(frozen=True)
class Rule:
    """One rule; `nth` counts weekdays (1 to 4, or LAST) and `day` days of the month (or LAST)."""

    shape: Shape
    interval: int = 1
    #: Monday is 0
    weekdays: tuple[int, ...] = ()
    nth: int = 1
    day: int = 1
    #: the last day on which it may fall
    until: date | None = None
    count: int | None = None

    def checked(self) -> Rule:
        """Return the rule; BadInput says what it lacks."""
        wrong = (
            not 1 <= self.interval <= MOST_INTERVAL
            or not set(self.weekdays) <= set(range(7))
            or (self.nth not in (1, 2, 3, 4, LAST))
            or not (1 <= self.day <= 31 or self.day == LAST)
        )
        if wrong:
            raise BadInput("Quy tắc lặp lại không hợp lệ.")
        if self.shape == Shape.WEEKLY and not self.weekdays:
            raise BadInput("Hãy chọn ít nhất một ngày trong tuần.")
        if self.shape == Shape.MONTHLY_WEEKDAY and len(self.weekdays) != 1:
            raise BadInput("Hãy chọn một ngày trong tuần.")
        if self.count is not None and not 1 <= self.count <= MOST_COUNT:
            raise BadInput("Số lần lặp phải từ 1 đến %(most)s.", most=MOST_COUNT)
        if self.until is not None and not FIRST_YEAR <= self.until.year <= LAST_YEAR:
            raise BadInput("Ngày kết thúc phải từ năm 2000 đến năm 2200.")
        if self.count is not None and self.until is not None:
            raise BadInput("Chỉ chọn một cách kết thúc: theo ngày hoặc theo số lần.")
        return self

    def text(self) -> str:
        """Write the rule as RFC 5545 does, without the prefix; UNTIL is the end of that day."""
        parts = [f"FREQ={_FREQUENCY[self.shape]}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.shape == Shape.MONTHLY_WEEKDAY:
            parts.append(f"BYDAY={self.nth}{WEEKDAYS[self.weekdays[0]]}")
        elif self.shape == Shape.MONTHLY_DAY:
            parts.append(f"BYMONTHDAY={self.day}")
        elif days := WORKING if self.shape == Shape.WORKING_DAYS else self.weekdays:
            parts.append("BYDAY=" + ",".join(WEEKDAYS[number] for number in sorted(set(days))))
        if self.until:
            parts.append(f"UNTIL={_end_of(self.until):%Y%m%dT%H%M%SZ}")
        if self.count:
            parts.append(f"COUNT={self.count}")
        return ";".join(parts)

    def moments(self, starts_on: date, begins: time, after: datetime) -> Iterator[datetime]:
        """Give the moments from `after` on, in UTC: the wall clock of Vietnam has no summer time.

        The walk begins at the first day, which makes a rule of ten years cost milliseconds.
        """
        # Vietnam has been seven hours ahead all year since 1975, so naive wall time is exact.
        first = datetime.combine(starts_on, begins)
        rule = rrulestr(_local(self.text()), dtstart=first)
        last = first + HORIZON
        for wall in rule.xafter(clock.local(after).replace(tzinfo=None), inc=True):
            if wall > last:
                return
            yield clock.from_local(wall)


_FREQUENCY = {
    Shape.DAILY: "DAILY", Shape.WORKING_DAYS: "WEEKLY", Shape.WEEKLY: "WEEKLY",
    Shape.MONTHLY_WEEKDAY: "MONTHLY", Shape.MONTHLY_DAY: "MONTHLY",
}  # fmt: skip


def read(text: str) -> Rule:
    """Read a rule written by `Rule.text`; BadInput for anything else."""
    try:
        return _read(text)
    except (ValueError, KeyError, IndexError) as error:
        raise BadInput("Quy tắc lặp lại không hợp lệ.") from error


def _read(text: str) -> Rule:
    if len(text) > 200:
        raise ValueError
    matches = [_PART.fullmatch(part) for part in text.split(";")]
    parts = {match[1]: match[2] for match in matches if match}
    if len(parts) != len(matches) or not parts.keys() <= _KNOWN:
        raise ValueError
    until = parts.get("UNTIL")
    ends = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if until else None
    common = {
        "interval": int(parts.get("INTERVAL", "1")),
        "until": clock.local(ends).date() if ends else None,
        "count": int(parts["COUNT"]) if "COUNT" in parts else None,
    }
    return _shaped(parts, common).checked()


def _shaped(parts: Mapping[str, str], common: Mapping[str, object]) -> Rule:
    by_day, frequency = parts.get("BYDAY", ""), parts["FREQ"]
    if frequency == "MONTHLY" and by_day:
        nth = _NTH.fullmatch(by_day)
        if nth is None or "BYMONTHDAY" in parts:
            raise ValueError
        return _rule(
            Shape.MONTHLY_WEEKDAY, common, nth=int(nth[1]), weekdays=(WEEKDAYS.index(nth[2]),)
        )
    if frequency == "MONTHLY":
        return _rule(Shape.MONTHLY_DAY, common, day=int(parts["BYMONTHDAY"]))
    if "BYMONTHDAY" in parts:
        raise ValueError
    if frequency == "DAILY" and not by_day:
        return _rule(Shape.DAILY, common)
    if frequency != "WEEKLY":
        raise ValueError
    days = tuple(WEEKDAYS.index(name) for name in by_day.split(","))
    is_working = days == WORKING and common["interval"] == 1
    if is_working:
        return _rule(Shape.WORKING_DAYS, common)
    return _rule(Shape.WEEKLY, common, weekdays=days)


def _rule(shape: Shape, common: Mapping[str, object], **more: object) -> Rule:
    return Rule(shape=shape, **common, **more)  # type: ignore[arg-type]


def _end_of(day: date) -> datetime:
    return clock.from_local(datetime.combine(day, time(23, 59, 59)))


def _local(text: str) -> str:
    """Write UNTIL as wall time: dateutil wants it to be of the same kind as the first moment."""

    def wall(found: re.Match[str]) -> str:
        ends = datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return f"UNTIL={clock.local(ends):%Y%m%dT%H%M%S}"

    return re.sub(r"UNTIL=(\d{8}T\d{6}Z)", wall, text)
