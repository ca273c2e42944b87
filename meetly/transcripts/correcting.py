"""Verbs of correcting beyond one sentence by one person: at once, many at once, and undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from meetly import audit
from meetly.accounts.models import User
from meetly.errors import BadInput, Stale
from meetly.extensions import db
from meetly.merging import merge
from meetly.transcripts import finding, service
from meetly.transcripts.finding import Wanted
from meetly.transcripts.models import Segment, SegmentEdit, Transcript

#: How often a sentence that others keep changing is merged anew before giving up.
_TRIES = 5


@dataclass
class Replacement:
    """What came of changing many sentences."""

    changed: list[Segment] = field(default_factory=list)
    #: corrected by somebody meanwhile, and left as they are
    stale: list[Segment] = field(default_factory=list)
    #: ids of the corrections made; what `undo` takes
    edits: list[int] = field(default_factory=list)


def save(user: User, segment_id: int, version: int, text: str, base: str) -> tuple[Segment, bool]:
    """Correct a sentence; what somebody else made of `base` meanwhile is kept where it can be.

    Returns the segment and whether another's words were merged in. Raises Stale where both
    changed the same words.
    """
    try:
        return service.correct(user, segment_id, version, text), False
    except Stale:
        if not base:
            raise
    for _ in range(_TRIES):
        segment = service.get_segment(user, segment_id)
        db.session.refresh(segment)
        merged = merge(base, text, segment.text)
        if merged is None:
            raise Stale()
        if merged == segment.text:
            return segment, True
        try:
            return service.correct(user, segment_id, segment.version, merged), True
        except Stale:
            continue
    raise Stale()


@dataclass(frozen=True)
class Hit:
    """A sentence that holds what was looked for, and where in it."""

    id: int
    start: float
    text: str
    version: int
    spans: list[tuple[int, int]]


def find(transcript: Transcript, wanted: Wanted) -> list[Hit]:
    """List the sentences that hold the words, in order."""
    found = (
        Hit(line.id, line.start, line.text, line.version, finding.spans(line.text, wanted))
        for line in service.lines(transcript)
    )
    return [hit for hit in found if hit.spans]


def replace(
    user: User, transcript: Transcript, wanted: Wanted, by: str, picked: Iterable[tuple[int, int]]
) -> Replacement:
    """Put other words wherever the wanted ones stand in the picked sentences (id, version).

    Nobody listened to them, so the machine's doubts stay. Sentences that were corrected
    meanwhile are left alone and told. A sentence of which nothing would remain is left too.
    """
    service.require_keeper(user, transcript)
    versions = dict(picked)
    done = Replacement()
    for segment in _segments(transcript, versions):
        text = finding.replaced(segment.text, finding.spans(segment.text, wanted), by)
        if segment.version != versions[segment.id] or not segment.current:
            done.stale.append(segment)
        elif text and text != segment.text:
            _write(user, segment, text, done)
    _tell(user, transcript, "transcripts.replace", done, find=wanted.tidy, by=by)
    return done


def undo(user: User, transcript: Transcript, edit_ids: Sequence[int]) -> Replacement:
    """Take a replacement back; sentences corrected since then are left as they are and told."""
    service.require_keeper(user, transcript)
    query = select(SegmentEdit).where(SegmentEdit.id.in_(edit_ids))
    edits = {edit.segment_id: edit for edit in db.session.scalars(query)}
    done = Replacement()
    for segment in _segments(transcript, edits):
        edit = edits[segment.id]
        if edit.user_id != user.id:
            raise BadInput()
        if segment.text == edit.after and segment.current:
            _write(user, segment, edit.before, done)
        else:
            done.stale.append(segment)
    _tell(user, transcript, "transcripts.undo_replace", done)
    return done


def _segments(transcript: Transcript, ids: Iterable[int]) -> list[Segment]:
    wanted, found = sorted(ids), list[Segment]()
    for first in range(0, len(wanted), 500):
        query = select(Segment).where(
            Segment.transcript_id == transcript.id, Segment.id.in_(wanted[first : first + 500])
        )
        found += db.session.scalars(query.order_by(Segment.start, Segment.id))
    return found


def _write(user: User, segment: Segment, text: str, done: Replacement) -> None:
    try:
        service.correct(user, segment.id, segment.version, text, listened=False)
    except Stale:
        db.session.refresh(segment)
        done.stale.append(segment)
        return
    done.changed.append(segment)
    newest = service.edits([segment])[segment.id][0]
    done.edits.append(newest.id)


def _tell(user: User, transcript: Transcript, verb: str, done: Replacement, **details: str) -> None:
    if done.changed:
        audit.record(user.id, verb, transcript, sentences=len(done.changed), **details)
