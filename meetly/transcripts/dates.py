"""Dates, months, quarters, years and hours said in words, written the administrative way.

Days below ten and the first two months get a zero in front (Decree 30/2020): 05/12, 20/02, 08/9.
"""

from __future__ import annotations

from meetly.spoken_numbers import COUNTING, DIGITS, count, word_at
from meetly.transcripts.heard_text import Change, Wording, word_set

_FIRST = ("mồng", "mùng")
_ROMAN = {"một": "I", "hai": "II", "ba": "III", "bốn": "IV", "tư": "IV"}
#: What is counted: behind it «tháng một», «quý hai» are "one a month", "two a quarter".
_COUNTED = word_set(
    "lần cuộc buổi đợt lượt kỳ phiên ngày triệu nghìn trăm bản lớp người xã hộ việc nhiệm giờ bài "
    "chuyến tuần phần"
)
_EACH = word_set("mỗi từng hằng hàng các cả những nhiều mấy vài theo")
#: In front of a month or a small hour that is certainly one.
_TIMELY = word_set(
    "trong hết cuối đầu giữa sang từ đến trước tới vào kỳ ban chậm nhất của qua xong hạn"
)
_HOURLY = word_set("lúc vào trước từ đến hồi sau khoảng tầm")
_PARTS_OF_DAY = word_set("sáng trưa chiều tối đêm ngày kém")
_DATED = word_set("trước đến hết hạn từ vào nhất xong sáng chiều tối hôm trình đêm qua dịp lễ")


def date_at(wording: Wording, place: int) -> Change | None:
    """Return how the date, month, quarter, year or hour that begins here is written."""
    word = wording.word(place)
    if word == "ngày":
        return _dated(wording, place, place + 1) or _day_alone(wording, place + 1)
    if word == "tháng":
        return _month_alone(wording, place)
    if word == "quý":
        return _quarter(wording, place)
    if word == "năm" and (found := _year(wording, place)):
        return Change(place + 1, found[1], str(found[0]), "date")
    if word in DIGITS or word in (*_FIRST, "mười") or word.isdecimal():
        return _dated(wording, place, place) or _hour(wording, place) or _period(wording, place)
    return None


def _number(wording: Wording, place: int) -> tuple[int, int, bool] | None:
    """Return value, end and whether it was said in words."""
    word = wording.word(place)
    if word.isdecimal() and len(word) <= 4:
        return int(word), place + 1, False
    read = count(wording.words, place)
    return (read.value, read.end, True) if read else None


def _month(wording: Wording, place: int) -> tuple[int, int, bool] | None:
    if wording.word(place) == "tư":
        return 4, place + 1, True
    if wording.word(place) == "năm" and wording.word(place + 1) == "năm":
        return 5, place + 1, True
    found = _number(wording, place)
    return found if found and 1 <= found[0] <= 12 else None


def _dated(wording: Wording, start: int, place: int) -> Change | None:
    """Read day, «tháng», month and perhaps the year; one of them at least is in words."""
    first = wording.word(place) in _FIRST
    day = _number(wording, place + first)
    if day is None or not 1 <= day[0] <= 31 or wording.word(day[1]) != "tháng":
        return None
    month = _month(wording, day[1] + 1)
    if month is None or not (day[2] or month[2]):
        return None
    if start == place and not first and not _certain(wording, place, day[0], month[1]):
        return None
    opening = wording.said(start, start + 1) + " " if start < place else ""
    text, end = f"{opening}{day[0]:02d}/{_padded(month[0])}", month[1]
    if year := _year(wording, end):
        text, end = f"{text}/{year[0]}", year[1]
    return Change(start, end, text, "date")


def _certain(wording: Wording, place: int, day: int, end: int) -> bool:
    """Tell a date without «ngày» from «hai tháng mười lăm xã»: months, then a count."""
    if wording.word(end) in _COUNTED:
        return False
    return day > 10 or wording.word(place - 1) in _DATED


def _padded(month: int) -> str:
    return f"{month:02d}" if month < 3 else str(month)


def _year(wording: Wording, place: int) -> tuple[int, int] | None:
    """Read «năm hai nghìn không trăm hai mươi sáu» or «năm hai không hai sáu»."""
    if wording.word(place) != "năm":
        return None
    return _year_number(wording, place + 1)


def _year_number(wording: Wording, place: int) -> tuple[int, int] | None:
    read = count(wording.words, place)
    if read and 1900 <= read.value < 2100 and read.several:
        return read.value, read.end
    words = wording.words[place : place + 4]
    if len(words) == 4 and all(word in DIGITS for word in words):
        value = int("".join(str(DIGITS[word]) for word in words))
        if 1900 <= value < 2100 and word_at(wording.words, place + 4) not in COUNTING:
            return value, place + 4
    return None


def _period(wording: Wording, place: int) -> Change | None:
    """«giai đoạn hai nghìn không trăm hai mươi mốt đến …»: years without the word for them."""
    if wording.words[max(0, place - 2) : place] == ("giai", "đoạn"):
        found = _year_number(wording, place)
        if found is None:
            return None
        text, end = str(found[0]), found[1]
        joint = wording.word(end)
        if joint in ("đến", "tới", "-", "–") and (last := _year_number(wording, end + 1)):
            text, end = f"{text} {joint} {last[0]}", last[1]
        return Change(place, end, text, "date")
    return None


def _day_alone(wording: Wording, place: int) -> Change | None:
    """«ngày hai mươi», «ngày mười tháng này»: the day alone."""
    first = wording.word(place) in _FIRST
    day = count(wording.words, place + first)
    if day is None or not 1 <= day.value <= 31:
        return None
    small = day.value <= 10
    said_so = wording.word(day.end) == "tháng" and wording.word(day.end + 1) in (
        "này", "sau", "tới", "trước",
    )  # fmt: skip
    ranged = wording.word(place - 2) == "từ" and wording.words[day.end : day.end + 2] == (
        "đến", "ngày",
    )  # fmt: skip
    if (small and not (said_so or ranged)) or wording.word(day.end) in _COUNTED:
        return None
    if wording.word(place - 2) in _EACH:
        return None
    return Change(place, day.end, f"{day.value:02d}", "date")


def _month_alone(wording: Wording, place: int) -> Change | None:
    """«trong tháng mười hai», «tháng một năm hai nghìn …»."""
    month = _month(wording, place + 1)
    if month is None or not month[2]:
        return None
    before = wording.word(place - 1)
    year = _year(wording, month[1])
    if year:
        return Change(place + 1, year[1], f"{_padded(month[0])}/{year[0]}", "date")
    if wording.word(month[1]) in _COUNTED or before in _EACH or before in DIGITS:
        return None
    if before not in _TIMELY or before[:1].isdecimal():
        return None
    if wording.word(place + 1) == "năm" and wording.word(place + 2) in ("nay", "qua", "tới", "sau"):
        return None
    return Change(place + 1, month[1], _padded(month[0]), "date")


def _quarter(wording: Wording, place: int) -> Change | None:
    roman = _ROMAN.get(wording.word(place + 1))
    one = wording.word(place - 1) == "một" and wording.word(place - 2) != "quý"
    if roman is None or one or wording.word(place - 1) in _EACH:
        return None
    end = place + 2
    if year := _year(wording, end):
        return Change(place + 1, year[1], f"{roman}/{year[0]}", "date")
    if wording.word(end) in _COUNTED or wording.word(end) in COUNTING:
        return None
    return Change(place + 1, end, roman, "date")


def _hour(wording: Wording, place: int) -> Change | None:
    """«mười sáu giờ ba mươi» is a time, «hai giờ» alone may be how long something takes."""
    hour = _number(wording, place)
    if hour is None or hour[0] > 24 or wording.word(hour[1]) != "giờ":
        return None
    end = hour[1] + 1
    text = f"{hour[0]} giờ"
    minute = count(wording.words, end)
    certain = wording.word(place - 1) in _HOURLY or wording.word(end) in _PARTS_OF_DAY
    if wording.word(end) == "rưỡi" and certain:
        text, end = f"{text} 30", end + 1
    elif minute and minute.value < 60 and (minute.several or wording.word(minute.end) == "phút"):
        text, end, certain = f"{text} {minute.value:02d}", minute.end, True
    if not hour[2] and end == hour[1] + 1:
        return None
    if not certain and hour[0] <= 10:
        return None
    return Change(place, end, text, "date")
