"""Rows of transcripts: the job, its chunks, the segments heard and their corrections."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
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
    #: a person stopped it; what was heard is kept and it can be set to work again
    CANCELLED = "cancelled"


TRANSITIONS: dict[TranscriptStatus, set[TranscriptStatus]] = {
    TranscriptStatus.SPLITTING: {
        TranscriptStatus.TRANSCRIBING,
        TranscriptStatus.FAILED,
        TranscriptStatus.CANCELLED,
    },
    TranscriptStatus.TRANSCRIBING: {
        TranscriptStatus.READY,
        TranscriptStatus.FAILED,
        TranscriptStatus.CANCELLED,
    },
    #: only to hear some chunks again
    TranscriptStatus.READY: {TranscriptStatus.TRANSCRIBING},
    TranscriptStatus.FAILED: {TranscriptStatus.SPLITTING, TranscriptStatus.TRANSCRIBING},
    TranscriptStatus.CANCELLED: {TranscriptStatus.SPLITTING, TranscriptStatus.TRANSCRIBING},
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
    #: which engine hears it ("openai-whisper", "faster-whisper"); empty until it is cut
    engine: Mapped[str] = mapped_column(String(40), default="")
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
        # claiming looks at what waits and at what was finished last, never at all that was done
        Index("ix_chunk_transcript_id_status_ordinal", "transcript_id", "status", "ordinal"),
        Index("ix_chunk_transcript_id_finished_at", "transcript_id", "finished_at"),
        Index("ix_chunk_finished_at", "finished_at"),
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
    #: which hearing of it is shown: 0 before the first; earlier ones are kept as versions
    take: Mapped[int] = mapped_column(default=0)
    #: the model it was or is to be heard with, where that is not the transcript's
    model: Mapped[str] = mapped_column(String(500), default="")
    #: every hearing, in order: {"take", "model", "at" (ISO)}
    takes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
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
        UniqueConstraint("chunk_id", "take", "ordinal"),
        Index("ix_segment_transcript_id_start", "transcript_id", "start"),
        # or SQLite gives the number of a deleted sentence to the next one, and drafts that cite it
        # would point into another meeting
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcript.id"))
    chunk_id: Mapped[int] = mapped_column(ForeignKey("chunk.id"))
    #: which hearing of the chunk it belongs to, and whether that is the one that is shown; what
    #: was heard before stays as a version, because evidence may point to it
    take: Mapped[int] = mapped_column(default=1)
    current: Mapped[bool] = mapped_column(default=True)
    ordinal: Mapped[int]
    #: seconds in the recording
    start: Mapped[float]
    end: Mapped[float]
    #: as it reads now; `heard` is what the engine wrote
    text: Mapped[str] = mapped_column(Text)
    heard: Mapped[str] = mapped_column(Text)
    #: [start, end, text, probability] of each word heard, seconds in the recording; may be empty
    words: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    #: what the repair wrote otherwise than it was heard: [{"was", "now", "why"}], in order
    repairs: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    #: 0..1, the engine's own belief
    probability: Mapped[float] = mapped_column(default=1.0)
    #: why it may be invented; shown struck through and kept out of drafts
    suspicion: Mapped[str] = mapped_column(String(60), default="")
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id"))
    #: a person said who spoke: no record of microphones changes that any more
    assigned: Mapped[bool] = mapped_column(default=False)
    #: the number of the agenda item that begins here, where a person said so
    agenda: Mapped[int | None]
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


class GlossaryTerm(Base):
    """What a unit's people corrected: heard so, meant so; helps its next meetings."""

    __tablename__ = "glossary_term"
    __table_args__ = (UniqueConstraint("unit_id", "heard", "meant"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    #: where it was corrected last
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    heard: Mapped[str] = mapped_column(String(200))
    meant: Mapped[str] = mapped_column(String(200))
    #: how often it was corrected so
    count: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]
