"""Rows of notices: what one person was told once, and the mails still to be sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import User
from meetly.extensions import Base


class MailStatus(StrEnum):
    """Where a mail of the outbox stands."""

    PENDING = "pending"
    SENT = "sent"
    #: the server refused it for good, or every try was used up
    FAILED = "failed"


class Notice(Base):
    """One thing one person was told; the key makes telling it twice impossible."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        Index("ix_notice_user_id_read_at", "user_id", "read_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: event and row: "minutes.submitted:12:3"
    key: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text, default="")
    #: path inside Meetly, "/minutes/12"
    link: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class Mail(Base):
    """One mail of the outbox; the row is the job of the sender."""

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_status_next_try_at", "status", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), unique=True)
    recipient: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    #: an iCalendar object sent along, its METHOD (RFC 5546), and where answers to it go
    calendar: Mapped[str] = mapped_column(Text, default="")
    calendar_method: Mapped[str] = mapped_column(String(20), default="")
    reply_to: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[MailStatus] = mapped_column(String(20), default=MailStatus.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    #: who is sending it now, and until when that is believed
    owner: Mapped[str | None] = mapped_column(String(80))
    lease_expires_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
