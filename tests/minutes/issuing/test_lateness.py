"""The notice is due five working days after the meeting; what is late is said once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from meetly import clock
from meetly.accounts.models import User
from meetly.extensions import db
from meetly.minutes.issuing import lateness, reminders
from meetly.minutes.issuing import service as issuing
from meetly.minutes.models import Minutes
from meetly.notices.models import Notice
from meetly.overview import today
from tests.cast import Cast
from tests.minutes import briefing
from tests.minutes.issuing import papers
from workers import remind


@pytest.mark.parametrize(
    ("held", "due"),
    [
        (date(2026, 11, 23), date(2026, 12, 1)),  # the 24th is the Day of Culture
        (date(2026, 11, 27), date(2026, 12, 4)),  # a Friday
        (date(2026, 8, 28), date(2026, 9, 9)),  # three free days for the National Day
    ],
)
def test_the_due_day_counts_working_days(held: date, due: date) -> None:
    assert lateness.due_day(held) == due


@pytest.mark.parametrize(
    ("day", "left"),
    [(23, 4), (25, 3), (27, 1), (28, 1), (29, 1), (30, 0)],
)
def test_what_is_left_is_counted_in_working_days(day: int, left: int) -> None:
    assert lateness.days_left(date(2026, 11, 30), date(2026, 11, day)) == left


def test_the_day_after_the_due_day_is_late_even_on_a_weekend() -> None:
    due = date(2026, 12, 4)
    assert lateness.days_left(due, date(2026, 12, 5)) == -1
    assert lateness.days_left(due, date(2026, 12, 7)) == -1
    assert lateness.days_left(due, date(2026, 12, 8)) == -2


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    return briefing.drafted(cast)


def at(monkeypatch: pytest.MonkeyPatch, minutes: Minutes, days: int, hour: int = 9) -> datetime:
    """Let it be so many days after the day the notice is due."""
    day = lateness.due_day(lateness.held_on(minutes)) + timedelta(days=days)
    now = clock.from_local(datetime(day.year, day.month, day.day, hour))
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


def test_today_shows_what_is_due_until_it_is_out(
    minutes: Minutes, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, minutes, 0)
    for person in (cast.nam, cast.khai):
        [awaited] = today.of(person).notices_due
        assert (awaited.minutes.id, awaited.left, awaited.is_late) == (minutes.id, 0, False)
    assert today.of(cast.sinh).notices_due == []
    at(monkeypatch, minutes, 1)
    assert today.of(cast.khai).notices_due[0].is_late
    papers.approve(cast, minutes)
    assert today.of(cast.nam).to_register == [minutes] and today.of(cast.khai).to_register == []
    document = papers.numbered(cast, minutes)
    assert today.of(cast.nam).to_register == [] and today.of(cast.nam).to_issue == []
    papers.sign(document, last=True)
    assert today.of(cast.nam).to_issue == [document]
    issuing.issue(cast.nam, document)
    day = today.of(cast.nam)
    assert (day.to_register, day.to_issue, day.notices_due) == ([], [], [])
    issuing.reopen(cast.nam, minutes, "Sai số liệu")
    papers.approve(cast, minutes)
    assert today.of(cast.nam).to_register == [minutes]


def test_the_clock_speaks_once_before_and_once_after(
    minutes: Minutes, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def heard(user: User, rule: str) -> int:
        query = select(Notice.id).where(
            Notice.user_id == user.id, Notice.key.like(f"remind.{rule}:%")
        )
        return len(db.session.scalars(query).all())

    now = at(monkeypatch, minutes, -1)
    assert [found.rule for found in reminders.due(now)] == [reminders.DUE]
    remind.run()
    remind.run()
    assert (heard(cast.nam, "notice.due"), heard(cast.khai, "notice.due")) == (1, 0)
    at(monkeypatch, minutes, 1)
    remind.run()
    remind.run()
    for person in (cast.nam, cast.khai):
        assert heard(person, "notice.late") == 1
    assert heard(cast.sinh, "notice.late") == 0


def test_red_shows_only_when_it_is_late(
    minutes: Minutes, cast: Cast, sign_in: Callable[[User], FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    nam = sign_in(cast.nam)
    for days, words, red in ((0, "Hạn hôm nay", False), (1, "Trễ 1 ngày làm việc", True)):
        day = lateness.due_day(lateness.held_on(minutes)) + timedelta(days=days)
        monkeypatch.setattr(clock, "today", lambda day=day: day)
        text = nam.get("/").text
        card = text[text.index("Thông báo kết luận phải ra") :].split("</section>")[0]
        assert words in card and ("tone-late" in card) is red
