"""Forms of meetings: one page to plan a meeting, its cancelling, and the roll."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from meetly import clock
from meetly.accounts.models import LOCALITIES, Unit, UnitKind, User
from meetly.folding import fold
from meetly.forms import Form, choices
from meetly.meetings.models import Attendance, AttendanceStatus, MeetingStatus
from meetly.meetings.plan import USUAL, AgendaPlan, MeetingPlan

#: Rows of the agenda a fresh page shows, and how many one click adds.
ROWS = 6
MORE_ROWS = 4
LONGEST_POINT = 600

#: How a meeting stands: words and tone.
STATES = {
    MeetingStatus.DRAFT: (_l("Bản nháp"), "neutral"),
    MeetingStatus.SCHEDULED: (_l("Đã mời"), "accent"),
    MeetingStatus.HELD: (_l("Đã họp"), "good"),
    MeetingStatus.CANCELLED: (_l("Đã hủy"), "waiting"),
}

STATUS_NAMES = {
    AttendanceStatus.PRESENT: _l("Có mặt"),
    AttendanceStatus.SUBSTITUTE: _l("Dự thay"),
    AttendanceStatus.LATE: _l("Vào muộn"),
    AttendanceStatus.ABSENT: _l("Vắng"),
}


class _Row(Form):
    """A row inside a form, which carries the token itself."""

    class Meta(Form.Meta):
        csrf = False


class AgendaRow(_Row):
    """One point of the agenda; a row without words is none."""

    item = IntegerField(widget=HiddenInput(), validators=[Optional()])
    title = StringField(_l("Nội dung"), [Optional(), Length(max=300)])
    unit = StringField(
        _l("Đơn vị trình bày"),
        [Optional(), Length(max=200)],
        render_kw={"list": "known-units", "autocomplete": "off"},
    )
    duration = IntegerField(
        _l("Số phút"),
        [Optional(), NumberRange(min=0, max=LONGEST_POINT)],
        render_kw={"inputmode": "numeric", "min": 0, "max": LONGEST_POINT},
    )


class MeetingForm(Form):
    """Everything about a meeting on one page."""

    title = StringField(_l("Tên cuộc họp"), [DataRequired(), Length(max=300)])
    day = DateField(_l("Ngày họp"), [InputRequired()])
    starts = TimeField(_l("Bắt đầu"), [InputRequired()])
    ends = TimeField(_l("Kết thúc"), [Optional()])
    place = StringField(_l("Địa điểm"), [Optional(), Length(max=300)])
    link = StringField(
        _l("Đường dẫn vào họp"),
        [Optional(), Length(max=500)],
        render_kw={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"},
    )
    chair = SelectField(_l("Chủ trì"), coerce=int)
    secretary = SelectField(_l("Thư ký"), coerce=int)
    agenda = FieldList(
        FormField(AgendaRow), label=_l("Chương trình"), min_entries=ROWS, max_entries=60
    )
    all_localities = BooleanField(_l("Tất cả xã, phường, đặc khu"))
    all_departments = BooleanField(_l("Tất cả sở, ban, ngành"))
    units = SelectMultipleField(
        _l("Từng đơn vị"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    note = TextAreaField(
        _l("Lưu ý"),
        [Optional(), Length(max=4000)],
        description=_l("Yêu cầu chuẩn bị, trang phục, người được dự thay…"),
    )
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def offer(
        self, host: Unit, units: Sequence[Unit], chairs: Sequence[User], secretaries: Sequence[User]
    ) -> None:
        """Say who can be chosen."""
        self.offered = list(units)
        self.known = {fold(name): unit for unit in [host, *units] for name in _names(unit)}
        self.units.choices = choices((unit.id, unit.name) for unit in units)
        for field, people in ((self.chair, chairs), (self.secretary, secretaries)):
            named = [(person.id, _titled(person)) for person in people]
            field.choices = choices([(0, _("Chưa chọn")), *named])

    def add_rows(self) -> None:
        """Show a few more empty rows of the agenda."""
        for _number in range(min(MORE_ROWS, self.agenda.max_entries - len(self.agenda.entries))):
            self.agenda.append_entry()

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check the fields and that every presenting unit is known by its name."""
        good = bool(super().validate(extra_validators))
        for row in self.agenda:
            name = (row.unit.data or "").strip()
            if name and fold(name) not in self.known:
                row.unit.errors = [_("Không có đơn vị tên này. Hãy chọn trong danh sách gợi ý.")]
                good = False
        if any(row.errors for row in self.agenda):
            self.agenda.errors = [_("Có dòng cần xem lại.")]
        return good

    def plan(self) -> MeetingPlan:
        """Return what was typed as a plan."""
        start = clock.from_local(datetime.combine(self.day.data, self.starts.data))
        end = start + USUAL
        if self.ends.data:
            end = clock.from_local(datetime.combine(self.day.data, self.ends.data))
        return MeetingPlan(
            title=self.title.data, starts_at=start, ends_at=end,
            place=self.place.data or "", link=self.link.data or "",
            chair_id=self.chair.data or None, secretary_id=self.secretary.data or None,
            note=self.note.data or "", unit_ids=tuple(self.chosen()),
            agenda=tuple(self._point(row) for row in self.agenda if (row.title.data or "").strip()),
        )  # fmt: skip

    def chosen(self) -> list[int]:
        """List the units chosen one by one or all of a kind at once."""
        kinds: set[str] = set()
        if self.all_localities.data:
            kinds |= set(LOCALITIES)
        if self.all_departments.data:
            kinds |= {UnitKind.DEPARTMENT, UnitKind.OFFICE, UnitKind.BODY}
        ticked = set(self.units.data or ())
        return [unit.id for unit in self.offered if unit.id in ticked or unit.kind in kinds]

    def _point(self, row: Any) -> AgendaPlan:
        unit = self.known.get(fold((row.unit.data or "").strip()))
        return AgendaPlan(
            title=row.title.data, unit_id=unit.id if unit else None,
            duration=row.duration.data or 0, id=row.item.data,
        )  # fmt: skip


def typed(plan: MeetingPlan, names: Mapping[int, str]) -> dict[str, Any]:
    """Return a plan as the fields of the form hold it."""
    start, end = clock.local(plan.starts_at), clock.local(plan.ends_at)
    return {
        "title": plan.title, "day": start.date(), "starts": start.time(), "ends": end.time(),
        "place": plan.place, "link": plan.link, "note": plan.note,
        "chair": plan.chair_id or 0, "secretary": plan.secretary_id or 0,
        "units": list(plan.unit_ids),
        "agenda": [
            {"item": item.id, "title": item.title, "duration": item.duration or None,
             "unit": names.get(item.unit_id or 0, "")}
            for item in plan.agenda
        ],
    }  # fmt: skip


class CancelForm(Form):
    """Why the meeting will not take place."""

    reason = TextAreaField(
        _l("Lý do hủy"),
        [DataRequired(), Length(max=2000)],
        description=_l("Các đơn vị được mời sẽ đọc được lý do này."),
    )
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])


class RollRow(_Row):
    """How one unit took part."""

    unit = IntegerField(widget=HiddenInput())
    status = RadioField(
        _l("Tham dự"),
        [Optional()],
        choices=choices([*STATUS_NAMES.items(), ("", _l("Chưa rõ"))]),
        default="",
    )
    person = StringField(_l("Người dự, ghi chú"), [Optional(), Length(max=200)])
    #: what the page showed, so that only what was changed on it is written
    seen = HiddenField()

    def said(self) -> tuple[AttendanceStatus | None, str]:
        """Return what was said about the unit."""
        status = AttendanceStatus(self.status.data) if self.status.data else None
        return status, (self.person.data or "").strip()

    @property
    def touched(self) -> bool:
        """Whether something differs from what the page showed."""
        return bool(self.seen.data != _seen(*self.said()))


class RollForm(Form):
    """The roll of a meeting, one row a unit."""

    rows = FieldList(FormField(RollRow))


def called(roll: Iterable[tuple[Unit, Attendance | None]]) -> dict[str, Any]:
    """Return the roll as the fields of the form hold it."""
    rows = []
    for unit, row in roll:
        status, person = (row.status, row.person) if row else (None, "")
        rows.append(
            {"unit": unit.id, "status": status or "", "person": person,
             "seen": _seen(status, person)}
        )  # fmt: skip
    return {"rows": rows}


def _seen(status: AttendanceStatus | None, person: str) -> str:
    return f"{status or ''} | {person}"


def _names(unit: Unit) -> list[str]:
    return [unit.name, *unit.aliases]


def _titled(person: User) -> str:
    return f"{person.name}, {person.position}" if person.position else person.name
