"""Forms of answers: who comes, and what the chair says of a substitute."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from meetly.accounts.models import User
from meetly.forms import Form, choices
from meetly.meetings.answers.service import LONGEST_NAME, LONGEST_REASON
from meetly.meetings.models import Answer, Invitation, PersonalInvitation

#: The choice that stands for somebody who is not offered by name.
SOMEBODY_ELSE = 0
#: What the buttons of an answer say.
ANSWERS = {
    Answer.COMING: _l("Có dự"),
    Answer.SUBSTITUTE: _l("Cử người dự thay"),
    Answer.ABSENT: _l("Vắng"),
}


class AnswerForm(Form):
    """Who comes for a unit or a person, or why nobody does."""

    answer = RadioField(_l("Trả lời"), [InputRequired(_l("Hãy chọn có dự, dự thay hoặc vắng."))])
    person = SelectField(_l("Người dự"), coerce=int, default=SOMEBODY_ELSE)
    attendee = StringField(
        _l("Họ tên, chức vụ"),
        [Optional(), Length(max=LONGEST_NAME)],
        description=_l("Ghi khi người dự không có trong danh sách."),
        render_kw={"autocomplete": "off"},
    )
    reason = TextAreaField(
        _l("Lý do"),
        [Optional(), Length(max=LONGEST_REASON)],
        description=_l("Cần ghi khi cử người dự thay hoặc vắng."),
    )

    def offer(self, people: Iterable[User]) -> None:
        """Say what may be answered and who may be named."""
        self.answer.choices = choices(ANSWERS.items())
        self.person.choices = choices(
            [
                (SOMEBODY_ELSE, _("Người khác, hoặc chưa rõ")),
                *((p.id, f"{p.name}, {p.position}" if p.position else p.name) for p in people),
            ]
        )

    def said(self) -> dict[str, Any]:
        """Return what was answered, as the verb takes it."""
        named = self.person.data or None
        return {
            "attendee_id": named,
            "attendee": "" if named else self.attendee.data or "",
            "reason": self.reason.data or "",
        }


def given(invitation: Invitation | PersonalInvitation) -> dict[str, Any]:
    """Return an answer as the fields of the form hold it."""
    return {
        "answer": invitation.answer or None,
        "person": invitation.attendee_id or SOMEBODY_ELSE,
        "attendee": "" if invitation.attendee_id else invitation.attendee,
        "reason": invitation.reason,
    }


class DecisionForm(Form):
    """What the chair says of a substitute."""

    granted = RadioField(choices=choices([("1", ""), ("0", "")]))
    note = StringField(_l("Ý kiến"), [Optional(), Length(max=LONGEST_REASON)])
    #: when the answer was given that the page showed
    seen = HiddenField()
    #: where to go on
    next = HiddenField()

    def seen_at(self) -> datetime | None:
        """Return when the answer on the page was given, as far as the page said so."""
        try:
            moment = datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None
        return moment if moment.tzinfo else None
