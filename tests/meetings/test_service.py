"""Meetings from draft to held: who sees them, who changes them, and who is told what."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from meetly import audit, clock, search
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.meetings import service as meetings
from meetly.meetings.models import AgendaItem, AttendanceStatus, MeetingStatus
from meetly.meetings.plan import AgendaPlan
from meetly.notices import service as notices
from meetly.notices.models import Mail
from tests.cast import Cast
from tests.meetings.plans import briefing, drafted, held_yesterday, scheduled

GOLDEN = Path(__file__).parent.parent / "golden" / "mails"
Database = scoped_session[Session]


def _told(user: User) -> list[str]:
    return [notice.subject for notice in notices.latest(user)]


def _mail_of(session: Database, user: User) -> str:
    query = select(Mail).where(Mail.recipient == user.email).order_by(Mail.id.desc())
    mail = session.scalars(query).first()
    assert mail is not None
    return f"{mail.subject}\n\n{re.sub(r'/answer/[^?]+', '/answer/TOKEN', mail.text)}"


def _golden(name: str) -> str:
    return (GOLDEN / name).read_text(encoding="utf-8")


# -- who sees a meeting ----------------------------------------------------------------------


def test_a_draft_is_seen_by_its_unit_alone(cast: Cast) -> None:
    meeting = drafted(cast)
    assert meetings.get(cast.nam, meeting.id) is meeting
    assert meetings.get(cast.khai, meeting.id) is meeting
    for stranger in (cast.long, cast.hoa, cast.sinh, cast.chau, cast.quan, cast.la):
        with pytest.raises(NotFound):
            meetings.get(stranger, meeting.id)


def test_a_scheduled_meeting_is_seen_by_those_invited_and_nobody_else(cast: Cast) -> None:
    meeting = scheduled(cast)
    for guest in (cast.nam, cast.khai, cast.long, cast.hoa, cast.sinh):
        assert meetings.get(guest, meeting.id) is meeting
    for stranger in (cast.chau, cast.quan, cast.la):
        with pytest.raises(NotFound):
            meetings.get(stranger, meeting.id)


def test_an_administrator_of_an_invited_unit_sees_nothing_by_that(cast: Cast) -> None:
    accounts.give_role(None, cast.quan, cast.nam_hoa, Role.ADMIN)
    with pytest.raises(NotFound):
        meetings.get(cast.quan, scheduled(cast).id)


def test_a_chair_from_a_unit_above_sees_what_they_chair(cast: Cast) -> None:
    accounts.give_role(None, cast.chau, cast.province, Role.LEADER)
    meeting = scheduled(cast, chair_id=cast.chau.id)
    assert meetings.get(cast.chau, meeting.id) is meeting


def test_only_the_secretary_of_the_host_changes_it(cast: Cast) -> None:
    meeting = scheduled(cast)
    assert meetings.get_to_change(cast.nam, meeting.id) is meeting
    for reader in (cast.khai, cast.hoa, cast.long):
        with pytest.raises(NotAllowed):
            meetings.get_to_change(reader, meeting.id)
    with pytest.raises(NotFound):
        meetings.get_to_change(cast.la, meeting.id)


def test_a_draft_that_was_thrown_away_stays_unknown_to_the_units(cast: Cast) -> None:
    meeting = drafted(cast)
    meetings.cancel(cast.nam, meeting, "Nhầm ngày")
    with pytest.raises(NotFound):
        meetings.get(cast.hoa, meeting.id)
    assert _told(cast.hoa) == []


def test_a_cancelled_meeting_stays_visible_to_those_who_were_invited(cast: Cast) -> None:
    meeting = scheduled(cast)
    meetings.cancel(cast.nam, meeting, "Mưa lũ")
    assert meetings.get(cast.hoa, meeting.id).cancel_reason == "Mưa lũ"


# -- scheduling ------------------------------------------------------------------------------


def test_scheduling_keeps_everything_that_was_planned(cast: Cast) -> None:
    plan = briefing(cast)
    meeting = meetings.schedule(cast.nam, plan)
    assert meeting.status == MeetingStatus.DRAFT
    assert meeting.unit is cast.office
    kept = meetings.plan_of(meeting)
    assert replace(kept, agenda=tuple(replace(i, id=None) for i in kept.agenda)) == plan
    assert [item.ordinal for item in meeting.agenda] == [1, 2]
    assert audit.of(meeting)[0].verb == "meetings.schedule"


def test_who_is_no_secretary_schedules_nothing(cast: Cast) -> None:
    for user in (cast.khai, cast.hoa, cast.quan):
        with pytest.raises(NotAllowed):
            meetings.schedule(user, briefing(cast))
    with pytest.raises(NotAllowed):
        meetings.schedule(cast.nam, briefing(cast), unit=cast.finance)


def test_a_secretary_of_two_units_says_for_which(cast: Cast) -> None:
    accounts.give_role(None, cast.nam, cast.finance, Role.SECRETARY)
    with pytest.raises(BadInput):
        meetings.schedule(cast.nam, briefing(cast))
    meeting = meetings.schedule(cast.nam, briefing(cast, secretary_id=None), unit=cast.finance)
    assert meeting.unit is cast.finance


def test_who_presents_a_point_is_invited_with_it(cast: Cast) -> None:
    point = AgendaPlan(title="Chỉnh trang đô thị", unit_id=cast.doi_thong.id)
    meeting = drafted(cast, agenda=(point,))
    assert cast.doi_thong.id in meetings.invited_unit_ids(meeting)


def test_the_host_is_no_guest_of_its_own_meeting(cast: Cast) -> None:
    meeting = drafted(cast, unit_ids=(cast.office.id, cast.nam_hoa.id), agenda=())
    assert meetings.invited_unit_ids(meeting) == {cast.nam_hoa.id}


def test_strangers_are_neither_invited_nor_made_chair_or_secretary(cast: Cast) -> None:
    for wrong in (
        {"unit_ids": (cast.other_province.id,)},
        {"chair_id": cast.la.id},
        {"chair_id": cast.hoa.id},
        {"secretary_id": cast.la.id},
        {"link": "javascript:alert(1)"},
        {"title": ""},
    ):
        with pytest.raises(BadInput):
            drafted(cast, **wrong)


def test_a_closed_unit_cannot_be_invited(cast: Cast) -> None:
    cast.nam_hoa.valid_to = clock.today() - timedelta(days=1)
    with pytest.raises(BadInput):
        drafted(cast)


def test_only_units_of_the_same_province_are_offered(cast: Cast) -> None:
    offered = meetings.invitable(cast.office)
    assert cast.nam_hoa in offered
    assert cast.office not in offered
    assert cast.other_province not in offered


def test_leaders_of_the_unit_and_above_may_chair(cast: Cast) -> None:
    accounts.give_role(None, cast.chau, cast.province, Role.LEADER)
    assert set(meetings.chairs(cast.office)) == {cast.khai, cast.chau}
    assert meetings.secretaries(cast.office) == [cast.nam]


# -- publishing ------------------------------------------------------------------------------


def test_publishing_tells_every_invited_person_once_and_not_oneself(cast: Cast) -> None:
    meeting = drafted(cast)
    assert meetings.publish(cast.nam, meeting) == 4
    for guest in (cast.long, cast.sinh, cast.hoa, cast.khai):
        assert _told(guest) == ["Mời họp: Giao ban tháng 11"]
    for other in (cast.nam, cast.chau, cast.quan, cast.la):
        assert _told(other) == []


def test_the_invitation_by_mail_reads_as_agreed(session: Database, cast: Cast) -> None:
    scheduled(cast, note="Mang theo số liệu giải ngân.")
    assert _mail_of(session, cast.hoa) == _golden("meetings_invited.txt")


def test_a_meeting_without_guests_is_not_published(cast: Cast) -> None:
    meeting = drafted(cast, unit_ids=(), agenda=())
    with pytest.raises(BadInput):
        meetings.publish(cast.nam, meeting)
    assert meeting.status == MeetingStatus.DRAFT


def test_publishing_twice_is_refused_and_tells_nobody_again(cast: Cast) -> None:
    meeting = scheduled(cast)
    with pytest.raises(WrongState):
        meetings.publish(cast.nam, meeting)
    assert len(_told(cast.hoa)) == 1


# -- changing --------------------------------------------------------------------------------


def test_a_change_tells_everyone_invited_what_reads_differently(
    session: Database, cast: Cast
) -> None:
    meeting = scheduled(cast)
    plan = replace(
        meetings.plan_of(meeting),
        starts_at=clock.from_local(datetime(2099, 11, 23, 14, 0)),
        ends_at=clock.from_local(datetime(2099, 11, 23, 15, 30)),
        place="Phòng họp số 2",
        note="Mang theo số liệu.",
    )
    meetings.change(cast.nam, meeting, meeting.version, plan)
    assert _mail_of(session, cast.hoa) == _golden("meetings_changed.txt")
    assert _told(cast.khai)[0] == "Thay đổi cuộc họp: Giao ban tháng 11"
    assert _told(cast.nam) == []


def test_changing_nothing_tells_nobody(cast: Cast) -> None:
    meeting = scheduled(cast)
    assert meetings.change(cast.nam, meeting, meeting.version, meetings.plan_of(meeting)) == []
    assert len(_told(cast.hoa)) == 1


def test_changing_a_draft_tells_nobody(cast: Cast) -> None:
    meeting = drafted(cast)
    plan = replace(meetings.plan_of(meeting), place="Nơi khác")
    assert [c.part for c in meetings.change(cast.nam, meeting, 1, plan)] == ["place"]
    assert _told(cast.hoa) == []


def test_a_unit_added_later_is_invited_and_one_taken_out_is_told(
    session: Database, cast: Cast
) -> None:
    meeting = scheduled(cast)
    plan = replace(meetings.plan_of(meeting), unit_ids=(cast.finance.id, cast.doi_thong.id))
    meetings.change(cast.nam, meeting, meeting.version, plan)
    assert _told(cast.chau) == ["Mời họp: Giao ban tháng 11"]
    assert _told(cast.hoa)[0] == "Không còn trong thành phần họp: Giao ban tháng 11"
    assert len(_told(cast.long)) == 1
    with pytest.raises(NotFound):
        meetings.get(cast.hoa, meeting.id)


def test_two_secretaries_cannot_overwrite_each_other(cast: Cast) -> None:
    meeting = drafted(cast)
    seen = meeting.version
    first = replace(meetings.plan_of(meeting), place="Phòng 2")
    meetings.change(cast.nam, meeting, seen, first)
    with pytest.raises(Stale):
        meetings.change(cast.nam, meeting, seen, replace(first, place="Phòng 3"))
    assert meeting.place == "Phòng 2"


def test_points_of_the_agenda_keep_their_rows_when_they_move(session: Database, cast: Cast) -> None:
    meeting = drafted(cast)
    finance, talk = meeting.agenda
    plan = meetings.plan_of(meeting)
    swapped = (plan.agenda[1], AgendaPlan(title="Việc mới"), plan.agenda[0])
    meetings.change(cast.nam, meeting, meeting.version, replace(plan, agenda=swapped))
    assert [(i.ordinal, i.title) for i in meeting.agenda] == [
        (1, "Thảo luận"), (2, "Việc mới"), (3, "Giải ngân vốn đầu tư công"),
    ]  # fmt: skip
    assert (meeting.agenda[0].id, meeting.agenda[2].id) == (talk.id, finance.id)
    meetings.change(cast.nam, meeting, meeting.version, replace(plan, agenda=()))
    assert session.scalars(select(AgendaItem)).all() == []


def test_a_point_of_another_meeting_cannot_be_pulled_over(cast: Cast) -> None:
    other, meeting = drafted(cast), drafted(cast)
    stolen = AgendaPlan(title="Lấy sang", id=other.agenda[0].id)
    plan = replace(meetings.plan_of(meeting), agenda=(stolen,))
    meetings.change(cast.nam, meeting, meeting.version, plan)
    assert meeting.agenda[0].id != other.agenda[0].id
    assert other.agenda[0].title == "Giải ngân vốn đầu tư công"


def test_a_unit_closed_since_does_not_stop_a_change(cast: Cast) -> None:
    meeting = scheduled(cast)
    cast.nam_hoa.valid_to = clock.today() - timedelta(days=1)
    plan = replace(meetings.plan_of(meeting), place="Phòng 2")
    meetings.change(cast.nam, meeting, meeting.version, plan)
    assert meeting.place == "Phòng 2"


def test_a_leader_cannot_change_the_meeting(cast: Cast) -> None:
    meeting = drafted(cast)
    with pytest.raises(NotAllowed):
        meetings.change(cast.khai, meeting, meeting.version, meetings.plan_of(meeting))


# -- cancelling and holding ------------------------------------------------------------------


def test_cancelling_tells_everyone_why(session: Database, cast: Cast) -> None:
    meeting = scheduled(cast)
    meetings.cancel(cast.nam, meeting, "Mưa lũ, các xã tập trung ứng phó.")
    assert meeting.status == MeetingStatus.CANCELLED
    assert _mail_of(session, cast.hoa) == _golden("meetings_cancelled.txt")


def test_cancelling_needs_a_reason(cast: Cast) -> None:
    meeting = scheduled(cast)
    with pytest.raises(BadInput):
        meetings.cancel(cast.nam, meeting, "  ")
    assert meeting.status == MeetingStatus.SCHEDULED


def test_what_is_held_or_cancelled_is_not_cancelled_again(cast: Cast) -> None:
    meeting = held_yesterday(cast)
    with pytest.raises(WrongState):
        meetings.cancel(cast.nam, meeting, "Muộn rồi")
    cancelled = drafted(cast)
    meetings.cancel(cast.nam, cancelled, "Nhầm")
    with pytest.raises(WrongState):
        meetings.hold(cast.nam, cancelled)
    with pytest.raises(WrongState):
        meetings.change(cast.nam, cancelled, cancelled.version, meetings.plan_of(cancelled))


def test_a_draft_cannot_have_been_held(cast: Cast) -> None:
    with pytest.raises(WrongState):
        meetings.hold(cast.nam, drafted(cast))


def test_a_step_from_an_old_page_is_stale(cast: Cast) -> None:
    meeting = drafted(cast)
    seen = meeting.version
    plan = replace(meetings.plan_of(meeting), place="Phòng 2")
    meetings.change(cast.nam, meeting, seen, plan)
    with pytest.raises(Stale):
        meetings.publish(cast.nam, meeting, seen)


# -- lists -----------------------------------------------------------------------------------


def test_upcoming_and_past_share_every_visible_meeting(cast: Cast) -> None:
    past, coming = held_yesterday(cast), scheduled(cast)
    assert meetings.upcoming(cast.hoa) == [coming]
    assert meetings.past(cast.hoa) == [past]
    assert meetings.upcoming(cast.la) == meetings.past(cast.la) == []


def test_long_lists_go_on_after_the_last_one_seen_without_gap_or_repeat(cast: Cast) -> None:
    made = [scheduled(cast).id for _number in range(5)]  # all at the same moment
    first = meetings.upcoming(cast.hoa, limit=2)
    second = meetings.upcoming(cast.hoa, limit=2, after=first[-1])
    third = meetings.upcoming(cast.hoa, limit=2, after=second[-1])
    assert [m.id for m in first + second + third] == made


def test_a_month_begins_and_ends_by_the_vietnamese_calendar(cast: Cast) -> None:
    inside = scheduled(
        cast,
        starts_at=clock.from_local(datetime(2099, 12, 1, 0, 30)),
        ends_at=clock.from_local(datetime(2099, 12, 1, 2, 0)),
    )
    assert meetings.in_month(cast.hoa, 2099, 12) == [inside]
    assert meetings.in_month(cast.hoa, 2099, 11) == []
    assert meetings.in_month(cast.la, 2099, 12) == []


def test_a_meeting_is_found_by_words_without_diacritics(cast: Cast) -> None:
    meeting = scheduled(cast)
    found = search.find("giai ngan", search.SearchEntry.meeting_id == meeting.id)
    assert [(hit.kind, hit.link) for hit in found] == [("meeting", f"/meetings/{meeting.id}")]
    entry = search.SearchEntry
    assert search.find("giai ngan", entry.audience == "invited")
    drafted(cast, title="Chỉ nội bộ")
    assert search.find("noi bo", entry.audience == "host")
    assert not search.find("noi bo", entry.audience == "invited")


# -- the roll --------------------------------------------------------------------------------


def test_the_roll_holds_the_host_and_every_invited_unit(cast: Cast) -> None:
    meeting = scheduled(cast)
    assert {unit for unit, _row in meetings.roll(meeting)} == {
        cast.office, cast.finance, cast.nam_hoa,
    }  # fmt: skip
    assert meetings.attendance(meeting) == []


def test_a_later_word_on_attendance_replaces_the_earlier(cast: Cast) -> None:
    meeting = scheduled(cast)
    late = AttendanceStatus.LATE
    meetings.record_attendance(cast.nam, meeting, cast.nam_hoa, late, person="Vàng A Sình")
    present = AttendanceStatus.PRESENT
    meetings.record_attendance(cast.nam, meeting, cast.nam_hoa, present, person="Lò Thị Hoa")
    (row,) = meetings.attendance(meeting)
    assert (row.unit, row.status, row.person) == (cast.nam_hoa, present, "Lò Thị Hoa")


def test_attendance_can_be_taken_back_and_saying_the_same_is_no_event(cast: Cast) -> None:
    meeting = scheduled(cast)
    absent = AttendanceStatus.ABSENT
    meetings.record_attendance(cast.nam, meeting, cast.finance, absent)
    before = len(audit.of(meeting))
    meetings.record_attendance(cast.nam, meeting, cast.finance, absent)
    assert len(audit.of(meeting)) == before
    meetings.record_attendance(cast.nam, meeting, cast.finance, None)
    assert meetings.attendance(meeting) == []


def test_the_roll_is_called_by_the_secretary_for_units_of_the_meeting(cast: Cast) -> None:
    meeting = scheduled(cast)
    with pytest.raises(NotAllowed):
        meetings.record_attendance(cast.khai, meeting, cast.finance, AttendanceStatus.PRESENT)
    with pytest.raises(BadInput):
        meetings.record_attendance(cast.nam, meeting, cast.doi_thong, AttendanceStatus.PRESENT)
    with pytest.raises(WrongState):
        meetings.record_attendance(cast.nam, drafted(cast), cast.finance, AttendanceStatus.PRESENT)
