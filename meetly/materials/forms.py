"""Forms of materials: hand documents out, and a newer version of one."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import SelectField, StringField
from wtforms.validators import Length, Optional

from meetly.forms import Form, choices
from meetly.meetings.models import AgendaItem

#: the choice that stands for the meeting as a whole
WHOLE = 0


class UploadForm(Form):
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
