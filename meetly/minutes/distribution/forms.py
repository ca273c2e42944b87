"""Forms of distribution: further recipients, the sender of a package, and what came back."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from meetly.accounts.models import Unit
from meetly.forms import Form, choices
from meetly.minutes.distribution.organ_id import organ_id
from meetly.minutes.distribution.service import LONGEST_RECIPIENT

_EXAMPLE = _l("Theo Quyết định 20/2020/QĐ-TTg, ví dụ H37.02.02.")


def _is_organ_id(_form: Form, field: StringField) -> None:
    if not organ_id(field.data or ""):
        raise ValidationError(str(_l("Mã định danh chưa đúng dạng, ví dụ H37.02.02.")))


class UnitsForm(Form):
    """Further units of the directory."""

    units = SelectMultipleField(
        _l("Đơn vị"),
        [DataRequired(_l("Hãy chọn ít nhất một đơn vị."))],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, units: Iterable[Unit]) -> None:
        """Say which units can be added."""
        self.offered = {unit.id: unit for unit in units}
        self.units.choices = choices((unit.id, unit.name) for unit in self.offered.values())

    def chosen(self) -> list[Unit]:
        """Return the units that were chosen."""
        return [self.offered[unit_id] for unit_id in self.units.data or ()]


class OutsideForm(Form):
    """An organisation that does not use Meetly."""

    recipient = StringField(
        _l("Tên cơ quan"), [DataRequired(), Length(max=LONGEST_RECIPIENT)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    organ = StringField(
        _l("Mã định danh"), [DataRequired(), _is_organ_id],
        description=_EXAMPLE, render_kw={"autocomplete": "off"},
    )  # fmt: skip


class PackageForm(Form):
    """Who sends the package."""

    sender = StringField(
        _l("Mã định danh của cơ quan gửi"), [DataRequired(), _is_organ_id],
        description=_EXAMPLE, render_kw={"autocomplete": "off"},
    )  # fmt: skip


class StatusForm(Form):
    """A file with status messages."""

    file = FileField(_l("Tệp trạng thái (.xml, .edxml)"), [FileRequired(_l("Hãy chọn tệp."))])
