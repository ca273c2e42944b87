"""Forms of issuing."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from meetly.forms import Form
from meetly.minutes.issuing.service import LONGEST_REASON


class RegisterForm(Form):
    """The date that a number is taken for."""

    dated = DateField(_l("Ngày văn bản"), [InputRequired()])
    #: the date whose doubts were shown
    seen = HiddenField()


class ReasonForm(Form):
    """Why something is cancelled or opened again."""

    reason = TextAreaField(_l("Lý do"), [DataRequired(), Length(max=LONGEST_REASON)])
