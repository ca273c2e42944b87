"""Pages of signing: keys, the signatures of a document, signing elsewhere, and verification."""

from __future__ import annotations

import io
from threading import BoundedSemaphore

from flask import jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from meetly import confined, web
from meetly.accounts.access import members, public
from meetly.accounts.models import Role
from meetly.config import settings
from meetly.errors import BadInput, MeetlyError, WrongState
from meetly.extensions import db
from meetly.minutes.issuing.models import OfficialDocument
from meetly.minutes.routes import blueprint
from meetly.minutes.signing import appearance, keys, service, tokens, turns, verifying
from meetly.minutes.signing.certificates import WrongSecret
from meetly.minutes.signing.forms import (
    KIND_NAMES,
    POSITION_WORDS,
    AnswerForm,
    KeyForm,
    SignForm,
    VerifyForm,
)
from meetly.minutes.signing.models import KeyKind
from meetly.storage import files

SIGNERS = (Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)
#: files of strangers that are read at a time, and seconds others wait for their turn
_READING, _PATIENCE = BoundedSemaphore(2), 20


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"signing_positions": POSITION_WORDS}


# -- keys ------------------------------------------------------------------------------------


@blueprint.route("/signing-keys", methods=["GET", "POST"])
@members()
def signing_keys() -> ResponseReturnValue:
    """Show the keys a person signs with, and add one."""
    form = KeyForm()
    form.offer(keys.sealing_units(current_user))
    if form.validate_on_submit():
        try:
            keys.add(current_user, form.source(), form.drawn(), unit=form.unit, address=_address())
        except (WrongSecret, BadInput) as error:
            _say(form, error)
        else:
            db.session.commit()
            web.good(_("Đã thêm khóa ký."))
            return redirect(url_for("minutes.signing_keys"))
    return render_template(
        "minutes/signing_keys.html", form=form, keys=keys.mine(current_user),
        kind_names=KIND_NAMES, has_token=tokens.available(),
    ), 422 if form.errors or form.form_errors else 200  # fmt: skip


@blueprint.post("/signing-keys/<int:key_id>/retire")
@members()
def retire_signing_key(key_id: int) -> ResponseReturnValue:
    """Use a key no more."""
    locked = keys.retire(current_user, keys.get(current_user, key_id))
    db.session.commit()
    if locked:
        files.delete(locked)
    web.good(_("Khóa đã ngừng dùng. Những gì đã ký vẫn có giá trị."))
    return redirect(url_for("minutes.signing_keys"))


@blueprint.get("/signing-keys/<int:key_id>/picture.png")
@members()
def signing_picture(key_id: int) -> ResponseReturnValue:
    """Show the picture of a signature or seal to who may use it."""
    return _png(keys.picture_of(keys.get(current_user, key_id)))


# -- the signatures of a document ------------------------------------------------------------


@blueprint.get("/documents/<int:document_id>/signatures")
@members(*SIGNERS)
def signatures(document_id: int) -> ResponseReturnValue:
    """Show who has signed, who comes next, the pages as they are, and the way to sign."""
    document = service.document_for(current_user, document_id)
    return _signatures_page(document, SignForm())


@blueprint.post("/documents/<int:document_id>/signatures")
@members(*SIGNERS)
def sign(document_id: int) -> ResponseReturnValue:
    """Sign exactly the PDF this page showed, or go on to have it signed elsewhere."""
    document = service.document_for(current_user, document_id)
    signature = service.require_turn(current_user, document)
    form = SignForm()
    form.offer(keys.fitting(current_user, signature))
    if not form.validate_on_submit():
        return _signatures_page(document, form)
    consent = service.Consent(signature, form.keys[form.key.data], form.before_sha256.data)
    if consent.key.kind == KeyKind.ELSEWHERE:
        prepared = service.prepare(current_user, consent)
        db.session.commit()
        return redirect(url_for("minutes.prepared_signature", prepared_id=prepared.id))
    try:
        service.sign(current_user, consent, form.secret.data or "", _address())
    except WrongSecret as error:
        _say(form, error)
        return _signatures_page(document, form)
    db.session.commit()
    web.good(_("Đã ký. Chữ ký nằm trong bản PDF mới; bản trước vẫn được giữ."))
    return redirect(url_for("minutes.signatures", document_id=document_id))


# -- signing at the signer's own computer ----------------------------------------------------


@blueprint.route("/prepared-signatures/<int:prepared_id>", methods=["GET", "POST"])
@members(*SIGNERS)
def prepared_signature(prepared_id: int) -> ResponseReturnValue:
    """Show what has to be signed elsewhere, and take the signature back."""
    row = service.get_prepared(current_user, prepared_id)
    form = AnswerForm()
    if form.validate_on_submit():
        signature = service.complete(current_user, row, form.file.data.read(keys.LARGEST))
        db.session.commit()
        web.good(_("Đã ký. Chữ ký nằm trong bản PDF mới; bản trước vẫn được giữ."))
        return redirect(url_for("minutes.signatures", document_id=signature.document_id))
    return render_template("minutes/prepared_signature.html", row=row, form=form)


@blueprint.get(
    '/prepared-signatures/<int:prepared_id>/<any("request.json", "attributes.bin", "content.bin")'
    ":part>"
)
@members(*SIGNERS)
def prepared_part(prepared_id: int, part: str) -> ResponseReturnValue:
    """Hand out what a program at the signer's computer reads."""
    row = service.get_prepared(current_user, prepared_id)
    if part == "request.json":
        return jsonify(
            version=1, algorithm="sha256", attributes=row.attributes, digest=row.digest,
            before_sha256=row.before_sha256, certificate=row.key.certificates,
            expires_at=row.expires_at.isoformat(),
        )  # fmt: skip
    is_whole = part == "content.bin"
    content = service.content_of(row) if is_whole else bytes.fromhex(row.attributes)
    return send_file(
        io.BytesIO(content), mimetype="application/octet-stream", as_attachment=True,
        download_name=part,
    )  # fmt: skip


# -- verification ----------------------------------------------------------------------------


@blueprint.route("/verify", methods=["GET", "POST"])
@public
def verify() -> ResponseReturnValue:
    """Tell anybody who signed a PDF, when, and whether a byte of it changed."""
    form, verdict, known = VerifyForm(), None, None
    if form.validate_on_submit():
        try:
            verdict = _read(form.file.data.read(verifying.LARGEST + 1))
            known = service.issued_with(verdict.sha256)
        except MeetlyError as error:
            form.file.errors = [_(error.template, **error.values)]
    return render_template(
        "minutes/verify.html", form=form, verdict=verdict, known=known,
        time_shown=appearance.time_shown, has_roots=bool(settings().trusted_roots),
    ), 422 if form.errors or form.file.errors else 200  # fmt: skip


# -- pieces ----------------------------------------------------------------------------------


def _read(file: bytes) -> verifying.Verdict:
    if not _READING.acquire(timeout=_PATIENCE):
        raise WrongState("Máy chủ đang kiểm tra tệp của người khác; hãy thử lại sau ít phút.")
    try:
        return verifying.verdict_on(file, settings().trusted_roots)
    finally:
        _READING.release()


def _signatures_page(document: OfficialDocument, form: SignForm) -> ResponseReturnValue:
    following = turns.next_of(document)
    mine = following is not None and turns.may_sign(current_user, following)
    fitting = keys.fitting(current_user, following) if mine and following else []
    form.offer(fitting)
    if not form.is_submitted():
        form.before_sha256.data = document.shown_sha256
    answer = render_template(
        "minutes/signatures.html", document=document, rows=turns.signatures_of(document),
        following=following, mine=mine, fitting=fitting, form=form, pages=_pages(document),
        time_shown=appearance.time_shown,
    )  # fmt: skip
    return answer, 422 if form.errors or form.form_errors else 200


def _pages(document: OfficialDocument) -> int:
    """Count the pages that can be shown; none before it is printed."""
    if not document.shown_sha256:
        return 0
    try:
        return service.page_picture(document, 1)[1]
    except confined.Failed:
        return 0


def _png(picture: bytes) -> ResponseReturnValue:
    return send_file(io.BytesIO(picture), mimetype="image/png")


def _say(form: KeyForm | SignForm, error: MeetlyError) -> None:
    """Tell what was wrong beside the form; a failure that was counted stays counted."""
    words = _(error.template, **error.values)
    if isinstance(error, WrongSecret):
        db.session.commit()
        form.secret.errors = [words]
    else:
        db.session.rollback()
    form.form_errors.append(words)


def _address() -> str:
    return request.remote_addr or ""
