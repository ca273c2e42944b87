"""How far a transcript is and how long it will still take, learnt from this machine's own work."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import case, func, select

from meetly.config import settings
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.recordings.models import Recording
from meetly.transcripts.claims import OPEN
from meetly.transcripts.models import Chunk, ChunkStatus, Transcript, TranscriptStatus

#: Finished chunks that tell how fast this machine works, and how many are looked through for them.
_LEARNT_FROM, _LOOKED_AT = 60, 400
_FINISHED = (ChunkStatus.DONE, ChunkStatus.EMPTY, ChunkStatus.FAILED)
_WAITING = (ChunkStatus.PENDING, ChunkStatus.CLAIMED)


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
    #: chunks that wait to be heard again; what they say now is shown meanwhile
    again: int = 0
    #: whether somebody works on it this moment
    is_moving: bool = False

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will come by itself."""
        return self.state not in OPEN


@dataclass(frozen=True)
class Expectation:
    """What may be said before a recording is begun."""

    model: str
    #: seconds of work an hour of sound takes here; none while this machine has not been measured
    an_hour: float | None
    #: recordings that wait or are in work, and the seconds until they are through
    ahead: int = 0
    wait: float | None = 0.0

    @property
    def model_name(self) -> str:
        """The model as people call it: its file's name without folders and ending."""
        return Path(self.model).stem or self.model


def progress(transcript: Transcript) -> Progress:
    """Tell how far a transcript is."""
    duration, splitting = transcript.recording.duration, TranscriptStatus.SPLITTING
    total, done, gaps, again, held, cut, waiting, reached = _counted(transcript.id)
    expected = total
    if transcript.status == splitting and duration > cut:
        length = cut / total if total else (transcript.target + transcript.longest) / 2
        expected += math.ceil((duration - cut) / length)
    uncut = max(0.0, duration - cut) if transcript.status == splitting else 0.0
    return Progress(
        done=done,
        total=max(expected, done),
        seconds_left=_seconds_left(transcript, waiting + uncut),
        state=TranscriptStatus(transcript.status),
        reached=cut if reached is None else reached,
        duration=duration,
        gaps=gaps,
        again=again,
        is_moving=held > 0 or transcript.owner is not None,
    )


def expected(model: str = "") -> Expectation:
    """Tell what a recording that is brought in now has to expect, with the model that is set."""
    model = model or settings().speech_model
    speed = _speed(model)
    open_ones = select(func.count()).where(Transcript.status.in_(OPEN))
    received = select(func.count()).where(
        Recording.status == "received",
        ~select(Transcript.id).where(Transcript.recording_id == Recording.id).exists(),
    )
    ahead = (db.session.scalar(open_ones) or 0) + (db.session.scalar(received) or 0)
    sound = sum(_queued().values())
    return Expectation(
        model=model,
        an_hour=None if speed is None else 3600 * speed / _processes(),
        ahead=ahead,
        wait=None if speed is None else speed * sound / _processes(),
    )


def pace(transcript: Transcript) -> float | None:
    """Return the seconds of work a second of sound takes here, with this transcript's model.

    The chunks of this transcript speak first, those of earlier ones before it has any.
    """
    mine = (
        select(Chunk.took, Chunk.end - Chunk.start)
        .where(Chunk.transcript_id == transcript.id, Chunk.finished_at.is_not(None))
        .order_by(Chunk.finished_at.desc())
        .limit(_LEARNT_FROM)
    )
    told = [(took, length) for took, length in db.session.execute(mine)]
    return _ratio(told) or _speed(transcript.model)


def _speed(model: str) -> float | None:
    """Learn from the chunks this machine finished last with a model, whosever they were."""
    latest = (
        select(Chunk.transcript_id, Chunk.model, Chunk.took, Chunk.end - Chunk.start)
        .where(Chunk.finished_at.is_not(None))
        .order_by(Chunk.finished_at.desc())
        .limit(_LOOKED_AT)
    )
    found = list(db.session.execute(latest))
    ids = {transcript_id for transcript_id, *_ in found}
    models: dict[int, str] = {
        row[0]: row[1]
        for row in db.session.execute(
            select(Transcript.id, Transcript.model).where(Transcript.id.in_(ids))
        )
    }
    told = [(took, length) for of, own, took, length in found if (own or models.get(of)) == model]
    return _ratio(told[:_LEARNT_FROM])


def _ratio(told: list[tuple[float, float]]) -> float | None:
    took, length = sum(t for t, _ in told), sum(length for _, length in told)
    return took / length if took and length else None


def _counted(transcript_id: int) -> tuple[int, int, int, int, int, float, float, float | None]:
    """Count all chunks, finished ones, gaps, those waiting again, those in work; tell the seconds
    that are cut, the seconds that wait, and at which second the first of these begins.
    """
    waits, first = Chunk.status.in_(_WAITING), Chunk.take == 0
    query = select(
        func.count(),
        func.count(case((Chunk.status.in_(_FINISHED), 1))),
        func.count(case((Chunk.status == ChunkStatus.FAILED, 1))),
        func.count(case((waits & ~first, 1))),
        func.count(case((Chunk.status == ChunkStatus.CLAIMED, 1))),
        func.max(Chunk.end),
        func.sum(case((waits, Chunk.end - Chunk.start), else_=0.0)),
        func.min(case((waits, Chunk.start))),
    ).where(Chunk.transcript_id == transcript_id)
    total, done, gaps, again, held, cut, waiting, reached = db.session.execute(query).one()
    return total, done, gaps, again, held, cut or 0.0, waiting or 0.0, reached


def _seconds_left(transcript: Transcript, waiting: float) -> float | None:
    if transcript.status not in OPEN:
        return 0.0
    speed = pace(transcript)
    if speed is None or not transcript.recording.duration:
        return None
    return float(speed * (waiting + _queue(transcript, waiting)) / _processes())


def _queue(transcript: Transcript, own: float) -> float:
    """Reckon the seconds of sound that will be heard before this transcript is through.

    Earlier ones of the same unit come first; other units take turns with it.
    """
    unit_id = db.session.scalar(select(Meeting.unit_id).where(Meeting.id == transcript.meeting_id))
    others = _queued(unless=transcript, unit_id=unit_id)
    ahead = others.pop(unit_id, 0.0)
    return float(ahead + sum(min(own + ahead, seconds) for seconds in others.values()))


def _queued(
    unless: Transcript | None = None, unit_id: int | None = None
) -> dict[int | None, float]:
    """Sum the seconds of sound that wait by unit; of `unit_id` only what comes before `unless`."""
    waiting = select(func.sum(Chunk.end - Chunk.start)).where(
        Chunk.transcript_id == Transcript.id, Chunk.status.in_(_WAITING)
    )
    query = (
        select(Meeting.unit_id, waiting.scalar_subquery())
        .select_from(Transcript)
        .join(Meeting, Meeting.id == Transcript.meeting_id)
        .where(Transcript.status.in_(OPEN))
    )
    if unless is not None:
        query = query.where((Meeting.unit_id != unit_id) | (Transcript.id < unless.id))
    queued: dict[int | None, float] = {}
    for unit, seconds in db.session.execute(query):
        queued[unit] = queued.get(unit, 0.0) + (seconds or 0.0)
    return queued


def _processes() -> int:
    """Tell how many processes listen: as many as hold something now, or as are set."""
    query = select(func.count(Chunk.owner.distinct())).where(Chunk.status == ChunkStatus.CLAIMED)
    return max(1, db.session.scalar(query) or 0, settings().speech_processes)
