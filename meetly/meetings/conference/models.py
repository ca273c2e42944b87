"""Rows of conferences: what an engine reported, and the recordings it offers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.extensions import Base
from meetly.meetings.models import Meeting


class EventKind(StrEnum):
    """What an engine may report of a room."""

    ROOM_STARTED = "room_started"
    JOINED = "joined"
    LEFT = "left"
    #: sound or picture of a person begins or stops to arrive
    MEDIA_ON = "media_on"
    MEDIA_OFF = "media_off"
    TALK_ON = "talk_on"
    TALK_OFF = "talk_off"
    RECORDING_READY = "rec_ready"
    ROOM_ENDED = "room_ended"


class ConferenceEvent(Base):
    """One thing an engine reported once; the key makes a repeated report harmless."""

    __tablename__ = "conference_event"
    __table_args__ = (
        UniqueConstraint("meeting_id", "key"),
        Index("ix_conference_event_meeting_id_at", "meeting_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    #: the engine's own name of the event, or one made of what it says
    key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[EventKind] = mapped_column(String(20))
    #: who, as we told the engine when letting them in ("user:12", "unit:7"); empty for strangers
    person_ref: Mapped[str] = mapped_column(String(80), default="")
    #: one stay of one device, where the engine tells them apart
    session: Mapped[str] = mapped_column(String(80), default="")
    #: the name shown in the room
    name: Mapped[str] = mapped_column(String(200), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200), default="")
    received_at: Mapped[datetime]

    user: Mapped[User | None] = relationship()
    unit: Mapped[Unit | None] = relationship()


class PartStatus(StrEnum):
    """Where a recording of an engine stands."""

    OFFERED = "offered"
    #: it is a recording of the meeting now
    FETCHED = "fetched"
    #: it was given up; `error` says why
    FAILED = "failed"


class ConferencePart(Base):
    """One recording an engine offers; the row is the job of fetching it."""

    __tablename__ = "conference_part"
    __table_args__ = (UniqueConstraint("meeting_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    #: the engine's own name of the recording
    key: Mapped[str] = mapped_column(String(120))
    #: person_audio, mixed_audio or video
    kind: Mapped[str] = mapped_column(String(20))
    #: whose microphone, where the engine keeps them apart
    person_ref: Mapped[str] = mapped_column(String(80), default="")
    uri: Mapped[str] = mapped_column(Text)
    begins_at: Mapped[datetime | None]
    status: Mapped[PartStatus] = mapped_column(String(20), default=PartStatus.OFFERED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    #: who is fetching it now, and until when that is believed
    owner: Mapped[str | None] = mapped_column(String(80))
    lease_expires_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")

    meeting: Mapped[Meeting] = relationship()
