"""Deadlines and days as people write them into a cell; pure, and never guessed."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from meetly.directions.extraction.deadlines import Bond, find_moments
from meetly.directions.extraction.reading import Reading
from meetly.folding import fold

#: nobody ordered anything before, and nothing is due after
FIRST_YEAR, LAST_YEAR = 1990, 2200
_LONGEST = 200
_NOTHING = {
    "",
    "-",
    "–",
    "—",
    "…",
    "...",
    "khong",
    "khong co",
    "khong han",
    "chua co",
    "chua co han",
}
_DAY = re.compile(r"(?<![\d/.-])(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})(?![\d/-])")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_SPOKEN = re.compile(r"\bngay\s*(\d{1,2})\s*thang\s*(\d{1,2})\s*nam\s*(\d{4})\b")
_NO_YEAR = re.compile(r"(?:(?:truoc|den|han|cham nhat|ngay)\s*)*(\d{1,2})\s*/\s*(\d{1,2})\s*\.?")
_OPENING = r"(?:(?:truoc|den|trong|het|cuoi|cham nhat|xong|hoan thanh|la|han)\s*)*"
_QUARTER = re.compile(rf"{_OPENING}quy\s*(i{{1,3}}|iv|[1-4])\s*[/,-]?\s*(?:nam\s*)?(\d{{4}})\.?")
_MONTH = re.compile(
    rf"{_OPENING}(?:thang\s*(\d{{1,2}})\s*[/,-]?\s*(?:nam\s*)?|(\d{{1,2}})\s*/\s*)(\d{{4}})\.?"
)
_YEAR = re.compile(rf"{_OPENING}nam\s*(\d{{4}})\.?")
_OFTEN = re.compile(
    r"\b(?:(?:hang|moi|tung)\s+(?:ngay|tuan|thang|quy|nam|thu|buoi)|dinh ky|\d+ lan ?/)"
)
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True)
class Deadline:
    """What a cell says about time."""

    due: date | None = None
    recurring: str = ""
    #: the words, where nobody can tell
    unread: str = ""


def deadline(words: str, given_on: date) -> Deadline:
    """Read a deadline; what counts from a day counts from the day it was given."""
    words = " ".join(words.split())
    folded = fold(words).strip(" .;,")
    if folded in _NOTHING:
        return Deadline()
    if len(words) > _LONGEST:
        return Deadline(unread=words[:_LONGEST])
    due = _one_day(folded)
    if _OFTEN.search(folded):
        return Deadline(due, recurring=words)
    due = due or _end_of_period(folded) or _without_year(folded, given_on)
    due = due or _by_words(words, folded, given_on)
    return Deadline(due) if due else Deadline(unread=words)


def day(words: str) -> date | None:
    """Read one day with its year; None when there is none, or more than one."""
    return _one_day(fold(" ".join(words.split())))


def _one_day(folded: str) -> date | None:
    found = [(int(d), int(m), int(y)) for d, m, y in _DAY.findall(folded)]
    found += [(int(d), int(m), int(y)) for y, m, d in _ISO.findall(folded)]
    found += [(int(d), int(m), int(y)) for d, m, y in _SPOKEN.findall(folded)]
    return _date(*found[0]) if len(set(found)) == 1 else None


def _end_of_period(folded: str) -> date | None:
    quarter = _QUARTER.fullmatch(folded)
    if quarter:
        number = _QUARTERS.get(quarter[1]) or int(quarter[1])
        return _last_of(int(quarter[2]), 3 * number)
    month = _MONTH.fullmatch(folded)
    if month:
        return _last_of(int(month[3]), int(month[1] or month[2]))
    year = _YEAR.fullmatch(folded)
    return _last_of(int(year[1]), 12) if year else None


def _without_year(folded: str, given_on: date) -> date | None:
    """The first such day that is not before the order."""
    match = _NO_YEAR.fullmatch(folded)
    if match is None:
        return None
    days = (_date(int(match[1]), int(match[2]), given_on.year + later) for later in (0, 1))
    return next((found for found in days if found and found >= given_on), None)


def _by_words(words: str, folded: str, given_on: date) -> date | None:
    if re.search(r"\d\s*[/.-]\s*\d", folded):
        return None  # figures that are no day above are no day at all
    moments = [m for m in find_moments(Reading(words), given_on) if m.due]
    sure = [m for m in moments if m.bond in (Bond.DAY, Bond.DEADLINE)]
    return sure[0].due if len(sure) == 1 else None


def _last_of(year: int, month: int) -> date | None:
    if not (1 <= month <= 12 and FIRST_YEAR <= year <= LAST_YEAR):
        return None
    return date(year, month, calendar.monthrange(year, month)[1])


def _date(number: int, month: int, year: int) -> date | None:
    try:
        found = date(year, month, number)
    except ValueError:
        return None
    return found if FIRST_YEAR <= year <= LAST_YEAR else None
