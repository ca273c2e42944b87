"""Pages of viewing: the picture of one page, and the terms on which a paper is handed out."""

from __future__ import annotations

import io

from flask import Response, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members, writes
from meetly.accounts.models import Role
from meetly.errors import NotFound
from meetly.extensions import db
from meetly.materials import service as materials
from meetly.materials.forms import TermsForm
from meetly.materials.models import Guard, MaterialPage, MaterialVersion
from meetly.materials.routes import blueprint, note_opened
from meetly.materials.viewing import service
from meetly.storage import files


@blueprint.get("/materials/versions/<int:version_id>/pages/1")
@members()
@writes
def first_page(version_id: int) -> ResponseReturnValue:
    """Show the first page of a version: a browser asks for its picture when a person sees it."""
    page, version = service.page(current_user, version_id, 1)
    note_opened(version)
    return _picture(page, version)


@blueprint.get("/materials/versions/<int:version_id>/pages/<int(min=2):page>")
@members()
def page(version_id: int, page: int) -> ResponseReturnValue:
    """Show a further page of a version."""
    return _picture(*service.page(current_user, version_id, page))


def _picture(page: MaterialPage, version: MaterialVersion) -> Response:
    kind = f"image/{page.storage_key.rpartition('.')[2]}"
    if version.material.guard != Guard.NONE:
        words = service.stamp_for(current_user, version)
        db.session.commit()  # nobody waits for the database while it is drawn
        stamped = service.stamped_picture(page, words)
        answer = send_file(io.BytesIO(stamped), mimetype="image/webp", etag=False, max_age=0)
        answer.headers["Cache-Control"] = "no-store, private"
        return answer
    path = files.path(page.storage_key)
    if not path.is_file():
        raise NotFound()
    answer = send_file(path, mimetype=kind, conditional=True, etag=True)
    # Kept by the reader's browser alone, and only shown again after the server agreed.
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.route("/materials/<int:material_id>/terms", methods=["GET", "POST"])
@members(Role.SECRETARY)
def terms(material_id: int) -> ResponseReturnValue:
    """Change who may open a paper and how it is guarded."""
    material = materials.get(current_user, material_id)
    now = materials.terms_to_change(current_user, material)
    form = TermsForm(access=now.access, units=sorted(now.unit_ids), guard=now.guard)
    form.offer_units(materials.invited_units(material.meeting))
    if form.validate_on_submit():
        service.change_terms(current_user, material, form.terms())
        db.session.commit()
        web.good(_("Đã lưu quyền mở và cách bảo mật."))
        return redirect(url_for("materials.show", material_id=material.id))
    page = render_template("materials/terms.html", material=material, form=form)
    return page, 422 if form.errors else 200
