"""A recording of the cast's briefing and its transcript, in the state a test begins with."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.recordings import service as recordings
from meetly.recordings.models import Recording
from meetly.recordings.sound import Sound
from meetly.transcripts import jobs
from meetly.transcripts.models import Transcript
from meetly.transcripts.transcriber import Heard
from tests.cast import Cast
from tests.meetings.plans import scheduled

TALKS = [
    {"speaker": "Trần Quốc Khải", "start": 0.0, "end": 10.0},
    {"speaker": "UBND xã Nậm Hoa - Vàng A Sình", "start": 10.0, "end": 30.0},
]


def received(cast: Cast, folder: Path, meeting: Meeting | None = None) -> Recording:
    """Return a recording whose bytes are all here."""
    path = folder / "họp.ogg"
    path.write_bytes(b"OggS" + bytes(100))
    recording = recordings.receive_file(cast.nam, meeting or scheduled(cast), path)
    db.session.commit()
    return recording


def cut(recording: Recording, count: int = 3, *, empty: Iterable[int] = ()) -> Transcript:
    """Return its transcript cut into chunks of ten seconds, all waiting but the empty ones."""
    transcript = jobs.open_for(recording)
    claimed = jobs.claim_split("splitter")
    assert claimed is not None and claimed.id == transcript.id
    sound = Sound(duration=10.0 * count, codec="opus", channels=1, sample_rate=48000)
    recordings.accept(recording, sound, "audio/ogg", [-0.5, 0.5] * 10)
    for number in range(count):
        key = "" if number in empty else jobs.chunk_key(transcript.id, number)
        assert jobs.add_chunk(
            transcript.id, "splitter", ordinal=number, start=10.0 * number,
            end=10.0 * (number + 1), speech=0.0 if number in empty else 5.0, storage_key=key,
        )  # fmt: skip
    assert jobs.finish_split(transcript.id, "splitter")
    db.session.commit()
    return transcript


def heard(number: int) -> list[Heard]:
    """Return what the engine hears in a chunk: two sentences, the second doubtful."""
    return [
        Heard(0.5, 4.0, f"Câu thứ nhất của đoạn {number}.", 0.9),
        Heard(5.0, 9.0, f"Câu thứ hai của đoạn {number}.", 0.3, "phrase" if number == 1 else ""),
    ]


def transcribed(cast: Cast, folder: Path, count: int = 3) -> Transcript:
    """Return a finished transcript with its speakers."""
    recording = received(cast, folder)
    recordings.add_talk_events(recording, TALKS)
    transcript = cut(recording, count)
    for number in range(count):
        chunk = jobs.claim_next("ear")
        assert chunk is not None
        assert jobs.store(chunk.id, "ear", heard(number), took=2.0)
    db.session.commit()
    db.session.refresh(transcript)
    return transcript
