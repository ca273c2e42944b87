"""What people are told about answers, in the language of the reader."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from meetly.meetings.announcement import when
from meetly.meetings.models import (
    Answer,
    Consent,
    Invitation,
    Meeting,
    PersonalInvitation,
)

#: What was answered, as a list says it.
ANSWER_NAMES = {
    Answer.NONE: _l("Chưa trả lời"),
    Answer.COMING: _l("Có dự"),
    Answer.SUBSTITUTE: _l("Dự thay"),
    Answer.ABSENT: _l("Vắng"),
}


def answered(
    meeting: Meeting, invitation: Invitation | PersonalInvitation, name: str
) -> tuple[str, str]:
    """Tell the secretary what was answered."""
    subject = _(
        "%(name)s trả lời: %(answer)s",
        name=name,
        answer=ANSWER_NAMES[Answer(invitation.answer)],
    )
    return subject, _facts(meeting, invitation)


def consent_asked(
    meeting: Meeting, invitation: Invitation | PersonalInvitation, name: str
) -> tuple[str, str]:
    """Ask the chair whether a substitute may come."""
    return _("Xin dự thay: %(name)s", name=name), _facts(meeting, invitation)


def decided(
    meeting: Meeting, invitation: Invitation | PersonalInvitation, name: str, note: str
) -> tuple[str, str]:
    """Tell those who asked what the chair said."""
    lines = [_facts(meeting, invitation)]
    if note:
        lines.append(_("Ý kiến chủ trì: %(note)s", note=note))
    if invitation.consent == Consent.GRANTED:
        return _("Chủ trì đồng ý dự thay: %(name)s", name=name), "\n".join(lines)
    lines += ["", _("Đề nghị dự họp đúng thành phần được mời, hoặc trả lời lại trước giờ họp.")]
    return _("Chủ trì không đồng ý dự thay: %(name)s", name=name), "\n".join(lines)


def unanswered(meeting: Meeting) -> tuple[str, str]:
    """Remind of an invitation that was not answered."""
    return _("Nhắc trả lời lời mời: %(title)s", title=meeting.title), "\n".join(
        [
            _("Thời gian: %(when)s", when=when(meeting)),
            _("Xin cho biết ai dự họp, ai dự thay, hoặc lý do vắng."),
        ]
    )


def _facts(meeting: Meeting, invitation: Invitation | PersonalInvitation) -> str:
    facts = [
        (_("Cuộc họp"), meeting.title),
        (_("Thời gian"), when(meeting)),
        (_("Người dự"), invitation.attendee),
        (_("Lý do"), invitation.reason),
    ]
    return "\n".join(f"{name}: {value}" for name, value in facts if value)
