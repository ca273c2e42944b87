"""Verbs that take an answer from outside: by a link of the mail, or by a calendar's reply.

Both carry a secret that names the person. What they may answer is asked anew each time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import select

from meetly import clock
from meetly.accounts.models import User
from meetly.config import settings
from meetly.errors import BadInput, MeetlyError, NotFound, WrongState
from meetly.extensions import db
from meetly.meetings.answers import service as answers
from meetly.meetings.calendars import events, reply, tokens
from meetly.meetings.calendars.reply import Reply
from meetly.meetings.models import Answer, Invitation, Meeting, MeetingStatus, PersonalInvitation
from meetly.meetings.series.models import Series
from meetly.notices import service as notices

_ANSWERS = {
    "ACCEPTED": Answer.COMING, "DECLINED": Answer.ABSENT, "DELEGATED": Answer.SUBSTITUTE,
}  # fmt: skip
#: occurrences of a series that one reply answers at most
MOST_OCCURRENCES = 60


# -- by a link -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """What a link asks, and whom."""

    person: User
    meeting: Meeting
    invitation: Invitation | PersonalInvitation


def question(token: str) -> Question:
    """Return what a link asks; NotFound when it is forged or its person is not invited any more.

    WrongState once the meeting has begun or is called off.
    """
    kind, invitation_id, user_id = tokens.read_link(token)
    person = db.session.get(User, user_id)
    invitation = _invitation(kind, invitation_id)
    if person is None or not person.active or invitation is None:
        raise NotFound("Lời mời không còn. Hãy liên hệ thư ký cuộc họp.")
    meeting = db.session.get_one(Meeting, invitation.meeting_id)
    if invitation not in answers.mine(person, meeting):
        raise NotFound("Lời mời không còn. Hãy liên hệ thư ký cuộc họp.")
    if meeting.status == MeetingStatus.CANCELLED:
        raise WrongState("Cuộc họp này đã hủy; không cần trả lời nữa.")
    if meeting.status != MeetingStatus.SCHEDULED or meeting.starts_at <= clock.now():
        raise WrongState("Cuộc họp đã bắt đầu; hãy liên hệ thư ký cuộc họp.")
    return Question(person, meeting, invitation)


def _invitation(kind: str, invitation_id: int) -> Invitation | PersonalInvitation | None:
    if kind == events.UNIT:
        return db.session.get(Invitation, invitation_id)
    return db.session.get(PersonalInvitation, invitation_id) if kind == events.PERSON else None


def answer(asked: Question, said: Answer, *, attendee: str = "", reason: str = "") -> bool:
    """Write down what the person of a link says; False when it says so already."""
    return answers.answer(asked.person, asked.invitation, said, attendee=attendee, reason=reason)


# -- by a calendar ---------------------------------------------------------------------------


class Outcome(StrEnum):
    """What became of a mail that came in."""

    ANSWERED = "answered"
    #: it says what was known already
    UNCHANGED = "unchanged"
    #: it could not count; its person was told why
    DECLINED = "declined"
    #: it proves nothing, so nobody is told
    REFUSED = "refused"


def receive(raw: bytes) -> Outcome:
    """Take the answers out of one mail; what is no answer of a calendar is refused.

    Only the secret in the address counts: the sender's name can be anybody's (RFC 5321, 7.1).
    """
    try:
        letter = reply.read(raw)
    except BadInput:
        return Outcome.REFUSED
    person, root = _addressed(letter.addresses)
    if person is None or root is None:
        return Outcome.REFUSED
    if not letter.replies:
        if letter.automatic:
            return Outcome.REFUSED
        return _declined(person, root, "unread", lambda: _(
            "Thư trả lời bằng chữ không được đọc. Hãy bấm đường dẫn trả lời trong thư mời, "
            "hoặc trả lời trong trang cuộc họp."
        ))  # fmt: skip
    outcomes = [_take(person, root, said) for said in letter.replies]
    return next((kind for kind in Outcome if kind in outcomes), Outcome.REFUSED)


def _addressed(addresses: tuple[str, ...]) -> tuple[User | None, Meeting | Series | None]:
    for token in tokens.address_tokens(settings().mail_replies, list(addresses)):
        found = tokens.read_address(token)
        if found:
            kind, row_id, user_id = found
            person = db.session.get(User, user_id)
            root = _root(kind, row_id)
            if person and person.active and root:
                return person, root
    return None, None


def _root(kind: str, row_id: int) -> Meeting | Series | None:
    if kind == tokens.SERIES:
        return db.session.get(Series, row_id)
    return db.session.get(Meeting, row_id)


def _take(person: User, root: Meeting | Series, said: Reply) -> Outcome:
    if said.uid != root.uid:
        return Outcome.REFUSED
    if said.attendee != person.email.lower():
        return _declined(person, root, "forwarded", lambda: _(
            "Người trả lời là %(address)s, không phải người được mời. "
            "Lời mời đã chuyển tiếp không trả lời thay được.", address=said.attendee[:100],
        ))  # fmt: skip
    if said.partstat not in _ANSWERS:
        return _declined(person, root, "unclear", lambda: _(
            "Lịch của bạn chưa trả lời dứt khoát. Hãy chọn Có dự, Dự thay hoặc Vắng "
            "trong thư mời hoặc trong trang cuộc họp."
        ))  # fmt: skip
    if isinstance(root, Series) and not said.recurrence and said.sequence < root.sequence:
        return _stale(person, root)
    meetings = _meant(root, said)
    if not meetings:
        return _declined(person, root, "over", lambda: _(
            "Cuộc họp đã diễn ra, đã hủy hoặc không còn mời bạn."
        ))  # fmt: skip
    whole = isinstance(root, Series) and not said.recurrence
    outcomes = {_answer_one(person, meeting, said, whole) for meeting in meetings}
    return next(kind for kind in Outcome if kind in outcomes)


def _meant(root: Meeting | Series, said: Reply) -> list[Meeting]:
    # A reply without a moment is about all occurrences that were announced and are to come, but
    # for those moved since, each of which asks by itself.
    if isinstance(root, Meeting):
        return [root]
    query = select(Meeting).where(
        Meeting.series_id == root.id, Meeting.status == MeetingStatus.SCHEDULED,
        Meeting.starts_at > clock.now(),
    )  # fmt: skip
    if said.recurrence:
        return list(db.session.scalars(query.where(Meeting.occurrence == said.recurrence)))
    found = db.session.scalars(query.order_by(Meeting.starts_at).limit(MOST_OCCURRENCES))
    return [m for m in found if m.moved_sequence <= said.sequence or "time" not in m.own_parts]


def _answer_one(person: User, meeting: Meeting, said: Reply, whole: bool) -> Outcome:
    if not whole and said.sequence < meeting.moved_sequence:
        return _stale(person, meeting)
    answer = _ANSWERS[said.partstat]
    reason = said.comment or (_("trả lời qua lịch") if answer != Answer.COMING else "")
    changed = False
    try:
        for invitation in _invitations(person, meeting):
            changed |= answers.answer(
                person, invitation, answer, attendee=said.delegate[:200], reason=reason
            )
    except MeetlyError as error:
        why = error
        return _declined(person, meeting, said.partstat, lambda: _(why.template, **why.values))
    return Outcome.ANSWERED if changed else Outcome.UNCHANGED


def _stale(person: User, event: Meeting | Series) -> Outcome:
    return _declined(person, event, "stale", lambda: _(
        "Giờ họp đã đổi sau lời mời mà bạn trả lời. Hãy xem giờ mới rồi trả lời lại."
    ))  # fmt: skip


def _invitations(person: User, meeting: Meeting) -> list[Invitation | PersonalInvitation]:
    # Who is invited by name answers for themselves; else for each unit they answer for.
    found = answers.mine(person, meeting)
    named = [row for row in found if isinstance(row, PersonalInvitation)]
    if not found:
        raise NotFound("Cuộc họp đã diễn ra, đã hủy hoặc không còn mời bạn.")
    return [*named] or found


def _declined(person: User, event: Meeting | Series, why: str, words: Callable[[], str]) -> Outcome:
    """Tell the invited person why an answer does not count.

    Once for each reason and state of the meeting, so that two programs cannot write to each other
    for ever; and without its name when the person may not see it any more.
    """
    kind = "meeting" if isinstance(event, Meeting) else "series"
    invited = isinstance(event, Meeting) and bool(answers.mine(person, event))
    notices.tell(
        [person],
        key=f"meetings.reply:{kind}:{event.id}:{event.sequence}:{why}",
        subject=lambda: (
            _("Chưa ghi nhận trả lời qua lịch: %(title)s", title=event.title)
            if invited
            else _("Chưa ghi nhận trả lời qua lịch")
        ),
        body=words,
        link=f"/meetings/{event.id}" if invited else "/meetings",
    )
    return Outcome.DECLINED
