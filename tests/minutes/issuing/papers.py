"""Builders: approved minutes, numbered documents, and a signer that only appends bytes."""

from __future__ import annotations

import secrets
from datetime import date

from meetly import clock
from meetly.extensions import db
from meetly.minutes import kept_papers, service
from meetly.minutes.issuing import service as issuing
from meetly.minutes.issuing import states
from meetly.minutes.issuing.models import DocumentKind, OfficialDocument
from meetly.minutes.models import Minutes
from meetly.minutes.printing.models import Print, PrintStatus
from tests.cast import Cast
from tests.minutes import briefing

#: the briefing of the sample was held on 23 November 2026
DATED = date(2026, 11, 25)


def approve(cast: Cast, minutes: Minutes) -> Minutes:
    """Submit and approve minutes as they stand."""
    kept = service.submit(cast.nam, minutes, minutes.version)
    service.approve(cast.khai, minutes, minutes.version, kept.minutes_sha256, kept.notice_sha256)
    return minutes


def approved(cast: Cast) -> Minutes:
    """Return the approved minutes of the sample briefing."""
    return approve(cast, briefing.drafted(cast))


def numbered(
    cast: Cast, minutes: Minutes, kind: DocumentKind = DocumentKind.NOTICE, dated: date = DATED
) -> OfficialDocument:
    """Give a document its number."""
    return issuing.register(cast.nam, minutes, kind, dated)


def leave_print(document: OfficialDocument) -> None:
    """Leave the print of a document as the worker would, of no page in particular."""
    row = db.session.get_one(Print, document.docx_sha256)
    row.status, row.done_at = PrintStatus.DONE, clock.now()
    row.pdf_sha256 = kept_papers.store(f"%PDF {document.docx_sha256}".encode(), "pdf")
    db.session.flush()


def sign(document: OfficialDocument, *, last: bool) -> str:
    """Sign as a PDF is signed: everything before stays, bytes come after."""
    if not document.shown_sha256:
        leave_print(document)
    before = kept_papers.read(document.shown_sha256, "pdf")
    signed = kept_papers.store(before + secrets.token_bytes(16), "pdf")
    states.signature_added(document, signed, last=last)
    return signed


def issued(cast: Cast, document: OfficialDocument) -> OfficialDocument:
    """Sign a document twice and hand it out."""
    sign(document, last=False)
    sign(document, last=True)
    issuing.issue(cast.nam, document)
    return document
