"""What recurs: from the words a chair says to a rule, and from a rule to its periods; pure.

«trước 16 giờ thứ sáu hằng tuần» is a rule with one due day a week. Words that name no single day a
period («hai lần một tuần», «6 tháng một lần») give none: a deadline is never invented.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from meetly.folding import fold
from meetly.spoken_numbers import DAY, MONTH, number
from meetly.tasks.standing.models import Frequency

#: Without a named day: the week ends on Friday, longer periods on their last day.
FRIDAY, LAST_DAY = 4, 31
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """Once a period, on which day of it, and until what time where one was said."""

    frequency: Frequency
    #: Monday is 0; for weekly ones, Friday when none was said
    weekday: int | None = None
    #: day of the month; 31 is the last one
    day: int | None = None
    #: 1-3 within the quarter, 1-12 within the year; none is the last
    month: int | None = None
    hour: time | None = None


@dataclass(frozen=True)
class Period:
    """One week, month ... of a rule: its name, its first day, and the day that is due in it."""

    label: str
    begins: date
    due: date


# -- from words to a rule --------------------------------------------------------------------

_DAY, _MONTH = fold(DAY), fold(MONTH)
_EVERY = r"(?:hang|moi|tung)"
_PARTS = r"(?:sang|trua|chieu|toi|dem)"
_SPANS = {
    "ngay": Frequency.DAILY, "tuan": Frequency.WEEKLY, "thang": Frequency.MONTHLY,
    "quy": Frequency.QUARTERLY, "nam": Frequency.YEARLY,
}  # fmt: skip
_SPAN = r"(?:ngay|tuan|thang|quy|nam)"
_WEEKDAYS = {
    "hai": 0, "2": 0, "ba": 1, "3": 1, "tu": 2, "4": 2, "nam": 3, "5": 3, "sau": 4, "6": 4,
    "bay": 5, "7": 5,
}  # fmt: skip
_WEEKDAY = re.compile(r"(?<!lan )\bthu (hai|ba|tu|nam|sau|bay|[2-7])\b|\b(chu nhat)\b")
_HOUR = re.compile(
    rf"\b({_DAY}) ?(?:gio|h)(?: ?(\d{{1,2}})\b(?: ?phut)?| (ruoi))?\b(?: ({_PARTS})\b)?"
    r"|\b(\d{1,2}):(\d{2})\b"
)
_DATE = re.compile(rf"\bngay (?:mong |mung )?({_DAY})(?:/| thang )({_MONTH})\b(?! quy)")
_DAY_SAID = re.compile(rf"\b(?:ngay (?:mong |mung )?|mong |mung )({_DAY})\b")
_LAST = re.compile(rf"\bngay cuoi(?: cung)?\b|\bcuoi (?:cua )?{_EVERY} (?:thang|quy|nam)\b")
_MONTH_OF_QUARTER = re.compile(r"\bthang (dau|thu nhat|thu hai|giua|cuoi)(?: tien| cung)?\b")
_FREQUENCY = (
    re.compile(rf"\b{_EVERY} (?:buoi )?({_PARTS})\b"),
    re.compile(rf"\b{_EVERY} (?:mot |1 )?({_SPAN})\b"),
    re.compile(rf"\bdinh ky (?:vao )?(?:mot |1 )?({_SPAN})\b"),
    re.compile(rf"\b({_SPAN}) (?:mot|1) (?:lan|ky|buoi)\b"),
    re.compile(rf"\b(?:mot|1) (?:lan|ky|buoi)(?: mot| moi| trong| tren)? ?/? ?({_SPAN})\b"),
)
_EVERY_WEEKDAY = re.compile(rf"\b{_EVERY} (?:{_PARTS} )?(?:thu (?:hai|ba|tu|nam|sau|bay)|chu nhat)")
#: Another month or week than the one that runs, or a stretch of days: no single due day.
_REFUSED = re.compile(
    r"\b(?:thang|quy|nam|tuan) (?:sau|toi|tiep|ke)\b|\b(?:dau|giua) (?:cua )?(?:hang|moi|tung)\b"
    r"|\btuan (?:dau|cuoi|thu)\b|\bdau (?:tuan|thang|quy|nam)\b|\bgiua (?:tuan|thang|quy|nam)\b"
    r"|\b(?:tuan|thang|quy) (?:va )?(?:tuan|thang|quy|nam)\b(?! \d)"
    r"|\bnam (?:ngay|tuan|thang|quy)\b(?! \d)|\b(?:hang|moi|tung) gio\b"
)
_ONCE = re.compile(r"\b(?:mot|1) (?:lan|ky|buoi)\b|\b(?:mot|1) (?:ngay|tuan|thang|quy|nam)\b")
_NUMBER_LEFT = re.compile(
    r"\b(?:\d+|hai|ba|bon|sau|bay|tam|chin|muoi|chuc) ?(?:lan|ky|buoi|ngay|tuan|thang|quy|nam)\b"
    r"|\d"
)


def read(phrase: str) -> Rule | None:
    """Understand what a direction says of its recurrence, with or without diacritics."""
    said = " ".join(re.sub(r"[^\w/:]+", " ", fold(phrase)).split())
    if not said or _REFUSED.search(said):
        return None
    hours, rest = _taken(_HOUR, said)
    weekdays, rest = _taken(_WEEKDAY, rest)
    if len(hours) > 1 or len(weekdays) > 1:
        return None
    hour = _time(hours[0]) if hours else None
    frequency = _frequency(said, rest, bool(weekdays))
    if frequency is None or (hours and hour is None):
        return None
    if frequency == Frequency.WEEKLY:
        weekday = _weekday(weekdays[0]) if weekdays else FRIDAY
        return None if _counts_on(rest) else Rule(frequency, weekday=weekday, hour=hour)
    if weekdays:
        return None
    if frequency == Frequency.DAILY:
        return None if _counts_on(rest) else Rule(frequency, hour=hour)
    return _dated(frequency, rest, hour)


def _frequency(said: str, rest: str, on_weekday: bool) -> Frequency | None:
    found = {
        _SPANS.get(match[1], Frequency.DAILY)
        for pattern in _FREQUENCY
        for match in pattern.finditer(rest)
        if not (match[1] == "ngay" and re.match(rf" (?:mong |mung )?{_DAY}\b", rest[match.end() :])
                and not re.match(r" (?:mot|1) lan", rest[match.end() :]))
    }  # fmt: skip
    if on_weekday:
        found.discard(Frequency.DAILY)
        if _EVERY_WEEKDAY.search(said) or re.search(rf"\b{_EVERY} thu [2-7]\b", said):
            found.add(Frequency.WEEKLY)
    return found.pop() if len(found) == 1 else None


def _dated(frequency: Frequency, rest: str, hour: time | None) -> Rule | None:
    """Read the day of a month, quarter or year; the last one where none was said."""
    day = month = None
    if frequency == Frequency.YEARLY:
        dates, rest = _taken(_DATE, rest)
        if len(dates) > 1:
            return None
        if dates:
            day, month = number(dates[0][1]), number(dates[0][2])
            if not (1 <= month <= 12 and 1 <= day <= _most(month)):
                return None
    if frequency == Frequency.QUARTERLY:
        months, rest = _taken(_MONTH_OF_QUARTER, rest)
        month = {"dau": 1, "thu nhat": 1, "cuoi": 3}.get(months[0][1], 2) if months else None
    if day is None:
        days, rest = _taken(_DAY_SAID, rest)
        last, rest = _taken(_LAST, rest)
        if len(days) + len(last) > 1:
            return None
        day = number(days[0][1]) if days else LAST_DAY
        needs_month = frequency != Frequency.MONTHLY and month is None
        if not 1 <= day <= LAST_DAY or (days and needs_month):
            return None
    if _counts_on(rest):
        return None
    return Rule(frequency, day=day, month=month, hour=hour)


def _counts_on(rest: str) -> bool:
    """Tell whether a number is left that nothing explains: two days, every 6 months."""
    return _NUMBER_LEFT.search(_ONCE.sub(" ", rest)) is not None


def _taken(pattern: re.Pattern[str], text: str) -> tuple[list[re.Match[str]], str]:
    """Return what a pattern finds, and the text without it."""
    return list(pattern.finditer(text)), " ".join(pattern.sub(" ", text).split())


def _weekday(match: re.Match[str]) -> int:
    return 6 if match[2] else _WEEKDAYS[match[1]]


def _time(match: re.Match[str]) -> time | None:
    said, minutes, half, part, digits, of_hour = match.groups()
    hour = number(said or digits)
    minute = 30 if half else int(minutes or of_hour or 0)
    if part in ("chieu", "toi") and hour < 12:
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _most(month: int) -> int:
    return calendar.monthrange(2024, month)[1]


# -- from a rule to its periods --------------------------------------------------------------


def dues(rule: Rule, after: date, until: date) -> Iterator[Period]:
    """Yield the periods due after one day that have begun by another, in order and each once."""
    begins = _first_day(rule.frequency, after)
    while begins <= until:
        period = Period(_label(rule.frequency, begins), begins, _due(rule, begins))
        if period.due > after:
            yield period
        begins = _next(rule.frequency, begins)


def first_due(rule: Rule, start: date) -> Period:
    """Return the first period that is due on a day or later, begun or not."""
    begins = _first_day(rule.frequency, start)
    if _due(rule, begins) < start:
        begins = _next(rule.frequency, begins)
    return Period(_label(rule.frequency, begins), begins, _due(rule, begins))


def _first_day(frequency: Frequency, day: date) -> date:
    if frequency == Frequency.WEEKLY:
        return day - timedelta(days=day.weekday())
    if frequency == Frequency.MONTHLY:
        return day.replace(day=1)
    if frequency == Frequency.QUARTERLY:
        return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return date(day.year, 1, 1) if frequency == Frequency.YEARLY else day


def _next(frequency: Frequency, begins: date) -> date:
    if frequency == Frequency.DAILY:
        return begins + _ONE_DAY
    if frequency == Frequency.WEEKLY:
        return begins + 7 * _ONE_DAY
    return _plus_months(begins, _LENGTH[frequency])


_LENGTH = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.YEARLY: 12}


def _due(rule: Rule, begins: date) -> date:
    if rule.frequency == Frequency.DAILY:
        return begins
    if rule.frequency == Frequency.WEEKLY:
        return begins + timedelta(days=FRIDAY if rule.weekday is None else rule.weekday)
    length = _LENGTH[rule.frequency]
    month = _plus_months(begins, min(rule.month or length, length) - 1)
    last = calendar.monthrange(month.year, month.month)[1]
    return month.replace(day=min(rule.day or LAST_DAY, last))


def _plus_months(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def _label(frequency: Frequency, begins: date) -> str:
    if frequency == Frequency.DAILY:
        return begins.isoformat()
    if frequency == Frequency.WEEKLY:
        year, week, _day = begins.isocalendar()
        return f"{year}-W{week:02d}"
    if frequency == Frequency.MONTHLY:
        return f"{begins:%Y-%m}"
    if frequency == Frequency.QUARTERLY:
        return f"{begins.year}-Q{(begins.month + 2) // 3}"
    return str(begins.year)


def in_words(label: str) -> str:
    """Write the name of a period as Vietnamese papers do: "tuần 48/2026", "quý IV/2026"."""
    year, _dash, rest = label.partition("-")
    if rest.startswith("W"):
        return f"tuần {int(rest[1:])}/{year}"
    if rest.startswith("Q"):
        return f"quý {('I', 'II', 'III', 'IV')[int(rest[1:]) - 1]}/{year}"
    month, _dash, day = rest.partition("-")
    if day:
        return f"ngày {day}/{month}/{year}"
    return f"tháng {month}/{year}" if month else f"năm {year}"
