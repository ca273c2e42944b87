"""The process that listens: cuts and hears at the lowest priority until it is asked to end.

Ended politely (SIGTERM, Ctrl+C, or its parent gone) it finishes the chunk it holds. Killed, it
leaves a row whose lease runs out, or which its supervisor gives back at once.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from meetly.app import create_app
from meetly.errors import MeetlyError
from meetly.extensions import db
from meetly.transcripts import jobs
from workers import transcribe

log = logging.getLogger(__name__)

#: Seconds between two looks for work, and after trouble that may pass (disk full, database away).
IDLE, TROUBLE = 1.0, 10.0
#: How much this process lets all others go first.
NICE = 19


def main(owner: str | None = None) -> None:
    """Work until asked to end."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s speech %(message)s", force=True)
    os.nice(NICE)
    stop = threading.Event()
    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, lambda *_: stop.set())
    with create_app().app_context():
        work(owner or transcribe.new_owner(), stop)


def work(owner: str, stop: threading.Event) -> None:
    """Take one step after the other; inside an application's context."""
    parent = os.getppid()

    def is_stopping() -> bool:
        return stop.is_set() or os.getppid() != parent

    while not is_stopping():
        stop.wait(_pause_after_step(owner, is_stopping))
    with suppress(SQLAlchemyError):
        jobs.release(owner, politely=True)
        db.session.commit()
    log.info("ended")


def _pause_after_step(owner: str, is_stopping: transcribe.Wish) -> float:
    try:
        return 0.0 if transcribe.step(owner, is_stopping) else IDLE
    except (SQLAlchemyError, MeetlyError, OSError) as error:
        log.error("will try again: %s", error)
    except Exception:
        log.exception("will try again")
    return TROUBLE


if __name__ == "__main__":
    main(*sys.argv[1:2])
