"""The sender against a real mail server: taken, refused, gone, down, and not there at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import scoped_session

from meetly.config import Config
from meetly.notices import service as notices
from meetly.notices.models import Mail, MailStatus
from tests.cast import Cast
from tests.workers.post import Post, free_port
from workers import send_notices

Database = scoped_session[DatabaseSession]


@pytest.fixture
def config(config: Config) -> Config:
    return replace(
        config,
        smtp_host="127.0.0.1",
        smtp_port=free_port(),
        mail_from="meetly@lamgiang.example",
        base_url="https://hop.lamgiang.example",
    )


@pytest.fixture
def post(config: Config) -> Iterator[Post]:
    memory = Post()
    server = Controller(memory, hostname=config.smtp_host, port=config.smtp_port)
    server.start()
    yield memory
    server.stop()


def _mails(session: Database) -> list[Mail]:
    session.expire_all()
    return list(session.scalars(select(Mail).order_by(Mail.id)))


def _tell(session: Database, cast: Cast) -> None:
    notices.tell(
        [cast.hoa, cast.sinh],
        key="k:1",
        subject="Mời họp: Giao ban tháng 11",
        body="Địa điểm: Phòng họp số 1",
        link="/meetings/1",
    )
    session.commit()


def test_every_mail_goes_out_once(session: Database, cast: Cast, post: Post) -> None:
    _tell(session, cast)
    assert send_notices.run() == 2
    assert send_notices.run() == 0
    assert {m["To"] for m in post.taken} == {cast.hoa.email, cast.sinh.email}
    assert {m.status for m in _mails(session)} == {MailStatus.SENT}


def test_a_mail_arrives_with_its_words_and_the_configured_address(
    session: Database, cast: Cast, post: Post
) -> None:
    _tell(session, cast)
    send_notices.run()
    mail = post.taken[0]
    assert mail["Subject"] == "Mời họp: Giao ban tháng 11"
    assert mail["From"] == "Meetly <meetly@lamgiang.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    assert "Địa điểm: Phòng họp số 1" in text
    assert "https://hop.lamgiang.example/meetings/1" in text


def test_a_subject_that_tries_to_add_a_header_stays_a_subject(
    session: Database, cast: Cast, post: Post
) -> None:
    notices.tell([cast.hoa], key="k:1", subject="Họp\r\nBcc: x@y.example\r\n\r\nbody")
    session.commit()
    assert send_notices.run() == 1
    assert post.taken[0]["Bcc"] is None
    assert post.taken[0]["Subject"] == "Họp Bcc: x@y.example body"


def test_a_subject_planted_in_the_outbox_with_line_breaks_is_refused_for_good(
    session: Database, cast: Cast, post: Post
) -> None:
    _tell(session, cast)
    _mails(session)[0].subject = "Họp\r\nBcc: x@y.example"
    session.commit()
    assert send_notices.run() == 1
    assert [m.status for m in _mails(session)] == [MailStatus.FAILED, MailStatus.SENT]


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: x@y.example", "không phải địa chỉ", "a@b.example, c@d.example",
        "@b.example", "a@",
    ],
)  # fmt: skip
def test_an_address_that_is_none_fails_for_good_and_stops_nobody(
    session: Database, cast: Cast, post: Post, address: str
) -> None:
    cast.hoa.email = address
    _tell(session, cast)
    assert send_notices.run() == 1
    assert sorted(m.status for m in _mails(session)) == [MailStatus.FAILED, MailStatus.SENT]
    assert [m["To"] for m in post.taken] == [cast.sinh.email]


def test_an_unknown_recipient_is_not_tried_again(session: Database, cast: Cast, post: Post) -> None:
    post.refuse[cast.hoa.email] = "550 no such user"
    _tell(session, cast)
    assert send_notices.run() == 1
    failed = next(m for m in _mails(session) if m.recipient == cast.hoa.email)
    assert (failed.status, failed.error) == (MailStatus.FAILED, "550 no such user")


def test_a_full_mailbox_is_tried_again_later(session: Database, cast: Cast, post: Post) -> None:
    post.refuse[cast.hoa.email] = "452 mailbox full"
    _tell(session, cast)
    assert send_notices.run() == 1
    waiting = next(m for m in _mails(session) if m.recipient == cast.hoa.email)
    assert (waiting.status, waiting.attempts, waiting.owner) == (MailStatus.PENDING, 1, None)
    post.refuse.clear()
    assert send_notices.run() == 0  # not before its delay is over
    waiting.next_try_at = waiting.next_try_at.replace(year=2020)
    session.commit()
    assert send_notices.run() == 1


def test_a_sender_the_server_does_not_know_blames_no_mail(
    session: Database, cast: Cast, post: Post
) -> None:
    post.refuse_sender = "550 who are you"
    _tell(session, cast)
    assert send_notices.run() == 0
    first, second = _mails(session)
    assert (first.status, second.status) == (MailStatus.PENDING, MailStatus.PENDING)
    assert sorted([first.attempts, second.attempts]) == [0, 1]


def test_a_server_that_closes_half_way_gets_the_rest_later(
    session: Database, cast: Cast, post: Post
) -> None:
    post.close_after = 1
    _tell(session, cast)
    assert send_notices.run() == 1
    assert sorted(m.status for m in _mails(session)) == [MailStatus.PENDING, MailStatus.SENT]


def test_while_the_server_is_down_mails_wait_and_lose_no_try(
    session: Database, cast: Cast, config: Config
) -> None:
    _tell(session, cast)
    assert send_notices.run() == 0
    assert {(m.status, m.attempts) for m in _mails(session)} == {(MailStatus.PENDING, 0)}
    memory = Post()
    server = Controller(memory, hostname=config.smtp_host, port=config.smtp_port)
    server.start()
    try:
        assert send_notices.run() == 2
    finally:
        server.stop()
    assert len(memory.taken) == 2


def test_without_a_configured_server_mails_stay_in_the_outbox(
    app: Flask, session: Database, cast: Cast, config: Config
) -> None:
    app.extensions["meetly_config"] = replace(config, smtp_host="")
    _tell(session, cast)
    assert send_notices.run() == 0
    assert {m.status for m in _mails(session)} == {MailStatus.PENDING}


def test_a_mail_sent_twice_carries_the_same_name_both_times(
    session: Database, cast: Cast, post: Post
) -> None:
    _tell(session, cast)
    send_notices.run()
    for mail in _mails(session):
        mail.status = MailStatus.PENDING
    session.commit()
    send_notices.run()
    assert len(post.taken) == 4
    assert len({m["Message-ID"] for m in post.taken}) == 2
