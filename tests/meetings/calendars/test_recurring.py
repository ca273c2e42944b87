"""A whole series in one calendar: the rule, what is left out of it, and what was moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask

from meetly import clock
from meetly.accounts.models import Unit, User
from meetly.meetings.calendars import recurring
from meetly.meetings.calendars.ics import Method
from meetly.meetings.models import Answer, Meeting, MeetingStatus, PersonalInvitation
from meetly.meetings.series.models import HolidayPolicy, Series
from tests.meetings.calendars import reread

MONDAY = date(2099, 11, 2)
EIGHT = clock.from_local(datetime(2099, 11, 2, 8, 0))
WEEK = timedelta(weeks=1)


@pytest.fixture
def hoa() -> User:
    return User(id=6, name="Lò Thị Hoa", email="hoa@lamgiang.example", memberships=[])


def series(**given: Any) -> Series:
    values: dict[str, Any] = {
        "id": 3, "unit": Unit(id=2, name="Văn phòng UBND tỉnh"), "title": "Giao ban tuần",
        "rule": "FREQ=WEEKLY;BYDAY=MO", "starts_on": MONDAY, "begins": time(8, 0), "duration": 90,
        "holidays": HolidayPolicy.SKIP, "template": {"place": "Phòng họp số 1"},
        "uid": "uid-of-the-series", "sequence": 0,
    }  # fmt: skip
    return Series(**{**values, **given})


def occurrence(of: Series, week: int, **given: Any) -> Meeting:
    moment = EIGHT + week * WEEK
    values: dict[str, Any] = {
        "id": week + 1, "series": of, "unit": of.unit, "title": of.title, "occurrence": moment,
        "starts_at": moment, "ends_at": moment + timedelta(minutes=90), "own_parts": [],
        "status": MeetingStatus.SCHEDULED, "place": "Phòng họp số 1", "note": "",
        "link": "", "engine": "link",
        "sequence": of.sequence, "moved_sequence": 0, "uid": of.uid,
        "personal_invitations": [PersonalInvitation(user_id=6, answer=Answer.NONE)],
    }  # fmt: skip
    return Meeting(**{**values, **given})


def seen(of: Series, meetings: list[Meeting], hoa: User, weeks: int = 8) -> list[reread.Seen]:
    told = recurring.for_series(of, meetings, Method.REQUEST, hoa)
    assert told.method == reread.method_of(told.calendar) == "REQUEST"
    last = clock.local(EIGHT).replace(tzinfo=None) + weeks * WEEK - timedelta(days=1)
    return reread.occurrences(told.calendar, last=last)


def weeks(found: list[reread.Seen]) -> list[float]:
    return [(one.starts_at - EIGHT) / WEEK for one in found]


def test_the_rule_gives_every_week_the_same_event(app: Flask, hoa: User) -> None:
    of = series()
    found = seen(of, [occurrence(of, week) for week in range(4)], hoa)
    assert weeks(found) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert {(one.uid, one.title, one.place) for one in found} == {
        (of.uid, of.title, "Phòng họp số 1")
    }
    assert {one.ends_at - one.starts_at for one in found} == {timedelta(minutes=90)}


def test_cancelled_ones_and_holidays_without_a_meeting_are_left_out(app: Flask, hoa: User) -> None:
    of = series()
    made = [
        occurrence(of, 0), occurrence(of, 1, status=MeetingStatus.CANCELLED), occurrence(of, 3),
    ]  # fmt: skip
    assert weeks(seen(of, made, hoa)) == [0, 3, 4, 5, 6, 7]


def test_a_moved_one_stands_where_it_was_moved_to_and_nowhere_else(app: Flask, hoa: User) -> None:
    of = series(sequence=2)
    day = timedelta(days=1)
    moved = occurrence(
        of, 2, starts_at=EIGHT + 2 * WEEK + day, ends_at=EIGHT + 2 * WEEK + 2 * day, sequence=3
    )
    made = [occurrence(of, 0), occurrence(of, 1), moved]
    assert weeks(seen(of, made, hoa)) == [0, 1, 2 + 1 / 7, 3, 4, 5, 6, 7]
    told = recurring.for_series(of, made, Method.REQUEST, hoa)
    assert [one.sequence for one in reread.seen_by_vobject(told.calendar)] == [2, 3]


def test_one_that_reads_differently_stands_beside_the_rule(app: Flask, hoa: User) -> None:
    of = series()
    other = occurrence(of, 1, place="UBND xã Nậm Hoa", own_parts=["place"])
    found = seen(of, [occurrence(of, 0), other], hoa)
    assert [one.place for one in found][:3] == [
        "Phòng họp số 1", "UBND xã Nậm Hoa", "Phòng họp số 1",
    ]  # fmt: skip


def test_what_is_still_a_draft_is_told_to_nobody(app: Flask, hoa: User) -> None:
    of = series()
    draft = occurrence(of, 1, status=MeetingStatus.DRAFT, title="Bí mật", place="Bí mật")
    told = recurring.for_series(of, [draft, occurrence(of, 2)], Method.REQUEST, hoa)
    assert "Bí mật" not in told.calendar


@pytest.mark.parametrize(
    ("rule", "given", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=3", {}, [0, 1, 2]),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20991116T165959Z", {}, [0, 1, 2]),
        ("FREQ=WEEKLY;BYDAY=MO;INTERVAL=2", {}, [0, 2, 4, 6]),
    ],
)  # fmt: skip
def test_a_rule_ends_and_begins_where_it_says(
    app: Flask, hoa: User, rule: str, given: dict[str, Any], expected: list[float]
) -> None:
    assert weeks(seen(series(rule=rule, **given), [], hoa)) == expected


def test_a_series_that_was_ended_goes_as_far_as_meetings_were_opened(app: Flask, hoa: User) -> None:
    of = series(ended_at=EIGHT)
    assert weeks(seen(of, [occurrence(of, week) for week in range(3)], hoa)) == [0, 1, 2]


def test_an_occurrence_to_which_one_is_not_invited_is_left_out_of_ones_own_calendar(
    app: Flask, hoa: User
) -> None:
    of = series()
    made = [occurrence(of, 0), occurrence(of, 1, personal_invitations=[]), occurrence(of, 2)]
    assert weeks(seen(of, made, hoa)) == [0, 2, 3, 4, 5, 6, 7]


def test_a_guest_of_one_meeting_gets_that_one_and_not_the_series(app: Flask, hoa: User) -> None:
    of = series()
    made = [
        occurrence(of, 0, personal_invitations=[]), occurrence(of, 1, own_parts=["people"]),
    ]  # fmt: skip
    assert weeks(seen(of, made, hoa)) == [1]
    nothing = recurring.for_series(of, made[:1], Method.REQUEST, hoa)
    assert (nothing.calendar, nothing.reply_to) == ("", "")


@pytest.mark.parametrize(
    ("policy", "day"),
    [
        (HolidayPolicy.SKIP, None), (HolidayPolicy.KEEP, date(2027, 9, 2)),
        (HolidayPolicy.NEXT_WORKING_DAY, date(2027, 9, 6)),
        (HolidayPolicy.PREVIOUS_WORKING_DAY, date(2027, 9, 1)),
    ],
)  # fmt: skip
def test_a_holiday_ahead_is_known_before_its_meeting_is_opened(
    app: Flask, hoa: User, monkeypatch: pytest.MonkeyPatch, policy: HolidayPolicy,
    day: date | None,
) -> None:  # fmt: skip
    # the National Day of 2027 is a Thursday, with the day after free as well or not
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 8, 2, tzinfo=UTC))
    of = series(rule="FREQ=WEEKLY;BYDAY=TH", starts_on=date(2027, 8, 5), holidays=policy)
    told = recurring.for_series(of, [], Method.REQUEST, hoa)
    found = reread.occurrences(told.calendar, last=datetime(2027, 9, 8))
    days = [clock.local(one.starts_at).date() for one in found]
    regular = [date(2027, 8, 5) + timedelta(weeks=week) for week in range(4)]
    assert days == [*regular, *([day] if day else [])]


def test_all_of_it_is_cancelled_at_once(app: Flask, hoa: User) -> None:
    of = series(sequence=1)
    told = recurring.for_series(of, [occurrence(of, 0)], Method.CANCEL, hoa)
    [event] = reread.by_vobject(told.calendar)
    assert (told.method, event.status.value, event.uid.value) == ("CANCEL", "CANCELLED", of.uid)
    assert "recurrence-id" not in event.contents and told.reply_to == ""
