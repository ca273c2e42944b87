"""Deadlines in a text: which dates are named, and which of them bind.

Two thirds of real directions have no computable deadline, so «no date» is a normal answer and a
date is never invented: an unknown trigger, a milestone without a date, a start date or the date
of a cited document all give None. Days count from the day of the meeting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from itertools import pairwise

from meetly.accounts.directory import fold_word
from meetly.directions.extraction.calendar_days import WorkingDayAfter, working_days_after
from meetly.directions.extraction.date_rules import (
    DATE_RULES,
    DURATION,
    UNITS_OF_TIME,
    DateRule,
    day_after,
    one_of,
)
from meetly.directions.extraction.reading import Reading, pattern
from meetly.spoken_numbers import DAY, NUMBER, NUMBER_ENDS, number


class Bond(IntEnum):
    """How firmly an expression of time binds the one who must act."""

    NONE = 0  # a start, a trigger, a cited document: not a deadline
    RECURRING = 1  # every week, every month
    DAY = 2  # a day of action without «trước», «chậm nhất»
    DEADLINE = 3  # «trước ngày», «xong trong tuần này»


@dataclass(frozen=True, slots=True)
class Moment:
    """An expression of time at [start, end) of the text, with the date it comes to."""

    start: int
    end: int
    due: date | None
    bond: Bond


_HOUR = rf"(?:{NUMBER} ?(?:giờ|h)(?: ?\d{{1,2}})?(?: (?:phút|rưỡi|đúng))?,? )?"
_PART = r"(?:(?:sáng|trưa|chiều|tối|đêm|buổi sáng|buổi chiều)[ ,]+)?"

# ---------------------------------------------------------------- recurring

_EVERY = r"(?:hằng|hàng|mỗi|từng)"
_SPAN = r"(?:ngày|tuần|tháng|quý|năm|buổi|sáng|chiều|tối|đêm|6 tháng|sáu tháng)"
_WEEKDAY = r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ nhật)"
_RECURRING = pattern(
    r"(?<!\w)(?:định kỳ )?(?:(?:trước|chậm nhất(?: là)?|không quá) )?"
    rf"(?:(?:lúc|vào lúc) )?{_HOUR}{_PART}"
    rf"(?:(?:ngày (?:mồng |mùng )?{DAY}(?:(?:,| và) (?:ngày )?{DAY})*"
    rf"|ngày cuối(?: cùng)?(?: của)?|{_WEEKDAY}"
    rf"|đầu|cuối|giữa|tuần đầu(?: của)?)[ ,]+)?"
    rf"(?:{_EVERY} {_SPAN}(?: (?:{NUMBER}|một|hai) (?:lần|lượt|buổi))?"
    rf"(?:, {NUMBER} giờ(?:,? và {NUMBER} giờ)*)?"
    rf"|{_EVERY} {_WEEKDAY}"
    rf"|(?:{NUMBER} )?{_SPAN} (?:một|1|hai|2|{NUMBER}) lần"
    r"|(?:tuần|tháng|quý) (?:một|hai|ba|[1-3]) (?:lần|kỳ|buổi)"
    rf"|{NUMBER} lần(?: (?:một|mỗi|trong|trên)|/) ?{_SPAN}"
    rf"|định kỳ(?: vào)?(?: {_EVERY})?(?: {NUMBER})? {_SPAN}(?: (?:một|1|{NUMBER}) lần)?"
    rf"(?: {_EVERY} {_SPAN})?)(?![\w])"
)
_HABITS = one_of("hằng", "hàng", "mỗi", "từng", "lần", "lượt", "kỳ", "buổi")
#: «họp giao ban hằng tuần», «kế hoạch hằng năm»: the habit belongs to a noun, not to the task
_HABIT_OF_NOUN = pattern(
    r"(?:giao ban|họp|phiên|kỳ|kế hoạch|dự toán|lương|công việc|nhiệm vụ|sinh hoạt|lễ hội"
    r"|chương trình|chỉ tiêu|ngân sách|số liệu)(?: thường kỳ| định kỳ)? ?$"
)

# ---------------------------------------------------------------- around a date

_AHEAD = pattern(
    r"(?:trước|chậm nhất|muộn nhất|đến hết|hết|xong|hạn|thời hạn|trong|nội trong|nội nhật"
    r"|nội|không quá|không muộn hơn|vào|từ nay đến|từ giờ đến|kể từ nay đến|hạn chót|hạn cuối|kịp)"
    r"(?: (?:là|vào|trước|đến|trong|hết|cuối|lúc|hoàn thành|:))*[ ,]*"
    rf"(?:khoảng )?{_HOUR}{_PART}(?:{_WEEKDAY}[ ,]+)?(?:(?:ngày|hôm|mồng|mùng)[ ,]+)*$"
)
_UNTIL = pattern(rf"(?:đến|tới|cho đến|là)[ ,]+{_HOUR}{_PART}(?:(?:ngày|hôm|mồng|mùng)[ ,]+)*$")
_NOT_AHEAD = pattern(
    r"(?<!\w)(?:(?:từ|kể từ|tính từ|bắt đầu từ|áp dụng từ|bắt đầu|tính đến"
    r"|số liệu đến|tính tới|so với"
    r"|cùng kỳ|(?<!học\s)(?<!vệ\s)sinh|số|của|từ đầu)"
    r"(?: (?:ngày|hôm|tháng|lúc|khi|sáng|chiều|thứ|giữa|đầu|cuối))*"
    r"|(?:họp|phiên|kỳ|lễ|dịp|đợt|vụ|trận|sự cố|hội nghị|giao ban|kỷ niệm|sự kiện|kết luận"
    r"|thông báo|công văn|quyết định|biên bản|nghị quyết|chỉ thị|văn bản|công điện|kế hoạch"
    r"|chào mừng|quốc khánh|lũ|bão|báo cáo|số liệu|thường kỳ|chi phí|lương|lần|khóa|hạng|loại|cấp)"
    r"(?: (?:ngày|hôm|vào ngày|sáng ngày|chiều ngày|tháng|thường kỳ|của tháng|trong tháng))*) ?$"
)
#: «37 chứng thư sẽ hết hạn trước ngày …»: the date tells which things are meant
_QUALIFIER = pattern(
    r"(?:hết hạn|hết hiệu lực|đến hạn|quá hạn|phát sinh|(?<!học\s)(?<!vệ\s)sinh|có hiệu lực"
    r"|được cấp|tuyển dụng) $"
)
_PERIOD = pattern(
    r"(?:từ|kể từ) (?!nay|giờ|bây giờ|hôm nay)(?:[\w/.:]+ ){1,6}(?:đến|tới)(?: hết)?(?: ngày)? ?$"
)
_LUNAR = pattern(r",? ?(?:âm lịch|tết|tháng giêng|tháng chạp|giêng|chạp)(?!\w)")
_CITED = pattern(r"(?:số \S*\d\S*|/qđ\S*|/tb\S*|/kl\S*)(?: \S+){0,5} $")

# ---------------------------------------------------------------- durations

_FROM_UNKNOWN = pattern(r",? ?(?:kể từ|tính từ|từ|sau khi|sau|trước khi|kể cả từ|trước)(?!\w)")
_FROM_TODAY = pattern(
    r",? ?(?:kể từ|tính từ|từ)(?: ngày)? (?:hôm nay|nay|bây giờ|hôm họp|hội nghị này|hội nghị"
    r"|ngày họp|cuộc họp này|hôm họp này|giờ)(?!\w)"
)
_CONDITION = pattern(
    r"(?<!\w)(?:(?<!vừa\s)nếu|khi|hễ|trường hợp|mỗi lần"
    r"|kể từ ngày (?:nhận|có|được|ban hành|ký))(?!\w)"
)
_DAY_OF_MONTH = pattern(r"(?:ngày|hôm|mồng|mùng|thứ|quý|tháng) $")
_PAST_SPAN = pattern(r" (?:qua|vừa qua|vừa rồi|đầu năm|cuối năm|gần đây|liền|liên tục|liên tiếp)")
_SERVICE_OF_ACTION = pattern(r",? ?(?:phải|báo|có|trình|gửi|nữa|tôi|xong|hoàn thành|nộp|đưa)")


_FARTHEST_ROLLOVER = timedelta(days=300)
_YEAR_SAID = re.compile(r"\d{4}|năm|nam|sau|tới|toi|tháng nữa|hết|cuối")
_MUST = pattern(r" ?(?:phải|là phải|cần|báo|gửi|trình|đưa tôi|họp|xong|nộp)(?!\w)")
_PART_ENDING = pattern(r"(?:sáng|trưa|chiều|tối|đêm|hôm|vào) ?$")
_THEN = pattern(r"(?<!\w)(?:rồi|thì|và|là|hoàn thành|kết thúc) ?$")


def find_moments(
    reading: Reading, meeting: date, working_day_after: WorkingDayAfter = working_days_after
) -> list[Moment]:
    """Return the expressions of time of a text in order, without overlaps."""
    line = reading.line
    said = reading.said
    taken: list[Moment] = [] if _HABITS.isdisjoint(said) else list(_recurring(reading))
    for match in DURATION.of(reading).finditer(line) if _counts_time(reading, said) else ():
        if any(match.start() < other.end and other.start < match.end() for other in taken):
            continue
        moment = _duration(reading, match, meeting, working_day_after)
        if moment:
            taken.append(moment)
    for rule in DATE_RULES:
        if not rule.may_match(line, said):
            continue
        for match in rule.pattern.of(reading).finditer(line):
            if any(match.start() < other.end and other.start < match.end() for other in taken):
                continue
            taken.append(_weigh(reading, match, rule, meeting))
    return sorted(taken, key=lambda moment: moment.start)


def _counts_time(reading: Reading, said: frozenset[str]) -> bool:
    """Whether a unit of time stands behind a number, in digits or in words."""
    if UNITS_OF_TIME.isdisjoint(said):
        return False
    return any(
        unit in UNITS_OF_TIME and (count.isdigit() or fold_word(count) in NUMBER_ENDS)
        for count, unit in pairwise(reading.keys)
    )


def _recurring(reading: Reading) -> Iterator[Moment]:
    for match in _RECURRING.of(reading).finditer(reading.line):
        if not _HABIT_OF_NOUN.of(reading).search(
            reading.line, max(0, match.start() - 25), match.start()
        ):
            start = match.start()
            yield Moment(start, match.end(), None, Bond.RECURRING)


def _weigh(reading: Reading, match: re.Match[str], rule: DateRule, meeting: date) -> Moment:
    """Decide by the words around it whether a date binds, and where the expression begins."""
    line = reading.line
    floor = max(0, match.start() - 60)
    before = line[floor : match.start()]
    start = match.start()
    try:
        due = rule.resolve(match, meeting)
    except ValueError:
        due = None
    ahead = _AHEAD.of(reading).search(before)
    until = _UNTIL.of(reading).search(before)
    bond = Bond.DAY
    if _LUNAR.of(reading).match(line, match.end()) or _PERIOD.of(reading).search(before):
        bond, due = Bond.NONE, None
    elif ahead:
        start = floor + ahead.start()
        bond = Bond.DEADLINE
        if _tells_which(reading, before, ahead):
            bond, due = Bond.NONE, None
    elif _NOT_AHEAD.of(reading).search(before) or _CITED.of(reading).search(before):
        bond, due = Bond.NONE, None
    elif until:
        start = floor + until.start()
    elif rule.binds or match.groupdict().get("part"):
        bond = Bond.DEADLINE
    elif _is_bare_weekday(match) and not reading.accented:
        # Without diacritics «thu tu» may be «thử từ»: a bare weekday proves nothing.
        bond, due = Bond.NONE, None
    elif (rule.vague or _is_bare_weekday(match)) and not _stands_alone(
        reading, before, match.end()
    ):
        bond, due = Bond.NONE, None
    if due is not None and not _believable(due, meeting, bond, line[match.start() : match.end()]):
        bond, due = Bond.NONE, None
    return Moment(start, match.end(), due, bond)


def _tells_which(reading: Reading, before: str, ahead: re.Match[str]) -> bool:
    """«… sẽ hết hạn trước ngày 31/12»: the date says which things are meant, not by when."""
    # «hạn» opens a deadline, but here it may be the end of «hết hạn».
    term = 4 if ahead[0][:3] in {"hạn", "han"} else 0
    return _QUALIFIER.of(reading).search(before, 0, ahead.start() + term) is not None


def _stands_alone(reading: Reading, before: str, end: int) -> bool:
    """«Tháng 6, Sở …», «tháng 6 phải xong»: a month as a day of action, not as an attribute."""
    before = _PART_ENDING.of(reading).sub("", before).rstrip()
    opening = not before or before[-1] in ",;:.-" or _THEN.of(reading).search(before) is not None
    return opening or bool(_MUST.of(reading).match(reading.line, end))


def _is_bare_weekday(match: re.Match[str]) -> bool:
    return bool(match.groupdict().get("day")) and not match["which"]


def _believable(due: date, meeting: date, bond: Bond, said: str) -> bool:
    """A deadline lies ahead, and what passed weeks ago is not meant for the next year.

    A bare date half a year away is more likely the date of something.
    """
    if due < meeting or (due > meeting + _FARTHEST_ROLLOVER and not _YEAR_SAID.search(said)):
        return False
    return bond is Bond.DEADLINE or due <= meeting + timedelta(days=185)


def _duration(
    reading: Reading, match: re.Match[str], meeting: date, working_day_after: WorkingDayAfter
) -> Moment | None:
    line = reading.line
    lead, tail, unit = match["lead"], match["tail"], match["unit"]
    if not lead and not tail and not _alone(reading.text, match.start("n"), match.end()):
        return None
    if _DAY_OF_MONTH.of(reading).search(line, max(0, match.start("n") - 8), match.start("n")):
        return None
    after = match.end()
    if _PAST_SPAN.of(reading).match(line, after):
        return Moment(match.start(), after, None, Bond.NONE)
    today = _FROM_TODAY.of(reading).match(line, after)
    if today:
        after = today.end()
    elif _FROM_UNKNOWN.of(reading).match(line, after) or _CONDITION.of(reading).search(
        line, line.rfind(".", 0, match.start()) + 1, match.start()
    ):
        return Moment(match.start(), after, None, Bond.NONE)
    said = (lead or "").strip()
    if said == "sau" and not tail and not _SERVICE_OF_ACTION.of(reading).match(line, after):
        return None
    due = day_after(meeting, number(match["n"]), unit, working_day_after)
    return Moment(match.start(), after, due, Bond.DEADLINE if due else Bond.NONE)


def _alone(text: str, start: int, end: int) -> bool:
    """«…, hai tuần.»: a duration that is a clause by itself is a deadline."""
    before, after = text[:start].rstrip(), text[end:].lstrip()
    return before.endswith(",") and (not after or after[0] in ".,;")
