"""Verbs of transcripts for people: read, correct, name the speakers, try again, take away."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from meetly import audit, clock, search
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.config import settings
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.recordings import service as recordings
from meetly.recordings.models import Recording, RecordingStatus
from meetly.transcripts import findable, voices
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
from meetly.transcripts.models import (
    Chunk,
    ChunkStatus,
    Segment,
    SegmentEdit,
    Speaker,
    Transcript,
    TranscriptStatus,
)
from meetly.transcripts.progress import Progress, progress

#: What later rooms and the workers may ask for here; the rows as jobs live in `jobs`.
__all__ = [
    "Progress", "add_chunk", "add_talk_events", "at", "before", "claim_next", "claim_split",
    "correct", "discard", "edits", "export", "finish_split", "gaps", "get", "get_segment",
    "get_speaker", "give_up", "heartbeat", "of_meeting", "of_recording", "open_for", "progress",
    "reject", "rename_speaker", "retry", "segments", "speakers", "starts", "store",
]  # fmt: skip

#: Reason stored when a person, not the machine, says that nobody said it.
REJECTED = "rejected"
LONGEST_TEXT = 5_000


# -- reading -----------------------------------------------------------------------------------


def get(user: User, transcript_id: int) -> Transcript:
    """Return a transcript to the secretaries and leaders of the host unit; NotFound to others."""
    transcript = db.session.get(Transcript, transcript_id)
    if transcript is None or not _roles(user, transcript) & {Role.SECRETARY, Role.LEADER}:
        raise NotFound()
    return transcript


def of_recording(recording: Recording) -> Transcript | None:
    """Return the transcript opened for a recording, if there is one yet."""
    return db.session.scalar(select(Transcript).where(Transcript.recording_id == recording.id))


def of_meeting(meeting: Meeting) -> list[Transcript]:
    """List the transcripts of a meeting in the order of its recordings."""
    query = select(Transcript).where(Transcript.meeting_id == meeting.id)
    return list(db.session.scalars(query.order_by(Transcript.recording_id)))


def segments(
    transcript: Transcript, *, first: int = 0, most: int | None = None, after: int = 0
) -> list[Segment]:
    """List what was said, in order: all of it, or a page, or what came after a segment's id."""
    query = select(Segment).join(Chunk, Chunk.id == Segment.chunk_id)
    query = query.where(Segment.transcript_id == transcript.id, Segment.id > after)
    query = query.order_by(Chunk.ordinal, Segment.ordinal)
    return list(db.session.scalars(query.offset(first).limit(most)))


def starts(transcript: Transcript) -> list[tuple[int, float]]:
    """List id and second of every segment, in order: what paging by time needs."""
    query = select(Segment.id, Segment.start).join(Chunk, Chunk.id == Segment.chunk_id)
    query = query.where(Segment.transcript_id == transcript.id)
    found = db.session.execute(query.order_by(Chunk.ordinal, Segment.ordinal))
    return [(segment_id, start) for segment_id, start in found]


def at(transcript: Transcript, second: float) -> Segment | None:
    """Return the last segment that had begun at that second."""
    query = select(Segment).where(Segment.transcript_id == transcript.id, Segment.start <= second)
    return db.session.scalar(query.order_by(Segment.start.desc(), Segment.id.desc()).limit(1))


def before(segment: Segment) -> Segment | None:
    """Return the segment right before this one in the same transcript."""
    chunk = db.session.get_one(Chunk, segment.chunk_id)
    query = select(Segment).join(Chunk, Chunk.id == Segment.chunk_id)
    query = query.where(
        Segment.transcript_id == segment.transcript_id,
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


def speakers(transcript: Transcript) -> list[tuple[Speaker, int, float]]:
    """List the speakers as they first speak, with how often and how many seconds they spoke."""
    spoken = (
        select(
            Segment.speaker_id,
            func.count().label("count"),
            func.sum(Segment.end - Segment.start).label("seconds"),
            func.min(Segment.start).label("first"),
        )
        .where(Segment.transcript_id == transcript.id)
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
        )
        for s in segments(transcript)
    ]  # fmt: skip
    missing = [(chunk.start, chunk.end) for chunk in gaps(transcript)]
    duration, model = transcript.recording.duration, Path(transcript.model).stem
    return Export(lines, duration, transcript.language, model, missing)


def get_segment(user: User, segment_id: int) -> Segment:
    """Return a segment to those who may read its transcript."""
    segment = db.session.get(Segment, segment_id)
    if segment is None:
        raise NotFound()
    get(user, segment.transcript_id)
    return segment


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


def correct(user: User, segment_id: int, version: int, text: str) -> Segment:
    """Write down what was really said; the words before, who and when are kept.

    Somebody has listened, so the machine's doubts go. Raises Stale when the segment was
    corrected meanwhile, BadInput for no words or too many.
    """
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_TEXT:
        raise BadInput("Câu cần có lời, không quá %(most)s ký tự.", most=LONGEST_TEXT)
    return _change(user, segment_id, version, words, suspicion="")


def reject(user: User, segment_id: int, version: int) -> Segment:
    """Say that nobody said this; it is shown struck through and kept out of drafts."""
    return _change(user, segment_id, version, None, suspicion=REJECTED)


def _change(
    user: User, segment_id: int, version: int, words: str | None, *, suspicion: str
) -> Segment:
    segment = get_segment(user, segment_id)
    transcript = get(user, segment.transcript_id)
    _require_keeper(user, transcript)
    before, after = segment.text, segment.text if words is None else words
    change = update(Segment).where(Segment.id == segment_id, Segment.version == version)
    change = change.values(text=after, suspicion=suspicion, version=Segment.version + 1)
    if db.session.execute(change).rowcount != 1:  # type: ignore[attr-defined]
        raise Stale()
    db.session.refresh(segment)
    told = "" if suspicion else after
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
    _require_keeper(user, get(user, speaker.transcript_id))
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
    return count


# -- again, or not at all ----------------------------------------------------------------------


def retry(user: User, transcript: Transcript) -> None:
    """Set a failed transcript to work again; what was heard already is kept.

    When nothing was heard yet, it begins anew with the model that is set now.
    """
    _require_keeper(user, transcript)
    if transcript.status != TranscriptStatus.FAILED:
        raise WrongState()
    mine = Chunk.transcript_id == transcript.id
    if db.session.scalar(select(Chunk.id).where(mine, Chunk.status == ChunkStatus.DONE).limit(1)):
        again = update(Chunk).where(mine, Chunk.status == ChunkStatus.FAILED)
        db.session.execute(again.values(status=ChunkStatus.PENDING, attempts=0, failure=""))
    else:
        db.session.execute(delete(Chunk).where(mine))
        transcript.model = settings().speech_model
        transcript.language = settings().speech_language
    transcript.status, transcript.failure = TranscriptStatus.SPLITTING, ""
    transcript.attempts, transcript.owner, transcript.lease_expires_at = 0, None, None
    db.session.flush()
    audit.record(user.id, "transcripts.retry", transcript)


def discard(user: User, recording_id: int) -> None:
    """Take a recording away together with what was heard in it, whatever state both are in.

    A worker at it finds its lease gone. Raises WrongState when directions rest on it.
    """
    recording = recordings.get_to_change(user, recording_id)
    transcript = of_recording(recording)
    try:
        with db.session.begin_nested():
            if transcript:
                audit.record(user.id, "transcripts.discard", transcript)
                forget(transcript)
            recordings.remove(user, recording)
    except IntegrityError as error:
        raise WrongState(
            "Ý kiến chỉ đạo của cuộc họp đang dẫn về bản ghi này nên chưa xóa được."
        ) from error


def forget(transcript: Transcript) -> None:
    """Delete a transcript with everything heard in it."""
    mine = select(Segment.id).where(Segment.transcript_id == transcript.id)
    for segment_id in db.session.scalars(mine).all():
        search.remove(findable.KIND, segment_id)
    db.session.execute(delete(SegmentEdit).where(SegmentEdit.segment_id.in_(mine)))
    for kind in (Segment, Speaker, Chunk):
        db.session.execute(delete(kind).where(kind.transcript_id == transcript.id))
    db.session.delete(transcript)
    db.session.flush()


def refuse(transcript: Transcript, error: BadInput) -> None:
    """Say that a recording is not sound we can use; the transcript that was opened goes again."""
    recording = transcript.recording
    if recording.status == RecordingStatus.RECEIVED:
        recordings.refuse(recording, error)
    forget(transcript)


# -- inside ------------------------------------------------------------------------------------


def _roles(user: User, transcript: Transcript) -> set[Role]:
    meeting = db.session.get_one(Meeting, transcript.meeting_id)
    return accounts.roles_in(user, meeting.unit_id)


def _require_keeper(user: User, transcript: Transcript) -> None:
    if Role.SECRETARY not in _roles(user, transcript):
        raise NotAllowed()
