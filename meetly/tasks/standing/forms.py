"""Forms of standing tasks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, Length

from meetly.forms import Form
from meetly.tasks.standing.models import Frequency
from meetly.tasks.standing.service import LONGEST_REASON

FREQUENCY_NAMES = {
    Frequency.DAILY: _l("Hằng ngày"),
    Frequency.WEEKLY: _l("Hằng tuần"),
    Frequency.MONTHLY: _l("Hằng tháng"),
    Frequency.QUARTERLY: _l("Hằng quý"),
    Frequency.YEARLY: _l("Hằng năm"),
}


class EndForm(Form):
    """Why nothing more of it is owed."""

    reason = TextAreaField(_l("Lý do dừng"), [DataRequired(), Length(max=LONGEST_REASON)])
    #: for every unit of the direction, not only this one
    every = BooleanField()
