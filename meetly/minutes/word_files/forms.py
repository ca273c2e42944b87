"""Forms of Word files: bring one back, and choose what of it to take."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectMultipleField

from meetly.forms import Form
from meetly.minutes.forms import VersionForm


class WordFileForm(Form):
    """An edited .docx."""

    file = FileField(_l("Tệp Word"), [FileRequired(_l("Hãy chọn tệp."))])


class AcceptForm(VersionForm):
    """Which blocks to take over, and whether in the file's order."""

    take = SelectMultipleField(_l("Nhận đoạn này"), validate_choice=False)
    order = BooleanField(_l("Xếp các đoạn theo thứ tự trong tệp"))
    #: pressed instead of choosing
    everything = BooleanField(_l("Nhận tất cả"))
