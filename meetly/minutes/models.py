"""Rows of minutes: the record, its kept versions, remarks and approvals."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import User
from meetly.extensions import Base
from meetly.meetings.models import Meeting


class MinutesStatus(StrEnum):
    """Where the minutes stand."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    #: given back by the leader with remarks; editable like a draft
    RETURNED = "returned"
    #: the bytes are frozen
    APPROVED = "approved"


TRANSITIONS: dict[MinutesStatus, set[MinutesStatus]] = {
    MinutesStatus.DRAFT: {MinutesStatus.SUBMITTED},
    MinutesStatus.SUBMITTED: {MinutesStatus.RETURNED, MinutesStatus.APPROVED, MinutesStatus.DRAFT},
    MinutesStatus.RETURNED: {MinutesStatus.SUBMITTED},
    # reopened, with a reason; what was issued meanwhile stays as it is
    MinutesStatus.APPROVED: {MinutesStatus.RETURNED},
}

#: Where words may still be changed.
EDITABLE = (MinutesStatus.DRAFT, MinutesStatus.RETURNED)


class Minutes(Base):
    """The record of one meeting; both official documents are rendered from its blocks."""

    __tablename__ = "minutes"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), unique=True)
    status: Mapped[MinutesStatus] = mapped_column(
        String(20), default=MinutesStatus.DRAFT, index=True
    )
    #: number of the current version
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    submitted_at: Mapped[datetime | None]
    #: who worded the draft: empty for Meetly itself, else the language model that was asked
    drafter: Mapped[str] = mapped_column(String(120), default="")
    #: what the drafter could not do, in words: "the model did not answer"
    drafter_note: Mapped[str] = mapped_column(String(300), default="")

    meeting: Mapped[Meeting] = relationship(lazy="joined")


class MinutesVersion(Base):
    """One kept state of the minutes; never changed once written."""

    __tablename__ = "minutes_version"
    __table_args__ = (UniqueConstraint("minutes_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    number: Mapped[int]
    #: blocks as meetly.minutes.blocks writes them
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    #: SHA-256 of the canonical bytes of the blocks
    sha256: Mapped[str] = mapped_column(String(64))
    #: none when the drafter wrote it
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    #: what changed, in words
    note: Mapped[str] = mapped_column(String(300), default="")
    #: SHA-256 of each rendered document, set when submitted: what the leader is shown
    minutes_sha256: Mapped[str] = mapped_column(String(64), default="")
    notice_sha256: Mapped[str] = mapped_column(String(64), default="")
    #: SHA-256 of the office's own form each was rendered with; empty for Meetly's
    minutes_template: Mapped[str] = mapped_column(String(64), default="")
    notice_template: Mapped[str] = mapped_column(String(64), default="")
    #: what the documents say about the meeting itself, frozen with them; empty before
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    author: Mapped[User | None] = relationship()


class Remark(Base):
    """What a reader wants changed, at one block or at the whole."""

    __tablename__ = "remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    #: the version that was read
    version: Mapped[int]
    #: empty when it is about the whole document
    block_id: Mapped[str] = mapped_column(String(40), default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]

    author: Mapped[User] = relationship()


class Approval(Base):
    """One leader approved exactly these bytes."""

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    version: Mapped[int]
    #: content addresses of the frozen .docx files
    minutes_sha256: Mapped[str] = mapped_column(String(64))
    notice_sha256: Mapped[str] = mapped_column(String(64))
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime]
    #: in whose place, as it is signed: "KT. CHÁNH VĂN PHÒNG"; empty when in one's own
    capacity: Mapped[str] = mapped_column(String(200), default="")
    #: when the minutes were opened again; this approval counts until then
    voided_at: Mapped[datetime | None]

    approved_by: Mapped[User] = relationship()
