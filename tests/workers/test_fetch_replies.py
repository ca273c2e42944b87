"""The reader of replies against a real IMAP server, and where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from meetly.config import Config
from meetly.extensions import db
from meetly.meetings.calendars import answering, reply
from meetly.meetings.calendars.answering import Outcome
from meetly.meetings.models import Answer, Invitation
from tests.cast import Cast
from tests.conftest import missing
from tests.meetings.calendars.replies import reply_of
from tests.meetings.plans import scheduled
from tests.workers import mailbox
from tests.workers.mailbox import PASSWORD, USER, Mailbox
from tests.workers.post import free_port
from workers import fetch_replies

Database = scoped_session[Session]


@pytest.fixture(scope="module")
def server() -> Iterator[Mailbox]:
    if mailbox.PROGRAM is None:
        missing("Dovecot (apt install dovecot-imapd)")
    with mailbox.running() as started:
        yield started


@pytest.fixture
def box(server: Mailbox) -> Mailbox:
    """Give the mailbox, empty."""
    with server.opened() as opened:
        opened.store("1:*", "+FLAGS", r"(\Deleted)") if opened.search(None, "ALL")[1][0] else None
        opened.expunge()
    return server


@pytest.fixture
def config(config: Config) -> Config:
    return replace(
        config, mail_replies="hop@lamgiang.example", imap_host="127.0.0.1", imap_user=USER,
        imap_password=PASSWORD, imap_security="plain",
    )  # fmt: skip


@pytest.fixture
def at(app: Flask, config: Config, box: Mailbox) -> Mailbox:
    """Point the installation at the mailbox."""
    app.extensions["meetly_config"] = replace(config, imap_port=box.port)
    return box


def answers(session: Database) -> set[str]:
    session.expire_all()
    return set(session.scalars(select(Invitation.answer)))


def test_a_reply_in_the_mailbox_answers_once_and_is_marked_as_read(
    session: Database, cast: Cast, at: Mailbox
) -> None:
    scheduled(cast)
    session.commit()
    at.put(reply_of(cast.hoa, "ACCEPTED"))
    assert fetch_replies.run() == 1
    assert answers(session) == {Answer.NONE, Answer.COMING}
    assert (at.count("SEEN"), at.count("UNSEEN")) == (1, 0)
    assert fetch_replies.run() == 0


def test_what_is_no_reply_is_read_and_left_in_the_mailbox(
    session: Database, cast: Cast, at: Mailbox
) -> None:
    scheduled(cast)
    session.commit()
    for raw in (b"Subject: quang cao\r\n\r\nMua ngay!\r\n", b"\x80\xff\r\n", b"\r\n\r\n"):
        at.put(raw)
    at.put(reply_of(cast.long, "DECLINED"))
    assert fetch_replies.run() == 1
    assert (at.count("SEEN"), at.count("UNSEEN")) == (4, 0)
    assert answers(session) == {Answer.NONE, Answer.ABSENT}


def test_a_mail_of_fifty_megabytes_is_not_even_fetched(
    session: Database, cast: Cast, at: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled(cast)
    session.commit()
    at.put(b"Subject: to\r\n\r\n" + b"A" * 76 * 10 + b"\r\n" * 26_000_000)
    at.put(reply_of(cast.hoa, "ACCEPTED"))
    sizes: list[int] = []
    receive = answering.receive

    def weigh(raw: bytes) -> Outcome:
        sizes.append(len(raw))
        return receive(raw)

    monkeypatch.setattr(answering, "receive", weigh)
    assert fetch_replies.run() == 1
    assert len(sizes) == 1 and sizes[0] < reply.LARGEST
    assert at.count("UNSEEN") == 0


def test_a_mail_that_could_not_be_kept_stays_unread_and_is_tried_again(
    session: Database, cast: Cast, at: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    scheduled(cast)
    session.commit()
    at.put(reply_of(cast.hoa, "ACCEPTED"))

    def fail(raw: bytes) -> Outcome:
        raise OperationalError("", {}, Exception("database is locked"))

    with monkeypatch.context() as broken:
        broken.setattr(answering, "receive", fail)
        assert fetch_replies.run() == 0
    assert (at.count("UNSEEN"), answers(session)) == (1, {Answer.NONE})
    assert fetch_replies.run() == 1


def test_a_reader_that_dies_before_it_marked_the_mail_changes_nothing_twice(
    session: Database, cast: Cast, at: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled(cast)
    session.commit()
    at.put(reply_of(cast.hoa, "ACCEPTED"))
    commit = db.session.commit

    def die() -> None:
        commit()
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(db.session, "commit", die)
        with pytest.raises(KeyboardInterrupt):
            fetch_replies.run()
    assert at.count("UNSEEN") == 1
    assert fetch_replies.run() == 0  # it says what is known already
    assert answers(session) == {Answer.NONE, Answer.COMING} and at.count("UNSEEN") == 0


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_is_known_is_trusted_and_another_is_not(
    session: Database,
    cast: Cast,
    app: Flask,
    config: Config,
    box: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    security: str,
) -> None:
    port = box.tls_port if security == "tls" else box.port
    app.extensions["meetly_config"] = replace(config, imap_port=port, imap_security=security)
    scheduled(cast)
    session.commit()
    box.put(reply_of(cast.hoa, "ACCEPTED"))
    assert fetch_replies.run() == 0 and box.count("UNSEEN") == 1
    monkeypatch.setenv("SSL_CERT_FILE", str(box.certificate))
    assert fetch_replies.run() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"imap_password": "khác"}, {"imap_folder": 'Không có "thư mục"'}, {"imap_security": "tls"}],
)
def test_a_server_that_refuses_is_logged_and_asked_again_later(
    session: Database,
    cast: Cast,
    app: Flask,
    at: Mailbox,
    config: Config,
    wrong: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    app.extensions["meetly_config"] = replace(config, imap_port=at.port, **wrong)
    assert fetch_replies.run() == 0
    assert "mailbox 127.0.0.1" in caplog.text


def test_where_no_mailbox_is_set_nobody_is_asked(
    cast: Cast, app: Flask, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    settings: list[dict[str, Any]] = [
        {"imap_host": ""}, {"mail_replies": ""}, {"mail_replies": "no address"},
    ]  # fmt: skip
    for given in settings:
        app.extensions["meetly_config"] = replace(config, imap_port=free_port(), **given)
        assert fetch_replies.run() == 0
    assert caplog.text == ""


def test_a_server_that_is_down_costs_nothing(
    cast: Cast, app: Flask, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    app.extensions["meetly_config"] = replace(config, imap_port=free_port())
    assert fetch_replies.run() == 0
    assert "refused" in caplog.text
