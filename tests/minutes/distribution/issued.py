"""Issued documents as the rooms before leave them, until the tests can call those rooms."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from meetly import clock
from meetly.accounts.models import User
from meetly.extensions import db
from meetly.minutes import kept_papers, versions
from meetly.minutes import service as minutes_service
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.distribution.opening import open_deliveries
from meetly.minutes.issuing.models import DocumentKind, DocumentStatus, OfficialDocument
from meetly.minutes.models import Approval, Minutes, MinutesStatus
from meetly.minutes.printing.models import Print, PrintStatus
from meetly.register.models import Book, DocumentType, Entry, EntryStatus
from tests.cast import Cast
from tests.materials import samples
from tests.minutes import briefing

SUBJECT = "Kết luận của Chủ tịch UBND tỉnh tại hội nghị giao ban trực tuyến tháng 11"
RECIPIENTS = "- Như trên;\n- Sở Tài chính;\n- Lưu: VT, TH."
DATED = date(2026, 11, 26)


def minutes_of(cast: Cast) -> Minutes:
    """Hold the sample briefing and write one conclusion down, without a recording."""
    minutes = Minutes(meeting_id=briefing.held(cast).id, created_at=clock.now(), version=0)
    db.session.add(minutes)
    db.session.flush()
    block = Block("b1", BlockKind.ASSESSMENT, "Ghi nhận 33 nhiệm vụ hoàn thành đúng hạn.")
    versions.keep(cast.nam.id, minutes, [block], "Ghi tay")
    return minutes


def approved(secretary: User, leader: User, minutes: Minutes) -> Approval:
    """Let minutes be submitted and approved, if they are not yet."""
    if minutes.status != MinutesStatus.APPROVED:
        version = minutes_service.submit(secretary, minutes, minutes.version)
        minutes_service.approve(
            leader, minutes, version.number, version.minutes_sha256, version.notice_sha256
        )
    found = minutes_service.approval_of(minutes)
    assert found is not None
    return found


def registered(
    secretary: User,
    leader: User,
    minutes: Minutes,
    *,
    subject: str = SUBJECT,
    recipients: str = RECIPIENTS,
    signed: bool = True,
    corrects: OfficialDocument | None = None,
) -> OfficialDocument:
    """Return a signed (or, if not, paper-signed) notice with a number, not issued yet."""
    approval = approved(secretary, leader, minutes)
    book, number = _book(minutes.meeting.unit_id)
    entry = Entry(
        book_id=book.id, book=book, number=number, notation="TB-VP", status=EntryStatus.RESERVED,
        dated=DATED, subject=subject, signer=leader.name, recipients=recipients, page_count=2,
        reserved_at=clock.now(), reserved_by_id=secretary.id,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    pdf = samples.printed(f"Thong bao {number}", "Trang hai")
    document = OfficialDocument(
        minutes_id=minutes.id, minutes=minutes, approval_id=approval.id, approval=approval,
        kind=DocumentKind.NOTICE, status=DocumentStatus.SIGNED, entry_id=entry.id, entry=entry,
        docx_sha256=kept_papers.store(f"{minutes.id}: {number}".encode()),
        signed_sha256=kept_papers.store(pdf + b"\n%signed\n", "pdf") if signed else "",
        corrects_id=corrects.id if corrects else None, on_paper=not signed,
        registered_at=clock.now(), registered_by_id=secretary.id,
    )  # fmt: skip
    db.session.add(document)
    now = clock.now()
    db.session.add(
        Print(
            docx_sha256=document.docx_sha256, status=PrintStatus.DONE, asked_at=now, done_at=now,
            pdf_sha256=kept_papers.store(pdf, "pdf"), page_count=2,
        )
    )  # fmt: skip
    db.session.flush()
    return document


def issued(
    secretary: User,
    leader: User,
    minutes: Minutes,
    *,
    subject: str = SUBJECT,
    recipients: str = RECIPIENTS,
    signed: bool = True,
    corrects: OfficialDocument | None = None,
    public: bool = False,
) -> OfficialDocument:
    """Return an issued notice with its deliveries opened."""
    document = registered(
        secretary, leader, minutes,
        subject=subject, recipients=recipients, signed=signed, corrects=corrects,
    )  # fmt: skip
    document.status, document.issued_at = DocumentStatus.ISSUED, clock.now()
    document.issued_by_id, document.entry.status = secretary.id, EntryStatus.ISSUED
    document.public_at = clock.now() if public else None
    open_deliveries(secretary, document)
    db.session.flush()
    return document


def printed(document: OfficialDocument) -> Print:
    """Leave two pages of the document as the worker would."""
    page = samples.png()
    picture = {"sha256": kept_papers.store(page, "png"), "format": "png", "width": 1, "height": 1}
    row = db.session.get_one(Print, document.docx_sha256)
    row.pages = [picture, picture]
    db.session.flush()
    return row


def _book(unit_id: int) -> tuple[Book, int]:
    query = select(Book).where(Book.unit_id == unit_id, Book.document_type == DocumentType.NOTICE)
    book = db.session.scalar(query)
    if book is None:
        book = Book(unit_id=unit_id, document_type=DocumentType.NOTICE, year=DATED.year, last=4)
        db.session.add(book)
    book.last += 1
    db.session.flush()
    return book, book.last
