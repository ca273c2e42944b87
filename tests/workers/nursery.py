"""Starts real speech processes quickly: everything is imported once, then one fork a process.

Run as `python -m tests.workers.nursery`; each line on its standard input is the name of an owner
for whom a process is started, whose id is printed. With MEETLY_TEST_PLANTED=1 the processes carry a
planted defect: they store what they heard without asking whether the chunk is still theirs.
"""

from __future__ import annotations

import os
import signal
import sys

from sqlalchemy import func, select
from sqlalchemy.orm import configure_mappers

from meetly.app import create_app
from meetly.extensions import db
from meetly.transcripts import jobs
from meetly.transcripts.models import Chunk, Segment
from meetly.transcripts.transcriber import Heard
from workers import speech_process


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


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead leave no trace
    if os.environ.get("MEETLY_TEST_PLANTED"):
        jobs.store = store_without_asking  # type: ignore[assignment]
    configure_mappers()
    app = create_app()  # without a connection as yet: nothing that must not be shared
    vars(speech_process)["create_app"] = lambda: app
    speech_process.IDLE, speech_process.TROUBLE, speech_process.NICE = 0.05, 0.2, 0
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
