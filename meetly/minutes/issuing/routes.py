"""Pages of official documents: taking a number, one document, handing out, opening again."""

from __future__ import annotations

import io

from flask import Response, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import clock, web
from meetly.accounts.access import members, writes
from meetly.accounts.models import Role
from meetly.errors import BadInput, NotFound
from meetly.extensions import db
from meetly.minutes import kept_papers
from meetly.minutes import service as minutes_service
from meetly.minutes.distribution.routes import note_reading
from meetly.minutes.forms import KIND_NAMES
from meetly.minutes.issuing import service, showing
from meetly.minutes.issuing.forms import ReasonForm, RegisterForm
from meetly.minutes.issuing.models import DocumentKind, OfficialDocument
from meetly.minutes.issuing.names import KIND_WORDS, STATUS_WORDS
from meetly.minutes.routes import DOCX, KEEPERS, MEMBERS, blueprint
from meetly.register import service as register_service

PDF = "application/pdf"
_FILE_NAMES = {DocumentKind.MINUTES: "bien-ban", DocumentKind.NOTICE: "thong-bao-ket-luan"}


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "document_kinds": KIND_WORDS, "document_states": STATUS_WORDS,
        "number_of": register_service.written,
    }  # fmt: skip


# -- numbers ---------------------------------------------------------------------------------


@blueprint.route(
    "/minutes/<int:minutes_id>/register/<any(minutes, notice):kind>", methods=["GET", "POST"]
)
@members(Role.SECRETARY)
def register(minutes_id: int, kind: str) -> ResponseReturnValue:
    """Take the number of an approved document, for a date."""
    minutes = minutes_service.get_to_keep(current_user, minutes_id)
    chosen = DocumentKind(kind)
    form = RegisterForm(dated=clock.today())
    sent = form.validate_on_submit()
    doubts = service.doubts(minutes, chosen, form.dated.data) if form.dated.data else []
    if sent and (not doubts or form.seen.data == f"{form.dated.data}"):
        document = service.register(current_user, minutes, chosen, form.dated.data)
        db.session.commit()
        web.good(_("Đã lấy số %(number)s.", number=register_service.written(document.entry)))
        return redirect(url_for("minutes.document", document_id=document.id))
    form.seen.data = f"{form.dated.data}" if doubts else ""
    answer = render_template(
        "minutes/register.html", minutes=minutes, kind=chosen, form=form, doubts=doubts
    )
    return answer, 422 if form.is_submitted() else 200


# -- one document ----------------------------------------------------------------------------


@blueprint.get("/documents/<int:document_id>")
@members(*MEMBERS)
@writes
def document(document_id: int) -> ResponseReturnValue:
    """Show one document: its pages, where it stands, what it corrects."""
    found = service.get(current_user, document_id)
    note_reading(found)
    shown = showing.shown(current_user, found)
    return render_template(
        "minutes/document.html", shown=shown, document=found, kind_names=KIND_NAMES
    )


@blueprint.get("/documents/<int:document_id>.<any(docx, pdf):file_ending>")
@members(*MEMBERS)
@writes
def document_file(document_id: int, file_ending: str) -> ResponseReturnValue:
    """Hand out the kept bytes: the .docx that was numbered, or the PDF with its signatures."""
    found = service.get(current_user, document_id)
    sha256 = found.docx_sha256 if file_ending == "docx" else found.shown_sha256
    if not sha256:
        raise NotFound()
    note_reading(found, sha256)
    kind = DOCX if file_ending == "docx" else PDF
    return _given(kept_papers.read(sha256, file_ending), kind, _name(found, file_ending))


@blueprint.get("/documents/<int:document_id>/pages/<int:page>")
@members(*MEMBERS)
def document_page(document_id: int, page: int) -> ResponseReturnValue:
    """Show the picture of one page, with the signatures so far."""
    found = service.get(current_user, document_id)
    picture, ending = showing.picture(found, page)
    answer = Response(picture, mimetype=f"image/{ending}")
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


@blueprint.post("/documents/<int:document_id>/issue")
@members(Role.SECRETARY)
def issue_document(document_id: int) -> ResponseReturnValue:
    """Hand out a document that everybody signed."""
    return _issue(document_id, on_paper=False)


@blueprint.post("/documents/<int:document_id>/issue-on-paper")
@members(Role.SECRETARY)
def issue_on_paper(document_id: int) -> ResponseReturnValue:
    """Hand out a document whose original was signed by hand."""
    return _issue(document_id, on_paper=True)


@blueprint.post("/documents/<int:document_id>/cancel")
@members(*KEEPERS)
def cancel_document(document_id: int) -> ResponseReturnValue:
    """Give a document up before it goes out."""
    found, form = service.get_to_keep(current_user, document_id), ReasonForm()
    if not form.validate_on_submit():
        raise BadInput("Hãy viết lý do hủy.")
    service.cancel(current_user, found, form.reason.data)
    db.session.commit()
    web.good(_("Đã hủy. Số vẫn nằm trong sổ và không dùng lại."))
    return redirect(url_for("minutes.document", document_id=found.id))


@blueprint.post("/minutes/<int:minutes_id>/reopen")
@members(*KEEPERS)
def reopen(minutes_id: int) -> ResponseReturnValue:
    """Open approved minutes again to correct them."""
    minutes, form = minutes_service.get_to_keep(current_user, minutes_id), ReasonForm()
    if not form.validate_on_submit():
        raise BadInput("Hãy viết vì sao phải mở lại.")
    service.reopen(current_user, minutes, form.reason.data)
    db.session.commit()
    web.good(_("Đã mở lại. Văn bản đã phát hành vẫn giữ nguyên."))
    return redirect(url_for("minutes.show", minutes_id=minutes.id))


# -- pieces ----------------------------------------------------------------------------------


def _issue(document_id: int, *, on_paper: bool) -> ResponseReturnValue:
    found = service.get_to_keep(current_user, document_id)
    service.issue(current_user, found, on_paper=on_paper)
    db.session.commit()
    web.good(_("Đã phát hành. Các đơn vị dự họp đã được báo."))
    return redirect(url_for("minutes.document", document_id=found.id))


def _name(document: OfficialDocument, ending: str) -> str:
    number = register_service.written(document.entry).replace("/", "-")
    return f"{_FILE_NAMES[DocumentKind(document.kind)]}-{number}-{document.dated}.{ending}"


def _given(file: bytes, kind: str, name: str) -> Response:
    answer = send_file(io.BytesIO(file), mimetype=kind, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
