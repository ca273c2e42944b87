"""Pages of office templates: the forms of an office, one of them, and its words filled in."""

from __future__ import annotations

import io
from http import HTTPStatus

from flask import redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.minutes import kept_papers
from meetly.minutes.office_templates import service
from meetly.minutes.office_templates.filling import Complaint
from meetly.minutes.office_templates.forms import KIND_NAMES, TemplateForm
from meetly.minutes.office_templates.judging import REASONS, Refused
from meetly.minutes.office_templates.placeholders import PLACEHOLDERS
from meetly.minutes.routes import DOCX, blueprint
from meetly.minutes.word_files.judging import LARGEST

_ONE = "/office-templates/<int(max=2147483647):template_id>"
_NAMES = {"minutes": "mau-bien-ban.docx", "notice": "mau-thong-bao-ket-luan.docx"}


@blueprint.route("/office-templates", methods=["GET", "POST"])
@members(Role.SECRETARY)
def office_templates() -> ResponseReturnValue:
    """List the forms of one's offices and take a new one in."""
    form = TemplateForm()
    units = service.keeping(current_user)
    form.offer(units)
    complaints: tuple[Complaint, ...] = ()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            template = service.upload(
                current_user, form.units[form.unit.data], form.kind.data,
                sent.filename or "", sent.stream.read(LARGEST + 1),
            )  # fmt: skip
        except BadInput as error:
            complaints = error.complaints if isinstance(error, Refused) else ()
            form.file.errors = [_(error.template, **error.values)]
        else:
            db.session.commit()
            web.good(_("Mẫu dùng được. Hãy xem thử rồi bấm Dùng mẫu này."))
            return redirect(url_for("minutes.office_template", template_id=template.id))
    page = render_template(
        "minutes/office_templates.html", form=form, complaints=complaints, reasons=REASONS,
        kinds=KIND_NAMES, placeholders=PLACEHOLDERS, largest=LARGEST,
        offices=[(unit, {kind: service.of_unit(unit, kind) for kind in KIND_NAMES})
                 for unit in units],
    )  # fmt: skip
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@blueprint.get("/office-templates/<any(minutes, notice):kind>.docx")
@members(Role.SECRETARY)
def office_template_start(kind: str) -> ResponseReturnValue:
    """Hand out Meetly's own form with placeholders."""
    return _sent(service.start(kind), _NAMES[kind])


@blueprint.get(_ONE)
@members(Role.SECRETARY)
def office_template(template_id: int) -> ResponseReturnValue:
    """Show a form: what it asks for, and what may be done with it."""
    template = service.get(current_user, template_id)
    return render_template(
        "minutes/office_template.html", template=template, kinds=KIND_NAMES,
        used=[p for p in PLACEHOLDERS if p.name in template.placeholders],
    )  # fmt: skip


@blueprint.get(f"{_ONE}/preview.docx")
@members(Role.SECRETARY)
def office_template_preview(template_id: int) -> ResponseReturnValue:
    """Hand out a form filled in with the sample meeting."""
    template = service.get(current_user, template_id)
    return _sent(service.preview(template), f"xem-thu-{template.filename}")


@blueprint.get(f"{_ONE}/form.docx")
@members(Role.SECRETARY)
def office_template_file(template_id: int) -> ResponseReturnValue:
    """Hand out a form as it was uploaded."""
    template = service.get(current_user, template_id)
    return _sent(kept_papers.read(template.sha256), template.filename)


@blueprint.post(f"{_ONE}/use")
@members(Role.SECRETARY)
def use_office_template(template_id: int) -> ResponseReturnValue:
    """Write the next papers on this form."""
    service.use(current_user, service.get(current_user, template_id))
    db.session.commit()
    web.good(_("Từ nay văn bản của cơ quan dùng mẫu này. Văn bản đã gửi duyệt không đổi."))
    return redirect(url_for("minutes.office_template", template_id=template_id))


@blueprint.post(f"{_ONE}/retire")
@members(Role.SECRETARY)
def retire_office_template(template_id: int) -> ResponseReturnValue:
    """Go back to Meetly's own form."""
    service.retire(current_user, service.get(current_user, template_id))
    db.session.commit()
    web.good(_("Từ nay văn bản của cơ quan dùng mẫu của Meetly."))
    return redirect(url_for("minutes.office_templates"))


def _sent(document: bytes, name: str) -> ResponseReturnValue:
    return send_file(io.BytesIO(document), mimetype=DOCX, as_attachment=True, download_name=name)
