"""Whose turn it is to sign: the next place of a document, who waits for it, and telling them."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.extensions import db
from meetly.minutes.issuing.models import DocumentStatus, OfficialDocument
from meetly.minutes.printing.models import Print, PrintStatus
from meetly.minutes.signing import planning
from meetly.minutes.signing.models import Signature, SignaturePurpose
from meetly.notices import service as notices
from meetly.register.service import written

OPEN = (DocumentStatus.REGISTERED, DocumentStatus.SIGNING)


def signatures_of(document: OfficialDocument) -> list[Signature]:
    """List the signatures a document needs, in their order."""
    return list(db.session.scalars(planning.rows_of(document)))


def next_of(document: OfficialDocument) -> Signature | None:
    """Return the signature that comes next; none when the document takes no more."""
    if document.status not in OPEN or not document.shown_sha256:
        return None
    return _unsigned(document)


def _unsigned(document: OfficialDocument) -> Signature | None:
    return next((row for row in signatures_of(document) if row.signed_at is None), None)


def may_sign(user: User, signature: Signature) -> bool:
    """Say whether a person gives this signature: the one it names, or who keeps the unit's seal."""
    if signature.purpose == SignaturePurpose.PERSON:
        return signature.user_id == user.id
    held = accounts.roles_in(user, signature.unit_id or 0)
    return Role.SECRETARY in held


def waiting_for(user: User, kept: Collection[int], limit: int) -> list[OfficialDocument]:
    """List the printed documents whose next signature is this person's, oldest first.

    `kept` are the units whose seal the person puts.
    """
    earlier = aliased(Signature)
    before = exists().where(
        earlier.document_id == Signature.document_id, earlier.place < Signature.place,
        earlier.signed_at.is_(None),
    )  # fmt: skip
    mine = or_(
        and_(Signature.purpose == SignaturePurpose.PERSON, Signature.user_id == user.id),
        and_(Signature.purpose == SignaturePurpose.ORGANISATION, Signature.unit_id.in_(list(kept))),
    )
    query = (
        select(OfficialDocument)
        .join(Signature, Signature.document_id == OfficialDocument.id)
        .join(Print, Print.docx_sha256 == OfficialDocument.docx_sha256)
        .where(
            OfficialDocument.status.in_(OPEN), Print.status == PrintStatus.DONE,
            Signature.signed_at.is_(None), ~before, mine,
        )
        .order_by(OfficialDocument.id)
        .limit(limit)
    )  # fmt: skip
    return list(db.session.scalars(query))


def tell_next(document: OfficialDocument) -> None:
    """Tell whoever signs next that the document waits for them; nobody when all have signed."""
    following = _unsigned(document)
    if following is None:
        return
    if following.purpose == SignaturePurpose.PERSON:
        people = [following.user] if following.user else []
    else:
        people = accounts.people_of([document.minutes.meeting.unit_id], Role.SECRETARY)
    number, title = written(document.entry), document.minutes.meeting.title
    notices.tell(
        people,
        key=f"document:{document.id}:sign:{following.place}",
        subject=lambda: _("Chờ bạn ký: %(number)s, %(title)s", number=number, title=title),
        body=lambda: _("Đến lượt bạn ký văn bản này."),
        link=f"/documents/{document.id}/signatures",
    )
