"""Chunks heard a few at a time: stored one by one, and no neighbour suffers for another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from meetly import arriving
from meetly.config import Config
from meetly.extensions import db
from meetly.recordings import service as recordings
from meetly.storage import files
from meetly.transcripts import exports, jobs
from meetly.transcripts import service as transcripts
from meetly.transcripts.models import Chunk, ChunkStatus, Transcript
from meetly.transcripts.splitting import split
from meetly.transcripts.stretches import stretches
from meetly.transcripts.takes import service as takes
from tests import tones
from tests.cast import Cast
from tests.meetings.plans import scheduled
from workers import crew, hearing, tidy_uploads, transcribe

SAID = tones.sentences(16)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path / "var", secret="s", speech_model="tests.tones:ToneTranscriber")


@pytest.fixture
def waiting(app: Flask, cast: Cast, tmp_path: Path) -> int:
    """Return the id of a transcript that is cut and has not been heard."""
    path = tones.write_wav(tmp_path / "họp.wav", SAID)
    recording = recordings.receive_file(cast.nam, scheduled(cast), path)
    db.session.commit()
    step = transcribe.step("cutter")
    assert step and step.kind == "split"
    found = transcripts.of_recording(db.session.merge(recording))
    assert found is not None
    return found.id


@pytest.fixture
def batch(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda count: monkeypatch.setenv("MEETLY_TEST_BATCH", str(count))


def read(transcript_id: int) -> Transcript:
    return db.session.get_one(Transcript, transcript_id, populate_existing=True)


def chunks(transcript_id: int) -> list[Chunk]:
    query = select(Chunk).where(Chunk.transcript_id == transcript_id, Chunk.storage_key != "")
    query = query.order_by(Chunk.ordinal).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def text_of(transcript_id: int) -> str:
    return exports.as_json(transcripts.export(read(transcript_id)))


def test_the_text_does_not_depend_on_how_many_are_heard_at_once(
    waiting: int, batch: Callable[[int], None], cast: Cast, tmp_path: Path
) -> None:
    batch(4)
    assert transcribe.run() == -(-len(chunks(waiting)) // 4)
    one = text_of(waiting)
    batch(1)
    meeting = read(waiting).recording.meeting
    other = recordings.receive_file(db.session.merge(cast.nam), meeting, tmp_path / "họp.wav")
    db.session.commit()
    transcribe.run()
    second = transcripts.of_recording(db.session.merge(other))
    assert second is not None and text_of(second.id) == one
    assert {c.attempts for c in chunks(waiting)} == {1}
    assert sum(c.took for c in chunks(waiting)) > 0


def test_one_chunk_that_breaks_the_engine_takes_no_neighbour_along(
    waiting: int, batch: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch(5)
    deadly = " ".join(SAID[6][:2])
    monkeypatch.setenv("MEETLY_TEST_DEADLY", deadly.capitalize())
    read(waiting).model = "tests.tones:ChokingTranscriber"
    db.session.commit()
    transcribe.run()
    failed = [c for c in chunks(waiting) if c.status == ChunkStatus.FAILED]
    assert read(waiting).status == "ready"
    assert len(failed) == 1
    assert {c.attempts for c in chunks(waiting) if c not in failed} == {1}
    assert deadly not in " ".join(s.text.lower() for s in transcripts.segments(read(waiting)))


def test_what_was_begun_before_is_heard_alone(waiting: int) -> None:
    held = jobs.claim_next("dead")
    assert held and jobs.claim_beside(held, "dead", 2)
    jobs.release("dead")
    one = jobs.claim_next("a")
    assert one and one.attempts == 2
    assert jobs.claim_beside(one, "a", 2) == []
    two = jobs.claim_next("b")
    assert two and jobs.claim_beside(two, "b", 2) == []
    four = [jobs.claim_next(owner) for owner in "cd"]
    assert four[1] and four[1].attempts == 1
    assert len(jobs.claim_beside(four[1], "d", 2)) == 2


def test_a_batch_is_of_one_model(waiting: int) -> None:
    first, second, *_ = chunks(waiting)
    second.model = "another"
    db.session.flush()
    held = jobs.claim_next("a")
    assert held and held.id == first.id
    assert second.id not in {c.id for c in jobs.claim_beside(held, "a", 3)}


def test_the_rest_is_shared_between_the_processes(waiting: int) -> None:
    for chunk in chunks(waiting)[6:]:
        chunk.status = ChunkStatus.DONE
    db.session.flush()
    held = jobs.claim_next("a")
    assert held and len(jobs.claim_beside(held, "a", 7, sharers=2)) == 2, "three of six"
    other = jobs.claim_next("b")
    assert other and len(jobs.claim_beside(other, "b", 7, sharers=2)) == 1, "two of three"


def test_the_number_of_processes_is_a_setting() -> None:
    config = Config(secret="s")
    assert (crew.processes(config), crew.threads(config)) == (1, 0)
    three = replace(config, speech_processes=3)
    assert crew.processes(three) == 3
    assert crew.threads(three) >= 1
    assert crew.threads(replace(three, speech_threads=5)) == 5


def test_a_database_that_is_full_for_a_while_costs_no_attempt(
    waiting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "store", full)
        for _ in range(4):
            with pytest.raises(OperationalError):
                transcribe.step("a")
    assert {(c.status, c.attempts, c.owner) for c in chunks(waiting)} == {("pending", 0, None)}
    transcribe.run()
    assert (read(waiting).status, transcripts.gaps(read(waiting))) == ("ready", [])


def test_what_was_tidied_away_is_cut_again_to_the_last_sample(
    waiting: int, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {c.id: files.read(c.storage_key) for c in chunks(waiting)}
    transcribe.run()
    before = text_of(waiting)
    monkeypatch.setattr(arriving, "GRACE", -1.0)
    monkeypatch.setattr(recordings.sweep, "__defaults__", (-1.0,))
    assert tidy_uploads.run() == len(kept)
    key = takes.models(read(waiting))[0].key
    again = {chunks(waiting)[place].id for place in (1, -2, -1)}
    for chunk_id in again:
        takes.hear_again(db.session.merge(cast.nam), chunk_id, key)
    db.session.commit()
    transcribe.run()
    for chunk in chunks(waiting):
        if chunk.id in again:
            assert files.read(chunk.storage_key) == kept[chunk.id]
    assert text_of(waiting) == before
    assert [c.take for c in chunks(waiting)].count(2) == 3


def test_stretches_are_the_chunks(tmp_path: Path) -> None:
    source = tones.write_wav(tmp_path / "họp.wav", SAID)
    cuts = list(split(source, target=2.0, longest=4.0))
    spans = [(c.start, None if c is cuts[-1] else c.end) for c in cuts]
    for chosen in (slice(None), slice(2, 5), slice(-1, None), slice(0, None, 3)):
        told = list(stretches(source, spans[chosen]))
        for cut, samples in zip(cuts[chosen], told, strict=True):
            rounded = np.rint(samples * 32768) / 32768
            assert np.array_equal(rounded.astype(np.float32), cut.samples.astype(np.float32))


def test_the_engine_is_run_where_it_is_told(waiting: int) -> None:
    told: list[int] = []

    def aside(work: Callable[[], hearing.Pieces]) -> hearing.Pieces:
        told.append(1)
        return work()

    assert hearing.hear_some("a", aside) == waiting
    assert told == [1]
