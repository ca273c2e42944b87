"""Calendars in mails: meetings published, changed, withdrawn and cancelled, by a real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy.orm import Session, scoped_session

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role
from meetly.config import Config
from meetly.meetings import service as meetings
from meetly.meetings.audience import Audience
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.meetings.series import service as series_service
from meetly.meetings.series.models import HolidayPolicy, Series
from meetly.meetings.series.recurrence import Rule, Shape
from meetly.meetings.series.service import Design
from tests.cast import Cast
from tests.meetings.calendars import reread
from tests.meetings.plans import briefing, drafted, scheduled
from tests.workers.post import Post, free_port
from workers import send_notices

Database = scoped_session[Session]


@pytest.fixture
def config(config: Config) -> Config:
    return replace(
        config, smtp_host="127.0.0.1", smtp_port=free_port(), mail_from="meetly@lamgiang.example",
        mail_replies="hop@lamgiang.example", base_url="https://meetly.lamgiang.example",
    )  # fmt: skip


@pytest.fixture
def post(config: Config) -> Iterator[Post]:
    memory = Post()
    server = Controller(memory, hostname=config.smtp_host, port=config.smtp_port)
    server.start()
    yield memory
    server.stop()


def received(session: Database, post: Post) -> dict[str, EmailMessage]:
    """Send what waits; return what arrived now, by the login of the addressee."""
    session.commit()
    post.taken.clear()
    send_notices.run()
    return {str(mail["To"]).split("@")[0]: mail for mail in post.taken}


def calendar_of(mail: EmailMessage) -> bytes:
    """Return the part a calendar acts on; the file and every reader must say the same."""
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    [file] = [part for part in mail.walk() if part.get_content_type() == "application/ics"]
    written = part.get_payload(decode=True)
    assert isinstance(written, bytes) and written == file.get_payload(decode=True)
    assert file.get_filename() == "invite.ics"
    assert part.get_content_charset() == "utf-8"
    assert part["Content-Type"].params["method"] == reread.method_of(written)
    assert reread.occurrences(written) == reread.seen_by_vobject(written)
    return written


def seen(mail: EmailMessage) -> tuple[str, reread.Seen]:
    """Return METHOD and event of a mail."""
    written = calendar_of(mail)
    [event] = reread.seen_by_vobject(written)
    return reread.method_of(written), event


def change(cast: Cast, meeting: Meeting, **given: object) -> None:
    plan = replace(meetings.plan_of(meeting), **given)  # type: ignore[arg-type]
    meetings.change(cast.nam, meeting, meeting.version, plan)


def test_an_invitation_reaches_everybody_with_a_calendar_of_their_own(
    session: Database, cast: Cast, post: Post
) -> None:
    meeting = scheduled(cast)
    mails = received(session, post)
    assert set(mails) == {"khai", "long", "sinh", "hoa"}
    for login, mail in mails.items():
        method, event = seen(mail)
        assert (method, event.uid, event.sequence) == ("REQUEST", meeting.uid, 0)
        assert (event.starts_at, event.ends_at) == (meeting.starts_at, meeting.ends_at)
        assert (event.title, event.place) == (meeting.title, meeting.place)
        text = calendar_of(mail).decode().replace("\r\n ", "")
        assert text.count("ATTENDEE") == 1 and f"mailto:{login}@lamgiang.example" in text


def test_the_parts_stand_as_programs_expect_them(session: Database, cast: Cast, post: Post) -> None:
    scheduled(cast)
    mail = received(session, post)["hoa"]
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/calendar",
        "application/ics",
    ]  # fmt: skip
    body = mail.get_body(("plain",))
    assert body is not None and "Có dự: https://meetly.lamgiang.example/answer/" in str(
        body.get_content()
    )


def test_where_to_answer_is_the_same_in_the_mail_and_in_the_calendar(
    session: Database, cast: Cast, post: Post
) -> None:
    scheduled(cast)
    mails = received(session, post)
    [event] = reread.by_vobject(calendar_of(mails["hoa"]))
    assert (
        mails["hoa"]["Reply-To"].addresses[0].addr_spec == event.organizer.value[len("mailto:") :]
    )
    assert mails["hoa"]["Reply-To"].addresses[0].addr_spec.startswith("hop+m")
    others = {mail["Reply-To"] for mail in mails.values() if mail["Reply-To"]}
    assert len(others) == 3  # each their own; who chairs is not asked
    assert mails["khai"]["Reply-To"] is None
    [chaired] = reread.by_vobject(calendar_of(mails["khai"]))
    assert chaired.attendee.params["ROLE"] == ["CHAIR"]
    assert chaired.attendee.params["RSVP"] == ["FALSE"]


def test_every_change_grows_the_sequence_once_and_keeps_name_and_organizer(
    session: Database, cast: Cast, post: Post
) -> None:
    meeting = scheduled(cast)
    first = received(session, post)["hoa"]
    sequences, organizers, starts = [], set(), []
    hour = timedelta(hours=1)
    changes: list[dict[str, object]] = [
        {"starts_at": meeting.starts_at + hour, "ends_at": meeting.ends_at + hour},
        {"place": "Phòng 2", "title": "Giao ban đột xuất", "note": "Mang số liệu"},
        {"agenda": ()},
        {"link": "https://hop.lamgiang.example/khac"},
    ]
    for given in changes:
        change(cast, meeting, **given)
        mail = received(session, post)["hoa"]
        method, event = seen(mail)
        assert (method, event.uid) == ("REQUEST", seen(first)[1].uid)
        sequences.append(event.sequence)
        organizers.add(reread.by_vobject(calendar_of(mail))[0].organizer.value)
        starts.append(event.starts_at)
    assert sequences == [1, 2, 3, 4]
    assert organizers == {reread.by_vobject(calendar_of(first))[0].organizer.value}
    assert set(starts) == {meeting.starts_at} and meeting.moved_sequence == 1


def test_a_room_that_meetly_opens_is_entered_through_meetly(
    session: Database, cast: Cast, post: Post
) -> None:
    meeting = drafted(cast)
    meeting.engine, meeting.link = "bigbluebutton", ""
    meetings.publish(cast.nam, meeting)
    [event] = reread.by_vobject(calendar_of(received(session, post)["hoa"]))
    address = f"https://meetly.lamgiang.example/meetings/{meeting.id}/join"
    assert event.conference.value == address


def test_what_calendars_are_not_told_does_not_count(
    session: Database, cast: Cast, post: Post
) -> None:
    meeting = scheduled(cast)
    change(cast, meeting, secretary_id=None)
    change(cast, meeting)
    assert meeting.sequence == 0


def test_who_is_withdrawn_loses_it_and_who_joins_gets_it(
    session: Database, cast: Cast, post: Post
) -> None:
    meeting = scheduled(cast)
    received(session, post)
    change(cast, meeting, unit_ids=(cast.finance.id, cast.doi_thong.id))
    mails = received(session, post)
    assert {login: seen(mail)[0] for login, mail in mails.items()} == {
        "sinh": "CANCEL", "hoa": "CANCEL", "chau": "REQUEST",
    }  # fmt: skip
    assert {seen(mail)[1].sequence for mail in mails.values()} == {1}
    assert mails["hoa"]["Reply-To"] is None
    assert "/answer/" not in mails["hoa"].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_who_still_comes_by_another_unit_keeps_it_in_the_calendar(
    session: Database, cast: Cast, post: Post
) -> None:
    accounts.give_role(None, cast.hoa, cast.finance, Role.PARTICIPANT)
    meeting = scheduled(cast)
    received(session, post)
    change(cast, meeting, unit_ids=(cast.finance.id,))
    mails = received(session, post)
    assert "hoa" not in mails and seen(mails["sinh"])[0] == "CANCEL"


def test_a_cancelled_meeting_is_cancelled_in_every_calendar(
    session: Database, cast: Cast, post: Post
) -> None:
    meeting = scheduled(cast)
    received(session, post)
    change(cast, meeting, place="Phòng 3")
    received(session, post)
    meetings.cancel(cast.nam, meeting, "Mưa lũ")
    mails = received(session, post)
    assert set(mails) == {"khai", "long", "sinh", "hoa"}
    for mail in mails.values():
        method, event = seen(mail)
        assert (method, event.uid, event.sequence) == ("CANCEL", meeting.uid, 2)
        assert reread.by_vobject(calendar_of(mail))[0].status.value == "CANCELLED"


def test_a_draft_thrown_away_says_nothing(session: Database, cast: Cast, post: Post) -> None:
    meetings.cancel(cast.nam, drafted(cast), "Lập nhầm")
    assert received(session, post) == {}


def test_an_occurrence_bears_the_name_of_its_series_and_its_own_moment(
    session: Database, cast: Cast, post: Post
) -> None:
    meeting = drafted(cast)
    local = clock.local(meeting.starts_at)
    series = Series(
        unit_id=cast.office.id, title=meeting.title, rule="FREQ=WEEKLY;BYDAY=MO",
        starts_on=local.date(), begins=local.time(), duration=90, created_by_id=cast.nam.id,
        created_at=clock.now(), template={},
    )  # fmt: skip
    session.add(series)
    session.flush()
    meeting.series_id, meeting.occurrence = series.id, meeting.starts_at
    session.flush()
    session.refresh(meeting)
    meetings.publish(cast.nam, meeting)
    hour = timedelta(hours=1)
    change(cast, meeting, starts_at=meeting.starts_at + hour, ends_at=meeting.ends_at + hour)
    session.commit()
    send_notices.run()
    mails = [mail for mail in post.taken if mail["To"] == cast.hoa.email]
    events = [reread.by_vobject(calendar_of(mail))[0] for mail in mails]
    assert {event.uid.value for event in events} == {series.uid}
    moments = {event.contents["recurrence-id"][0].value for event in events}
    assert moments == {meeting.occurrence}
    assert [int(event.sequence.value) for event in events] == [0, 1]
    assert "hop+s" in events[0].organizer.value


def test_a_whole_series_is_invited_changed_and_ended_as_one_event(
    session: Database, cast: Cast, post: Post
) -> None:
    plan = briefing(cast, starts_at=clock.now() + timedelta(days=1))
    start = clock.local(plan.starts_at).replace(hour=8, minute=0, second=0, microsecond=0)
    plan = replace(plan, starts_at=start, ends_at=start + timedelta(hours=1))
    weekly = Rule(Shape.WEEKLY, weekdays=(start.weekday(),))
    design = Design(plan, Audience(unit_ids=(cast.nam_hoa.id,)), weekly, HolidayPolicy.KEEP)
    series = series_service.begin(cast.nam, cast.office, design)
    series_service.publish(cast.nam, series)
    first = one_event(received(session, post)["hoa"])
    assert first == ("REQUEST", series.uid, 0, 8)
    meeting = series_service.coming(series)[1]
    plan = replace(meetings.plan_of(meeting), place="UBND xã Nậm Hoa")
    meetings.change(cast.nam, meeting, meeting.version, plan)
    method, event = seen(received(session, post)["hoa"])
    assert (method, event.uid, event.sequence) == ("REQUEST", series.uid, 1)
    noted = replace(design.plan, note="Mang theo số liệu")
    series_service.change(cast.nam, series, series.version, replace(design, plan=noted))
    mail = received(session, post)["hoa"]
    assert one_event(mail) == ("REQUEST", series.uid, 2, 8)
    [other] = [e for e in reread.by_vobject(calendar_of_series(mail)) if "rrule" not in e.contents]
    assert (other.location.value, int(other.sequence.value)) == ("UBND xã Nậm Hoa", 2)
    six = timedelta(hours=6)
    later = replace(noted, starts_at=noted.starts_at + six, ends_at=noted.ends_at + six)
    series_service.change(cast.nam, series, series.version, replace(design, plan=later))
    assert one_event(received(session, post)["hoa"]) == ("REQUEST", series.uid, 3, 14)
    held = [m for m in series_service.coming(series) if m.status == MeetingStatus.SCHEDULED]
    assert {(m.sequence, m.moved_sequence) for m in held} == {(3, 3)}
    series_service.end(cast.nam, series)
    ended = received(session, post)["hoa"]
    last = max(meeting.starts_at for meeting in held)
    assert reread.occurrences(calendar_of_series(ended))[-1].starts_at == last


def calendar_of_series(mail: EmailMessage) -> bytes:
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    written = part.get_payload(decode=True)
    assert isinstance(written, bytes)
    return written


def one_event(mail: EmailMessage) -> tuple[str, str, int, int]:
    """Return method, name, sequence and hour of the event that holds the rule."""
    written = calendar_of_series(mail)
    [event] = [e for e in reread.by_vobject(written) if "rrule" in e.contents]
    hour = event.dtstart.value.hour
    return reread.method_of(written), event.uid.value, int(event.sequence.value), hour


@pytest.mark.parametrize(
    "words",
    ["Họp\r\nBcc: x@evil.example", "Họp\nATTACH:x", "Họp\u2028Bcc: x", '"; x=":y', "Họp\x0b\x85z"],
)
def test_hostile_words_escape_neither_into_the_mail_nor_into_the_calendar(
    session: Database, cast: Cast, post: Post, words: str
) -> None:
    for user in (cast.hoa, cast.khai):
        user.name = f"Lò {words}"
    cast.office.name = f"Văn phòng {words}"
    meetings.publish(cast.nam, meetings.schedule(cast.nam, briefing(cast, title=words, note=words,
                                                                    place=words)))  # fmt: skip
    mails = received(session, post)
    assert set(mails) == {"khai", "long", "sinh", "hoa"}
    for mail in mails.values():
        assert mail["Bcc"] is None and len(mail.get_all("To", [])) == 1
        written = calendar_of(mail)
        assert [name for name, _ in reread.properties(written)].count("ATTENDEE") == 1
        assert b"\r\nATTACH" not in written and b"\r\nBcc" not in written


@pytest.mark.parametrize("address", ["a@b.example\r\nATTACH:x", "a b@c", "@x", "a@", "x" * 190])
def test_a_hostile_address_harms_nobody_else(
    session: Database, cast: Cast, post: Post, address: str
) -> None:
    cast.hoa.email = address
    scheduled(cast)
    mails = received(session, post)
    assert {"khai", "long", "sinh"} <= set(mails)
    assert all(mail["To"] for mail in mails.values())


def test_without_a_mailbox_for_replies_the_organizer_is_the_sender(
    session: Database, cast: Cast, post: Post, config: Config, app: object
) -> None:
    app.extensions["meetly_config"] = replace(config, mail_replies="")  # type: ignore[attr-defined]
    scheduled(cast)
    mail = received(session, post)["hoa"]
    [event] = reread.by_vobject(calendar_of(mail))
    assert event.organizer.value == "mailto:meetly@lamgiang.example"
    assert event.attendee.params["RSVP"] == ["FALSE"] and mail["Reply-To"] is None


def test_a_person_is_told_in_their_own_language(session: Database, cast: Cast, post: Post) -> None:
    cast.hoa.language = "en"
    scheduled(cast)
    mails = received(session, post)
    words = {
        login: reread.by_vobject(calendar_of(mails[login]))[0].categories.value
        for login in ("hoa", "sinh")
    }
    assert words == {"hoa": ["Meetings"], "sinh": ["Cuộc họp"]}
