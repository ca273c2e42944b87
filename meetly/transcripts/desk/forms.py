"""Forms of the desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from meetly.forms import Form
from meetly.transcripts.service import LONGEST_TEXT


class FindForm(Form):
    """What to look for, and what to put in its place; asked by address, so that it can be kept."""

    class Meta(Form.Meta):
        csrf = False

    q = StringField(_l("Tìm"), [Optional(), Length(max=200)])
    by = StringField(_l("Thay bằng"), [Optional(), Length(max=LONGEST_TEXT)])
    exact = BooleanField(_l("Đúng dấu và chữ hoa"))
    inside = BooleanField(_l("Cả khi nằm trong từ khác"))


class VoiceForm(Form):
    """Whose voice one or more sentences are."""

    until = SelectField(_l("Đến hết câu"), coerce=int)
    voice = SelectField(_l("Người nói"), coerce=int)
    name = StringField(
        _l("Tên người mới"),
        [Length(max=200)],
        description=_l("Chỉ ghi khi chọn “Người khác”."),
    )


class SplitForm(Form):
    """Where a sentence is cut, and whose each half is."""

    at = RadioField(_l("Câu sau bắt đầu từ"), [DataRequired()], coerce=int)
    first = SelectField(_l("Người nói câu trước"), coerce=int)
    second = SelectField(_l("Người nói câu sau"), coerce=int)
    name = StringField(
        _l("Tên người mới"),
        [Length(max=200)],
        description=_l("Chỉ ghi khi chọn “Người khác”."),
    )
    version = HiddenField()
