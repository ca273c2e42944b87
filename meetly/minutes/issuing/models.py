"""Rows of issuing: official documents and the reopening of what was approved."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from meetly.accounts.models import User
from meetly.extensions import Base
from meetly.minutes.models import Approval, Minutes
from meetly.minutes.printing.models import Print
from meetly.register.models import Entry


class DocumentKind(StrEnum):
    """The two official documents of one meeting."""

    MINUTES = "minutes"
    NOTICE = "notice"


class DocumentStatus(StrEnum):
    """Where an official document stands between approval and its readers."""

    #: it has its number and its final .docx; nobody has signed
    REGISTERED = "registered"
    #: at least one signature is in the PDF, at least one is missing
    SIGNING = "signing"
    #: everybody who must sign has signed
    SIGNED = "signed"
    #: handed out; only a new document can correct it
    ISSUED = "issued"
    CANCELLED = "cancelled"


DOCUMENT_TRANSITIONS: dict[DocumentStatus, set[DocumentStatus]] = {
    DocumentStatus.REGISTERED: {
        DocumentStatus.SIGNING, DocumentStatus.SIGNED, DocumentStatus.CANCELLED,
        DocumentStatus.ISSUED,  # signed by hand on paper
    },
    DocumentStatus.SIGNING: {DocumentStatus.SIGNED, DocumentStatus.CANCELLED},
    DocumentStatus.SIGNED: {DocumentStatus.ISSUED, DocumentStatus.CANCELLED},
    DocumentStatus.ISSUED: set(),
    DocumentStatus.CANCELLED: set(),
}  # fmt: skip


class OfficialDocument(Base):
    """One numbered document made from approved minutes; its words never change."""

    __tablename__ = "official_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"))
    kind: Mapped[DocumentKind] = mapped_column(String(20))
    status: Mapped[DocumentStatus] = mapped_column(
        String(20), default=DocumentStatus.REGISTERED, index=True
    )
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"), unique=True)
    #: SHA-256 of the .docx with number and date: what is printed and signed
    docx_sha256: Mapped[str] = mapped_column(String(64))
    #: SHA-256 of the PDF with the signatures so far; empty before the first
    signed_sha256: Mapped[str] = mapped_column(String(64), default="")
    #: the issued document that this one corrects
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("official_document.id"), index=True)
    #: the original was signed by hand; no signature is in the PDF
    on_paper: Mapped[bool] = mapped_column(default=False)
    #: anybody may read it, without an account
    public_at: Mapped[datetime | None] = mapped_column(index=True)
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    issued_at: Mapped[datetime | None] = mapped_column(index=True)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    cancelled_at: Mapped[datetime | None]

    minutes: Mapped[Minutes] = relationship(lazy="joined")
    approval: Mapped[Approval] = relationship()
    entry: Mapped[Entry] = relationship(lazy="joined")
    corrects: Mapped[OfficialDocument | None] = relationship(remote_side=[id])
    #: what the worker printed of it; none before
    printed: Mapped[Print | None] = relationship(
        primaryjoin=lambda: foreign(OfficialDocument.docx_sha256) == Print.docx_sha256,
        viewonly=True,
    )

    @property
    def pdf_sha256(self) -> str:
        """SHA-256 of the PDF before any signature; empty until it is printed."""
        return self.printed.pdf_sha256 if self.printed else ""

    @property
    def shown_sha256(self) -> str:
        """SHA-256 of the PDF to read: with the signatures so far, or before any."""
        return self.signed_sha256 or self.pdf_sha256

    @property
    def dated(self) -> date:
        """The date written on it."""
        return self.entry.dated


class Reopening(Base):
    """Approved minutes were opened again, by whom and why; the old approval no longer counts."""

    __tablename__ = "reopening"

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    reopened_at: Mapped[datetime]
    reopened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    approval: Mapped[Approval] = relationship()
    reopened_by: Mapped[User] = relationship()
