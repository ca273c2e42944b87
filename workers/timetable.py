"""Which job runs when; the sole home of the scheduler."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from meetly.extensions import db
from workers import (
    ask_reports,
    carry_forward,
    draft_minutes,
    fetch_conference_recordings,
    fetch_replies,
    open_occurrences,
    open_periods,
    preview_materials,
    print_papers,
    remind,
    remind_tasks,
    send_notices,
    sync_conferences,
    tidy_uploads,
    transcribe,
)

log = logging.getLogger(__name__)

MINUTE = 60
HOUR = 60 * MINUTE

#: Every job of the house. Running one again, or twice at once, must do nothing more.
JOBS: dict[str, Callable[[], int]] = {
    "transcribe": transcribe.run,
    "draft_minutes": draft_minutes.run,
    "open_occurrences": open_occurrences.run,
    "open_periods": open_periods.run,
    "carry_forward": carry_forward.run,
    "preview_materials": preview_materials.run,
    "print_papers": print_papers.run,
    "ask_reports": ask_reports.run,
    "remind": remind.run,
    "remind_tasks": remind_tasks.run,
    "send_notices": send_notices.run,
    "fetch_replies": fetch_replies.run,
    "sync_conferences": sync_conferences.run,
    "fetch_conference_recordings": fetch_conference_recordings.run,
    "tidy_uploads": tidy_uploads.run,
}

#: Seconds between two runs. What is not named here runs in the speech process.
EVERY = {
    "draft_minutes": 3,
    "open_occurrences": 10 * MINUTE,
    "open_periods": 10 * MINUTE,
    "carry_forward": MINUTE,
    "preview_materials": 5,
    "print_papers": 3,
    "ask_reports": 5 * MINUTE,
    "remind": MINUTE,
    "remind_tasks": 5 * MINUTE,
    "send_notices": 10,
    "fetch_replies": MINUTE,
    "sync_conferences": 30,
    "fetch_conference_recordings": 30,
    "tidy_uploads": 10 * MINUTE,
}


def start(app: Flask) -> BackgroundScheduler:
    """Begin to tick the jobs; a job that is late runs once, never twice at a time."""
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(len(EVERY))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": HOUR},
    )
    for name, seconds in EVERY.items():
        scheduler.add_job(run_job, "interval", [app, name], seconds=seconds, id=name)
    scheduler.start()
    return scheduler


def run_job(app: Flask, name: str) -> int:
    """Run one job once in a context of its own; what goes wrong is logged, not raised."""
    begun = time.perf_counter()
    with app.app_context():
        try:
            count = JOBS[name]()
        except Exception:
            log.exception("%s failed and will run again", name)
            return 0
        finally:
            db.session.rollback()
            db.session.remove()
    if count:
        log.info("%s: %s in %.1f s", name, count, time.perf_counter() - begun)
    return count
