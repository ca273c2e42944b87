"""Forms of transcripts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from meetly.forms import Form
from meetly.transcripts.invention import Suspicion
from meetly.transcripts.service import LONGEST_TEXT, REJECTED

#: Why a sentence is doubted, by what is stored with it.
REASONS = {
    Suspicion.NO_SPEECH: _l("Đoạn này không nghe thấy tiếng người nói."),
    Suspicion.PHRASE: _l("Câu này máy hay tự thêm vào chỗ im lặng."),
    Suspicion.REPEATS: _l("Máy lặp đi lặp lại một cụm từ."),
    Suspicion.UNSURE: _l("Máy nghe không chắc đoạn này."),
    REJECTED: _l("Người rà soát xác nhận không ai nói câu này."),
}


class SegmentForm(Form):
    """What was really said."""

    text = TextAreaField(_l("Lời nói"), [DataRequired(), Length(max=LONGEST_TEXT)])
    #: what stood there when the reader began, and its version
    base = HiddenField()
    version = HiddenField()


class NameForm(Form):
    """What a voice is called."""

    name = StringField(_l("Họ và tên"), [DataRequired(), Length(max=200)])


class SpeakerForm(Form):
    """Who a voice is."""

    name = StringField(_l("Họ và tên"), [DataRequired(), Length(max=200)])
    position = StringField(_l("Chức vụ"), [Length(max=200)])
    unit = SelectField(_l("Đơn vị"), coerce=int)


class TrackForm(Form):
    """Whose microphone alone a recording holds."""

    name = StringField(
        _l("Họ và tên, hoặc tên điểm cầu"),
        [Length(max=200)],
        description=_l("Để trống cả tên và đơn vị nếu tệp này ghi tiếng của cả phòng họp."),
    )
    unit = SelectField(_l("Đơn vị"), coerce=int)


class TalksForm(Form):
    """Who spoke when, as a file."""

    talks = FileField(
        _l("Tệp “ai nói lúc nào”"),
        [DataRequired()],
        description=_l("Tệp JSON của phần mềm họp trực tuyến; tên người nói được ghi lại theo đó."),
        render_kw={"accept": ".json,application/json"},
    )
