"""Pages of Word files: bring an edited one back, read what it changes, take it over."""

from __future__ import annotations

from http import HTTPStatus

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import web
from meetly.accounts.access import members
from meetly.accounts.models import Role
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.forms import KIND_NAMES
from meetly.minutes.models import EDITABLE
from meetly.minutes.routes import blueprint
from meetly.minutes.word_files import service
from meetly.minutes.word_files.forms import AcceptForm, WordFileForm
from meetly.minutes.word_files.judging import LARGEST
from meetly.minutes.word_files.models import WordFile, WordFileStatus

_ONE = "/word-files/<int(max=2147483647):word_file_id>"


@blueprint.route("/minutes/<int:minutes_id>/word-files", methods=["GET", "POST"])
@members(Role.SECRETARY)
def word_files(minutes_id: int) -> ResponseReturnValue:
    """Show the way of the minutes through Word, and take an edited file in."""
    minutes = minutes_service.get_to_keep(current_user, minutes_id)
    form = WordFileForm()
    if form.validate_on_submit():
        sent = form.file.data
        document = sent.stream.read(LARGEST + 1)
        try:
            brought = service.bring_back(current_user, minutes, sent.filename or "", document)
        except BadInput as error:
            form.file.errors = [_(error.template, **error.values)]
        else:
            db.session.commit()
            return redirect(url_for("minutes.word_file", word_file_id=brought.id))
    page = render_template(
        "minutes/word_files.html", minutes=minutes, form=form, largest=LARGEST,
        found=service.of_minutes(minutes), editable=minutes.status in EDITABLE,
    )  # fmt: skip
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@blueprint.get(_ONE)
@members(Role.SECRETARY)
def word_file(word_file_id: int) -> ResponseReturnValue:
    """Show block by block what a file would change in the minutes as they stand."""
    found = service.get_to_decide(current_user, word_file_id)
    is_open = found.status == WordFileStatus.OPEN and found.minutes.status in EDITABLE
    return render_template(
        "minutes/word_file.html", found=found, minutes=found.minutes, kind_names=KIND_NAMES,
        proposals=service.would_change(found) if is_open else None, is_open=is_open,
    )  # fmt: skip


@blueprint.post(f"{_ONE}/accept")
@members(Role.SECRETARY)
def accept_word_file(word_file_id: int) -> ResponseReturnValue:
    """Take what was chosen over as one new version."""
    found = service.get_to_decide(current_user, word_file_id)
    form = AcceptForm()
    if not form.validate_on_submit():
        raise BadInput("Biểu mẫu thiếu nội dung. Hãy quay lại, điền đủ rồi gửi lại.")
    taken, order = set(form.take.data or ()), form.order.data
    if form.everything.data:
        taken, order = _all_of(found), True
    before = found.minutes.version
    version = service.accept(current_user, found, form.version.data, taken, order=order)
    db.session.commit()
    if version == before:
        web.good(_("Không nhận đoạn nào; biên bản giữ nguyên."))
    else:
        web.good(_("Đã lưu bản số %(version)s từ tệp Word.", version=version))
    return redirect(url_for("minutes.show", minutes_id=found.minutes_id))


@blueprint.post(f"{_ONE}/drop")
@members(Role.SECRETARY)
def drop_word_file(word_file_id: int) -> ResponseReturnValue:
    """Leave the minutes as they are."""
    found = service.get_to_decide(current_user, word_file_id)
    service.drop(current_user, found)
    db.session.commit()
    web.good(_("Đã bỏ qua tệp Word; biên bản giữ nguyên."))
    return redirect(url_for("minutes.word_files", minutes_id=found.minutes_id))


def _all_of(found: WordFile) -> set[str]:
    return {proposal.block.id for proposal in service.would_change(found).blocks}
