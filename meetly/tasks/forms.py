"""Forms of tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from meetly.accounts.models import Unit, User
from meetly.directions.priority_names import PRIORITY_NAMES
from meetly.forms import Form, choices
from meetly.tasks.models import ProgressKind, TaskState
from meetly.tasks.service import LONGEST_TEXT
from meetly.tasks.story import ASKED, REFUSED, WITHDRAWN

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
#: what a line of a task's story is called, and its tone
STORY_NAMES = {
    str(ProgressKind.REPORT): (_l("Báo cáo tiến độ"), "accent"),
    str(ProgressKind.CLAIM): (_l("Báo đã hoàn thành"), "waiting"),
    str(ProgressKind.WITHDRAW): (_l("Rút báo hoàn thành"), "neutral"),
    str(ProgressKind.ACCEPT): (_l("Xác nhận hoàn thành"), "good"),
    str(ProgressKind.RETURN): (_l("Trả lại để làm tiếp"), "waiting"),
    str(ProgressKind.REOPEN): (_l("Mở lại"), "waiting"),
    str(ProgressKind.EXTEND): (_l("Gia hạn"), "accent"),
    str(ProgressKind.CANCEL): (_l("Thu hồi"), "neutral"),
    str(ProgressKind.SUPERSEDE): (_l("Thay bằng chỉ đạo sau"), "neutral"),
    ASKED: (_l("Xin gia hạn"), "waiting"),
    REFUSED: (_l("Không gia hạn"), "neutral"),
    WITHDRAWN: (_l("Rút đề nghị gia hạn"), "neutral"),
}
#: stands for nobody in a list of people
NOBODY = 0


class AssignForm(Form):
    """Confirm the version of a direction that was seen."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)])


class WordsForm(Form):
    """A few words about a task."""

    text = TextAreaField(_l("Nội dung"), [DataRequired(), Length(max=LONGEST_TEXT)])


class ClaimForm(WordsForm):
    """What was done, with what proves it."""

    text = TextAreaField(
        _l("Đã làm được gì"),
        [DataRequired(), Length(max=LONGEST_TEXT)],
        description=_l("Kết quả, vướng mắc, đề nghị."),
    )
    files = MultipleFileField(_l("Ảnh, tệp kèm theo"))
    #: straight from the camera of a phone
    photo = FileField(_l("Chụp ảnh"))

    def sent(self) -> list[tuple[str, BinaryIO]]:
        """List the files that came, by name."""
        found = [*(self.files.data or []), self.photo.data]
        return [(file.filename, file.stream) for file in found if file and file.filename]


class ReportForm(ClaimForm):
    """How far the work is."""

    percent = IntegerField(_l("Mức hoàn thành (%)"), [InputRequired(), NumberRange(min=0, max=100)])


class AgreeForm(Form):
    """Agree to the claim that was seen."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)])
    text = TextAreaField(_l("Ý kiến"), [Optional(), Length(max=LONGEST_TEXT)])


class ReturnForm(AgreeForm):
    """Give the claim that was seen back."""

    text = TextAreaField(_l("Còn thiếu gì"), [DataRequired(), Length(max=LONGEST_TEXT)])


class PersonForm(Form):
    """Who of a unit does its part."""

    unit = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    person = SelectField(_l("Người thực hiện"), coerce=int)

    def offer(self, people: Iterable[User]) -> None:
        """Say who can be chosen."""
        self.person.choices = choices((person.id, person.name) for person in people)


class SteerForm(Form):
    """Who follows a task up, and how pressing it is."""

    officer = SelectField(_l("Người theo dõi"), coerce=int)
    priority = SelectField(_l("Mức độ"), choices=choices(PRIORITY_NAMES.items()))

    def offer(self, people: Iterable[User], of: Unit) -> None:
        """Say who can be chosen: people of the unit that gave it."""
        everyone = [(person.id, person.name) for person in people]
        self.officer.choices = choices([(NOBODY, _("Chưa phân công")), *everyone])
        self.officer.description = of.name
