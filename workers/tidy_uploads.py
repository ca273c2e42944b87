"""Forget uploads nobody finished and delete the files no row names any more."""

from __future__ import annotations

from meetly.extensions import db
from meetly.recordings import service as recordings
from meetly.storage import files
from meetly.transcripts import jobs


def run() -> int:
    """Tidy once; return how many uploads and files went."""
    gone = recordings.forget_unfinished()
    db.session.commit()
    gone += recordings.sweep()
    wanted = jobs.wanted_keys()
    db.session.commit()
    return gone + files.sweep(jobs.FOLDER, recordings.GRACE, wanted.__contains__)
