"""`python -m workers`: ticks the timed jobs and keeps one speech process alive."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from meetly.app import create_app
from meetly.extensions import db
from meetly.transcripts import jobs
from workers import timetable, transcribe

log = logging.getLogger("workers")

#: Seconds between two looks at the speech process.
LOOK = 0.5
#: Seconds before a speech process that ended is started again: doubled each time, reset by work.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
#: A speech process that lived this long had got going.
SETTLED = 60.0


def main() -> None:
    """Work until SIGTERM or Ctrl+C; then finish what is in hand and end."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
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
    """Keep a speech process running; what a dead one held is given back at once."""
    pause = FIRST_PAUSE
    while not stop.is_set():
        owner = transcribe.new_owner()
        lived = _listen_once(owner, stop)
        _give_back(app, owner)
        if stop.is_set():
            return
        pause = FIRST_PAUSE if lived >= SETTLED else min(2 * pause, LONGEST_PAUSE)
        stop.wait(pause)


def _listen_once(owner: str, stop: threading.Event) -> float:
    """Run one speech process to its end; return the seconds it lived."""
    command = [sys.executable, "-m", "workers.speech_process", owner]
    child = subprocess.Popen(command)  # noqa: S603 - every word of it is ours
    log.info("speech process %s listens", child.pid)
    lived = 0.0
    while child.poll() is None and not stop.wait(LOOK):
        lived += LOOK
    if stop.is_set():
        child.terminate()  # it finishes the chunk it holds
    status = child.wait()
    if status and not stop.is_set():
        log.error("speech process %s ended with %s", child.pid, status)
    return lived


def _give_back(app: Flask, owner: str) -> None:
    with app.app_context():
        try:
            jobs.release(owner)
            db.session.commit()
        except SQLAlchemyError as error:  # then its lease runs out by itself
            log.error("could not give back what %s held: %s", owner, error)
        finally:
            db.session.remove()


if __name__ == "__main__":
    main()
