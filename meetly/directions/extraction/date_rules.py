"""Expressions of time and the dates they come to, counted from the day of the meeting.

Each rule is a pattern and a function. Whether a date binds anyone is not decided here but in
`deadlines`, by the words around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from meetly.accounts.directory import fold_word
from meetly.directions.extraction.calendar_days import (
    WorkingDayAfter,
    friday_of,
    last_of_month,
    months_after,
    next_weekday,
    on_date,
    on_day,
    quarter_end,
)
from meetly.directions.extraction.reading import Pattern, pattern
from meetly.spoken_numbers import (
    DAY,
    LONG_WORDS,
    MONTH,
    NUMBER,
    QUARTER,
    YEAR,
    number,
    year,
)

_DIGITS = re.compile(r"\d\s*[/.-]\s*\d")


@dataclass(frozen=True)
class DateRule:
    """A form of date: how it looks and what date it means."""

    pattern: Pattern
    resolve: Callable[[re.Match[str], date], date | None]
    #: the expression alone says it is a deadline («trong tuần này», «đêm nay»)
    binds: bool = False
    #: the expression says so little («tháng 5») that only its place makes it a day of action
    vague: bool = False
    #: one of these must be there for the pattern to match; a cheap look before the careful one
    words: frozenset[str] = frozenset()
    #: the pattern needs a digit on either side of a mark
    digits: bool = False

    def may_match(self, line: str, said: frozenset[str]) -> bool:
        """Tell by the cheap look whether the pattern can match in a line of these words."""
        return _DIGITS.search(line) is not None if self.digits else not self.words.isdisjoint(said)


def one_of(*words: str) -> frozenset[str]:
    """Return the words with and without diacritics."""
    return frozenset(words) | frozenset(map(fold_word, words))


def _full_date(match: re.Match[str], meeting: date) -> date | None:
    said = match["y"]
    stated = year(said, meeting.year) if said else None
    day = match["d"] or match["bare"]
    return on_date(meeting, number(day), number(match["m"]), stated)


def _day_of_relative_month(match: re.Match[str], meeting: date) -> date | None:
    day = number(match["d"])
    if match["which"] in {"này", "nay"}:
        return on_day(meeting, day)
    following = months_after(meeting.replace(day=1), 1)
    return following.replace(day=day)


def _day_only(match: re.Match[str], meeting: date) -> date | None:
    return on_day(meeting, number(match["d"]))


def _month(match: re.Match[str], meeting: date) -> date | None:
    said = match["y"]
    month = number(match["m"])
    if not 1 <= month <= 12:
        return None
    stated = year(said, meeting.year) if said else None
    if stated is None:
        stated = meeting.year + (month < meeting.month)
    return _part_of_month(match["part"], date(stated, month, 1))


def _relative_month(match: re.Match[str], meeting: date) -> date | None:
    first = meeting.replace(day=1)
    if match["which"] in {"sau", "tới", "toi"}:
        first = months_after(first, 1)
    return _part_of_month(match["part"], first)


def _part_of_month(part: str | None, first: date) -> date | None:
    said = (part or "").split()
    if said and said[-1] in {"đầu", "dau", "trước", "truoc"}:
        return None
    if said and said[-1] in {"giữa", "giua"}:
        return first.replace(day=15)
    return last_of_month(first)


def _quarter(match: re.Match[str], meeting: date) -> date | None:
    said = (match["part"] or "").split()
    if said and said[-1] in {"đầu", "dau", "giữa", "giua", "trước", "truoc"}:
        return None
    which = match["q"]
    current = (meeting.month + 2) // 3
    if which in {"này", "nay"}:
        return quarter_end(meeting.year, current)
    if which in {"sau", "tới", "toi"}:
        return quarter_end(meeting.year + (current == 4), current % 4 + 1)
    quarter = number(which)
    if match["y"]:
        return quarter_end(year(match["y"], meeting.year), quarter)
    due = quarter_end(meeting.year, quarter)
    return due if due >= meeting else quarter_end(meeting.year + 1, quarter)


def _year(match: re.Match[str], meeting: date) -> date:
    return date(year(match["y"], meeting.year) if match["y"] else meeting.year, 12, 31)


def _week(match: re.Match[str], meeting: date) -> date | None:
    part = (match["part"] or "").split()
    ahead = match["which"] in {"sau", "tới", "toi"}
    friday = friday_of(meeting) + timedelta(days=7 * ahead)
    if part and part[-1] in {"đầu", "dau"}:
        return friday - timedelta(days=4) if ahead else None
    if part and part[-1] in {"giữa", "giua"}:
        friday -= timedelta(days=2)
    return friday if friday >= meeting else None


_WEEKDAY_NUMBERS = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5}


def _weekday(match: re.Match[str], meeting: date) -> date | None:
    said = match["day"]
    if said is None:
        weekday = 6
    elif said.isdigit():
        weekday = int(said) - 2
    else:
        weekday = _WEEKDAY_NUMBERS[
            {"tư": "tu", "năm": "nam", "sáu": "sau"}.get(said, said)
            .replace("ả", "a")
            .replace("ẩ", "a")
        ]
    which = (match["which"] or "").split()
    if which[:1] in (["tuần"], ["tuan"]):
        ahead = which[1] in {"sau", "tới", "toi"}
        due = friday_of(meeting) + timedelta(days=weekday - 4 + 7 * ahead)
        return due if due >= meeting else None
    return next_weekday(meeting, weekday)


def _near_day(match: re.Match[str], meeting: date) -> date:
    return meeting + timedelta(days={"nay": 0, "mai": 1}.get(match["near"].split()[-1], 2))


DATE_RULES = (
    DateRule(
        pattern(
            rf"(?<!\w)(?:(?:ngày|hôm) (?:mồng |mùng )?|mồng |mùng )(?P<d>{DAY})(?: của)?"
            r" tháng (?P<which>này|sau|tới)(?!\w)"
        ),
        _day_of_relative_month,
        words=one_of("tháng"),
    ),
    DateRule(
        pattern(
            r"(?<!\w)(?P<part>(?:ngay )?(?:trong|cuối|hết|giữa|đầu|trước)) tháng"
            r"(?: (?P<which>này|sau|tới))?(?!\w| (?:\d|giêng|chạp|trước|qua|vừa))"
            rf"(?! {MONTH}(?!\w))"
        ),
        _relative_month,
        words=one_of("tháng"),
    ),
    DateRule(
        pattern(r"(?<!\w)(?P<part>)tháng (?P<which>này|sau|tới)(?!\w)"),
        _relative_month,
        words=one_of("tháng"),
    ),
    DateRule(
        pattern(
            r"(?<![\d/.,\-])(?:mồng |mùng )?(?P<bare>)"
            r"(?P<d>\d{1,2}) ?[/\-.] ?(?P<m>1[0-2]|0?[1-9])"
            r"(?: ?[/\-.] ?(?P<y>\d{4}))?"
            r"(?!\d|%|/|[.,]\d| (?:tỷ|triệu|nghìn|ha|km|m|người|hộ)\b)"
        ),
        _full_date,
        digits=True,
    ),
    DateRule(
        pattern(
            rf"(?<!\w)(?:(?:(?:ngày|hôm|mồng|mùng) )+(?P<d>{DAY})|(?P<bare>\d{{1,2}}|{LONG_WORDS}))"
            rf" tháng (?P<m>{MONTH})(?!\w)"
            rf"(?:(?:,? ?(?:năm|/|-)|(?= sang năm)) ?(?P<y>{YEAR})(?!\w))?"
        ),
        _full_date,
        words=one_of("tháng"),
    ),
    DateRule(
        pattern(
            rf"(?<!\w)(?:(?:ngày|hôm) (?:mồng |mùng )?|mồng |mùng )(?P<d>(?>{DAY}))(?!\w| tháng"
            r"|/|[.,]\d| (?:ngày|giờ|lần|người|hộ|tỷ|triệu))(?: (?:này|tới))?"
        ),
        _day_only,
        words=one_of("ngày", "hôm", "mồng", "mùng"),
    ),
    DateRule(
        pattern(
            r"(?<!\w)(?:(?P<part>(?:ngay )?(?:trong|cuối|hết|giữa|đầu|trước))[ ,]+)?tháng "
            rf"(?P<m>{MONTH})(?!\w|\d)(?: ?(?:/|-|\.|,? ?năm) ?(?P<y>{YEAR})(?!\w))?"
        ),
        _month,
        vague=True,
        words=one_of("tháng"),
    ),
    DateRule(
        pattern(
            r"(?<!\w)(?P<part>(?:ngay )?(?:trong|cuối|hết|giữa|đầu|trước)) quý"
            rf" (?P<q>{QUARTER})(?!\w)(?:(?: ?/ ?|,? năm |(?= sang năm) )(?P<y>{YEAR})(?!\w))?"
        ),
        _quarter,
        binds=True,
        words=one_of("quý"),
    ),
    DateRule(
        pattern(
            rf"(?<!\w)quý (?P<q>{QUARTER})(?!\w)"
            rf"(?:(?: ?/ ?|,? năm |(?= sang năm) )(?P<y>{YEAR})(?!\w))?(?P<part>)"
        ),
        _quarter,
        vague=True,
        words=one_of("quý"),
    ),
    DateRule(
        pattern(
            r"(?<!\w)(?:ngay )?(?:trong|hết|cuối(?= năm (?:nay|này|sau|tới|\d{4})))"
            r" năm(?: (?P<y>nay|này|sau|tới|\d{4}))?"
            rf"(?!\w| (?:học|ngày|tháng|tuần|năm|giờ|qua|vừa|{NUMBER}(?!\w)))"
        ),
        _year,
        binds=True,
        words=one_of("năm"),
    ),
    DateRule(
        pattern(
            r"(?<!\w)cuối năm(?P<y>(?!))?"
            rf"(?!\w| (?:học|ngày|tháng|tuần|năm|giờ|qua|vừa|trước|ngoái|{NUMBER}(?!\w)))"
        ),
        _year,
        vague=True,
        words=one_of("năm"),
    ),
    DateRule(
        pattern(
            r"(?<!\w)(?P<part>(?:ngay )?(?:trong|cuối|hết|giữa|đầu)) tuần"
            r"(?: (?P<which>này|sau|tới|nay))?(?!\w| (?:trước|qua|vừa|lễ|thứ))"
        ),
        _week,
        binds=True,
        words=one_of("tuần"),
    ),
    DateRule(
        pattern(
            r"(?<!\w)thứ (?P<day>hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])(?!\w)"
            r"(?:[ ,]+(?P<which>tuần này|tuần sau|tuần tới|này|tới|sau)(?!\w))?"
            r"(?! (?:tuần trước|vừa|trước|tuần qua|nhất))"
        ),
        _weekday,
        words=one_of("thứ"),
    ),
    DateRule(
        pattern(
            r"(?<!\w)chủ nhật(?P<day>\d)?(?: (?P<which>tuần này|tuần sau|tuần tới|này|tới|sau))?"
            r"(?!\w)"
        ),
        _weekday,
        words=one_of("nhật"),
    ),
    DateRule(
        pattern(r"(?<!\w)(?P<part>)tuần (?P<which>này|sau|tới)(?!\w)"), _week, words=one_of("tuần")
    ),
    DateRule(
        pattern(
            r"(?<!\w)(?P<near>(?:chiều|tối|đêm|trưa) nay|(?:sáng|trưa|chiều|tối|đêm) mai"
            r"|(?:sáng|chiều|tối)? ?ngày (?:mai|kia|mốt))(?!\w)"
        ),
        _near_day,
        binds=True,
        words=one_of("nay", "mai", "kia", "mốt"),
    ),
    DateRule(
        pattern(
            r"(?:(?<=ngay\s)|(?<=nội\s)|(?<=trong\s)|(?<=hết\s)|(?<=xong\s)|(?<=trước\s))"
            r"(?P<near>(?:ngày )?hôm nay|sáng nay|mai)(?!\w)"
        ),
        _near_day,
        binds=True,
        words=one_of("nay", "mai"),
    ),
    DateRule(pattern(r"(?:^|(?<=,\s))(?P<near>mai)(?!\w)"), _near_day, words=one_of("mai")),
)

UNITS_OF_TIME = one_of("ngày", "hôm", "tuần", "tháng", "giờ", "tiếng")
#: «trong vòng 7 ngày», «hai tuần nữa»: a count, a unit and a word that makes it a deadline
DURATION = pattern(
    r"(?<!\w)(?P<lead>trong vòng|trong thời hạn|trong thời gian|trong khoảng|nội trong|trong"
    r"|chậm nhất(?: là)?(?: sau)?|không quá|tối đa|muộn nhất|sau|thời hạn(?: là)?|hạn(?: là)?"
    r"|cho các đồng chí|cho đúng)?"
    r"(?: (?:tối đa|chậm nhất|không quá|đúng))? ?"
    rf"(?<!\w)(?P<n>{NUMBER}) (?P<unit>ngày làm việc|ngày|hôm|tuần|tháng|giờ|tiếng)(?!\w)"
    r"(?P<tail> (?:nữa|tới|sau)(?!\w)| (?=(?:kể từ|tính từ|từ)(?: ngày)? (?:hôm nay|nay|bây giờ)))?"
)


def day_after(
    meeting: date, count: int, unit: str, working_day_after: WorkingDayAfter
) -> date | None:
    """Return the day that lies a duration after the meeting."""
    words = unit.split()
    if len(words) > 1 and words[0] in {"ngày", "ngay"}:
        return working_day_after(meeting, count)
    first = words[0]
    if first in {"tuần", "tuan"}:
        return meeting + timedelta(days=7 * count)
    if first in {"tháng", "thang"}:
        return months_after(meeting, count)
    if first in {"giờ", "gio", "tiếng", "tieng", "h"}:
        return meeting + timedelta(days=count // 24) if count % 24 == 0 and count else None
    return meeting + timedelta(days=count)
