"""Pages that mix rooms: today, the dossier, the leader's board, search."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.overview import board as boards
from meetly.overview import dossier as dossiers
from meetly.overview import service
from meetly.overview import today as days

blueprint = Blueprint("overview", __name__)

KINDS = {
    "meeting": _l("Cuộc họp"),
    "material": _l("Tài liệu"),
    "segment": _l("Lời nói"),
    "minutes": _l("Biên bản"),
    "task": _l("Nhiệm vụ"),
}


@blueprint.get("/")
@members()
def today() -> ResponseReturnValue:
    """Show what waits, what is next, what is late."""
    return render_template("overview/today.html", day=days.of(current_user))


@blueprint.get("/meetings/<int:meeting_id>")
@members()
def dossier(meeting_id: int) -> ResponseReturnValue:
    """Show one meeting from its invitation to its last task."""
    found = dossiers.of(current_user, meeting_id)
    return render_template("overview/dossier.html", dossier=found, meeting=found.meeting)


@blueprint.get("/board")
@members(Role.LEADER, Role.SECRETARY)
def board() -> ResponseReturnValue:
    """Show which unit has not finished what."""
    return render_template("overview/board.html", board=boards.of(current_user))


@blueprint.get("/search")
@members()
def search() -> ResponseReturnValue:
    """Find words, forgiving their diacritics, in everything the reader may read."""
    words = request.args.get("q", "").strip()
    hits = sorted(service.found(current_user, words), key=lambda hit: list(KINDS).index(hit.kind))
    groups = [(KINDS[kind], list(found)) for kind, found in groupby(hits, key=lambda h: h.kind)]
    return render_template("overview/search.html", words=words, groups=groups, total=len(hits))
