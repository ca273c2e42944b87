"""The desk on the paper of the minutes: what its script sends, and the forms that do the same."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web, word_difference
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.errors import BadInput, Stale
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.desk import service
from meetly.minutes.desk.forms import RestoreForm, SplitForm, WordsForm
from meetly.minutes.forms import KIND_NAMES, VersionForm
from meetly.minutes.models import EDITABLE, Minutes
from meetly.minutes.routes import KEEPERS, blueprint, piece_of


@blueprint.post("/minutes/<int:minutes_id>/blocks/<block_id>/words")
@members(Role.SECRETARY)
def save(minutes_id: int, block_id: str) -> ResponseReturnValue:
    """Keep what is typed in place; where both changed the same words, send theirs back."""
    minutes, form = _minutes(minutes_id), WordsForm()
    _require(form)
    try:
        block, merged = service.save(
            current_user, minutes, block_id, form.version.data, form.text.data, form.base.data or ""
        )
    except Stale:
        db.session.rollback()
        db.session.refresh(minutes)
        theirs = minutes_service.block_in(minutes, block_id)
        if theirs is None or form.version.data > minutes.version:
            raise
        answer = _answer(minutes, block_id, "clash", theirs.text)
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return answer
    db.session.commit()
    return _answer(minutes, block_id, "merged" if merged else "saved", block.text)


@blueprint.post("/minutes/<int:minutes_id>/blocks/<block_id>/split")
@members(Role.SECRETARY)
def split(minutes_id: int, block_id: str) -> ResponseReturnValue:
    """Part a block where the caret stands."""
    minutes, form = _minutes(minutes_id), SplitForm()
    _require(form)
    second = service.split(current_user, minutes, block_id, form.version.data, form.at.data)
    db.session.commit()
    return _done(minutes, second)


@blueprint.post("/minutes/<int:minutes_id>/blocks/<block_id>/join")
@members(Role.SECRETARY)
def join(minutes_id: int, block_id: str) -> ResponseReturnValue:
    """Join a block to the one before it."""
    minutes, form = _minutes(minutes_id), VersionForm()
    _require(form)
    first = service.join_previous(current_user, minutes, block_id, form.version.data)
    db.session.commit()
    return _done(minutes, first)


@blueprint.post("/minutes/<int:minutes_id>/versions/<int:number>/take-back")
@members(Role.SECRETARY)
def take_back(minutes_id: int, number: int) -> ResponseReturnValue:
    """Undo what one version changed, and nothing after it."""
    minutes = _minutes(minutes_id)
    try:
        service.take_back(current_user, minutes, number)
    except Stale as error:
        raise BadInput(
            "Chỗ đó đã có người sửa tiếp nên không hoàn tác riêng được; hãy xem các bản đã lưu."
        ) from error
    db.session.commit()
    return _done(minutes, "")


@blueprint.post("/minutes/<int:minutes_id>/restore")
@members(Role.SECRETARY)
def restore(minutes_id: int) -> ResponseReturnValue:
    """Bring back an earlier version, or one block of it."""
    minutes, form = _minutes(minutes_id), RestoreForm()
    _require(form)
    block_id = form.block_id.data or ""
    service.restore(current_user, minutes, form.version.data, form.number.data, block_id)
    db.session.commit()
    web.good(_("Đã trả lại. Bản vừa thay vẫn còn trong các bản đã lưu."))
    return _done(minutes, block_id)


@blueprint.get("/minutes/<int:minutes_id>/blocks/<block_id>/history")
@members(*KEEPERS)
def history(minutes_id: int, block_id: str) -> ResponseReturnValue:
    """Tell how one block came to read as it does."""
    minutes = _minutes(minutes_id)
    told = service.history_of(minutes, block_id)
    steps = [
        (new, word_difference.words(old.block.text if old and old.block else "",
                                    new.block.text if new.block else ""))
        for new, old in zip(told, [*told[1:], None], strict=True)
    ]  # fmt: skip
    return render_template(
        "minutes/history.html",
        minutes=minutes, block_id=block_id, steps=steps, kind_names=KIND_NAMES,
        may_edit=_may_edit(minutes),
    )  # fmt: skip


@blueprint.get("/minutes/<int:minutes_id>/names")
@members(Role.SECRETARY)
def names(minutes_id: int) -> ResponseReturnValue:
    """Offer names of units and speakers while one is typed."""
    return jsonify(service.names(_minutes(minutes_id), request.args.get("q", "")[:100]))


def _minutes(minutes_id: int) -> Minutes:
    return minutes_service.get_to_keep(current_user, minutes_id)


def _may_edit(minutes: Minutes) -> bool:
    keeps_words = minutes_service.is_keeper(current_user, minutes, Role.SECRETARY)
    return keeps_words and minutes.status in EDITABLE


def _require(form: VersionForm) -> None:
    if not form.validate_on_submit():
        raise BadInput("Biểu mẫu thiếu nội dung. Hãy quay lại, điền đủ rồi gửi lại.")


def _done(minutes: Minutes, block_id: str) -> ResponseReturnValue:
    if web.wants_json():
        return jsonify(version=minutes.version, block=block_id)
    return redirect(url_for("minutes.show", minutes_id=minutes.id, _anchor=block_id or None))


def _answer(minutes: Minutes, block_id: str, state: str, text: str) -> Response:
    row, bar = piece_of(minutes.id, block_id)
    return jsonify(state=state, version=minutes.version, text=text, row=row, bar=bar)
