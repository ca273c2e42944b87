"""Forms of carried reports."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from meetly.clock import local
from meetly.forms import Form, choices
from meetly.meetings.models import Meeting
from meetly.tasks.carried.counting import Standing

STANDING_NAMES = {
    Standing.OVERDUE: _l("Quá hạn"),
    Standing.DONE_LATE: _l("Hoàn thành quá hạn"),
    Standing.CLAIMED: _l("Chờ xác nhận"),
    Standing.OPEN_IN_TIME: _l("Đang thực hiện"),
    Standing.UNDATED: _l("Không có hạn"),
    Standing.DONE_IN_TIME: _l("Hoàn thành trong hạn"),
}
STANDING_TONES = {
    Standing.OVERDUE: "late",
    Standing.DONE_LATE: "waiting",
    Standing.CLAIMED: "waiting",
    Standing.OPEN_IN_TIME: "accent",
    Standing.UNDATED: "neutral",
    Standing.DONE_IN_TIME: "good",
}


class PreviousForm(Form):
    """Which meeting's conclusions are followed."""

    previous = SelectField(_l("Cuộc họp trước"), [InputRequired()], coerce=int)

    def offer(self, meetings: Iterable[Meeting]) -> None:
        """List the meetings one may choose from, newest first."""
        self.previous.choices = choices(
            (each.id, f"{local(each.starts_at):%d/%m/%Y} · {each.title}") for each in meetings
        )
