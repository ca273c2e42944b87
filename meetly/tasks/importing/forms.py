"""Forms of importing: a file or pasted words, and the lines that were read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from meetly import clock
from meetly.accounts.models import Unit
from meetly.forms import Form, choices
from meetly.meetings.models import Meeting
from meetly.tasks.importing.checking import Trouble
from meetly.tasks.importing.columns import FIELDS
from meetly.tasks.importing.models import ImportKind, ImportStatus, TaskImport
from meetly.tasks.importing.rows import LONGEST_PRODUCT, LONGEST_TEXT, Progressed
from meetly.tasks.importing.service import (
    LONGEST_PASTED,
    Change,
    Heading,
    due_words,
)
from meetly.tasks.importing.showing import MOST_ON_PAGE, Line

KIND_NAMES = {ImportKind.NOTICE: _l("Thông báo"), ImportKind.SHEET: _l("Bảng tính")}
STATUS_NAMES = {
    ImportStatus.READ: (_l("Chờ xem"), "waiting"),
    ImportStatus.TAKEN: (_l("Đã nhận"), "good"),
    ImportStatus.DISCARDED: (_l("Đã bỏ"), "neutral"),
}
#: What is said of a trouble; the words it is about stand behind.
TROUBLE_NAMES = {
    Trouble.NO_TEXT: _l("Chưa có nội dung"),
    Trouble.NO_LEAD: _l("Chưa có đơn vị chủ trì"),
    Trouble.UNREAD_DUE: _l("Không hiểu thời hạn"),
    Trouble.UNREAD_DAY: _l("Không hiểu ngày"),
    Trouble.NO_DONE_DAY: _l("Đã xong nhưng chưa có ngày hoàn thành"),
    Trouble.DONE_AHEAD: _l("Ngày hoàn thành chưa tới"),
    Trouble.GIVEN_AHEAD: _l("Ngày giao chưa tới"),
    Trouble.UNKNOWN_UNIT: _l("Không có đơn vị này trong danh bạ"),
    Trouble.FORMER_UNIT: _l("Đơn vị này không còn"),
    Trouble.DUE_BEFORE: _l("Thời hạn trước ngày giao"),
    Trouble.UNKNOWN_OFFICER: _l("Không có người này trong đơn vị"),
    Trouble.DOUBLE: _l("Trùng với việc đang theo dõi hoặc dòng phía trên"),
}
FIELD_NAMES = {
    "text": _l("Nội dung nhiệm vụ"),
    "lead": _l("Đơn vị chủ trì"),
    "coordinate": _l("Phối hợp"),
    "due": _l("Thời hạn"),
    "given_on": _l("Ngày giao"),
    "source": _l("Văn bản giao"),
    "product": _l("Sản phẩm"),
    "state": _l("Trạng thái"),
    "done_on": _l("Ngày hoàn thành"),
    "officer": _l("Người theo dõi"),
    "note": _l("Ghi chú"),
}
_UNITS = {"list": "known-units", "autocomplete": "off"}
_DAY = {"placeholder": "23/11/2026", "autocomplete": "off"}


class _Start(Form):
    unit = SelectField(_l("Đơn vị giao việc"), coerce=int)

    def offer(self, units: Sequence[Unit]) -> None:
        """Say which units' orders the person may take over."""
        self.unit.choices = choices((unit.id, unit.name) for unit in units)
        if self.unit.data is None and units:
            self.unit.data = units[0].id


class NoticeForm(_Start):
    """An issued notice, as a file or as its words."""

    file = FileField(_l("Tệp thông báo"))
    pasted = TextAreaField(
        _l("Hoặc dán nội dung thông báo"), [Optional(), Length(max=LONGEST_PASTED)]
    )
    source = StringField(
        _l("Số, ký hiệu"),
        [Optional(), Length(max=300)],
        description=_l("Để trống nếu có trong văn bản. Ví dụ: Thông báo số 12/TB-VP."),
    )
    given_on = DateField(
        _l("Ngày văn bản"),
        [Optional()],
        description=_l("Để trống nếu có trong văn bản. Thời hạn tính từ ngày này."),
    )
    meeting = SelectField(_l("Kết luận của cuộc họp"), coerce=int, default=0)

    def offer_meetings(self, meetings: Iterable[Meeting]) -> None:
        """Say which meetings the notice may conclude."""
        self.meeting.choices = _meetings(meetings)

    @property
    def heading(self) -> Heading:
        """What was said of the whole."""
        return Heading(
            (self.source.data or "").strip(), self.given_on.data, self.meeting.data or None
        )


class SheetForm(_Start):
    """A spreadsheet of tasks; it stands on one page with the form of a notice."""

    def __init__(self, **given: Any) -> None:
        """Give the fields ids of their own: a label must not lead into the other form."""
        super().__init__(**given)
        for field in self:
            field.id = field.label.field_id = f"sheet-{field.short_name}"

    file = FileField(_l("Tệp bảng tính"), [FileRequired(_l("Hãy chọn tệp."))])
    source = StringField(
        _l("Văn bản giao"),
        [Optional(), Length(max=300)],
        description=_l("Dùng cho dòng không ghi văn bản giao."),
    )
    given_on = DateField(
        _l("Ngày giao"), [Optional()], description=_l("Dùng cho dòng không ghi ngày giao.")
    )

    @property
    def heading(self) -> Heading:
        """What was said of the whole."""
        return Heading((self.source.data or "").strip(), self.given_on.data)


class _Row(Form):
    """A row inside a form, which carries the token itself."""

    class Meta(Form.Meta):
        csrf = False


class RowForm(_Row):
    """One line that was read."""

    key = StringField(widget=HiddenInput(), validators=[InputRequired(), Length(max=20)])
    take = BooleanField(_l("Nhận"))
    text = TextAreaField(_l("Nội dung"), [Optional(), Length(max=LONGEST_TEXT)])
    lead = StringField(_l("Chủ trì"), [Optional(), Length(max=4000)], render_kw=_UNITS)
    coordinate = StringField(_l("Phối hợp"), [Optional(), Length(max=8000)], render_kw=_UNITS)
    due = StringField(_l("Thời hạn"), [Optional(), Length(max=200)])
    product = StringField(_l("Sản phẩm"), [Optional(), Length(max=LONGEST_PRODUCT)])
    given_on = StringField(_l("Ngày giao"), [Optional(), Length(max=100)], render_kw=_DAY)
    is_done = BooleanField(_l("Đã hoàn thành"))
    done_on = StringField(_l("Ngày hoàn thành"), [Optional(), Length(max=100)], render_kw=_DAY)

    @property
    def change(self) -> Change:
        """The line as it was left."""
        return Change(
            self.text.data or "", _lines(self.lead.data), _lines(self.coordinate.data),
            self.due.data or "", self.product.data or "", bool(self.take.data),
            bool(self.is_done.data), self.done_on.data or "", self.given_on.data,
        )  # fmt: skip


class ImportForm(Form):
    """The heading and one page of lines."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)])
    source = StringField(_l("Văn bản giao"), [Optional(), Length(max=300)])
    given_on = DateField(_l("Ngày giao"), [DataRequired()])
    meeting = SelectField(_l("Kết luận của cuộc họp"), coerce=int, default=0)
    rows = FieldList(FormField(RowForm), max_entries=MOST_ON_PAGE)
    #: pressed instead of saving only
    taking = BooleanField(_l("Nhận"))
    adding = BooleanField(_l("Thêm dòng"))
    choosing = BooleanField(_l("Chọn mọi dòng đọc được"))
    with_done = BooleanField(_l("Chọn cả việc đã xong"))
    #: a name as it stands and the one that is meant, in every line
    using = StringField(validators=[Optional(), Length(max=500)])

    def offer_meetings(self, meetings: Iterable[Meeting]) -> None:
        """Say which meetings the orders may come from."""
        self.meeting.choices = _meetings(meetings)

    @property
    def heading(self) -> Heading:
        """What was said of the whole."""
        return Heading(self.source.data or "", self.given_on.data, self.meeting.data or None)

    @property
    def renaming(self) -> tuple[str, str] | None:
        """The name that stands and the one that is meant, when one was pressed."""
        old, mark, new = (self.using.data or "").partition("\t")
        return (old, new) if mark else None

    @property
    def changes(self) -> dict[str, Change]:
        """The lines as they were left, by key."""
        return {entry.form.key.data: entry.form.change for entry in self.rows.entries}


def filled(found: TaskImport, lines: Iterable[Line]) -> ImportForm:
    """Return the form of a page as it is kept."""
    rows = []
    for line in lines:
        row, unread = line.row, dict(line.row.unread_days)
        rows.append(
            {
                "key": row.key, "take": row.take, "text": row.text, "lead": "; ".join(row.lead),
                "coordinate": "; ".join(row.coordinate), "due": due_words(row),
                "product": row.product,
                "given_on": f"{row.given_on:%d/%m/%Y}" if row.given_on else unread.get("given_on"),
                "is_done": row.progressed == Progressed.DONE,
                "done_on": f"{row.done_on:%d/%m/%Y}" if row.done_on else unread.get("done_on"),
            }
        )  # fmt: skip
    return ImportForm(
        formdata=None,
        data={
            "version": found.version, "source": found.source, "given_on": found.given_on,
            "meeting": found.meeting_id or 0, "rows": rows,
        },
    )  # fmt: skip


class VersionForm(Form):
    """A decision that names the version it was made on."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)])


class ColumnsForm(VersionForm):
    """Which line names the columns, and which column holds what; -1 is none."""

    header = SelectField(_l("Dòng tiêu đề"), coerce=int)

    def offer(self, lines: Sequence[Sequence[str]], columns: Sequence[str]) -> None:
        """Say which lines and columns there are."""
        self.header.choices = choices(
            (
                n,
                _(
                    "Dòng %(line)s: %(words)s",
                    line=n + 1,
                    words=" | ".join(filter(None, line))[:80],
                ),
            )
            for n, line in enumerate(lines)
        )
        offered = choices([(-1, _("Không có")), *enumerate(columns)])
        for field in FIELDS:
            self[f"column_{field}"].choices = offered

    @property
    def chosen(self) -> dict[str, int]:
        """The column of each field that has one."""
        at = {field: self[f"column_{field}"].data for field in FIELDS}
        return {field: place for field, place in at.items() if place >= 0}


for _field in FIELDS:
    setattr(
        ColumnsForm, f"column_{_field}", SelectField(FIELD_NAMES[_field], coerce=int, default=-1)
    )


def _meetings(meetings: Iterable[Meeting]) -> list[object]:
    named = [(m.id, f"{clock.local(m.starts_at):%d/%m/%Y} · {m.title}") for m in meetings]
    return list(choices([(0, _("Không chọn")), *named]))


def _lines(text: str | None) -> tuple[str, ...]:
    parts = (text or "").replace(";", "\n").splitlines()
    return tuple(" ".join(part.split()) for part in parts if part.strip())
