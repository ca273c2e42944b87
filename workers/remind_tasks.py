"""Remind people of their tasks: one digest a person, and nobody is told twice."""

from __future__ import annotations

import logging

from meetly import clock, sqlite
from meetly.extensions import db
from meetly.tasks.reminding import service

log = logging.getLogger(__name__)


def run() -> int:
    """Tell whoever has something to hear; return how many people were told.

    Looking writes nothing and stops no writer. Each person is told in a transaction of their own,
    by what holds at that moment: one that fails silences nobody else.
    """
    return sum(_told(user_id, task_ids) for user_id, task_ids in _waiting().items())


def _waiting() -> dict[int, list[int]]:
    with sqlite.reading():  # mostly nobody waits, and looking needs no lock
        found = service.due(clock.now())
        db.session.rollback()
    return found


def _told(user_id: int, task_ids: list[int]) -> bool:
    try:
        count = service.tell(user_id, task_ids, clock.now())
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("person %s could not be told and will be", user_id)
        return False
    return count > 0
