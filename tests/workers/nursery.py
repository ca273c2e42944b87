"""Starts real speech processes quickly: everything is imported once, then one fork a process.

Run as `python -m tests.workers.nursery`; each line on its standard input is the name of an owner
for whom a process is started, whose id is printed. MEETLY_TEST_PLANTED names a planted defect that
the processes carry: "lease" stores what was heard without asking whether the chunk is still theirs,
"early" says that a chunk is done before its sentences are safe.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import configure_mappers

from meetly import clock
from meetly.app import create_app
from meetly.extensions import db
from meetly.transcripts import jobs
from meetly.transcripts.claims import held
from meetly.transcripts.models import Chunk, Segment
from meetly.transcripts.transcriber import Heard
from workers import priority, speech_process


def store_without_asking(chunk_id: int, owner: str, heard: list[Heard], took: float) -> bool:
    """Store like a careless program: what was heard is appended, whoever owns the chunk."""
    chunk = db.session.get_one(Chunk, chunk_id, populate_existing=True)
    there = db.session.scalar(
        select(func.count()).select_from(Segment).where(Segment.chunk_id == chunk_id)
    )
    for number, sentence in enumerate(heard, start=there or 0):
        db.session.add(jobs._segment(chunk, number, sentence))
    chunk.status, chunk.took = "done", took  # type: ignore[assignment]
    db.session.flush()
    jobs.settle(chunk.transcript_id)
    return True


def store_early(chunk_id: int, owner: str, heard: list[Heard], took: float) -> bool:
    """Store like a hasty program: first the word that it is done, then what was heard."""
    done = update(Chunk).where(held(chunk_id, owner)).values(status="done", finished_at=clock.now())
    found: Any = db.session.execute(done)
    db.session.commit()
    if not found.rowcount:
        return False
    time.sleep(0.2)  # long enough that of thirty kills some fall into it
    chunk = db.session.get_one(Chunk, chunk_id, populate_existing=True)
    db.session.add_all(jobs._segment(chunk, n, sentence) for n, sentence in enumerate(heard))
    db.session.flush()
    jobs.settle(chunk.transcript_id)
    return True


def _warm_up(app: Flask) -> None:
    """Look for work once, so that each process need not put the same questions together anew."""
    with app.app_context():
        jobs.may_split()
        jobs.may_hear()
        jobs.claim_split("nobody")
        jobs.claim_next("nobody")
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()  # a connection must not be shared


DEFECTS = {"lease": store_without_asking, "early": store_early}


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead leave no trace
    if planted := os.environ.get("MEETLY_TEST_PLANTED"):
        jobs.store = DEFECTS[planted]  # type: ignore[assignment]
    configure_mappers()
    app = create_app()
    _warm_up(app)
    vars(speech_process)["create_app"] = lambda: app
    speech_process.IDLE, speech_process.TROUBLE = 0.05, 0.2
    # As fast as everybody else: what is asked here is what they leave behind.
    priority.step_back = priority.only_when_idle = lambda: None
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setpgid(0, 0)
            speech_process.main(line.strip())
            os._exit(0)
        print(child, flush=True)  # noqa: T201 - this is how the parent learns the process


if __name__ == "__main__":
    main()
