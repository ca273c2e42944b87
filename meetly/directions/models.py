"""Rows of directions: what was found in the chair's words, and what a leader made of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.extensions import Base
from meetly.meetings.models import Meeting
from meetly.minutes.models import Minutes


class DirectionStatus(StrEnum):
    """Where a direction stands; a decision is final, a new direction corrects it."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


TRANSITIONS: dict[DirectionStatus, set[DirectionStatus]] = {
    DirectionStatus.PROPOSED: {DirectionStatus.CONFIRMED, DirectionStatus.DISMISSED},
    DirectionStatus.CONFIRMED: set(),
    DirectionStatus.DISMISSED: {DirectionStatus.PROPOSED},
}


class UnitPart(StrEnum):
    """What a unit has to do with a direction."""

    LEAD = "lead"
    COORDINATING = "coordinating"


class Direction(Base):
    """Who shall do what by when, as the chair said it (ý kiến chỉ đạo)."""

    __tablename__ = "direction"
    __table_args__ = (Index("ix_direction_meeting_id_ordinal", "meeting_id", "ordinal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    #: the block of the minutes it stands in
    block_id: Mapped[str] = mapped_column(String(40))
    ordinal: Mapped[int]
    status: Mapped[DirectionStatus] = mapped_column(
        String(20), default=DirectionStatus.PROPOSED, index=True
    )
    #: as it is to be carried out
    text: Mapped[str] = mapped_column(Text)
    #: as it was said
    span: Mapped[str] = mapped_column(Text)
    #: none is a normal state: two thirds of real directions name no day
    due: Mapped[date | None]
    #: "trước 16 giờ thứ sáu hằng tuần"
    recurring: Mapped[str] = mapped_column(String(200), default="")
    #: 0..1, and the words that made it fire
    confidence: Mapped[float] = mapped_column(default=1.0)
    cues: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: the segments it rests on, and its seconds in the recording
    segment_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recording.id"))
    start: Mapped[float | None]
    end: Mapped[float | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    dismissal: Mapped[str] = mapped_column(Text, default="")
    #: the version of the minutes whose words it holds; newer words are followed once
    minutes_version: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    meeting: Mapped[Meeting] = relationship()
    minutes: Mapped[Minutes] = relationship()
    decided_by: Mapped[User | None] = relationship()
    units: Mapped[list[DirectionUnit]] = relationship(
        order_by="DirectionUnit.ordinal", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def lead(self) -> list[DirectionUnit]:
        """The units that lead, in the order they were named."""
        return [u for u in self.units if u.part == UnitPart.LEAD]

    @property
    def coordinating(self) -> list[DirectionUnit]:
        """The units that help, in the order they were named."""
        return [u for u in self.units if u.part == UnitPart.COORDINATING]


class DirectionUnit(Base):
    """One unit named by a direction; a group or a stranger has a name but no unit."""

    __tablename__ = "direction_unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    direction_id: Mapped[int] = mapped_column(ForeignKey("direction.id"), index=True)
    ordinal: Mapped[int]
    part: Mapped[UnitPart] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))

    unit: Mapped[Unit | None] = relationship()
