"""Rows of distribution: one a document and recipient, with what came back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.extensions import Base
from meetly.minutes.issuing.models import OfficialDocument


class Channel(StrEnum):
    """How a recipient is reached."""

    MEETLY = "meetly"
    #: an outgoing-document system, by an edXML package
    EDXML = "edxml"


class Delivery(Base):
    """One recipient of an issued document."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("document_id", "recipient"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("official_document.id"))
    #: the unit inside Meetly; none for one outside
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    #: as it is written under "Nơi nhận"
    recipient: Mapped[str] = mapped_column(String(200))
    channel: Mapped[Channel] = mapped_column(String(20), default=Channel.MEETLY)
    #: identifier of the organisation on the national axis (QĐ 20/2020): "H37.02.02"
    organ_id: Mapped[str] = mapped_column(String(40), default="")
    sent_at: Mapped[datetime]
    #: first time somebody of the unit opened these bytes
    opened_at: Mapped[datetime | None]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: SHA-256 of the bytes that were opened; empty before
    opened_sha256: Mapped[str] = mapped_column(String(64), default="")
    #: when a reminder was sent last
    reminded_at: Mapped[datetime | None]

    document: Mapped[OfficialDocument] = relationship()
    unit: Mapped[Unit | None] = relationship()
    opened_by: Mapped[User | None] = relationship()


class DeliveryStatus(Base):
    """One status that an outside system reported of a delivery (QCVN 102:2016 codes 01 to 16)."""

    __tablename__ = "delivery_status"
    __table_args__ = (UniqueConstraint("delivery_id", "code", "reported_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    code: Mapped[str] = mapped_column(String(2))
    #: who handles it and what was said, as reported
    note: Mapped[str] = mapped_column(Text, default="")
    reported_at: Mapped[datetime]
    imported_at: Mapped[datetime]

    delivery: Mapped[Delivery] = relationship()
