"""Try again, go on, stop, take away: what people may do with a job in whatever state it is."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from meetly import audit, search
from meetly.accounts.models import User
from meetly.config import settings
from meetly.errors import BadInput, WrongState
from meetly.extensions import db
from meetly.recordings import service as recordings
from meetly.recordings.models import RecordingStatus
from meetly.transcripts import findable
from meetly.transcripts.claims import OPEN
from meetly.transcripts.keeping import of_recording, require_keeper
from meetly.transcripts.models import (
    Chunk,
    ChunkStatus,
    Segment,
    SegmentEdit,
    Speaker,
    Transcript,
    TranscriptStatus,
)
from meetly.transcripts.settling import locked, settle
from meetly.transcripts.takes import shown


def retry(user: User, transcript: Transcript) -> None:
    """Set a failed or stopped transcript to work again; what was heard already is kept.

    When nothing was heard before it failed, it begins anew with the model that is set now.
    """
    require_keeper(user, transcript)
    held = locked(transcript.id)
    if held is None or held.status not in (TranscriptStatus.FAILED, TranscriptStatus.CANCELLED):
        raise WrongState()
    mine = Chunk.transcript_id == transcript.id
    heard = select(Chunk.id).where(mine, Chunk.status == ChunkStatus.DONE).limit(1)
    if transcript.status == TranscriptStatus.FAILED:
        if db.session.scalar(heard):
            again = update(Chunk).where(mine, Chunk.status == ChunkStatus.FAILED)
            db.session.execute(again.values(status=ChunkStatus.PENDING, attempts=0, failure=""))
        else:
            _begin_anew(transcript)
    transcript.status = TranscriptStatus.SPLITTING
    if _is_cut(transcript):
        transcript.status = TranscriptStatus.TRANSCRIBING
    transcript.failure = ""
    transcript.attempts, transcript.owner, transcript.lease_expires_at = 0, None, None
    db.session.flush()
    audit.record(user.id, "transcripts.retry", transcript)
    settle(transcript.id)


def cancel(user: User, transcript: Transcript) -> None:
    """Stop the work on a transcript; what was heard is kept, and `retry` goes on behind it.

    A chunk in hand may still be stored: it is done, and hearing it twice would help nobody. What
    was only to be heard again is called off, and the text that was there is shown as before.
    Raises WrongState when nothing is going on.
    """
    require_keeper(user, transcript)
    held = locked(transcript.id)
    if held is None or held.status not in OPEN:
        raise WrongState("Không có việc bóc băng nào đang chạy để dừng.")
    if transcript.ready_at:
        _call_off(transcript)
        audit.record(user.id, "transcripts.cancel", transcript)
        settle(transcript.id)
        return
    transcript.status = TranscriptStatus.CANCELLED
    transcript.attempts, transcript.owner, transcript.lease_expires_at = 0, None, None
    db.session.flush()
    audit.record(user.id, "transcripts.cancel", transcript)


def _call_off(transcript: Transcript) -> None:
    waiting = select(Chunk).where(
        Chunk.transcript_id == transcript.id,
        Chunk.status.in_((ChunkStatus.PENDING, ChunkStatus.CLAIMED)),
    )
    for chunk in db.session.scalars(waiting.execution_options(populate_existing=True)).all():
        for name, value in shown.set_back(chunk, "").items():
            setattr(chunk, name, value)
    db.session.flush()


def _begin_anew(transcript: Transcript) -> None:
    db.session.execute(delete(Chunk).where(Chunk.transcript_id == transcript.id))
    recordings.draw(transcript.recording, [])
    transcript.model = settings().speech_model
    transcript.language = settings().speech_language
    db.session.flush()


def _is_cut(transcript: Transcript) -> bool:
    # The waveform is drawn in the same step in which the last chunk is counted in.
    return bool(transcript.recording.peaks)


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
