"""The rows that are jobs: opened, claimed under a lease, done once, settled from what is there.

A worker owns a row only as long as the row says so. Whoever was stopped past its lease finds on
waking that the row names somebody else, and its result is refused: nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from meetly import audit, clock
from meetly.config import settings
from meetly.errors import MeetlyError
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.recordings.models import Recording
from meetly.transcripts import findable, voices
from meetly.transcripts.models import Chunk, ChunkStatus, Segment, Transcript, TranscriptStatus
from meetly.transcripts.transcriber import Heard

FOLDER = "chunks"
#: Seconds: what suits Whisper where an engine says nothing else.
TARGET, LONGEST = 20.0, 29.5
#: States in which chunks are handed out.
OPEN = (TranscriptStatus.SPLITTING, TranscriptStatus.TRANSCRIBING)

#: Codes of what went wrong, with the sentence for people.
FAILURES = {
    "KILLED_WORKER": "Đoạn này làm chương trình bóc băng dừng đột ngột nhiều lần nên đã để riêng.",
    "ENGINE_FAILED": "Máy nhận dạng báo lỗi ở đoạn này nhiều lần nên đã để riêng.",
    "SPLIT_KILLED": "Không cắt được bản ghi sau nhiều lần thử. Bản ghi vẫn còn; hãy báo quản trị.",
    "NOTHING_HEARD": "Không đoạn nào bóc băng được. Bản ghi vẫn còn; hãy báo quản trị rồi thử lại.",
    "NO_SPEECH": "Không nghe thấy ai nói trong bản ghi này. Hãy kiểm tra lại tệp đã tải lên.",
}


# -- opening and splitting ---------------------------------------------------------------------


def open_for(recording: Recording) -> Transcript:
    """Open the transcript of a received recording; opening it again returns the same one."""
    query = select(Transcript).where(Transcript.recording_id == recording.id)
    if existing := db.session.scalar(query):
        return existing
    transcript = Transcript(
        recording_id=recording.id,
        meeting_id=recording.meeting_id,
        model=settings().speech_model,
        language=settings().speech_language,
        target=TARGET,
        longest=LONGEST,
        created_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(transcript)
    except IntegrityError:  # another worker was quicker
        return db.session.scalars(query).one()
    audit.record(None, "transcripts.open", transcript, recording=recording.id)
    return transcript


def claim_split(owner: str) -> Transcript | None:
    """Take the right to cut one recording into chunks, or None when none waits for it."""
    free = and_(
        Transcript.status == TranscriptStatus.SPLITTING,
        _lapsed(Transcript.lease_expires_at, clock.now()),
    )
    _give_up_splits(free)
    for transcript_id in db.session.scalars(select(Transcript.id).where(free).order_by("id")):
        claim = update(Transcript).where(Transcript.id == transcript_id, free)
        claim = claim.values(
            owner=owner, lease_expires_at=_lease_end(), attempts=Transcript.attempts + 1
        )
        if _one(db.session.execute(claim)):
            return db.session.get(Transcript, transcript_id, populate_existing=True)
    return None


def hold_split(transcript_id: int, owner: str) -> bool:
    """Lengthen the splitter's lease; False when it is no longer the owner's."""
    return _change_split(transcript_id, owner, {"lease_expires_at": _lease_end()})


def cut_already(transcript_id: int) -> set[int]:
    """Tell which chunks exist, so that an interrupted splitter goes on behind them."""
    query = select(Chunk.ordinal).where(Chunk.transcript_id == transcript_id)
    return set(db.session.scalars(query))


def chunk_key(transcript_id: int, ordinal: int) -> str:
    """Name the file of a chunk."""
    return f"{FOLDER}/{transcript_id}/{ordinal:06d}.wav"


def add_chunk(
    transcript_id: int,
    owner: str,
    *,
    ordinal: int,
    start: float,
    end: float,
    speech: float,
    storage_key: str,
) -> bool:
    """Add the row of a chunk whose file is safe; without a file it is EMPTY. False: lease lost."""
    # Getting this far is progress: the count of fruitless attempts begins anew.
    values = {"lease_expires_at": _lease_end(), "attempts": 0}
    if not _change_split(transcript_id, owner, values):
        return False
    status = ChunkStatus.PENDING if storage_key else ChunkStatus.EMPTY
    db.session.add(
        Chunk(
            transcript_id=transcript_id, ordinal=ordinal, start=round(start, 3), end=round(end, 3),
            speech=round(speech, 3), storage_key=storage_key, status=status,
        )
    )  # fmt: skip
    db.session.flush()
    return True


def finish_split(transcript_id: int, owner: str) -> bool:
    """Say that every chunk exists; False when the lease was lost."""
    values = {"owner": None, "lease_expires_at": None, "attempts": 0}
    cut = {"status": TranscriptStatus.TRANSCRIBING, **values}
    if not _change_split(transcript_id, owner, cut):
        return False
    settle(transcript_id)
    return True


def fail(transcript_id: int, owner: str, error: MeetlyError) -> None:
    """Stop a transcript that cannot go on (a model that is not there), and say why.

    Only the owner of its split or of one of its chunks may; the chunk goes back untouched.
    """
    mine = select(Chunk.id).where(Chunk.transcript_id == transcript_id, Chunk.owner == owner)
    stop = update(Transcript).where(
        Transcript.id == transcript_id,
        Transcript.status.in_(OPEN),
        or_(Transcript.owner == owner, mine.exists()),
    )
    failure = f"{error.code}: {error}"
    stop = stop.values(status=TranscriptStatus.FAILED, failure=failure, owner=None)
    if _one(db.session.execute(stop)):
        transcript = db.session.get_one(Transcript, transcript_id, populate_existing=True)
        audit.record(None, "transcripts.fail", transcript, why=failure)
    release(owner, politely=True)


def release(owner: str, *, politely: bool = False) -> None:
    """Give back everything an owner holds, because it ends or is known to be dead.

    Politely: nothing went wrong, so the attempt does not count.
    """
    step = 1 if politely else 0
    chunks = update(Chunk).where(Chunk.owner == owner, Chunk.status == ChunkStatus.CLAIMED)
    db.session.execute(
        chunks.values(
            status=ChunkStatus.PENDING, owner=None, lease_expires_at=None,
            attempts=Chunk.attempts - step,
        )
    )  # fmt: skip
    splits = update(Transcript).where(
        Transcript.owner == owner, Transcript.status == TranscriptStatus.SPLITTING
    )
    db.session.execute(
        splits.values(owner=None, lease_expires_at=None, attempts=Transcript.attempts - step)
    )


# -- transcribing ------------------------------------------------------------------------------


def claim_next(owner: str) -> Chunk | None:
    """Take one chunk to transcribe, or None when none waits.

    Units take turns, so that a whole day's recording of one does not keep the others waiting;
    within a unit the oldest transcript comes first.
    """
    moment = clock.now()
    _set_aside(moment)
    for chunk_id in _in_turn(moment):
        claim = update(Chunk).where(Chunk.id == chunk_id, _claimable(moment))
        claim = claim.values(
            status=ChunkStatus.CLAIMED, owner=owner, lease_expires_at=_lease_end(),
            attempts=Chunk.attempts + 1,
        )  # fmt: skip
        if _one(db.session.execute(claim)):
            return db.session.get(Chunk, chunk_id, populate_existing=True)
    return None


def heartbeat(chunk_id: int, owner: str) -> bool:
    """Lengthen the lease on a chunk; False when it is no longer the owner's."""
    held = update(Chunk).where(_held(chunk_id, owner))
    return _one(db.session.execute(held.values(lease_expires_at=_lease_end())))


def store(chunk_id: int, owner: str, heard: Sequence[Heard], took: float) -> bool:
    """Keep what was heard in a chunk; False, and nothing is kept, when the lease was lost."""
    transcript = _locked_transcript_of(chunk_id)
    done = update(Chunk).where(_held(chunk_id, owner))
    done = done.values(
        status=ChunkStatus.DONE, lease_expires_at=None, took=took, finished_at=clock.now()
    )
    if transcript is None or not _one(db.session.execute(done)):
        return False
    chunk = db.session.get_one(Chunk, chunk_id, populate_existing=True)
    segments = [_segment(chunk, ordinal, sentence) for ordinal, sentence in enumerate(heard)]
    db.session.add_all(segments)
    db.session.flush()
    voices.attribute_segments(transcript, segments)
    for segment in segments:
        findable.update(segment, transcript)
    settle(transcript.id)
    return True


def give_up(chunk_id: int, owner: str) -> bool:
    """Hand back a chunk the engine failed on; after too many attempts it becomes a marked gap."""
    transcript = _locked_transcript_of(chunk_id)
    chunk = db.session.get(Chunk, chunk_id, populate_existing=True)
    if transcript is None or chunk is None:
        return False
    spent = chunk.attempts >= settings().chunk_attempts
    values = {"status": ChunkStatus.FAILED if spent else ChunkStatus.PENDING}
    back = update(Chunk).where(_held(chunk_id, owner)).values(owner=None, lease_expires_at=None)
    back = back.values(**values, failure="ENGINE_FAILED" if spent else "")
    if not _one(db.session.execute(back)):
        return False
    settle(transcript.id)
    return True


def settle(transcript_id: int) -> None:
    """Finish a transcript all of whose chunks are finished; judged from the rows alone."""
    transcript = _locked(transcript_id)
    if transcript is None or transcript.status != TranscriptStatus.TRANSCRIBING:
        return
    query = select(Chunk.status, func.count()).where(Chunk.transcript_id == transcript_id)
    counts = {row[0]: row[1] for row in db.session.execute(query.group_by(Chunk.status))}
    if counts.get(ChunkStatus.PENDING) or counts.get(ChunkStatus.CLAIMED):
        return
    if counts.get(ChunkStatus.DONE):
        voices.attribute_segments(transcript, _segments_of(transcript_id))
        transcript.status, transcript.ready_at = TranscriptStatus.READY, clock.now()
        audit.record(None, "transcripts.ready", transcript, gaps=counts.get(ChunkStatus.FAILED, 0))
        return
    code = "NOTHING_HEARD" if counts.get(ChunkStatus.FAILED) else "NO_SPEECH"
    transcript.status, transcript.failure = TranscriptStatus.FAILED, f"{code}: {FAILURES[code]}"
    audit.record(None, "transcripts.fail", transcript, why=code)


def settle_all() -> int:
    """Finish what a worker that died between two steps left unfinished; return how many."""
    unfinished = select(Transcript.id).where(Transcript.status == TranscriptStatus.TRANSCRIBING)
    working = select(Chunk.id).where(
        Chunk.transcript_id == Transcript.id,
        Chunk.status.in_((ChunkStatus.PENDING, ChunkStatus.CLAIMED)),
    )
    found = list(db.session.scalars(unfinished.where(~working.exists())))
    for transcript_id in found:
        settle(transcript_id)
    return len(found)


def unfinished() -> int:
    """Count the transcripts that will still move by themselves."""
    query = select(func.count()).where(Transcript.status.in_(OPEN))
    return db.session.scalar(query) or 0


def wanted_keys() -> set[str]:
    """List the files of chunks that are still to be heard."""
    query = select(Chunk.storage_key).where(Chunk.status != ChunkStatus.DONE)
    return set(db.session.scalars(query.where(Chunk.storage_key != "")))


# -- inside ------------------------------------------------------------------------------------


def _change_split(transcript_id: int, owner: str, values: dict[str, Any]) -> bool:
    held = update(Transcript).where(
        Transcript.id == transcript_id,
        Transcript.owner == owner,
        Transcript.status == TranscriptStatus.SPLITTING,
    )
    return _one(db.session.execute(held.values(values)))


def _give_up_splits(free: ColumnElement[bool]) -> None:
    spent = Transcript.attempts >= settings().chunk_attempts
    failure = f"SPLIT_KILLED: {FAILURES['SPLIT_KILLED']}"
    stop = update(Transcript).where(free, spent)
    db.session.execute(stop.values(status=TranscriptStatus.FAILED, failure=failure, owner=None))


def _set_aside(moment: datetime) -> None:
    """Mark the chunks that were claimed too often and never came back as gaps."""
    spent = select(Chunk.id, Chunk.transcript_id).where(
        _claimable(moment), Chunk.attempts >= settings().chunk_attempts
    )
    for chunk_id, transcript_id in db.session.execute(spent).all():
        _locked(transcript_id)
        mark = update(Chunk).where(Chunk.id == chunk_id, _claimable(moment))
        gap = {"status": ChunkStatus.FAILED, "owner": None, "failure": "KILLED_WORKER"}
        if _one(db.session.execute(mark.values(**gap))):
            settle(transcript_id)


def _in_turn(moment: datetime) -> list[int]:
    """Order the first waiting chunk of each unit by how little the unit got lately."""
    waiting = (
        select(Meeting.unit_id, Transcript.id, func.min(Chunk.ordinal))
        .join(Transcript, Transcript.id == Chunk.transcript_id)
        .join(Meeting, Meeting.id == Transcript.meeting_id)
        .where(_claimable(moment), Transcript.status.in_(OPEN))
        .group_by(Meeting.unit_id, Transcript.id)
        .order_by(Transcript.id)
    )
    first: dict[int, tuple[int, int]] = {}
    for unit_id, transcript_id, ordinal in db.session.execute(waiting):
        first.setdefault(unit_id, (transcript_id, ordinal))
    served = _served(list(first)) if len(first) > 1 else {}
    order = sorted(first, key=lambda unit_id: (*served.get(unit_id, (0, 0.0)), first[unit_id]))
    ids: list[int] = []
    for unit_id in order:
        transcript_id, ordinal = first[unit_id]
        # A few in a row: another worker may take the first one in the same moment.
        query = select(Chunk.id).where(
            Chunk.transcript_id == transcript_id, Chunk.ordinal >= ordinal, _claimable(moment)
        )
        ids += db.session.scalars(query.order_by(Chunk.ordinal).limit(8)).all()
    return ids


def _served(unit_ids: Sequence[int]) -> dict[int, tuple[int, float]]:
    """Tell for each unit how many chunks are in work now and when its last one was finished."""
    claimed = func.sum(case((Chunk.status == ChunkStatus.CLAIMED, 1), else_=0))
    query = (
        select(Meeting.unit_id, claimed, func.max(Chunk.finished_at))
        .join(Transcript, Transcript.meeting_id == Meeting.id)
        .join(Chunk, Chunk.transcript_id == Transcript.id)
        .where(Transcript.status.in_(OPEN), Meeting.unit_id.in_(unit_ids))
        .group_by(Meeting.unit_id)
    )
    return {
        unit_id: (int(working or 0), finished.timestamp() if finished else 0.0)
        for unit_id, working, finished in db.session.execute(query)
    }


def _claimable(moment: datetime) -> ColumnElement[bool]:
    return or_(
        Chunk.status == ChunkStatus.PENDING,
        and_(Chunk.status == ChunkStatus.CLAIMED, Chunk.lease_expires_at < moment),
    )


def _held(chunk_id: int, owner: str) -> ColumnElement[bool]:
    # The owner's name decides, not the clock: a lease that ran out but that nobody else took is
    # still the owner's, and what it heard need not be heard again.
    return and_(Chunk.id == chunk_id, Chunk.owner == owner, Chunk.status == ChunkStatus.CLAIMED)


def _lapsed(lease: Any, moment: datetime) -> ColumnElement[bool]:
    return or_(lease.is_(None), lease < moment)


def _lease_end() -> datetime:
    return clock.now() + timedelta(seconds=settings().chunk_lease)


def _locked(transcript_id: int) -> Transcript | None:
    """Lock a transcript's row against other finishers, but not against rows that point to it."""
    query = select(Transcript).where(Transcript.id == transcript_id)
    query = query.with_for_update(key_share=True, of=Transcript)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _locked_transcript_of(chunk_id: int) -> Transcript | None:
    transcript_id = db.session.scalar(select(Chunk.transcript_id).where(Chunk.id == chunk_id))
    return None if transcript_id is None else _locked(transcript_id)


def _segment(chunk: Chunk, ordinal: int, heard: Heard) -> Segment:
    """Place a sentence heard within a chunk on the clock of the recording."""
    return Segment(
        transcript_id=chunk.transcript_id,
        chunk_id=chunk.id,
        ordinal=ordinal,
        start=round(min(chunk.start + heard.start, chunk.end), 3),
        end=round(min(chunk.start + heard.end, chunk.end), 3),
        text=heard.text,
        heard=heard.text,
        probability=round(heard.probability, 4),
        suspicion=heard.suspicion,
    )


def _segments_of(transcript_id: int) -> list[Segment]:
    return list(db.session.scalars(select(Segment).where(Segment.transcript_id == transcript_id)))


def _one(result: Any) -> bool:
    return bool(result.rowcount == 1)
