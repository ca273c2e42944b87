"""A short story told to the end, for the tests that look at every page.

The office held a briefing with finance and Nậm Hoa; its recording was heard, the minutes approved,
and the one direction in them became a task of Nậm Hoa. CANARY stands in every text of it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from meetly import clock
from meetly.directions import service as directions
from meetly.directions.models import Direction
from meetly.extensions import db
from meetly.materials import service as materials
from meetly.materials.models import Material
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.minutes import service as minutes_service
from meetly.minutes.models import Minutes, Remark
from meetly.notices.models import Notice
from meetly.paths import DEMO_DATA
from meetly.recordings import service as recordings
from meetly.recordings.models import Recording, RecordingStatus
from meetly.tasks import service as tasks
from meetly.tasks.models import Task
from meetly.transcripts.models import (
    Chunk,
    ChunkStatus,
    Segment,
    Speaker,
    Transcript,
    TranscriptStatus,
)
from tests.cast import Cast
from tests.meetings.plans import briefing
from workers import draft_minutes

CANARY = "chimhoangyen"

SAID = (
    f"Tôi kết luận như sau về {CANARY}.",
    f"Một là, giao UBND xã Nậm Hoa hoàn thành việc {CANARY}, báo cáo trước ngày 15/12/2099.",
    "Xin cảm ơn các đồng chí.",
)


@dataclass(frozen=True)
class Story:
    """The rows of the story, by name."""

    meeting: Meeting
    material: Material
    recording: Recording
    transcript: Transcript
    segment: Segment
    speaker: Speaker
    minutes: Minutes
    remark: Remark
    direction: Direction
    task: Task
    notice: Notice


def tell(cast: Cast) -> Story:
    """Tell the story with the services people use; committed."""
    meeting = meetings.schedule(cast.nam, briefing(cast, title=f"Giao ban {CANARY}"))
    meetings.publish(cast.nam, meeting)
    paper = io.BytesIO(f"Báo cáo {CANARY}\n".encode())
    material = materials.add(cast.nam, meeting, "bao-cao.txt", paper, title=f"Báo cáo {CANARY}")
    db.session.commit()
    recording = recordings.receive_file(cast.nam, meeting, DEMO_DATA / "briefing.opus")
    transcript, speaker = hear(cast, recording)
    db.session.commit()
    assert draft_minutes.run() == 1
    minutes = minutes_service.of_meeting(meeting)
    assert minutes is not None
    minutes = db.session.merge(minutes)
    version = minutes_service.submit(cast.nam, minutes, minutes.version)
    remark = minutes_service.remark(cast.khai, minutes, version.number, "", f"Sửa {CANARY}")
    minutes_service.approve(
        cast.khai, minutes, version.number, version.minutes_sha256, version.notice_sha256
    )
    [direction] = directions.of_minutes(minutes)
    [task] = tasks.assign(cast.khai, direction, direction.version)
    db.session.commit()
    segment = db.session.scalars(select(Segment)).first()
    notice = db.session.scalar(select(Notice).where(Notice.user_id == cast.hoa.id).limit(1))
    assert segment is not None and notice is not None
    return Story(
        meeting, material, recording, transcript, segment, speaker, minutes, remark, direction,
        task, notice,
    )  # fmt: skip


def hear(cast: Cast, recording: Recording) -> tuple[Transcript, Speaker]:
    """Write the transcript of a recording down as the worker would have left it."""
    recording.status, recording.duration = RecordingStatus.ACCEPTED, 12.0
    moment = datetime(2099, 11, 23, 3, 0, tzinfo=UTC)
    transcript = Transcript(
        recording_id=recording.id, meeting_id=recording.meeting_id, model="micro-vi",
        status=TranscriptStatus.READY, language="vi", target=6.0, longest=13.0,
        created_at=moment, ready_at=moment + timedelta(minutes=1),
    )  # fmt: skip
    db.session.add(transcript)
    db.session.flush()
    speaker = Speaker(
        transcript_id=transcript.id, label=cast.khai.name, name=cast.khai.name,
        position="Chủ tịch UBND tỉnh", unit_id=cast.office.id, user_id=cast.khai.id,
    )  # fmt: skip
    chunk = Chunk(
        transcript_id=transcript.id, ordinal=0, start=0.0, end=12.0, speech=11.0,
        status=ChunkStatus.DONE, finished_at=clock.now(),
    )  # fmt: skip
    db.session.add_all([speaker, chunk])
    db.session.flush()
    for ordinal, text in enumerate(SAID):
        db.session.add(
            Segment(
                transcript_id=transcript.id,
                chunk_id=chunk.id,
                ordinal=ordinal,
                start=4.0 * ordinal,
                end=4.0 * ordinal + 3.5,
                text=text,
                heard=text,
                probability=0.95,
                speaker_id=speaker.id,
            )
        )
    db.session.flush()
    return transcript, speaker
