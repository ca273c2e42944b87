"""Starts schedulers that tell of tasks and send mails, as real processes: one fork each.

Run as `python -m tests.tasks.reminding.schedulers CLOCK`; each line on its standard input is the
slot (0 or 1) for which one is started, whose process id is printed. MEETLY_TEST_PLANTED=key plants
the defect that the unique row of a reminder is for: what was seen untold is told, and noted without
asking. MEETLY_TEST_FAKETIME=1 leaves the clock of the house alone, for libfaketime moves it.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import configure_mappers

from meetly import clock, sqlite
from meetly.app import create_app
from meetly.extensions import db
from meetly.tasks.models import Task
from meetly.tasks.reminding import finding, service
from meetly.tasks.reminding.finding import Untold
from meetly.tasks.reminding.models import ToldTask
from tests.tasks.reminding.moving_clock import MovingClock
from workers import send_notices
from workers.timetable import run_job

#: Seconds that a silent mail server is waited for here.
PATIENCE = 0.3
IDLE = 0.01


def live(app: Flask, slot: int, moving: MovingClock) -> None:
    """Do what the worker does, without a pause, until somebody kills this process."""
    while True:
        number = moving.number
        run_job(app, "remind_tasks")
        if not waits(app):
            moving.done(slot, number)
        run_job(app, "send_notices")
        time.sleep(IDLE)


def waits(app: Flask) -> bool:
    """Tell whether somebody is still to be told."""
    with app.app_context(), sqlite.reading():
        found = bool(service.due(clock.now()))
        db.session.rollback()
        db.session.remove()
    return found


def note_without_asking(found: Sequence[Untold], key: str, now: datetime) -> list[Task]:
    """Note like a careless program: what was seen untold is added."""
    for one in found:
        db.session.add(
            ToldTask(
                user_id=one.user_id, task_id=one.task.id, rule=one.rule, due=one.due,
                notice_key=key, told_at=now,
            )
        )  # fmt: skip
    return list({one.task.id: one.task for one in found}.values())


def plant() -> None:
    """Take the key away: nobody asks again what was told meanwhile."""
    heard, among = finding._heard, finding.untold_among

    def untold_among(task_ids: Iterable[int], now: datetime) -> list[Untold]:
        vars(finding)["_heard"] = lambda tasks: set()
        try:
            return among(task_ids, now)
        finally:
            vars(finding)["_heard"] = heard

    vars(finding)["untold_among"] = untold_among
    vars(service)["_first_to_tell"] = note_without_asking
    vars(service)["_key"] = lambda found, now: f"tasks.digest:{os.getpid()}.{time.monotonic_ns()}"


def main() -> None:
    """Start one scheduler for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead leave no trace
    moving = MovingClock(Path(sys.argv[1]))
    if not os.environ.get("MEETLY_TEST_FAKETIME"):
        clock.now = moving.now
    if os.environ.get("MEETLY_TEST_PLANTED") == "key":
        plant()
    vars(send_notices)["PATIENCE"] = PATIENCE
    configure_mappers()
    app = create_app()
    waits(app)
    with app.app_context():
        db.engine.dispose()  # a connection must not be shared
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            live(app, int(line), moving)
        print(child, flush=True)  # noqa: T201 - this is how the parent learns the process


if __name__ == "__main__":
    main()
