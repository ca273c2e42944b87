"""Forms of issuing."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from meetly.forms import Form
from meetly.minutes.issuing.models import DocumentKind, DocumentStatus
from meetly.minutes.issuing.service import LONGEST_REASON

KIND_WORDS = {
    DocumentKind.MINUTES: _l("Biên bản"),
    DocumentKind.NOTICE: _l("Thông báo kết luận"),
}
#: name and tone of each state
STATUS_WORDS = {
    DocumentStatus.REGISTERED: (_l("Đã có số"), "waiting"),
    DocumentStatus.SIGNING: (_l("Đang ký"), "waiting"),
    DocumentStatus.SIGNED: (_l("Đã ký đủ"), "accent"),
    DocumentStatus.ISSUED: (_l("Đã phát hành"), "good"),
    DocumentStatus.CANCELLED: (_l("Đã hủy"), "neutral"),
}


class RegisterForm(Form):
    """The date that a number is taken for."""

    dated = DateField(_l("Ngày văn bản"), [InputRequired()])
    #: the date whose doubts were shown
    seen = HiddenField()


class ReasonForm(Form):
    """Why something is cancelled or opened again."""

    reason = TextAreaField(_l("Lý do"), [DataRequired(), Length(max=LONGEST_REASON)])
