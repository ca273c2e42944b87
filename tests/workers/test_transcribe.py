"""The worker's steps on real sound with a real, small engine."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask import Flask

from meetly import arriving, sqlite
from meetly.app import create_app
from meetly.config import Config
from meetly.errors import NoSpace
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.recordings import service as recordings
from meetly.recordings.models import Recording
from meetly.storage import files
from meetly.transcripts import jobs
from meetly.transcripts import service as transcripts
from meetly.transcripts.models import Chunk, ChunkStatus, Transcript
from tests import tones
from tests.cast import Cast
from tests.meetings.plans import scheduled
from workers import tidy_uploads, transcribe
from workers.heart import Heart

SAID = tones.sentences(8)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path / "var", secret="s", speech_model="tests.tones:ToneTranscriber")


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    found = scheduled(cast)
    db.session.commit()
    return found


@pytest.fixture
def recording(cast: Cast, meeting: Meeting, tmp_path: Path) -> Recording:
    path = tones.write_wav(tmp_path / "họp.wav", SAID)
    found = recordings.receive_file(cast.nam, meeting, path)
    db.session.commit()
    return found


def read(recording: Recording) -> Transcript:
    db.session.expire_all()
    transcript = transcripts.of_recording(db.session.merge(recording))
    assert transcript is not None
    return transcript


def file_of(cast: Cast, meeting: Meeting, folder: Path, content: bytes) -> Recording:
    path = folder / "x.mp3"
    path.write_bytes(content)
    found = recordings.receive_file(cast.nam, meeting, path)
    db.session.commit()
    return found


def silence(folder: Path, seconds: float, level: float) -> bytes:
    path = folder / "silence.wav"
    noise = np.random.default_rng(3).normal(0, level, round(seconds * 16_000))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes((noise * 32767).astype("<i2").tobytes())
    return path.read_bytes()


def test_a_recording_becomes_a_transcript(recording: Recording) -> None:
    assert transcribe.run() > 3
    transcript = read(recording)
    assert (transcript.status, transcript.target, transcript.longest) == ("ready", 2.0, 4.0)
    assert [s.text.lower().rstrip(".") for s in transcripts.segments(transcript)][:2] == [
        " ".join(SAID[0]), " ".join(SAID[1])
    ]  # fmt: skip
    kept = transcript.recording
    assert (kept.status, kept.media_type) == ("accepted", "audio/wav")
    assert 8 < kept.duration < 30
    assert max(kept.peaks) > 0.3 > 0 > min(kept.peaks)
    assert transcribe.run() == 0


def test_the_same_recording_gives_the_same_transcript(
    cast: Cast, meeting: Meeting, recording: Recording, tmp_path: Path
) -> None:
    transcribe.run()
    again = recordings.receive_file(cast.nam, db.session.merge(meeting), tmp_path / "họp.wav")
    db.session.commit()
    transcribe.run()
    one, two = (transcripts.export(read(r)) for r in (recording, again))
    assert one == two
    assert len(one.lines) >= len(SAID)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"#EXTM3U\nhttp://example.invalid/a.ts\n", "danh sách phát"),
        (b"%PDF-1.7 hello" * 100, "không phải bản ghi"),
        (b"OggS" + bytes(5000), "hỏng"),
    ],
    ids=["playlist", "pdf", "broken"],
)
def test_what_is_not_sound_is_refused_with_a_sentence(
    cast: Cast, meeting: Meeting, tmp_path: Path, content: bytes, words: str
) -> None:
    found = file_of(cast, meeting, tmp_path, content)
    transcribe.run()
    refused = db.session.get_one(Recording, found.id)
    assert refused.status == "refused"
    assert words in refused.refusal
    assert transcripts.of_recording(refused) is None


def test_silence_is_refused_and_noise_without_speech_is_said(
    cast: Cast, meeting: Meeting, tmp_path: Path
) -> None:
    silent = file_of(cast, meeting, tmp_path, silence(tmp_path, 6, 0.0))
    noisy = file_of(cast, db.session.merge(meeting), tmp_path, silence(tmp_path, 12, 0.02))
    transcribe.run()
    assert "im lặng" in db.session.get_one(Recording, silent.id).refusal
    transcript = read(noisy)
    assert (transcript.status, transcript.failure[:10]) == ("failed", "NO_SPEECH:")


def test_an_engine_that_always_fails_leaves_a_sentence(app: Flask, recording: Recording) -> None:
    _use(app, "tests.tones:BrokenTranscriber")
    transcribe.run()
    assert read(recording).failure.startswith("NOTHING_HEARD: ")


@pytest.mark.parametrize("model", ["nowhere.module:Engine", "tests.tones:Missing", "/no/model.pt"])
def test_a_model_that_is_not_there_can_be_mended(
    app: Flask, cast: Cast, recording: Recording, model: str
) -> None:
    _use(app, model)
    transcribe.run()
    transcript = read(recording)
    assert transcript.status == "failed"
    assert transcript.failure.split(":")[0] in ("NOT_CONFIGURED", "MODEL_NOT_THERE")
    _use(app, "tests.tones:ToneTranscriber")
    transcripts.retry(db.session.merge(cast.nam), transcript)
    db.session.commit()
    transcribe.run()
    assert read(recording).status == "ready"


def _use(app: Flask, model: str) -> None:
    from dataclasses import replace

    app.extensions["meetly_config"] = replace(app.extensions["meetly_config"], speech_model=model)


def test_a_full_disk_pauses_the_cutting_without_counting(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise NoSpace()

    with monkeypatch.context() as patch:
        patch.setattr(type(files), "write", full)
        for _ in range(5):
            with pytest.raises(NoSpace):
                transcribe.run()
    transcript = read(recording)
    assert (transcript.status, transcript.attempts, transcript.owner) == ("splitting", 0, None)
    db.session.commit()
    transcribe.run()
    assert read(recording).status == "ready"


def test_being_asked_to_stop_leaves_the_cutting_to_the_next(recording: Recording) -> None:
    asked = iter([False, False, True])
    done = transcribe.step("first", lambda: next(asked))
    assert done == transcribe.Step("split", 1)
    transcript = read(recording)
    assert (transcript.status, transcript.owner) == ("splitting", None)
    assert jobs.cut_already(transcript.id) == {0, 1}
    db.session.commit()
    transcribe.run()
    assert read(recording).status == "ready"


def test_the_hash_is_made_up_for_when_the_last_request_died(
    cast: Cast, meeting: Meeting, tmp_path: Path
) -> None:
    content = tones.write_wav(tmp_path / "a.wav", SAID[:3]).read_bytes()
    upload = recordings.begin(cast.nam, meeting, "a.wav", len(content))
    recordings.append(cast.nam, upload.upload_id, 0, content)
    db.session.commit()
    transcribe.run()
    assert read(upload).status == "ready"


def test_the_heart_notices_a_lost_lease(app: Flask) -> None:
    beats: list[bool] = []

    def beat() -> bool:
        beats.append(True)
        return len(beats) < 3

    with Heart(beat) as heart:
        heart._pause = 0.01
    slow = Heart(beat)
    slow._pause = 0.01
    with slow:
        deadline = time.monotonic() + 10
        while not slow.is_lost and time.monotonic() < deadline:
            time.sleep(0.01)
    assert slow.is_lost
    assert len(beats) == 3


def test_a_heart_never_waits_for_a_lock_its_own_work_holds(recording: Recording) -> None:
    jobs.open_for(db.session.merge(recording))
    db.session.commit()

    def beat() -> bool:
        return jobs.hold_chunks("nobody")  # wants to write

    begun = time.monotonic()
    with pytest.raises(LookupError), Heart(beat) as heart:
        heart._pause = 0.01
        time.sleep(0.05)
        jobs.claim_split("me")  # takes the lock of the database
        time.sleep(0.2)
        raise LookupError
    with Heart(beat) as heart:
        heart._pause = 0.01
        time.sleep(0.05)
        jobs.claim_split("me")
        time.sleep(0.2)
    assert time.monotonic() - begun < sqlite.BUSY_SECONDS / 2
    assert read(recording).owner is None, "what was not committed is not kept"


def test_tidying_drops_what_was_heard_and_keeps_what_was_not(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcribe.run()
    monkeypatch.setattr(arriving, "GRACE", -1.0)
    monkeypatch.setattr(recordings.sweep, "__defaults__", (-1.0,))
    chunk, *others = db.session.query(Chunk).filter(Chunk.storage_key != "").order_by(Chunk.ordinal)
    kept, heard = chunk.storage_key, len(others)
    chunk.status = ChunkStatus.FAILED
    db.session.commit()
    assert tidy_uploads.run() == heard
    assert files.exists(kept)
    assert files.exists(db.session.get_one(Recording, recording.id).storage_key)
    assert tidy_uploads.run() == 0


# -- real processes ----------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Flask, dict[str, str]]]:
    data = tmp_path / "var"
    app = create_app(Config(data=data, secret="s", speech_model="tests.tones:ToneTranscriber"))
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MEETLY_")}
    yield app, {
        **kept, "MEETLY_DATA": str(data), "MEETLY_SECRET": "s", "MEETLY_TEST_SLOWNESS": "0.3",
        "MEETLY_SPEECH_MODEL": "tests.tones:KillingTranscriber", "MEETLY_TEST_DEADLY": "nothing",
    }  # fmt: skip


def test_the_worker_keeps_a_speech_process_and_ends_politely(
    house: tuple[Flask, dict[str, str]], tmp_path: Path
) -> None:
    app, environment = house
    from tests import cast as cast_of_tests

    with app.app_context():
        db.create_all()
        cast = cast_of_tests.assemble()
        path = tones.write_wav(tmp_path / "a.wav", SAID)
        recording = recordings.receive_file(cast.nam, scheduled(cast), path)
        db.session.commit()
        db.session.remove()
    log = (tmp_path / "log.txt").open("w+")
    worker = subprocess.Popen(
        [sys.executable, "-m", "workers"], env=environment, stderr=log, stdout=log,
        cwd=Path(__file__).resolve().parent.parent.parent,
    )  # fmt: skip
    try:
        with app.app_context():
            deadline = time.monotonic() + 90
            while not db.session.query(Chunk).filter(Chunk.status == "claimed").count():
                db.session.rollback()
                assert worker.poll() is None and time.monotonic() < deadline
                time.sleep(0.1)
            db.session.rollback()
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=60) == 0
            held = db.session.query(Chunk).filter(Chunk.status == "claimed").count()
            done = db.session.query(Chunk).filter(Chunk.status == "done").count()
            assert (held, done > 0) == (0, True)
            assert read(recording).status == "transcribing"
            db.session.remove()
            db.engine.dispose()
    finally:
        worker.kill()
        worker.wait()
        log.close()
    logging.getLogger(__name__).info("ended")
