"""Open the coming meetings of every series, so that next week's is already there."""

from __future__ import annotations

import logging

from meetly import sqlite
from meetly.extensions import db
from meetly.meetings.series import service as series
from meetly.meetings.series.models import Series

log = logging.getLogger(__name__)


def run() -> int:
    """Open what should be there by now and return how many meetings that were.

    Each series is one transaction; one that cannot be opened does not hold up the others.
    """
    with sqlite.reading():  # mostly nothing is lacking, and looking needs no lock
        waiting = series.behind()
        db.session.rollback()
    count = 0
    for series_id in waiting:
        try:
            opened = series.open_ahead(db.session.get_one(Series, series_id))
            db.session.commit()
            count += len(opened)
        except Exception:
            db.session.rollback()
            log.exception("the meetings of series %s could not be opened", series_id)
    return count
