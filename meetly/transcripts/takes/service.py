"""Verbs of hearings: hear a chunk or a speaker again with a chosen model, show an earlier one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from meetly import audit
from meetly.accounts.models import User
from meetly.config import settings
from meetly.errors import BadInput, NotFound, WrongState
from meetly.extensions import db
from meetly.transcripts import keeping
from meetly.transcripts.models import (
    Chunk,
    ChunkStatus,
    Segment,
    SegmentEdit,
    Speaker,
    Transcript,
    TranscriptStatus,
)
from meetly.transcripts.settling import locked
from meetly.transcripts.takes import shown

#: States of a transcript in which something may be heard again.
_WORKABLE = (
    TranscriptStatus.SPLITTING,
    TranscriptStatus.TRANSCRIBING,
    TranscriptStatus.READY,
)


@dataclass(frozen=True)
class Model:
    """A model a person may choose; `key` stands for it in forms, so that no path is ever sent."""

    key: str
    name: str
    path: str


@dataclass(frozen=True)
class Version:
    """One hearing of a chunk with its sentences."""

    number: int
    model: str
    at: datetime | None
    segments: list[Segment]
    #: how many of its sentences people corrected
    corrected: int
    is_shown: bool


# -- reading -----------------------------------------------------------------------------------


def models(transcript: Transcript) -> list[Model]:
    """List what may be chosen: the transcript's own model, the one set now, the further ones."""
    paths = (transcript.model, settings().speech_model, *settings().further_models)
    return [
        Model(hashlib.sha256(path.encode()).hexdigest()[:12], name_of(path), path)
        for path in dict.fromkeys(paths)
    ]


def name_of(model: str) -> str:
    """Return what people call a model: its file's name without folders and ending."""
    return Path(model).stem or model


def versions(user: User, chunk_id: int) -> list[Version]:
    """List the hearings of a chunk, the newest first."""
    chunk = keeping.get_chunk(user, chunk_id)
    query = select(Segment).where(Segment.chunk_id == chunk.id).order_by(Segment.ordinal)
    segments = list(db.session.scalars(query))
    edited = _edited(segments)
    return [
        Version(
            number=take.number,
            model=name_of(take.model),
            at=take.at,
            segments=[s for s in segments if s.take == take.number],
            corrected=sum(s.id in edited for s in segments if s.take == take.number),
            is_shown=take.number == chunk.take,
        )
        for take in reversed(shown.history(chunk))
    ]


def chunk_at(transcript: Transcript, second: float) -> Chunk:
    """Return the chunk in which a second of the recording lies; NotFound when there is none."""
    query = select(Chunk).where(
        Chunk.transcript_id == transcript.id, Chunk.start <= second, Chunk.end > second
    )
    chunk = db.session.scalar(query.order_by(Chunk.ordinal).limit(1))
    if chunk is None:
        raise NotFound("Bản ghi chưa được cắt đến chỗ này, hoặc không dài đến thế.")
    return chunk


def chunks_of(speaker: Speaker) -> list[Chunk]:
    """List the chunks in which a speaker is heard, in order."""
    spoken = select(Segment.chunk_id).where(Segment.speaker_id == speaker.id, Segment.current)
    query = select(Chunk).where(Chunk.id.in_(spoken.distinct())).order_by(Chunk.ordinal)
    return list(db.session.scalars(query))


def corrected(chunks: Sequence[Chunk]) -> int:
    """Count the shown sentences of these chunks that people corrected."""
    count = 0
    for first in range(0, len(chunks), 500):
        ids = [chunk.id for chunk in chunks[first : first + 500]]
        query = select(Segment).where(Segment.chunk_id.in_(ids), Segment.current)
        count += len(_edited(list(db.session.scalars(query.where(Segment.version > 1)))))
    return count


# -- hearing again -----------------------------------------------------------------------------


def hear_again(user: User, chunk_id: int, key: str, *, sure: bool = False) -> Chunk:
    """Have one chunk heard again with a model; what it says now is shown until then.

    Raises BadInput for a model that is not offered, WrongState when the chunk waits already, when
    the transcript stands still, or when people corrected it and `sure` is not said.
    """
    chunk = keeping.get_chunk(user, chunk_id)
    _again(user, chunk.transcript_id, [chunk], key, sure)
    return chunk


def hear_speaker_again(user: User, speaker_id: int, key: str, *, sure: bool = False) -> int:
    """Have every chunk heard again in which a speaker is heard; return how many.

    Raises as `hear_again`.
    """
    speaker = db.session.get(Speaker, speaker_id)
    if speaker is None:
        raise NotFound()
    return _again(user, speaker.transcript_id, chunks_of(speaker), key, sure)


def restore(user: User, chunk_id: int, number: int) -> Chunk:
    """Show an earlier hearing of a chunk again, with the corrections it had.

    Raises WrongState while the chunk waits to be heard, NotFound for a hearing there never was.
    """
    chunk = keeping.get_chunk(user, chunk_id)
    transcript = _workable(user, chunk.transcript_id, (TranscriptStatus.CANCELLED,))
    db.session.refresh(chunk)
    take = next((take for take in shown.history(chunk) if take.number == number), None)
    if take is None:
        raise NotFound()
    if chunk.status != ChunkStatus.DONE:
        raise WrongState("Đoạn này đang được nghe lại. Hãy đợi máy nghe xong, hoặc dừng lại trước.")
    if chunk.take != number:
        before = chunk.take
        shown.show(chunk, take, transcript)
        audit.record(user.id, "transcripts.restore", chunk, before=before, after=number)
    return chunk


def _again(user: User, transcript_id: int, chunks: Sequence[Chunk], key: str, sure: bool) -> int:
    transcript = _workable(user, transcript_id)
    model = next((model for model in models(transcript) if model.key == key), None)
    if model is None:
        raise BadInput("Mô hình này không có trong danh sách được chọn.")
    count = corrected(chunks)
    if count and not sure:
        raise WrongState(
            "%(count)s câu ở đây đã được sửa tay. Hãy đánh dấu đồng ý rồi gửi lại; "
            "bản đã sửa vẫn được giữ và lấy lại được.",
            count=count,
        )
    moved = [chunk for chunk in chunks if _wait(chunk, model, transcript)]
    if not moved:
        raise WrongState("Máy đang nghe hoặc sắp nghe lại đoạn này rồi.")
    if transcript.status == TranscriptStatus.READY:
        transcript.status = TranscriptStatus.TRANSCRIBING
    db.session.flush()
    audit.record(
        user.id, "transcripts.hear_again", transcript, chunks=[chunk.id for chunk in moved],
        model=model.path, corrected=count,
    )  # fmt: skip
    return len(moved)


def _wait(chunk: Chunk, model: Model, transcript: Transcript) -> bool:
    """Put a finished chunk back among those that wait; False when it waits already."""
    db.session.refresh(chunk)
    if chunk.status not in (ChunkStatus.DONE, ChunkStatus.FAILED):
        return False
    chunk.status, chunk.attempts, chunk.failure = ChunkStatus.PENDING, 0, ""
    chunk.owner, chunk.lease_expires_at = None, None
    chunk.model = "" if model.path == transcript.model else model.path
    return True


def _workable(
    user: User, transcript_id: int, further: Sequence[TranscriptStatus] = ()
) -> Transcript:
    """Lock a transcript a secretary may work on; WrongState when it stands still."""
    keeping.require_keeper(user, keeping.get(user, transcript_id))
    transcript = locked(transcript_id)
    if transcript is None:
        raise NotFound()
    if transcript.status not in (*_WORKABLE, *further):
        raise WrongState("Việc bóc băng đang dừng. Hãy cho máy làm tiếp trước.")
    return transcript


def _edited(segments: Sequence[Segment]) -> set[int]:
    ids = [segment.id for segment in segments]
    found: set[int] = set()
    for first in range(0, len(ids), 500):
        query = select(SegmentEdit.segment_id).where(
            SegmentEdit.segment_id.in_(ids[first : first + 500])
        )
        found.update(db.session.scalars(query))
    return found
