"""Pages of scoring: records for emulation, the tasks behind a score, the formula, files."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import clock, web
from meetly.accounts.access import members
from meetly.accounts.models import Role, Unit
from meetly.errors import BadInput, MeetlyError, NotAllowed, NotFound
from meetly.extensions import db
from meetly.folding import fold
from meetly.forms import Form
from meetly.tasks.routes import MEMBERS, blueprint
from meetly.tasks.scoring import papers, periods, service
from meetly.tasks.scoring.counting import By, Subject
from meetly.tasks.scoring.document import record_docx
from meetly.tasks.scoring.forms import FixForm, FormulaForm, GeneralForm
from meetly.tasks.scoring.formula import DEFAULT, most
from meetly.tasks.scoring.periods import Period
from meetly.tasks.scoring.wording import (
    EXTENSION_NAMES,
    GRADE_NAMES,
    GRADE_TONES,
    STANDING_NAMES,
    STANDING_TONES,
    period_name,
    points,
)
from meetly.workbook import xlsx

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEEPERS = (Role.SECRETARY, Role.LEADER)
#: How many lines the effect of a formula is shown on.
SHOWN_EFFECT = 20
_ID = "int(max=2147483647)"
_RECORD = f"/records/<{_ID}:owner_id>/<record_period>/<scored_by>"


@blueprint.app_context_processor
def _record_words() -> dict[str, object]:
    return {
        "grade_names": GRADE_NAMES, "grade_tones": GRADE_TONES, "standing_names": STANDING_NAMES,
        "standing_tones": STANDING_TONES, "extension_names": EXTENSION_NAMES, "points": points,
        "period_name": period_name,
    }  # fmt: skip


# -- reading ---------------------------------------------------------------------------------


@blueprint.get("/records")
@members(*MEMBERS)
def records() -> ResponseReturnValue:
    """Show how units or officers did in a period, the best first."""
    key = request.args.get("period", "")
    period = periods.read(key) if key else periods.month_of(clock.today())
    by = _by(request.args.get("by", By.UNIT))
    found = service.owners(current_user, period)
    asked = request.args.get("unit", type=int)
    offered = periods.offered(clock.today())
    if not found and asked is None:
        return render_template("tasks/records.html", record=None, period=period, offered=offered)
    owner = service.owner_of(current_user, asked, period)
    record = service.record(current_user, owner, period, by)
    return render_template(
        "tasks/records.html", record=record, period=period, owners=found, offered=offered,
        may_decide=service.may_decide(current_user, owner), form=FixForm(),
        is_over=period.last < clock.today(),
    )  # fmt: skip


@blueprint.get(f"{_RECORD}/<{_ID}:subject_id>")
@members(*MEMBERS)
def record_behind(
    owner_id: int, record_period: str, scored_by: str, subject_id: int
) -> ResponseReturnValue:
    """Show the tasks behind one score and what each cost."""
    owner, period, by = _asked(owner_id, record_period, scored_by)
    return _behind(owner, period, by, _subject(subject_id), GeneralForm(formdata=None))


@blueprint.get(f"{_RECORD}/record.xlsx")
@members(*KEEPERS)
def records_sheet(owner_id: int, record_period: str, scored_by: str) -> ResponseReturnValue:
    """Hand out a record as a spreadsheet."""
    record = _whole(owner_id, record_period, scored_by)
    rows = [papers.row(line) for line in record.lines]
    file = xlsx(
        _("Kết quả %(period)s", period=record.period.key), papers.columns(record.by), rows,
        widths=papers.WIDTHS,
    )  # fmt: skip
    return _given(file, XLSX, f"{_name(record)}.xlsx")


@blueprint.get(f"{_RECORD}/record.docx")
@members(*KEEPERS)
def records_paper(owner_id: int, record_period: str, scored_by: str) -> ResponseReturnValue:
    """Hand out a record as an official paper."""
    record = _whole(owner_id, record_period, scored_by)
    return _given(record_docx(papers.sheet_of(record)), DOCX, f"{_name(record)}.docx")


# -- deciding --------------------------------------------------------------------------------


@blueprint.post(f"{_RECORD}/fix")
@members(Role.LEADER)
def fix_record(owner_id: int, record_period: str, scored_by: str) -> ResponseReturnValue:
    """Fix the record of a period that is over."""
    owner, period, by = _asked(owner_id, record_period, scored_by)
    if not FixForm().validate_on_submit():
        raise BadInput()
    service.fix(current_user, owner, period, by)
    db.session.commit()
    web.good(_("Đã chốt kết quả %(period)s.", period=period_name(period)))
    return redirect(url_for("tasks.records", unit=owner.id, period=period.key, by=by.value))


@blueprint.post(f"{_RECORD}/<{_ID}:subject_id>/general")
@members(Role.LEADER)
def set_general_points(
    owner_id: int, record_period: str, scored_by: str, subject_id: int
) -> ResponseReturnValue:
    """Give somebody other general points for a month."""
    owner, period, by = _asked(owner_id, record_period, scored_by)
    subject, form = _subject(subject_id), GeneralForm()
    if form.validate_on_submit():
        try:
            service.set_general(
                current_user, owner, period, by, subject, form.hundredths, form.reason.data
            )
        except BadInput as error:
            _refused(form, error)
        else:
            db.session.commit()
            web.good(_("Đã lưu điểm tiêu chí chung."))
            return redirect(
                url_for("tasks.record_behind", owner_id=owner_id, record_period=record_period,
                        scored_by=scored_by, subject_id=subject_id)
            )  # fmt: skip
    if not service.may_decide(current_user, owner):
        raise NotAllowed()
    return _behind(owner, period, by, subject, form), 422


@blueprint.get(f"/records/<{_ID}:owner_id>/formula")
@members(*KEEPERS)
def record_formula(owner_id: int) -> ResponseReturnValue:
    """Show the formula of a unit and those before it."""
    owner = _kept(owner_id)
    formula, grounds = service.formula_on(owner, clock.today())
    return _formula(owner, FormulaForm(formdata=None, data=formula.values() | {"grounds": grounds}))


@blueprint.post(f"/records/<{_ID}:owner_id>/formula")
@members(Role.LEADER)
def set_record_formula(owner_id: int) -> ResponseReturnValue:
    """Let a formula count from a month on, or show first what it would change."""
    owner, form = _kept(owner_id), FormulaForm()
    if not service.may_decide(current_user, owner):
        raise NotAllowed()
    form.offer(clock.today())
    if form.validate_on_submit():
        try:
            formula = form.formula()
            if "preview" in request.form:
                return _formula(owner, form, service.effect(owner, formula))
            service.set_formula(current_user, owner, form.first_day, formula, form.grounds.data)
        except MeetlyError as error:
            _refused(form, error)
        else:
            db.session.commit()
            web.good(_("Công thức mới áp dụng từ %(day)s.", day=web.day(form.first_day)))
            return redirect(url_for("tasks.record_formula", owner_id=owner.id))
    return _formula(owner, form), 422


# -- pieces ----------------------------------------------------------------------------------


def _by(written: str) -> By:
    if written not in set(By):
        raise NotFound()
    return By(written)


def _asked(owner_id: int, key: str, scored_by: str) -> tuple[Unit, Period, By]:
    period = periods.read(key)
    return service.owner_of(current_user, owner_id, period), period, _by(scored_by)


def _subject(subject_id: int) -> Subject:
    """Return who is meant: 0 stands for a name the directory does not know."""
    if subject_id:
        return Subject(subject_id)
    return Subject(None, request.args.get("called", ""))


def _kept(owner_id: int) -> Unit:
    owner = db.session.get(Unit, owner_id)
    if owner is None or not service.may_keep(current_user, owner):
        raise NotFound()
    return owner


def _whole(owner_id: int, key: str, scored_by: str) -> service.Record:
    owner, period, by = _asked(owner_id, key, scored_by)
    if not service.may_keep(current_user, owner):
        raise NotAllowed()
    return service.record(current_user, owner, period, by)


def _behind(owner: Unit, period: Period, by: By, subject: Subject, form: GeneralForm) -> str:
    after = request.args.get("after", "")
    found = service.behind(current_user, owner, period, by, subject, after=after)
    formula, _grounds = service.formula_on(owner, period.first)
    may_set = period.is_month and subject.id and service.may_decide(current_user, owner)
    given = service.general_of(owner, period, by, subject.id) if subject.id else None
    if not form.is_submitted():
        form.points.data = points(given.points if given else formula.general * 100)
        form.reason.data = given.reason if given else ""
    return render_template(
        "tasks/record_behind.html", owner=owner, period=period, by=by, subject=subject,
        found=found, most=most(formula), form=form, given=given, continued=bool(after),
        may_set=bool(may_set) and not service.fixed_of(owner, period, by),
        fixed=service.fixed_of(owner, period, by),
    )  # fmt: skip


def _formula(owner: Unit, form: FormulaForm, effect: Any = None) -> str:
    form.offer(clock.today())
    return render_template(
        "tasks/record_formula.html", owner=owner, form=form, default=DEFAULT, effect=effect,
        shown=SHOWN_EFFECT, older=service.formulas_of(owner),
        may_decide=service.may_decide(current_user, owner),
    )  # fmt: skip


def _refused(form: Form, error: MeetlyError) -> None:
    db.session.rollback()
    form.form_errors.append(_(error.template, **error.values))


def _name(record: service.Record) -> str:
    unit = fold(record.owner.name).replace(" ", "-")
    return f"ket-qua-nhiem-vu-{unit}-{record.period.key}-{record.by.value}"


def _given(file: bytes, media_type: str, name: str) -> Response:
    answer = send_file(
        io.BytesIO(file), mimetype=media_type, as_attachment=True, download_name=name
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
