"""Ask the engines of meetings that are near: who is there, what was lost, what was recorded."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select

from meetly import clock
from meetly.config import settings
from meetly.errors import MeetlyError
from meetly.extensions import db
from meetly.meetings.conference import attending, parts, registry, service
from meetly.meetings.conference.protocol import Attending, Conference, EngineDown, Unsupported
from meetly.meetings.models import Meeting, MeetingStatus

log = logging.getLogger(__name__)

#: How long after a meeting its recordings are asked for.
PATIENCE = timedelta(days=3)
#: How often an engine is asked again to report a room, lest it has forgotten.
HOOK_EVERY = timedelta(minutes=5)
#: How often recordings are asked for at first; later ever more seldom.
ASK_EVERY = timedelta(minutes=5)


def run() -> int:
    """Ask about every meeting within reach; return how much was learnt."""
    engines = registry.engines(settings())
    reporting = {name: e for name, e in engines.items() if e.caps.attendance != Attending.MANUAL}
    if not reporting:
        return 0
    learnt = 0
    near = _near(set(reporting))
    db.session.commit()
    for meeting in near:
        try:
            learnt += _sync(meeting, reporting[meeting.engine])
        except MeetlyError as error:
            log.warning("meeting %s on %s: %s", meeting.id, meeting.engine, error)
        except Exception:
            log.exception("meeting %s on %s", meeting.id, meeting.engine)
        finally:
            db.session.rollback()
    return learnt


def _near(names: set[str]) -> list[Meeting]:
    now = clock.now()
    query = select(Meeting).where(
        Meeting.starts_at > now - PATIENCE - service.HOST_OPENS,
        Meeting.starts_at < now + service.HOST_OPENS,
        Meeting.engine.in_(names),
        Meeting.status.in_((MeetingStatus.SCHEDULED, MeetingStatus.HELD)),
    )
    return [m for m in db.session.scalars(query.order_by(Meeting.starts_at)) if m.room]


def _sync(meeting: Meeting, engine: Conference) -> int:
    db.session.refresh(meeting)
    db.session.commit()  # no transaction stays open while the engine thinks
    now = clock.now()
    learnt = 0
    if now < meeting.ends_at + service.CLOSES:
        if _is_due(meeting, "hooked", HOOK_EVERY, now):
            service.watch(engine, meeting.room)
            service.note_room(None, meeting, {}, hooked=now.isoformat())
            db.session.commit()
        learnt += _look(meeting, engine, now)
    if now > meeting.ends_at or attending.is_over(meeting):
        since = now - meeting.ends_at
        every = max(ASK_EVERY, since / 10)
        db.session.commit()
        if _is_due(meeting, "asked", every, now):
            offered = engine.recordings(meeting.room)
            learnt += parts.offer(meeting, offered)
            service.note_room(None, meeting, {}, asked=now.isoformat())
    learnt += attending.fill_roll(meeting)
    db.session.commit()
    return learnt


def _look(meeting: Meeting, engine: Conference, now: datetime) -> int:
    try:
        present = engine.presence(meeting.room)
    except (EngineDown, Unsupported) as error:
        log.info("meeting %s: %s", meeting.id, error)
        return 0
    learnt = attending.reconcile(meeting, present, now)
    db.session.commit()
    return learnt


def _is_due(meeting: Meeting, stamp: str, every: timedelta, now: datetime) -> bool:
    last = meeting.room.get(stamp)
    return last is None or now - datetime.fromisoformat(last) >= every
