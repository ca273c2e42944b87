"""Whose turn it is: what may be claimed, for how long, and in which order, as the rows tell.

Nothing here looks at finished chunks one by one, so that a claim costs the same after ten hours of
sound as at the beginning: each open transcript is asked for its first waiting chunk and for the
last finished one, both of which an index answers.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from meetly import clock
from meetly.config import settings
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.transcripts.models import Chunk, ChunkStatus, Transcript, TranscriptStatus

#: States in which chunks are handed out.
OPEN = (TranscriptStatus.SPLITTING, TranscriptStatus.TRANSCRIBING)
#: Recordings of one unit that are cut while earlier ones wait to be heard: cutting everything at
#: once would fill the disk with chunks and keep everybody's first words waiting.
AHEAD = 6
#: Chunks looked at for one transcript: other workers may take the first ones in the same moment.
_FEW = 8


def claimable(moment: datetime) -> ColumnElement[bool]:
    """Say which chunks may be taken now: those that wait, and those whose lease ran out."""
    return or_(
        Chunk.status == ChunkStatus.PENDING,
        and_(Chunk.status == ChunkStatus.CLAIMED, Chunk.lease_expires_at < moment),
    )


def held(chunk_id: int, owner: str) -> ColumnElement[bool]:
    """Say that a chunk is this owner's."""
    # The owner's name decides, not the clock: a lease that ran out but that nobody else took is
    # still the owner's, and what it heard need not be heard again.
    return and_(Chunk.id == chunk_id, Chunk.owner == owner, Chunk.status == ChunkStatus.CLAIMED)


def lapsed(lease: Any, moment: datetime) -> ColumnElement[bool]:
    """Say that nobody holds a lease any more."""
    return or_(lease.is_(None), lease < moment)


def lease_end() -> datetime:
    """Tell until when a lease taken now lasts."""
    return clock.now() + timedelta(seconds=settings().chunk_lease)


def in_turn(moment: datetime) -> list[int]:
    """List a few waiting chunks of each unit; the unit that got the least lately comes first.

    Within a unit the oldest transcript comes first, within a transcript its beginning.
    """
    first: dict[int, int] = {}
    shares: dict[int, list[tuple[int, datetime | None]]] = {}
    for transcript_id, unit_id, waiting, working, finished in db.session.execute(_standing(moment)):
        shares.setdefault(unit_id, []).append((working, finished))
        if waiting:
            first.setdefault(unit_id, transcript_id)
    order = sorted(first, key=lambda unit_id: (*_share(shares[unit_id]), first[unit_id]))
    return [chunk_id for unit_id in order for chunk_id in waiting_in(first[unit_id], moment)]


def waiting_in(transcript_id: int, moment: datetime, most: int = _FEW) -> list[int]:
    """List the first chunks of a transcript that may be taken now, in order."""
    # Two questions, each along its index: one with an "or" would walk through all that is done.
    kinds = (
        [Chunk.status == ChunkStatus.PENDING],
        [Chunk.status == ChunkStatus.CLAIMED, Chunk.lease_expires_at < moment],
    )
    found: list[tuple[int, int]] = []
    for kind in kinds:
        query = select(Chunk.ordinal, Chunk.id).where(Chunk.transcript_id == transcript_id, *kind)
        query = query.order_by(Chunk.ordinal).limit(most)
        found += [(ordinal, chunk_id) for ordinal, chunk_id in db.session.execute(query)]
    return [chunk_id for _ordinal, chunk_id in sorted(found)[:most]]


def splits_in_turn(moment: datetime) -> list[int]:
    """List the recordings that may be cut now, the units taking turns, each oldest first."""
    status = Transcript.status
    query = (
        select(Transcript.id, Meeting.unit_id, status, Transcript.lease_expires_at)
        .join(Meeting, Meeting.id == Transcript.meeting_id)
        .where(status.in_(OPEN))
        .order_by(Transcript.id)
    )
    busy: dict[int, int] = {}
    ready: list[tuple[int, int]] = []
    for transcript_id, unit_id, state, lease in db.session.execute(query):
        free = lease is None or lease < moment
        if state == TranscriptStatus.SPLITTING and free:
            ready.append((transcript_id, unit_id))
        else:
            busy[unit_id] = busy.get(unit_id, 0) + 1
    turns: list[tuple[int, int]] = []
    for transcript_id, unit_id in ready:
        place = busy[unit_id] = busy.get(unit_id, 0) + 1
        if place <= AHEAD:
            turns.append((place, transcript_id))
    return [transcript_id for _place, transcript_id in sorted(turns)]


def _standing(moment: datetime) -> Any:
    """Select of each open transcript: its unit, whether a chunk waits, how many are in work now
    and when its last one was finished; every part is answered by an index.
    """
    late, working, done = aliased(Chunk), aliased(Chunk), aliased(Chunk)
    mine = Chunk.transcript_id == Transcript.id
    pending = select(Chunk.id).where(mine, Chunk.status == ChunkStatus.PENDING)
    overdue = select(late.id).where(
        late.transcript_id == Transcript.id,
        late.status == ChunkStatus.CLAIMED,
        late.lease_expires_at < moment,
    )
    claimed = select(func.count(working.id)).where(
        working.transcript_id == Transcript.id, working.status == ChunkStatus.CLAIMED
    )
    finished = select(func.max(done.finished_at)).where(done.transcript_id == Transcript.id)
    return (
        select(
            Transcript.id,
            Meeting.unit_id,
            or_(pending.exists(), overdue.exists()),
            claimed.scalar_subquery(),
            finished.scalar_subquery(),
        )
        .join(Meeting, Meeting.id == Transcript.meeting_id)
        .where(Transcript.status.in_(OPEN))
        .order_by(Transcript.id)
    )


def _share(of_unit: list[tuple[int, datetime | None]]) -> tuple[int, float]:
    """Tell how many chunks of a unit are in work now and when its last one was finished."""
    moments = [finished.timestamp() for _, finished in of_unit if finished]
    return sum(working for working, _ in of_unit), max(moments, default=0.0)
