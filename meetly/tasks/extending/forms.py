"""Forms of extending."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from meetly.forms import Form
from meetly.tasks.changing import LONGEST_TEXT


class AskForm(Form):
    """Ask for more time."""

    wanted = DateField(_l("Xin lùi đến ngày"), [InputRequired()])
    reason = TextAreaField(_l("Lý do xin gia hạn"), [DataRequired(), Length(max=LONGEST_TEXT)])


class GrantForm(Form):
    """Grant more time, up to the day asked for or another."""

    due = DateField(_l("Hạn mới"), [InputRequired()])
    words = TextAreaField(_l("Ý kiến"), [Optional(), Length(max=LONGEST_TEXT)])


class RefuseForm(Form):
    """Refuse more time with the reason."""

    words = TextAreaField(_l("Lý do"), [DataRequired(), Length(max=LONGEST_TEXT)])
