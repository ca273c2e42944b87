"""Pages of distribution: recipients and receipts, files to and from other systems, and /public."""

from __future__ import annotations

import hashlib
import io

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import sqlite, web
from meetly.accounts.access import members, public
from meetly.accounts.models import Role
from meetly.config import settings
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.minutes.distribution import edxml_status, exchange, service
from meetly.minutes.distribution import public as publicly
from meetly.minutes.distribution.forms import OutsideForm, PackageForm, StatusForm, UnitsForm
from meetly.minutes.distribution.receipts import is_read
from meetly.minutes.issuing.models import DocumentStatus, OfficialDocument
from meetly.minutes.issuing.names import KIND_WORDS
from meetly.minutes.routes import KEEPERS, blueprint
from meetly.register.service import written
from meetly.sending import Body, answer, disposition

#: Kept anywhere, shown only after asking again: a document may be public no more.
_PUBLIC = "public, no-cache"


def note_reading(document: OfficialDocument, sha256: str = "") -> None:
    """Note that the reader opened a document, or a file of it, if a person looks; and commit."""
    if current_user.is_authenticated and is_read(request.method, request.headers):
        db.session.commit()
        sqlite.expect_only_reads(False)  # what was only read until here takes the lock now
        service.note_opened(current_user, document, sha256)
        db.session.commit()


# -- recipients ------------------------------------------------------------------------------


@blueprint.get("/documents/<int:document_id>/recipients")
@members(*KEEPERS)
def recipients(document_id: int) -> ResponseReturnValue:
    """Show who received a document, who has opened it, and what can still be done."""
    return _recipients(service.get_to_keep(current_user, document_id))


@blueprint.post("/documents/<int:document_id>/recipients/units")
@members(Role.SECRETARY)
def add_recipients(document_id: int) -> ResponseReturnValue:
    """Send the document to further units."""
    document = service.get_to_keep(current_user, document_id, Role.SECRETARY)
    form = UnitsForm()
    form.offer(service.addable(document))
    if not form.validate_on_submit():
        return _recipients(document, units_form=form), 422
    added = service.add_units(current_user, document, form.chosen())
    db.session.commit()
    web.good(_("Đã gửi thêm đến %(count)s đơn vị.", count=len(added)))
    return _back(document)


@blueprint.post("/documents/<int:document_id>/recipients/outside")
@members(Role.SECRETARY)
def add_outside_recipient(document_id: int) -> ResponseReturnValue:
    """Add an organisation that does not use Meetly."""
    document = service.get_to_keep(current_user, document_id, Role.SECRETARY)
    form = OutsideForm()
    if not form.validate_on_submit():
        return _recipients(document, outside_form=form), 422
    try:
        service.add_outside(current_user, document, form.recipient.data, form.organ.data)
    except BadInput as error:
        form.organ.errors = [_(error.template)]
        return _recipients(document, outside_form=form), 422
    db.session.commit()
    web.good(_("Đã thêm nơi nhận. Hãy xuất gói edXML để gửi."))
    return _back(document)


@blueprint.post("/documents/<int:document_id>/recipients/remind")
@members(Role.SECRETARY)
def remind_recipients(document_id: int) -> ResponseReturnValue:
    """Remind the units that have not opened the document."""
    document = service.get_to_keep(current_user, document_id, Role.SECRETARY)
    told = service.remind(current_user, document)
    db.session.commit()
    web.reminded(told, _("Không còn ai để nhắc: mọi đơn vị đã mở, hoặc hôm nay đã được nhắc rồi."))
    return _back(document)


@blueprint.post("/documents/<int:document_id>/public")
@members(*KEEPERS)
def publish_document(document_id: int) -> ResponseReturnValue:
    """Open an issued document to everybody."""
    document = service.get_to_keep(current_user, document_id)
    service.publish(current_user, document)
    db.session.commit()
    web.good(_("Văn bản đã công khai: ai cũng đọc được, không cần tài khoản."))
    return _back(document)


@blueprint.post("/documents/<int:document_id>/not-public")
@members(*KEEPERS)
def unpublish_document(document_id: int) -> ResponseReturnValue:
    """Close the public page of a document."""
    document = service.get_to_keep(current_user, document_id)
    service.unpublish(current_user, document)
    db.session.commit()
    web.good(_("Đã thôi công khai. Bản người khác đã tải về vẫn còn ở chỗ họ."))
    return _back(document)


# -- other systems ---------------------------------------------------------------------------


@blueprint.post("/documents/<int:document_id>/edxml")
@members(Role.SECRETARY)
def edxml_package(document_id: int) -> ResponseReturnValue:
    """Hand out the edXML package for the recipients outside."""
    document = service.get_to_keep(current_user, document_id, Role.SECRETARY)
    form = PackageForm()
    if not form.validate_on_submit():
        return _recipients(document, package_form=form), 422
    content, name = exchange.package(current_user, document, form.sender.data)
    db.session.commit()
    return send_file(
        io.BytesIO(content), mimetype="application/xml", as_attachment=True, download_name=name
    )


@blueprint.post("/documents/<int:document_id>/statuses")
@members(Role.SECRETARY)
def import_statuses(document_id: int) -> ResponseReturnValue:
    """Take in what another system reported."""
    document = service.get_to_keep(current_user, document_id, Role.SECRETARY)
    form = StatusForm()
    if not form.validate_on_submit():
        return _recipients(document, status_form=form), 422
    raw = form.file.data.stream.read(edxml_status.LARGEST + 1)
    try:
        new, known = exchange.import_statuses(current_user, document, raw)
    except BadInput as error:
        form.file.errors = [_(error.template, **error.values)]
        return _recipients(document, status_form=form), 422
    db.session.commit()
    web.good(_("Đã ghi %(new)s trạng thái mới; %(known)s đã có từ trước.", new=new, known=known))
    return _back(document)


def _recipients(
    document: OfficialDocument,
    *,
    units_form: UnitsForm | None = None,
    outside_form: OutsideForm | None = None,
    package_form: PackageForm | None = None,
    status_form: StatusForm | None = None,
) -> str:
    if units_form is None:
        units_form = UnitsForm(formdata=None)
        units_form.offer(service.addable(document))
    sender = exchange.sender_organ(document)
    return render_template(
        "minutes/recipients.html", document=document, code=written(document.entry),
        kind=KIND_WORDS[document.kind], spread=service.distribution(document),
        is_issued=document.status == DocumentStatus.ISSUED, meanings=edxml_status.MEANINGS,
        keeps=_keeps(document), units_form=units_form,
        outside_form=outside_form or OutsideForm(formdata=None),
        package_form=package_form or PackageForm(formdata=None, data={"sender": sender}),
        status_form=status_form or StatusForm(formdata=None),
    )  # fmt: skip


def _keeps(document: OfficialDocument) -> bool:
    unit_id = document.minutes.meeting.unit_id
    return any(m.unit_id == unit_id and m.role == Role.SECRETARY for m in current_user.memberships)


def _back(document: OfficialDocument) -> ResponseReturnValue:
    return redirect(url_for("minutes.recipients", document_id=document.id))


# -- for everybody ---------------------------------------------------------------------------


@blueprint.get("/public")
@public
def public_index() -> ResponseReturnValue:
    """List the public documents, newest first."""
    unit_id = request.args.get("unit", type=int)
    return render_template(
        "minutes/public_index.html", unit_id=unit_id, units=publicly.units(),
        listing=publicly.listing(unit_id, request.args.get("before", "")),
        newest="before" not in request.args,
    )  # fmt: skip


@blueprint.get("/public/<int:paper_id>")
@public
def public_document(paper_id: int) -> ResponseReturnValue:
    """Show one public document."""
    return render_template("minutes/public_document.html", paper=publicly.get(paper_id))


@blueprint.get("/public/<int:paper_id>/file")
@public
def public_file(paper_id: int) -> ResponseReturnValue:
    """Hand out the file of a public document."""
    paper = publicly.get(paper_id)
    how = "inline" if paper.ending == "pdf" and "save" not in request.args else "attachment"
    return answer(
        request, Body([publicly.file_of(paper)]), etag=paper.sha256, media_type=paper.media_type,
        Content_Disposition=disposition(how, paper.file_name), Cache_Control=_PUBLIC,
    )  # fmt: skip


@blueprint.get("/public/<int:paper_id>/pages/<int:page>")
@public
def public_page(paper_id: int, page: int) -> ResponseReturnValue:
    """Show one page of a public document as a picture."""
    content, ending, tag = publicly.picture_of(publicly.get(paper_id), page)
    return answer(
        request, Body([content]), etag=tag, media_type=publicly.PICTURES[ending],
        Cache_Control=_PUBLIC,
    )  # fmt: skip


@blueprint.get("/public/feed.atom")
@public
def public_feed() -> ResponseReturnValue:
    """Hand out the newest public documents as an Atom feed."""
    content = publicly.atom(settings().base_url)
    tag = hashlib.sha256(content).hexdigest()
    sent: Response = answer(
        request, Body([content]), etag=tag, media_type="application/atom+xml",
        Cache_Control=_PUBLIC,
    )  # fmt: skip
    return sent
