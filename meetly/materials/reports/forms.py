"""Forms of reports due: ask units for one, change it, and file it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from meetly import clock
from meetly.accounts.models import Unit
from meetly.forms import Form, choices
from meetly.materials.reports.models import ReportRequest
from meetly.materials.reports.service import LONGEST_NOTE, LONGEST_TITLE
from meetly.meetings.audience import GROUPS, Audience
from meetly.meetings.lead_times import working_days
from meetly.meetings.models import AgendaItem, Meeting

#: The choice that stands for the meeting as a whole.
WHOLE = 0
#: When reports are usually due: the working day before the meeting, at this time.
USUAL = time(16)


class ChangeForm(Form):
    """What is owed and by when."""

    title = StringField(
        _l("Tên báo cáo"),
        [DataRequired(), Length(max=LONGEST_TITLE)],
        render_kw={"autocomplete": "off"},
    )
    day = DateField(_l("Ngày nộp"), [InputRequired()])
    by = TimeField(_l("Trước giờ"), [InputRequired()])
    item = SelectField(_l("Dùng cho"), coerce=int)
    note = TextAreaField(
        _l("Yêu cầu"),
        [Optional(), Length(max=LONGEST_NOTE)],
        description=_l("Số liệu, biểu mẫu, người liên hệ…"),
    )
    everywhere = BooleanField(_l("Áp dụng cho mọi đơn vị nộp báo cáo này"))

    def offer(self, meeting: Meeting) -> None:
        """Say for which points of the agenda it may be."""
        self.places: dict[int, AgendaItem | None] = {WHOLE: None}
        self.places |= {item.id: item for item in meeting.agenda}
        self.item.choices = choices(
            (key, f"{item.ordinal}. {item.title}" if item else _("Cả cuộc họp"))
            for key, item in self.places.items()
        )

    def due_at(self) -> datetime:
        """Return the deadline."""
        day: date = self.day.data
        by: time = self.by.data
        return clock.from_local(datetime.combine(day, by))


class AskForm(ChangeForm):
    """A report that is asked of several units at once."""

    everywhere = None
    all_localities = BooleanField(_l("Tất cả xã, phường, đặc khu"))
    all_departments = BooleanField(_l("Tất cả sở, ban, ngành"))
    all_communes = BooleanField(_l("Tất cả xã"))
    all_wards = BooleanField(_l("Tất cả phường"))
    units = SelectMultipleField(
        _l("Từng đơn vị"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer_units(self, units: Iterable[Unit]) -> None:
        """Say who can be asked."""
        self.offered = list(units)
        self.units.choices = choices((unit.id, unit.name) for unit in self.offered)

    def chosen(self) -> list[Unit]:
        """List the units ticked one by one or by their group."""
        groups = tuple(group for group in GROUPS if self[f"all_{group}"].data)
        audience = Audience(groups=groups, unit_ids=tuple(self.units.data or ()))
        wanted = set(audience.resolve(self.offered))
        return [unit for unit in self.offered if unit.id in wanted]


class FileForm(Form):
    """The file of a report."""

    file = FileField(_l("Tệp"), [FileRequired(_l("Hãy chọn tệp."))])


def usual(meeting: Meeting) -> dict[str, object]:
    """Return the deadline that is offered first."""
    due = clock.local(working_days(1, USUAL)(meeting.starts_at))
    return {"day": due.date(), "by": due.time()}


def typed(request: ReportRequest) -> dict[str, object]:
    """Return a report due as the fields of the form hold it."""
    due = clock.local(request.due_at)
    return {
        "title": request.title, "day": due.date(), "by": due.time(), "note": request.note,
        "item": request.agenda_item_id or WHOLE, "everywhere": True,
    }  # fmt: skip
