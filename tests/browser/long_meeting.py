"""A meeting of three hours, as it lies in the database after a machine has heard it.

The rows are made here, every word with its second and its probability; the sound is three hours of
silence that a browser plays.
"""

from __future__ import annotations

import random
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from meetly.accounts.models import User
from meetly.clock import now
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.plan import AgendaPlan, MeetingPlan
from meetly.recordings import service as recordings
from meetly.recordings.sound import Sound
from meetly.transcripts.models import (
    Chunk,
    ChunkStatus,
    Segment,
    Speaker,
    Transcript,
    TranscriptStatus,
)

SENTENCE, IN_CHUNK = 3.0, 10
#: Chrome plays nothing slower; a byte a sample is eleven megabytes an hour.
RATE = 3000
NAMES = ("Trần Quốc Khải", "Lê Thị Minh Hòa", "Vàng A Sình", "Phạm Đức Long", "Lò Thị Hoa")
PARTS = (
    ("Sở Tài chính", "UBND xã Nậm Hoa", "Văn phòng", "xã nậm hóa", "Các điểm cầu", "Sở Y tế"),
    ("đã báo cáo", "đề nghị làm rõ", "cần đôn đốc", "đang triển khai", "chưa giải ngân"),
    ("tiến độ đầu tư công", "việc cấp phát gạo", "công tác phòng chống thiên tai", "dự toán"),
    ("trong tuần này", "trước ngày 15 tháng 12", "theo kế hoạch đã giao", "của quý bốn"),
)


def heard(meeting_of: User, folder: Path, hours: float = 3.0, seed: int = 7) -> Transcript:
    """Return the transcript of a long meeting, ready and with five voices."""
    chance = random.Random(seed)
    start = datetime(2099, 11, 23, 1, tzinfo=UTC)
    plan = MeetingPlan(
        title="Giao ban dài", starts_at=start, ends_at=start + timedelta(hours=hours),
        agenda=(AgendaPlan("Tiến độ giải ngân đầu tư công"), AgendaPlan("Phòng chống thiên tai")),
    )  # fmt: skip
    meeting = meetings.schedule(meeting_of, plan)
    recording = recordings.receive_file(meeting_of, meeting, silence(folder, hours))
    duration = hours * 3600
    peaks = [abs(chance.gauss(0.3, 0.2)) % 1 for _ in range(2000)]
    sound = Sound(duration=duration, codec="pcm_u8", channels=1, sample_rate=RATE)
    recordings.accept(recording, sound, "audio/wav", peaks)
    transcript = Transcript(
        recording_id=recording.id, meeting_id=meeting.id, status=TranscriptStatus.READY,
        model="micro", language="vi", target=20.0, longest=29.5, created_at=now(), ready_at=now(),
    )  # fmt: skip
    db.session.add(transcript)
    db.session.flush()
    voices = [Speaker(transcript_id=transcript.id, label=name, name=name) for name in NAMES]
    db.session.add_all(voices)
    db.session.flush()
    _fill(transcript, [voice.id for voice in voices], int(duration / SENTENCE), chance)
    return transcript


def silence(folder: Path, hours: float) -> Path:
    """Write a sound in which nothing is heard; its middle takes no room on the disk."""
    path, size = folder / "giao ban dài.wav", int(hours * 3600) * RATE
    head = b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt "
    head += struct.pack("<IHHIIHH", 16, 1, 1, RATE, RATE, 1, 8) + b"data" + struct.pack("<I", size)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + size)
    return path


def _fill(transcript: Transcript, voices: list[int], count: int, chance: random.Random) -> None:
    length = SENTENCE * IN_CHUNK
    long_ago = now() - timedelta(days=1)
    chunks = [
        {
            "transcript_id": transcript.id, "ordinal": n, "start": n * length,
            "end": (n + 1) * length, "speech": length, "status": ChunkStatus.DONE, "take": 1,
            "storage_key": f"chunks/{n}", "took": 3.0, "finished_at": long_ago, "attempts": 1,
            "failure": "", "model": "",
        }
        for n in range(count // IN_CHUNK)
    ]  # fmt: skip
    ids = list(
        db.session.scalars(insert(Chunk).returning(Chunk.id, sort_by_parameter_order=True), chunks)
    )
    rows, voice = [], 0
    for number in range(count):
        if chance.random() < 0.2:
            voice = chance.randrange(len(voices))
        text = sentence(chance, number)
        begin = number * SENTENCE
        rows.append(
            {
                "transcript_id": transcript.id, "chunk_id": ids[number // IN_CHUNK], "take": 1,
                "current": True, "ordinal": number % IN_CHUNK, "start": begin,
                "end": begin + SENTENCE - 0.2, "text": text, "heard": text, "repairs": [],
                "words": words(text, begin, chance), "probability": round(chance.random(), 3),
                "suspicion": "phrase" if number % 97 == 96 else "", "version": 1,
                "speaker_id": voices[voice] if number % 31 else None, "agenda": None,
            }
        )  # fmt: skip
    db.session.execute(insert(Segment), rows)


def sentence(chance: random.Random, number: int) -> str:
    """Return a sentence of a briefing; its number stands in it."""
    return " ".join(chance.choice(part) for part in PARTS) + f", mục {number}."


def words(text: str, begin: float, chance: random.Random) -> list[list[Any]]:
    """Spread the words of a sentence over its seconds, one in eight of them doubtful."""
    tokens = text.split()
    step = (SENTENCE - 0.2) / len(tokens)
    return [
        [
            round(begin + n * step, 2), round(begin + (n + 1) * step, 2), token,
            round(chance.uniform(0.2, 0.7) if chance.random() < 0.12 else 0.95, 2),
        ]
        for n, token in enumerate(tokens)
    ]  # fmt: skip
