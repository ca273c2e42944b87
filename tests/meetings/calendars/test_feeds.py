"""Calendars to subscribe to: made, read by programs, revoked; and one meeting as a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from meetly import clock
from meetly.accounts.models import User
from meetly.errors import BadInput, NotFound
from meetly.meetings import service as meetings
from meetly.meetings.calendars import service as calendars
from meetly.meetings.calendars.models import CalendarFeed
from meetly.meetings.models import Meeting
from tests.cast import Cast
from tests.meetings.calendars import reread
from tests.meetings.plans import briefing, drafted, scheduled

SignIn = Callable[[User], FlaskClient]
Database = scoped_session[Session]


def soon(cast: Cast, **given: object) -> Meeting:
    """Return a published briefing within what subscriptions show."""
    start = (clock.now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    return scheduled(cast, starts_at=start, ends_at=start + timedelta(hours=1), **given)


def titles(secret: str) -> list[str]:
    written = calendars.content(calendars.opened(secret))
    assert reread.method_of(written) == "PUBLISH"
    return [one.title for one in reread.occurrences(written)]


def test_an_address_is_made_shown_once_read_and_revoked(
    cast: Cast, session: Database, sign_in: SignIn, client: FlaskClient
) -> None:
    meeting = soon(cast)
    browser = sign_in(cast.hoa)
    page = browser.post("/meetings/calendars", data={"name": "Điện thoại"})
    path = re.search(r"http://127\.0\.0\.1:8000(/calendar/[\w-]+\.ics)", page.text)
    assert page.status_code == 200 and path and f"webcal://127.0.0.1:8000{path[1]}" in page.text
    assert path[1] not in browser.get("/meetings/calendars").text
    feed = session.query(CalendarFeed).one()
    assert feed.seen_at is None and path[1].split("/")[2][:-4] not in str(vars(feed))
    file = client.get(path[1])
    assert (file.status_code, file.mimetype) == (200, "text/calendar")
    assert [one.title for one in reread.occurrences(file.data)] == [meeting.title]
    assert feed.seen_at and (feed.seen_at.minute, feed.seen_at.second) == (0, 0)
    assert browser.post(f"/meetings/calendars/{feed.id}/revoke").status_code == 302
    assert client.get(path[1]).status_code == 404


def test_a_program_that_has_it_already_is_told_so(cast: Cast, client: FlaskClient) -> None:
    meeting = soon(cast)
    _feed, secret = calendars.subscribe(cast.hoa, "Outlook")
    path = f"/calendar/{secret}.ics"
    first = client.get(path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    plan = replace(meetings.plan_of(meeting), place="Phòng 9")
    meetings.change(cast.nam, meeting, meeting.version, plan)
    changed = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200 and "Phòng 9" in changed.text


def test_it_says_how_it_is_called_and_when_to_come_again(cast: Cast) -> None:
    feed, _secret = calendars.subscribe(cast.hoa, "Điện thoại")
    found = dict(reread.properties(calendars.content(feed)))
    assert found["X-WR-CALNAME"] == ":Lịch họp của Lò Thị Hoa"
    assert found["REFRESH-INTERVAL"] == ";VALUE=DURATION:PT1H"
    assert found["X-PUBLISHED-TTL"] == ":PT1H"


def test_each_sees_only_what_they_see_in_meetly(cast: Cast) -> None:
    soon(cast, title="Họp của Nậm Hoa", unit_ids=(cast.nam_hoa.id,), agenda=())
    soon(cast, title="Họp của Đồi Thông", unit_ids=(cast.doi_thong.id,), agenda=())
    seen = {
        name: titles(calendars.subscribe(getattr(cast, name), "x")[1])
        for name in ("hoa", "chau", "nam", "quan", "la", "long")
    }
    assert seen == {
        "hoa": ["Họp của Nậm Hoa"], "chau": ["Họp của Đồi Thông"],
        "nam": ["Họp của Nậm Hoa", "Họp của Đồi Thông"], "quan": [], "la": [], "long": [],
    }  # fmt: skip


def test_it_reaches_from_ninety_days_back_to_four_hundred_ahead(cast: Cast) -> None:
    for days in (-91, -89, 399, 401):
        start = clock.now() + timedelta(days=days)
        scheduled(cast, title=f"{days}", starts_at=start, ends_at=start + timedelta(hours=1))
    assert titles(calendars.subscribe(cast.hoa, "x")[1]) == ["-89", "399"]


def test_what_is_cancelled_says_so_and_what_nobody_was_told_of_is_left_out(cast: Cast) -> None:
    start = clock.now() + timedelta(days=1)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
    meetings.cancel(cast.nam, drafted(cast, title="Lập nhầm", **times), "nhầm")
    drafted(cast, title="Bản nháp", **times)
    meetings.cancel(cast.nam, scheduled(cast, title="Đã hủy", **times), "Mưa lũ")
    feed, _secret = calendars.subscribe(cast.nam, "x")
    found = {e.summary.value: e.status.value for e in reread.by_vobject(calendars.content(feed))}
    assert found == {"Bản nháp": "TENTATIVE", "Đã hủy": "CANCELLED"}


def test_a_closed_account_reads_nothing(cast: Cast, client: FlaskClient) -> None:
    _feed, secret = calendars.subscribe(cast.hoa, "x")
    assert client.get(f"/calendar/{secret}.ics").status_code == 200
    cast.hoa.active = False
    assert client.get(f"/calendar/{secret}.ics").status_code == 404


@pytest.mark.parametrize("guess", ["x", "a" * 43, "%00", "%FF%FE", "..%2F..", "á" * 300])
def test_a_guess_finds_nothing(cast: Cast, client: FlaskClient, guess: str) -> None:
    calendars.subscribe(cast.hoa, "x")
    assert client.get(f"/calendar/{guess}.ics").status_code == 404


def test_nobody_closes_an_address_of_somebody_else(cast: Cast, sign_in: SignIn) -> None:
    feed, _secret = calendars.subscribe(cast.hoa, "x")
    assert sign_in(cast.chau).post(f"/meetings/calendars/{feed.id}/revoke").status_code == 404
    assert feed.revoked_at is None
    with pytest.raises(NotFound):
        calendars.revoke(cast.sinh, feed.id)


def test_addresses_are_named_and_few(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.hoa)
    for name in ("", "  ", "\r\n", "x" * 81):
        assert browser.post("/meetings/calendars", data={"name": name}).status_code == 422
    for number in range(calendars.MOST_FEEDS):
        calendars.subscribe(cast.hoa, f"{number}")
    with pytest.raises(BadInput):
        calendars.subscribe(cast.hoa, "x")
    assert browser.post("/meetings/calendars", data={"name": "x"}).status_code == 422


def test_the_next_hour_is_noted_and_the_same_is_not_written_again(cast: Cast) -> None:
    feed, secret = calendars.subscribe(cast.hoa, "x")
    calendars.opened(secret)
    noted = feed.seen_at
    calendars.opened(secret)
    assert feed.seen_at == noted is not None
    feed.seen_at = noted - timedelta(hours=1)
    calendars.opened(secret)
    assert feed.seen_at == noted


def test_one_meeting_can_be_taken_as_a_file_by_who_sees_it(cast: Cast, sign_in: SignIn) -> None:
    meeting = scheduled(cast)
    file = sign_in(cast.hoa).get(f"/meetings/{meeting.id}.ics")
    [event] = reread.seen_by_vobject(file.data)
    assert (event.uid, event.starts_at) == (meeting.uid, meeting.starts_at)
    assert b"ATTENDEE" not in file.data and b"hop+" not in file.data
    assert file.headers["Content-Disposition"] == f'attachment; filename="meetly-{meeting.id}.ics"'
    assert sign_in(cast.chau).get(f"/meetings/{meeting.id}.ics").status_code == 404
    assert f"/meetings/{meeting.id}.ics" in sign_in(cast.hoa).get(f"/meetings/{meeting.id}").text


def test_a_subscription_asks_the_database_equally_often_for_many_meetings(
    cast: Cast, session: Database
) -> None:
    from sqlalchemy import event

    feed, _secret = calendars.subscribe(cast.hoa, "x")
    asked: list[str] = []
    listener = lambda *said: asked.append(said[2])  # noqa: E731
    counts = []
    for many in (2, 20):
        for number in range(many):
            start = clock.from_local(datetime(2026, 1, 1)) + timedelta(days=number)
            meeting = meetings.schedule(
                cast.nam,
                briefing(cast, starts_at=start, ends_at=start + timedelta(hours=1)),
            )
            meetings.publish(cast.nam, meeting)
            meeting.starts_at = meeting.ends_at = clock.now() + timedelta(hours=number)
        session.commit()
        session.expire_all()
        feed.user.memberships  # noqa: B018 - read before, as in any request
        asked.clear()
        event.listen(session.get_bind(), "before_cursor_execute", listener)
        calendars.content(feed)
        event.remove(session.get_bind(), "before_cursor_execute", listener)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 12
