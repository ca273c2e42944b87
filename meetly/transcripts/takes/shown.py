"""Which hearing of a chunk is shown: a new one takes the place of the old, which is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from meetly import clock, search
from meetly.extensions import db
from meetly.transcripts import findable
from meetly.transcripts.attribution import Talk, attribute
from meetly.transcripts.models import Chunk, ChunkStatus, Segment, Transcript


@dataclass(frozen=True)
class Take:
    """One hearing of a chunk; `at` is unknown for what was heard before takes were counted."""

    number: int
    model: str
    at: datetime | None


def history(chunk: Chunk) -> list[Take]:
    """List the hearings of a chunk, the first one first."""
    takes = [
        Take(int(told["take"]), str(told["model"]), datetime.fromisoformat(told["at"]))
        for told in chunk.takes
    ]
    if chunk.take and not takes:
        model = db.session.get_one(Transcript, chunk.transcript_id).model
        takes = [Take(chunk.take, model, chunk.finished_at)]
    return takes


def model_of(chunk: Chunk) -> str:
    """Return the model a chunk was or is to be heard with."""
    return chunk.model or db.session.get_one(Transcript, chunk.transcript_id).model


def count_one_more(chunk: Chunk) -> int:
    """Write down that a chunk is heard once more; return the number of this hearing."""
    before = history(chunk)
    number = max((take.number for take in before), default=0) + 1
    now = Take(number, model_of(chunk), clock.now())
    chunk.takes = [_told(take) for take in (*before, now)]
    chunk.take = number
    return number


def set_back(chunk: Chunk, failure: str) -> dict[str, Any]:
    """Give the values of a chunk that could not be heard: what it said before stays, or a gap."""
    shown = next((take for take in history(chunk) if take.number == chunk.take), None)
    model = db.session.get_one(Transcript, chunk.transcript_id).model
    return {
        "status": ChunkStatus.DONE if shown else ChunkStatus.FAILED,
        "model": shown.model if shown and shown.model != model else "",
        "owner": None,
        "lease_expires_at": None,
        "failure": failure,
    }


def retire(chunk: Chunk) -> list[Segment]:
    """Take what is shown of a chunk out of sight and out of the search; return it, in order."""
    query = select(Segment).where(Segment.chunk_id == chunk.id, Segment.current)
    before = list(db.session.scalars(query.order_by(Segment.ordinal)))
    for segment in before:
        segment.current = False
        search.remove(findable.KIND, segment.id)
    db.session.flush()
    return before


def show(chunk: Chunk, take: Take, transcript: Transcript) -> None:
    """Show an earlier hearing of a chunk again instead of the present one."""
    retire(chunk)
    chunk.take = take.number
    chunk.model = "" if take.model == transcript.model else take.model
    chunk.failure = ""
    again = select(Segment).where(Segment.chunk_id == chunk.id, Segment.take == take.number)
    db.session.execute(
        update(Segment)
        .where(Segment.chunk_id == chunk.id, Segment.take == take.number)
        .values(current=True)
        .execution_options(synchronize_session="fetch")
    )
    for segment in db.session.scalars(again):
        findable.update(segment, transcript)
    db.session.flush()


def inherit(before: Sequence[Segment], after: Sequence[Segment]) -> list[Segment]:
    """Give what was heard anew what people knew of the sentences in its place; return the others.

    They may have said by hand who spoke, and the same sound has the same voices; and where an item
    of the agenda begins. The others are those of which nobody knows the speaker.
    """
    known = {s.speaker_id: s.speaker for s in before if s.speaker_id is not None}
    talks = [Talk(str(s.speaker_id), s.start, s.end) for s in before if s.speaker_id is not None]
    by_hand = [Talk("hand", s.start, s.end) for s in before if s.assigned]
    for marked in before:
        if marked.agenda is not None and after:
            nearest = min(after, key=lambda segment: abs(segment.start - marked.start))
            nearest.agenda = marked.agenda
    strangers: list[Segment] = []
    for segment in after:
        label = attribute(segment.start, segment.end, talks)
        if label is None:
            strangers.append(segment)
        else:
            segment.speaker_id, segment.speaker = int(label), known[int(label)]
            segment.assigned = attribute(segment.start, segment.end, by_hand) is not None
    return strangers


def _told(take: Take) -> dict[str, Any]:
    return {"take": take.number, "model": take.model, "at": (take.at or clock.now()).isoformat()}
