"""The sample briefing held by the cast: a meeting with a recording that was transcribed."""

from __future__ import annotations

import io
import secrets
from datetime import UTC, datetime

import numpy as np

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import UnitKind
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.models import Attendance, AttendanceStatus, Meeting
from meetly.meetings.service import AgendaPlan, MeetingPlan
from meetly.minutes import service as minutes_service
from meetly.minutes.drafting import Utterance
from meetly.minutes.models import Minutes
from meetly.recordings import service as recordings
from meetly.recordings.clip import wav
from meetly.recordings.models import Recording, RecordingStatus
from meetly.transcripts.models import Chunk, ChunkStatus, Segment, Speaker, Transcript
from meetly.transcripts.models import TranscriptStatus as Status
from tests.cast import Cast
from tests.minutes import sample

TITLE = "Hội nghị giao ban trực tuyến tháng 11 năm 2026"
STARTS = datetime(2026, 11, 23, 1, tzinfo=UTC)
ENDS = datetime(2026, 11, 23, 3, 45, tzinfo=UTC)

#: Units the sample's directions name beside those of the cast.
OTHERS = (
    ("LG.KHCN", "Sở Khoa học và Công nghệ"),
    ("LG.SNV", "Sở Nội vụ"),
    ("LG.NNMT", "Sở Nông nghiệp và Môi trường"),
    ("LG.SYT", "Sở Y tế"),
)


def held(cast: Cast) -> Meeting:
    """Schedule, publish and hold the briefing of the office, both communes and finance invited."""
    for code, name in OTHERS:
        if accounts.unit_by_code(code) is None:
            accounts.add_unit(
                None, code=code, name=name, kind=UnitKind.DEPARTMENT, parent=cast.province
            )
    cast.khai.position = "Chủ tịch UBND tỉnh"
    cast.nam.position = "Trưởng phòng Tổng hợp, Văn phòng UBND tỉnh"
    plan = MeetingPlan(
        title=TITLE,
        starts_at=STARTS,
        ends_at=ENDS,
        place="Phòng họp số 1, trụ sở UBND tỉnh",
        chair_id=cast.khai.id,
        secretary_id=cast.nam.id,
        agenda=(AgendaPlan("Báo cáo giải ngân", cast.finance.id),),
        unit_ids=(cast.finance.id, cast.nam_hoa.id, cast.doi_thong.id),
    )
    meeting = meetings.schedule(cast.nam, plan, unit=cast.office)
    meetings.publish(cast.nam, meeting)
    meetings.hold(cast.nam, meeting)
    return meeting


def call_the_roll(cast: Cast, meeting: Meeting) -> None:
    """Note who was there: finance sent a substitute, Đồi Thông was missing."""
    for unit, status, person, note in (
        (cast.finance, AttendanceStatus.SUBSTITUTE, "Phó Giám đốc", ""),
        (cast.nam_hoa, AttendanceStatus.PRESENT, "Vàng A Sình", ""),
        (cast.doi_thong, AttendanceStatus.ABSENT, "", "mất điện"),
    ):
        db.session.add(
            Attendance(
                meeting_id=meeting.id, unit_id=unit.id, status=status, person=person, note=note
            )
        )
    db.session.flush()


def transcribed(
    cast: Cast,
    meeting: Meeting,
    said: list[Utterance] | None = None,
    status: Status = Status.READY,
    *,
    sounds: float = 1.0,
) -> Transcript:
    """Add a recording and what a perfect transcriber would hear in the sample.

    The recording says it is as long as the meeting; its file holds `sounds` seconds of a soft tone.
    """
    said = sample.utterances() if said is None else said
    length = max((u.end for u in said), default=1.0) + 1.0
    recording = _recording(cast, meeting, length, sounds)
    transcript = Transcript(
        recording_id=recording.id, meeting_id=meeting.id, status=status, model="test",
        language="vi", target=20.0, longest=28.0, created_at=clock.now(), ready_at=clock.now(),
    )  # fmt: skip
    db.session.add(transcript)
    db.session.flush()
    chunk = Chunk(
        transcript_id=transcript.id, ordinal=0, start=0.0, end=length, speech=length,
        status=ChunkStatus.DONE,
    )  # fmt: skip
    db.session.add(chunk)
    db.session.flush()
    voices: dict[str, Speaker] = {}
    for ordinal, utterance in enumerate(said):
        speaker = _speaker(transcript, utterance, voices)
        db.session.add(
            Segment(
                transcript_id=transcript.id, chunk_id=chunk.id, ordinal=ordinal,
                start=utterance.start, end=utterance.end, text=utterance.text,
                heard=utterance.text, speaker_id=speaker.id if speaker else None,
            )
        )  # fmt: skip
    db.session.flush()
    return transcript


def drafted(cast: Cast, *, sounds: float = 1.0) -> Minutes:
    """Return the draft of the sample briefing, committed."""
    meeting = held(cast)
    transcribed(cast, meeting, sounds=sounds)
    minutes = minutes_service.draft_for(meeting)
    db.session.commit()
    return minutes


def _recording(cast: Cast, meeting: Meeting, length: float, sounds: float) -> Recording:
    times = np.arange(int(sounds * 16_000), dtype=np.float32) / 16_000
    sound = wav((0.1 * np.sin(2 * np.pi * 220 * times)).astype(np.float32))
    kept = recordings.keep(io.BytesIO(sound))
    recording = recordings.receive(cast.nam, meeting, f"{secrets.token_hex(4)}.wav", kept)
    recording.status = RecordingStatus.ACCEPTED
    recording.duration, recording.media_type = length, "audio/wav"
    db.session.flush()
    return recording


def _speaker(
    transcript: Transcript, utterance: Utterance, voices: dict[str, Speaker]
) -> Speaker | None:
    if not utterance.speaker:
        return None
    if utterance.speaker not in voices:
        unit = accounts.unit_named(utterance.unit) if utterance.unit else None
        voice = Speaker(
            transcript_id=transcript.id, label=utterance.speaker, name=utterance.speaker,
            position=utterance.position, unit_id=unit.id if unit else None,
        )  # fmt: skip
        db.session.add(voice)
        db.session.flush()
        voices[utterance.speaker] = voice
    return voices[utterance.speaker]
