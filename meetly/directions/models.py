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


class Origin(StrEnum):
    """Where a direction came from."""

    #: the minutes of a meeting held here
    MINUTES = "minutes"
    #: a notice issued before, or elsewhere, taken over from its text
    NOTICE = "notice"
    #: a line of a spreadsheet
    SHEET = "sheet"


class Priority(StrEnum):
    """How pressing a direction is."""

    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class UnitPart(StrEnum):
    """What a unit has to do with a direction."""

    LEAD = "lead"
    COORDINATING = "coordinating"


class Direction(Base):
    """Who shall do what by when, as the chair said it (ý kiến chỉ đạo)."""

    __tablename__ = "direction"
    __table_args__ = (Index("ix_direction_meeting_id_ordinal", "meeting_id", "ordinal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: the unit whose leader gave it
    owner_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    origin: Mapped[Origin] = mapped_column(String(20), default=Origin.MINUTES)
    #: the document it was taken over from: "Thông báo số 12/TB-VP ngày 05/01/2026"
    source: Mapped[str] = mapped_column(String(300), default="")
    #: the day it was given; deadlines count from here
    given_on: Mapped[date]
    #: none for what was taken over from a document without its meeting
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    minutes_id: Mapped[int | None] = mapped_column(ForeignKey("minutes.id"), index=True)
    #: the block of the minutes it stands in
    block_id: Mapped[str] = mapped_column(String(40), default="")
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
    #: what shall come of it, and whom to report to; empty where nobody said
    product: Mapped[str] = mapped_column(String(500), default="")
    report_to: Mapped[str] = mapped_column(String(200), default="")
    priority: Mapped[Priority] = mapped_column(String(20), default=Priority.NORMAL)
    #: who follows it up for the giver (người theo dõi); tasks take it over when they open
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: the later direction that took its place; none while it stands
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("direction.id"))
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

    meeting: Mapped[Meeting | None] = relationship()
    minutes: Mapped[Minutes | None] = relationship()
    owner_unit: Mapped[Unit] = relationship()
    officer: Mapped[User | None] = relationship(foreign_keys=[officer_id])
    superseded_by: Mapped[Direction | None] = relationship(remote_side=[id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
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
