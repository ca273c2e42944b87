"""Pages of notices: the bell."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members, writes
from meetly.extensions import db
from meetly.notices import service
from meetly.notices.forms import BellForm

blueprint = Blueprint("notices", __name__)


@blueprint.app_context_processor
def _bell() -> dict[str, object]:
    # A function, so that only pages which show the bell ask the database.
    return {"unread_notices": lambda: service.unread_count(current_user)}


@blueprint.get("/notices")
@members()
def index() -> ResponseReturnValue:
    """List what the reader was told, newest first."""
    asked = BellForm(request.args)
    found = service.latest(
        current_user,
        unread=asked.unread.data,
        before=asked.before.data,
        limit=service.PAGE + 1,
    )
    return render_template(
        "notices/index.html",
        notices=found[: service.PAGE],
        more=len(found) > service.PAGE,
        only_unread=asked.unread.data,
    )


@blueprint.get("/notices/<int:notice_id>")
@members()
@writes
def show(notice_id: int) -> ResponseReturnValue:
    """Mark a notice as read and go to what it is about."""
    notice = service.mark_read(current_user, notice_id)
    db.session.commit()
    return redirect(web.safe_next(notice.link, url_for("notices.index")))


@blueprint.post("/notices/read")
@members()
def read_all() -> ResponseReturnValue:
    """Mark everything as read."""
    count = service.mark_all_read(current_user)
    db.session.commit()
    if count:
        web.good(_("Đã đánh dấu %(count)s thông báo là đã đọc.", count=count))
    return redirect(url_for("notices.index"))
