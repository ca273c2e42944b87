"""Pages of materials: the papers of a meeting, their versions, and who has opened them."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from meetly import web
from meetly.accounts.access import members, writes
from meetly.accounts.models import Role
from meetly.config import settings
from meetly.errors import BadInput, NotFound, TooLarge
from meetly.extensions import db
from meetly.materials import service
from meetly.materials.formats import ACCEPT, FORMATS
from meetly.materials.forms import UploadForm, VersionForm
from meetly.materials.models import MaterialVersion
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting

blueprint = Blueprint("materials", __name__)

#: Headers by which a browser says that nobody is looking yet.
LOOKING_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
ICONS = {"pdf": "file-earmark-pdf", "docx": "file-earmark-word", "odt": "file-earmark-word"}


@blueprint.app_template_filter()
def material_icon(version: MaterialVersion) -> str:
    """Name the picture of a document's kind."""
    return ICONS.get(FORMATS[version.media_type].extension, "file-earmark-text")


# -- the papers of a meeting -----------------------------------------------------------------


@blueprint.route("/meetings/<int:meeting_id>/materials", methods=["GET", "POST"])
@members()
def index(meeting_id: int) -> ResponseReturnValue:
    """List the papers of a meeting and take in new ones, good ones even when others are not."""
    meeting = meetings.get(current_user, meeting_id)
    form = UploadForm()
    form.offer(service.places_for(current_user, meeting))
    refused: list[tuple[str, str]] = []
    if form.validate_on_submit():
        added, refused = _take_in(meeting, form)
        if added:
            web.good(_("Đã thêm %(count)s tài liệu.", count=added))
        if not refused:
            return redirect(url_for("materials.index", meeting_id=meeting.id))
    found = service.of_meeting(current_user, meeting)
    page = render_template(
        "materials/index.html", meeting=meeting, form=form, refused=refused, materials=found,
        removed=service.of_meeting(current_user, meeting, removed=True),
        opened=service.opened_by(current_user, found), accept=ACCEPT,
        largest=settings().largest_material, is_host=meetings.is_host(current_user, meeting),
    )  # fmt: skip
    return page, 422 if refused or form.errors else 200


def _take_in(meeting: Meeting, form: UploadForm) -> tuple[int, list[tuple[str, str]]]:
    refused = []
    title = form.title.data if len(form.files.data) == 1 else ""
    for sent in form.files.data:
        try:
            service.add(
                current_user, meeting, sent.filename, sent.stream,
                title=title or "", item=form.places[form.place.data],
            )  # fmt: skip
        except (BadInput, TooLarge) as error:
            refused.append((sent.filename, _(error.template, **error.values)))
        db.session.commit()  # one by one: what was taken stays whatever becomes of the next
    return len(form.files.data) - len(refused), refused


@blueprint.get("/meetings/<int:meeting_id>/materials/receipts")
@members(Role.SECRETARY, Role.LEADER)
def receipts(meeting_id: int) -> ResponseReturnValue:
    """Show who has opened what, and who has not."""
    meeting = meetings.get(current_user, meeting_id)
    return render_template(
        "materials/receipts.html", meeting=meeting,
        readerships=service.receipts(current_user, meeting),
        may_remind=service.may_add(current_user, meeting),
    )  # fmt: skip


@blueprint.post("/meetings/<int:meeting_id>/materials/remind")
@members(Role.SECRETARY)
def remind(meeting_id: int) -> ResponseReturnValue:
    """Remind the units that have not opened every paper."""
    told = service.remind(current_user, meetings.get(current_user, meeting_id))
    db.session.commit()
    if told:
        web.good(_("Đã nhắc %(count)s người.", count=told))
    else:
        web.good(_("Không còn ai để nhắc: mọi đơn vị đã mở, hoặc hôm nay đã được nhắc rồi."))
    return redirect(url_for("materials.receipts", meeting_id=meeting_id))


# -- one paper -------------------------------------------------------------------------------


@blueprint.route("/materials/<int:material_id>", methods=["GET", "POST"])
@members()
def show(material_id: int) -> ResponseReturnValue:
    """Show a paper with all its versions and take in a newer one."""
    material = service.get(current_user, material_id)
    form = VersionForm()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            version = service.add_version(current_user, material, sent.filename, sent.stream)
        except (BadInput, TooLarge) as error:
            form.file.errors = [_(error.template, **error.values)]
        else:
            db.session.commit()
            web.good(_("Đã thêm bản %(number)s.", number=version.number))
            return redirect(url_for("materials.show", material_id=material.id))
    page = render_template(
        "materials/show.html", material=material, form=form, accept=ACCEPT,
        largest=settings().largest_material,
        may_change=service.may_add(current_user, material.meeting, material.agenda_item),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@blueprint.post("/materials/<int:material_id>/remove")
@members()
def remove(material_id: int) -> ResponseReturnValue:
    """Take a paper back."""
    material = service.get(current_user, material_id)
    service.remove(current_user, material)
    db.session.commit()
    web.good(_("Đã gỡ “%(title)s”. Có thể khôi phục ở cuối trang.", title=material.title))
    return redirect(url_for("materials.index", meeting_id=material.meeting_id))


@blueprint.post("/materials/<int:material_id>/restore")
@members()
def restore(material_id: int) -> ResponseReturnValue:
    """Hand a paper out again."""
    material = service.get(current_user, material_id)
    service.restore(current_user, material)
    db.session.commit()
    web.good(_("Đã khôi phục “%(title)s”.", title=material.title))
    return redirect(url_for("materials.index", meeting_id=material.meeting_id))


# -- the bytes -------------------------------------------------------------------------------


@blueprint.get("/materials/versions/<int:version_id>")
@members()
@writes
def download(version_id: int) -> ResponseReturnValue:
    """Give the bytes of one version, whole or in parts, and note that it was opened."""
    version = service.get_version(current_user, version_id)
    if request.method == "GET" and not _nobody_looks():
        service.note_opened(current_user, version)
        db.session.commit()
    return _bytes_of(version)


def _nobody_looks() -> bool:
    return any("prefetch" in request.headers.get(name, "").lower() for name in LOOKING_AHEAD)


def _bytes_of(version: MaterialVersion) -> Response:
    path = service.stored_at(version)
    if not path.is_file():
        raise NotFound()
    kind = FORMATS[version.media_type]
    try:
        answer = send_file(
            path, mimetype=kind.media_type, as_attachment=not kind.shown or "save" in request.args,
            download_name=version.filename, etag=version.sha256, conditional=True,
            last_modified=version.uploaded_at,
        )  # fmt: skip
    except RequestedRangeNotSatisfiable:
        answer = Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        answer.headers["Content-Range"] = f"bytes */{version.size}"
    # Kept by the reader's browser alone, and only shown again after the server agreed.
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
