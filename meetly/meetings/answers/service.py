"""Verbs of answers: say who comes, decide about substitutes, and remind who has not answered.

A substitute needs the consent of the chair (Quyết định 45/2018/QĐ-TTg). An answer may change until
the meeting begins; what was answered before stays in the audit trail.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.answers import telling
from meetly.meetings.answers.asked import (
    Asked,
    find,
    hearers,
    is_open,
    kind_of,
    may_decide,
    mine,
    name_of,
    offered,
)
from meetly.meetings.answers.listing import (
    announced,
    cards,
    responses,
    tally,
    to_answer,
    to_decide,
    unanswered,
)
from meetly.meetings.models import (
    Answer,
    Consent,
    Meeting,
    MeetingStatus,
    PersonalInvitation,
)
from meetly.notices import service as notices

#: The words other rooms speak with this one, and those of its own pages that live beside it.
__all__ = [
    "announced", "cards", "is_open", "kind_of", "may_decide", "mine", "name_of", "offered",
    "responses", "tally", "to_answer", "to_decide",
]  # fmt: skip

LONGEST_NAME, LONGEST_REASON = 200, 2000


def get(user: User, kind: str, invitation_id: int) -> Asked:
    """Return an invitation that the person may answer or decide about; NotFound otherwise."""
    invitation = find(kind, invitation_id)
    if invitation is None:
        raise NotFound()
    meeting = meetings.get(user, invitation.meeting_id)
    if invitation not in mine(user, meeting) and not may_decide(user, meeting):
        raise NotFound()
    return invitation


# -- answering -------------------------------------------------------------------------------


def answer(
    user: User,
    invitation: Asked,
    said: Answer,
    *,
    attendee: str = "",
    attendee_id: int | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> bool:
    """Write down what was answered and tell the meeting's secretary; True when that is new.

    `at` says when it was answered, where that was earlier than now: a younger answer stays.
    Saying "we come" again without a name keeps the name that was given. BadInput says what is
    missing, WrongState that no answer is taken any more.
    """
    meeting = meetings.get(user, invitation.meeting_id)
    if invitation not in mine(user, meeting):
        raise NotFound()
    _require_open(meeting)
    _lock(invitation)
    moment = min(at or clock.now(), clock.now())
    if at and invitation.answered_at and moment <= invitation.answered_at:
        return False
    told = _checked(invitation, said, " ".join(attendee.split()), attendee_id, reason.strip())
    before = _told(invitation)
    if told == before:
        return False
    invitation.answer, invitation.attendee, invitation.attendee_id, invitation.reason = told
    invitation.answered_at, invitation.answered_by_id = moment, user.id
    invitation.consent = Consent.ASKED if said == Answer.SUBSTITUTE else Consent.NONE
    invitation.consented_at = invitation.consented_by_id = None
    db.session.flush()
    audit.record(
        user.id, "meetings.answer", invitation, meeting=meeting.id, before=before, after=told
    )
    _tell_answer(user, meeting, invitation)
    return True


_Told = tuple[Answer, str, int | None, str]


def _told(invitation: Asked) -> _Told:
    said = Answer(invitation.answer)
    return said, invitation.attendee, invitation.attendee_id, invitation.reason


def _checked(
    invitation: Asked, said: Answer, attendee: str, attendee_id: int | None, reason: str
) -> _Told:
    if said == Answer.NONE:
        raise BadInput("Hãy chọn có dự, dự thay hoặc vắng.")
    if said == Answer.ABSENT and not reason:
        raise BadInput("Hãy ghi lý do vắng.")
    if said == Answer.SUBSTITUTE and not reason:
        raise BadInput("Hãy ghi lý do cử người dự thay.")
    if said == Answer.ABSENT or (
        said == Answer.COMING and isinstance(invitation, PersonalInvitation)
    ):
        attendee, attendee_id = "", None
    elif attendee_id is not None:
        attendee = _titled(_offered_as(invitation, attendee_id))
    elif said == Answer.SUBSTITUTE and not attendee:
        raise BadInput("Hãy ghi họ tên, chức vụ người dự thay.")
    elif not attendee and said == invitation.answer:
        attendee, attendee_id = invitation.attendee, invitation.attendee_id
    return said, attendee[:LONGEST_NAME], attendee_id, reason[:LONGEST_REASON]


def _offered_as(invitation: Asked, user_id: int) -> User:
    found = next((person for person in offered(invitation) if person.id == user_id), None)
    if found is None:
        raise BadInput("Người này không thuộc đơn vị được mời. Hãy ghi họ tên, chức vụ.")
    return found


def _titled(person: User) -> str:
    return f"{person.name}, {person.position}" if person.position else person.name


def _require_open(meeting: Meeting) -> None:
    if meeting.status == MeetingStatus.CANCELLED:
        raise WrongState("Cuộc họp này đã hủy; không cần trả lời nữa.")
    if not is_open(meeting):
        raise WrongState("Cuộc họp đã bắt đầu; hãy liên hệ thư ký cuộc họp.")


def _lock(invitation: Asked) -> None:
    table = type(invitation)
    db.session.scalar(select(table.id).where(table.id == invitation.id).with_for_update())
    db.session.refresh(invitation)


# -- consent ---------------------------------------------------------------------------------


def decide(
    user: User, invitation: Asked, granted: bool, note: str = "", *, seen: datetime | None = None
) -> bool:
    """Agree to a substitute or not, and tell those who asked; True when that is new.

    `seen` is when the answer on the decider's page was given; Stale when another came since.
    """
    meeting = meetings.get(user, invitation.meeting_id)
    if not may_decide(user, meeting):
        raise NotAllowed()
    _require_open(meeting)
    _lock(invitation)
    if invitation.answer != Answer.SUBSTITUTE:
        raise WrongState("Đơn vị không còn xin dự thay; không cần quyết định nữa.")
    if seen is not None and seen != invitation.answered_at:
        raise Stale()
    decided = Consent.GRANTED if granted else Consent.REFUSED
    if invitation.consent == decided:
        return False
    invitation.consent, invitation.consented_at = decided, clock.now()
    invitation.consented_by_id = user.id
    db.session.flush()
    note = note.strip()[:LONGEST_REASON]
    audit.record(
        user.id, "meetings.consent", invitation, meeting=meeting.id, consent=decided,
        attendee=invitation.attendee, note=note,
    )  # fmt: skip
    _tell_decision(user, meeting, invitation, note)
    return True


# -- telling ---------------------------------------------------------------------------------


def _tell_answer(user: User, meeting: Meeting, invitation: Asked) -> None:
    # One notice for each answer that was given, so that a digest can gather them by meeting.
    key = f"{meeting.id}:{kind_of(invitation)}:{invitation.id}:{_stamp(invitation.answered_at)}"
    name = name_of(invitation)
    notices.tell(
        _but(user, _keepers(meeting)),
        key=f"answers.{invitation.answer}:{key}",
        subject=lambda: telling.answered(meeting, invitation, name)[0],
        body=lambda: telling.answered(meeting, invitation, name)[1],
        link=f"/meetings/{meeting.id}/answers",
    )
    if invitation.consent == Consent.ASKED:
        notices.tell(
            _but(user, _deciders(meeting)),
            key=f"answers.consent:{key}",
            subject=lambda: telling.consent_asked(meeting, invitation, name)[0],
            body=lambda: telling.consent_asked(meeting, invitation, name)[1],
            link=f"/meetings/{meeting.id}/answers?show=asked",
        )


def _tell_decision(user: User, meeting: Meeting, invitation: Asked, note: str) -> None:
    name = name_of(invitation)
    notices.tell(
        _but(user, [*_people(invitation), *_keepers(meeting)]),
        key=f"answers.{invitation.consent}:{meeting.id}:{kind_of(invitation)}:{invitation.id}:"
        f"{_stamp(invitation.consented_at)}",
        subject=lambda: telling.decided(meeting, invitation, name, note)[0],
        body=lambda: telling.decided(meeting, invitation, name, note)[1],
        link=f"/meetings/{meeting.id}",
    )


def _stamp(moment: datetime | None) -> str:
    return f"{moment:%Y%m%dT%H%M%S%f}"


def _but(user: User, people: Iterable[User]) -> list[User]:
    return [person for person in people if person.id != user.id]


def _keepers(meeting: Meeting) -> list[User]:
    if meeting.secretary and meeting.secretary.active:
        return [meeting.secretary]
    return accounts.people_of([meeting.unit_id], Role.SECRETARY)


def _deciders(meeting: Meeting) -> list[User]:
    if meeting.chair and meeting.chair.active:
        return [meeting.chair]
    return accounts.people_of([meeting.unit_id], Role.LEADER)


def _people(invitation: Asked) -> list[User]:
    if isinstance(invitation, PersonalInvitation):
        return [invitation.user]
    return accounts.people_of([invitation.unit_id], *meetings.GUESTS)


def remind(user: User, meeting: Meeting) -> int:
    """Remind those who have not answered, once a day; return how many people were told."""
    if not meetings.is_host(user, meeting, Role.SECRETARY):
        raise NotAllowed()
    _require_open(meeting)
    people = hearers(unanswered(meeting))
    return notices.tell(
        [person for found in people.values() for person in found],
        key=f"answers.remind:{meeting.id}:{clock.today()}",
        subject=lambda: telling.unanswered(meeting)[0],
        body=lambda: telling.unanswered(meeting)[1],
        link=f"/meetings/{meeting.id}",
    )
