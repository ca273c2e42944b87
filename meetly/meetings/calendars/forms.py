"""Forms of calendars: a name for a subscription, and the answer that a link of a mail asks for."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import HiddenInput

from meetly.forms import Form, choices
from meetly.meetings.calendars.service import LONGEST_NAME
from meetly.meetings.models import Answer

#: What can be answered, as the buttons say it.
ANSWER_NAMES = {
    Answer.COMING: _l("Có dự"),
    Answer.SUBSTITUTE: _l("Dự thay"),
    Answer.ABSENT: _l("Vắng"),
}


class SubscribeForm(Form):
    """What the person calls the program that shall read."""

    name = StringField(
        _l("Tên lịch"),
        [DataRequired(), Length(max=LONGEST_NAME)],
        description=_l("Để bạn nhận ra sau này: điện thoại, Outlook ở cơ quan…"),
    )


class AnswerForm(Form):
    """One answer; the secret in the address stands for the person, so no session is asked."""

    class Meta(Form.Meta):
        csrf = False

    said = SelectField(choices=choices(ANSWER_NAMES.items()), widget=HiddenInput())
    attendee = StringField(
        _l("Người dự thay: họ tên, chức vụ"), [Optional(), Length(max=200)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    reason = TextAreaField(_l("Lý do"), [Optional(), Length(max=2000)])

    def require(self, said: str) -> None:
        """Ask for what this answer cannot do without."""
        needed = {
            Answer.SUBSTITUTE: (self.attendee, self.reason), Answer.ABSENT: (self.reason,),
        }  # fmt: skip
        for field in needed.get(Answer(said), ()):
            field.validators = [DataRequired(), *field.validators[1:]]
            field.flags.required = True
