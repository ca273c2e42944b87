"""Rows of importing: what was read from a notice or a spreadsheet, until it is taken over."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.extensions import Base
from meetly.meetings.models import Meeting


class ImportKind(StrEnum):
    """What is taken over."""

    NOTICE = "notice"
    SHEET = "sheet"


class ImportStatus(StrEnum):
    """Where taking over stands."""

    READ = "read"
    TAKEN = "taken"
    DISCARDED = "discarded"


class TaskImport(Base):
    """One notice or spreadsheet: read, looked through, then taken over or thrown away."""

    __tablename__ = "task_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[ImportKind] = mapped_column(String(20))
    status: Mapped[ImportStatus] = mapped_column(String(20), default=ImportStatus.READ)
    #: of the file; empty for pasted text
    filename: Mapped[str] = mapped_column(String(255), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    #: "Thông báo số 12/TB-VP", and its day
    source: Mapped[str] = mapped_column(String(300), default="")
    given_on: Mapped[date]
    #: a meeting held here that the notice concludes, where there is one
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    #: one a direction or line, as read and as corrected since
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    #: a spreadsheet's lines as they were read, so that its columns can be named anew
    lines: Mapped[list[list[str]]] = mapped_column(JSON, default=list, deferred=True)
    #: the line that names the columns, and which column holds which field
    columns: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()
    meeting: Mapped[Meeting | None] = relationship()
    created_by: Mapped[User] = relationship()
