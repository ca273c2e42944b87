"""Rows as jobs: claimed once, stored once, set aside when they kill, settled from what is there."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from meetly import clock, search
from meetly.app import create_app
from meetly.config import Config
from meetly.errors import BadInput, NotConfigured
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.transcripts import jobs, progress, service
from meetly.transcripts.models import Chunk, Segment, Transcript
from tests import cast as cast_of_tests
from tests.cast import Cast
from tests.meetings.plans import briefing
from tests.transcripts.stage import cut, heard, received, transcribed

Later = Callable[[float], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Give a function that lets the clock jump ahead by some seconds."""
    ahead = timedelta()
    real: Callable[[], datetime] = clock.now

    def jump(seconds: float) -> None:
        nonlocal ahead
        ahead += timedelta(seconds=seconds)

    monkeypatch.setattr(clock, "now", lambda: real() + ahead)
    return jump


def states(transcript: Transcript) -> list[str]:
    query = select(Chunk.status).where(Chunk.transcript_id == transcript.id)
    return [str(status) for status in db.session.scalars(query.order_by(Chunk.ordinal))]


# -- opening and cutting -----------------------------------------------------------------------


def test_opening_twice_is_opening_once(cast: Cast, tmp_path: Path) -> None:
    recording = received(cast, tmp_path)
    first = jobs.open_for(recording)
    assert jobs.open_for(recording) is first
    assert (first.language, first.target, first.longest) == ("vi", 9.0, 14.5)


def test_a_split_has_one_owner_until_the_lease_runs_out(
    cast: Cast, tmp_path: Path, later: Later
) -> None:
    transcript = jobs.open_for(received(cast, tmp_path))
    assert jobs.claim_split("a")
    assert jobs.claim_split("b") is None
    assert jobs.hold_split(transcript.id, "a")
    later(121)
    assert jobs.claim_split("b")
    assert not jobs.hold_split(transcript.id, "a")
    chunk = {"ordinal": 0, "start": 0.0, "end": 9.0, "speech": 4.0, "storage_key": "chunks/1/0"}
    assert not jobs.add_chunk(transcript.id, "a", **chunk)  # type: ignore[arg-type]
    assert not jobs.finish_split(transcript.id, "a")
    assert jobs.cut_already(transcript.id) == set()
    assert jobs.add_chunk(transcript.id, "b", **chunk)  # type: ignore[arg-type]
    assert jobs.finish_split(transcript.id, "b")


def test_a_recording_that_keeps_killing_its_splitter_is_given_up(
    cast: Cast, tmp_path: Path, later: Later
) -> None:
    transcript = jobs.open_for(received(cast, tmp_path))
    for _ in range(3):
        assert jobs.claim_split("a")
        later(121)
    assert jobs.claim_split("a") is None
    db.session.refresh(transcript)
    assert transcript.status == "failed"
    assert transcript.failure.startswith("SPLIT_KILLED: ")


def test_a_splitter_that_gets_on_may_be_killed_often(
    cast: Cast, tmp_path: Path, later: Later
) -> None:
    transcript = jobs.open_for(received(cast, tmp_path))
    for number in range(8):
        assert jobs.claim_split(f"w{number}")
        assert jobs.add_chunk(
            transcript.id, f"w{number}", ordinal=number, start=number, end=number + 1, speech=0.5,
            storage_key="chunks/1/x",
        )  # fmt: skip
        later(121)


# -- claiming and storing ----------------------------------------------------------------------


def test_chunks_are_handed_out_once_and_in_order(cast: Cast, tmp_path: Path) -> None:
    cut(received(cast, tmp_path), 4, empty=[1])
    claimed = [jobs.claim_next(owner) for owner in "abcd"]
    assert [chunk and chunk.ordinal for chunk in claimed] == [0, 2, 3, None]


def test_the_result_of_a_lost_lease_is_refused(cast: Cast, tmp_path: Path, later: Later) -> None:
    transcript = cut(received(cast, tmp_path), 1)
    chunk = jobs.claim_next("sleeper")
    assert chunk
    later(121)
    again = jobs.claim_next("awake")
    assert again and again.id == chunk.id
    assert not jobs.heartbeat(chunk.id, "sleeper")
    assert not jobs.store(chunk.id, "sleeper", heard(7), 1.0)
    assert not jobs.give_up(chunk.id, "sleeper")
    assert service.segments(transcript) == []
    assert jobs.store(chunk.id, "awake", heard(0), 1.0)
    assert not jobs.store(chunk.id, "awake", heard(0), 1.0)
    assert not jobs.store(chunk.id, "sleeper", heard(7), 1.0)
    assert [s.text for s in service.segments(transcript)] == [h.text for h in heard(0)]


def test_a_heartbeat_keeps_the_lease(cast: Cast, tmp_path: Path, later: Later) -> None:
    cut(received(cast, tmp_path), 1)
    chunk = jobs.claim_next("a")
    assert chunk
    for _ in range(5):
        later(100)
        assert jobs.heartbeat(chunk.id, "a")
        assert jobs.claim_next("b") is None


def test_what_nobody_else_took_may_still_be_stored(
    cast: Cast, tmp_path: Path, later: Later
) -> None:
    cut(received(cast, tmp_path), 1)
    chunk = jobs.claim_next("slow")
    assert chunk
    later(10_000)
    assert jobs.store(chunk.id, "slow", heard(0), 1.0)


def test_a_chunk_that_keeps_killing_becomes_a_marked_gap(
    cast: Cast, tmp_path: Path, later: Later
) -> None:
    transcript = cut(received(cast, tmp_path), 2)
    for _ in range(3):
        chunk = jobs.claim_next("victim")
        assert chunk and chunk.ordinal == 0
        later(121)
    chunk = jobs.claim_next("victim")
    assert chunk and chunk.ordinal == 1
    assert jobs.store(chunk.id, "victim", heard(1), 1.0)
    db.session.refresh(transcript)
    assert (transcript.status, states(transcript)) == ("ready", ["failed", "done"])
    (gap,) = service.gaps(transcript)
    assert (gap.ordinal, gap.failure) == (0, "KILLED_WORKER")
    assert service.progress(transcript).gaps == 1


def test_a_failing_engine_is_tried_again_and_then_set_aside(cast: Cast, tmp_path: Path) -> None:
    transcript = cut(received(cast, tmp_path), 1)
    for _ in range(3):
        assert states(transcript) == ["pending"]
        chunk = jobs.claim_next("a")
        assert chunk
        assert jobs.give_up(chunk.id, "a")
    db.session.refresh(transcript)
    assert states(transcript) == ["failed"]
    assert transcript.failure.startswith("NOTHING_HEARD: ")


def test_what_a_dead_process_held_is_given_back(cast: Cast, tmp_path: Path) -> None:
    cut(received(cast, tmp_path), 2)
    first = jobs.claim_next("dead")
    assert first
    jobs.release("dead")
    db.session.refresh(first)
    assert (first.status, first.attempts) == ("pending", 1)
    again = jobs.claim_next("polite")
    assert again is first
    jobs.release("polite", politely=True)
    db.session.refresh(first)
    assert first.attempts == 1


def test_a_transcript_without_speech_says_so(cast: Cast, tmp_path: Path) -> None:
    transcript = cut(received(cast, tmp_path), 2, empty=[0, 1])
    db.session.refresh(transcript)
    assert transcript.status == "failed"
    assert transcript.failure.startswith("NO_SPEECH: ")


def test_a_missing_model_stops_the_transcript_and_a_retry_goes_on(
    cast: Cast, tmp_path: Path
) -> None:
    transcript = cut(received(cast, tmp_path), 2)
    first = jobs.claim_next("a")
    assert first
    assert jobs.store(first.id, "a", heard(0), 1.0)
    assert jobs.claim_next("a")
    jobs.fail(transcript.id, "a", NotConfigured())
    db.session.refresh(transcript)
    assert transcript.failure.startswith("NOT_CONFIGURED: ")
    assert states(transcript) == ["done", "pending"]
    assert jobs.claim_next("b") is None
    service.retry(cast.nam, transcript)
    assert transcript.status == "transcribing", "all of it was cut already"
    assert states(transcript) == ["done", "pending"]
    assert jobs.claim_next("c")


def test_a_retry_goes_on_cutting_where_the_cutting_stopped(cast: Cast, tmp_path: Path) -> None:
    transcript = jobs.open_for(received(cast, tmp_path))
    assert jobs.claim_split("a")
    assert jobs.add_chunk(
        transcript.id, "a", ordinal=0, start=0, end=9, speech=4.0, storage_key="chunks/1/x"
    )
    first = jobs.claim_next("b")
    assert first and jobs.store(first.id, "b", heard(0), 1.0)
    jobs.fail(transcript.id, "a", NotConfigured())
    service.retry(cast.nam, transcript)
    assert transcript.status == "splitting"
    assert jobs.claim_split("c")
    assert jobs.cut_already(transcript.id) == {0}


def test_the_last_step_is_found_when_a_worker_died_before_it(cast: Cast, tmp_path: Path) -> None:
    transcript = transcribed(cast, tmp_path)
    assert transcript.status == "ready"
    # As if the process had died between the last chunk and the word that all is done:
    db.session.execute(update(Transcript).values(status="transcribing", ready_at=None))
    assert jobs.settle_all() == 1
    assert jobs.settle_all() == 0
    db.session.refresh(transcript)
    assert transcript.status == "ready"


def test_units_take_turns(cast: Cast, tmp_path: Path) -> None:
    cut(received(cast, tmp_path), 4)
    plan = briefing(cast, chair_id=None, secretary_id=None, agenda=(), unit_ids=())
    other = meetings.schedule(cast.la, plan)
    path = tmp_path / "b.ogg"
    path.write_bytes(b"x")
    from meetly.recordings import service as recordings

    cut(recordings.receive_file(cast.la, other, path), 2)
    order = []
    for number in range(6):
        chunk = jobs.claim_next("ear")
        assert chunk
        order.append(db.session.get_one(Transcript, chunk.transcript_id).meeting_id == other.id)
        assert jobs.store(chunk.id, "ear", heard(number), 1.0)
    assert order == [False, True, False, True, False, False]


# -- what is stored ----------------------------------------------------------------------------


def test_sentences_stand_on_the_clock_of_the_recording(cast: Cast, tmp_path: Path) -> None:
    transcript = transcribed(cast, tmp_path)
    told = [(s.start, s.end, s.text) for s in service.segments(transcript)]
    assert told[2] == (10.5, 14.0, "Câu thứ nhất của đoạn 1.")
    assert len(told) == 6


def test_speakers_are_the_people_and_units_we_know(cast: Cast, tmp_path: Path) -> None:
    transcript = transcribed(cast, tmp_path)
    khai, sinh = (speaker for speaker, _count, _spoken in service.speakers(transcript))
    assert (khai.user_id, khai.unit_id) == (cast.khai.id, cast.office.id)
    assert (sinh.name, sinh.user_id, sinh.unit_id) == (
        "Vàng A Sình", cast.sinh.id, cast.nam_hoa.id
    )  # fmt: skip
    assert [s.speaker_id for s in service.segments(transcript)][1:3] == [khai.id, sinh.id]


def test_what_was_said_can_be_found_and_inventions_cannot(cast: Cast, tmp_path: Path) -> None:
    transcript = transcribed(cast, tmp_path)
    everything = search.SearchEntry.meeting_id == transcript.meeting_id
    hits = search.find("cau thu hai", everything)
    assert {hit.after for hit in hits} == {" thứ hai của đoạn 0.", " thứ hai của đoạn 2."}
    assert hits[0].link.startswith(f"/transcripts/{transcript.id}/segments/")


def test_time_left_is_learnt_from_the_work_done(cast: Cast, tmp_path: Path) -> None:
    transcript = cut(received(cast, tmp_path), 4)
    assert service.progress(transcript).seconds_left is None
    chunk = jobs.claim_next("ear")
    assert chunk
    assert jobs.store(chunk.id, "ear", heard(0), took=5.0)
    told = service.progress(transcript)
    assert (told.done, told.total, told.seconds_left) == (1, 4, 15.0)
    assert progress.pace(transcript) == 0.5


def test_a_deleted_transcript_is_noticed_by_its_worker(cast: Cast, tmp_path: Path) -> None:
    transcript = cut(received(cast, tmp_path), 2)
    chunk = jobs.claim_next("ear")
    assert chunk
    chunk_id = chunk.id
    service.discard(cast.nam, transcript.recording_id)
    db.session.commit()
    assert not jobs.heartbeat(chunk_id, "ear")
    assert not jobs.store(chunk_id, "ear", heard(0), 1.0)
    assert db.session.scalars(select(Segment)).all() == []


def test_bad_input_of_a_later_look_is_a_refusal(cast: Cast, tmp_path: Path) -> None:
    recording = received(cast, tmp_path)
    transcript = jobs.open_for(recording)
    service.refuse(transcript, BadInput("Tệp hỏng."))
    assert (recording.status, recording.refusal) == ("refused", "Tệp hỏng.")
    assert service.of_recording(recording) is None


# -- four processes at once --------------------------------------------------------------------


def _work(url: str, folder: Path, told: multiprocessing.Queue[tuple[int, int]]) -> None:
    app = create_app(Config(data=folder, secret="s", database=url))
    owner = f"process {os.getpid()}"
    with app.app_context():
        while chunk := jobs.claim_next(owner):
            chunk_id, ordinal = chunk.id, chunk.ordinal
            db.session.commit()
            stored = jobs.store(chunk_id, owner, heard(ordinal), 0.1)
            db.session.commit()
            if stored:
                told.put((os.getpid(), ordinal))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def test_four_processes_do_every_chunk_once(
    database_url: str, config: Config, tmp_path: Path
) -> None:
    app: Flask = create_app(Config(data=config.data, secret="s", database=database_url))
    with app.app_context():
        db.create_all()
        cast = cast_of_tests.assemble()
        transcript = cut(received(cast, tmp_path), 40)
        transcript_id = transcript.id
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
        context = multiprocessing.get_context("spawn")
        told = context.Queue()
        processes = [
            context.Process(target=_work, args=(database_url, config.data, told)) for _ in range(4)
        ]
        for process in processes:
            process.start()
        done = [told.get(timeout=90) for _ in range(40)]
        for process in processes:
            process.join(timeout=60)
        assert sorted(ordinal for _, ordinal in done) == list(range(40))
        assert told.empty()
        transcript = db.session.get_one(Transcript, transcript_id)
        assert transcript.status == "ready"
        assert len(service.segments(transcript)) == 80
        assert db.session.scalars(select(Chunk.attempts).distinct()).all() == [1]
        db.session.remove()
        db.engine.dispose()
