"""Forget uploads nobody finished and delete the files no row names any more."""

from __future__ import annotations

from meetly import arriving
from meetly.extensions import db
from meetly.materials.uploads import service as documents
from meetly.materials.viewing import jobs as previews
from meetly.meetings.conference import parts
from meetly.meetings.conference.jitsi import FOLDER
from meetly.minutes.signing import service as signing
from meetly.recordings import service as recordings
from meetly.storage import files
from meetly.tasks import evidence
from meetly.transcripts import jobs


def run() -> int:
    """Tidy once; return how many uploads and files went."""
    gone = recordings.forget_unfinished()
    db.session.commit()
    gone += recordings.sweep()
    gone += _documents()
    gone += files.sweep(FOLDER, arriving.GRACE, parts.is_wanted)
    gone += evidence.sweep()
    gone += signing.sweep_prepared()
    wanted = jobs.wanted_keys()
    db.session.commit()
    gone += previews.sweep(arriving.GRACE)
    db.session.commit()
    return gone + files.sweep(jobs.FOLDER, arriving.GRACE, wanted.__contains__)


def _documents() -> int:
    """End the uploads whose last request died, and forget the old ones with their files."""
    whole = documents.whole()
    db.session.commit()  # hashing is done with no transaction open
    for upload in whole:
        documents.finish(upload)
        db.session.commit()
    gone = documents.forget_old()
    db.session.commit()
    return gone + documents.sweep()
