"""Rows of the register of outgoing documents (sổ đăng ký văn bản đi, NĐ 30/2020 Điều 15)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.extensions import Base


class DocumentType(StrEnum):
    """The kinds of documents a meeting issues, by the abbreviation of Phụ lục III."""

    MINUTES = "BB"
    NOTICE = "TB"
    INVITATION = "GM"


class EntryStatus(StrEnum):
    """What became of a number; none is ever used again."""

    RESERVED = "reserved"
    ISSUED = "issued"
    CANCELLED = "cancelled"


class Book(Base):
    """One series of numbers: of a unit, a document type and a year."""

    __tablename__ = "register_book"
    __table_args__ = (UniqueConstraint("unit_id", "document_type", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    document_type: Mapped[DocumentType] = mapped_column(String(10))
    year: Mapped[int]
    #: the last number given; raised in the very transaction that writes the entry
    last: Mapped[int] = mapped_column(default=0)

    unit: Mapped[Unit] = relationship()


class Entry(Base):
    """One number of a book and the document it was given to."""

    __tablename__ = "register_entry"
    __table_args__ = (UniqueConstraint("book_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("register_book.id"))
    number: Mapped[int]
    #: what follows the number: "TB-VP"
    notation: Mapped[str] = mapped_column(String(40))
    status: Mapped[EntryStatus] = mapped_column(String(20), default=EntryStatus.RESERVED)
    #: date written on the document
    dated: Mapped[date]
    #: what the document is about (trích yếu)
    subject: Mapped[str] = mapped_column(String(500))
    #: who signs, as the register writes it
    signer: Mapped[str] = mapped_column(String(200), default="")
    #: where it goes (nơi nhận)
    recipients: Mapped[str] = mapped_column(Text, default="")
    #: page of the document inside Meetly, none for a document kept elsewhere
    link: Mapped[str] = mapped_column(String(200), default="")
    page_count: Mapped[int | None]
    reserved_at: Mapped[datetime]
    reserved_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    issued_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: why a number was given up; empty while it stands
    reason: Mapped[str] = mapped_column(String(300), default="")

    book: Mapped[Book] = relationship(lazy="joined")
    reserved_by: Mapped[User] = relationship(foreign_keys=[reserved_by_id])
