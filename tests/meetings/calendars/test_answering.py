"""Answers from outside: what a calendar's reply counts for, and what it can never do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy.orm import Session, scoped_session

from meetly import clock
from meetly.accounts.models import Membership, User
from meetly.config import Config
from meetly.meetings import service as meetings
from meetly.meetings.calendars import answering, recurring, reply, tokens
from meetly.meetings.calendars.answering import Outcome
from meetly.meetings.calendars.ics import Method
from meetly.meetings.models import Answer, Invitation, Meeting, PersonalInvitation
from meetly.meetings.series.models import Series
from meetly.notices import service as notices
from tests.cast import Cast
from tests.meetings.calendars.replies import (
    calendar_reply,
    last_mail,
    mail_with,
    reply_of,
)
from tests.meetings.plans import drafted, scheduled

Database = scoped_session[Session]
MAILBOX = "hop@lamgiang.example"


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, mail_replies=MAILBOX)


def invitation(meeting: Meeting, unit_id: int) -> Invitation:
    return next(row for row in meeting.invitations if row.unit_id == unit_id)


def told(user: User) -> list[str]:
    return [n.body for n in notices.latest(user) if n.subject.startswith("Chưa ghi nhận")]


def move(cast: Cast, meeting: Meeting) -> None:
    hour = timedelta(hours=1)
    plan = replace(
        meetings.plan_of(meeting),
        starts_at=meeting.starts_at + hour, ends_at=meeting.ends_at + hour,
    )  # fmt: skip
    meetings.change(cast.nam, meeting, meeting.version, plan)


# -- what counts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("partstat", "given", "answer", "attendee", "reason"),
    [
        ("ACCEPTED", {}, Answer.COMING, "", ""),
        ("accepted", {"comment": "Xin có mặt"}, Answer.COMING, "", "Xin có mặt"),
        ("DECLINED", {"comment": "Đi cơ sở\\, về muộn"}, Answer.ABSENT, "", "Đi cơ sở, về muộn"),
        ("DECLINED", {}, Answer.ABSENT, "", "trả lời qua lịch"),
        (
            "DELEGATED", {"more": ';DELEGATED-TO="mailto:sinh@lamgiang.example"'},
            Answer.SUBSTITUTE, "sinh@lamgiang.example", "trả lời qua lịch",
        ),
    ],
)  # fmt: skip
def test_a_reply_answers_the_invitation(
    cast: Cast, partstat: str, given: dict[str, str], answer: Answer, attendee: str, reason: str
) -> None:
    meeting = scheduled(cast)
    raw = reply_of(cast.hoa, partstat, **given)
    assert answering.receive(raw) == Outcome.ANSWERED
    row = invitation(meeting, cast.nam_hoa.id)
    assert (row.answer, row.attendee, row.reason) == (answer, attendee, reason)
    assert row.answered_by_id == cast.hoa.id
    assert invitation(meeting, cast.finance.id).answer == Answer.NONE
    assert answering.receive(raw) == Outcome.UNCHANGED  # the same mail twice is the same answer


def test_who_is_invited_by_name_answers_for_themselves(cast: Cast, session: Database) -> None:
    meeting = drafted(cast)
    row = PersonalInvitation(meeting_id=meeting.id, user_id=cast.hoa.id)
    meeting.personal_invitations.append(row)
    meetings.publish(cast.nam, meeting)
    assert answering.receive(reply_of(cast.hoa, "ACCEPTED")) == Outcome.ANSWERED
    assert row.answer == Answer.COMING
    assert invitation(meeting, cast.nam_hoa.id).answer == Answer.NONE


def test_the_address_counts_wherever_a_server_left_it(cast: Cast) -> None:
    meeting = scheduled(cast)
    mail = last_mail(cast.hoa)
    calendar = calendar_reply(mail.calendar, "ACCEPTED").replace(mail.reply_to, MAILBOX)
    raw = mail_with(calendar, MAILBOX)
    assert answering.receive(raw) == Outcome.REFUSED
    raw = f"Delivered-To: {mail.reply_to.upper()}\r\n".encode() + raw
    assert answering.receive(raw) == Outcome.ANSWERED
    assert invitation(meeting, cast.nam_hoa.id).answer == Answer.COMING


# -- what does not ---------------------------------------------------------------------------


def test_a_forged_sender_without_the_address_answers_nothing(cast: Cast) -> None:
    meeting = scheduled(cast)
    mail = last_mail(cast.hoa)
    forgeries = [
        MAILBOX, f"hop+m{meeting.id}-{cast.hoa.id}-{'a' * 16}@lamgiang.example",
        f"hop+m{meeting.id}-{cast.hoa.id}@lamgiang.example", "hop+@lamgiang.example",
        mail.reply_to.replace("lamgiang", "evil"), mail.reply_to.replace("hop+m", "hop+s"),
        last_mail(cast.long).reply_to.replace(f"-{cast.long.id}-", f"-{cast.hoa.id}-"),
    ]  # fmt: skip
    for address in forgeries:
        calendar = calendar_reply(mail.calendar, "DECLINED").replace(mail.reply_to, address)
        assert answering.receive(mail_with(calendar, address)) == Outcome.REFUSED, address
    assert invitation(meeting, cast.nam_hoa.id).answer == Answer.NONE
    assert told(cast.hoa) == []


def test_the_check_sees_a_house_that_believes_any_address(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_mac", lambda said: "a" * 16)
    with pytest.raises(AssertionError):
        test_a_forged_sender_without_the_address_answers_nothing(cast)


def test_the_secret_of_one_person_answers_for_nobody_else(cast: Cast) -> None:
    meeting = scheduled(cast)
    mine, theirs = last_mail(cast.hoa), last_mail(cast.long)
    calendar = calendar_reply(theirs.calendar, "DECLINED").replace(theirs.reply_to, mine.reply_to)
    assert answering.receive(mail_with(calendar, mine.reply_to)) == Outcome.DECLINED
    assert {row.answer for row in meeting.invitations} == {Answer.NONE}


def test_an_address_with_rare_letters_is_the_same_address_in_the_answer(cast: Cast) -> None:
    cast.hoa.email = "Lo.Thi_O'Hoa+hop@lamgiang.example"
    meeting = scheduled(cast)
    assert answering.receive(reply_of(cast.hoa, "ACCEPTED")) == Outcome.ANSWERED
    assert invitation(meeting, cast.nam_hoa.id).answer == Answer.COMING


def test_who_is_not_invited_any_more_is_not_told_what_it_is_called_now(cast: Cast) -> None:
    meeting = scheduled(cast)
    raw = reply_of(cast.hoa, "ACCEPTED")
    plan = replace(
        meetings.plan_of(meeting), title="Việc kín", unit_ids=(cast.finance.id,), agenda=()
    )
    meetings.change(cast.nam, meeting, meeting.version, plan)
    before = notices.latest(cast.hoa)[0].id
    assert answering.receive(raw) == Outcome.DECLINED
    [said] = [n for n in notices.latest(cast.hoa) if n.id > before]
    assert said.subject == "Chưa ghi nhận trả lời qua lịch"
    assert "Việc kín" not in said.body and said.link == "/meetings"


def test_a_forwarded_secret_cannot_fill_the_bell(cast: Cast) -> None:
    scheduled(cast)
    for number in range(20):
        answering.receive(reply_of(cast.hoa, "ACCEPTED", attendee=f"x{number}@noikhac.example"))
    assert len(told(cast.hoa)) == 1


def test_an_invitation_that_was_forwarded_answers_for_nobody(cast: Cast) -> None:
    meeting = scheduled(cast)
    raw = reply_of(cast.hoa, "ACCEPTED", attendee="ban@noikhac.example")
    assert answering.receive(raw) == Outcome.DECLINED
    assert invitation(meeting, cast.nam_hoa.id).answer == Answer.NONE
    assert "ban@noikhac.example" in told(cast.hoa)[0]


def test_an_answer_to_the_time_before_is_stale_and_said_so_once(cast: Cast) -> None:
    meeting = scheduled(cast)
    stale = reply_of(cast.hoa, "ACCEPTED")
    move(cast, meeting)
    assert answering.receive(stale) == answering.receive(stale) == Outcome.DECLINED
    assert invitation(meeting, cast.nam_hoa.id).answer == Answer.NONE
    assert len(told(cast.hoa)) == 1 and "Giờ họp đã đổi" in told(cast.hoa)[0]
    assert answering.receive(reply_of(cast.hoa, "ACCEPTED")) == Outcome.ANSWERED


def test_an_answer_from_before_another_agenda_still_counts(cast: Cast) -> None:
    meeting = scheduled(cast)
    raw = reply_of(cast.hoa, "ACCEPTED")
    meetings.change(
        cast.nam, meeting, meeting.version, replace(meetings.plan_of(meeting), note="x")
    )
    assert meeting.sequence == 1
    assert answering.receive(raw) == Outcome.ANSWERED


@pytest.mark.parametrize("partstat", ["TENTATIVE", "NEEDS-ACTION", "X-MAYBE", ""])
def test_what_is_no_clear_answer_is_said_to_be_none(cast: Cast, partstat: str) -> None:
    meeting = scheduled(cast)
    assert answering.receive(reply_of(cast.hoa, partstat)) == Outcome.DECLINED
    assert invitation(meeting, cast.nam_hoa.id).answer == Answer.NONE
    assert "chưa trả lời dứt khoát" in told(cast.hoa)[0]


def test_another_time_proposed_is_no_answer(cast: Cast) -> None:
    scheduled(cast)
    assert answering.receive(reply_of(cast.hoa, "ACCEPTED", method="COUNTER")) == Outcome.DECLINED


def _disable(cast: Cast, session: Database, meeting: Meeting) -> None:
    cast.hoa.active = False


def _lose_role(cast: Cast, session: Database, meeting: Meeting) -> None:
    for held in cast.hoa.memberships:
        session.delete(session.get_one(Membership, held.id))
    session.flush()
    session.refresh(cast.hoa, ["memberships"])


def _withdraw(cast: Cast, session: Database, meeting: Meeting) -> None:
    plan = replace(meetings.plan_of(meeting), unit_ids=(cast.finance.id,))
    meetings.change(cast.nam, meeting, meeting.version, plan)


def _cancel(cast: Cast, session: Database, meeting: Meeting) -> None:
    meetings.cancel(cast.nam, meeting, "Mưa lũ")


def _begin(cast: Cast, session: Database, meeting: Meeting) -> None:
    meeting.starts_at = clock.now() - timedelta(minutes=1)


LOSSES = [_disable, _lose_role, _withdraw, _cancel, _begin]


@pytest.mark.parametrize("lose", LOSSES)
def test_who_may_not_answer_any_more_answers_nothing_by_mail(
    cast: Cast, session: Database, lose: Callable[[Cast, Database, Meeting], None]
) -> None:
    meeting = scheduled(cast)
    row, raw = invitation(meeting, cast.nam_hoa.id), reply_of(cast.hoa, "ACCEPTED")
    lose(cast, session, meeting)
    assert answering.receive(raw) in (Outcome.DECLINED, Outcome.REFUSED)
    assert row.answer == Answer.NONE


def test_words_instead_of_an_answer_are_said_to_be_unread_but_not_to_programs(cast: Cast) -> None:
    scheduled(cast)
    message = EmailMessage()
    message["To"] = last_mail(cast.hoa).reply_to
    message.set_content("Tôi có dự nhé.")
    automatic = EmailMessage()
    automatic["To"], automatic["Auto-Submitted"] = message["To"], "auto-replied"
    automatic.set_content("Tôi đang nghỉ phép.")
    assert answering.receive(automatic.as_bytes()) == Outcome.REFUSED
    assert told(cast.hoa) == []
    assert answering.receive(message.as_bytes()) == Outcome.DECLINED
    assert answering.receive(message.as_bytes()) == Outcome.DECLINED
    assert len(told(cast.hoa)) == 1


def test_where_replies_are_not_read_none_counts(cast: Cast, app: Flask, config: Config) -> None:
    meeting = scheduled(cast)
    raw = reply_of(cast.hoa, "ACCEPTED")
    app.extensions["meetly_config"] = replace(config, mail_replies="")
    assert answering.receive(raw) == Outcome.REFUSED
    assert invitation(meeting, cast.nam_hoa.id).answer == Answer.NONE


# -- hostile mails ---------------------------------------------------------------------------


def _nested(depth: int) -> bytes:
    head = b"To: x@y\r\nMIME-Version: 1.0\r\n"
    for number in range(depth):
        head += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number)
    return head + b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n"


def _calendar(text: bytes) -> bytes:
    return b"To: x@y\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n" + text


EVENT = b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n%sEND:VCALENDAR\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00" * 1000, b"\xff\xfe" * 500, b"To: \r\n\r\n", _nested(3000),
        b"Content-Type: text/calendar; charset=none-such\r\n\r\nBEGIN:VCALENDAR\r\n",
        b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        _calendar(b"BEGIN:VCALENDAR\r\n" * 5000), _calendar(b"END:VCALENDAR\r\n"),
        _calendar(EVENT % (b"BEGIN:VEVENT\r\nSEQUENCE:x\r\nRECURRENCE-ID:y\r\nEND:VEVENT\r\n")),
        _calendar(EVENT % (b"BEGIN:VEVENT\r\nSEQUENCE:" + b"9" * 9000 + b"\r\nEND:VEVENT\r\n")),
        _calendar(EVENT % (b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 3000)),
        _calendar(EVENT % (b"BEGIN:VEVENT\r\n" + b"ATTENDEE:mailto:a\r\n" * 3000
                           + b"END:VEVENT\r\n")),
        _calendar(EVENT % b"X-A;B=\"" * 2000), _calendar(b"A" * 300_000),
        b"To: " + b"a@b, " * 100_000 + b"\r\n\r\n", b"X" * (reply.LARGEST + 1),
    ],
    ids=lambda raw: f"{len(raw)}",
)  # fmt: skip
def test_a_hostile_mail_is_refused(cast: Cast, raw: bytes) -> None:
    assert answering.receive(raw) == Outcome.REFUSED


# -- series ----------------------------------------------------------------------------------


def test_one_reply_answers_the_occurrences_to_come_or_the_one_it_names(
    cast: Cast, session: Database
) -> None:
    first, second = drafted(cast), drafted(cast)
    local = clock.local(first.starts_at)
    series = Series(
        unit_id=cast.office.id, title=first.title, rule="FREQ=WEEKLY;BYDAY=MO",
        starts_on=local.date(), begins=local.time(), duration=90, created_by_id=cast.nam.id,
        created_at=clock.now(), template={},
    )  # fmt: skip
    session.add(series)
    session.flush()
    week = timedelta(weeks=1)
    second.starts_at, second.ends_at = second.starts_at + week, second.ends_at + week
    for meeting in (first, second):
        meeting.series_id, meeting.occurrence = series.id, meeting.starts_at
        session.flush()
        session.refresh(meeting)
        meetings.publish(cast.nam, meeting)
    assert answering.receive(reply_of(cast.hoa, "DECLINED", comment="x")) == Outcome.ANSWERED
    answers = [invitation(m, cast.nam_hoa.id).answer for m in (first, second)]
    assert answers == [Answer.NONE, Answer.ABSENT]
    told = recurring.for_series(series, [first, second], Method.REQUEST, cast.hoa)
    calendar = calendar_reply(told.calendar, "ACCEPTED", whole_series=True)
    assert answering.receive(mail_with(calendar, told.reply_to)) == Outcome.ANSWERED
    answers = [invitation(m, cast.nam_hoa.id).answer for m in (first, second)]
    assert answers == [Answer.COMING, Answer.COMING]
    assert told.reply_to == last_mail(cast.hoa).reply_to
