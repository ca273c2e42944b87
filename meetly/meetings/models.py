"""Rows of meetings: the meeting, its agenda, who is invited and answers, and who attended."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.extensions import Base
from meetly.meetings.series.models import Series


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


class AttendanceSource(StrEnum):
    """Who says how a site took part; what a person said is never overwritten by an engine."""

    ROLL = "roll"
    ENGINE = "engine"


class Answer(StrEnum):
    """What an invited unit or person answered (trả lời lời mời)."""

    NONE = ""
    COMING = "coming"
    #: somebody else comes, if the chair agrees (QĐ 45/2018/QĐ-TTg)
    SUBSTITUTE = "substitute"
    ABSENT = "absent"


class Consent(StrEnum):
    """What the chair says of a substitute."""

    NONE = ""
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class Meeting(Base):
    """One sitting of a briefing (cuộc họp giao ban)."""

    __tablename__ = "meeting"
    __table_args__ = (
        Index("ix_meeting_unit_id_starts_at", "unit_id", "starts_at"),
        UniqueConstraint("series_id", "occurrence"),
    )

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
    #: the series it belongs to, and the moment its rule gives for it (RECURRENCE-ID of RFC 5545)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"), index=True)
    occurrence: Mapped[datetime | None]
    #: parts of the plan (names in PARTS) that differ from the series because somebody said so here
    own_parts: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: name of the event in calendars; occurrences carry that of their series
    uid: Mapped[str] = mapped_column(String(60), index=True, default=lambda: str(uuid.uuid4()))
    #: SEQUENCE of RFC 5545: counts the changes that calendars were told
    sequence: Mapped[int] = mapped_column(default=0)
    #: the `sequence` since which the present time holds; answers to an older one are stale
    moved_sequence: Mapped[int] = mapped_column(default=0)
    #: number of the letter of invitation (số giấy mời), as the office gave it
    letter_number: Mapped[str] = mapped_column(String(60), default="")
    #: the conference engine, and what it calls the room and needs to open it
    engine: Mapped[str] = mapped_column(String(20), default="link")
    room: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)

    series: Mapped[Series | None] = relationship()
    unit: Mapped[Unit] = relationship(lazy="joined")
    chair: Mapped[User | None] = relationship(foreign_keys=[chair_id])
    secretary: Mapped[User | None] = relationship(foreign_keys=[secretary_id])
    agenda: Mapped[list[AgendaItem]] = relationship(
        order_by="AgendaItem.ordinal", cascade="all, delete-orphan"
    )
    invitations: Mapped[list[Invitation]] = relationship(cascade="all, delete-orphan")
    personal_invitations: Mapped[list[PersonalInvitation]] = relationship(
        cascade="all, delete-orphan"
    )


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


class Answerable:
    """What was answered to an invitation, and what the chair said of a substitute."""

    answer: Mapped[Answer] = mapped_column(String(20), default=Answer.NONE)
    #: who comes, as it shall read on lists: name and position
    attendee: Mapped[str] = mapped_column(String(200), default="")
    #: why nobody comes, or why a substitute
    reason: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    consent: Mapped[Consent] = mapped_column(String(20), default=Consent.NONE)
    consented_at: Mapped[datetime | None]

    @declared_attr
    def attendee_id(cls) -> Mapped[int | None]:  # noqa: N805 - SQLAlchemy passes the class
        """Give the account of who comes, where there is one."""
        return mapped_column(ForeignKey("user.id"))

    @declared_attr
    def answered_by_id(cls) -> Mapped[int | None]:  # noqa: N805
        """Give who answered."""
        return mapped_column(ForeignKey("user.id"))

    @declared_attr
    def consented_by_id(cls) -> Mapped[int | None]:  # noqa: N805
        """Give who decided about the substitute."""
        return mapped_column(ForeignKey("user.id"))


class Invitation(Answerable, Base):
    """One invited unit: one site of the briefing (điểm cầu)."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("meeting_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)

    unit: Mapped[Unit] = relationship(lazy="joined")


class PersonalInvitation(Answerable, Base):
    """One person invited by name, whatever the unit."""

    __tablename__ = "personal_invitation"
    __table_args__ = (UniqueConstraint("meeting_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)

    user: Mapped[User] = relationship(lazy="joined", foreign_keys="PersonalInvitation.user_id")


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
    source: Mapped[AttendanceSource] = mapped_column(String(20), default=AttendanceSource.ROLL)

    unit: Mapped[Unit] = relationship(lazy="joined")
