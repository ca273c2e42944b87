"""Forms of directions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from meetly.directions.models import Direction
from meetly.forms import Form

#: What made extraction fire, in words.
CUE_NAMES = {
    "order": _l("lời giao việc"),
    "verb": _l("việc phải làm"),
    "must": _l("“phải”, “cần”"),
    "stem": _l("câu dẫn giao việc"),
    "time": _l("mốc thời gian"),
    "word": _l("cách nói giao việc"),
    "deadline": _l("thời hạn"),
}

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

    def show(self, direction: Direction) -> None:
        """Fill the form from a direction."""
        self.version.data, self.text.data = direction.version, direction.text
        self.lead.data = "\n".join(unit.name for unit in direction.lead)
        self.coordinate.data = "\n".join(unit.name for unit in direction.coordinating)
        self.due.data, self.recurring.data = direction.due, direction.recurring

    @property
    def leading(self) -> list[str]:
        """The names under "Chủ trì"."""
        return _lines(self.lead.data)

    @property
    def coordinating(self) -> list[str]:
        """The names under "Phối hợp"."""
        return _lines(self.coordinate.data)


class DismissForm(VersionForm):
    """Why a proposal is no direction."""

    reason = StringField(_l("Lý do"), [DataRequired(), Length(max=1000)])


def _lines(text: str | None) -> list[str]:
    return [" ".join(line.split()) for line in (text or "").splitlines() if line.strip()]
