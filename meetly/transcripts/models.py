"""Rows of transcripts: the job, its chunks, the segments heard and their corrections."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.extensions import Base
from meetly.recordings.models import Recording


class TranscriptStatus(StrEnum):
    """Where a transcript stands."""

    #: the recording is being cut into chunks; finished chunks may be transcribed already
    SPLITTING = "splitting"
    TRANSCRIBING = "transcribing"
    READY = "ready"
    FAILED = "failed"


TRANSITIONS: dict[TranscriptStatus, set[TranscriptStatus]] = {
    TranscriptStatus.SPLITTING: {TranscriptStatus.TRANSCRIBING, TranscriptStatus.FAILED},
    TranscriptStatus.TRANSCRIBING: {TranscriptStatus.READY, TranscriptStatus.FAILED},
    TranscriptStatus.READY: set(),
    TranscriptStatus.FAILED: {TranscriptStatus.SPLITTING, TranscriptStatus.TRANSCRIBING},
}


class ChunkStatus(StrEnum):
    """Where a chunk stands; CLAIMED ends by DONE or by its lease running out."""

    PENDING = "pending"
    CLAIMED = "claimed"
    DONE = "done"
    #: almost no speech: never shown to Whisper, which would invent some
    EMPTY = "empty"
    #: killed its worker too often, or the engine refused it; a marked gap
    FAILED = "failed"


class Transcript(Base):
    """The job of turning one recording into text, and its result."""

    __tablename__ = "transcript"

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"), unique=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    status: Mapped[TranscriptStatus] = mapped_column(
        String(20), default=TranscriptStatus.SPLITTING, index=True
    )
    #: settings are kept with the job, so that a restart uses the same
    model: Mapped[str] = mapped_column(String(500))
    language: Mapped[str] = mapped_column(String(10))
    #: seconds: where to look for a cut, and the longest chunk
    target: Mapped[float]
    longest: Mapped[float]
    prompt: Mapped[str] = mapped_column(Text, default="")
    #: lease of the splitter
    owner: Mapped[str | None] = mapped_column(String(80))
    lease_expires_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    #: stable code and sentence when FAILED
    failure: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]

    recording: Mapped[Recording] = relationship(lazy="joined")


class Chunk(Base):
    """Up to half a minute of sound; the row is the job."""

    __tablename__ = "chunk"
    __table_args__ = (
        UniqueConstraint("transcript_id", "ordinal"),
        Index("ix_chunk_status_lease_expires_at", "status", "lease_expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"))
    ordinal: Mapped[int]
    #: seconds in the recording
    start: Mapped[float]
    end: Mapped[float]
    #: seconds of speech found inside
    speech: Mapped[float]
    #: 16 kHz mono samples as .wav
    storage_key: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[ChunkStatus] = mapped_column(String(20), default=ChunkStatus.PENDING)
    owner: Mapped[str | None] = mapped_column(String(80))
    lease_expires_at: Mapped[datetime | None]
    #: how often it was claimed
    attempts: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(Text, default="")
    #: seconds the engine worked on it; the time left on the page is learnt from these
    took: Mapped[float] = mapped_column(default=0.0)
    finished_at: Mapped[datetime | None]

    transcript: Mapped[Transcript] = relationship()


class Speaker(Base):
    """One voice of a transcript; renaming it here renames it everywhere."""

    __tablename__ = "speaker"
    __table_args__ = (UniqueConstraint("transcript_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"))
    #: the name in the talk events, or "Người nói 1"
    label: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str] = mapped_column(String(200), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    unit: Mapped[Unit | None] = relationship()


class Segment(Base):
    """What was said in one breath: the smallest thing that evidence points at."""

    __tablename__ = "segment"
    __table_args__ = (
        UniqueConstraint("chunk_id", "ordinal"),
        Index("ix_segment_transcript_id_start", "transcript_id", "start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"))
    chunk_id: Mapped[int] = mapped_column(ForeignKey("chunk.id"))
    ordinal: Mapped[int]
    #: seconds in the recording
    start: Mapped[float]
    end: Mapped[float]
    #: as it reads now; `heard` is what the engine wrote
    text: Mapped[str] = mapped_column(Text)
    heard: Mapped[str] = mapped_column(Text)
    #: 0..1, the engine's own belief
    probability: Mapped[float] = mapped_column(default=1.0)
    #: why it may be invented; shown struck through and kept out of drafts
    suspicion: Mapped[str] = mapped_column(String(60), default="")
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id"))
    #: counts accepted corrections; a form that names an older one is Stale
    version: Mapped[int] = mapped_column(default=1)

    speaker: Mapped[Speaker | None] = relationship(lazy="joined")


class SegmentEdit(Base):
    """One correction of a segment: who, when, from what to what."""

    __tablename__ = "segment_edit"

    id: Mapped[int] = mapped_column(primary_key=True)
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)

    user: Mapped[User] = relationship()
