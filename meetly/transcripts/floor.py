"""Verbs on who had the floor: a run of sentences given to a voice, one cut between two voices.

And where in the recording an item of the agenda begins. The search finds sentences by their words
alone, so that only what changes words tells it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from sqlalchemy import select, update

from meetly import audit, clock
from meetly.accounts.models import User
from meetly.errors import BadInput, NotFound, Stale
from meetly.extensions import db
from meetly.transcripts import findable, service
from meetly.transcripts.division import Half, divide
from meetly.transcripts.models import Segment, SegmentEdit, Speaker, Transcript

#: Seconds within which two sentences begin at once, and sentences of a turn that are looked at.
_SAME, _TURN = 0.001, 200


def run_of(first: Segment, last: Segment) -> list[Segment]:
    """List the sentences from one to another of the same transcript; NotFound for two of two."""
    if first.transcript_id != last.transcript_id:
        raise NotFound()
    transcript = db.session.get_one(Transcript, first.transcript_id)
    begin, end = sorted((first.start, last.start))
    found = service.segments(transcript, start=begin, until=end + _SAME)
    ids = [segment.id for segment in found]
    if first.id not in ids or last.id not in ids:
        raise Stale()
    here, there = sorted((ids.index(first.id), ids.index(last.id)))
    return found[here : there + 1]


def turn_of(segment: Segment) -> list[Segment]:
    """List the sentences from this one on that one voice says without a break, some at most."""
    transcript = db.session.get_one(Transcript, segment.transcript_id)
    turn: list[Segment] = []
    for each in service.segments(transcript, start=segment.start, most=_TURN):
        if each.id != segment.id and not turn:
            continue
        if turn and each.speaker_id != segment.speaker_id:
            break
        turn.append(each)
    return turn


def assign(
    user: User, run: Sequence[Segment], speaker: Speaker | None, name: str = ""
) -> Speaker | None:
    """Give a run of sentences to a voice: one that is there, a new one by name, or nobody's."""
    transcript = db.session.get_one(Transcript, run[0].transcript_id)
    service.require_keeper(user, transcript)
    if speaker is None and name.strip():
        speaker = _voice(transcript, name)
    elif speaker is not None and speaker.transcript_id != transcript.id:
        raise NotFound()
    ids = [segment.id for segment in run]
    for first in range(0, len(ids), 500):
        change = update(Segment).where(Segment.id.in_(ids[first : first + 500]))
        db.session.execute(change.values(speaker_id=speaker.id if speaker else None, assigned=True))
    for segment in run:
        db.session.refresh(segment)
    named = speaker.name if speaker else ""
    audit.record(user.id, "transcripts.assign", transcript, segments=ids, speaker=named)
    return speaker


def split(
    user: User,
    segment: Segment,
    version: int,
    at: int,
    speakers: tuple[Speaker | None, Speaker | None],
) -> tuple[Segment, Segment]:
    """Cut a sentence before its word number `at` and give each half to a voice.

    The first half stays the row that evidence points to. Raises Stale when the sentence was
    corrected meanwhile, BadInput where a half would be empty.
    """
    transcript = service.get(user, segment.transcript_id)
    service.require_keeper(user, transcript)
    whole = Half(
        segment.text, segment.heard, segment.start, segment.end, segment.words, segment.repairs
    )
    try:
        first, second = divide(whole, at)
    except IndexError as error:
        raise BadInput("Hãy chọn chỗ tách ở giữa câu.") from error
    claim = update(Segment).where(
        Segment.id == segment.id, Segment.version == version, Segment.current
    )
    if db.session.execute(claim.values(version=version + 1)).rowcount != 1:  # type: ignore[attr-defined]
        raise Stale()
    _make_room(segment)
    new = Segment(
        transcript_id=segment.transcript_id, chunk_id=segment.chunk_id, take=segment.take,
        ordinal=segment.ordinal + 1, probability=segment.probability,
        suspicion=segment.suspicion,
    )  # fmt: skip
    db.session.refresh(segment)
    for row, half, speaker in ((segment, first, speakers[0]), (new, second, speakers[1])):
        row.text, row.heard = half.text, half.heard
        row.start, row.end = half.start, half.end
        row.words, row.repairs = half.words, half.repairs
        row.speaker_id, row.speaker = (speaker.id, speaker) if speaker else (None, None)
        row.assigned = True
    db.session.add(new)
    db.session.flush()
    for row in (segment, new):
        edit = SegmentEdit(
            segment_id=row.id, user_id=user.id, at=clock.now(), before=whole.text, after=row.text
        )
        db.session.add(edit)
        findable.update(row, transcript)
    ids = [segment.id, new.id]
    audit.record(user.id, "transcripts.split", transcript, segments=ids, before=whole.text)
    return segment, new


def voice(user: User, transcript: Transcript, speaker_id: int, name: str = "") -> Speaker | None:
    """Return a voice of the transcript by its id, or a new one by name; None where neither is."""
    service.require_keeper(user, transcript)
    if speaker_id > 0:
        speaker = db.session.get(Speaker, speaker_id)
        if speaker is None or speaker.transcript_id != transcript.id:
            raise NotFound()
        return speaker
    return _voice(transcript, name) if speaker_id < 0 else None


def mark(user: User, transcript: Transcript, item: int, segment: Segment | None) -> None:
    """Write down with which sentence an item of the agenda begins; None takes the mark away."""
    service.require_keeper(user, transcript)
    if segment is not None and segment.transcript_id != transcript.id:
        raise NotFound()
    mine = Segment.transcript_id == transcript.id
    db.session.execute(update(Segment).where(mine, Segment.agenda == item).values(agenda=None))
    if segment is not None:
        segment.agenda = item
        db.session.flush()
    start = segment.start if segment else None
    audit.record(user.id, "transcripts.mark", transcript, item=item, start=start)


def marks(transcript: Transcript) -> dict[int, Segment]:
    """Return the sentences with which items of the agenda begin, by the number of the item."""
    query = select(Segment).where(
        Segment.transcript_id == transcript.id, Segment.current, Segment.agenda.is_not(None)
    )
    return {segment.agenda or 0: segment for segment in db.session.scalars(query)}


def _voice(transcript: Transcript, name: str) -> Speaker:
    """Return the voice of that name, or a new one."""
    tidy = " ".join(name.split())[:200]
    if not tidy:
        raise BadInput("Hãy ghi tên người nói.")
    voices = db.session.scalars(select(Speaker).where(Speaker.transcript_id == transcript.id)).all()
    for there in voices:
        if there.name.casefold() == tidy.casefold():
            return there
    labels = {there.label for there in voices}
    # a voice that was called so may have been renamed since
    free = (f"{tidy[:190]} ({number})" for number in count(2))
    label = tidy if tidy not in labels else next(each for each in free if each not in labels)
    speaker = Speaker(transcript_id=transcript.id, label=label, name=tidy)
    db.session.add(speaker)
    db.session.flush()
    return speaker


def _make_room(segment: Segment) -> None:
    """Move what follows in the chunk on by one, the last first, since places are unique."""
    query = select(Segment).where(
        Segment.chunk_id == segment.chunk_id, Segment.take == segment.take,
        Segment.ordinal > segment.ordinal,
    )  # fmt: skip
    for following in db.session.scalars(query.order_by(Segment.ordinal.desc())).all():
        following.ordinal += 1
        db.session.flush()
