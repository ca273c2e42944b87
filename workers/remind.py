"""Remind people of meetings and papers: rules are queries, and nobody is told twice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from meetly import clock, sqlite
from meetly.extensions import db
from meetly.materials import reminders as of_materials
from meetly.meetings import reminders as of_meetings
from meetly.minutes.issuing import reminders as of_notices
from meetly.notices import reminders
from meetly.notices.reminders import Reminder

log = logging.getLogger(__name__)

#: What looks for reminders, room by room.
FIND: tuple[Callable[[datetime], list[Reminder]], ...] = (
    of_meetings.due, of_materials.due, of_notices.due,
)  # fmt: skip


def run() -> int:
    """Tell whatever is due; return how many people were told.

    Looking writes nothing and stops no writer. One room that fails does not silence the other.
    """
    count = 0
    for find in FIND:
        try:
            if _is_anything_due(find):
                now = clock.now()
                count += reminders.tell(reminders.untold(find(now), now))
            db.session.commit()
        except Exception:
            db.session.rollback()
            log.exception("%s failed and will be asked again", find.__module__)
    return count


def _is_anything_due(find: Callable[[datetime], list[Reminder]]) -> bool:
    with sqlite.reading():
        now = clock.now()
        found = bool(reminders.untold(find(now), now))
        db.session.rollback()
    return found
