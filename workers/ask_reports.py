"""Ask units for the reports that the series of a coming meeting expects of them."""

from __future__ import annotations

from meetly import sqlite
from meetly.extensions import db
from meetly.materials.reports import service as reports
from meetly.meetings.models import Meeting
from meetly.meetings.series import service as series


def run() -> int:
    """Ask for what was never asked for and return how many requests that were."""
    count = 0
    for meeting_id in _lacking():
        meeting = db.session.get_one(Meeting, meeting_id)
        count += len(reports.open_for(meeting, series.reports_due(meeting)))
        db.session.commit()
    return count


def _lacking() -> list[int]:
    with sqlite.reading():  # most of the time there is nothing to write
        found = [m.id for m in reports.expecting() if reports.lacking(m, series.reports_due(m))]
        db.session.rollback()
    return found
