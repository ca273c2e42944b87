"""Rows of office templates; one is in use for a unit and document, earlier ones are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.extensions import Base


class OfficeTemplate(Base):
    """One uploaded .docx form with placeholders; its bytes never change."""

    __tablename__ = "office_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    #: "minutes" or "notice"
    kind: Mapped[str] = mapped_column(String(20))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    #: the placeholders it uses
    placeholders: Mapped[list[str]] = mapped_column(JSON, default=list)
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: when it came into use and when it went out of it
    used_from: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    @property
    def in_use(self) -> bool:
        """Whether the next papers are written on this form."""
        return self.used_from is not None and self.retired_at is None

    unit: Mapped[Unit] = relationship()
    uploaded_by: Mapped[User] = relationship()
