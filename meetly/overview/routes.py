"""Pages that mix rooms: today, the dossier, the leader's board, search."""

from __future__ import annotations

import io
from itertools import groupby

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from meetly import clock
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.overview import board as boards
from meetly.overview import board_asked, board_sheet, service, unit_standing
from meetly.overview import dossier as dossiers
from meetly.overview import today as days
from meetly.workbook import xlsx

blueprint = Blueprint("overview", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
    """Show who has not finished what."""
    asked = board_asked.read(request.args)
    return render_template(
        "overview/board.html", board=boards.of(current_user, asked), day=clock.today(),
        presets=board_asked.periods_around(clock.today()),
    )  # fmt: skip


@blueprint.get("/board.xlsx")
@members(Role.LEADER, Role.SECRETARY)
def board_file() -> ResponseReturnValue:
    """Hand out the tasks that the board shows as a spreadsheet."""
    lines, are_more = boards.rows(current_user, board_asked.read(request.args))
    columns = [str(name) for name in board_sheet.COLUMNS]
    table = board_sheet.cells(lines, are_more)
    file = xlsx(_("Nhiệm vụ"), columns, table, widths=board_sheet.WIDTHS)
    name = f"nhiem-vu-{clock.today().isoformat()}.xlsx"
    answer = send_file(io.BytesIO(file), mimetype=XLSX, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get("/units/<int:lead_unit_id>/tasks")
@members(Role.LEADER, Role.SECRETARY, Role.PARTICIPANT)
def unit(lead_unit_id: int) -> ResponseReturnValue:
    """Show what one unit has not finished, and how its months went."""
    asked = board_asked.read(request.args)
    found = unit_standing.of(current_user, lead_unit_id, asked)
    return render_template("overview/unit.html", standing=found, day=clock.today())


@blueprint.get("/search")
@members()
def search() -> ResponseReturnValue:
    """Find words, forgiving their diacritics, in everything the reader may read."""
    words = request.args.get("q", "").strip()
    hits = sorted(service.found(current_user, words), key=lambda hit: list(KINDS).index(hit.kind))
    groups = [(KINDS[kind], list(found)) for kind, found in groupby(hits, key=lambda h: h.kind)]
    return render_template("overview/search.html", words=words, groups=groups, total=len(hits))
