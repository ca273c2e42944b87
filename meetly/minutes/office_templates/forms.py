"""Forms of office templates."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField

from meetly.accounts.models import Unit
from meetly.forms import Form, choices

KIND_NAMES = {"minutes": _l("Biên bản"), "notice": _l("Thông báo kết luận")}


class TemplateForm(Form):
    """An office's own form."""

    unit = SelectField(_l("Cơ quan"), coerce=int)
    kind = SelectField(_l("Loại văn bản"), choices=choices(KIND_NAMES.items()))
    file = FileField(_l("Tệp mẫu"), [FileRequired(_l("Hãy chọn tệp."))])

    def offer(self, units: Iterable[Unit]) -> None:
        """Say for which offices it may be."""
        self.units = {unit.id: unit for unit in units}
        self.unit.choices = choices((unit.id, unit.name) for unit in self.units.values())
