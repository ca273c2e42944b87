"""Forms of reminding: a unit's plan, and the deadline it is shown for."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.validators import ValidationError as Wrong

from meetly.forms import Form, choices
from meetly.tasks.reminding.plan import MOST_AFTER, MOST_BEFORE, Hearer, Plan, Rung

HEARERS = {
    Hearer.UNIT: _l("Cả đơn vị chủ trì"),
    Hearer.UNIT_HEAD: _l("Lãnh đạo đơn vị chủ trì"),
    Hearer.OFFICE: _l("Thư ký và người theo dõi của đơn vị giao"),
    Hearer.LEADER: _l("Lãnh đạo đơn vị giao"),
}
ROWS = 5


class RungRow(Form):
    """One step of the ladder; a row without days is none."""

    class Meta(Form.Meta):
        csrf = False

    after = IntegerField(_l("Sau hạn (ngày)"), [Optional(), NumberRange(min=1, max=MOST_AFTER)])
    to = SelectField(
        _l("Người được báo"), choices=choices(HEARERS.items()), default=Hearer.UNIT_HEAD
    )


class PlanForm(Form):
    """When the tasks of a unit are recalled, and who hears of missed deadlines."""

    before = StringField(
        _l("Nhắc trước hạn (ngày)"),
        [Length(max=60)],
        description=_l("Ví dụ: 7, 3, 1, 0. Số 0 là chính ngày đến hạn."),
        render_kw={"autocomplete": "off"},
    )
    ladder = FieldList(
        FormField(RungRow), label=_l("Khi quá hạn"), min_entries=ROWS, max_entries=10
    )
    digest_at = TimeField(
        _l("Giờ gửi thư mỗi ngày"),
        [InputRequired()],
        description=_l("Mỗi người nhận một thư gộp mọi việc của ngày hôm đó."),
    )
    quiet_from = TimeField(
        _l("Yên lặng từ"),
        [InputRequired()],
        description=_l("Việc đến lúc này chờ thư của ngày hôm sau."),
    )
    quiet_until = TimeField(
        _l("Yên lặng đến"),
        [InputRequired()],
        description=_l("Hai giờ bằng nhau là không có giờ yên lặng."),
    )
    rests = BooleanField(
        _l("Không nhắc vào ngày nghỉ"),
        description=_l(
            "Lời nhắc trước hạn chuyển về ngày làm việc liền trước, báo quá hạn sang ngày làm "
            "việc sau."
        ),
    )

    def validate_before(self, bound: StringField) -> None:
        """Accept only whole numbers of days."""
        words = _numbers(bound.data)
        if any(not word.isascii() or not word.isdigit() or len(word) > 3 for word in words):
            raise Wrong(_("Ghi số ngày, cách nhau bằng dấu phẩy: 7, 3, 1, 0."))
        if any(int(word) > MOST_BEFORE for word in words):
            raise Wrong(_("Nhắc trước hạn từ 0 đến %(most)s ngày.", most=MOST_BEFORE))

    def plan(self) -> Plan:
        """Return what was typed."""
        rungs = {
            Rung(row.form.after.data, Hearer(row.form.to.data))
            for row in self.ladder
            if row.form.after.data
        }
        return Plan(
            before=tuple(sorted({int(word) for word in _numbers(self.before.data)}, reverse=True)),
            ladder=tuple(sorted(rungs, key=lambda rung: (rung.after, rung.to))),
            digest_at=self.digest_at.data, quiet_from=self.quiet_from.data,
            quiet_until=self.quiet_until.data, rests=bool(self.rests.data),
        )  # fmt: skip


class ExampleForm(Form):
    """Part of the page's address; it changes nothing and needs no token."""

    class Meta(Form.Meta):
        csrf = False

    due = DateField(_l("Thời hạn"), [Optional()])


def filled(plan: Plan) -> dict[str, Any]:
    """Return the values with which the form shows a plan."""
    rungs = [{"after": rung.after, "to": rung.to.value} for rung in plan.ladder]
    return {
        "before": ", ".join(map(str, plan.before)), "ladder": rungs,
        "digest_at": plan.digest_at, "quiet_from": plan.quiet_from,
        "quiet_until": plan.quiet_until, "rests": plan.rests,
    }  # fmt: skip


def _numbers(typed: str | None) -> list[str]:
    return [word for word in re.split(r"[\s,;]+", typed or "") if word]
