"""What is warned of before inviting, by the working days of the calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from meetly import clock
from meetly.meetings.notice_period import Caution, latest_day, of_invitation, of_papers
from meetly.working_days import is_working_day


def _at(day: int, hour: int = 8) -> datetime:
    return clock.from_local(datetime(2026, 10, day, hour))


@pytest.mark.parametrize(
    ("meeting", "latest"),
    [
        (date(2026, 10, 30), date(2026, 10, 27)),  # Friday: Tuesday
        (date(2026, 10, 26), date(2026, 10, 21)),  # Monday: Wednesday of the week before
        (date(2026, 11, 1), date(2026, 10, 28)),  # Sunday: the same as Saturday
        (date(2026, 10, 31), date(2026, 10, 28)),
    ],
)
def test_a_letter_goes_out_three_working_days_before(meeting: date, latest: date) -> None:
    assert latest_day(meeting) == latest


def test_a_holiday_is_no_working_day() -> None:
    assert latest_day(date(2026, 9, 4)) == date(2026, 8, 27)  # National Day and the days beside it


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 30))
def test_exactly_so_many_working_days_lie_between(meeting: date, notice: int) -> None:
    latest = latest_day(meeting, notice=notice)
    days = [latest + timedelta(days=n) for n in range((meeting - latest).days)]
    assert sum(map(is_working_day, days)) == notice
    assert is_working_day(latest)


def _kinds(cautions: list[Caution]) -> list[str]:
    return [caution.kind for caution in cautions]


def test_a_letter_in_time_is_not_warned_of() -> None:
    assert of_invitation(_at(30), _at(27, 16), has_chair=True) == []
    late = of_invitation(_at(30), _at(28, 0), has_chair=True)
    assert late == [Caution("short_notice", date(2026, 10, 27))]


def test_a_past_meeting_on_a_day_off_without_a_chair_is_warned_of_three_times() -> None:
    found = of_invitation(_at(25), _at(26), has_chair=False)
    assert _kinds(found) == ["past", "day_off", "no_chair"]


def test_a_holiday_is_called_by_its_name() -> None:
    moment = clock.from_local(datetime(2026, 9, 2, 8))
    [caution] = of_invitation(moment, _at(1) - timedelta(days=90), has_chair=True)
    assert (caution.kind, caution.name) == ("holiday", "Quốc khánh")


def test_papers_are_missing_or_late_only_once_it_is_too_late() -> None:
    meeting, early, late = _at(30), _at(27), _at(29)
    assert of_papers([], meeting, early) == []
    assert _kinds(of_papers([], meeting, late)) == ["no_papers"]
    assert of_papers([early], meeting, late) == []
    assert of_papers([early, late], meeting, late) == [
        Caution("late_papers", date(2026, 10, 27), 1)
    ]
    assert of_papers([late], meeting, meeting) == []


def test_each_warning_is_a_sentence(app: Flask) -> None:
    with app.test_request_context():
        assert str(Caution("short_notice", date(2026, 11, 24))) == (
            "Giấy mời gửi trước cuộc họp ít nhất 3 ngày làm việc (Quyết định 45/2018/QĐ-TTg, "
            "Điều 10); hạn gửi là thứ Ba, 24/11/2026."
        )
        assert str(Caution("late_papers", date(2026, 11, 24), 2)) == (
            "2 tài liệu gửi sau thứ Ba, 24/11/2026, muộn hơn 3 ngày làm việc trước cuộc họp."
        )
        assert str(Caution("past")) == "Thời gian họp đã qua."
