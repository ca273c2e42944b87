"""Rows of reports due: what one unit owes before a meeting."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit
from meetly.extensions import Base
from meetly.materials.models import Material
from meetly.meetings.models import AgendaItem, Meeting


class ReportRequest(Base):
    """What one unit owes before a meeting (báo cáo phải nộp); sent, late or missing is computed."""

    __tablename__ = "report_request"
    __table_args__ = (UniqueConstraint("meeting_id", "unit_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    #: the point of the agenda it is filed under when it comes
    agenda_item_id: Mapped[int | None] = mapped_column(
        ForeignKey("agenda_item.id", ondelete="SET NULL")
    )
    title: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime] = mapped_column(index=True)
    #: what came, and when its first version did
    material_id: Mapped[int | None] = mapped_column(ForeignKey("material.id"))
    sent_at: Mapped[datetime | None]
    #: the secretary said that this one need not come
    waived_at: Mapped[datetime | None]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship()
    unit: Mapped[Unit] = relationship(lazy="joined")
    agenda_item: Mapped[AgendaItem | None] = relationship()
    material: Mapped[Material | None] = relationship()
