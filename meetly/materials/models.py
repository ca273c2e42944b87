"""Rows of materials: documents, their kept versions, previews, and receipts tied to a version."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.arriving import Arriving
from meetly.extensions import Base
from meetly.meetings.models import AgendaItem, Meeting


class Access(StrEnum):
    """Who among those invited may open a document; its keepers always may."""

    ALL = "all"
    #: the units named in MaterialUnit
    UNITS = "units"
    #: the chair, and the leaders and secretaries of the unit that holds the meeting
    CHAIR = "chair"


class Guard(StrEnum):
    """How a confidential document is kept from wandering."""

    NONE = "none"
    #: each page carries the reader's name, unit and time
    STAMPED = "stamped"
    #: read on the page only; its bytes are never handed out
    VIEW_ONLY = "view_only"


class PreviewStatus(StrEnum):
    """Where the pictures and the text of a version stand."""

    WAITING = "waiting"
    READY = "ready"
    #: nothing to show for this kind of file, or the part that could is not installed
    NONE = "none"
    FAILED = "failed"


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
    access: Mapped[Access] = mapped_column(String(20), default=Access.ALL)
    guard: Mapped[Guard] = mapped_column(String(20), default=Guard.NONE)
    #: stands before all others, whatever the agenda: what the meeting begins with
    leading: Mapped[bool] = mapped_column(default=False)

    #: the units that may open it where access names units
    units: Mapped[list[MaterialUnit]] = relationship(cascade="all, delete-orphan", lazy="selectin")
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
    #: CRC-32 of the bytes, which a pack states before it sends them; None for older rows
    crc32: Mapped[int | None] = mapped_column(BigInteger)
    preview: Mapped[PreviewStatus] = mapped_column(
        String(20), default=PreviewStatus.WAITING, index=True
    )
    preview_attempts: Mapped[int] = mapped_column(default=0)
    #: who is making the preview now, and until when that is believed
    preview_owner: Mapped[str | None] = mapped_column(String(80))
    preview_lease_expires_at: Mapped[datetime | None]
    #: pages in all, where known
    page_count: Mapped[int | None]
    #: file of the words of the document, for "what changed"; empty where there are none
    text_key: Mapped[str] = mapped_column(String(200), default="")

    pages: Mapped[list[MaterialPage]] = relationship(order_by="MaterialPage.number")
    material: Mapped[Material] = relationship(viewonly=True)
    uploaded_by: Mapped[User] = relationship()


class MaterialUnit(Base):
    """One unit that may open a document meant for named units."""

    __tablename__ = "material_unit"

    material_id: Mapped[int] = mapped_column(ForeignKey("material.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)

    unit: Mapped[Unit] = relationship(lazy="joined")


class MaterialPage(Base):
    """The picture of one page of a version."""

    __tablename__ = "material_page"
    __table_args__ = (UniqueConstraint("version_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("material_version.id"))
    #: 1, 2, 3 ...
    number: Mapped[int]
    storage_key: Mapped[str] = mapped_column(String(200))
    #: pixels
    width: Mapped[int]
    height: Mapped[int]


class MaterialUpload(Arriving, Base):
    """A document that is still arriving, piece by piece (tus 1.0), or what became of it."""

    __tablename__ = "material_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(
        ForeignKey("agenda_item.id", ondelete="SET NULL")
    )
    #: the document it is a newer version of, or the report it answers
    material_id: Mapped[int | None] = mapped_column(ForeignKey("material.id"))
    report_request_id: Mapped[int | None] = mapped_column(ForeignKey("report_request.id"))
    #: as the person called it; empty takes the name of the file
    title: Mapped[str] = mapped_column(String(300), default="")
    #: on what terms it is to be handed out, see access.Terms
    access: Mapped[Access] = mapped_column(String(20), default=Access.ALL)
    guard: Mapped[Guard] = mapped_column(String(20), default=Guard.NONE)
    unit_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    #: what it became; a client whose last answer got lost still learns that all is here
    version_id: Mapped[int | None] = mapped_column(ForeignKey("material_version.id"))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    meeting: Mapped[Meeting] = relationship()
    agenda_item: Mapped[AgendaItem | None] = relationship()
    material: Mapped[Material | None] = relationship()
    uploaded_by: Mapped[User] = relationship()

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        """Return the condition under which a document has become nothing yet."""
        return and_(cls.version_id.is_(None), cls.refusal == "")

    @property
    def opened(self) -> bool:
        """Whether it has become nothing yet: neither a version nor refused."""
        return self.version_id is None and not self.refusal


class Pack(Base):
    """The manifest of one pack that was handed out, so that a later one can be the difference."""

    __tablename__ = "pack"
    __table_args__ = (Index("ix_pack_meeting_id", "meeting_id"),)

    #: SHA-256 of the manifest as sent
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    manifest: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: the one reader it is for, where it holds papers that not everybody invited may open
    made_for_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]


class Receipt(Base):
    """One person opened one version for the first time."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("version_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("material_version.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    opened_at: Mapped[datetime]

    user: Mapped[User] = relationship()
