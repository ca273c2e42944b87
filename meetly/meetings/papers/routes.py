"""Pages of papers: the letter of invitation and the week, to read and to take away."""

from __future__ import annotations

import io
from datetime import date, timedelta

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import clock, web
from meetly.accounts.access import members
from meetly.accounts.models import Role, Unit
from meetly.errors import NotFound
from meetly.extensions import db
from meetly.folding import fold
from meetly.meetings import service as meetings
from meetly.meetings.forms import STATES
from meetly.meetings.papers import service
from meetly.meetings.papers.document_letter import letter_docx
from meetly.meetings.papers.document_week import day_name, span, week_docx
from meetly.meetings.routes import blueprint

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Who belongs to units that meet; administrators see no content.
STAFF = (Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)


@blueprint.get("/meetings/<int:meeting_id>/letter.docx")
@members(*STAFF)
def letter(meeting_id: int) -> ResponseReturnValue:
    """Give the letter of invitation as .docx."""
    meeting = meetings.get(current_user, meeting_id)
    return _given(letter_docx(service.letter_of(current_user, meeting)), f"giay-moi-{meeting.id}")


@blueprint.post("/meetings/<int:meeting_id>/letter-number")
@members(Role.SECRETARY)
def number_letter(meeting_id: int) -> ResponseReturnValue:
    """Take the number of the letter of invitation from the register."""
    meeting = meetings.get(current_user, meeting_id)
    service.number_letter(current_user, meeting)
    db.session.commit()
    web.good(_("Giấy mời có số %(number)s.", number=meeting.letter_number))
    return redirect(url_for("overview.dossier", meeting_id=meeting.id))


@blueprint.get("/meetings/week")
@members(*STAFF)
def week() -> ResponseReturnValue:
    """Show a unit's working calendar of one week, in the columns provinces use."""
    unit, monday = _unit_asked(), _monday_asked()
    found = service.week_meetings(current_user, unit, monday)
    return render_template(
        "meetings/week.html", unit=unit, units=service.units_with_weeks(current_user),
        monday=monday, number=monday.isocalendar().week, until=monday + timedelta(days=6),
        rows=list(zip(found, service.entries(unit, found), strict=True)), states=STATES,
        day_name=day_name, span=span, weeks=_around(monday),
        hosted=meetings.hosted_by(current_user),
    )  # fmt: skip


@blueprint.get("/meetings/week.docx")
@members(*STAFF)
def week_paper() -> ResponseReturnValue:
    """Give a unit's week as .docx."""
    unit, monday = _unit_asked(), _monday_asked()
    found = service.week_meetings(current_user, unit, monday)
    paper = service.week_of(unit, monday, found, is_host=service.is_keeper(current_user, unit))
    name = f"lich-cong-tac-{fold(unit.name).replace(' ', '-')}-{_written(monday)}"
    return _given(week_docx(paper), name)


def _unit_asked() -> Unit:
    units = {unit.id: unit for unit in service.units_with_weeks(current_user)}
    asked = request.args.get("unit", type=int) or next(iter(units))
    if asked not in units:
        raise NotFound()
    return units[asked]


def _monday_asked() -> date:
    today = clock.today()
    this = today - timedelta(days=today.weekday())
    year, _dash, number = request.args.get("week", "").partition("-W")
    try:
        asked = date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        return this
    return asked if 1970 <= asked.year <= 2200 else this


def _around(monday: date) -> tuple[str, str]:
    return _written(monday - timedelta(days=7)), _written(monday + timedelta(days=7))


def _written(monday: date) -> str:
    year, number, _day = monday.isocalendar()
    return f"{year}-W{number:02d}"


def _given(file: bytes, name: str) -> Response:
    answer = send_file(
        io.BytesIO(file), mimetype=DOCX, as_attachment=True, download_name=f"{name}.docx"
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
