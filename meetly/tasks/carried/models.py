"""Rows of carried reports: one for each meeting of a series, frozen when it is presented."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.extensions import Base
from meetly.materials.models import Material
from meetly.meetings.models import Meeting


class CarriedReport(Base):
    """How the directions of earlier meetings stood, for one meeting (tình hình thực hiện)."""

    __tablename__ = "carried_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: the meeting it is presented to, and the last one of the series before it
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), unique=True)
    previous_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    #: its paper among the meeting's materials, and the SHA-256 of what was written there
    material_id: Mapped[int | None] = mapped_column(ForeignKey("material.id"))
    sha256: Mapped[str] = mapped_column(String(64), default="")
    #: the figures and lines as of `counted_at`
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    counted_at: Mapped[datetime]
    #: from then on nothing in it changes any more
    presented_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship(foreign_keys=[meeting_id])
    previous: Mapped[Meeting] = relationship(foreign_keys=[previous_id])
    material: Mapped[Material | None] = relationship()
