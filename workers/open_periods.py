"""Open the period that has begun of everything that recurs."""

from __future__ import annotations

import logging

from meetly import sqlite
from meetly.extensions import db
from meetly.tasks.standing import service

log = logging.getLogger(__name__)


def run() -> int:
    """Open what should be open by now and return how many tasks that were.

    Each standing task is one transaction; one that cannot be opened does not hold up the others.
    """
    with sqlite.reading():  # mostly nothing is lacking, and looking needs no lock
        waiting = service.behind()
        db.session.rollback()
    count = 0
    for standing_id in waiting:
        try:
            opened = service.open_periods(standing_id)
            db.session.commit()
            count += len(opened)
        except Exception:
            db.session.rollback()
            log.exception("the periods of standing task %s could not be opened", standing_id)
    return count
