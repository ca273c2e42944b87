"""Rows of recordings: the received file and who spoke when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ColumnElement, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.arriving import Arriving
from meetly.extensions import Base
from meetly.meetings.models import Meeting


class RecordingStatus(StrEnum):
    """Where a recording stands."""

    #: bytes are still arriving; `offset` of `size` are safe
    RECEIVING = "receiving"
    #: all bytes are here and hashed; the worker has not looked at them yet
    RECEIVED = "received"
    #: a transcript was opened for it
    ACCEPTED = "accepted"
    #: it is not sound we can use; `refusal` says why
    REFUSED = "refused"


TRANSITIONS: dict[RecordingStatus, set[RecordingStatus]] = {
    RecordingStatus.RECEIVING: {RecordingStatus.RECEIVED},
    RecordingStatus.RECEIVED: {RecordingStatus.ACCEPTED, RecordingStatus.REFUSED},
    RecordingStatus.ACCEPTED: set(),
    RecordingStatus.REFUSED: set(),
}


class Recording(Arriving, Base):
    """One sound or video file of a meeting (bản ghi)."""

    __tablename__ = "recording"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    status: Mapped[RecordingStatus] = mapped_column(String(20), default=RecordingStatus.RECEIVING)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    #: judged from the content: audio/ogg, video/mp4 ...
    media_type: Mapped[str] = mapped_column(String(120), default="")
    #: seconds; 0 until probed
    duration: Mapped[float] = mapped_column(default=0.0)
    #: the clock when its sound begins, where that is known: orders the parts of one meeting
    begins_at: Mapped[datetime | None]
    #: whose microphone alone it holds: a person's or a site's name; empty for the mixed sound
    track: Mapped[str] = mapped_column(String(200), default="")
    track_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    #: loudness pairs for the waveform, -1..1, one pair per equal stretch of time
    peaks: Mapped[list[float]] = mapped_column(JSON, default=list)
    #: what the conference engine knows of the people it heard: name, position, unit
    speakers: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    received_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship()
    uploaded_by: Mapped[User] = relationship()
    track_unit: Mapped[Unit | None] = relationship()

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        """Return the condition under which a recording is still arriving."""
        return cls.status == RecordingStatus.RECEIVING


class TalkEvent(Base):
    """One stretch in which the conference engine heard one person."""

    __tablename__ = "talk_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"), index=True)
    #: display name as the engine knows it
    speaker: Mapped[str] = mapped_column(String(200))
    #: seconds from the start of the recording
    start: Mapped[float]
    end: Mapped[float]
