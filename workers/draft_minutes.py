"""Draft minutes and propose directions for meetings whose recordings are all transcribed."""

from __future__ import annotations

import logging

from meetly.directions import service as directions
from meetly.extensions import db
from meetly.minutes import service as minutes_service

log = logging.getLogger(__name__)


def run() -> int:
    """Draft for every meeting that waits and return how many were drafted.

    Draft and proposals are one transaction: a worker killed in between leaves neither, and the
    meeting still waits. One meeting that cannot be drafted does not hold up the others.
    """
    count = 0
    waiting = minutes_service.waiting()
    db.session.commit()
    for meeting in waiting:
        try:
            directions.propose_for(minutes_service.draft_for(meeting))
            db.session.commit()
            count += 1
        except Exception:
            db.session.rollback()
            log.exception("the minutes of meeting %s could not be drafted", meeting.id)
    return count
