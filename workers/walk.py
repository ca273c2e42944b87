"""The whole straight walk at once, in this process: what the demonstration and the tests run."""

from __future__ import annotations

import time
from collections.abc import Callable

from meetly.extensions import db
from meetly.transcripts import jobs
from meetly.transcripts import service as transcripts
from meetly.transcripts.models import Transcript
from meetly.transcripts.progress import Progress
from workers import transcribe
from workers.timetable import JOBS

#: Told after every step: which stage it was ("split", "transcribe", a job's name), how far it is.
Told = Callable[[str, Progress | None], None]
#: Seconds between two looks while another process holds the rest of the work.
PATIENCE = 0.5


def until_done(told: Told | None = None) -> None:
    """Run every job until nothing is left, waiting for work that another worker holds."""
    owner = transcribe.new_owner()
    while True:
        listen(owner, told)
        moved = 0
        for name, run in JOBS.items():
            if name != "transcribe" and (count := run()):
                moved += count
                _tell(told, name, None)
        if not moved and not jobs.unfinished():
            db.session.commit()
            return
        if not moved:
            db.session.commit()
            time.sleep(PATIENCE)


def listen(owner: str, told: Told | None = None) -> None:
    """Cut and hear everything that waits."""
    while done := transcribe.step(owner):
        _tell(told, done.kind, done.transcript_id)


def _tell(told: Told | None, stage: str, transcript_id: int | None) -> None:
    if told is None:
        return
    transcript = db.session.get(Transcript, transcript_id) if transcript_id else None
    far = transcripts.progress(transcript) if transcript else None
    db.session.commit()
    told(stage, far)
