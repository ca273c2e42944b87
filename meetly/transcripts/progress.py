"""How far a transcript is and how long it will still take, learnt from this machine's own work."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sqlalchemy import func, select

from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.transcripts.models import Chunk, ChunkStatus, Transcript, TranscriptStatus

#: Finished chunks that tell how fast this machine works.
_LEARNT_FROM = 60
_FINISHED = (ChunkStatus.DONE, ChunkStatus.EMPTY, ChunkStatus.FAILED)
_WAITING = (ChunkStatus.PENDING, ChunkStatus.CLAIMED)
_OPEN = (TranscriptStatus.SPLITTING, TranscriptStatus.TRANSCRIBING)


@dataclass(frozen=True)
class Progress:
    """Chunks done of all, and the seconds left; none while nothing honest can be said."""

    done: int
    #: while the recording is still being cut this is reckoned from its length
    total: int
    seconds_left: float | None
    state: TranscriptStatus
    #: seconds of the recording that are through, and its length
    reached: float = 0.0
    duration: float = 0.0
    #: chunks that were set aside
    gaps: int = 0

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will come by itself."""
        return self.state in (TranscriptStatus.READY, TranscriptStatus.FAILED)


def progress(transcript: Transcript) -> Progress:
    """Tell how far a transcript is."""
    duration = transcript.recording.duration
    query = select(Chunk.status, Chunk.start, Chunk.end).where(Chunk.transcript_id == transcript.id)
    chunks = [(ChunkStatus(status), start, end) for status, start, end in db.session.execute(query)]
    done = sum(status in _FINISHED for status, _, _ in chunks)
    cut = max((end for _, _, end in chunks), default=0.0)
    total = len(chunks)
    if transcript.status == TranscriptStatus.SPLITTING and duration > cut:
        length = cut / total if total else (transcript.target + transcript.longest) / 2
        total += math.ceil((duration - cut) / length)
    waiting = [(start, end) for status, start, end in chunks if status in _WAITING]
    return Progress(
        done=done,
        total=max(total, done),
        seconds_left=_seconds_left(transcript, sum(end - start for start, end in waiting)),
        state=TranscriptStatus(transcript.status),
        reached=min((start for start, _ in waiting), default=cut),
        duration=duration,
        gaps=sum(status == ChunkStatus.FAILED for status, _, _ in chunks),
    )


def pace(transcript: Transcript) -> float | None:
    """Return the seconds of work a second of sound takes here, with this transcript's model.

    The chunks of this transcript speak first, those of earlier ones before it has any.
    """
    finished = (
        select(Chunk.took, (Chunk.end - Chunk.start).label("length"))
        .join(Transcript, Transcript.id == Chunk.transcript_id)
        .where(Chunk.status == ChunkStatus.DONE, Transcript.model == transcript.model)
        .order_by((Chunk.transcript_id == transcript.id).desc(), Chunk.finished_at.desc())
        .limit(_LEARNT_FROM)
        .subquery()
    )
    took, length = db.session.execute(
        select(func.sum(finished.c.took), func.sum(finished.c.length))
    ).one()
    return took / length if took and length else None


def _seconds_left(transcript: Transcript, waiting: float) -> float | None:
    if transcript.status not in _OPEN:
        return 0.0
    speed = pace(transcript)
    if speed is None or not transcript.recording.duration:
        return None
    if transcript.status == TranscriptStatus.SPLITTING:
        cut = select(func.max(Chunk.end)).where(Chunk.transcript_id == transcript.id)
        waiting += max(0.0, transcript.recording.duration - (db.session.scalar(cut) or 0.0))
    return speed * (waiting + _queue(transcript, waiting)) / max(1, _workers())


def _queue(transcript: Transcript, own: float) -> float:
    """Reckon the seconds of sound that will be heard before this transcript is through.

    Earlier ones of the same unit come first; other units take turns with it.
    """
    unit_id = db.session.scalar(select(Meeting.unit_id).where(Meeting.id == transcript.meeting_id))
    query = (
        select(Meeting.unit_id, func.sum(Chunk.end - Chunk.start))
        .join(Transcript, Transcript.id == Chunk.transcript_id)
        .join(Meeting, Meeting.id == Transcript.meeting_id)
        .where(Chunk.status.in_(_WAITING), Transcript.status.in_(_OPEN))
        .where((Meeting.unit_id != unit_id) | (Transcript.id < transcript.id))
        .group_by(Meeting.unit_id)
    )
    others: dict[int | None, float] = {row[0]: row[1] for row in db.session.execute(query)}
    ahead = others.pop(unit_id, 0.0)
    return float(ahead + sum(min(own + ahead, seconds) for seconds in others.values()))


def _workers() -> int:
    query = select(func.count(Chunk.owner.distinct())).where(Chunk.status == ChunkStatus.CLAIMED)
    return db.session.scalar(query) or 0
