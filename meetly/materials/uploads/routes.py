"""Uploads of documents that resume (tus 1.0), and the buttons beside those that did not end."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import tus, web
from meetly.accounts.access import members, public, writes
from meetly.config import settings
from meetly.errors import BadInput
from meetly.extensions import csrf, db
from meetly.materials.access import Terms
from meetly.materials.models import Access, Guard, MaterialUpload
from meetly.materials.routes import blueprint
from meetly.materials.uploads import service
from meetly.meetings import service as meetings


class _Uploads:
    """The documents that are arriving, for whoever asks; see tus.Uploads."""

    folder = service.FOLDER

    def largest(self) -> int:
        return settings().largest_material

    def begin(self, told: dict[str, str], size: int) -> MaterialUpload:
        meeting = meetings.get(current_user, tus.whole_number(told.get("meeting")))
        at = service.aim(
            current_user, meeting, item_id=_number(told, "item"),
            material_id=_number(told, "material"), request_id=_number(told, "report"),
        )  # fmt: skip
        name, title = told.get("filename", ""), told.get("title", "")
        return service.begin(
            current_user, meeting, name, size, title=title, at=at, terms=_terms(told)
        )

    def find(self, upload_id: str) -> MaterialUpload:
        upload = service.upload_of(current_user, upload_id)
        db.session.commit()
        if service.finish(upload):  # the request that brought the last byte died before this
            db.session.commit()
        return upload

    def append(self, upload_id: str, offset: int, piece: bytes) -> MaterialUpload:
        return service.append(current_user, upload_id, offset, piece)

    def finish(self, upload: MaterialUpload) -> bool:
        return service.finish(upload) or bool(upload.refusal)

    def cancel(self, upload_id: str) -> None:
        service.forget(current_user, upload_id)

    def is_open(self, upload: MaterialUpload) -> bool:
        return upload.opened

    def address(self, upload: MaterialUpload) -> str:
        return url_for("materials.upload", paper_upload_id=upload.upload_id)


def _number(told: dict[str, str], name: str) -> int | None:
    return tus.whole_number(told[name]) if told.get(name) else None


def _terms(told: dict[str, str]) -> Terms:
    units = filter(None, told.get("units", "").split(","))
    try:
        access, guard = Access(told.get("access", "all")), Guard(told.get("guard", "none"))
    except ValueError as error:
        raise BadInput from error
    return Terms(access, frozenset(map(tus.whole_number, units)), guard)


UPLOADS = _Uploads()


@blueprint.route("/materials/uploads", methods=["OPTIONS"], provide_automatic_options=False)
@public
def upload_abilities() -> ResponseReturnValue:
    """Tell an upload client what this server can do."""
    return tus.abilities(UPLOADS)


@blueprint.post("/materials/uploads")
@members()
@tus.speaks
def create_upload() -> ResponseReturnValue:
    """Open the upload of a document; nothing is sent yet."""
    return tus.create(UPLOADS)


@blueprint.route(
    "/materials/uploads/<paper_upload_id>", methods=["HEAD"], provide_automatic_options=False
)
@members()
@writes
@tus.speaks
def upload(paper_upload_id: str) -> ResponseReturnValue:
    """Tell how many bytes of a document are safe."""
    return tus.tell(UPLOADS, paper_upload_id)


@blueprint.patch("/materials/uploads/<paper_upload_id>")
@members()
@csrf.exempt  # checked inside, once the body may be as large as a document
@tus.speaks
def continue_upload(paper_upload_id: str) -> ResponseReturnValue:
    """Take more bytes; each piece is safe on disk before the next one is read."""
    return tus.proceed(UPLOADS, paper_upload_id)


@blueprint.delete("/materials/uploads/<paper_upload_id>")
@members()
@tus.speaks
def cancel_upload(paper_upload_id: str) -> ResponseReturnValue:
    """Forget a document that is not finished."""
    return tus.cancel(UPLOADS, paper_upload_id)


@blueprint.post("/materials/uploads/<paper_upload_id>/forget")
@members()
def forget_upload(paper_upload_id: str) -> ResponseReturnValue:
    """Forget an unfinished or refused document, by the button beside it."""
    upload = service.forget(current_user, paper_upload_id)
    db.session.commit()
    web.good(_("Đã bỏ %(name)s.", name=upload.filename))
    return redirect(url_for("materials.index", meeting_id=upload.meeting_id))
