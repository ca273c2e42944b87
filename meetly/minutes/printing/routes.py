"""Pages of printing: what a leader reads before approving, a page as picture, the whole as PDF."""

from __future__ import annotations

from flask import Response, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from meetly.accounts.access import members
from meetly.errors import NotFound
from meetly.minutes import kept_papers, service
from meetly.minutes.forms import KIND_NAMES
from meetly.minutes.printing import reading
from meetly.minutes.routes import MEMBERS, blueprint
from meetly.storage import files


@blueprint.get("/minutes/<int:minutes_id>/read")
@members(*MEMBERS)
def read(minutes_id: int) -> ResponseReturnValue:
    """Show the printed pages of what waits for approval or was approved."""
    minutes = service.get(current_user, minutes_id)
    found = reading.reading_of(current_user, minutes)
    if found is None:  # nothing is frozen: the words still change
        return redirect(url_for("minutes.show", minutes_id=minutes.id))
    return render_template(
        "minutes/read.html", reading=found, minutes=minutes, meeting=minutes.meeting,
        kind_names=KIND_NAMES,
    )  # fmt: skip


@blueprint.get("/minutes/<int:minutes_id>/read/<docx_sha256>/<int:page>")
@members(*MEMBERS)
def page(minutes_id: int, docx_sha256: str, page: int) -> ResponseReturnValue:
    """Show the picture of one page of a document, named by the document's bytes."""
    found = reading.print_of(current_user, minutes_id, docx_sha256)
    if not 1 <= page <= len(found.pages):
        raise NotFound()
    shown = found.pages[page - 1]
    return _kept(kept_papers.key(shown["sha256"], shown["format"]), f"image/{shown['format']}")


@blueprint.get("/minutes/<int:minutes_id>/read/<docx_sha256>.pdf")
@members(*MEMBERS)
def printed(minutes_id: int, docx_sha256: str) -> ResponseReturnValue:
    """Hand out the print of a document."""
    found = reading.print_of(current_user, minutes_id, docx_sha256)
    return _kept(kept_papers.key(found.pdf_sha256, "pdf"), "application/pdf")


def _kept(key: str, kind: str) -> Response:
    path = files.path(key)
    if not path.is_file():
        raise NotFound()
    answer = send_file(path, mimetype=kind, conditional=True, etag=True)
    # Kept by the reader's browser alone, and only shown again after the server agreed.
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
