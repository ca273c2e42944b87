"""Every job of the registry: running it five times does what running it once does."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from meetly import clock
from meetly.config import Config
from meetly.directions.models import Direction, DirectionStatus
from meetly.extensions import db
from meetly.materials import service as materials
from meetly.materials.reports.models import ReportRequest
from meetly.meetings.audience import Audience
from meetly.meetings.models import Meeting
from meetly.meetings.plan import AgendaPlan
from meetly.meetings.series import service as series_service
from meetly.meetings.series.recurrence import Rule, Shape
from meetly.meetings.series.service import Design
from meetly.meetings.series.template import Expected
from meetly.minutes import kept_papers
from meetly.minutes.printing import service as printing
from meetly.recordings import service as recordings
from meetly.tasks.reminding import service as reminding
from meetly.tasks.reminding.plan import Plan
from meetly.tasks.standing.models import Frequency, StandingTask
from tests import tones
from tests.cast import Cast, recall
from tests.materials import samples
from tests.meetings.plans import briefing, held_yesterday, scheduled
from tests.tasks.reminding.stage import given
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
    for name, paper in (("a.pdf", samples.printed("Báo cáo")), ("b.txt", samples.TEXT)):
        materials.add(cast.nam, meeting, name, io.BytesIO(paper))
    half = recordings.begin(cast.nam, meeting, "nửa chừng.ogg", 100)
    half.created_at -= timedelta(days=1)  # nobody goes on with it, so no draft waits for it
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
    if name == "print_papers":
        printing.ask(kept_papers.store(samples.written("Giải ngân.")))
        db.session.commit()
    if name == "remind":
        start = datetime.now(UTC) + timedelta(minutes=30)
        meeting = scheduled(recall(), starts_at=start, ends_at=start + timedelta(hours=1))
        meeting.published_at = start - timedelta(days=30)
        db.session.commit()
    if name == "remind_tasks":
        due_today(recall())
    if name == "ask_reports":
        weekly_with_reports(recall())
    if name == "open_periods":
        owed_daily(recall())
    if name == "carry_forward":
        asked_for_conclusions(recall())


def owed_daily(cast: Cast) -> None:
    """Let Nậm Hoa owe something every day since three days ago, of which only that one is open."""
    then = clock.today() - timedelta(days=3)
    meeting = db.session.scalars(sa.select(Meeting)).first()
    direction = Direction(
        owner_unit_id=cast.office.id, given_on=then, ordinal=1, text="Báo cáo", span="Báo cáo",
        meeting=meeting, recurring="hằng ngày", status=DirectionStatus.CONFIRMED,
    )  # fmt: skip
    db.session.add(direction)
    db.session.flush()
    standing = StandingTask(
        direction_id=direction.id, owner_unit_id=cast.office.id, lead_unit_id=cast.nam_hoa.id,
        lead_name=cast.nam_hoa.name, frequency=Frequency.DAILY, starts_on=then, last_due=then,
        opened_by_id=cast.khai.id,
    )  # fmt: skip
    db.session.add(standing)
    db.session.commit()


def asked_for_conclusions(cast: Cast) -> None:
    """Plan a briefing for tomorrow that begins with what became of yesterday's conclusions."""
    start = datetime.now(UTC) + timedelta(days=1)
    agenda = (AgendaPlan(title="Báo cáo việc thực hiện kết luận kỳ trước"),)
    scheduled(cast, starts_at=start, ends_at=start + timedelta(hours=1), agenda=agenda)
    db.session.commit()


def due_today(cast: Cast) -> None:
    """Give a commune a task that is due today, and let it be at any hour of the day."""
    awake = Plan(digest_at=time(0), quiet_from=time(0), quiet_until=time(0))
    reminding.keep_plan(cast.khai, cast.office, awake)
    month_ago = clock.now() - timedelta(days=30)
    given(cast.khai, cast.office, cast.nam_hoa, clock.today(), month_ago)
    db.session.commit()


def weekly_with_reports(cast: Cast) -> None:
    """Begin a weekly briefing before which the communes owe a report."""
    report = Expected("Báo cáo tuần", 1, Audience(groups=("localities",)), 2, time(16))
    first = clock.from_local(datetime.combine(clock.today() + timedelta(days=10), time(8)))
    plan = briefing(cast, starts_at=first, ends_at=first + timedelta(hours=1))
    everybody = Audience(groups=("localities",))
    daily = Rule(Shape.WEEKLY, weekdays=(0, 1, 2, 3, 4))
    design = Design(plan, everybody, daily, reports=(report,))
    series_service.begin(cast.nam, cast.office, design)
    db.session.commit()


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
    assert once["task"] == {"open_periods": 3, "remind_tasks": 1}.get(name, 0)
    assert once["carried_report"] == (1 if name == "carry_forward" else 0)
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


def test_the_reports_a_series_expects_are_asked_for_by_the_clock(app: Flask, cast: Cast) -> None:
    weekly_with_reports(cast)
    count = len(db.session.scalars(sa.select(Meeting.id)).all())
    db.session.commit()
    assert run_job(app, "ask_reports") == 2 * count > 0  # of a commune and a ward
    asked = db.session.scalars(sa.select(ReportRequest).order_by(ReportRequest.due_at)).first()
    assert asked is not None and asked.agenda_item_id is not None
    assert asked.due_at < asked.meeting.starts_at
