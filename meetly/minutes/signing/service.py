"""Verbs of signing: what a document needs, sign it here, or give out a hash to be signed elsewhere.

A signature names the PDF that was shown by its SHA-256. The comparison is made while the document's
row is held, so nobody signs bytes that were not shown, and no two signatures grow from one PDF.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from meetly import arriving, audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.config import settings
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.minutes import kept_papers
from meetly.minutes.issuing import states
from meetly.minutes.issuing.models import DocumentStatus, OfficialDocument
from meetly.minutes.signing import appearance, certificates, keys, pades, planning, turns
from meetly.minutes.signing.appearance import Shown
from meetly.minutes.signing.models import (
    KeyKind,
    PreparedSignature,
    Signature,
    SignaturePurpose,
    SigningKey,
)
from meetly.minutes.signing.places import Box, Place
from meetly.minutes.signing.turns import may_sign, next_of, signatures_of
from meetly.storage import files

#: where PDFs lie that wait for a signature made elsewhere
FOLDER = "prepared-signatures"
#: how long a hash that was given out may come back signed
VALID_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class Consent:
    """What a person decides to sign: the next place of a document, with a key, as it was shown."""

    signature: Signature
    key: SigningKey
    before_sha256: str


def document_for(user: User, document_id: int) -> OfficialDocument:
    """Return a document to those who keep it or sign it; NotFound otherwise."""
    document = db.session.get(OfficialDocument, document_id)
    if document is None:
        raise NotFound()
    held = accounts.roles_in(user, document.minutes.meeting.unit_id)
    if held & {Role.SECRETARY, Role.LEADER}:
        return document
    if not any(row.user_id == user.id for row in signatures_of(document)):
        raise NotFound()
    return document


def require_turn(user: User, document: OfficialDocument) -> Signature:
    """Return the signature this person gives next; NotAllowed or WrongState say why not."""
    if not any(may_sign(user, row) for row in signatures_of(document)):
        raise NotAllowed("Văn bản này không cần chữ ký của bạn.")
    following = next_of(document)
    if following is None:
        raise WrongState("Văn bản này chưa có bản PDF, hoặc không nhận thêm chữ ký nữa.")
    if not may_sign(user, following):
        raise WrongState("Chưa đến lượt bạn ký: còn chữ ký đứng trước, hoặc bạn đã ký rồi.")
    return following


def page_picture(document: OfficialDocument, page: int) -> tuple[bytes, int]:
    """Return the picture of a page (from 1) as it looks now, and how many pages there are."""
    if not document.shown_sha256:
        raise NotFound()
    return picture_in(document.shown_sha256, page)


def picture_in(sha256: str, page: int) -> tuple[bytes, int]:
    """Return the PNG of a page (from 1) of a kept PDF, and how many pages there are; drawn once."""
    stem = f"documents/{sha256}-signed"
    if not files.exists(f"{stem}-1.png"):
        drawn = appearance.page_pictures(kept_papers.read(sha256, "pdf"))
        for number in range(len(drawn), 0, -1):  # the first one last: it says that all are there
            files.write(f"{stem}-{number}.png", [drawn[number - 1]])
    count = 1
    while files.exists(f"{stem}-{count + 1}.png"):
        count += 1
    if not 1 <= page <= count:
        raise NotFound()
    return files.read(f"{stem}-{page}.png"), count


def sign(user: User, consent: Consent, secret: str, address: str = "") -> Signature:
    """Sign with a key at the server; Stale when the PDF is no longer the one that was shown."""
    key = consent.key
    with keys.opened(user, key, secret, address) as hand:
        document = _hold(user, consent)
        prepared = _prepare(document, consent)
        signature = hand.sign(prepared.attributes)
    signed = pades.finish(prepared, keys.chain_of(key), signature, settings().tsa_url)
    return _keep(user, document, consent, signed)


def prepare(user: User, consent: Consent) -> PreparedSignature:
    """Give out what a key at the signer's own computer has to sign; valid for half an hour."""
    if consent.key.kind != KeyKind.ELSEWHERE:
        raise WrongState("Khóa này ở máy chủ; hãy ký thẳng trên trang.")
    document = _hold(user, consent)
    prepared = _prepare(document, consent)
    row = PreparedSignature(
        signature_id=consent.signature.id, key_id=consent.key.id, user_id=user.id,
        before_sha256=consent.before_sha256, file_key="", attributes=prepared.attributes.hex(),
        digest=prepared.digest.hex(), plan=prepared.plan(),
        created_at=clock.now(), expires_at=clock.now() + VALID_FOR,
    )  # fmt: skip
    db.session.add(row)
    row.file_key = f"{FOLDER}/{hashlib.sha256(prepared.pdf).hexdigest()}.pdf"
    files.write(row.file_key, [prepared.pdf])
    db.session.flush()
    audit.record(user.id, "signing.prepare", row, before_sha256=row.before_sha256)
    return row


def get_prepared(user: User, prepared_id: int) -> PreparedSignature:
    """Return what was given out to this very person; NotFound otherwise."""
    row = db.session.get(PreparedSignature, prepared_id)
    if row is None or row.user_id != user.id:
        raise NotFound()
    return row


def content_of(row: PreparedSignature) -> bytes:
    """Return the bytes that a program making a whole CMS signature has to read.

    WrongState when it is too late to sign them: they may be gone.
    """
    _require_time(row)
    return _restored(row).content


def complete(user: User, row: PreparedSignature, answer: bytes) -> Signature:
    """Embed what came back: a bare signature of the attributes, or a whole CMS container.

    WrongState when it was used or is too late, Stale when the document has moved on, WrongSignature
    when something else was signed or by somebody else.
    """
    db.session.refresh(row, with_for_update={"of": PreparedSignature})
    if row.used_at is not None:
        raise WrongState("Mã này đã dùng một lần rồi; hãy tạo mã mới.")
    _require_time(row)
    consent = Consent(row.signature, row.key, row.before_sha256)
    document = _hold(user, consent)
    prepared, chain = _restored(row), keys.chain_of(row.key)
    if certificates.is_signature_of(chain[0], answer, prepared.attributes):
        signed = pades.finish(prepared, chain, answer, settings().tsa_url)
    else:
        signed = pades.finish_with_cms(prepared, chain, answer)
    row.used_at = clock.now()
    return _keep(user, document, consent, signed)


def sweep_prepared() -> int:
    """Delete the prepared PDFs that can be signed no more; return how many went."""
    query = select(PreparedSignature.file_key).where(
        PreparedSignature.used_at.is_(None), PreparedSignature.expires_at > clock.now()
    )
    wanted = set(db.session.scalars(query))
    return files.sweep(FOLDER, arriving.GRACE, wanted.__contains__)


def _require_time(row: PreparedSignature) -> None:
    if row.expires_at <= clock.now():
        raise WrongState("Mã này đã quá 30 phút; hãy tạo mã mới rồi ký lại.")


def _restored(row: PreparedSignature) -> pades.Prepared:
    attributes, digest = bytes.fromhex(row.attributes), bytes.fromhex(row.digest)
    return pades.restored(files.read(row.file_key), attributes, digest, row.plan)


def _hold(user: User, consent: Consent) -> OfficialDocument:
    """Hold the document and see that it is this person's turn and that they saw what is there."""
    document = db.session.get_one(OfficialDocument, consent.signature.document_id)
    states.hold(document)
    db.session.refresh(consent.signature)
    if require_turn(user, document) is not consent.signature:
        raise Stale("Chữ ký này đã được ký trong lúc bạn xem. Chưa ký gì thêm.")
    if consent.key not in keys.fitting(user, consent.signature):
        raise BadInput("Khóa này không ký được ở đây: của người khác, hết hạn hoặc đã ngừng dùng.")
    _require_shown(document, consent.before_sha256)
    return document


def _require_shown(document: OfficialDocument, before_sha256: str) -> None:
    if not before_sha256 or document.shown_sha256 != before_sha256:
        raise Stale("Bản PDF bạn xem không còn là bản hiện tại. Chưa ký gì; hãy xem bản mới.")


def _prepare(document: OfficialDocument, consent: Consent) -> pades.Prepared:
    signature, key = consent.signature, consent.key
    pdf = kept_papers.read(document.shown_sha256, "pdf")
    return pades.prepare(
        pdf, signature.field, _shown(document, signature, key, pdf), keys.chain_of(key),
        name=key.subject, reason=signature.position,
    )  # fmt: skip


def _shown(document: OfficialDocument, signature: Signature, key: SigningKey, pdf: bytes) -> Shown:
    picture, now = keys.picture_of(key), clock.now()
    if signature.purpose == SignaturePurpose.PERSON:
        name = planning.name_of(document, signature.position)
        room = appearance.find_room(pdf, name or (signature.user.name if signature.user else ""))
        if room is None:
            raise BadInput(
                "Không tìm thấy chỗ ký của %(name)s trong bản PDF; hãy kiểm tra mẫu văn bản.",
                name=name or "…",
            )
        return appearance.of_person(room, picture, now)
    before = [row for row in signatures_of(document) if row.place < signature.place]
    place = pades.place_of(pdf, before[-1].field) if before else None
    notation = f"{document.entry.number:02d}/{document.entry.notation}"
    return appearance.of_organisation(place or _corner(), picture, notation, now)


def _corner() -> Place:
    """Return the upper right of the first page, where nothing else of a signature stands."""
    return Place(0, Box(385.0, 795.0, 535.0, 815.0))


def _keep(user: User, document: OfficialDocument, consent: Consent, signed: bytes) -> Signature:
    signature, key = consent.signature, consent.key
    before = kept_papers.read(consent.before_sha256, "pdf")
    if not signed.startswith(before):  # a revision only ever comes behind what was signed
        raise pades.Unsignable()
    sha256 = kept_papers.store(signed, "pdf")
    signature.user_id = signature.user_id or user.id
    signature.subject, signature.serial = key.subject, key.serial
    signature.signed_at = clock.now()
    signature.before_sha256, signature.after_sha256 = consent.before_sha256, sha256
    rows = signatures_of(document)
    states.signature_added(document, sha256, last=signature.id == rows[-1].id)
    audit.record(
        user.id, "signing.sign", signature, before_sha256=consent.before_sha256,
        after_sha256=sha256, serial=key.serial,
    )  # fmt: skip
    db.session.flush()
    turns.tell_next(document)
    return signature


def issued_with(sha256: str) -> OfficialDocument | None:
    """Find the issued document whose signed PDF has this SHA-256; none when Meetly knows none."""
    query = select(OfficialDocument).where(
        OfficialDocument.signed_sha256 == sha256,
        OfficialDocument.status == DocumentStatus.ISSUED,
    )
    return db.session.scalar(query)
