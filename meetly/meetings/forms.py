"""Forms of meetings: one page to plan a meeting, its cancelling, and the roll."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
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
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from meetly import clock
from meetly.accounts.models import Unit, User
from meetly.folding import fold
from meetly.forms import Form, choices
from meetly.meetings.audience import GROUPS, Audience
from meetly.meetings.conference import registry
from meetly.meetings.conference.engines import PLAIN
from meetly.meetings.models import (
    Answer,
    Attendance,
    AttendanceStatus,
    Invitation,
    MeetingStatus,
)
from meetly.meetings.plan import LONGEST_NUMBER, USUAL, AgendaPlan, MeetingPlan

#: Rows of the agenda a fresh page shows, and how many one click adds.
ROWS = 6
MORE_ROWS = 4
LONGEST_POINT = 600
#: A day outside these years is a typing mistake.
FIRST_YEAR, LAST_YEAR = 2000, 2200

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


STATUS_TONES = {
    AttendanceStatus.PRESENT: "good",
    AttendanceStatus.SUBSTITUTE: "accent",
    AttendanceStatus.LATE: "waiting",
    AttendanceStatus.ABSENT: "neutral",
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


def _in_our_time(_form: Form, field: DateField) -> None:
    if field.data and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(_("Năm họp phải từ 2000 đến 2200."))


class MeetingForm(Form):
    """Everything about a meeting on one page."""

    title = StringField(_l("Tên cuộc họp"), [DataRequired(), Length(max=300)])
    day = DateField(_l("Ngày họp"), [InputRequired(), _in_our_time])
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
    engine = SelectField(_l("Hình thức họp trực tuyến"), default=PLAIN)
    agenda = FieldList(
        FormField(AgendaRow), label=_l("Chương trình"), min_entries=ROWS, max_entries=60
    )
    all_localities = BooleanField(_l("Tất cả xã, phường, đặc khu"))
    all_departments = BooleanField(_l("Tất cả sở, ban, ngành"))
    all_communes = BooleanField(_l("Tất cả xã"))
    all_wards = BooleanField(_l("Tất cả phường"))
    #: the groups whose units are ticked one by one already, so that those without a tick are out
    applied = StringField()
    units = SelectMultipleField(
        _l("Từng đơn vị"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    people = SelectMultipleField(_l("Mời đích danh"), coerce=int, validate_choice=False)
    letter_number = StringField(
        _l("Số giấy mời"),
        [Optional(), Length(max=LONGEST_NUMBER)],
        render_kw={"autocomplete": "off", "placeholder": "12/GM-UBND"},
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
        self.engine.choices = choices(registry.choices().items())

    #: the row to write in next, after rows were added
    first_new_row = -1

    def add_rows(self) -> None:
        """Show a few more empty rows of the agenda."""
        self.first_new_row = len(self.agenda.entries)
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
            people_ids=tuple(self.people.data or ()), engine=self.engine.data or PLAIN,
            letter_number=self.letter_number.data or "",
        )  # fmt: skip

    def sketch(self) -> MeetingPlan | None:
        """Return what can be looked up of a page that is not finished; None without a time.

        Only people who may be chosen are looked up: a form cannot ask about anybody else.
        """
        day = self.day.data
        if not day or not self.starts.data or not FIRST_YEAR <= day.year <= LAST_YEAR:
            return None
        plan = self.plan()
        if not plan.starts_at < plan.ends_at:
            return None
        chair, secretary = ({c.value for c in f.choices} for f in (self.chair, self.secretary))
        return replace(
            plan,
            chair_id=plan.chair_id if plan.chair_id in chair else None,
            secretary_id=plan.secretary_id if plan.secretary_id in secretary else None,
        )

    def move_to(self, start: datetime) -> None:
        """Set another start; the meeting stays as long as it is."""
        plan = self.sketch()
        begins = clock.local(start)
        ends = clock.local(start + (plan.ends_at - plan.starts_at if plan else USUAL))
        for field, value in ((self.day, begins.date()), (self.starts, begins.time()),
                             (self.ends, ends.time())):  # fmt: skip
            field.data, field.raw_data = value, None

    def audience(self) -> Audience:
        """Return who is invited, by group where a group is ticked."""
        return Audience.ticked(
            self.chosen(), self.ticked_groups(), self.offered, self.people.data or ()
        )

    def chosen(self) -> list[int]:
        """List the units chosen one by one or all of a kind at once."""
        fresh = Audience(
            groups=tuple(group for group in self.ticked_groups() if group not in self._applied()),
            unit_ids=tuple(self.units.data or ()),
        )
        return list(fresh.resolve(self.offered))

    def ticked_groups(self) -> list[str]:
        """Name the groups that are ticked."""
        return [group for group in GROUPS if self[f"all_{group}"].data]

    def spread(self) -> None:
        """Tick the units of a group that was ticked now; clear those of one no longer ticked."""
        groups, applied = self.ticked_groups(), self._applied()
        gone = Audience(groups=tuple(group for group in applied if group not in groups))
        kept = set(self.units.data or ()) - set(gone.resolve(self.offered))
        fresh = Audience(
            groups=tuple(group for group in groups if group not in applied), unit_ids=tuple(kept)
        )
        self.units.data = list(fresh.resolve(self.offered))
        self.applied.data = ",".join(groups)

    def recognise(self) -> None:
        """Tick the groups of which all, or nearly all, units are invited."""
        groups = Audience.recognised(self.units.data or (), self.offered).groups
        for group in groups:
            self[f"all_{group}"].data = True
        self.applied.data = ",".join(groups)

    def _applied(self) -> list[str]:
        return [group for group in (self.applied.data or "").split(",") if group in GROUPS]

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
        "units": list(plan.unit_ids), "people": list(plan.people_ids),
        "letter_number": plan.letter_number, "engine": plan.engine,
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
    def saved(self) -> str:
        """What a page shows once this row was written."""
        return _seen(*self.said())

    @property
    def touched(self) -> bool:
        """Whether something differs from what the page showed."""
        return bool(self.seen.data != self.saved)


class RollForm(Form):
    """The roll of a meeting, one row a unit."""

    rows = FieldList(FormField(RollRow))


def called(
    roll: Iterable[tuple[Unit, Attendance | None]], announced: Mapping[int, Invitation]
) -> dict[str, Any]:
    """Return the roll as the fields of the form hold it.

    A unit that was not called yet begins with whom it announced; nothing of that is written
    before the secretary saves the row.
    """
    rows = []
    for unit, row in roll:
        status, person = (row.status, row.person) if row else (None, "")
        seen = _seen(status, person)
        if row is None and unit.id in announced:
            said = announced[unit.id]
            person = said.attendee
            status = AttendanceStatus.SUBSTITUTE if said.answer == Answer.SUBSTITUTE else None
        rows.append({"unit": unit.id, "status": status or "", "person": person, "seen": seen})
    return {"rows": rows}


def roll_counts(roll: Iterable[tuple[Unit, Attendance | None]]) -> list[tuple[Any, int, str]]:
    """Count the units of each kind as (words, number, tone), those not called last."""
    counted = Counter(row.status if row else None for _unit, row in roll)
    counts = [(STATUS_NAMES[s], counted[s], STATUS_TONES[s]) for s in AttendanceStatus]
    return [*counts, (_l("Chưa rõ"), counted[None], "neutral")]


def _seen(status: AttendanceStatus | None, person: str) -> str:
    return f"{status or ''} | {person}"


def _names(unit: Unit) -> list[str]:
    return [unit.name, *unit.aliases]


def _titled(person: User) -> str:
    return f"{person.name}, {person.position}" if person.position else person.name
