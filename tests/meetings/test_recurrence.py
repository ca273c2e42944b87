"""Rules recur as RFC 5545 says, are read back as written, and mind the holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from meetly import clock, working_days
from meetly.errors import BadInput
from meetly.meetings.series.models import HolidayPolicy
from meetly.meetings.series.occurrences import Pattern
from meetly.meetings.series.recurrence import LAST, Rule, Shape, read
from meetly.meetings.series.telling import rule_said

EIGHT = time(8, 0)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
TEXT = {
    "FREQ=DAILY": Rule(Shape.DAILY),
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": Rule(Shape.WORKING_DAYS),
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH": Rule(Shape.WEEKLY, interval=2, weekdays=(0, 3)),
    "FREQ=MONTHLY;BYDAY=1MO;COUNT=12": Rule(Shape.MONTHLY_WEEKDAY, weekdays=(0,), count=12),
    "FREQ=MONTHLY;BYDAY=-1FR": Rule(Shape.MONTHLY_WEEKDAY, nth=LAST, weekdays=(4,)),
    "FREQ=MONTHLY;BYMONTHDAY=31": Rule(Shape.MONTHLY_DAY, day=31),
    "FREQ=MONTHLY;BYMONTHDAY=-1": Rule(Shape.MONTHLY_DAY, day=LAST),
    "FREQ=WEEKLY;BYDAY=MO;UNTIL=20261231T165959Z": Rule(
        Shape.WEEKLY, weekdays=(0,), until=date(2026, 12, 31)
    ),
}
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    shape = draw(st.sampled_from(list(Shape)))
    weekdays = draw(st.sets(st.integers(0, 6), min_size=1, max_size=4))
    ending = draw(st.sampled_from(("never", "count", "until")))
    return Rule(
        shape,
        interval=1 if shape == Shape.WORKING_DAYS else draw(st.integers(1, 4)),
        weekdays={
            Shape.WEEKLY: tuple(sorted(weekdays)), Shape.MONTHLY_WEEKDAY: (min(weekdays),),
        }.get(shape, ()),
        nth=draw(st.sampled_from((1, 2, 3, 4, LAST))) if shape == Shape.MONTHLY_WEEKDAY else 1,
        day=draw(st.sampled_from((1, 15, 28, 31, LAST))) if shape == Shape.MONTHLY_DAY else 1,
        count=draw(st.integers(1, 40)) if ending == "count" else None,
        until=draw(days) if ending == "until" else None,
    )  # fmt: skip


def first(rule: Rule, starts_on: date, count: int = 30) -> list[datetime]:
    return list(islice(rule.moments(starts_on, EIGHT, LONG_AGO), count))


# -- rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXT)
def test_a_rule_is_written_as_the_standard_has_it_and_read_back(text: str) -> None:
    assert TEXT[text].checked().text() == text
    assert read(text) == TEXT[text]


@given(rules())
def test_every_rule_is_read_as_it_was_written(rule: Rule) -> None:
    written = read(rule.checked().text())
    same_days = written.shape == Shape.WORKING_DAYS and rule.weekdays == (0, 1, 2, 3, 4)
    assert written == rule or same_days


@given(rules(), days)
def test_it_recurs_as_other_programs_read_it(rule: Rule, starts_on: date) -> None:
    """A calendar program that gets the text meets on the very same days."""
    text = rule.checked().text()
    begins = Pattern(rule, starts_on, EIGHT).first_day()
    if begins is None:
        return
    ours = first(rule, begins)
    theirs = islice(
        rrulestr(text, dtstart=datetime.combine(begins, EIGHT, clock.VIETNAM)), len(ours) or 1
    )
    assert ours == [moment.astimezone(UTC) for moment in theirs]
    calendar = Calendar.from_ical(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        f"DTSTART:{ours[0]:%Y%m%dT%H%M%SZ}\r\nRRULE:{text}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    # One o'clock in UTC is the same day as eight in Vietnam, so days of the week agree.
    third = recurring_ical_events.of(calendar).between(
        ours[0], ours[min(len(ours), 5) - 1] + timedelta(minutes=1)
    )
    assert sorted(event["DTSTART"].dt for event in third) == ours[:5]


@pytest.mark.parametrize(
    "text",
    [
        "", "FREQ=HOURLY", "FREQ=DAILY;BYDAY=MO", "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=MONTHLY", "FREQ=MONTHLY;BYDAY=5MO", "FREQ=MONTHLY;BYDAY=MO", "FREQ=YEARLY",
        "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=99999", "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;UNTIL=tomorrow", "FREQ=DAILY\r\nDTSTART:19700101", "FREQ=DAILY;X=1",
        "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=1,2",
        "FREQ=DAILY;COUNT=2;UNTIL=20261231T165959Z", "RRULE:FREQ=DAILY", "FREQ=DAILY;" * 40,
    ],
)  # fmt: skip
def test_what_is_no_rule_of_ours_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read(text)


def test_a_rule_of_ten_years_is_entered_at_once() -> None:
    steps = 0
    for _moment in Rule(Shape.WORKING_DAYS).moments(
        date(2016, 1, 4), EIGHT, datetime(2026, 1, 1, tzinfo=UTC)
    ):
        steps += 1
        if steps == 2:
            break
    assert steps == 2


def test_a_rule_without_an_end_stops_somewhere() -> None:
    moments = list(Rule(Shape.MONTHLY_DAY, day=1).moments(date(2026, 1, 1), EIGHT, LONG_AGO))
    assert 200 < len(moments) < 260


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Rule(Shape.DAILY), "hằng ngày"),
        (Rule(Shape.WORKING_DAYS), "mọi ngày làm việc"),
        (Rule(Shape.WEEKLY, weekdays=(0,)), "thứ Hai hằng tuần"),
        (Rule(Shape.WEEKLY, weekdays=(0, 3), interval=2), "thứ Hai, thứ Năm, 2 tuần một lần"),
        (Rule(Shape.MONTHLY_WEEKDAY, nth=LAST, weekdays=(4,)), "thứ Sáu cuối cùng hằng tháng"),
        (Rule(Shape.MONTHLY_DAY, day=LAST), "ngày cuối hằng tháng"),
        (
            Rule(Shape.MONTHLY_DAY, day=15, until=date(2026, 12, 31)),
            "ngày 15 hằng tháng, đến ngày 31/12/2026",
        ),
        (Rule(Shape.DAILY, interval=3, count=5), "cách 3 ngày một lần, 5 buổi"),
    ],
)
def test_rules_are_said_as_people_say_them(app: Flask, rule: Rule, said: str) -> None:
    assert rule_said(rule) == said


# -- holidays ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2027, 2, 6), "Tết"),  # the first day of the lunar year
        (date(2026, 4, 26), "Hùng"),
        (date(2026, 4, 30), "Chiến thắng"),
        (date(2026, 5, 1), "Lao động"),
        (date(2026, 9, 2), "Quốc khánh"),
        (date(2027, 1, 1), "Tết Dương lịch"),
    ],
)
def test_the_holidays_of_vietnam_are_known(day: date, name: str) -> None:
    assert name.lower() in working_days.holiday(day).lower()
    assert not working_days.is_working_day(day)


def test_a_saturday_worked_in_return_for_a_day_off_is_a_working_day() -> None:
    assert working_days.is_working_day(date(2026, 8, 22))
    assert not working_days.is_working_day(date(2026, 8, 31))
    assert not working_days.is_working_day(date(2026, 8, 29))
    assert not working_days.is_working_day(date(2150, 1, 3))


def test_working_days_are_counted_over_weekends_and_tet() -> None:
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)
    assert working_days.working_day_after(friday) == monday
    assert working_days.working_day_before(monday, 2) == date(2026, 11, 26)
    before_tet, after_tet = date(2027, 2, 3), date(2027, 2, 11)
    assert working_days.working_day_after(before_tet) == after_tet
    assert working_days.holiday(date(1900, 1, 1)) == ""


def met(policy: HolidayPolicy, rule: Rule, starts_on: date, count: int) -> list[str]:
    pattern = Pattern(rule, starts_on, EIGHT, policy)
    after = clock.from_local(datetime.combine(starts_on, time(0)))
    found = islice(pattern.occurrences(after, after + timedelta(days=60)), count)
    return [f"{clock.local(o.starts_at):%d/%m}" if o.starts_at else "-" for o in found]


@pytest.mark.parametrize(
    ("policy", "days"),
    [
        (HolidayPolicy.SKIP, ["01/02", "-", "15/02"]),
        (HolidayPolicy.NEXT_WORKING_DAY, ["01/02", "11/02", "15/02"]),
        (HolidayPolicy.PREVIOUS_WORKING_DAY, ["01/02", "03/02", "15/02"]),
        (HolidayPolicy.KEEP, ["01/02", "08/02", "15/02"]),
    ],
)
def test_tet_takes_moves_or_leaves_a_meeting_as_was_wished(
    policy: HolidayPolicy, days: list[str]
) -> None:
    assert met(policy, Rule(Shape.WEEKLY, weekdays=(0,)), date(2027, 2, 1), 3) == days


@pytest.mark.parametrize(
    "policy", [HolidayPolicy.NEXT_WORKING_DAY, HolidayPolicy.PREVIOUS_WORKING_DAY]
)
def test_nobody_meets_twice_on_a_day(policy: HolidayPolicy) -> None:
    found = met(policy, Rule(Shape.WORKING_DAYS), date(2027, 1, 25), 25)
    held = [day for day in found if day != "-"]
    assert len(held) == len(set(held))
    assert found.count("-") == 5
