"""Forms of series: how a meeting repeats, beside everything else of its plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from meetly.errors import BadInput
from meetly.forms import Form, choices
from meetly.meetings.audience import Audience
from meetly.meetings.forms import MeetingForm
from meetly.meetings.series.models import HolidayPolicy, Series
from meetly.meetings.series.occurrences import pattern_of
from meetly.meetings.series.recurrence import LAST, MOST_COUNT, MOST_INTERVAL, Rule, Shape
from meetly.meetings.series.service import Design
from meetly.meetings.series.telling import WEEKDAYS
from meetly.meetings.series.template import MOST_DAYS, Expected, expected

#: What a secretary may choose; the day of the first meeting says the rest.
REPEATS = {
    "": _l("Không lặp lại"),
    "daily": _l("Hằng ngày"),
    "working": _l("Mọi ngày làm việc"),
    "weekly": _l("Hằng tuần"),
    "weekday": _l("Hằng tháng, theo thứ (như thứ Hai đầu tiên)"),
    "last_weekday": _l("Hằng tháng, vào thứ ấy cuối cùng"),
    "day": _l("Hằng tháng, vào ngày ấy"),
    "last_day": _l("Hằng tháng, vào ngày cuối tháng"),
}
POLICIES = {
    HolidayPolicy.SKIP: _l("Nghỉ buổi đó"),
    HolidayPolicy.NEXT_WORKING_DAY: _l("Lùi sang ngày làm việc kế tiếp"),
    HolidayPolicy.PREVIOUS_WORKING_DAY: _l("Đưa lên ngày làm việc trước đó"),
    HolidayPolicy.KEEP: _l("Vẫn họp"),
}
#: Who owes a report.
OWERS = {
    "invited": _l("Mọi đơn vị được mời"),
    "localities": _l("Các xã, phường, đặc khu"),
    "departments": _l("Các sở, ban, ngành"),
}
REPORT_ROWS = 3


class ReportRow(Form):
    """One report that every meeting expects; a row without words is none."""

    class Meta(Form.Meta):
        csrf = False

    title = StringField(_l("Báo cáo"), [Optional(), Length(max=300)])
    owers = SelectField(_l("Đơn vị nộp"), choices=choices(OWERS.items()), default="localities")
    point = IntegerField(_l("Mục"), [Optional(), NumberRange(min=0, max=60)])
    days_before = IntegerField(
        _l("Trước (ngày làm việc)"), [Optional(), NumberRange(min=0, max=MOST_DAYS)]
    )
    by = TimeField(_l("Giờ"), [Optional()])

    def paper(self) -> Expected:
        """Return what was typed."""
        owers = self.owers.data or "invited"
        groups = ("departments", "localities") if owers == "invited" else (owers,)
        return Expected(
            title=self.title.data, point=self.point.data or 0, audience=Audience(groups=groups),
            days_before=2 if self.days_before.data is None else self.days_before.data,
            by=self.by.data or time(16, 0),
        )  # fmt: skip


class RepeatingForm(MeetingForm):
    """A plan of a meeting that may repeat."""

    repeat = SelectField(_l("Lặp lại"), choices=choices(REPEATS.items()), default="")
    interval = IntegerField(
        _l("Cách quãng"),
        [Optional(), NumberRange(min=1, max=MOST_INTERVAL)],
        description=_l("2 là hai tuần (hoặc hai tháng) một lần."),
    )
    weekdays = SelectMultipleField(
        _l("Vào các thứ"),
        coerce=int,
        choices=choices(enumerate(WEEKDAYS)),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Để trống thì lấy thứ của ngày họp."),
    )
    until = DateField(_l("Đến hết ngày"), [Optional()])
    count = IntegerField(_l("Hoặc số buổi"), [Optional(), NumberRange(min=1, max=MOST_COUNT)])
    holidays = SelectField(
        _l("Gặp ngày nghỉ lễ"), choices=choices(POLICIES.items()), default=HolidayPolicy.SKIP
    )
    reports = FieldList(FormField(ReportRow), label=_l("Báo cáo phải nộp"),
                        min_entries=REPORT_ROWS, max_entries=20)  # fmt: skip

    @property
    def repeats(self) -> bool:
        """Whether a series is wanted rather than one meeting."""
        return bool(self.repeat.data)

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check the fields and that the rule can be one."""
        if not super().validate(extra_validators):
            return False
        if not self.repeats:
            return True
        try:
            self.rule().checked()
        except BadInput as error:
            self.repeat.errors = [_(error.template, **error.values)]
            return False
        return True

    def must_repeat(self) -> None:
        """Refuse a series that repeats nothing."""
        if not self.repeats:
            raise BadInput("Hãy chọn cách lặp lại; muốn thôi thì dừng loạt họp.")

    def rule(self) -> Rule:
        """Return the rule that was chosen, for a first meeting on the day that was typed."""
        day: date = self.day.data
        common = {
            "interval": self.interval.data or 1, "until": self.until.data,
            "count": self.count.data,
        }  # fmt: skip
        match self.repeat.data:
            case "daily":
                return Rule(Shape.DAILY, **common)
            case "working":
                return Rule(Shape.WORKING_DAYS, **{**common, "interval": 1})
            case "weekly":
                days = tuple(sorted(self.weekdays.data or [day.weekday()]))
                return Rule(Shape.WEEKLY, weekdays=days, **common)
            case "weekday":
                nth = min((day.day + 6) // 7, 4)
                return Rule(Shape.MONTHLY_WEEKDAY, nth=nth, weekdays=(day.weekday(),), **common)
            case "last_weekday":
                return Rule(Shape.MONTHLY_WEEKDAY, nth=LAST, weekdays=(day.weekday(),), **common)
            case "day":
                return Rule(Shape.MONTHLY_DAY, day=day.day, **common)
        return Rule(Shape.MONTHLY_DAY, day=LAST, **common)

    def design(self) -> Design:
        """Return the series that was typed."""
        return Design(
            plan=self.plan(), audience=self.audience(), rule=self.rule(),
            holidays=HolidayPolicy(self.holidays.data),
            reports=tuple(row.form.paper() for row in self.reports if row.title.data),
        )  # fmt: skip


def repeated(series: Series) -> dict[str, Any]:
    """Return how a series repeats as the fields of the form hold it."""
    rule = pattern_of(series).rule
    repeat = {
        (Shape.MONTHLY_WEEKDAY, LAST): "last_weekday", (Shape.MONTHLY_DAY, LAST): "last_day",
    }.get((rule.shape, rule.nth if rule.shape == Shape.MONTHLY_WEEKDAY else rule.day))  # fmt: skip
    return {
        "repeat": repeat or rule.shape.value,
        "interval": rule.interval if rule.interval > 1 else None,
        "weekdays": list(rule.weekdays) if rule.shape == Shape.WEEKLY else [],
        "until": rule.until, "count": rule.count, "holidays": series.holidays,
        "reports": [_row(report) for report in expected(series.template)],
    }  # fmt: skip


def _row(report: Expected) -> dict[str, Any]:
    groups = report.audience.groups
    return {
        "title": report.title, "point": report.point or None,
        "owers": groups[0] if len(groups) == 1 and groups[0] in OWERS else "invited",
        "days_before": report.days_before, "by": report.by,
    }  # fmt: skip
