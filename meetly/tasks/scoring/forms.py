"""Forms of scoring."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from meetly.forms import Form, choices
from meetly.tasks.scoring import formula as formulas
from meetly.tasks.scoring import periods
from meetly.tasks.scoring.formula import LIMITS, Formula
from meetly.tasks.scoring.service import LONGEST_REASON
from meetly.tasks.scoring.wording import EXTENSION_NAMES

#: How many months ahead a formula can be set.
_AHEAD = 6


def _whole(name: str, label: object, hint: object = "") -> IntegerField:
    least, most = LIMITS[name]
    return IntegerField(
        label, [InputRequired(), NumberRange(min=least, max=most)], description=hint
    )


class FormulaForm(Form):
    """Everything an office may set about its records."""

    valid_from = SelectField(_l("Áp dụng từ tháng"))
    grounds = StringField(_l("Căn cứ"), [Optional(), Length(max=500)])
    general = _whole("general", _l("Điểm tiêu chí chung"), _l("Phần còn lại của 100 là kết quả."))
    quantity = _whole("quantity", _l("Phần số lượng"))
    quality = _whole("quality", _l("Phần chất lượng"))
    progress = _whole("progress", _l("Phần tiến độ"))
    delay_cost = _whole("delay_cost", _l("Mỗi lần chậm trừ (% điểm tiến độ)"))
    return_cost = _whole("return_cost", _l("Mỗi lần bị trả lại trừ (% điểm chất lượng)"))
    extension = RadioField(_l("Khi được gia hạn"), choices=choices(EXTENSION_NAMES.items()))
    helper_share = _whole(
        "helper_share", _l("Đơn vị phối hợp được tính (%)"), _l("0: chỉ tính đơn vị chủ trì.")
    )
    undated = BooleanField(_l("Tính cả nhiệm vụ không có thời hạn, vào tháng hoàn thành"))
    normal = _whole("normal", _l("Trọng số nhiệm vụ thường (%)"))
    high = _whole("high", _l("Trọng số nhiệm vụ quan trọng (%)"))
    urgent = _whole("urgent", _l("Trọng số nhiệm vụ khẩn (%)"))
    excellent = _whole("excellent", _l("Hoàn thành xuất sắc: từ (điểm)"))
    good = _whole("good", _l("Hoàn thành tốt: từ (điểm)"))
    completed = _whole("completed", _l("Hoàn thành: từ (điểm)"))
    excellent_share = _whole("excellent_share", _l("Tỷ lệ xuất sắc không quá (%)"))

    def offer(self, day: date) -> None:
        """Offer the months from this January to half a year ahead, the next one chosen."""
        months = [
            date(day.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
            for month in range(1, day.month + _AHEAD + 1)
        ]
        self.valid_from.choices = choices((f"{m:%Y-%m}", f"{m:%m/%Y}") for m in months)
        if not self.valid_from.data:
            self.valid_from.data = f"{months[day.month]:%Y-%m}"

    @property
    def first_day(self) -> date:
        """The day it counts from."""
        return periods.read(self.valid_from.data).first

    def formula(self) -> Formula:
        """Return what was typed; BadInput where its numbers do not fit together."""
        return formulas.read(self.data)


class GeneralForm(Form):
    """General points of somebody for a month."""

    points = StringField(
        _l("Điểm tiêu chí chung"),
        [DataRequired(), Regexp(r"^\s*\d{1,2}([.,]\d{1,2})?\s*$", message=_l("Ví dụ: 27,5."))],
    )
    reason = StringField(_l("Lý do"), [DataRequired(), Length(max=LONGEST_REASON)])

    @property
    def hundredths(self) -> int:
        """The points in hundredths."""
        whole, _sep, part = self.points.data.strip().replace(".", ",").partition(",")
        return int(whole) * 100 + int(part.ljust(2, "0") if part else 0)


class FixForm(Form):
    """Fix a record: nothing but the will to."""
