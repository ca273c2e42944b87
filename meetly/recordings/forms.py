"""Forms of recordings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms.validators import DataRequired

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
