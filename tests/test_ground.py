"""The ground: settings, files, the audit chain, search, errors and headers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session, scoped_session

from meetly import audit, search, sqlite
from meetly.accounts.models import User
from meetly.audit import AuditEntry, AuditHead
from meetly.config import Config
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.folding import fold
from meetly.search import SearchEntry
from meetly.storage import files
from meetly.web import safe_next
from tests.cast import Cast

Db = scoped_session[Session]


def test_settings_come_from_the_environment_and_name_what_they_cannot_read() -> None:
    config = Config.from_environment({"MEETLY_SMTP_PORT": "2525", "MEETLY_DEVELOPMENT": "yes"})
    assert (config.smtp_port, config.development) == (2525, True)
    with pytest.raises(BadInput, match="SMTP_PORT"):
        Config.from_environment({"MEETLY_SMTP_PORT": "mail"})


def test_folding_forgives_every_diacritic() -> None:
    assert fold("Đồi Thông, ĐƯỜNG Nà Ló") == "doi thong, duong na lo"


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


# -- files -----------------------------------------------------------------------------------


def test_a_file_appears_whole_under_its_key_or_not_at_all(app: Flask) -> None:
    def torn() -> object:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        files.write("materials/ab", torn())  # type: ignore[arg-type]
    assert not files.exists("materials/ab")
    assert list(files.path("materials/ab").parent.iterdir()) == []
    stored = files.write("materials/ab", [b"all of", b" it"])
    assert (stored.size, files.read("materials/ab")) == (9, b"all of it")
    assert stored.sha256 == files.sha256("materials/ab")


@pytest.mark.parametrize("key", ["../secret", "a", "/etc/passwd", "a/../../b", "A/b", "a/.b", ""])
def test_keys_never_leave_the_folder(app: Flask, key: str) -> None:
    with pytest.raises(BadInput):
        files.path(key)


def test_a_piece_is_written_at_its_offset(app: Flask) -> None:
    files.write_at("uploads/x1", 0, b"abcdef")
    files.write_at("uploads/x1", 3, b"XYZ!")
    assert files.read("uploads/x1") == b"abcXYZ!"


# -- audit -----------------------------------------------------------------------------------


def test_the_chain_of_the_cast_holds(cast: Cast, session: Db) -> None:
    assert audit.verify() is None
    assert [entry.verb for entry in audit.of(cast.office)] == ["accounts.add_unit"]


@pytest.mark.parametrize("column,value", [("verb", "x"), ("actor_id", 1), ("subject", "unit:999")])
def test_a_changed_entry_is_found(cast: Cast, session: Db, column: str, value: object) -> None:
    session.execute(sa.update(AuditEntry).where(AuditEntry.number == 3).values({column: value}))
    session.expire_all()
    assert audit.verify() == 3


def test_a_removed_entry_and_a_cut_off_end_are_found(cast: Cast, session: Db) -> None:
    last = session.get(AuditHead, 1)
    assert last is not None
    session.execute(sa.delete(AuditEntry).where(AuditEntry.number == last.number))
    session.expire_all()
    assert audit.verify() == last.number
    session.execute(sa.delete(AuditEntry).where(AuditEntry.number == 5))
    session.expire_all()
    assert audit.verify() == 5


def test_an_entry_written_without_the_key_is_found(cast: Cast, session: Db, app: Flask) -> None:
    app.config["SECRET_KEY"] = "another secret"
    assert audit.verify() == 1


# -- search ----------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def searchable(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    from meetly.app import create_app

    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    app = create_app(Config(data=tmp_path, database=url, secret="x"))
    with app.app_context():
        db.create_all()
        for number, text in enumerate(("giải ngân đường Bản Pho", "chống rét ở vùng cao")):
            search.index(
                "task", number, meeting_id=7 + number, audience="invited", title="Nhiệm vụ",
                link=f"/tasks/{number}", text=text,
            )  # fmt: skip
        yield app
        db.session.remove()
        db.engine.dispose()


def test_words_are_found_without_their_diacritics(searchable: Flask) -> None:
    hits = search.find("duong giai", sa.true())
    assert [(hit.row_id, hit.found) for hit in hits] == [(0, "giải")]
    assert [hit.row_id for hit in search.find("nhiem vu", sa.true())] in ([0, 1], [1, 0])
    assert search.find("đường vùng", sa.true()) == []


def test_what_may_not_be_read_is_not_found(searchable: Flask) -> None:
    assert search.find("duong", SearchEntry.meeting_id == 8) == []


def test_a_changed_text_is_found_by_its_new_words_only(searchable: Flask) -> None:
    search.index(
        "task", 0, meeting_id=7, audience="invited", title="", link="/", text="mặt bằng sạch"
    )
    assert search.find("duong", sa.true()) == []
    assert len(search.find("mat bang", sa.true())) == 1
    search.remove("task", 0)
    assert search.find("mat bang", sa.true()) == []


@pytest.mark.parametrize("words", ['"', "a AND", "NEAR(", "*", "'; DROP TABLE unit; --", "(:)&|!"])
def test_no_search_words_break_the_index(searchable: Flask, words: str) -> None:
    search.find(words, sa.true())


# -- the edge --------------------------------------------------------------------------------


def test_a_thread_that_showed_a_page_may_write_again(client: FlaskClient) -> None:
    client.get("/sign-in")
    assert not sqlite.only_reads()  # or its next writer would fail where it should queue


def test_every_answer_carries_strict_headers(client: FlaskClient) -> None:
    answer = client.get("/sign-in")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce and f'nonce="{nonce[1]}"' in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" in answer.headers["Vary"]
    again = client.get("/sign-in").headers["Content-Security-Policy"]
    assert policy != again


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)",
     "/ok\r\nX: y", "evil", "///evil.example", "", None],
)  # fmt: skip
def test_going_on_never_leaves_the_house(target: str | None) -> None:
    assert safe_next(target, "/home") == "/home"


def test_going_on_stays_where_it_was_wanted() -> None:
    assert safe_next("/tasks?state=late", "/") == "/tasks?state=late"


def test_an_unexpected_error_shows_a_reference_and_no_secret(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    def burst() -> str:
        raise RuntimeError("the password is hunter2")

    burst.access = None  # type: ignore[attr-defined]
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app._got_first_request = False
    app.add_url_rule("/burst", "burst", burst)
    answer = client.get("/burst")
    assert answer.status_code == 500 and "hunter2" not in answer.text
    reference = re.search(r"[0-9a-f]{8}", caplog.text)
    assert reference and reference[0] in answer.text


def test_without_a_database_an_error_is_still_told_in_plain_words(
    app: Flask, cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    browser = sign_in(cast.nam)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    db.session.execute(sa.text("ALTER TABLE login_session RENAME TO gone"))
    answer = browser.get("/account")
    assert answer.status_code == 500 and answer.mimetype == "text/plain"
    assert re.search(r"[0-9a-f]{8}", answer.text)


def test_a_route_that_does_not_say_who_may_use_it_is_closed(
    app: Flask, client: FlaskClient
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app._got_first_request = False
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = client.get("/forgotten")
    assert answer.status_code == 500 and "secret" not in answer.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/meetings/{n}", 404), ("/meetings/{n}/change", 404), ("/materials/{n}", 404),
        ("/meetings?after={n}", 400), ("/meetings/new?like={n}", 400),
        ("/tasks?meeting={n}&state=", 400),
    ],
)  # fmt: skip
def test_a_number_no_database_holds_is_no_accident(
    cast: Cast, sign_in: Callable[[User], FlaskClient], address: str, status: int
) -> None:
    browser = sign_in(cast.nam)
    assert browser.get(address.format(n=10**30)).status_code == status


def test_english_is_one_click_away(cast: Cast, sign_in: Callable[[User], FlaskClient]) -> None:
    browser = sign_in(cast.nam)
    browser.post("/language", data={"language": "en", "next": "/account"})
    assert 'lang="en"' in browser.get("/account").text
