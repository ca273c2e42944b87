"""Pages of meetings: lists, the month, planning, the roll; the meeting itself is its dossier."""

from __future__ import annotations

import calendar
from collections import defaultdict
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import clock, web
from meetly.accounts.access import members
from meetly.accounts.models import Role, Unit, UnitKind
from meetly.errors import BadInput, NotFound, Stale
from meetly.extensions import db
from meetly.folding import fold
from meetly.meetings import service
from meetly.meetings.forms import (
    STATES,
    CancelForm,
    MeetingForm,
    RollForm,
    called,
    typed,
)
from meetly.meetings.models import AttendanceStatus, Meeting
from meetly.meetings.plan import PARTS, Change, MeetingPlan

blueprint = Blueprint("meetings", __name__)

#: The kinds of units in the order in which they are offered.
KINDS = (
    UnitKind.DEPARTMENT, UnitKind.OFFICE, UnitKind.BODY, UnitKind.WARD, UnitKind.COMMUNE,
    UnitKind.SPECIAL_ZONE, UnitKind.PROVINCE,
)  # fmt: skip


# -- lists -----------------------------------------------------------------------------------


@blueprint.get("/meetings")
@members()
def index() -> ResponseReturnValue:
    """List the meetings to come, or those that were, a page at a time."""
    past = request.args.get("show") == "past"
    last = request.args.get("after", type=int)
    seen = service.get(current_user, last) if last else None
    limit = service.PAGE + 1
    found = (
        service.past(current_user, limit, before=seen)
        if past
        else service.upcoming(current_user, limit, after=seen)
    )
    return render_template(
        "meetings/index.html", meetings=found[: service.PAGE], more=len(found) == limit,
        past=past, states=STATES, hosted=_hosted(),
    )  # fmt: skip


@blueprint.get("/meetings/month")
@members()
def month() -> ResponseReturnValue:
    """Show a month as a calendar."""
    first = _month_asked(request.args.get("month", ""))
    events: dict[date, list[dict[str, object]]] = defaultdict(list)
    for meeting in service.in_month(current_user, first.year, first.month):
        start = clock.local(meeting.starts_at)
        events[start.date()].append(
            {"time": f"{start:%H:%M}", "title": meeting.title, "tone": STATES[meeting.status][1],
             "href": url_for("overview.dossier", meeting_id=meeting.id)}
        )  # fmt: skip
    before, after = first - timedelta(days=1), first + timedelta(days=31)
    return render_template(
        "meetings/month.html", first=first, events=events,
        weeks=calendar.Calendar().monthdatescalendar(first.year, first.month),
        previous=f"{before:%Y-%m}", following=f"{after:%Y-%m}",
        hosted=_hosted(),
    )  # fmt: skip


def _hosted() -> set[int]:
    return {unit.id for unit in service.hosted_by(current_user)}


def _month_asked(said: str) -> date:
    try:
        asked = date.fromisoformat(f"{said}-01")
    except ValueError:
        asked = clock.today().replace(day=1)
    return asked if 1970 <= asked.year <= 2200 else clock.today().replace(day=1)


# -- planning --------------------------------------------------------------------------------


@blueprint.route("/meetings/new", methods=["GET", "POST"])
@members(Role.SECRETARY)
def create() -> ResponseReturnValue:
    """Plan a new meeting, empty or like another one, and perhaps invite at once."""
    like = request.args.get("like", type=int)
    model = service.get_to_change(current_user, like) if like else None
    host = _host(model)
    form = _planning(host, service.suggestion(current_user, host, model))
    if _wants_saving() and form.validate():
        try:
            meeting = service.schedule(current_user, form.plan(), unit=host)
            return _saved(meeting, _("Đã lưu bản nháp. Chưa ai được mời."))
        except BadInput as error:
            _refused(form, error)
    return _planning_page(form, host)


@blueprint.route("/meetings/<int:meeting_id>/change", methods=["GET", "POST"])
@members(Role.SECRETARY)
def change(meeting_id: int) -> ResponseReturnValue:
    """Change a meeting; when somebody else did meanwhile, both texts are shown."""
    meeting = service.get_to_change(current_user, meeting_id)
    form = _planning(meeting.unit, service.plan_of(meeting), meeting)
    conflict: list[Change] = []
    if _wants_saving() and form.validate():
        plan = form.plan()
        try:
            found = service.change(current_user, meeting, form.version.data or 0, plan)
            return _saved(meeting, _("Đã lưu.") if found else _("Không có gì thay đổi."))
        except Stale:
            db.session.rollback()
            conflict = service.differences(service.plan_of(meeting), plan)
            form.version.data, form.version.raw_data = meeting.version, None
        except BadInput as error:
            _refused(form, error)
    return _planning_page(form, meeting.unit, meeting, conflict)


def _host(model: Meeting | None) -> Unit:
    hosts = {unit.id: unit for unit in service.hosted_by(current_user)}
    asked = request.args.get("unit", type=int) or (model.unit_id if model else next(iter(hosts)))
    if asked not in hosts:
        raise NotFound()
    return hosts[asked]


def _planning(host: Unit, plan: MeetingPlan, meeting: Meeting | None = None) -> MeetingForm:
    units = service.invitable(host)
    chairs, secretaries = service.chairs(host), service.secretaries(host)
    if meeting:  # who stands in it already can stay
        units += [i.unit for i in meeting.invitations if i.unit not in units]
        chairs += [p for p in [meeting.chair] if p and p not in chairs]
        secretaries += [p for p in [meeting.secretary] if p and p not in secretaries]
    names = {unit.id: unit.name for unit in [host, *units]}
    form = MeetingForm(data=typed(plan, names) | {"version": meeting.version if meeting else 0})
    form.offer(host, units, chairs, secretaries)
    if "more_rows" in request.form:
        form.add_rows()
    return form


def _wants_saving() -> bool:
    # Two buttons only rearrange the page: more rows for the agenda, fewer units in the list.
    return request.method == "POST" and not {"more_rows", "narrow"} & request.form.keys()


def _saved(meeting: Meeting, words: str) -> ResponseReturnValue:
    if "invite" in request.form:
        told = service.publish(current_user, meeting)
        words = _("Đã lưu và mời; %(count)s người được báo.", count=told)
    db.session.commit()
    web.good(words)
    return redirect(url_for("overview.dossier", meeting_id=meeting.id))


def _refused(form: MeetingForm, error: BadInput) -> None:
    db.session.rollback()
    form.form_errors.append(_(error.template, **error.values))


def _planning_page(
    form: MeetingForm,
    host: Unit,
    meeting: Meeting | None = None,
    conflict: list[Change] | None = None,
) -> ResponseReturnValue:
    wanted = fold(request.form.get("find", "").strip())
    ticked = set(form.units.data or ())
    groups: dict[str, list[Unit]] = defaultdict(list)
    for unit in form.offered:
        if wanted in fold(unit.name):
            groups[unit.kind].append(unit)
    shown = {unit.id for group in groups.values() for unit in group}
    page = render_template(
        "meetings/plan.html", form=form, host=host, meeting=meeting, conflict=conflict or [],
        part_names=PARTS, groups={kind: groups[kind] for kind in KINDS if kind in groups},
        ticked=ticked, hidden=ticked - shown, wanted=wanted,
        hosts=service.hosted_by(current_user),
    )  # fmt: skip
    status = 409 if conflict else 422 if form.errors or form.form_errors else 200
    return page, status


# -- steps -----------------------------------------------------------------------------------


@blueprint.post("/meetings/<int:meeting_id>/publish")
@members(Role.SECRETARY)
def publish(meeting_id: int) -> ResponseReturnValue:
    """Invite the units of a draft."""
    meeting = service.get_to_change(current_user, meeting_id)
    try:
        told = service.publish(current_user, meeting, request.form.get("version", type=int))
    except BadInput as error:
        db.session.rollback()
        flash(_(error.template, **error.values), "waiting")
        return redirect(url_for("meetings.change", meeting_id=meeting_id))
    db.session.commit()
    web.good(_("Đã mời; %(count)s người được báo.", count=told))
    return redirect(url_for("overview.dossier", meeting_id=meeting_id))


@blueprint.post("/meetings/<int:meeting_id>/hold")
@members(Role.SECRETARY)
def hold(meeting_id: int) -> ResponseReturnValue:
    """Note that a meeting has taken place."""
    meeting = service.get_to_change(current_user, meeting_id)
    service.hold(current_user, meeting, request.form.get("version", type=int))
    db.session.commit()
    web.good(_("Đã ghi nhận cuộc họp đã diễn ra. Bước tiếp theo: tải bản ghi."))
    return redirect(url_for("overview.dossier", meeting_id=meeting_id))


@blueprint.route("/meetings/<int:meeting_id>/cancel", methods=["GET", "POST"])
@members(Role.SECRETARY)
def cancel(meeting_id: int) -> ResponseReturnValue:
    """Ask for the reason and call a meeting off."""
    meeting = service.get_to_change(current_user, meeting_id)
    form = CancelForm(data={"version": meeting.version})
    if form.validate_on_submit():
        service.cancel(current_user, meeting, form.reason.data, form.version.data)
        db.session.commit()
        web.good(_("Đã hủy cuộc họp."))
        return redirect(url_for("overview.dossier", meeting_id=meeting_id))
    return render_template("meetings/cancel.html", form=form, meeting=meeting), (
        422 if form.errors else 200
    )


# -- the roll --------------------------------------------------------------------------------


@blueprint.route("/meetings/<int:meeting_id>/attendance", methods=["GET", "POST"])
@members(Role.SECRETARY)
def attendance(meeting_id: int) -> ResponseReturnValue:
    """Call the roll: one line a unit."""
    meeting = service.get_to_change(current_user, meeting_id)
    roll = service.roll(meeting)
    units = {unit.id: unit for unit, _row in roll}
    form = RollForm(data=called(roll))
    if form.validate_on_submit():
        _record(meeting, form, units)
        db.session.commit()
        web.good(_("Đã lưu điểm danh."))
        return redirect(url_for("meetings.attendance", meeting_id=meeting_id))
    return render_template("meetings/attendance.html", form=form, meeting=meeting, units=units), (
        422 if form.errors else 200
    )


def _record(meeting: Meeting, form: RollForm, units: dict[int, Unit]) -> None:
    present = AttendanceStatus.PRESENT if "rest" in request.form else None
    for row in form.rows:
        status, person = row.form.said()
        if row.form.touched or (status is None and present):
            unit = units.get(row.unit.data)
            if unit is None:
                raise BadInput("Thành phần cuộc họp đã thay đổi. Hãy tải lại trang điểm danh.")
            service.record_attendance(current_user, meeting, unit, status or present, person=person)
