"""Answers to invitations: who gives them, what they need, and what the chair decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, UnitKind, User
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.meetings import service as meetings
from meetly.meetings.answers import service as answers
from meetly.meetings.answers.listing import Tally
from meetly.meetings.forms import called
from meetly.meetings.models import (
    Answer,
    AttendanceStatus,
    Consent,
    Invitation,
    Meeting,
    PersonalInvitation,
)
from meetly.meetings.planning import plan_of
from meetly.notices import service as notices
from tests.cast import Cast
from tests.meetings.plans import drafted, scheduled
from tests.queries import counting

Database = scoped_session[Session]


def _of(user: User, meeting: Meeting) -> Invitation | PersonalInvitation:
    [invitation] = answers.mine(user, meeting)
    return invitation


def _asked(cast: Cast, **given: Any) -> tuple[Meeting, Invitation | PersonalInvitation]:
    """Return a meeting for which Nậm Hoa asks to send Hoa instead of its leader."""
    meeting = scheduled(cast, **given)
    invitation = _of(cast.sinh, meeting)
    answers.answer(
        cast.sinh, invitation, Answer.SUBSTITUTE, attendee_id=cast.hoa.id, reason="Đi công tác"
    )
    return meeting, invitation


def _told(user: User) -> list[str]:
    return [notice.subject for notice in notices.latest(user)]


# -- whose it is -----------------------------------------------------------------------------


def test_a_unit_is_answered_for_by_its_leaders_secretaries_and_participants(cast: Cast) -> None:
    meeting = scheduled(cast)
    for user in (cast.sinh, cast.hoa):
        invitation = _of(user, meeting)
        assert isinstance(invitation, Invitation) and invitation.unit is cast.nam_hoa
    for stranger in (cast.nam, cast.khai, cast.quan, cast.chau, cast.la):
        assert answers.mine(stranger, meeting) == []
        with pytest.raises(NotFound):
            answers.answer(stranger, _of(cast.sinh, meeting), Answer.COMING)


def test_an_administrator_of_a_unit_does_not_answer_for_it(cast: Cast) -> None:
    accounts.give_role(None, cast.quan, cast.nam_hoa, Role.ADMIN)
    assert answers.mine(cast.quan, scheduled(cast)) == []


def test_a_person_answers_for_themselves_and_for_their_unit(cast: Cast) -> None:
    meeting = scheduled(cast, people_ids=(cast.sinh.id, cast.chau.id))
    own, unit = answers.mine(cast.sinh, meeting)
    assert isinstance(own, PersonalInvitation) and isinstance(unit, Invitation)
    assert isinstance(_of(cast.chau, meeting), PersonalInvitation)
    with pytest.raises(NotFound):
        answers.answer(cast.hoa, own, Answer.COMING)


def test_a_draft_asks_nobody(cast: Cast) -> None:
    assert answers.mine(cast.sinh, drafted(cast)) == []


# -- answering -------------------------------------------------------------------------------


def test_the_unit_says_who_comes_and_the_secretary_hears_it(cast: Cast) -> None:
    meeting = scheduled(cast)
    invitation = _of(cast.hoa, meeting)
    assert answers.answer(cast.hoa, invitation, Answer.COMING, attendee_id=cast.sinh.id)
    assert (invitation.answer, invitation.attendee) == (Answer.COMING, cast.sinh.name)
    assert invitation.answered_by_id == cast.hoa.id
    assert _told(cast.nam) == ["UBND xã Nậm Hoa trả lời: Có dự"]
    assert "Xin dự thay" not in " ".join(_told(cast.khai))


def test_somebody_without_an_account_is_named_by_hand(cast: Cast) -> None:
    invitation = _of(cast.sinh, scheduled(cast))
    answers.answer(
        cast.sinh, invitation, Answer.COMING, attendee="Giàng A Pó,\r\n Phó Chủ tịch" + "x" * 300
    )
    assert invitation.attendee.startswith("Giàng A Pó, Phó Chủ tịch")
    assert len(invitation.attendee) == 200


def test_who_is_named_belongs_to_the_unit(cast: Cast) -> None:
    invitation = _of(cast.sinh, scheduled(cast))
    for stranger in (cast.chau.id, cast.la.id, 987654):
        with pytest.raises(BadInput):
            answers.answer(cast.sinh, invitation, Answer.COMING, attendee_id=stranger)
    assert invitation.answer == Answer.NONE


@pytest.mark.parametrize(
    ("said", "given"),
    [
        (Answer.NONE, {}),
        (Answer.ABSENT, {}),
        (Answer.ABSENT, {"reason": " \n "}),
        (Answer.SUBSTITUTE, {"attendee": "Giàng A Pó"}),
        (Answer.SUBSTITUTE, {"reason": "Đi công tác"}),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(
    cast: Cast, said: Answer, given: dict[str, Any]
) -> None:
    invitation = _of(cast.sinh, scheduled(cast))
    with pytest.raises(BadInput):
        answers.answer(cast.sinh, invitation, said, **given)
    assert (invitation.answer, invitation.answered_at) == (Answer.NONE, None)
    assert _told(cast.nam) == []


def test_saying_the_same_again_is_no_event(cast: Cast) -> None:
    invitation = _of(cast.sinh, scheduled(cast))
    assert answers.answer(cast.sinh, invitation, Answer.ABSENT, reason="Mưa lũ")
    assert not answers.answer(cast.hoa, invitation, Answer.ABSENT, reason=" Mưa lũ ")
    assert len(audit.of(invitation)) == 1


def test_a_second_yes_without_a_name_keeps_the_name(cast: Cast) -> None:
    invitation = _of(cast.sinh, scheduled(cast))
    answers.answer(cast.sinh, invitation, Answer.COMING, attendee_id=cast.sinh.id)
    assert not answers.answer(cast.hoa, invitation, Answer.COMING)
    assert invitation.attendee_id == cast.sinh.id


def test_an_answer_can_change_and_the_old_one_stays_in_the_trail(cast: Cast) -> None:
    invitation = _of(cast.sinh, scheduled(cast))
    answers.answer(cast.sinh, invitation, Answer.COMING, attendee_id=cast.sinh.id)
    answers.answer(cast.sinh, invitation, Answer.ABSENT, reason="Mưa lũ")
    assert (invitation.answer, invitation.attendee, invitation.attendee_id) == ("absent", "", None)
    newest = audit.of(invitation)[0].details
    assert newest["before"][:2] == ["coming", cast.sinh.name]
    assert newest["after"] == ["absent", "", None, "Mưa lũ"]
    answers.answer(cast.sinh, invitation, Answer.COMING, attendee_id=cast.sinh.id)
    assert len(_told(cast.nam)) == 3  # going back is news too


def test_a_reply_that_was_written_before_the_present_answer_changes_nothing(cast: Cast) -> None:
    invitation = _of(cast.sinh, scheduled(cast))
    answers.answer(cast.sinh, invitation, Answer.ABSENT, reason="Mưa lũ")
    earlier = clock.now() - timedelta(hours=1)
    assert not answers.answer(cast.hoa, invitation, Answer.COMING, at=earlier)
    assert invitation.answer == Answer.ABSENT


def test_a_reply_from_the_future_does_not_outlast_what_is_said_later(cast: Cast) -> None:
    invitation = _of(cast.sinh, scheduled(cast))
    far = clock.now() + timedelta(days=400)
    assert answers.answer(cast.hoa, invitation, Answer.COMING, at=far)
    assert invitation.answered_at is not None and invitation.answered_at <= clock.now()


def test_no_answer_is_taken_once_the_meeting_began_or_was_called_off(cast: Cast) -> None:
    start = clock.now() - timedelta(minutes=1)
    begun = scheduled(cast, starts_at=start, ends_at=start + timedelta(hours=1))
    off = scheduled(cast)
    meetings.cancel(cast.nam, off, "Mưa lũ")
    for meeting in (begun, off):
        with pytest.raises(WrongState):
            answers.answer(cast.sinh, _of(cast.sinh, meeting), Answer.COMING)


# -- consent ---------------------------------------------------------------------------------


def test_a_substitute_waits_for_the_chair_who_is_told(cast: Cast) -> None:
    meeting, invitation = _asked(cast)
    assert invitation.consent == Consent.ASKED
    assert _told(cast.khai)[0] == "Xin dự thay: UBND xã Nậm Hoa"
    assert [w.invitation for w in answers.to_decide(cast.khai, 5)] == [invitation]
    assert answers.to_decide(cast.nam, 5) == answers.to_decide(cast.sinh, 5) == []
    assert answers.decide(cast.khai, invitation, True)
    assert (invitation.consent, invitation.consented_by_id) == (Consent.GRANTED, cast.khai.id)
    assert answers.to_decide(cast.khai, 5) == []
    for user in (cast.sinh, cast.hoa, cast.nam):
        assert _told(user)[0] == "Chủ trì đồng ý dự thay: UBND xã Nậm Hoa"
    assert meeting.id == invitation.meeting_id


def test_where_no_chair_is_named_the_leaders_of_the_host_are_asked(cast: Cast) -> None:
    _meeting, invitation = _asked(cast, chair_id=None)
    assert _told(cast.khai)[0] == "Xin dự thay: UBND xã Nậm Hoa"
    assert [w.invitation for w in answers.to_decide(cast.khai, 5)] == [invitation]


def test_a_chair_from_a_unit_above_decides(cast: Cast) -> None:
    accounts.give_role(None, cast.chau, cast.province, Role.LEADER)
    _meeting, invitation = _asked(cast, chair_id=cast.chau.id)
    assert answers.decide(cast.chau, invitation, False, "Đề nghị Chủ tịch dự")
    assert invitation.consent == Consent.REFUSED
    body = notices.latest(cast.sinh)[0].body
    assert "Ý kiến chủ trì: Đề nghị Chủ tịch dự" in body


def test_nobody_else_decides(cast: Cast) -> None:
    _meeting, invitation = _asked(cast)
    for user in (cast.nam, cast.sinh, cast.long):
        with pytest.raises(NotAllowed):
            answers.decide(user, invitation, True)
    for stranger in (cast.chau, cast.la):
        with pytest.raises(NotFound):
            answers.decide(stranger, invitation, True)
    assert invitation.consent == Consent.ASKED


def test_deciding_twice_tells_once_and_a_mind_may_change(cast: Cast) -> None:
    _meeting, invitation = _asked(cast)
    assert answers.decide(cast.khai, invitation, True)
    before = len(_told(cast.sinh))
    assert not answers.decide(cast.khai, invitation, True)
    assert len(_told(cast.sinh)) == before
    assert answers.decide(cast.khai, invitation, False)
    assert len(_told(cast.sinh)) == before + 1


def test_an_answer_that_changed_meanwhile_is_not_agreed_to_unseen(cast: Cast) -> None:
    _meeting, invitation = _asked(cast)
    seen = invitation.answered_at
    answers.answer(
        cast.sinh, invitation, Answer.SUBSTITUTE, attendee="Người khác", reason="Đi công tác"
    )
    with pytest.raises(Stale):
        answers.decide(cast.khai, invitation, True, seen=seen)
    assert answers.decide(cast.khai, invitation, True, seen=invitation.answered_at)


def test_another_answer_asks_anew_or_needs_no_consent_any_more(cast: Cast) -> None:
    _meeting, invitation = _asked(cast)
    answers.decide(cast.khai, invitation, True)
    answers.answer(cast.sinh, invitation, Answer.SUBSTITUTE, attendee="Người khác", reason="Ốm")
    assert (invitation.consent, invitation.consented_at) == (Consent.ASKED, None)
    answers.answer(cast.sinh, invitation, Answer.COMING, attendee_id=cast.sinh.id)
    assert invitation.consent == Consent.NONE
    with pytest.raises(WrongState):
        answers.decide(cast.khai, invitation, True)


def test_who_may_come_for_a_person_sees_the_meeting_once_the_chair_agreed(cast: Cast) -> None:
    meeting = scheduled(cast, unit_ids=(), agenda=(), people_ids=(cast.sinh.id,))
    invitation = _of(cast.sinh, meeting)
    answers.answer(cast.sinh, invitation, Answer.SUBSTITUTE, attendee_id=cast.hoa.id, reason="Ốm")
    with pytest.raises(NotFound):
        meetings.get(cast.hoa, meeting.id)
    answers.decide(cast.khai, invitation, True)
    assert meetings.get(cast.hoa, meeting.id) is meeting
    answers.decide(cast.khai, invitation, False)
    with pytest.raises(NotFound):
        meetings.get(cast.hoa, meeting.id)


# -- seeing ----------------------------------------------------------------------------------


def test_hosts_and_the_chair_see_all_answers_in_tree_order(cast: Cast) -> None:
    accounts.give_role(None, cast.chau, cast.province, Role.LEADER)
    meeting, invitation = _asked(cast, chair_id=cast.chau.id, people_ids=(cast.hoa.id,))
    for user in (cast.nam, cast.khai, cast.chau):
        found = answers.responses(user, meeting)
        assert [answers.name_of(row) for row in found] == [
            "Sở Tài chính", "UBND xã Nậm Hoa", cast.hoa.name,
        ]  # fmt: skip
    assert answers.responses(cast.nam, meeting, "asked") == [invitation]
    assert len(answers.responses(cast.nam, meeting, "none")) == 2
    for user in (cast.sinh, cast.long):
        with pytest.raises(NotAllowed):
            answers.responses(user, meeting)


def test_answers_of_two_hundred_sites_take_a_few_queries(session: Database, cast: Cast) -> None:
    communes = [
        accounts.add_unit(
            None, code=f"LG.{n}", name=f"UBND xã {n}", kind=UnitKind.COMMUNE, parent=cast.province
        )
        for n in range(200)
    ]
    meeting = scheduled(cast, unit_ids=tuple(unit.id for unit in communes), agenda=())
    for invitation in meeting.invitations[:50]:
        invitation.answer = Answer.COMING
    for invitation in meeting.invitations[50:60]:
        invitation.answer, invitation.consent = Answer.SUBSTITUTE, Consent.ASKED
    session.commit()
    session.expire_all()
    meeting = meetings.get(cast.nam, meeting.id)
    with counting() as few:
        tally = answers.tally(meeting)
    assert (len(few), tally.total) == (1, 200)
    assert tally == Tally(coming=50, substitute=10, none=140, asked=10)
    with counting() as some:
        found = answers.responses(cast.nam, meeting)
        assert [answers.name_of(row) for row in found][::199] == ["UBND xã 0", "UBND xã 199"]
    assert len(some) <= 4


def test_what_waits_for_an_answer_is_found_until_it_is_given(cast: Cast) -> None:
    meeting = scheduled(cast, people_ids=(cast.chau.id,))
    assert [w.name for w in answers.to_answer(cast.hoa, 5)] == ["UBND xã Nậm Hoa"]
    assert [(w.whom, w.meeting) for w in answers.to_answer(cast.chau, 5)] == [("person", meeting)]
    answers.answer(cast.sinh, _of(cast.sinh, meeting), Answer.COMING)
    assert answers.to_answer(cast.hoa, 5) == []
    drafted(cast)
    assert answers.to_answer(cast.hoa, 5) == []


def test_the_secretary_reminds_once_a_day_those_who_have_not_answered(cast: Cast) -> None:
    meeting = scheduled(cast)
    answers.answer(cast.sinh, _of(cast.sinh, meeting), Answer.COMING)
    with pytest.raises(NotAllowed):
        answers.remind(cast.khai, meeting)
    assert answers.remind(cast.nam, meeting) == 1
    assert answers.remind(cast.nam, meeting) == 0
    assert _told(cast.long)[0] == "Nhắc trả lời lời mời: Giao ban tháng 11"
    assert "Nhắc trả lời" not in " ".join(_told(cast.sinh))


# -- the roll --------------------------------------------------------------------------------


def test_the_roll_begins_with_whom_the_units_announced(cast: Cast) -> None:
    meeting, _invitation = _asked(cast)
    rows = called(meetings.roll(meeting), answers.announced(meeting))["rows"]
    [row] = [row for row in rows if row["unit"] == cast.nam_hoa.id]
    assert (row["status"], row["person"]) == (AttendanceStatus.SUBSTITUTE, cast.hoa.name)
    assert meetings.attendance(meeting) == []
    meetings.record_attendance(cast.nam, meeting, cast.nam_hoa, AttendanceStatus.ABSENT)
    rows = called(meetings.roll(meeting), answers.announced(meeting))["rows"]
    [row] = [row for row in rows if row["unit"] == cast.nam_hoa.id]
    assert (row["status"], row["person"]) == (AttendanceStatus.ABSENT, "")


def test_a_substitute_who_was_refused_is_not_expected_on_the_roll(cast: Cast) -> None:
    meeting, invitation = _asked(cast)
    answers.decide(cast.khai, invitation, False)
    assert answers.announced(meeting) == {}


def test_a_moved_meeting_keeps_the_answers_it_has(cast: Cast) -> None:
    meeting, invitation = _asked(cast)
    plan = plan_of(meeting)
    later = replace(
        plan, starts_at=plan.starts_at + timedelta(days=1), ends_at=plan.ends_at + timedelta(days=1)
    )
    meetings.change(cast.nam, meeting, meeting.version, later)
    assert _of(cast.sinh, meeting) is invitation
    assert invitation.answer == Answer.SUBSTITUTE
