"""What of a transcript is otherwise than a page has it: what others did, what was heard meanwhile.

The audit chain is the list of changes: each entry is numbered under a lock that is held until its
transaction ends, so that numbers become visible in order and a reader who has seen one has missed
none before it. Ids of rows do not promise that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import func, select

from meetly import clock
from meetly.audit import AuditEntry
from meetly.extensions import db
from meetly.transcripts.models import Chunk, Segment, Speaker, Transcript

#: Entries read and chunks handed over at a time; the next question brings the rest.
MOST_ENTRIES, MOST_CHUNKS = 400, 30
#: Seconds within which a chunk that says it is finished is surely there for other readers.
SETTLED = 20


@dataclass
class Changes:
    """What a page should show anew, and from where to ask the next time."""

    #: the segments of each chunk in which something is new, in order
    chunks: list[tuple[Chunk, list[Segment]]] = field(default_factory=list)
    #: names or the list of voices changed
    speakers: bool = False
    #: so much changed that the page had better be loaded again
    everything: bool = False
    number: int = 0
    heard: float = 0.0


def now() -> tuple[int, float]:
    """Return from where a page that is made now has to ask: number and second."""
    number = db.session.scalar(select(func.max(AuditEntry.number))) or 0
    return number, clock.now().timestamp() - SETTLED


def since(transcript: Transcript, number: int, heard: float) -> Changes:
    """Tell what changed after an entry's number, and which chunks were heard after a second."""
    found = Changes(number=number, heard=max(heard, clock.now().timestamp() - SETTLED))
    wanted = set(_heard_after(transcript, heard))
    query = select(AuditEntry).where(
        AuditEntry.number > number, AuditEntry.verb.startswith("transcripts.")
    )
    for entry in db.session.scalars(query.order_by(AuditEntry.number).limit(MOST_ENTRIES)):
        touched = _touched(transcript, entry, found)
        if touched - wanted and wanted and len(wanted | touched) > MOST_CHUNKS:
            break
        wanted |= touched
        found.number = entry.number
    found.chunks = _segments(wanted)
    return found


def _touched(transcript: Transcript, entry: AuditEntry, found: Changes) -> set[int]:
    """Return the chunks an entry is about, and note what else it changed."""
    kind, _, key = entry.subject.partition(":")
    if kind == Speaker.__tablename__:
        speaker = db.session.get(Speaker, int(key))
        found.speakers |= speaker is not None and speaker.transcript_id == transcript.id
        return set()
    if kind == Transcript.__tablename__ and key == str(transcript.id):
        found.speakers = True
        found.everything |= entry.verb == "transcripts.attribute"
        return _chunks_of(transcript, entry.details.get("segments", []))
    if kind == Segment.__tablename__:
        return _chunks_of(transcript, [int(key)])
    return set()


def _chunks_of(transcript: Transcript, segment_ids: Iterable[int]) -> set[int]:
    ids, found = list(segment_ids), set[int]()
    for first in range(0, len(ids), 500):
        query = select(Segment.chunk_id).where(
            Segment.transcript_id == transcript.id, Segment.id.in_(ids[first : first + 500])
        )
        found |= set(db.session.scalars(query))
    return found


def _heard_after(transcript: Transcript, second: float) -> list[int]:
    query = select(Chunk.id).where(
        Chunk.transcript_id == transcript.id,
        Chunk.finished_at > datetime.fromtimestamp(second, UTC),
    )
    return list(db.session.scalars(query))


def _segments(chunk_ids: set[int]) -> list[tuple[Chunk, list[Segment]]]:
    ids = sorted(chunk_ids)
    if not ids:
        return []
    chunks = db.session.scalars(select(Chunk).where(Chunk.id.in_(ids)).order_by(Chunk.ordinal))
    query = select(Segment).where(Segment.chunk_id.in_(ids), Segment.current)
    by_chunk: dict[int, list[Segment]] = {}
    for segment in db.session.scalars(query.order_by(Segment.ordinal)):
        by_chunk.setdefault(segment.chunk_id, []).append(segment)
    return [(chunk, by_chunk.get(chunk.id, [])) for chunk in chunks]
