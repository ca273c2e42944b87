"""Rows of Word files that were brought back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import User
from meetly.extensions import Base
from meetly.minutes.models import Minutes


class WordFileStatus(StrEnum):
    """What became of a file that was brought back."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DROPPED = "dropped"


class WordFile(Base):
    """An edited .docx and what it would change, until somebody accepts or drops it."""

    __tablename__ = "word_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    #: the version it was taken away as, or the nearest one to its words
    base_version: Mapped[int]
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[WordFileStatus] = mapped_column(String(20), default=WordFileStatus.OPEN)
    #: the blocks it holds, matched to those of the base version
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    #: what it holds that is no block: changes of the frame that are not taken over
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: what stood in its margin: the block (empty: the whole), who wrote it, and the words
    remarks: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]

    minutes: Mapped[Minutes] = relationship()
    uploaded_by: Mapped[User] = relationship()
