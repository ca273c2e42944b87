"""Expressions of time come to the right day, or to none."""

from __future__ import annotations

from datetime import date

import pytest

from meetly.directions.extraction.calendar_days import (
    months_after,
    next_weekday,
    quarter_end,
    working_days_after,
)
from meetly.directions.extraction.deadlines import Bond, find_moments
from meetly.directions.extraction.reading import Reading
from meetly.folding import fold
from meetly.spoken_numbers import number, year

#: a Monday
MEETING = date(2026, 11, 23)

DATED = [
    ("trước ngày 05/12", "2026-12-05"),
    ("chậm nhất 20/4/2027", "2027-04-20"),
    ("đến hết ngày 31-12", "2026-12-31"),
    ("xong trước 15.12", "2026-12-15"),
    ("hạn 1/12", "2026-12-01"),
    ("vào ngày 30/11", "2026-11-30"),
    ("trước ngày 15/3", "2027-03-15"),
    ("trước mồng 9", "2026-12-09"),
    ("ngày 24 tháng này", "2026-11-24"),
    ("trước ngày 15 tháng sau", "2026-12-15"),
    ("trong tháng 12", "2026-12-31"),
    ("trong tháng này", "2026-11-30"),
    ("hết tháng 1 năm sau", "2027-01-31"),
    ("giữa tháng 12", "2026-12-15"),
    ("trong quý I/2027", "2027-03-31"),
    ("hết quý IV", "2026-12-31"),
    ("trong năm nay", "2026-12-31"),
    ("hết năm", "2026-12-31"),
    ("ngay trong tuần này", "2026-11-27"),
    ("trong tuần tới", "2026-12-04"),
    ("đầu tuần sau", "2026-11-30"),
    ("giữa tuần sau", "2026-12-02"),
    ("thứ tư tuần này", "2026-11-25"),
    ("thứ năm tuần sau", "2026-12-03"),
    ("trước thứ sáu", "2026-11-27"),
    ("chiều thứ hai tuần sau", "2026-11-30"),
    ("trong vòng 7 ngày", "2026-11-30"),
    ("10 ngày làm việc kể từ hôm nay", "2026-12-07"),
    ("hai tuần nữa", "2026-12-07"),
    ("một tháng nữa", "2026-12-23"),
    ("trong vòng 48 giờ", "2026-11-25"),
    ("sáng mai", "2026-11-24"),
    ("ngày kia", "2026-11-25"),
    ("nội trong hôm nay", "2026-11-23"),
    ("trước 17 giờ ngày 04/12", "2026-12-04"),
    ("trước 16h30 ngày 04/12/2026", "2026-12-04"),
    ("từ nay đến ngày 15/12", "2026-12-15"),
    ("trước ngày hai lăm tháng mười hai", "2026-12-25"),
    ("trước ngày ba mươi mốt tháng ba năm hai nghìn không trăm hai mươi bảy", "2027-03-31"),
]

UNDATED = [
    "trong 7 ngày kể từ ngày nhận đủ hồ sơ",
    "nếu phát hiện ca bệnh thì báo cáo trong 24 giờ",
    "trước kỳ họp tới",
    "phiên họp thường kỳ tháng 6",
    "trước mùa mưa",
    "trước Tết Nguyên đán",
    "từ ngày 10 đến ngày 25/2",
    "áp dụng từ ngày 01/12",
    "từ tháng 01/2027",
    "Kết luận số 12/TB-VP ngày 20/12",
    "đường tỉnh 12/5 hộ dân",
    "75/75 điểm cầu",
    "trước rằm tháng Chạp",
    "ngày 10 tháng 12 âm lịch",
    "sáng thứ hai hằng tuần",
    "hai tháng một lần",
    "chứng thư sẽ hết hạn trước ngày 31/12",
    "trong tháng 10",
    "trước ngày 31/11",
    "khẩn trương, kịp thời, ngay khi nhận được",
]


def day_of(text: str) -> str | None:
    days = [m.due for m in find_moments(Reading(text), MEETING) if m.due is not None]
    return days[-1].isoformat() if days else None


@pytest.mark.parametrize(("text", "day"), DATED)
def test_a_deadline_comes_to_its_day(text: str, day: str) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize(("text", "day"), DATED)
def test_a_deadline_without_diacritics_comes_to_its_day_or_to_none(text: str, day: str) -> None:
    assert day_of(fold(text)) in {day, None}


@pytest.mark.parametrize("text", UNDATED)
def test_no_date_is_invented(text: str) -> None:
    assert day_of(text) is None
    assert day_of(fold(text)) is None


def test_a_habit_is_recurring_and_its_noun_is_not() -> None:
    habit = find_moments(Reading("báo cáo mỗi quý một lần"), MEETING)
    assert [moment.bond for moment in habit] == [Bond.RECURRING]
    assert find_moments(Reading("tại cuộc họp giao ban hằng tuần"), MEETING) == []


def test_the_expression_keeps_its_place_in_the_text() -> None:
    text = "Sở Y tế báo cáo trước 17 giờ ngày 04/12 về UBND tỉnh"
    (moment,) = find_moments(Reading(text), MEETING)
    assert text[moment.start : moment.end] == "trước 17 giờ ngày 04/12"


def test_numbers_in_words_have_their_value() -> None:
    said = ["mười", "mười lăm", "hai mươi", "hai lăm", "ba mươi mốt", "chín mươi chín", "hăm ba"]
    assert [number(words) for words in said] == [10, 15, 20, 25, 31, 99, 23]
    assert year("hai nghìn không trăm hai mươi bảy", 2026) == 2027
    assert year("hai không hai bảy", 2026) == 2027
    assert year("sang năm", 2026) == 2027


def test_calendar_days_keep_to_the_ends_of_months() -> None:
    assert months_after(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert quarter_end(2026, 4) == date(2026, 12, 31)
    assert next_weekday(MEETING, 0) == MEETING


def test_working_days_skip_weekends() -> None:
    friday = date(2026, 11, 27)
    assert working_days_after(friday, 1) == date(2026, 11, 30)
    assert working_days_after(MEETING, 25) == date(2026, 12, 28)
