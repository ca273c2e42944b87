"""Rows of meetings: the meeting, its agenda, the invited units and who attended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.extensions import Base


class MeetingStatus(StrEnum):
    """Where a meeting stands; what came of it is told by the later rooms."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    HELD = "held"
    CANCELLED = "cancelled"


TRANSITIONS: dict[MeetingStatus, set[MeetingStatus]] = {
    MeetingStatus.DRAFT: {MeetingStatus.SCHEDULED, MeetingStatus.CANCELLED},
    MeetingStatus.SCHEDULED: {MeetingStatus.HELD, MeetingStatus.CANCELLED},
    MeetingStatus.HELD: set(),
    MeetingStatus.CANCELLED: set(),
}


class AttendanceStatus(StrEnum):
    """How a site took part."""

    PRESENT = "present"
    SUBSTITUTE = "substitute"
    LATE = "late"
    ABSENT = "absent"


class Meeting(Base):
    """One sitting of a briefing (cuộc họp giao ban)."""

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_unit_id_starts_at", "unit_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: the unit that holds it: its secretaries keep the meeting, its leaders approve the outcome
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(String(300))
    status: Mapped[MeetingStatus] = mapped_column(String(20), default=MeetingStatus.DRAFT)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(300), default="")
    #: where the conference is opened; http(s) only
    link: Mapped[str] = mapped_column(String(500), default="")
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    secretary_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    #: when the invited units were first told; a draft that is thrown away betrays nothing
    published_at: Mapped[datetime | None]
    #: counts accepted changes; a form that names an older one is Stale
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship(lazy="joined")
    chair: Mapped[User | None] = relationship(foreign_keys=[chair_id])
    secretary: Mapped[User | None] = relationship(foreign_keys=[secretary_id])
    agenda: Mapped[list[AgendaItem]] = relationship(
        order_by="AgendaItem.ordinal", cascade="all, delete-orphan"
    )
    invitations: Mapped[list[Invitation]] = relationship(cascade="all, delete-orphan")


class AgendaItem(Base):
    """One point of the agenda."""

    __tablename__ = "agenda_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    #: 1, 2, 3 ... as spoken of in the meeting
    ordinal: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    #: the unit that presents it and brings its materials
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    #: minutes allotted; 0 when none were
    duration: Mapped[int] = mapped_column(default=0)

    unit: Mapped[Unit | None] = relationship(lazy="joined")


class Invitation(Base):
    """One invited unit: one site of the briefing (điểm cầu)."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("meeting_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)

    unit: Mapped[Unit] = relationship(lazy="joined")


class Attendance(Base):
    """How one invited unit took part, as the roll-call or the conference engine says."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("meeting_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    status: Mapped[AttendanceStatus] = mapped_column(String(20))
    #: who sat there, or who stood in for whom
    person: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(300), default="")

    unit: Mapped[Unit] = relationship(lazy="joined")
