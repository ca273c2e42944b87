"""Pages of series: what recurs, its coming meetings, and changing, publishing, ending it."""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import clock, web
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.errors import BadInput, Stale
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.forms import STATES, typed
from meetly.meetings.models import Meeting
from meetly.meetings.routes import (
    blueprint,
    names_for,
    planning,
    planning_page,
    refused,
    wants_saving,
)
from meetly.meetings.series import service
from meetly.meetings.series.forms import RepeatingForm, repeated
from meetly.meetings.series.models import Series
from meetly.meetings.series.occurrences import Occurrence, pattern_of
from meetly.meetings.series.telling import rhythm
from meetly.meetings.series.template import planned


@blueprint.get("/meetings/series")
@members(Role.SECRETARY, Role.LEADER)
def series() -> ResponseReturnValue:
    """List what recurs in the person's units."""
    found = service.of_units(current_user)
    return render_template(
        "meetings/series.html", found=found, rhythms={one.id: _rhythm(one) for one in found},
        following={one.id: next(iter(service.coming(one)), None) for one in found},
        hosted={unit.id for unit in meetings.hosted_by(current_user)},
    )  # fmt: skip


@blueprint.get("/meetings/series/<int:series_id>")
@members(Role.SECRETARY, Role.LEADER)
def show_series(series_id: int) -> ResponseReturnValue:
    """Show a series with its coming meetings, the moved, the cancelled and the holidays marked."""
    one = service.get(current_user, series_id)
    held = service.coming(one)
    there = {meeting.occurrence for meeting in held}
    skipped = [o for o in service.due_ahead(one) if o.starts_at is None and o.moment not in there]
    rows: list[tuple[datetime, Meeting | None, Occurrence | None]] = [
        (meeting.starts_at, meeting, None) for meeting in held
    ]
    rows += [(occurrence.moment, None, occurrence) for occurrence in skipped]
    return render_template(
        "meetings/series_show.html", series=one, rhythm=_rhythm(one), states=STATES,
        rows=sorted(rows, key=lambda row: row[0]),
        may_change=Role.SECRETARY in current_user.roles
        and any(unit.id == one.unit_id for unit in meetings.hosted_by(current_user)),
    )  # fmt: skip


@blueprint.route("/meetings/series/<int:series_id>/change", methods=["GET", "POST"])
@members(Role.SECRETARY)
def change_series(series_id: int) -> ResponseReturnValue:
    """Change a series and with it all its coming meetings."""
    one = service.get_to_change(current_user, series_id)
    form = planning(RepeatingForm, one.unit, _values(one))
    if wants_saving() and form.validate():
        try:
            form.must_repeat()
            found = service.change(current_user, one, form.version.data or 0, form.design())
            db.session.commit()
            web.good(_("Đã lưu.") if found else _("Không có gì thay đổi."))
            return redirect(url_for("meetings.show_series", series_id=one.id))
        except Stale:
            db.session.rollback()
            form.version.data, form.version.raw_data = one.version, None
            form.form_errors.append(
                _("Có người đã sửa loạt họp này sau khi bạn mở. Những gì bạn gõ còn nguyên; "
                  "lưu lại thì bản của bạn sẽ thay bản đang lưu.")
            )  # fmt: skip
        except BadInput as error:
            refused(form, error)
    return planning_page(form, one.unit, series=one)


@blueprint.post("/meetings/series/<int:series_id>/publish")
@members(Role.SECRETARY)
def publish_series(series_id: int) -> ResponseReturnValue:
    """Invite everybody to the whole series."""
    one = service.get_to_change(current_user, series_id)
    told = service.publish(current_user, one, request.form.get("version", type=int))
    db.session.commit()
    web.good(_("Đã mời cả kỳ; %(count)s người được báo.", count=told))
    return redirect(url_for("meetings.show_series", series_id=one.id))


@blueprint.post("/meetings/series/<int:series_id>/end")
@members(Role.SECRETARY)
def end_series(series_id: int) -> ResponseReturnValue:
    """Open no further meeting."""
    one = service.get_to_change(current_user, series_id)
    service.end(current_user, one, request.form.get("version", type=int))
    db.session.commit()
    web.good(_("Đã dừng. Những buổi đã có vẫn giữ nguyên."))
    return redirect(url_for("meetings.show_series", series_id=one.id))


def _rhythm(one: Series) -> str:
    return rhythm(pattern_of(one), one.duration)


def _values(one: Series) -> dict[str, object]:
    start = clock.from_local(datetime.combine(one.starts_on, one.begins))
    plan = planned(one.template, start, one.duration, meetings.invitable(one.unit))
    return typed(plan, names_for(one.unit)) | repeated(one) | {"version": one.version}
