"""Forms of materials: hand documents out, and a newer version of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from meetly.accounts.models import Unit
from meetly.forms import Form, choices
from meetly.materials.access import Terms
from meetly.materials.models import Access, Guard
from meetly.meetings.models import AgendaItem

#: the choice that stands for the meeting as a whole
WHOLE = 0


ACCESS_NAMES = {
    Access.ALL: _l("Mọi thành phần được mời"),
    Access.UNITS: _l("Một số đơn vị"),
    Access.CHAIR: _l("Chỉ chủ trì"),
}
GUARD_NAMES = {
    Guard.NONE: _l("Không"),
    Guard.STAMPED: _l("Đóng dấu tên người xem lên từng trang"),
    Guard.VIEW_ONLY: _l("Chỉ xem trên trang, không tải về"),
}


class TermsForm(Form):
    """Who may open a document, and how it is guarded."""

    access = RadioField(
        _l("Ai được mở"), choices=choices(ACCESS_NAMES.items()), default=Access.ALL,
        description=_l("Thư ký, lãnh đạo đơn vị tổ chức và đơn vị gửi luôn mở được."),
    )  # fmt: skip
    units = SelectMultipleField(
        _l("Đơn vị được mở"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    guard = RadioField(_l("Bảo mật"), choices=choices(GUARD_NAMES.items()), default=Guard.NONE)

    def offer_units(self, units: Sequence[Unit]) -> None:
        """Say which units can be ticked: those invited."""
        self.units.choices = choices((unit.id, unit.name) for unit in units)

    def validate_units(self, field: Any) -> None:
        """Ask for a unit where access is for some."""
        if self.access.data == Access.UNITS and not field.data:
            raise ValidationError(_("Hãy chọn ít nhất một đơn vị được mở tài liệu."))

    def terms(self) -> Terms:
        """Return what was chosen; units that were ticked beside another choice do not count."""
        access = Access(self.access.data)
        units = frozenset(self.units.data) if access == Access.UNITS else frozenset()
        return Terms(access, units, Guard(self.guard.data))


class UploadForm(TermsForm):
    """One or several documents for the meeting or one point of its agenda."""

    files = MultipleFileField(_l("Tệp"), [FileRequired(_l("Hãy chọn ít nhất một tệp."))])
    place = SelectField(_l("Dùng cho"), coerce=int)
    title = StringField(
        _l("Tên tài liệu"),
        [Optional(), Length(max=300)],
        description=_l("Để trống thì lấy tên tệp. Khi gửi nhiều tệp, mỗi tệp giữ tên của mình."),
        render_kw={"autocomplete": "off"},
    )

    def offer(self, places: Iterable[AgendaItem | None]) -> None:
        """Say where documents may go."""
        self.places = {item.id if item else WHOLE: item for item in places}
        self.place.choices = choices(
            (key, f"{item.ordinal}. {item.title}" if item else _("Cả cuộc họp"))
            for key, item in self.places.items()
        )


class VersionForm(Form):
    """A newer version of a document."""

    file = FileField(_l("Tệp"), [FileRequired(_l("Hãy chọn tệp."))])
