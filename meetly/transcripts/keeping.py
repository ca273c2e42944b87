"""Who may see and keep a transcript; every verb of this room asks here first."""

from __future__ import annotations

from sqlalchemy import select

from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.errors import NotAllowed, NotFound
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.recordings.models import Recording
from meetly.transcripts.models import Chunk, Transcript


def get(user: User, transcript_id: int) -> Transcript:
    """Return a transcript to the secretaries and leaders of the host unit; NotFound to others."""
    transcript = db.session.get(Transcript, transcript_id)
    if transcript is None or not _roles(user, transcript) & {Role.SECRETARY, Role.LEADER}:
        raise NotFound()
    return transcript


def get_chunk(user: User, chunk_id: int) -> Chunk:
    """Return a chunk to those who may read its transcript."""
    chunk = db.session.get(Chunk, chunk_id)
    if chunk is None:
        raise NotFound()
    get(user, chunk.transcript_id)
    return chunk


def require_keeper(user: User, transcript: Transcript) -> None:
    """Raise NotAllowed unless the person is a secretary of the host unit."""
    if Role.SECRETARY not in _roles(user, transcript):
        raise NotAllowed()


def of_recording(recording: Recording) -> Transcript | None:
    """Return the transcript opened for a recording, if there is one yet."""
    return db.session.scalar(select(Transcript).where(Transcript.recording_id == recording.id))


def _roles(user: User, transcript: Transcript) -> set[Role]:
    meeting = db.session.get_one(Meeting, transcript.meeting_id)
    return accounts.roles_in(user, meeting.unit_id)
