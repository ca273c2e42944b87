"""Draft minutes and propose directions for meetings whose recordings are all transcribed."""

from __future__ import annotations

import logging

from sqlalchemy.exc import IntegrityError

from meetly.config import settings
from meetly.directions import service as directions
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.rewording import Wording
from workers.wording import worded

log = logging.getLogger(__name__)


def run() -> int:
    """Draft for every meeting that waits and return how many were drafted.

    Draft and proposals are one transaction: a worker killed in between leaves neither, and the
    meeting still waits. One meeting that cannot be drafted does not hold up the others.
    """
    waiting = [meeting.id for meeting in minutes_service.waiting()]
    db.session.commit()
    return sum(map(_drafted, waiting))


def _drafted(meeting_id: int) -> bool:
    """Draft one meeting; False if that failed or somebody else was quicker."""
    try:
        wording = _wording(meeting_id)
        meeting = minutes_service.waits(meeting_id)
        if meeting is None:  # a recording came, or another worker drafted, while the model thought
            return False
        directions.propose_for(minutes_service.draft_for(meeting, wording))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        log.info("the minutes of meeting %s were drafted elsewhere meanwhile", meeting_id)
        return False
    except Exception:
        db.session.rollback()
        log.exception("the minutes of meeting %s could not be drafted", meeting_id)
        return False
    return True


def _wording(meeting_id: int) -> Wording:
    """Have the draft worded where a model is configured, with no transaction open meanwhile."""
    if not settings().llm_url:
        return Wording()
    meeting = minutes_service.waits(meeting_id)
    if meeting is None:
        return Wording()
    heard = minutes_service.heard_in(meeting)
    blocks = minutes_service.first_words(meeting, heard)
    db.session.rollback()
    return worded(settings(), blocks, heard.utterances)
