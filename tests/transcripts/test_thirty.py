"""Thirty recordings at once: units take turns, pages ask little, a claim costs what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import event, select

from meetly import clock
from meetly.accounts.models import User
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.recordings import service as recordings
from meetly.recordings.models import Recording
from meetly.recordings.sound import Sound
from meetly.transcripts import claims, jobs, progress, service
from meetly.transcripts.models import Chunk, ChunkStatus, Transcript, TranscriptStatus
from tests.cast import Cast
from tests.meetings.plans import briefing, scheduled
from tests.transcripts.stage import heard

SignIn = Callable[[User], FlaskClient]
COUNT = 30


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """Write down the questions the database is asked."""
    found: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        found.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def other_meeting(cast: Cast) -> Meeting:
    """Return a meeting of another unit, whose secretary is Lạ."""
    return meetings.schedule(
        cast.la, briefing(cast, chair_id=None, secretary_id=None, agenda=(), unit_ids=())
    )


def queued(user: User, meeting: Meeting, folder: Path, count: int, chunks: int = 4) -> list[int]:
    """Bring recordings in that are cut and wait to be heard; return their transcripts."""
    path = folder / "họp.ogg"
    path.write_bytes(b"OggS" + bytes(100))
    made = []
    for _ in range(count):
        recording = recordings.receive_file(user, meeting, path)
        sound = Sound(duration=10.0 * chunks, codec="opus", channels=1, sample_rate=48000)
        recordings.accept(recording, sound, "audio/ogg", [-0.5, 0.5])
        transcript = jobs.open_for(recording)
        transcript.status = TranscriptStatus.TRANSCRIBING
        db.session.add_all(
            Chunk(
                transcript_id=transcript.id, ordinal=number, start=10.0 * number,
                end=10.0 * number + 10, speech=8.0, storage_key=f"chunks/{transcript.id}/{number}",
            )
            for number in range(chunks)
        )  # fmt: skip
        made.append(transcript.id)
    db.session.commit()
    return made


def hear(count: int) -> list[int]:
    """Hear the next chunks; return of which transcripts they were."""
    order = []
    for number in range(count):
        chunk = jobs.claim_next("ear")
        assert chunk and jobs.store(chunk.id, "ear", heard(number), 1.0)
        order.append(chunk.transcript_id)
    return order


def test_a_unit_that_comes_last_does_not_wait_for_thirty_recordings(
    cast: Cast, tmp_path: Path
) -> None:
    many = queued(cast.nam, scheduled(cast), tmp_path, COUNT)
    assert set(hear(3)) == {many[0]}
    [last] = queued(cast.la, other_meeting(cast), tmp_path, 1)
    order = hear(8)
    assert order.count(last) == 4, "every second chunk is the other unit's"
    assert order[0] == last
    assert db.session.get_one(Transcript, last).status == "ready"


def test_a_process_more_serves_the_unit_that_has_none(cast: Cast, tmp_path: Path) -> None:
    many = queued(cast.nam, scheduled(cast), tmp_path, COUNT)
    [other] = queued(cast.la, other_meeting(cast), tmp_path, 1)
    owners = "abcd"
    taken = [chunk.transcript_id for owner in owners if (chunk := jobs.claim_next(owner))]
    assert sorted(taken) == [many[0], many[0], other, other]


def test_cutting_takes_turns_and_does_not_run_far_ahead(cast: Cast, tmp_path: Path) -> None:
    many = queued(cast.nam, scheduled(cast), tmp_path, COUNT)
    other = queued(cast.la, other_meeting(cast), tmp_path, 2)
    for transcript_id in (*many, *other):
        db.session.get_one(Transcript, transcript_id).status = TranscriptStatus.SPLITTING
    db.session.commit()
    turns = claims.splits_in_turn(clock.now())
    assert turns[:4] == [many[0], other[0], many[1], other[1]]
    assert len(turns) == claims.AHEAD + 2, "the disk is not filled with chunks nobody hears yet"
    for transcript_id in turns[: 2 * 2]:
        db.session.get_one(Transcript, transcript_id).status = TranscriptStatus.TRANSCRIBING
    db.session.commit()
    assert len(claims.splits_in_turn(clock.now())) == claims.AHEAD - 2
    claimed = jobs.claim_split("a")
    assert claimed and claimed.id == many[2]


def test_pages_ask_no_more_of_thirty_recordings_than_of_one(
    sign_in: SignIn, cast: Cast, tmp_path: Path
) -> None:
    meeting = scheduled(cast)
    [first] = queued(cast.nam, meeting, tmp_path, 1)
    hear(2)
    db.session.commit()
    recording_id = db.session.get_one(Transcript, first).recording_id
    addresses = [
        f"/meetings/{meeting.id}/recordings", f"/transcripts/{first}",
        f"/recordings/{recording_id}/transcript", f"/meetings/{meeting.id}/recordings/expected",
    ]  # fmt: skip
    browser = sign_in(cast.nam)

    def questions() -> dict[str, int]:
        count = {}
        for address in addresses:
            with asked() as told:
                answer = browser.get(address, headers={"HX-Request": "true"})
            assert answer.status_code == 200, address
            count[address] = len(told)
        return count

    alone = questions()
    queued(cast.nam, meeting, tmp_path, COUNT - 1)
    among_many = questions()
    assert {a: among_many[a] - alone[a] for a in addresses} == dict.fromkeys(addresses, 0)
    assert max(among_many.values()) <= 40, among_many
    assert "Đang có 30 bản ghi chờ trước" in browser.get(addresses[3]).text


def test_the_list_names_thirty_people_without_asking_for_each(
    sign_in: SignIn, cast: Cast, tmp_path: Path
) -> None:
    meeting = scheduled(cast)
    queued(cast.nam, meeting, tmp_path, COUNT)
    for number, recording in enumerate(db.session.scalars(select(Recording)).all()):
        recording.uploaded_by_id = (cast.nam, cast.khai, cast.hoa, cast.sinh)[number % 4].id
    db.session.commit()
    browser = sign_in(cast.nam)
    with asked() as told:
        assert browser.get(f"/meetings/{meeting.id}/recordings").status_code == 200
    assert len(told) <= 20


@pytest.mark.parametrize("work", ["claim", "look", "queue"])
def test_the_work_per_chunk_does_not_grow_with_what_is_finished(
    cast: Cast, tmp_path: Path, work: str
) -> None:
    [transcript_id] = queued(cast.nam, scheduled(cast), tmp_path, 1)
    steps_before = steps_of(work, transcript_id)
    moment = clock.now()
    db.session.execute(
        sa.insert(Chunk),
        [
            {
                "transcript_id": transcript_id, "ordinal": 100 + number, "start": float(number),
                "end": float(number + 1), "speech": 1.0, "storage_key": "", "attempts": 1,
                "status": ChunkStatus.DONE, "took": 0.5, "finished_at": moment, "take": 1,
            }
            for number in range(5_000)
        ],
    )  # fmt: skip
    db.session.commit()
    assert steps_of(work, transcript_id) <= steps_before + 500


def steps_of(work: str, transcript_id: int) -> int:
    """Count the steps of SQLite's machine that a piece of work takes: time without a clock."""
    raw: Any = db.session.connection().connection.dbapi_connection
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 100
        return 0

    raw.set_progress_handler(count, 100)
    try:
        if work == "claim":
            chunk = jobs.claim_next("ear")
            assert chunk and chunk.ordinal < 100
        elif work == "look":
            assert jobs.may_hear() and not jobs.may_split()
        else:
            progress._queued()
    finally:
        raw.set_progress_handler(None, 0)
        db.session.rollback()
    return steps


@pytest.mark.parametrize("work", ["claim", "pace"])
def test_no_question_reads_a_whole_table_of_chunks(cast: Cast, tmp_path: Path, work: str) -> None:
    [transcript_id] = queued(cast.nam, scheduled(cast), tmp_path, 1)
    with asked() as told:
        if work == "claim":
            chunk = jobs.claim_next("ear")
            assert chunk and jobs.hold_chunks("ear") and jobs.store(chunk.id, "ear", [], 1.0)
            jobs.release("ear")
        else:
            service.progress(db.session.get_one(Transcript, transcript_id))
            service.expected()
    raw: Any = db.session.connection().connection.dbapi_connection
    for statement, parameters in told:
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE")):
            plan = raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            for *_, line in plan:
                assert not line.startswith("SCAN chunk") or "INDEX" in line, (line, statement)
                assert not line.startswith("SCAN segment"), (line, statement)
