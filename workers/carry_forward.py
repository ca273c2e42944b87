"""Hand the next meetings the report on the last one's conclusions, and freeze it at their start."""

from __future__ import annotations

import logging

from meetly import clock, sqlite
from meetly.extensions import db
from meetly.tasks.carried import service

log = logging.getLogger(__name__)


def run() -> int:
    """Do what is due and return for how many meetings that was.

    Each meeting is one transaction; one that cannot be served does not hold up the others.
    """
    with sqlite.reading():  # mostly nothing is due, and looking needs no lock
        waiting = service.due(clock.now())
        db.session.rollback()
    count = 0
    for meeting_id in waiting:
        try:
            count += service.carry(meeting_id, clock.now())
            db.session.commit()
        except Exception:
            db.session.rollback()
            log.exception("the report for meeting %s could not be written", meeting_id)
    return count
