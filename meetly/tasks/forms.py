"""Forms of tasks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from meetly.forms import Form
from meetly.tasks.models import TaskState
from meetly.tasks.service import LONGEST_TEXT

STATE_NAMES = {
    TaskState.NOT_STARTED: _l("Chưa thực hiện"),
    TaskState.IN_TIME: _l("Đang thực hiện"),
    TaskState.UNDATED: _l("Chưa có hạn"),
    TaskState.OVERDUE: _l("Quá hạn"),
    TaskState.CLAIMED: _l("Chờ xác nhận"),
    TaskState.RETURNED: _l("Trả lại"),
    TaskState.DONE_IN_TIME: _l("Hoàn thành trong hạn"),
    TaskState.DONE_LATE: _l("Hoàn thành quá hạn"),
    TaskState.CANCELLED: _l("Đã thu hồi"),
}
STATE_TONES = {
    TaskState.NOT_STARTED: "neutral",
    TaskState.IN_TIME: "accent",
    TaskState.UNDATED: "neutral",
    TaskState.OVERDUE: "late",
    TaskState.CLAIMED: "waiting",
    TaskState.RETURNED: "waiting",
    TaskState.DONE_IN_TIME: "good",
    TaskState.DONE_LATE: "waiting",
    TaskState.CANCELLED: "neutral",
}


class AssignForm(Form):
    """Confirm the version of a direction that was seen."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)])


class WordsForm(Form):
    """A few words about a task."""

    text = TextAreaField(_l("Nội dung"), [DataRequired(), Length(max=LONGEST_TEXT)])


class ReportForm(WordsForm):
    """How far the work is."""

    text = TextAreaField(
        _l("Đã làm được gì"),
        [DataRequired(), Length(max=LONGEST_TEXT)],
        description=_l("Kết quả, vướng mắc, đề nghị."),
    )
    percent = IntegerField(_l("Mức hoàn thành (%)"), [InputRequired(), NumberRange(min=0, max=100)])
