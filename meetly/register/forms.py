"""Forms of the register."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from meetly.forms import Form, choices
from meetly.register.columns import TYPE_NAMES
from meetly.register.models import DocumentType
from meetly.register.service import LARGEST_FIRST, LONGEST_REASON


class BeginForm(Form):
    """From which number an empty book goes on."""

    document_type = SelectField(_l("Loại văn bản"), choices=choices(TYPE_NAMES.items()))
    year = IntegerField(_l("Năm"), [InputRequired(), NumberRange(min=2000, max=2200)])
    first = IntegerField(
        _l("Bắt đầu từ số"),
        [InputRequired(), NumberRange(min=1, max=LARGEST_FIRST)],
        description=_l("Khi sổ giấy trong năm đã dùng đến một số nào đó."),
    )

    @property
    def chosen(self) -> DocumentType:
        """The type of document."""
        return DocumentType(self.document_type.data)


class CancelForm(Form):
    """Why a number is given up."""

    reason = StringField(_l("Lý do"), [DataRequired(), Length(max=LONGEST_REASON)])
