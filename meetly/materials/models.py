"""Rows of materials: documents, their kept versions, and receipts tied to a version."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import User
from meetly.extensions import Base
from meetly.meetings.models import AgendaItem, Meeting


class Material(Base):
    """A document handed out for a meeting."""

    __tablename__ = "material"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(
        ForeignKey("agenda_item.id", ondelete="SET NULL")
    )
    title: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    #: taken back by the secretary; the versions stay for 30 days
    removed_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship()
    agenda_item: Mapped[AgendaItem | None] = relationship()
    versions: Mapped[list[MaterialVersion]] = relationship(
        order_by="MaterialVersion.number", lazy="selectin"
    )

    @property
    def current(self) -> MaterialVersion:
        """The newest version, the one people should read."""
        return self.versions[-1]


class MaterialVersion(Base):
    """One kept version of a material; its bytes never change."""

    __tablename__ = "material_version"
    __table_args__ = (UniqueConstraint("material_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    material_id: Mapped[int] = mapped_column(ForeignKey("material.id"))
    number: Mapped[int]
    filename: Mapped[str] = mapped_column(String(200))
    #: judged from the content, not believed from the browser
    media_type: Mapped[str] = mapped_column(String(120))
    #: bytes
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(200))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[datetime]

    material: Mapped[Material] = relationship(viewonly=True)
    uploaded_by: Mapped[User] = relationship()


class Receipt(Base):
    """One person opened one version for the first time."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("version_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("material_version.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    opened_at: Mapped[datetime]

    user: Mapped[User] = relationship()
