"""Rows of printing: one a .docx, named by its bytes; the row is the job."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from meetly.extensions import Base


class PrintStatus(StrEnum):
    """Where the printing of a document stands."""

    WAITING = "waiting"
    DONE = "done"
    #: LibreOffice could not read it or gave up; `failure` says why
    FAILED = "failed"


class Print(Base):
    """One .docx as PDF and as pictures; whoever needs the same bytes shares it."""

    __tablename__ = "print"

    #: SHA-256 of the .docx
    docx_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    status: Mapped[PrintStatus] = mapped_column(String(20), default=PrintStatus.WAITING, index=True)
    asked_at: Mapped[datetime]
    #: how often somebody began; the last one to begin alone may finish
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    #: why there is no PDF: a code of this room; empty when there is one
    failure: Mapped[str] = mapped_column(String(60), default="")
    #: SHA-256 of the PDF, by which it is kept
    pdf_sha256: Mapped[str] = mapped_column(String(64), default="")
    page_count: Mapped[int | None]
    #: of each page: SHA-256, format and size in pixels of its picture, and the page's words
    pages: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
