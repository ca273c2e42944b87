"""What people are told, and how mails leave the outbox."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask_babel import get_locale
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from meetly import clock
from meetly.accounts.models import User
from meetly.errors import NotFound
from meetly.notices import service as notices
from meetly.notices.models import Mail, MailStatus, Notice
from tests.cast import Cast

GOLDEN = Path(__file__).parent.parent / "golden" / "mails"
Database = scoped_session[Session]


def _mails(session: Database) -> list[Mail]:
    return list(session.scalars(select(Mail).order_by(Mail.id)))


def _one_mail(session: Database, cast: Cast) -> Mail:
    notices.tell([cast.hoa], key="k:1", subject="Họp giao ban")
    return _mails(session)[0]


def test_everybody_is_told_once_in_the_bell_and_by_mail(session: Database, cast: Cast) -> None:
    assert notices.tell([cast.hoa, cast.sinh], key="k:1", subject="Họp", link="/meetings/1") == 2
    assert [n.subject for n in notices.latest(cast.hoa)] == ["Họp"]
    assert {m.recipient for m in _mails(session)} == {cast.hoa.email, cast.sinh.email}
    assert notices.unread_count(cast.chau) == 0


def test_telling_the_same_thing_twice_reaches_only_those_who_had_not_heard_it(
    session: Database, cast: Cast
) -> None:
    notices.tell([cast.hoa], key="k:1", subject="Họp")
    assert notices.tell([cast.hoa, cast.hoa, cast.chau], key="k:1", subject="Họp") == 1
    assert notices.unread_count(cast.hoa) == 1
    assert len(_mails(session)) == 2


def test_telling_nobody_is_no_error(session: Database, cast: Cast) -> None:
    assert notices.tell([], key="k:1", subject="Họp") == 0


def test_who_has_no_address_hears_it_in_the_bell_only(session: Database, cast: Cast) -> None:
    cast.hoa.email = ""
    assert notices.tell([cast.hoa], key="k:1", subject="Họp") == 1
    assert notices.unread_count(cast.hoa) == 1
    assert _mails(session) == []


def test_what_goes_along_is_asked_once_for_each_mail_in_the_language_of_its_reader(
    session: Database, cast: Cast
) -> None:
    cast.sinh.language, cast.chau.email = "en", ""
    asked: list[str] = []

    def enclosed(user: User) -> notices.Enclosure:
        asked.append(f"{user.login} {get_locale()}")
        links = (("Có dự", "https://meetly.example/answer/x"),)
        return notices.Enclosure("BEGIN:VCALENDAR", "REQUEST", "hop+x@b.example", links)

    people = [cast.hoa, cast.sinh, cast.chau]
    assert notices.tell(people, key="k:1", subject="Họp", calendar=enclosed) == 3
    assert notices.tell(people, key="k:1", subject="Họp", calendar=enclosed) == 0
    assert sorted(asked) == ["hoa vi", "sinh en"]
    [mail] = [mail for mail in _mails(session) if mail.recipient == cast.hoa.email]
    assert (mail.calendar, mail.calendar_method) == ("BEGIN:VCALENDAR", "REQUEST")
    assert mail.reply_to == "hop+x@b.example"
    assert "Có dự: https://meetly.example/answer/x" in mail.text
    assert "answer/x" not in notices.latest(cast.hoa)[0].body


def test_a_closed_account_is_told_nothing(session: Database, cast: Cast) -> None:
    cast.hoa.active = False
    assert notices.tell([cast.hoa], key="k:1", subject="Họp") == 0


def test_words_may_be_spoken_in_the_language_of_each_reader(session: Database, cast: Cast) -> None:
    from flask_babel import get_locale

    cast.hoa.language = "en"
    notices.tell([cast.hoa, cast.sinh], key="k:1", subject=lambda: f"nói bằng {get_locale()}")
    assert notices.latest(cast.hoa)[0].subject == "nói bằng en"
    assert notices.latest(cast.sinh)[0].subject == "nói bằng vi"


def test_line_breaks_cannot_enter_a_subject(session: Database, cast: Cast) -> None:
    notices.tell([cast.hoa], key="k:1", subject="Họp\r\nBcc: x@y.example")
    assert _mails(session)[0].subject == "Họp Bcc: x@y.example"


def test_the_mail_reads_as_agreed_and_links_only_to_the_configured_address(
    session: Database, cast: Cast
) -> None:
    notices.tell(
        [cast.hoa],
        key="k:1",
        subject="Mời họp: Giao ban tháng 11",
        body="Thời gian: thứ Hai, 23/11/2026, 8 giờ 00\nĐịa điểm: Phòng họp số 1",
        link="/meetings/1",
    )
    assert _mails(session)[0].text == (GOLDEN / "notice.txt").read_text(encoding="utf-8")


def test_an_opened_notice_is_no_longer_unread_and_keeps_its_first_time(
    session: Database, cast: Cast
) -> None:
    notices.tell([cast.hoa], key="k:1", subject="Họp")
    first = notices.mark_read(cast.hoa, notices.latest(cast.hoa)[0].id).read_at
    again = notices.mark_read(cast.hoa, notices.latest(cast.hoa)[0].id).read_at
    assert first == again
    assert notices.unread_count(cast.hoa) == 0
    assert notices.latest(cast.hoa, unread=True) == []


def test_nobody_opens_the_notice_of_another(session: Database, cast: Cast) -> None:
    notices.tell([cast.hoa], key="k:1", subject="Họp")
    with pytest.raises(NotFound):
        notices.mark_read(cast.sinh, notices.latest(cast.hoa)[0].id)
    assert notices.unread_count(cast.hoa) == 1


def test_everything_can_be_marked_read_without_touching_other_people(
    session: Database, cast: Cast
) -> None:
    notices.tell([cast.hoa, cast.sinh], key="k:1", subject="Một")
    notices.tell([cast.hoa], key="k:2", subject="Hai")
    assert notices.mark_all_read(cast.hoa) == 2
    assert notices.mark_all_read(cast.hoa) == 0
    assert notices.unread_count(cast.sinh) == 1


def test_older_notices_are_reached_from_the_last_one_seen(session: Database, cast: Cast) -> None:
    for number in range(5):
        notices.tell([cast.hoa], key=f"k:{number}", subject=f"Số {number}")
    first = notices.latest(cast.hoa, limit=2)
    rest = notices.latest(cast.hoa, before=first[-1].id)
    assert [n.subject for n in first + rest] == [f"Số {n}" for n in (4, 3, 2, 1, 0)]


def test_two_senders_never_hold_the_same_mail(session: Database, cast: Cast) -> None:
    notices.tell([cast.hoa, cast.sinh], key="k:1", subject="Họp")
    first, second = notices.claim_mail("a"), notices.claim_mail("b")
    assert first is not None
    assert second is not None
    assert first.id != second.id
    assert notices.claim_mail("c") is None


def test_a_killed_senders_mail_is_given_to_another_and_its_late_word_is_refused(
    session: Database, cast: Cast
) -> None:
    mail = _one_mail(session, cast)
    assert notices.claim_mail("killed") is mail
    mail.lease_expires_at = clock.now() - timedelta(seconds=1)
    session.flush()
    assert notices.claim_mail("other") is mail
    assert not notices.sent(mail.id, "killed")
    assert not notices.failed(mail.id, "killed", "late")
    assert notices.sent(mail.id, "other")
    assert notices.claim_mail("third") is None


def test_each_failure_doubles_the_delay_up_to_two_hours(session: Database, cast: Cast) -> None:
    mail = _one_mail(session, cast)
    delays = []
    for _try in range(10):
        assert notices.claim_mail("a") is mail
        notices.failed(mail.id, "a", "451 later")
        session.refresh(mail)
        delays.append(round((mail.next_try_at - clock.now()).total_seconds() / 60))
        assert notices.claim_mail("a") is None
        mail.next_try_at = clock.now()
        session.flush()
    assert delays == [1, 2, 4, 8, 16, 32, 64, 120, 120, 120]
    assert mail.status == MailStatus.PENDING


def test_a_permanent_failure_is_not_tried_again(session: Database, cast: Cast) -> None:
    mail = _one_mail(session, cast)
    notices.claim_mail("a")
    notices.failed(mail.id, "a", "550 no such user", permanent=True)
    session.refresh(mail)
    assert (mail.status, mail.error) == (MailStatus.FAILED, "550 no such user")
    assert notices.claim_mail("a") is None


def test_after_the_last_try_a_mail_is_given_up(session: Database, cast: Cast) -> None:
    mail = _one_mail(session, cast)
    mail.attempts = notices.MOST_ATTEMPTS - 1
    session.flush()
    notices.claim_mail("a")
    notices.failed(mail.id, "a", "451 later")
    session.refresh(mail)
    assert mail.status == MailStatus.FAILED


def test_a_mail_that_kills_its_sender_every_time_is_set_aside(
    session: Database, cast: Cast
) -> None:
    mail = _one_mail(session, cast)
    mail.attempts = notices.MOST_ATTEMPTS
    session.flush()
    assert notices.claim_mail("a") is None
    session.refresh(mail)
    assert mail.status == MailStatus.FAILED


def test_what_was_told_is_forgotten_when_the_event_is_rolled_back(
    session: Database, cast: Cast
) -> None:
    notices.tell([cast.hoa], key="k:1", subject="Họp")
    session.rollback()
    assert session.scalar(select(Notice)) is None
    assert _mails(session) == []
