"""The process that listens: cuts and hears at the lowest priority until it is asked to end.

Ended politely (SIGTERM, Ctrl+C, or its parent gone) it finishes the chunks it holds. Killed, it
leaves rows whose lease runs out, or which its supervisor gives back at once.
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
from workers import hearing, priority, transcribe

log = logging.getLogger(__name__)

#: Seconds between two looks for work, and after trouble that may pass (disk full, database away).
IDLE, TROUBLE = 1.0, 10.0


def main(owner: str | None = None) -> None:
    """Work until asked to end."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s speech %(message)s", force=True)
    priority.step_back()
    stop = threading.Event()
    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, lambda *_: stop.set())
    with create_app().app_context():
        work(owner or transcribe.new_owner(), stop, priority.Backstage().run)


def work(owner: str, stop: threading.Event, listen: hearing.Listen = hearing.directly) -> None:
    """Take one step after the other; inside an application's context."""
    parent = os.getppid()

    def is_stopping() -> bool:
        return stop.is_set() or os.getppid() != parent

    while not is_stopping():
        stop.wait(_pause_after_step(owner, is_stopping, listen))
    _let_go(owner)
    log.info("ended")


def _pause_after_step(owner: str, is_stopping: transcribe.Wish, listen: hearing.Listen) -> float:
    try:
        return 0.0 if transcribe.step(owner, is_stopping, listen) else IDLE
    except (SQLAlchemyError, MeetlyError, OSError) as error:
        log.error("will try again: %s", error)
    except Exception:
        log.exception("will try again")
    _let_go(owner)
    return TROUBLE


def _let_go(owner: str) -> None:
    """Give back what is still held, uncounted; where that fails the lease runs out by itself."""
    with suppress(SQLAlchemyError):
        jobs.release(owner, politely=True)
        db.session.commit()
    db.session.rollback()
    db.session.remove()


if __name__ == "__main__":
    main(*sys.argv[1:2])
