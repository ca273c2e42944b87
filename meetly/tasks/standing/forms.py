"""Forms of standing tasks."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
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


def period_words(label: str) -> str:
    """Name a period in the reader's language: "tuần 48/2026"."""
    year, _dash, rest = label.partition("-")
    if rest.startswith("W"):
        words: str = _("tuần %(week)s/%(year)s", week=int(rest[1:]), year=year)
    elif rest.startswith("Q"):
        words = _("quý %(quarter)s/%(year)s", quarter=rest[1:], year=year)
    elif "-" in rest:
        words = _("ngày %(day)s", day=f"{date.fromisoformat(label):%d/%m/%Y}")
    elif rest:
        words = _("tháng %(month)s/%(year)s", month=rest, year=year)
    else:
        words = _("năm %(year)s", year=year)
    return words
