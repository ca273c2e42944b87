"""Pages of the register: the book as a list, as the table of the decree, and as a file."""

from __future__ import annotations

import io

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import clock, web
from meetly.accounts.access import members
from meetly.accounts.models import Role, Unit
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.register import service
from meetly.register.columns import COLUMNS, TYPE_NAMES, WIDTHS, cells
from meetly.register.forms import BeginForm, CancelForm
from meetly.register.models import DocumentType
from meetly.workbook import xlsx

blueprint = Blueprint("register", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEEPERS = (Role.SECRETARY, Role.LEADER)


@blueprint.get("/register")
@members(*KEEPERS)
def index() -> ResponseReturnValue:
    """List the numbers of a unit, newest first."""
    return _index(BeginForm(formdata=None, year=clock.today().year, first=1))


@blueprint.get("/register/book")
@members(*KEEPERS)
def book() -> ResponseReturnValue:
    """Show one year in the ten columns of the decree, as it is printed."""
    unit, chosen, year = _asked()
    found = service.listing(current_user, unit, document_type=chosen, year=year, limit=None)
    return render_template(
        "register/book.html", unit=unit, year=year, chosen=chosen, columns=COLUMNS,
        rows=[cells(entry) for entry in service.in_order(found)], names=TYPE_NAMES,
    )  # fmt: skip


@blueprint.get("/register/book.xlsx")
@members(*KEEPERS)
def export() -> ResponseReturnValue:
    """Hand out one year as a spreadsheet."""
    unit, chosen, year = _asked()
    found = service.listing(current_user, unit, document_type=chosen, year=year, limit=None)
    rows = [cells(entry) for entry in service.in_order(found)]
    title = _("Văn bản đi %(year)s", year=year)
    file = xlsx(title, [str(c) for c in COLUMNS], rows, widths=WIDTHS)
    name = f"so-van-ban-di-{year}{f'-{chosen}' if chosen else ''}.xlsx"
    answer = send_file(io.BytesIO(file), mimetype=XLSX, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/register/begin")
@members(Role.SECRETARY)
def begin() -> ResponseReturnValue:
    """Let an empty book go on from a number."""
    unit, form = _unit(), BeginForm()
    if not form.validate_on_submit():
        return _index(form), 422
    service.begin_at(current_user, unit, form.chosen, form.year.data, form.first.data)
    db.session.commit()
    web.good(_("Sổ bắt đầu từ số %(first)s.", first=form.first.data))
    return redirect(url_for("register.index", unit=unit.id, year=form.year.data))


@blueprint.post("/register/<int:entry_id>/issue")
@members(Role.SECRETARY)
def issue(entry_id: int) -> ResponseReturnValue:
    """Say that a document kept elsewhere went out."""
    entry = service.get_by_hand(current_user, entry_id)
    service.mark_issued(current_user, entry)
    db.session.commit()
    web.good(_("Đã ghi phát hành."))
    return redirect(url_for("register.index", unit=entry.book.unit_id))


@blueprint.post("/register/<int:entry_id>/cancel")
@members(Role.SECRETARY)
def cancel(entry_id: int) -> ResponseReturnValue:
    """Give a number up, with the reason."""
    entry, form = service.get_by_hand(current_user, entry_id), CancelForm()
    if not form.validate_on_submit():
        raise BadInput("Hãy viết lý do hủy số.")
    service.cancel(current_user, entry, form.reason.data)
    db.session.commit()
    web.good(_("Đã hủy số. Số vẫn nằm trong sổ và không dùng lại."))
    return redirect(url_for("register.index", unit=entry.book.unit_id))


# -- pieces ----------------------------------------------------------------------------------


def _index(form: BeginForm) -> str:
    unit, chosen, year = _asked()
    before = request.args.get("before", type=int)
    found = service.listing(current_user, unit, document_type=chosen, year=year, before=before)
    return render_template(
        "register/index.html", unit=unit, units=service.units_of(current_user), year=year,
        years=_years(unit), chosen=chosen, names=TYPE_NAMES, entries=found, form=form,
        may_write=Role.SECRETARY in {m.role for m in current_user.memberships
                                     if m.unit_id == unit.id},
        older=found[-1].id if len(found) == service.PAGE else None, newest=before is None,
    )  # fmt: skip


def _unit() -> Unit:
    return service.unit_of(current_user, request.values.get("unit", type=int))


def _asked() -> tuple[Unit, DocumentType | None, int]:
    kind = request.args.get("type", "")
    chosen = DocumentType(kind) if kind in set(DocumentType) else None
    year = request.args.get("year", clock.today().year, type=int)
    return _unit(), chosen, year if 1900 <= year <= 2200 else clock.today().year


def _years(unit: Unit) -> list[int]:
    return sorted({clock.today().year, *(b.year for b in service.books(unit))}, reverse=True)
