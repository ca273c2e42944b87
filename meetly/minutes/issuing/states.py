"""Steps of an official document that other parts of the room take with it."""

from __future__ import annotations

from meetly.errors import WrongState
from meetly.extensions import db
from meetly.minutes.issuing.models import DOCUMENT_TRANSITIONS, DocumentStatus, OfficialDocument


def signature_added(document: OfficialDocument, sha256: str, *, last: bool) -> None:
    """Note that the PDF of this SHA-256 carries one more signature; the last makes it SIGNED.

    WrongState when the document is signed, issued or cancelled already.
    """
    db.session.refresh(document, with_for_update={"of": OfficialDocument})
    to = DocumentStatus.SIGNED if last else DocumentStatus.SIGNING
    if document.status != to and to not in DOCUMENT_TRANSITIONS[DocumentStatus(document.status)]:
        raise WrongState("Văn bản này không nhận thêm chữ ký nữa; hãy tải lại trang.")
    document.status, document.signed_sha256 = to, sha256
    db.session.flush()
