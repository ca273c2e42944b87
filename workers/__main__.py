"""`python -m workers`: ticks the timed jobs and keeps the speech processes alive."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from meetly.app import create_app
from meetly.config import settings
from meetly.extensions import db
from meetly.transcripts import jobs
from workers import crew, timetable, transcribe

log = logging.getLogger("workers")

#: Seconds between two looks at the speech processes.
LOOK = 0.5
#: Seconds before a speech process that ended is started again: doubled each time, reset by work.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
#: A speech process that lived this long had got going.
SETTLED = 60.0


def main() -> None:
    """Work until SIGTERM or Ctrl+C; then finish what is in hand and end."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    # A job that is still at work when its next turn comes is no trouble: it takes what waits along.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    stop = threading.Event()
    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, lambda *_: stop.set())
    app = create_app()
    scheduler = timetable.start(app)
    log.info("working, process %s", os.getpid())
    try:
        keep_listening(app, stop)
    finally:
        scheduler.shutdown(wait=True)
        log.info("ended")


def keep_listening(app: Flask, stop: threading.Event) -> None:
    """Keep as many speech processes running as this machine bears, each restarted on its own."""
    with app.app_context():
        config = settings()
    if crew.is_unmeasured(config):
        _measure(config.speech_model, stop)
    told = crew.environment(config)
    seats = [Seat(app, told) for _ in range(crew.processes(config))]
    while not stop.is_set():
        for seat in seats:
            seat.look()
        stop.wait(LOOK)
    for seat in seats:
        seat.ask_to_end()
    for seat in seats:
        seat.clear()


def _measure(model: str, stop: threading.Event) -> None:
    """Let this machine be measured once; recordings that come meanwhile wait for its end."""
    log.info("measuring how fast this machine hears with %s", model)
    command = [sys.executable, "-m", "workers.measurement", model]
    child = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - all words are ours
    while child.poll() is None:
        if stop.wait(LOOK):
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


@dataclass
class Seat:
    """The place of one speech process, which is taken again when its process has ended."""

    app: Flask
    #: settings for the process beside those of this one
    told: Mapping[str, str] = field(default_factory=dict)
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _owner: str = field(default="", init=False)
    _since: float = field(default=0.0, init=False)
    _pause: float = field(default=FIRST_PAUSE, init=False)
    #: before which moment nobody is seated again
    _not_before: float = field(default=0.0, init=False)

    def look(self) -> None:
        """Clear a process away that has ended; seat the next one once its pause is over."""
        if self._child is None:
            if time.monotonic() >= self._not_before:
                self._seat()
        elif self._child.poll() is not None:
            log.error("speech process %s ended with %s", self._child.pid, self._child.returncode)
            lived = time.monotonic() - self._since
            self._pause = FIRST_PAUSE if lived >= SETTLED else min(2 * self._pause, LONGEST_PAUSE)
            self.clear()
            self._not_before = time.monotonic() + self._pause

    def ask_to_end(self) -> None:
        """Ask the process to end; it finishes what it holds."""
        if self._child is not None:
            self._child.terminate()

    def clear(self) -> None:
        """Wait for the end of the process; what a dead one held is given back at once."""
        if self._child is not None:
            self._child.wait()
            self._child = None
            _give_back(self.app, self._owner)

    def _seat(self) -> None:
        self._owner, self._since = transcribe.new_owner(), time.monotonic()
        environment = {**os.environ, **self.told}
        command = [sys.executable, "-m", "workers.speech_process", self._owner]
        self._child = subprocess.Popen(command, env=environment)  # noqa: S603 - all words are ours
        log.info("speech process %s listens", self._child.pid)


def _give_back(app: Flask, owner: str) -> None:
    with app.app_context():
        try:
            jobs.release(owner)
            db.session.commit()
        except SQLAlchemyError as error:  # then its lease runs out by itself
            log.error("could not give back what %s held: %s", owner, error)
        finally:
            db.session.rollback()
            db.session.remove()


if __name__ == "__main__":
    main()
