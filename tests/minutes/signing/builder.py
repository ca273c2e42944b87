"""Official documents ready to be signed: their rows and PDFs, without the rooms that make them."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select

from meetly import clock
from meetly.accounts.models import User
from meetly.extensions import db
from meetly.minutes import kept_papers
from meetly.minutes.blocks import to_json
from meetly.minutes.facts import canonical_facts
from meetly.minutes.issuing.models import DocumentKind, OfficialDocument
from meetly.minutes.models import Approval, Minutes, MinutesStatus, MinutesVersion
from meetly.minutes.printing.models import Print, PrintStatus
from meetly.minutes.signing import keys, planning, turns
from meetly.minutes.signing import service as signing
from meetly.minutes.signing.keys import Source
from meetly.minutes.signing.models import KeyKind, PreparedSignature, SigningKey
from meetly.register.models import Book, DocumentType, Entry
from tests.cast import Cast
from tests.conftest import missing
from tests.minutes import briefing, sample
from tests.minutes.signing.authority import PASSPHRASE, Authority, Identity, seal_png, signature_png
from workers import office

KINDS = ("minutes", "notice")
DAY = date(2026, 11, 25)


def shown_pdf(document: OfficialDocument) -> bytes:
    """Return the PDF with the signatures so far."""
    return kept_papers.read(document.shown_sha256, "pdf")


def document(
    user: User, minutes: Minutes, pdf: bytes, kind: DocumentKind = DocumentKind.MINUTES
) -> OfficialDocument:
    """Register a document of approved minutes and keep its PDF, with the signatures it needs."""
    approval = db.session.scalars(select(Approval).where(Approval.minutes_id == minutes.id)).one()
    of_type = DocumentType.MINUTES if kind == DocumentKind.MINUTES else DocumentType.NOTICE
    book = Book(unit_id=minutes.meeting.unit_id, document_type=of_type, year=DAY.year, last=15)
    db.session.add(book)
    db.session.flush()
    entry = Entry(
        book_id=book.id, number=15, notation=f"{of_type}-VP", dated=DAY,
        subject=minutes.meeting.title, reserved_at=clock.now(), reserved_by_id=user.id,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    made = OfficialDocument(
        minutes_id=minutes.id, approval_id=approval.id, kind=kind, entry_id=entry.id,
        docx_sha256=leave_print(f"{approval.id} {kind}", pdf),
        registered_at=clock.now(), registered_by_id=user.id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    planning.plan(made)
    db.session.commit()
    return made


def leave_print(paper: str, pdf: bytes) -> str:
    """Leave the print of a paper as the worker would; return the SHA-256 of the paper."""
    sha256 = kept_papers.store(paper.encode())
    now = clock.now()
    db.session.add(
        Print(
            docx_sha256=sha256, status=PrintStatus.DONE, asked_at=now, done_at=now,
            pdf_sha256=kept_papers.store(pdf, "pdf"), page_count=1,
        )
    )  # fmt: skip
    return sha256


def approved(cast: Cast) -> Minutes:
    """Leave minutes as approval leaves them: a version with its frozen facts, and the approval."""
    meeting = briefing.held(cast)
    blocks = sample.minutes_blocks()
    facts = replace(sample.FACTS, draft=False)
    shown = [kept_papers.store(kept_papers.rendered(kind, facts, blocks)) for kind in KINDS]
    minutes = Minutes(
        meeting_id=meeting.id, status=MinutesStatus.APPROVED, version=1, created_at=clock.now()
    )
    db.session.add(minutes)
    db.session.flush()
    common = {
        "minutes_id": minutes.id, "minutes_sha256": shown[0], "notice_sha256": shown[1],
    }  # fmt: skip
    version = MinutesVersion(
        **common, number=1, blocks=to_json(blocks), sha256="0" * 64, created_at=clock.now(),
        facts=json.loads(canonical_facts(facts)),
    )  # fmt: skip
    approval = Approval(**common, version=1, approved_by_id=cast.khai.id, approved_at=clock.now())
    db.session.add_all([version, approval])
    db.session.commit()
    return minutes


@cache
def printed(docx: bytes) -> bytes:
    """Print a paper by LibreOffice, the same bytes once for all tests."""
    if office.program() is None:
        missing("LibreOffice")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "paper.docx").write_bytes(docx)
        office.to_pdf([folder / "paper.docx"], folder)
        return (folder / "paper.pdf").read_bytes()


@cache
def plain_pdf(*people: tuple[str, str], pages: int = 1) -> bytes:
    """Draw a page with signature blocks of (post, name), where the rest is no matter."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as made:
        canvas = Canvas(made.name, pagesize=(595, 842), invariant=True)
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        from meetly import paths

        pdfmetrics.registerFont(TTFont("test", str(paths.STATIC / "stamp.ttf")))
        canvas.setFont("test", 14)
        canvas.drawString(80, 760, "BIÊN BẢN")
        for number, (post, name) in enumerate(people):
            middle = 190 + 220 * number
            canvas.drawCentredString(middle, 300, post)
            canvas.drawCentredString(middle, 215, name)
        for _ in range(pages - 1):
            canvas.showPage()
            canvas.drawString(80, 760, "2")
        canvas.save()
        return Path(made.name).read_bytes()


def asked_elsewhere(user: User, made: OfficialDocument) -> PreparedSignature:
    """Add a key that lies at the person's own computer, and ask what to sign there."""
    identity = Authority().identity(user.name)
    key = keys.add(user, Source(KeyKind.ELSEWHERE, identity.pem), signature_png())
    following = turns.next_of(made)
    assert following is not None
    consent = signing.Consent(following, key, made.shown_sha256)
    prepared = signing.prepare(user, consent)
    db.session.commit()
    return prepared


def person_key(user: User, identity: Identity, *, picture: bool = True) -> SigningKey:
    """Add the key file of a person."""
    drawn = signature_png() if picture else b""
    return keys.add(user, Source(KeyKind.PKCS12, identity.p12, PASSPHRASE), drawn)


def seal_key(cast: Cast, identity: Identity) -> SigningKey:
    """Add the seal of the office, which Nam keeps."""
    source = Source(KeyKind.PKCS12, identity.p12, PASSPHRASE)
    return keys.add(cast.nam, source, seal_png(), unit=cast.office)
