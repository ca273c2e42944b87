"""Every job of the registry: running it five times does what running it once does."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from meetly.config import Config
from meetly.extensions import db
from meetly.recordings import service as recordings
from tests import tones
from tests.cast import Cast
from tests.meetings.plans import held_yesterday
from workers import timetable, transcribe
from workers.timetable import EVERY, JOBS, run_job

#: Times of day and tokens that differ from run to run without meaning anything.
PASSING = {"took", "finished_at", "ready_at", "at", "hash", "lease_expires_at", "owner"}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path / "var", secret="s", speech_model="tests.tones:ToneTranscriber")


@pytest.fixture
def house(app: Flask, cast: Cast, tmp_path: Path) -> Flask:
    """A meeting that was held, with a recording waiting."""
    meeting = held_yesterday(cast)
    path = tones.write_wav(tmp_path / "họp.wav", tones.sentences(5))
    recordings.receive_file(cast.nam, meeting, path)
    recordings.begin(cast.nam, meeting, "nửa chừng.ogg", 100)
    db.session.commit()
    db.session.remove()
    return app


def contents() -> dict[str, list[tuple[str, ...]]]:
    """Return every row of every table but for what passes."""
    found = {}
    for table in db.metadata.sorted_tables:
        columns = [column for column in table.columns if column.name not in PASSING]
        rows = db.session.execute(sa.select(*columns).order_by(*table.primary_key)).all()
        found[table.name] = [tuple(map(str, row)) for row in rows]
    db.session.rollback()
    return found


def prepare(name: str) -> None:
    """Bring the house to where this job has something to do."""
    if name != "transcribe":
        transcribe.run()
    if name == "send_notices":
        JOBS["draft_minutes"]()


@pytest.mark.parametrize("name", JOBS)
def test_running_a_job_five_times_is_running_it_once(house: Flask, name: str) -> None:
    prepare(name)
    run_job(house, name)
    after_one = contents()
    for _ in range(4):
        assert run_job(house, name) == 0
    assert contents() == after_one


@pytest.mark.parametrize("name", JOBS)
def test_running_a_job_five_times_at_once_is_running_it_once(house: Flask, name: str) -> None:
    prepare(name)
    ready = threading.Barrier(5)
    counts: list[int] = []

    def run() -> None:
        ready.wait()
        counts.append(run_job(house, name))

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    at_once = contents()
    assert run_job(house, name) == 0
    assert contents() == at_once
    once = {kind: len(rows) for kind, rows in at_once.items()}
    assert once["transcript"] == 1
    assert once["minutes"] == (1 if name in ("draft_minutes", "send_notices") else 0)
    keys = [row[1:3] for row in at_once["notice"]]
    assert len(keys) == len(set(keys))


def test_the_timetable_ticks_each_job_alone_and_late_ones_once(app: Flask) -> None:
    scheduler = timetable.start(app)
    try:
        ticked = {job.id: job for job in scheduler.get_jobs()}
        assert set(ticked) == set(EVERY) == set(JOBS) - {"transcribe"}
        for job in ticked.values():
            assert (job.coalesce, job.max_instances) == (True, 1)
            assert job.misfire_grace_time >= 60
    finally:
        scheduler.shutdown(wait=True)


def test_a_job_that_fails_is_logged_and_does_not_end_the_worker(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> int:
        raise RuntimeError("no")

    monkeypatch.setitem(JOBS, "send_notices", fail)
    assert run_job(app, "send_notices") == 0
    assert "send_notices failed" in caplog.text
