"""The bell in a browser."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from meetly.accounts.models import User
from meetly.notices import service as notices
from tests.cast import Cast

SignIn = Callable[[User], FlaskClient]
Database = scoped_session[Session]


def test_the_list_shows_what_the_reader_was_told_and_nothing_else(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    notices.tell([cast.hoa], key="k:1", subject="Mời họp giao ban", body="Phòng 1")
    notices.tell([cast.chau], key="k:2", subject="Việc của người khác")
    session.commit()
    page = sign_in(cast.hoa).get("/notices").text
    assert "Mời họp giao ban" in page
    assert "Việc của người khác" not in page
    assert "chưa đọc" in page


def test_opening_a_notice_marks_it_read_and_goes_where_it_points(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    notices.tell([cast.hoa], key="k:1", subject="Mời họp", link="/meetings/7?tab=1")
    session.commit()
    answer = sign_in(cast.hoa).get(f"/notices/{notices.latest(cast.hoa)[0].id}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/meetings/7?tab=1")
    session.expire_all()
    assert notices.unread_count(cast.hoa) == 0


def test_a_notice_leads_nowhere_outside(session: Database, cast: Cast, sign_in: SignIn) -> None:
    for number, link in enumerate(("https://evil.example/", "//evil.example", "")):
        notices.tell([cast.hoa], key=f"k:{number}", subject="Mời họp", link=link)
    session.commit()
    browser = sign_in(cast.hoa)
    for notice in notices.latest(cast.hoa):
        assert browser.get(f"/notices/{notice.id}").headers["Location"] == "/notices"


def test_the_notice_of_another_is_not_found(session: Database, cast: Cast, sign_in: SignIn) -> None:
    notices.tell([cast.hoa], key="k:1", subject="Mời họp", link="/meetings/7")
    session.commit()
    number = notices.latest(cast.hoa)[0].id
    assert sign_in(cast.sinh).get(f"/notices/{number}").status_code == 404


def test_all_can_be_marked_read_at_once(session: Database, cast: Cast, sign_in: SignIn) -> None:
    notices.tell([cast.hoa], key="k:1", subject="Một")
    notices.tell([cast.hoa], key="k:2", subject="Hai")
    session.commit()
    browser = sign_in(cast.hoa)
    page = browser.post("/notices/read", follow_redirects=True).text
    assert "Đã đánh dấu 2 thông báo là đã đọc." in page
    assert "Đánh dấu đã đọc hết" not in page
    page = browser.get("/notices?unread=1").text
    assert "Bạn đã đọc hết thông báo" in page


def test_older_notices_are_a_page_further(session: Database, cast: Cast, sign_in: SignIn) -> None:
    for number in range(notices.PAGE + 1):
        notices.tell([cast.hoa], key=f"k:{number}", subject=f"Thông báo số {number}.")
    session.commit()
    browser = sign_in(cast.hoa)
    first = browser.get("/notices").text
    assert "Thông báo số 0." not in first
    last_seen = notices.latest(cast.hoa)[-1].id
    assert f"before={last_seen}" in first
    assert "Thông báo số 0." in browser.get(f"/notices?before={last_seen}").text


def test_an_address_that_makes_no_sense_shows_the_first_page(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.hoa).get("/notices?before=x&unread=").status_code == 200


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/notices").status_code == 302


def test_words_of_a_notice_are_shown_and_never_run(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    evil = "<script>x()</script><img src=x onerror=y>"
    notices.tell([cast.hoa], key="k:1", subject=evil, body=evil)
    session.commit()
    page = sign_in(cast.hoa).get("/notices").text
    assert "<script>x()" not in page
    assert "<img src=x" not in page
