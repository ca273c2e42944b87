"""The steps of an official document from its number to its readers, each under a lock."""

from __future__ import annotations

from meetly import audit
from meetly.errors import Stale, WrongState
from meetly.extensions import db
from meetly.minutes import kept_papers
from meetly.minutes.issuing.models import (
    DOCUMENT_TRANSITIONS,
    DocumentStatus,
    OfficialDocument,
)
from meetly.minutes.versions import hold as hold_minutes


def hold(document: OfficialDocument) -> None:
    """Read the row anew and keep everybody else from changing it until the transaction ends.

    The minutes are held first, as whoever reopens them does: nobody waits in a circle.
    """
    hold_minutes(document.minutes)
    db.session.refresh(document, with_for_update={"of": OfficialDocument})


def move(document: OfficialDocument, status: DocumentStatus) -> None:
    """Take a held document one step on; WrongState where no such step leads."""
    if status not in DOCUMENT_TRANSITIONS[DocumentStatus(document.status)]:
        raise WrongState("Văn bản không còn ở bước này; hãy tải lại trang.")
    document.status = status


def signature_added(document: OfficialDocument, sha256: str, *, last: bool) -> None:
    """Take in the kept PDF with one more signature; `last` when nobody else must sign.

    Stale when it does not begin with every byte of the PDF before: somebody signed in between, or
    a signed byte was changed.
    """
    hold(document)
    if document.status not in (DocumentStatus.REGISTERED, DocumentStatus.SIGNING):
        raise WrongState("Văn bản không còn ở bước ký; hãy tải lại trang.")
    if not document.shown_sha256:
        raise WrongState("Văn bản chưa in xong nên chưa ký được.")
    signed = kept_papers.read(sha256, "pdf")
    before = kept_papers.read(document.shown_sha256, "pdf")
    if not signed.startswith(before) or len(signed) == len(before):
        raise Stale("Văn bản đã có thêm chữ ký sau khi bạn mở. Hãy tải lại trang rồi ký lại.")
    step = DocumentStatus.SIGNED if last else DocumentStatus.SIGNING
    if document.status != step:
        move(document, step)
    document.signed_sha256 = sha256
    audit.record(None, "document.signed", document, sha256=sha256, last=last)
