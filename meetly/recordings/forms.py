"""Forms of recordings."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, TimeField
from wtforms.validators import DataRequired, Optional, StopValidation

from meetly import clock
from meetly.forms import Form

#: What the file chooser offers; what a file is, is judged from its content.
ACCEPTED = "audio/*,video/*,.ogg,.opus,.wav,.mp3,.m4a,.mp4,.webm,.mkv,.flac,.aac"


class RecordingForm(Form):
    """A recording, and perhaps who spoke when."""

    file = FileField(_l("Bản ghi"), [DataRequired()])
    talks = FileField(
        _l("Ai nói lúc nào"),
        description=_l("Tệp JSON của phần mềm họp trực tuyến, nếu có; để ghi tên người nói."),
        render_kw={"accept": ".json,application/json"},
    )


class ClockForm(Form):
    """When the sound of a recording began, on the clock of the meeting's wall."""

    day = DateField(_l("Ngày"), [Optional()])
    time = TimeField(
        _l("Giờ bắt đầu"),
        [Optional()],
        format=["%H:%M:%S", "%H:%M"],
        render_kw={"step": 1},
        description=_l("Giờ Việt Nam, theo đồng hồ trong phòng họp. Để trống cả hai nếu không rõ."),
    )

    def validate_time(self, field: TimeField) -> None:
        """Ask for both or for neither."""
        self._refuse_half(self.day.data)

    def validate_day(self, field: DateField) -> None:
        """Ask for both or for neither."""
        self._refuse_half(self.time.data)

    def _refuse_half(self, other: object) -> None:
        if other is None:
            raise StopValidation(_("Hãy điền cả ngày và giờ, hoặc để trống cả hai."))

    @property
    def moment(self) -> datetime | None:
        """The moment in UTC."""
        if self.day.data is None or self.time.data is None:
            return None
        return clock.from_local(datetime.combine(self.day.data, self.time.data))
