"""Pages of minutes: the lists, the paper itself, its versions, and the way to approval."""

from __future__ import annotations

import io
from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web, word_difference
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.errors import BadInput, MeetlyError, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.minutes import difference, service
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.desk import service as desk
from meetly.minutes.desk.sittings import sittings
from meetly.minutes.forms import (
    KIND_NAMES,
    ApproveForm,
    BlockForm,
    RemarkForm,
    ReturnForm,
    VersionForm,
)
from meetly.minutes.issuing import showing as issuing
from meetly.minutes.models import EDITABLE, Minutes, MinutesStatus
from meetly.minutes.showing import Paper, paper_for

blueprint = Blueprint("minutes", __name__)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEMBERS = (Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)
KEEPERS = (Role.SECRETARY, Role.LEADER)


# -- reading ---------------------------------------------------------------------------------


@blueprint.get("/minutes")
@members(*MEMBERS)
def index() -> ResponseReturnValue:
    """List the minutes a person may read, those under way first."""
    before = request.args.get("before", type=int)
    under_way = [] if before else [
        (status, found)
        for status in (MinutesStatus.SUBMITTED, MinutesStatus.RETURNED, MinutesStatus.DRAFT)
        if (found := service.listing(current_user, status, limit=100))
    ]  # fmt: skip
    approved = service.listing(current_user, MinutesStatus.APPROVED, before=before)
    return render_template(
        "minutes/index.html",
        under_way=under_way,
        approved=approved,
        older=approved[-1].id if len(approved) == service.PAGE else None,
        newest=before is None,
    )


@blueprint.get("/minutes/<int:minutes_id>")
@members(*MEMBERS)
def show(minutes_id: int) -> ResponseReturnValue:
    """Show the minutes as a sheet of paper with what each block rests on."""
    return render_template("minutes/show.html", **_page(minutes_id))


@blueprint.get("/minutes/<int:minutes_id>/<any(minutes, notice):kind>.docx")
@members(*MEMBERS)
def download(minutes_id: int, kind: str) -> ResponseReturnValue:
    """Hand out a document: a draft, or the bytes that were submitted and approved."""
    document, name = service.document(current_user, _readable(minutes_id), kind)
    return send_file(io.BytesIO(document), mimetype=DOCX, as_attachment=True, download_name=name)


@blueprint.get("/minutes/<int:minutes_id>/versions")
@members(*KEEPERS)
def versions(minutes_id: int) -> ResponseReturnValue:
    """List the kept versions and show what changed between two of them."""
    minutes = service.get_to_keep(current_user, minutes_id)
    kept = desk.versions_without_words(minutes)
    after = request.args.get("after", minutes.version, type=int)
    before = request.args.get("before", max(1, after - 1), type=int)
    changes = difference.changed(
        service.blocks_of(minutes, before), service.blocks_of(minutes, after)
    )
    return render_template(
        "minutes/versions.html",
        minutes=minutes,
        versions=kept,
        sittings=sittings(kept),
        may_edit=minutes.status in EDITABLE
        and service.is_keeper(current_user, minutes, Role.SECRETARY),
        before=before,
        after=after,
        changes=changes,
        kind_names=KIND_NAMES,
    )


# -- writing ---------------------------------------------------------------------------------


@blueprint.get("/minutes/<int:minutes_id>/blocks/<block_id>")
@members(*KEEPERS)
def block(minutes_id: int, block_id: str) -> ResponseReturnValue:
    """Show one block as it stands, in place; what an editor is left for."""
    service.get_to_keep(current_user, minutes_id)
    if not web.is_htmx():
        return redirect(_at(minutes_id, block_id))
    return _piece(minutes_id, block_id)


@blueprint.route("/minutes/<int:minutes_id>/blocks/<block_id>/edit", methods=["GET", "POST"])
@members(Role.SECRETARY)
def edit(minutes_id: int, block_id: str) -> ResponseReturnValue:
    """Change the words of a block, in place or on a page of its own."""
    minutes = service.get_to_keep(current_user, minutes_id)
    before = _block(minutes, block_id)
    form = BlockForm()
    if form.validate_on_submit():
        try:
            service.edit_block(
                current_user, minutes, form.version.data, block_id, form.text.data,
                kind=form.block_kind, assignment=form.assignment,
            )  # fmt: skip
        except (Stale, WrongState, BadInput) as error:
            return _not_kept(minutes, before, form, error)
        db.session.commit()
        return _kept(minutes, before, form.block_kind)
    if not form.is_submitted():
        form.show(before, minutes.version)
    return _editor(minutes, before, form)


@blueprint.route("/minutes/<int:minutes_id>/blocks", methods=["GET", "POST"])
@members(Role.SECRETARY)
def add(minutes_id: int) -> ResponseReturnValue:
    """Write a new block after another."""
    minutes = service.get_to_keep(current_user, minutes_id)
    form = BlockForm()
    if form.validate_on_submit():
        added = service.add_block(
            current_user, minutes, form.version.data, form.after.data or "", form.block_kind,
            form.text.data, assignment=form.assignment,
        )  # fmt: skip
        db.session.commit()
        web.good(_("Đã thêm một đoạn."))
        return redirect(_at(minutes.id, added))
    if not form.is_submitted():
        after = service.block_in(minutes, request.args.get("after", ""))
        form.version.data, form.after.data = minutes.version, after.id if after else ""
        form.kind.data = (after.kind if after else BlockKind.REPORT).value
    return render_template("minutes/add.html", minutes=minutes, form=form), _unless_wrong(form)


@blueprint.post("/minutes/<int:minutes_id>/blocks/<block_id>/remove")
@members(Role.SECRETARY)
def remove(minutes_id: int, block_id: str) -> ResponseReturnValue:
    """Take a block out; earlier versions keep it."""
    minutes = service.get_to_keep(current_user, minutes_id)
    service.remove_block(current_user, minutes, _version(VersionForm()), block_id)
    db.session.commit()
    web.good(_("Đã bỏ đoạn. Bản trước vẫn giữ đoạn này."))
    return redirect(url_for("minutes.show", minutes_id=minutes.id))


@blueprint.post("/minutes/<int:minutes_id>/blocks/<block_id>/move")
@members(Role.SECRETARY)
def move(minutes_id: int, block_id: str) -> ResponseReturnValue:
    """Move a block past its neighbour."""
    minutes = service.get_to_keep(current_user, minutes_id)
    step = -1 if request.form.get("step") == "-1" else 1
    service.move_block(current_user, minutes, _version(VersionForm()), block_id, step)
    db.session.commit()
    if web.wants_json():
        return {"version": minutes.version, "block": block_id}
    return redirect(_at(minutes.id, block_id))


# -- the way to approval ---------------------------------------------------------------------


@blueprint.post("/minutes/<int:minutes_id>/submit")
@members(Role.SECRETARY)
def submit(minutes_id: int) -> ResponseReturnValue:
    """Freeze both documents and ask the leaders."""
    minutes = service.get_to_keep(current_user, minutes_id)
    service.submit(current_user, minutes, _version(VersionForm()))
    db.session.commit()
    web.good(_("Biên bản đã gửi duyệt. Lãnh đạo đã được báo."))
    return redirect(url_for("minutes.show", minutes_id=minutes.id))


@blueprint.post("/minutes/<int:minutes_id>/withdraw")
@members(Role.SECRETARY)
def withdraw(minutes_id: int) -> ResponseReturnValue:
    """Take submitted minutes back to change them."""
    minutes = service.get_to_keep(current_user, minutes_id)
    service.withdraw(current_user, minutes)
    db.session.commit()
    web.good(_("Đã rút lại; biên bản sửa tiếp được."))
    return redirect(url_for("minutes.show", minutes_id=minutes.id))


@blueprint.post("/minutes/<int:minutes_id>/give-back")
@members(Role.LEADER)
def give_back(minutes_id: int) -> ResponseReturnValue:
    """Return the minutes with what has to change."""
    minutes = service.get_to_keep(current_user, minutes_id)
    form = ReturnForm()
    version, typed = _version(form), form.text.data or ""
    try:
        service.give_back(current_user, minutes, version, typed)
    except (Stale, WrongState) as error:
        return _moved_on(minutes, version, error, typed)
    db.session.commit()
    web.good(_("Đã trả lại thư ký kèm góp ý."))
    return redirect(url_for("minutes.show", minutes_id=minutes.id))


@blueprint.post("/minutes/<int:minutes_id>/approve")
@members(Role.LEADER)
def approve(minutes_id: int) -> ResponseReturnValue:
    """Approve exactly the bytes this page showed."""
    minutes = service.get_to_keep(current_user, minutes_id)
    form = ApproveForm()
    version, shown = _version(form), (form.minutes_sha256.data, form.notice_sha256.data)
    try:
        service.approve(current_user, minutes, version, *shown)
    except (Stale, WrongState) as error:
        return _moved_on(minutes, version, error)
    db.session.commit()
    web.good(_("Đã duyệt. Các đơn vị dự họp đã được báo."))
    return redirect(url_for("minutes.show", minutes_id=minutes.id))


@blueprint.post("/minutes/<int:minutes_id>/remarks")
@members(*KEEPERS)
def remark(minutes_id: int) -> ResponseReturnValue:
    """Say what should change, at one block or at the whole."""
    minutes = service.get_to_keep(current_user, minutes_id)
    form = RemarkForm()
    version, block_id = _version(form), form.block_id.data or ""
    service.remark(current_user, minutes, version, block_id, form.text.data)
    db.session.commit()
    web.good(_("Đã ghi góp ý."))
    if back := request.form.get("back"):
        return redirect(url_for("minutes.read", minutes_id=minutes.id, _anchor=back))
    return redirect(_at(minutes.id, block_id or "remarks"))


@blueprint.post("/remarks/<int:remark_id>/resolve")
@members(Role.SECRETARY)
def resolve_remark(remark_id: int) -> ResponseReturnValue:
    """Mark a remark as dealt with."""
    minutes = service.resolve_remark(current_user, remark_id)
    db.session.commit()
    return redirect(_at(minutes.id, request.form.get("block", "") or "remarks"))


# -- pieces ----------------------------------------------------------------------------------


def _readable(minutes_id: int) -> Minutes:
    return service.get(current_user, minutes_id)


def _page(minutes_id: int) -> dict[str, object]:
    paper: Paper = paper_for(current_user, _readable(minutes_id))
    return {
        "paper": paper,
        "minutes": paper.minutes,
        "meeting": paper.minutes.meeting,
        "kind_names": KIND_NAMES,
        "beside": issuing.beside(current_user, paper.minutes),
        "editable": paper.minutes.status in EDITABLE,
    }


def _piece(minutes_id: int, block_id: str) -> str:
    return render_template("minutes/block_piece.html", **_shown(minutes_id, block_id))


def piece_of(minutes_id: int, block_id: str) -> tuple[str, str]:
    """Return a block as it stands now and the bar under the paper, each as a piece of the page."""
    page = _shown(minutes_id, block_id)
    return (
        render_template("minutes/block_alone.html", **page),
        render_template("minutes/bar_alone.html", **page),
    )


def _shown(minutes_id: int, block_id: str) -> dict[str, object]:
    page = _page(minutes_id)
    paper = page["paper"]
    assert isinstance(paper, Paper)
    for shown in (b for blocks in paper.blocks.values() for b in blocks):
        if shown.block.id == block_id:
            return {**page, "shown": shown}
    raise NotFound()


def _block(minutes: Minutes, block_id: str) -> Block:
    found = service.block_in(minutes, block_id)
    if found is None:
        raise NotFound()
    return found


def _editor(
    minutes: Minutes, before: Block, form: BlockForm, **words: object
) -> ResponseReturnValue:
    page = "minutes/edit_piece.html" if web.is_htmx() else "minutes/edit.html"
    answer = render_template(page, minutes=minutes, block=before, form=form, **words)
    return answer, _unless_wrong(form)


def _unless_wrong(form: BlockForm) -> int:
    wrong = form.is_submitted() and form.errors
    return HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def _kept(minutes: Minutes, before: Block, kind: BlockKind) -> ResponseReturnValue:
    """Show the block anew in place; a changed direction changes other parts of the page too."""
    there = _at(minutes.id, before.id)
    if not web.is_htmx():
        web.good(_("Đã lưu bản số %(version)s.", version=minutes.version))
        return redirect(there)
    if kind is not before.kind or kind in (BlockKind.DIRECTION, BlockKind.QUESTION):
        return Response(headers={"HX-Redirect": there, "HX-Refresh": "true"})
    return _piece(minutes.id, before.id)


def _not_kept(
    minutes: Minutes, before: Block, form: BlockForm, error: MeetlyError
) -> ResponseReturnValue:
    """Show both texts: the words that stand now and the words that were typed; nothing is lost."""
    db.session.rollback()
    db.session.refresh(minutes)
    now = service.block_in(minutes, before.id)
    words = _(error.template, **error.values)
    if isinstance(error, Stale) and now is not None:
        form.version.data = minutes.version
        form.version.raw_data = None
    page = "minutes/conflict_piece.html" if web.is_htmx() else "minutes/conflict.html"
    compared = word_difference.words(now.text, form.text.data) if now else []
    answer = render_template(
        page, minutes=minutes, block=before, now=now, form=form, compared=compared, message=words,
        may_save=now is not None and minutes.status in EDITABLE,
    )  # fmt: skip
    # htmx shows an answer with 422 in place of the form; a page says 409 as every conflict does.
    status = HTTPStatus.UNPROCESSABLE_ENTITY if web.is_htmx() else HTTPStatus.CONFLICT
    return answer, status


def _moved_on(
    minutes: Minutes, seen: int, error: MeetlyError, typed: str = ""
) -> ResponseReturnValue:
    """Say that nothing was decided because the minutes moved on, and what changed meanwhile."""
    db.session.rollback()
    db.session.refresh(minutes)
    return render_template(
        "minutes/reading_moved_on.html", minutes=minutes, seen=seen, typed=typed,
        message=_(error.template, **error.values), kind_names=KIND_NAMES,
        changes=difference.changed(
            service.blocks_of(minutes, seen), service.blocks_of(minutes)
        ),
    ), HTTPStatus.CONFLICT  # fmt: skip


def _version(form: VersionForm) -> int:
    if not form.validate_on_submit():
        raise BadInput("Biểu mẫu thiếu nội dung. Hãy quay lại, điền đủ rồi gửi lại.")
    version: int = form.version.data
    return version


def _at(minutes_id: int, anchor: str) -> str:
    return url_for("minutes.show", minutes_id=minutes_id, _anchor=anchor)
