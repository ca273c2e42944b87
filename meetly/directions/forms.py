"""Forms of directions."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from meetly.accounts.models import User
from meetly.directions.models import Direction, Priority
from meetly.directions.priority_names import PRIORITY_NAMES
from meetly.directions.service import Following
from meetly.forms import Form, choices

NOBODY = 0

_ONE_A_LINE = _l("Mỗi dòng một đơn vị.")


class VersionForm(Form):
    """A decision that names the version it was made on."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)])


class DirectionForm(VersionForm):
    """Put a proposal right."""

    text = TextAreaField(_l("Nội dung chỉ đạo"), [DataRequired(), Length(max=20_000)])
    lead = TextAreaField(
        _l("Đơn vị chủ trì"), [Optional(), Length(max=2000)], description=_ONE_A_LINE
    )
    coordinate = TextAreaField(
        _l("Phối hợp"), [Optional(), Length(max=4000)], description=_ONE_A_LINE
    )
    due = DateField(
        _l("Thời hạn"), [Optional()], description=_l("Để trống nếu chủ trì không nêu ngày.")
    )
    recurring = StringField(
        _l("Định kỳ"),
        [Optional(), Length(max=200)],
        description=_l("Ví dụ: trước 16 giờ thứ sáu hằng tuần."),
    )
    product = StringField(
        _l("Sản phẩm"),
        [Optional(), Length(max=500)],
        description=_l("Văn bản, số liệu, công trình phải có."),
    )
    report_to = StringField(_l("Báo cáo ai"), [Optional(), Length(max=200)])
    priority = SelectField(
        _l("Mức độ"), choices=choices(PRIORITY_NAMES.items()), default=Priority.NORMAL.value
    )
    officer = SelectField(
        _l("Người theo dõi"), coerce=int, default=NOBODY, description=_l("Của đơn vị giao việc.")
    )

    def offer(self, officers: Iterable[User], now: User | None) -> None:
        """Offer who may follow it up, and who does even if they have left since."""
        people = {user.id: user.name for user in [*officers, *([now] if now else [])]}
        self.officer.choices = choices([(NOBODY, _l("Chưa chọn")), *people.items()])

    def show(self, direction: Direction) -> None:
        """Fill the form from a direction."""
        self.version.data, self.text.data = direction.version, direction.text
        self.lead.data = "\n".join(unit.name for unit in direction.lead)
        self.coordinate.data = "\n".join(unit.name for unit in direction.coordinating)
        self.due.data, self.recurring.data = direction.due, direction.recurring
        self.product.data, self.report_to.data = direction.product, direction.report_to
        self.priority.data = str(direction.priority)
        self.officer.data = direction.officer_id or NOBODY

    @property
    def following(self) -> Following:
        """How it is to be followed up; what was not sent stays as it is."""
        sent = {field.short_name for field in self if field.raw_data}
        return Following(
            product=self.product.data,
            report_to=self.report_to.data,
            priority=Priority(self.priority.data) if "priority" in sent else None,
            officer_id=self.officer.data if "officer" in sent else None,
        )

    @property
    def leading(self) -> list[str]:
        """The names under "Chủ trì"."""
        return _lines(self.lead.data)

    @property
    def coordinating(self) -> list[str]:
        """The names under "Phối hợp"."""
        return _lines(self.coordinate.data)


class SplitForm(VersionForm):
    """Where a proposal is parted: after how many words."""

    at = SelectField(_l("Tách ở đâu"), coerce=int)


class CaretForm(VersionForm):
    """The same from a script, which knows where the caret stands."""

    at = IntegerField(validators=[InputRequired(), NumberRange(min=1)])


class MergeForm(VersionForm):
    """Two proposals as they were seen."""

    second = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)])
    second_version = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)]
    )


class AddForm(Form):
    """Words that nobody recognised as a direction."""

    words = TextAreaField(
        _l("Lời giao việc"),
        [DataRequired(), Length(max=3000)],
        description=_l("Đúng như đã nói; đơn vị và thời hạn nêu trong câu được nhận ra."),
    )
    segments = HiddenField(validators=[Optional(), Length(max=2000)])

    @property
    def segment_ids(self) -> list[int]:
        """The sentences of the transcript that hold the words."""
        said = (self.segments.data or "").split()
        return [int(one) for one in said if one.isdecimal() and len(one) < 10][:200]


class DismissForm(VersionForm):
    """Why a proposal is no direction."""

    reason = StringField(_l("Lý do"), [DataRequired(), Length(max=1000)])


def _lines(text: str | None) -> list[str]:
    return [" ".join(line.split()) for line in (text or "").splitlines() if line.strip()]
