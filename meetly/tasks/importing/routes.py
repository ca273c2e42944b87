"""Pages of importing: a notice or a spreadsheet in, its lines put right, taken over."""

from __future__ import annotations

import time
from http import HTTPStatus

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members
from meetly.accounts.models import Role, Unit
from meetly.errors import BadInput, MeetlyError, Stale, WrongState
from meetly.extensions import db
from meetly.materials import formats
from meetly.tasks.importing import blank, columns, service, showing, taking
from meetly.tasks.importing.forms import (
    FIELD_NAMES,
    KIND_NAMES,
    STATUS_NAMES,
    TROUBLE_NAMES,
    ColumnsForm,
    ImportForm,
    NoticeForm,
    SheetForm,
    VersionForm,
    filled,
)
from meetly.tasks.importing.judging import LARGEST
from meetly.tasks.importing.models import ImportKind, ImportStatus, TaskImport
from meetly.tasks.routes import blueprint

KEEPERS = (Role.SECRETARY, Role.LEADER)
_ONE = "/imports/<int(max=2147483647):task_import_id>"
_SHOWN_LINES = 8
#: seconds a person waits at most for one press
_PATIENCE = 15.0


@blueprint.get("/imports")
@members(*KEEPERS)
def imports() -> ResponseReturnValue:
    """Show how to begin, and what was read so far."""
    return _start(NoticeForm(formdata=None), SheetForm(formdata=None))


@blueprint.post("/imports/notice")
@members(*KEEPERS)
def import_notice() -> ResponseReturnValue:
    """Read an issued notice."""
    form, other = NoticeForm(), SheetForm(formdata=None)
    _offer(form, other)
    if not form.validate_on_submit():
        return _start(form, other), HTTPStatus.UNPROCESSABLE_ENTITY
    sent = form.file.data
    document = sent.stream.read(LARGEST + 1) if sent else b""
    try:
        if not document and not (form.pasted.data or "").strip():
            raise BadInput("Hãy chọn tệp .docx hoặc dán nội dung thông báo.")
        found = service.begin_notice(
            current_user, _unit(form.unit.data), form.heading, document=document,
            filename=sent.filename or "" if sent else "", pasted=form.pasted.data or "",
        )  # fmt: skip
    except BadInput as error:
        form.form_errors.append(_(error.template, **error.values))
        return _start(form, other), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    return redirect(url_for("tasks.imported", task_import_id=found.id))


@blueprint.post("/imports/sheet")
@members(*KEEPERS)
def import_sheet() -> ResponseReturnValue:
    """Read a spreadsheet; ask which column is which when its names do not say."""
    form, other = SheetForm(), NoticeForm(formdata=None)
    _offer(other, form)
    if not form.validate_on_submit():
        return _start(other, form), HTTPStatus.UNPROCESSABLE_ENTITY
    sent = form.file.data
    try:
        found = service.begin_sheet(
            current_user, _unit(form.unit.data), form.heading,
            document=sent.stream.read(LARGEST + 1), filename=sent.filename or "",
        )  # fmt: skip
    except BadInput as error:
        form.file.errors = [_(error.template, **error.values)]
        return _start(other, form), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    view = "tasks.imported" if found.rows else "tasks.import_columns"
    return redirect(url_for(view, task_import_id=found.id))


@blueprint.get("/imports/template.xlsx")
@members(*KEEPERS)
def import_template() -> ResponseReturnValue:
    """Send the spreadsheet an office may fill in."""
    headers = {"Content-Disposition": f'attachment; filename="{blank.FILENAME}"'}
    return Response(blank.template(), mimetype=formats.XLSX.media_type, headers=headers)


@blueprint.route(_ONE, methods=["GET", "POST"])
@members(*KEEPERS)
def imported(task_import_id: int) -> ResponseReturnValue:
    """Show what was read, and keep what was put right; take it over when asked."""
    found = service.get(current_user, task_import_id)
    if request.method != "POST":
        return _page(found)
    if found.status != ImportStatus.READ:
        return redirect(_at(found))
    form = ImportForm()
    form.offer_meetings(service.meetings_of([found.unit]))
    if not form.validate_on_submit():
        return _page(found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        service.save(current_user, found, form.version.data, form.heading, form.changes)
    except WrongState:  # pressed twice: the other press was faster
        db.session.rollback()
        return redirect(_at(found))
    except Stale as error:
        db.session.rollback()
        return _page(found, form, str(_(error.template))), HTTPStatus.CONFLICT
    db.session.commit()
    return _go_on(found, form)


@blueprint.route(f"{_ONE}/columns", methods=["GET", "POST"])
@members(*KEEPERS)
def import_columns(task_import_id: int) -> ResponseReturnValue:
    """Let a person say which column of a spreadsheet holds what."""
    found = service.get(current_user, task_import_id)
    if found.kind != ImportKind.SHEET or found.status != ImportStatus.READ:
        return redirect(_at(found))
    form = ColumnsForm()
    lines = found.lines[: columns.HEADER_WITHIN]
    width = max((len(line) for line in lines), default=0)
    form.offer(lines, [_column_name(lines, at) for at in range(width)])
    if form.validate_on_submit():
        try:
            service.name_columns(
                current_user, found, form.version.data, form.header.data, form.chosen
            )
        except BadInput as error:
            db.session.rollback()
            form.form_errors.append(_(error.template, **error.values))
        else:
            db.session.commit()
            return redirect(_at(found))
    if not form.is_submitted():
        form.version.data, form.header.data = found.version, found.columns.get("header", 0)
        for field, at in found.columns.get("fields", {}).items():
            form[f"column_{field}"].data = at
    page = render_template(
        "tasks/import_columns.html", found=found, form=form, width=width,
        lines=[[*line, *[""] * (width - len(line))] for line in lines[:_SHOWN_LINES]],
    )  # fmt: skip
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@blueprint.post(f"{_ONE}/discard")
@members(*KEEPERS)
def discard_import(task_import_id: int) -> ResponseReturnValue:
    """Throw away what was read."""
    found = service.get(current_user, task_import_id)
    form = VersionForm()
    if not form.validate_on_submit():
        raise BadInput()
    service.discard(current_user, found, form.version.data)
    db.session.commit()
    web.good(_("Đã bỏ; không có nhiệm vụ nào được mở."))
    return redirect(url_for("tasks.imports"))


def _go_on(found: TaskImport, form: ImportForm) -> ResponseReturnValue:
    """Do what was pressed, now that everything typed is kept."""
    if form.taking.data:
        return _take(found)
    if form.adding.data:
        row = service.add_row(current_user, found)
        db.session.commit()
        last = showing.shown(found, service.names_for(found.unit)).pages
        return redirect(
            url_for("tasks.imported", task_import_id=found.id, page=last, _anchor=row.key)
        )
    if form.renaming:
        old, new = form.renaming
        changed = service.rename(current_user, found, old, new)
        db.session.commit()
        web.good(_("Đã đổi thành %(new)s ở %(changed)s dòng.", new=new, changed=changed))
    elif form.choosing.data or form.with_done.data:
        chosen = service.choose(current_user, found, found.version, done=bool(form.with_done.data))
        db.session.commit()
        web.good(_("Đã chọn %(chosen)s dòng.", chosen=chosen))
    else:
        web.good(_("Đã lưu."))
    return redirect(_here(found))


def _take(found: TaskImport) -> ResponseReturnValue:
    """Take over step by step; each step is kept, and a long import goes on at the next press."""
    opened, until = 0, time.monotonic() + _PATIENCE
    while found.status == ImportStatus.READ and (not opened or time.monotonic() < until):
        try:
            opened += len(taking.take(current_user, found, found.version))
        except MeetlyError as error:
            db.session.rollback()
            words = str(_(error.template, **error.values))
            return _page(found, message=words), HTTPStatus.UNPROCESSABLE_ENTITY
        db.session.commit()
    web.good(ngettext("Đã nhận và mở %(num)s nhiệm vụ.", "Đã nhận và mở %(num)s nhiệm vụ.", opened))
    if found.status == ImportStatus.READ:
        web.good(_("Còn dòng chưa nhận; hãy bấm Nhận lần nữa để nhận tiếp."))
    return redirect(_at(found))


def _start(notice: NoticeForm, sheet: SheetForm) -> str:
    _offer(notice, sheet)
    return render_template(
        "tasks/imports.html", notice=notice, sheet=sheet, largest=LARGEST,
        found=service.listing(current_user), kinds=KIND_NAMES, statuses=STATUS_NAMES,
    )  # fmt: skip


def _offer(notice: NoticeForm, sheet: SheetForm) -> None:
    units = service.keeping(current_user)
    notice.offer(units)
    sheet.offer(units)
    notice.offer_meetings(service.meetings_of(units))


def _unit(unit_id: int) -> Unit:
    found = next((u for u in service.keeping(current_user) if u.id == unit_id), None)
    if found is None:
        raise BadInput()
    return found


def _page(found: TaskImport, form: ImportForm | None = None, message: str = "") -> str:
    names = service.names_for(found.unit)
    notable = request.args.get("only") == "look"
    shown = showing.shown(found, names, request.args.get("page", 1, type=int), notable=notable)
    kept = filled(found, shown.lines)
    if form is None:
        form = kept
    else:  # what was typed stays; the next saving is made on the newest version
        form.version.data = found.version
    form.offer_meetings(service.meetings_of([found.unit]))
    return render_template(
        "tasks/imported.html", found=found, form=form, shown=shown, message=message,
        lines={line.row.key: line for line in shown.lines}, notable=notable,
        units=[unit.name for unit in names.living], troubles=TROUBLE_NAMES, kinds=KIND_NAMES,
        statuses=STATUS_NAMES, field_names=FIELD_NAMES, here=_here(found),
    )  # fmt: skip


def _column_name(lines: list[list[str]], at: int) -> str:
    letter = chr(ord("A") + at) if at < 26 else f"A{chr(ord('A') + at - 26)}"
    if at >= 52:
        letter = f"B{chr(ord('A') + at - 52)}"
    words = next((line[at] for line in lines if at < len(line) and line[at]), "")
    return f"{letter}: {words[:60]}" if words else letter


def _here(found: TaskImport) -> str:
    """The page the person is on, with what narrows it."""
    page, only = request.args.get("page", type=int), request.args.get("only")
    return url_for("tasks.imported", task_import_id=found.id, page=page, only=only)


def _at(found: TaskImport) -> str:
    return url_for("tasks.imported", task_import_id=found.id)
