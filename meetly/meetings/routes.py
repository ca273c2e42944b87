"""Pages of meetings: lists, the month, planning, the roll; the meeting itself is its dossier."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import clock, web, working_days
from meetly.accounts.access import members
from meetly.accounts.models import Role, Unit, UnitKind
from meetly.errors import BadInput, NotFound, Stale
from meetly.extensions import db
from meetly.folding import fold
from meetly.meetings import checks, people, service
from meetly.meetings.answers import service as answers
from meetly.meetings.conference import attending, showing
from meetly.meetings.forms import (
    STATES,
    CancelForm,
    MeetingForm,
    RollForm,
    called,
    roll_counts,
    typed,
)
from meetly.meetings.models import AttendanceStatus, Meeting, MeetingStatus
from meetly.meetings.plan import PARTS, Change
from meetly.meetings.series import preview
from meetly.meetings.series import service as series_service
from meetly.meetings.series.forms import RepeatingForm
from meetly.meetings.series.models import Series

blueprint = Blueprint("meetings", __name__)

Planned = TypeVar("Planned", bound=MeetingForm)

#: The kinds of units in the order in which they are offered.
KINDS = (
    UnitKind.DEPARTMENT, UnitKind.OFFICE, UnitKind.BODY, UnitKind.WARD, UnitKind.COMMUNE,
    UnitKind.SPECIAL_ZONE, UnitKind.PROVINCE,
)  # fmt: skip


@blueprint.app_template_filter()
def wall(moment: datetime) -> str:
    """Show a moment as the fields of a form hold it: "2026-11-23T08:00"."""
    return f"{clock.local(moment):%Y-%m-%dT%H:%M}"


#: Buttons of the plan that only rearrange its page.
REARRANGING = {"more_rows", "narrow", "check", "at"}
#: What a script may ask for alone, by the element it replaces: template, and what it shows.
PIECES = {
    "agenda": ("meetings/plan_agenda.html", ()),
    "unit-list": ("meetings/plan_unit_list.html", ("units",)),
    "people-list": ("meetings/plan_people_list.html", ("people",)),
    "checks": ("meetings/plan_checks.html", ("checks",)),
    "when": ("meetings/plan_when.html", ("checks",)),
    "dates": ("meetings/series_dates.html", ("dates",)),
}
LONGEST_SEARCH = 100
WEEK = timedelta(days=7)


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
        holidays=working_days.holidays_between(first - WEEK, after + WEEK), hosted=_hosted(),
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
    plan = service.suggestion(current_user, host, model)
    form = planning(RepeatingForm, host, typed(plan, names_for(host)))
    if wants_saving() and form.validate():
        try:
            if form.repeats:
                return _begun(host, form)
            meeting = service.schedule(current_user, form.plan(), unit=host)
            return _saved(meeting, _("Đã lưu bản nháp. Chưa ai được mời."))
        except BadInput as error:
            refused(form, error)
    return planning_page(form, host)


def _begun(host: Unit, form: RepeatingForm) -> ResponseReturnValue:
    series = series_service.begin(current_user, host, form.design())
    words = _("Đã lập lịch họp định kỳ. Chưa ai được mời.")
    if "invite" in request.form:
        told = series_service.publish(current_user, series)
        words = _("Đã lập lịch và mời cả kỳ; %(count)s người được báo.", count=told)
    db.session.commit()
    web.good(words)
    return redirect(url_for("meetings.show_series", series_id=series.id))


@blueprint.route("/meetings/<int:meeting_id>/change", methods=["GET", "POST"])
@members(Role.SECRETARY)
def change(meeting_id: int) -> ResponseReturnValue:
    """Change a meeting; when somebody else did meanwhile, both texts are shown."""
    meeting = service.get_to_change(current_user, meeting_id)
    names = names_for(meeting.unit, meeting)
    values = typed(service.plan_of(meeting), names) | {"version": meeting.version}
    form = planning(MeetingForm, meeting.unit, values, meeting)
    conflict: list[Change] = []
    if wants_saving() and form.validate():
        plan = form.plan()
        try:
            found = service.change(current_user, meeting, form.version.data or 0, plan)
            return _saved(meeting, _("Đã lưu.") if found else _("Không có gì thay đổi."))
        except Stale:
            db.session.rollback()
            conflict = service.differences(service.plan_of(meeting), plan)
            form.version.data, form.version.raw_data = meeting.version, None
        except BadInput as error:
            refused(form, error)
    return planning_page(form, meeting.unit, meeting, conflict)


def _host(model: Meeting | None) -> Unit:
    hosts = {unit.id: unit for unit in service.hosted_by(current_user)}
    asked = request.args.get("unit", type=int) or (model.unit_id if model else next(iter(hosts)))
    if asked not in hosts:
        raise NotFound()
    return hosts[asked]


def names_for(host: Unit, meeting: Meeting | None = None) -> dict[int, str]:
    """Return the names of the units a plan may hold."""
    return {unit.id: unit.name for unit in [host, *_offered(host, meeting)]}


def _offered(host: Unit, meeting: Meeting | None) -> list[Unit]:
    units = service.invitable(host)
    if meeting:  # who stands in it already can stay
        units += [i.unit for i in meeting.invitations if i.unit not in units]
    return units


def planning(
    kind: type[Planned], host: Unit, values: dict[str, Any], meeting: Meeting | None = None
) -> Planned:
    """Return the form of a plan with what can be chosen, rearranged if only that was asked."""
    chairs, secretaries = service.chairs(host), service.secretaries(host)
    if meeting:
        chairs += [p for p in [meeting.chair] if p and p not in chairs]
        secretaries += [p for p in [meeting.secretary] if p and p not in secretaries]
    form = kind(data=values)
    form.offer(host, _offered(host, meeting), chairs, secretaries)
    if request.method == "GET":
        form.recognise()
    elif not wants_saving():
        _rearrange(form)
    return form


def _rearrange(form: MeetingForm) -> None:
    form.spread()
    if "more_rows" in request.form:
        form.add_rows()
    try:
        start = datetime.fromisoformat(request.form.get("at", ""))
        form.move_to(clock.from_local(start.replace(tzinfo=None)))
    except (ValueError, OverflowError):  # another button, or a time that is none
        pass


def wants_saving() -> bool:
    """Tell saving from the buttons that only rearrange the page."""
    return request.method == "POST" and not REARRANGING & request.form.keys()


def _saved(meeting: Meeting, words: str) -> ResponseReturnValue:
    if "invite" in request.form:
        told = service.publish(current_user, meeting)
        words = _("Đã lưu và mời; %(count)s người được báo.", count=told)
    db.session.commit()
    web.good(words)
    return redirect(url_for("overview.dossier", meeting_id=meeting.id))


def refused(form: MeetingForm, error: BadInput) -> None:
    """Show what is wrong with a plan that a verb refused; nothing of it was kept."""
    db.session.rollback()
    form.form_errors.append(_(error.template, **error.values))


def planning_page(
    form: MeetingForm,
    host: Unit,
    meeting: Meeting | None = None,
    conflict: list[Change] | None = None,
    series: Series | None = None,
) -> ResponseReturnValue:
    """Show a plan, or the one piece of it that a script asks for."""
    # Without a script a button loads the page anew; with one, only the piece it is about.
    piece = PIECES.get(request.headers.get("HX-Target", "")) if web.is_htmx() else None
    wants = {
        "units": _units_shown,
        "people": _people_shown,
        "checks": _checks_shown,
        "dates": _dates_shown,
    }
    if series:  # its first day may lie far back, and its own meetings would clash with it
        wants["checks"] = _nothing_to_check
    page = render_template(
        piece[0] if piece else "meetings/plan.html",
        form=form, host=host, meeting=meeting, series=series, conflict=conflict or [],
        part_names=PARTS,
        hosts=service.hosted_by(current_user), here=request.full_path.rstrip("?"),
        **{
            name: value
            for want in (piece[1] if piece else wants)
            for name, value in wants[want](form, host, meeting).items()
        },
    )  # fmt: skip
    status = 409 if conflict else 422 if form.errors or form.form_errors else 200
    return page, status


def _units_shown(form: MeetingForm, host: Unit, meeting: Meeting | None) -> dict[str, Any]:
    wanted = fold(request.form.get("find", "").strip())
    chosen = set(form.chosen())
    groups: dict[str, list[Unit]] = defaultdict(list)
    for unit in form.offered:
        if wanted in fold(unit.name):
            groups[unit.kind].append(unit)
    shown = {unit.id for group in groups.values() for unit in group}
    return {
        "groups": {kind: groups[kind] for kind in KINDS if kind in groups}, "ticked": chosen,
        "hidden": chosen - shown, "wanted": wanted, "sites": len(chosen),
        "audience": form.audience().said(form.offered, {}),
        "applied": ",".join(form.ticked_groups()),
    }  # fmt: skip


def _people_shown(form: MeetingForm, host: Unit, meeting: Meeting | None) -> dict[str, Any]:
    ids = form.people.data or []
    words = request.form.get("find_people", "")
    found = people.search(host, words[:LONGEST_SEARCH])
    return {
        "named": people.named(host, ids, standing=meeting), "people_words": words.strip(),
        "found": [person for person in found if person.id not in ids],
    }  # fmt: skip


def _checks_shown(form: MeetingForm, host: Unit, meeting: Meeting | None) -> dict[str, Any]:
    plan = form.sketch()
    if plan is None or (meeting and meeting.status == MeetingStatus.HELD):
        return {"checks": None}
    # A page must not ask about people it could not invite.
    known = tuple(person.id for person in people.named(host, plan.people_ids, standing=meeting))
    plan = replace(plan, people_ids=known)
    found = checks.of(current_user, host, plan, meeting)
    return {"checks": found, "plan": plan, "said": checks.said}


def _nothing_to_check(form: MeetingForm, host: Unit, meeting: Meeting | None) -> dict[str, Any]:
    return {"checks": None, "plan": None, "said": checks.said}


def _dates_shown(form: MeetingForm, host: Unit, meeting: Meeting | None) -> dict[str, Any]:
    return {"dates": preview.of(form) if isinstance(form, RepeatingForm) else None}


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
    """Call the roll: one line a unit, saved line by line or all at once."""
    meeting = service.get_to_change(current_user, meeting_id)
    roll = service.roll(meeting)
    units = {unit.id: unit for unit, _row in roll}
    form = RollForm(data=called(roll, answers.announced(meeting)))
    if form.validate_on_submit():
        _record(meeting, form, units)
        db.session.commit()
        if web.is_htmx():
            counts = roll_counts(service.roll(meeting))
            return render_template("meetings/roll_piece.html", form=form, counts=counts)
        web.good(_("Đã lưu điểm danh."))
        return redirect(url_for("meetings.attendance", meeting_id=meeting_id))
    if form.errors and web.is_htmx():
        raise BadInput("Dòng này chưa lưu được: tên người dự dài quá 200 ký tự.")
    return render_template(
        "meetings/attendance.html", form=form, meeting=meeting, units=units,
        counts=roll_counts(roll), called={unit.id: row for unit, row in roll},
        room=showing.in_room(attending.lines_of(meeting)[1]),
    ), 422 if form.errors else 200  # fmt: skip


def _record(meeting: Meeting, form: RollForm, units: dict[int, Unit]) -> None:
    present = AttendanceStatus.PRESENT if "rest" in request.form else None
    for row in form.rows:
        status, person = row.form.said()
        if row.form.touched or (status is None and present):
            unit = units.get(row.unit.data)
            if unit is None:
                raise BadInput("Thành phần cuộc họp đã thay đổi. Hãy tải lại trang điểm danh.")
            service.record_attendance(current_user, meeting, unit, status or present, person=person)
