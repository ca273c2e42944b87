"""Pages of reports due: the board of a meeting, asking for one, and filing one's own."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from meetly import clock, web
from meetly.accounts.access import members
from meetly.accounts.models import Role, Unit
from meetly.config import settings
from meetly.errors import BadInput, MeetlyError, NoSpace, TooLarge, WrongState
from meetly.extensions import csrf, db
from meetly.forms import Form
from meetly.materials.formats import ACCEPT
from meetly.materials.reports import service
from meetly.materials.reports.forms import (
    AskForm,
    ChangeForm,
    FileForm,
    typed,
    usual,
)
from meetly.materials.reports.standing import STANDINGS, Standing
from meetly.materials.routes import admit, blueprint
from meetly.materials.uploads import service as uploads
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting

_ONE = "/reports/<int(max=2147483647):report_id>"


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"report_standings": STANDINGS}


# -- the board -------------------------------------------------------------------------------


@blueprint.get("/meetings/<int:meeting_id>/reports")
@members()
def reports(meeting_id: int) -> ResponseReturnValue:
    """Show what is due before a meeting: everybody's to its hosts, one's own to a unit."""
    meeting = meetings.get(current_user, meeting_id)
    found = service.of_meeting(current_user, meeting)
    is_host = meetings.is_host(current_user, meeting)
    return render_template(
        "materials/reports.html" if is_host else "materials/reports_owed.html", meeting=meeting,
        found=service.stood(found), board=service.board(found, clock.now()),
        order=(
            Standing.SENT, Standing.LATE, Standing.MISSING, Standing.OPEN, Standing.WAIVED,
        ),
        may_change=meetings.is_host(current_user, meeting, Role.SECRETARY),
        asks=meeting.status in service.ASKING,
    )  # fmt: skip


@blueprint.post("/meetings/<int:meeting_id>/reports/remind")
@members(Role.SECRETARY)
def remind_reports(meeting_id: int) -> ResponseReturnValue:
    """Remind the units whose reports are not here."""
    told = service.remind(current_user, meetings.get(current_user, meeting_id))
    db.session.commit()
    web.reminded(told, _("Không còn ai để nhắc: mọi đơn vị đã nộp, hoặc hôm nay đã được nhắc rồi."))
    return redirect(url_for("materials.reports", meeting_id=meeting_id))


# -- asking ----------------------------------------------------------------------------------


@blueprint.route("/meetings/<int:meeting_id>/reports/new", methods=["GET", "POST"])
@members(Role.SECRETARY)
def ask_reports(meeting_id: int) -> ResponseReturnValue:
    """Ask units of a meeting for a report."""
    meeting = meetings.get_to_change(current_user, meeting_id)
    form = AskForm(data=usual(meeting))
    form.offer(meeting)
    form.offer_units(_askable(meeting))
    if form.validate_on_submit():
        try:
            asked = service.request(
                current_user, meeting, form.title.data, form.chosen(), form.due_at(),
                item=form.places[form.item.data], note=form.note.data or "",
            )  # fmt: skip
        except (BadInput, WrongState) as error:
            _refused(form, error)
        else:
            db.session.commit()
            web.good(_("Đã giao báo cáo cho %(count)s đơn vị.", count=len(asked)))
            return redirect(url_for("materials.reports", meeting_id=meeting.id))
    kinds: dict[str, list[Unit]] = {}
    for unit in form.offered:
        kinds.setdefault(unit.kind, []).append(unit)
    return render_template(
        "materials/report_ask.html", form=form, meeting=meeting, kinds=kinds,
        ticked=set(form.units.data or ()),
    ), 422 if form.errors else 200  # fmt: skip


def _askable(meeting: Meeting) -> list[Unit]:
    wanted = meetings.invited_unit_ids(meeting) | {meeting.unit_id}
    found = db.session.scalars(select(Unit).where(Unit.id.in_(wanted)))
    return sorted(found, key=meetings.tree_place)


def _refused(form: Form, error: MeetlyError) -> None:
    db.session.rollback()
    form.form_errors.append(_(error.template, **error.values))


@blueprint.route(f"{_ONE}/change", methods=["GET", "POST"])
@members(Role.SECRETARY)
def change_report(report_id: int) -> ResponseReturnValue:
    """Change what one unit owes, or what all units do under this title."""
    found = service.get_to_change(current_user, report_id)
    form = ChangeForm(data=typed(found))
    form.offer(found.meeting)
    if form.validate_on_submit():
        due_at = form.due_at()
        if due_at == found.due_at.replace(second=0, microsecond=0):
            due_at = found.due_at  # the page shows minutes only
        try:
            service.change(
                current_user, found, title=form.title.data, due_at=due_at,
                note=form.note.data or "", item=form.places[form.item.data],
                everywhere=form.everywhere.data,
            )  # fmt: skip
        except (BadInput, WrongState) as error:
            _refused(form, error)
        else:
            db.session.commit()
            web.good(_("Đã lưu."))
            return redirect(url_for("materials.report", report_id=found.id))
    return render_template("materials/report_change.html", form=form, report=found), (
        422 if form.errors else 200
    )


@blueprint.post(f"{_ONE}/waive")
@members(Role.SECRETARY)
def waive_report(report_id: int) -> ResponseReturnValue:
    """Say that a report need not come, or that it must after all."""
    found = service.get_to_change(current_user, report_id)
    service.waive(current_user, found, "again" not in request.form)
    db.session.commit()
    web.good(_("Đã lưu."))
    return redirect(url_for("materials.report", report_id=found.id))


@blueprint.post(f"{_ONE}/withdraw")
@members(Role.SECRETARY)
def withdraw_report(report_id: int) -> ResponseReturnValue:
    """Take back what was asked of a unit."""
    found = service.get_to_change(current_user, report_id)
    meeting_id = found.meeting_id
    service.withdraw(current_user, found)
    db.session.commit()
    web.good(_("Đã rút yêu cầu báo cáo."))
    return redirect(url_for("materials.reports", meeting_id=meeting_id))


# -- filing ----------------------------------------------------------------------------------


@blueprint.route(_ONE, methods=["GET", "POST"])
@members()
@csrf.exempt  # checked inside, once a body that has no room is sent back unread
def report(report_id: int) -> ResponseReturnValue:
    """Show one report due, and take it in or a newer version of it."""
    found = service.get(current_user, report_id)
    admit()
    form = FileForm()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            service.file(current_user, found, sent.filename, sent.stream)
        except (BadInput, TooLarge, NoSpace) as error:
            db.session.rollback()
            form.file.errors = [_(error.template, **error.values)]
        else:
            db.session.commit()
            web.good(_("Đã nộp “%(title)s”.", title=found.title))
            return redirect(url_for("materials.report", report_id=found.id))
    return render_template(
        "materials/report.html", report=found, form=form, accept=ACCEPT,
        standing=service.standing_of(found), has_come=service.has_come(found),
        may_file=service.may_file(current_user, found), largest=settings().largest_material,
        may_change=meetings.is_host(current_user, found.meeting, Role.SECRETARY),
        unfinished=uploads.of_person(current_user, found.meeting),
    ), 422 if form.errors else 200  # fmt: skip
