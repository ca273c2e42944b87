"""Verbs of transcripts for people: read, correct, name the speakers, try again, take away."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVarTuple

from sqlalchemy import Row, Select, func, select, tuple_, update

from meetly import audit, clock
from meetly.accounts.models import Unit, User
from meetly.errors import BadInput, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.recordings import service as recordings
from meetly.transcripts import findable, glossary, marking, voices
from meetly.transcripts.again import cancel, discard, forget, refuse, retry
from meetly.transcripts.attribution import Talk
from meetly.transcripts.exports import Export, Line
from meetly.transcripts.jobs import (
    add_chunk,
    claim_next,
    claim_split,
    finish_split,
    give_up,
    heartbeat,
    open_for,
    store,
)
from meetly.transcripts.keeping import get, of_recording, require_keeper
from meetly.transcripts.models import Chunk, ChunkStatus, Segment, SegmentEdit, Speaker, Transcript
from meetly.transcripts.progress import Expectation, Progress, expected, progress

#: What later rooms and the workers may ask for here; the rows as jobs live in `jobs`.
__all__ = [
    "Expectation", "Progress", "add_chunk", "add_talk_events", "at", "before", "cancel",
    "claim_next", "claim_split", "correct", "discard", "edits", "expected", "export",
    "finish_split", "forget", "gaps", "get", "get_segment", "get_speaker", "give_up", "heartbeat",
    "lines", "of_meeting", "of_recording", "open_for", "progress", "refuse", "reject",
    "rename_speaker", "require_keeper", "restore", "retry", "segment_of", "segments", "set_track",
    "shown_for", "speakers", "starts", "store", "suspected", "turns", "voices_of",
]  # fmt: skip

#: Reason stored when a person, not the machine, says that nobody said it.
REJECTED = "rejected"
#: What a query selects.
Columns = TypeVarTuple("Columns")
LONGEST_TEXT = 5_000


# -- reading -----------------------------------------------------------------------------------


def of_meeting(meeting: Meeting) -> list[Transcript]:
    """List the transcripts of a meeting in the order of its recordings."""
    query = select(Transcript).where(Transcript.meeting_id == meeting.id)
    return list(db.session.scalars(query.order_by(Transcript.recording_id)))


def segments(
    transcript: Transcript,
    *,
    first: int = 0,
    most: int | None = None,
    start: float | None = None,
    until: float | None = None,
    voice: int | None = None,
) -> list[Segment]:
    """List what was said, in order: all of it, some, what begins from one second to another.

    `voice` is the id of a speaker to whom the list is limited.
    """
    query = _current(select(Segment), transcript, voice)
    if start is not None:
        query = query.where(Segment.start >= start)
    if until is not None:
        query = query.where(Segment.start < until)
    query = query.order_by(Chunk.ordinal, Segment.ordinal)
    return list(db.session.scalars(query.offset(first).limit(most)))


def lines(transcript: Transcript) -> list[Row[int, float, str, int]]:
    """List id, start, text and version of what was said, in order: all of it, and lightly."""
    query = select(Segment.id, Segment.start, Segment.text, Segment.version)
    ordered = _current(query, transcript).order_by(Chunk.ordinal, Segment.ordinal)
    return list(db.session.execute(ordered))


def starts(transcript: Transcript, voice: int | None = None) -> list[float]:
    """List the second of every segment: what paging by time needs."""
    query = _current(select(Segment.start), transcript, voice)
    return list(db.session.scalars(query.order_by(Chunk.ordinal, Segment.ordinal)))


def turns(transcript: Transcript) -> list[Talk]:
    """List who speaks from when to when, by the id of the speaker, as the segments have it."""
    query = _current(select(Segment.speaker_id, Segment.start, Segment.end), transcript)
    found = db.session.execute(query.where(Segment.speaker_id.is_not(None)).order_by(Segment.start))
    return [Talk(str(speaker_id), start, end) for speaker_id, start, end in found]


def at(transcript: Transcript, second: float) -> Segment | None:
    """Return the last segment that had begun at that second."""
    query = _current(select(Segment), transcript).where(Segment.start <= second)
    return db.session.scalar(query.order_by(Segment.start.desc(), Segment.id.desc()).limit(1))


def shown_for(segment: Segment) -> Segment | None:
    """Return what is shown now where a segment was heard: itself, or what took its place."""
    if segment.current:
        return segment
    transcript = db.session.get_one(Transcript, segment.transcript_id)
    mine = select(Segment).where(Segment.chunk_id == segment.chunk_id, Segment.current)
    beside = mine.where(Segment.start <= segment.start).order_by(Segment.ordinal.desc())
    found = db.session.scalar(beside.limit(1)) or db.session.scalar(
        mine.order_by(Segment.ordinal).limit(1)
    )
    return found or at(transcript, segment.start) or next(iter(segments(transcript, most=1)), None)


def before(segment: Segment) -> Segment | None:
    """Return the segment right before this one in the same transcript."""
    chunk = db.session.get_one(Chunk, segment.chunk_id)
    query = select(Segment).join(Chunk, Chunk.id == Segment.chunk_id)
    query = query.where(
        Segment.transcript_id == segment.transcript_id,
        Segment.current,
        tuple_(Chunk.ordinal, Segment.ordinal) < (chunk.ordinal, segment.ordinal),
    )
    query = query.order_by(Chunk.ordinal.desc(), Segment.ordinal.desc())
    return db.session.scalar(query.limit(1))


def gaps(transcript: Transcript) -> list[Chunk]:
    """List the chunks that were set aside and are missing from the text."""
    query = select(Chunk).where(
        Chunk.transcript_id == transcript.id, Chunk.status == ChunkStatus.FAILED
    )
    return list(db.session.scalars(query.order_by(Chunk.ordinal)))


def suspected(transcript: Transcript) -> int:
    """Count the sentences that nobody may have said: struck through, and in no draft."""
    query = select(func.count()).where(
        Segment.transcript_id == transcript.id, Segment.current, Segment.suspicion != ""
    )
    return db.session.scalar(query) or 0


def speakers(transcript: Transcript) -> list[tuple[Speaker, int, float]]:
    """List the speakers as they first speak, with how often and how many seconds they spoke."""
    spoken = (
        select(
            Segment.speaker_id,
            func.count().label("count"),
            func.sum(Segment.end - Segment.start).label("seconds"),
            func.min(Segment.start).label("first"),
        )
        .where(Segment.transcript_id == transcript.id, Segment.current)
        .group_by(Segment.speaker_id)
        .subquery()
    )
    query = select(Speaker, spoken.c.count, spoken.c.seconds)
    query = query.join(spoken, spoken.c.speaker_id == Speaker.id)
    found = db.session.execute(query.order_by(spoken.c.first, Speaker.label))
    return [(speaker, count, seconds) for speaker, count, seconds in found]


def export(transcript: Transcript) -> Export:
    """Gather a transcript for writing it to a file."""
    lines = [
        Line(
            start=s.start, end=s.end, text=s.text, speaker=s.speaker.name if s.speaker else "",
            suspicion=s.suspicion, probability=s.probability,
            words=tuple((w[0], w[1], w[2], w[3]) for w in s.words),
        )
        for s in segments(transcript)
    ]  # fmt: skip
    missing = [(chunk.start, chunk.end) for chunk in gaps(transcript)]
    meeting = db.session.get_one(Meeting, transcript.meeting_id)
    return Export(
        lines, transcript.recording.duration, transcript.language, Path(transcript.model).stem,
        missing, title=meeting.title, held=clock.local(meeting.starts_at).strftime("%d/%m/%Y"),
        filename=transcript.recording.filename,
    )  # fmt: skip


def get_segment(user: User, segment_id: int) -> Segment:
    """Return a segment to those who may read its transcript."""
    segment = db.session.get(Segment, segment_id)
    if segment is None:
        raise NotFound()
    get(user, segment.transcript_id)
    return segment


def segment_of(transcript: Transcript, segment_id: int) -> Segment:
    """Return a segment of a transcript the reader has been given already."""
    segment = db.session.get(Segment, segment_id)
    if segment is None or segment.transcript_id != transcript.id:
        raise NotFound()
    return segment


def voices_of(transcript: Transcript) -> list[Speaker]:
    """List the speakers by name, those to whom no segment is left as well."""
    query = select(Speaker).where(Speaker.transcript_id == transcript.id)
    return list(db.session.scalars(query.order_by(Speaker.name, Speaker.id)))


def edits(segments: Sequence[Segment]) -> dict[int, list[SegmentEdit]]:
    """List the corrections of these segments by segment, the newest first."""
    ids = [segment.id for segment in segments]
    found: dict[int, list[SegmentEdit]] = {}
    for first in range(0, len(ids), 500):
        query = select(SegmentEdit).where(SegmentEdit.segment_id.in_(ids[first : first + 500]))
        for edit in db.session.scalars(query.order_by(SegmentEdit.id.desc())):
            found.setdefault(edit.segment_id, []).append(edit)
    return found


# -- correcting --------------------------------------------------------------------------------


def correct(
    user: User, segment_id: int, version: int, text: str, *, listened: bool = True
) -> Segment:
    """Write down what was really said; the words before, who and when are kept.

    Where somebody has listened, the machine's doubts go. Raises Stale when the segment was
    corrected meanwhile, BadInput for no words or too many.
    """
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_TEXT:
        raise BadInput("Câu cần có lời, không quá %(most)s ký tự.", most=LONGEST_TEXT)
    before = get_segment(user, segment_id).text
    segment = _change(user, segment_id, version, words, suspicion="" if listened else None)
    glossary.learn(segment, before, words)
    return segment


def restore(user: User, segment_id: int, version: int, number: int) -> Segment:
    """Write again what the engine heard where the repair of that number changed it.

    Raises Stale as a correction does, NotFound when those words are no longer there.
    """
    segment = get_segment(user, segment_id)
    if segment.version != version:
        raise Stale()
    taken_back = marking.restored(segment.text, segment.repairs, number)
    if taken_back is None:
        raise NotFound()
    text, left = taken_back
    _change(user, segment_id, version, text, suspicion=segment.suspicion)
    glossary.refuse(segment, segment.repairs[number])
    segment.repairs = left
    db.session.flush()
    return segment


def reject(user: User, segment_id: int, version: int) -> Segment:
    """Say that nobody said this; it is shown struck through and kept out of drafts."""
    return _change(user, segment_id, version, None, suspicion=REJECTED)


def _change(
    user: User, segment_id: int, version: int, words: str | None, *, suspicion: str | None
) -> Segment:
    segment = get_segment(user, segment_id)
    transcript = get(user, segment.transcript_id)
    require_keeper(user, transcript)
    if not segment.current:
        raise WrongState("Đoạn này vừa được nghe lại; hãy chép lời bạn gõ sang câu mới.")
    before, after = segment.text, segment.text if words is None else words
    suspicion = segment.suspicion if suspicion is None else suspicion
    change = update(Segment).where(
        Segment.id == segment_id, Segment.version == version, Segment.current
    )
    change = change.values(text=after, suspicion=suspicion, version=Segment.version + 1)
    if db.session.execute(change).rowcount != 1:  # type: ignore[attr-defined]
        raise Stale()
    db.session.refresh(segment)
    told = "" if words is None else after
    db.session.add(
        SegmentEdit(
            segment_id=segment.id, user_id=user.id, at=clock.now(), before=before, after=told
        )
    )
    findable.update(segment, transcript)
    audit.record(user.id, "transcripts.correct", segment, before=before, after=told)
    return segment


def get_speaker(user: User, speaker_id: int) -> Speaker:
    """Return a speaker to those who keep the transcript."""
    speaker = db.session.get(Speaker, speaker_id)
    if speaker is None:
        raise NotFound()
    require_keeper(user, get(user, speaker.transcript_id))
    return speaker


def rename_speaker(
    user: User, speaker_id: int, *, name: str, position: str = "", unit: Unit | None = None
) -> Speaker:
    """Say who a voice is; every sentence of that voice shows it at once."""
    speaker = get_speaker(user, speaker_id)
    if not name.strip():
        raise BadInput("Hãy ghi tên người nói.")
    before = speaker.name
    speaker.name, speaker.position = name.strip()[:200], position.strip()[:200]
    speaker.unit_id, speaker.unit = (unit.id, unit) if unit else (None, None)
    db.session.flush()
    audit.record(user.id, "transcripts.rename_speaker", speaker, before=before, after=speaker.name)
    return speaker


def add_talk_events(user: User, recording_id: int, raw: bytes) -> int:
    """Keep a file of who spoke when, and name the speakers of what was heard already by it."""
    recording = recordings.get_to_change(user, recording_id)
    count = recordings.read_talk_events(recording, raw)
    transcript = of_recording(recording)
    if transcript:
        voices.attribute_segments(transcript, segments(transcript))
        audit.record(user.id, "transcripts.attribute", transcript, count=count)
    return count


def set_track(user: User, recording_id: int, name: str, unit: Unit | None) -> None:
    """Say whose microphone alone a recording holds, and name everything heard in it by it."""
    recording = recordings.get_to_change(user, recording_id)
    was_track = recordings.channel_of(recording) != ""
    recordings.set_track(user, recording, name, unit)
    transcript = of_recording(recording)
    if transcript:
        heard = segments(transcript)
        if was_track:  # that name is no longer said to be right
            voices.forget_speakers(heard)
        voices.attribute_segments(transcript, heard)


# -- inside ------------------------------------------------------------------------------------


def _current(
    query: Select[*Columns], transcript: Transcript, voice: int | None = None
) -> Select[*Columns]:
    """Limit a query of segments to those that are shown, with their chunks at hand."""
    query = query.join(Chunk, Chunk.id == Segment.chunk_id)
    query = query.where(Segment.transcript_id == transcript.id, Segment.current)
    return query if voice is None else query.where(Segment.speaker_id == voice)
