"""Pages of carried reports: how the last meeting's directions went, for the next meeting."""

from __future__ import annotations

import io

from flask import redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.errors import BadInput, NotFound
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.tasks.carried import service
from meetly.tasks.carried.counting import by_unit, rows
from meetly.tasks.carried.document import carried_docx
from meetly.tasks.carried.forms import STANDING_NAMES, STANDING_TONES, PreviousForm
from meetly.tasks.routes import MEMBERS, blueprint

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.app_context_processor
def _standings() -> dict[str, object]:
    return {"carried_names": STANDING_NAMES, "carried_tones": STANDING_TONES}


@blueprint.get("/meetings/<int:meeting_id>/previous-conclusions")
@members(*MEMBERS)
def previous_conclusions(meeting_id: int) -> ResponseReturnValue:
    """Show how the directions of the meeting before went: live, or as it was presented."""
    meeting = meetings.get(current_user, meeting_id)
    found = service.view(current_user, meeting)
    may_prepare = service.may_prepare(current_user, meeting)
    form = PreviousForm()
    form.offer(service.choices(meeting) if may_prepare else [])
    if found:
        form.previous.data = found.previous.id
    return render_template(
        "tasks/previous_conclusions.html",
        meeting=meeting,
        report=found,
        rows=rows(found.lines) if found else [],
        units=by_unit(found.lines) if found else [],
        form=form,
        may_prepare=may_prepare,
        may_present=service.may_present(current_user, meeting),
    )


@blueprint.get("/meetings/<int:meeting_id>/previous-conclusions.docx")
@members(*MEMBERS)
def previous_conclusions_paper(meeting_id: int) -> ResponseReturnValue:
    """Give as .docx what the reader sees on the page."""
    meeting = meetings.get(current_user, meeting_id)
    found = service.view(current_user, meeting)
    if found is None:
        raise NotFound()
    answer = send_file(
        io.BytesIO(carried_docx(service.paper_of(found))), mimetype=DOCX, as_attachment=True,
        download_name=service.FILENAME,
    )  # fmt: skip
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/meetings/<int:meeting_id>/previous-conclusions")
@members(Role.SECRETARY)
def prepare_conclusions(meeting_id: int) -> ResponseReturnValue:
    """Put the report first among the materials, or bring it up to date."""
    meeting = meetings.get(current_user, meeting_id)
    service.prepare(current_user, meeting, _previous(meeting_id))
    db.session.commit()
    web.good(_("Báo cáo đứng đầu tài liệu của cuộc họp."))
    return _back(meeting_id)


@blueprint.post("/meetings/<int:meeting_id>/previous-conclusions/present")
@members(*MEMBERS)
def present_conclusions(meeting_id: int) -> ResponseReturnValue:
    """Freeze the figures: they are being presented."""
    meeting = meetings.get(current_user, meeting_id)
    service.present(current_user, meeting)
    db.session.commit()
    web.good(_("Số liệu đã chốt; từ giờ báo cáo không thay đổi nữa."))
    return _back(meeting_id)


def _previous(meeting_id: int) -> int | None:
    """Return the meeting that was chosen; none where nobody asked for a choice."""
    if "previous" not in request.form:
        return None
    form = PreviousForm()
    form.offer(service.choices(meetings.get(current_user, meeting_id)))
    if not form.validate_on_submit():
        raise BadInput("Hãy chọn một cuộc họp trước trong danh sách.")
    chosen: int = form.previous.data
    return chosen


def _back(meeting_id: int) -> ResponseReturnValue:
    return redirect(url_for("tasks.previous_conclusions", meeting_id=meeting_id))
