"""The rows that are jobs: opened, claimed under a lease, done once.

A worker owns a row only as long as the row says so. Whoever was stopped past its lease finds on
waking that the row names somebody else, and its result is refused: nothing is stored twice. Whose
turn it is says `claims`, when all is done `settling`, which hearing is shown `takes`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.exc import IntegrityError

from meetly import audit, clock
from meetly.config import settings
from meetly.errors import MeetlyError
from meetly.extensions import db
from meetly.recordings.models import Recording, RecordingStatus
from meetly.transcripts import claims, findable, hot_words, voices, wording
from meetly.transcripts.claims import OPEN, claimable, held, lease_end
from meetly.transcripts.models import Chunk, ChunkStatus, Segment, Transcript, TranscriptStatus
from meetly.transcripts.settling import (
    FAILURES,
    locked,
    locked_transcript_of,
    settle,
    settle_all,
    unfinished,
    unsettled,
)
from meetly.transcripts.takes import shown
from meetly.transcripts.transcriber import LONGEST, TARGET, Heard

__all__ = [
    "FAILURES", "OPEN", "add_chunk", "chunk_key", "claim_beside", "claim_next", "claim_split",
    "cut_already", "fail", "finish_split", "give_up", "heartbeat", "hold_chunks", "hold_split",
    "may_hear", "may_split", "open_for", "release", "settle", "settle_all", "store", "unfinished",
    "unopened", "unsettled", "wanted_keys",
]  # fmt: skip

FOLDER = "chunks"


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
        prompt=hot_words.prompt_for(recording.meeting_id),
        created_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(transcript)
    except IntegrityError:  # another worker was quicker
        return db.session.scalars(query).one()
    audit.record(None, "transcripts.open", transcript, recording=recording.id)
    return transcript


def unopened() -> list[Recording]:
    """List received recordings that have no transcript yet, the oldest first."""
    opened = select(Transcript.id).where(Transcript.recording_id == Recording.id)
    query = select(Recording).where(Recording.status == RecordingStatus.RECEIVED, ~opened.exists())
    return list(db.session.scalars(query.order_by(Recording.id)))


def may_split() -> bool:
    """Tell whether a recording waits to be cut; a look that needs no lock."""
    return bool(claims.splits_in_turn(clock.now()))


def may_hear() -> bool:
    """Tell whether a chunk waits to be heard; a look that needs no lock."""
    return bool(claims.in_turn(clock.now()))


def claim_split(owner: str) -> Transcript | None:
    """Take the right to cut one recording into chunks, or None when none waits for it.

    Units take turns, and nobody's recordings are all cut long before they are heard.
    """
    moment = clock.now()
    free = and_(
        Transcript.status == TranscriptStatus.SPLITTING,
        claims.lapsed(Transcript.lease_expires_at, moment),
    )
    for transcript_id in claims.splits_in_turn(moment):
        if _give_up_split(transcript_id):
            continue
        claim = update(Transcript).where(Transcript.id == transcript_id, free)
        claim = claim.values(
            owner=owner, lease_expires_at=lease_end(), attempts=Transcript.attempts + 1
        )
        if _one(db.session.execute(claim)):
            return db.session.get(Transcript, transcript_id, populate_existing=True)
    return None


def hold_split(transcript_id: int, owner: str) -> bool:
    """Lengthen the splitter's lease; False when it is no longer the owner's."""
    return _change_split(transcript_id, owner, {"lease_expires_at": lease_end()})


def cut_already(transcript_id: int) -> set[int]:
    """Tell which chunks exist, so that an interrupted splitter goes on behind them."""
    query = select(Chunk.ordinal).where(Chunk.transcript_id == transcript_id)
    return set(db.session.scalars(query))


def chunk_key(transcript_id: int, ordinal: int) -> str:
    """Name a new file for a chunk, otherwise each time.

    Whoever has lost its lease without knowing it yet must not write over the file of another, nor
    over that of a later transcript that was given the same number.
    """
    return f"{FOLDER}/{transcript_id}/{ordinal:06d}-{secrets.token_hex(6)}.wav"


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
    values = {"lease_expires_at": lease_end(), "attempts": 0}
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

    Only the owner of its split or of one of its chunks may; the chunk goes back untouched. What
    was only to be heard again stays as it is: a text that people use does not fail as a whole.
    """
    transcript = locked(transcript_id)
    failure = f"{error.code}: {error}"
    mine = select(Chunk).where(
        Chunk.transcript_id == transcript_id,
        Chunk.owner == owner,
        Chunk.status == ChunkStatus.CLAIMED,
    )
    chunks = list(db.session.scalars(mine.execution_options(populate_existing=True)))
    if transcript is None or not (chunks or transcript.owner == owner):
        release(owner, politely=True)
        return
    if transcript.ready_at or any(chunk.take or chunk.model for chunk in chunks):
        _call_off(transcript, chunks, failure)
        return
    if transcript.status in OPEN:
        transcript.status, transcript.failure = TranscriptStatus.FAILED, failure
        transcript.owner = None
        audit.record(None, "transcripts.fail", transcript, why=failure)
    release(owner, politely=True)


def _call_off(transcript: Transcript, chunks: Sequence[Chunk], failure: str) -> None:
    """Give up hearing these chunks anew, and those that wait for the same model."""
    alike = select(Chunk).where(
        Chunk.transcript_id == transcript.id,
        Chunk.status == ChunkStatus.PENDING,
        Chunk.model.in_({chunk.model for chunk in chunks}),
    )
    waiting = [c for c in db.session.scalars(alike) if transcript.ready_at or c.take or c.model]
    for chunk in (*chunks, *waiting):
        for name, value in shown.set_back(chunk, failure).items():
            setattr(chunk, name, value)
    db.session.flush()
    audit.record(None, "transcripts.call_off", transcript, why=failure)
    settle(transcript.id)


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
    within a unit the oldest transcript comes first. What was claimed too often and never came
    back is set aside when its turn comes.
    """
    moment = clock.now()
    while waiting := claims.in_turn(moment):
        moved = False
        for chunk_id in waiting:
            if _set_aside(chunk_id, moment):
                moved = True
            elif _claim(chunk_id, owner, moment):
                return db.session.get(Chunk, chunk_id, populate_existing=True)
        if not moved:  # others were quicker
            return None
    return None


def claim_beside(chunk: Chunk, owner: str, most: int, sharers: int = 1) -> list[Chunk]:
    """Take up to `most` further chunks of the same transcript and model, to be heard with `chunk`.

    What was begun before and came to no end is heard alone, so that a chunk that kills its worker
    takes no neighbour along; near the end the rest is shared between the processes.
    """
    if most < 1 or chunk.attempts > 1:
        return []
    query = select(Chunk.id).where(
        Chunk.transcript_id == chunk.transcript_id,
        Chunk.status == ChunkStatus.PENDING,
        Chunk.attempts == 0,
        Chunk.model == chunk.model,
    )
    waiting = db.session.scalars(query.order_by(Chunk.ordinal).limit((most + 1) * sharers)).all()
    share = -(-(len(waiting) + 1) // sharers) - 1
    moment = clock.now()
    taken = [
        chunk_id for chunk_id in waiting[: min(most, share)] if _claim(chunk_id, owner, moment)
    ]
    return [db.session.get_one(Chunk, chunk_id, populate_existing=True) for chunk_id in taken]


def heartbeat(chunk_id: int, owner: str) -> bool:
    """Lengthen the lease on a chunk; False when it is no longer the owner's."""
    mine = update(Chunk).where(held(chunk_id, owner))
    return _one(db.session.execute(mine.values(lease_expires_at=lease_end())))


def hold_chunks(owner: str) -> bool:
    """Lengthen the leases on all chunks an owner holds; False when it holds none any more."""
    mine = update(Chunk).where(Chunk.owner == owner, Chunk.status == ChunkStatus.CLAIMED)
    found: Any = db.session.execute(mine.values(lease_expires_at=lease_end()))
    return bool(found.rowcount)


def store(chunk_id: int, owner: str, heard: Sequence[Heard], took: float) -> bool:
    """Keep what was heard in a chunk; False, and nothing is kept, when the lease was lost.

    What an earlier hearing showed is kept as a version and no longer shown.
    """
    transcript = locked_transcript_of(chunk_id)
    done = update(Chunk).where(held(chunk_id, owner))
    done = done.values(
        status=ChunkStatus.DONE, lease_expires_at=None, took=took, finished_at=clock.now(),
        failure="",
    )  # fmt: skip
    if transcript is None or not _one(db.session.execute(done)):
        return False
    chunk = db.session.get_one(Chunk, chunk_id, populate_existing=True)
    before = shown.retire(chunk)
    shown.count_one_more(chunk)
    heard = voices.parted(transcript, chunk.start, heard)
    segments = [_segment(chunk, ordinal, sentence) for ordinal, sentence in enumerate(heard)]
    wording.repair_segments(transcript, segments)
    db.session.add_all(segments)
    db.session.flush()
    voices.attribute_segments(transcript, shown.inherit(before, segments))
    for segment in segments:
        findable.update(segment, transcript)
    settle(transcript.id)
    return True


def give_up(chunk_id: int, owner: str) -> bool:
    """Hand back a chunk the engine failed on; after too many attempts it becomes a marked gap.

    One that was heard before keeps showing what was heard then.
    """
    transcript = locked_transcript_of(chunk_id)
    chunk = db.session.get(Chunk, chunk_id, populate_existing=True)
    if transcript is None or chunk is None:
        return False
    values: dict[str, Any] = {
        "status": ChunkStatus.PENDING,
        "owner": None,
        "lease_expires_at": None,
    }
    if chunk.attempts >= settings().chunk_attempts:
        values = shown.set_back(chunk, "ENGINE_FAILED")
    if not _one(db.session.execute(update(Chunk).where(held(chunk_id, owner)).values(values))):
        return False
    settle(transcript.id)
    return True


def wanted_keys() -> set[str]:
    """List the files of chunks that are still to be heard."""
    unheard = (ChunkStatus.PENDING, ChunkStatus.CLAIMED, ChunkStatus.FAILED)
    query = select(Chunk.storage_key).where(Chunk.status.in_(unheard))
    return set(db.session.scalars(query.where(Chunk.storage_key != "")))


# -- inside ------------------------------------------------------------------------------------


def _change_split(transcript_id: int, owner: str, values: dict[str, Any]) -> bool:
    held = update(Transcript).where(
        Transcript.id == transcript_id,
        Transcript.owner == owner,
        Transcript.status == TranscriptStatus.SPLITTING,
    )
    return _one(db.session.execute(held.values(values)))


def _give_up_split(transcript_id: int) -> bool:
    """Stop cutting a recording that was tried too often; False when it may be tried again."""
    free = claims.lapsed(Transcript.lease_expires_at, clock.now())
    failure = f"SPLIT_KILLED: {FAILURES['SPLIT_KILLED']}"
    stop = update(Transcript).where(
        Transcript.id == transcript_id,
        Transcript.status == TranscriptStatus.SPLITTING,
        free,
        Transcript.attempts >= settings().chunk_attempts,
    )
    stop = stop.values(status=TranscriptStatus.FAILED, failure=failure, owner=None)
    return _one(db.session.execute(stop))


def _claim(chunk_id: int, owner: str, moment: datetime) -> bool:
    claim = update(Chunk).where(Chunk.id == chunk_id, claimable(moment))
    claim = claim.values(
        status=ChunkStatus.CLAIMED, owner=owner, lease_expires_at=lease_end(),
        attempts=Chunk.attempts + 1,
    )  # fmt: skip
    return _one(db.session.execute(claim))


def _set_aside(chunk_id: int, moment: datetime) -> bool:
    """Mark a chunk that was claimed too often and never came back as a gap; False for others."""
    query = select(Chunk).where(Chunk.id == chunk_id, claimable(moment))
    spent = query.where(Chunk.attempts >= settings().chunk_attempts)
    chunk = db.session.scalar(spent.execution_options(populate_existing=True))
    if chunk is None:
        return False
    locked(chunk.transcript_id)
    mark = update(Chunk).where(Chunk.id == chunk_id, claimable(moment))
    if _one(db.session.execute(mark.values(shown.set_back(chunk, "KILLED_WORKER")))):
        settle(chunk.transcript_id)
    return True


def _segment(chunk: Chunk, ordinal: int, heard: Heard) -> Segment:
    """Place a sentence heard within a chunk on the clock of the recording."""
    return Segment(
        transcript_id=chunk.transcript_id,
        chunk_id=chunk.id,
        take=chunk.take,
        ordinal=ordinal,
        start=round(min(chunk.start + heard.start, chunk.end), 3),
        end=round(min(chunk.start + heard.end, chunk.end), 3),
        text=heard.text,
        heard=heard.text,
        probability=round(heard.probability, 4),
        suspicion=heard.suspicion,
        words=[
            [round(chunk.start + w.start, 2), round(chunk.start + w.end, 2), w.text,
             round(w.probability, 3)]
            for w in heard.words
        ],
    )  # fmt: skip


def _one(result: Any) -> bool:
    return bool(result.rowcount == 1)
