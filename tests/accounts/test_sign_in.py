"""Signing in and out: real forms, real sessions, real Argon2."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from meetly import clock
from meetly.accounts import passwords
from meetly.accounts import service as accounts
from meetly.accounts.models import LoginFailure, LoginSession, User
from meetly.errors import TooManyTries
from meetly.extensions import db
from tests.cast import PASSWORD, Cast

Db = scoped_session[Session]
SignIn = Callable[[User], FlaskClient]


def try_password(client: FlaskClient, login: str, password: str) -> int:
    return client.post("/sign-in", data={"login": login, "password": password}).status_code


def test_the_right_password_opens_the_page_that_was_wanted(client: FlaskClient, cast: Cast) -> None:
    answer = client.get("/account")
    assert answer.headers["Location"] == "/sign-in?next=/account"
    answer = client.post(answer.headers["Location"], data={"login": "NAM", "password": PASSWORD})
    assert answer.headers["Location"] == "/account"
    assert "Đỗ Văn Nam" in client.get("/account").text


def test_a_wrong_password_says_so_without_telling_whether_the_account_exists(
    client: FlaskClient, cast: Cast
) -> None:
    wrong = client.post("/sign-in", data={"login": "nam", "password": "sai mật khẩu"}).text
    unknown = client.post("/sign-in", data={"login": "nam", "password": "sai mật khẩu"}).text
    assert "chưa đúng" in wrong
    assert wrong.count("chưa đúng") == unknown.count("chưa đúng")


def test_a_cookie_replayed_after_signing_out_opens_nothing(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.nam)
    cookie = browser.get_cookie("meetly")
    assert cookie is not None
    browser.post("/sign-out")
    browser.set_cookie("meetly", cookie.value)
    assert browser.get("/account").status_code == 302


def test_a_changed_password_ends_every_session(cast: Cast, sign_in: SignIn) -> None:
    office, phone = sign_in(cast.nam), sign_in(cast.nam)
    new = "một câu hoàn toàn khác"
    answer = office.post("/account", data={"old": PASSWORD, "new": new})
    assert answer.status_code == 302
    assert phone.get("/account").status_code == 302
    assert try_password(phone, "nam", PASSWORD) == 200
    assert try_password(phone, "nam", new) == 302


def test_a_closed_account_is_out_at_once(cast: Cast, sign_in: SignIn) -> None:
    browser, admin = sign_in(cast.nam), sign_in(cast.quan)
    admin.post(f"/people/{cast.nam.id}/active", data={"active": "0"})
    assert browser.get("/account").status_code == 302
    assert try_password(browser, "nam", PASSWORD) == 200


def test_the_secret_changes_with_every_sign_in(cast: Cast, sign_in: SignIn, session: Db) -> None:
    sign_in(cast.nam)
    sign_in(cast.nam)
    hashes = session.scalars(sa.select(LoginSession.token_hash)).all()
    assert len(set(hashes)) == 2


@pytest.mark.parametrize("who,idle", [("khai", 16), ("nam", 121)])
def test_an_idle_session_ends_sooner_for_leaders(
    cast: Cast, sign_in: SignIn, session: Db, who: str, idle: int
) -> None:
    browser = sign_in(getattr(cast, who))
    assert browser.get("/account").status_code == 200
    past = clock.now() - timedelta(minutes=idle)
    session.execute(sa.update(LoginSession).values(seen_at=past))
    session.commit()
    assert browser.get("/account").status_code == 302


def test_no_session_outlives_its_longest_day(cast: Cast, sign_in: SignIn, session: Db) -> None:
    browser = sign_in(cast.nam)
    past = clock.now() - timedelta(hours=12, minutes=1)
    session.execute(sa.update(LoginSession).values(created_at=past))
    session.commit()
    assert browser.get("/account").status_code == 302


def test_guessing_gets_slower_and_slower(client: FlaskClient, cast: Cast, session: Db) -> None:
    for _ in range(5):
        assert try_password(client, "nam", "đoán mò thôi mà") == 200
    assert try_password(client, "nam", PASSWORD) == 429
    assert [int(passwords.wait_after(n).total_seconds()) for n in (4, 5, 6, 9, 99)] == [
        0, 1, 2, 16, 900,
    ]  # fmt: skip


def test_a_stranger_cannot_lock_a_leader_out(cast: Cast, session: Db) -> None:
    for _ in range(50):
        try:
            accounts.authenticate("khai", "đoán mò thôi mà", "203.0.113.9")
        except TooManyTries:
            session.execute(
                sa.update(LoginFailure).values(last_at=clock.now() - timedelta(hours=1))
            )
    session.commit()
    assert accounts.authenticate("khai", PASSWORD, "10.0.0.5") == cast.khai


def test_a_form_from_elsewhere_is_refused(app: Flask, cast: Cast) -> None:
    browser = app.test_client()
    answer = browser.post("/sign-in", data={"login": "nam", "password": PASSWORD})
    assert answer.status_code == 400 and "tải lại" in answer.text.lower()


def test_behind_https_the_cookie_is_bound_to_the_host(tmp_path: object, app: Flask) -> None:
    from pathlib import Path

    from meetly.app import create_app
    from meetly.config import Config

    secure = create_app(
        Config(data=Path(str(tmp_path)) / "s", secret="s", base_url="https://hop.lamgiang.example")
    )
    assert secure.config["SESSION_COOKIE_NAME"] == "__Host-meetly"
    assert secure.config["SESSION_COOKIE_SECURE"] and secure.config["SESSION_COOKIE_HTTPONLY"]


def test_a_page_needs_one_connection_even_when_it_notes_that_somebody_is_here(
    app: Flask, session: Db, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(cast.hoa)
    long_ago = clock.now() - timedelta(minutes=5)
    session.execute(sa.update(LoginSession).values(seen_at=long_ago))
    session.commit()
    session.remove()
    pool = db.engine.pool
    assert isinstance(pool, sa.QueuePool)
    monkeypatch.setattr(pool, "_max_overflow", 1 - pool.size())
    monkeypatch.setattr(pool, "_timeout", 0.5)
    with app.app_context():
        assert FlaskClient.open(browser, "/account").status_code == 200
    assert session.scalars(sa.select(LoginSession.seen_at)).one() > long_ago
