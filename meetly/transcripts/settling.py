"""How chunks and transcripts come to an end, judged from the rows alone."""

from __future__ import annotations

from sqlalchemy import func, select

from meetly import audit, clock
from meetly.extensions import db
from meetly.transcripts import voices
from meetly.transcripts.claims import OPEN
from meetly.transcripts.models import Chunk, ChunkStatus, Segment, Transcript, TranscriptStatus

#: Codes of what went wrong, with the sentence for people.
FAILURES = {
    "KILLED_WORKER": "Đoạn này làm chương trình bóc băng dừng đột ngột nhiều lần nên đã để riêng.",
    "ENGINE_FAILED": "Máy nhận dạng báo lỗi ở đoạn này nhiều lần nên đã để riêng.",
    "SPLIT_KILLED": "Không cắt được bản ghi sau nhiều lần thử. Bản ghi vẫn còn; hãy báo quản trị.",
    "NOTHING_HEARD": "Không đoạn nào bóc băng được. Bản ghi vẫn còn; hãy báo quản trị rồi thử lại.",
    "NO_SPEECH": "Không nghe thấy ai nói trong bản ghi này. Hãy kiểm tra lại tệp đã tải lên.",
}


def why(failure: str) -> str:
    """Return the sentence for people of what is stored as a failure."""
    code, _, sentence = failure.partition(": ")
    return sentence or FAILURES.get(code, code)


def locked(transcript_id: int) -> Transcript | None:
    """Lock a transcript's row against other finishers, but not against rows that point to it."""
    query = select(Transcript).where(Transcript.id == transcript_id)
    query = query.with_for_update(key_share=True, of=Transcript)
    return db.session.scalar(query.execution_options(populate_existing=True))


def locked_transcript_of(chunk_id: int) -> Transcript | None:
    """Lock the transcript to which a chunk belongs; None when both are gone."""
    transcript_id = db.session.scalar(select(Chunk.transcript_id).where(Chunk.id == chunk_id))
    return None if transcript_id is None else locked(transcript_id)


def settle(transcript_id: int) -> None:
    """Finish a transcript all of whose chunks are finished."""
    transcript = locked(transcript_id)
    if transcript is None or transcript.status != TranscriptStatus.TRANSCRIBING:
        return
    query = select(Chunk.status, func.count()).where(Chunk.transcript_id == transcript_id)
    counts = {row[0]: row[1] for row in db.session.execute(query.group_by(Chunk.status))}
    if counts.get(ChunkStatus.PENDING) or counts.get(ChunkStatus.CLAIMED):
        return
    if counts.get(ChunkStatus.DONE):
        if transcript.ready_at is None:  # later people may have said otherwise who spoke
            voices.attribute_segments(transcript, _segments_of(transcript_id))
        transcript.status, transcript.ready_at = TranscriptStatus.READY, clock.now()
        audit.record(None, "transcripts.ready", transcript, gaps=counts.get(ChunkStatus.FAILED, 0))
        return
    code = "NOTHING_HEARD" if counts.get(ChunkStatus.FAILED) else "NO_SPEECH"
    transcript.status, transcript.failure = TranscriptStatus.FAILED, f"{code}: {FAILURES[code]}"
    audit.record(None, "transcripts.fail", transcript, why=code)


def unsettled() -> list[int]:
    """List the transcripts that a worker which died between two steps left unfinished."""
    unfinished = select(Transcript.id).where(Transcript.status == TranscriptStatus.TRANSCRIBING)
    working = select(Chunk.id).where(
        Chunk.transcript_id == Transcript.id,
        Chunk.status.in_((ChunkStatus.PENDING, ChunkStatus.CLAIMED)),
    )
    return list(db.session.scalars(unfinished.where(~working.exists())))


def settle_all() -> int:
    """Finish what was left unfinished; return how many transcripts that were."""
    found = unsettled()
    for transcript_id in found:
        settle(transcript_id)
    return len(found)


def unfinished() -> int:
    """Count the transcripts that will still move by themselves."""
    query = select(func.count()).where(Transcript.status.in_(OPEN))
    return db.session.scalar(query) or 0


def _segments_of(transcript_id: int) -> list[Segment]:
    query = select(Segment).where(Segment.transcript_id == transcript_id, Segment.current)
    return list(db.session.scalars(query))
