"""Verbs of presence: who is in the room as the rows tell, what was lost, and the roll it fills."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update

from meetly import clock
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.conference import service, timeline
from meetly.meetings.conference.keeping import insert
from meetly.meetings.conference.models import ConferenceEvent, EventKind
from meetly.meetings.conference.protocol import ConfEvent, Presence, microseconds
from meetly.meetings.conference.timeline import Line, Signal, Window
from meetly.meetings.models import (
    Attendance,
    AttendanceSource,
    AttendanceStatus,
    Meeting,
    MeetingStatus,
)

#: What tells of presence; talk events are many and tell of something else.
PRESENCE = (
    EventKind.ROOM_STARTED, EventKind.JOINED, EventKind.LEFT, EventKind.MEDIA_ON,
    EventKind.MEDIA_OFF, EventKind.ROOM_ENDED,
)  # fmt: skip
#: A report may be this late; until then an answer that differs from the reports proves nothing.
MARGIN = timedelta(seconds=20)
#: The session of somebody whose coming was not reported but who is there.
UNREPORTED = "poll"


def lines_of(meeting: Meeting) -> tuple[Window | None, dict[int, Line]]:
    """Return when the meeting was and how each site took part, as reported; None: nothing was."""
    events = _events(meeting)
    signals = [_signal(event) for event in events]
    if not any(signal.kind == EventKind.JOINED for signal in signals):
        return None, {}
    now = clock.now()
    goes_on = meeting.status == MeetingStatus.SCHEDULED and now < meeting.ends_at + service.CLOSES
    ended = events[-1].kind == EventKind.ROOM_ENDED
    return timeline.read(signals, meeting.starts_at, now if goes_on and not ended else None)


def is_over(meeting: Meeting) -> bool:
    """Tell whether the engine said that the room was closed after everybody had come."""
    events = _events(meeting)
    return bool(events) and events[-1].kind == EventKind.ROOM_ENDED


def reconcile(meeting: Meeting, present: Iterable[Presence] | None, asked_at: datetime) -> int:
    """Make good what was not reported, by who was in the room when it was asked; return how much.

    `present` is None when the room was closed. What was reported just before the question is left
    alone: answer and report may have crossed. The keys rest on the reports that are known, so that
    two who ask at once say the same.
    """
    events = _events(meeting)
    crossing = {event.person_ref for event in events if event.received_at > asked_at - MARGIN}
    inside = _inside(events)
    if present is None:
        missing = [_made(events, EventKind.ROOM_ENDED, asked_at)] if inside and not crossing else []
    else:
        there = {one.person_ref: one.name for one in present if one.person_ref}
        came = set(there) - {ref for ref, _session in inside} - crossing
        missing = [
            _made(events, EventKind.JOINED, asked_at, ref, UNREPORTED, there[ref])
            for ref in sorted(came)
        ]
        missing += [
            _made(events, EventKind.LEFT, asked_at, ref, session)
            for ref, session in sorted(inside)
            if ref not in there and ref not in crossing
        ]
    name = service.spec_of(meeting).name
    return service.hear(meeting, [replace(event, room=name) for event in missing])


def fill_roll(meeting: Meeting) -> int:
    """Note who came and who came late, where nobody has called the roll; return what changed.

    An engine never says that a unit was absent: it may sit in the hall. A person's word stands.
    """
    if meeting.status not in (MeetingStatus.SCHEDULED, MeetingStatus.HELD):
        return 0
    _window, lines = lines_of(meeting)
    sites = meetings.invited_unit_ids(meeting) | {meeting.unit_id}
    came = {
        site: line.status
        for site, line in lines.items()
        if site in sites and line.status != AttendanceStatus.ABSENT
    }
    rows = [
        {"meeting_id": meeting.id, "unit_id": site, "status": status, "person": "", "note": "",
         "source": AttendanceSource.ENGINE}
        for site, status in came.items()
    ]  # fmt: skip
    changed = insert(Attendance, rows)
    for site, status in came.items():
        mine = update(Attendance).where(
            Attendance.meeting_id == meeting.id, Attendance.unit_id == site,
            Attendance.source == AttendanceSource.ENGINE, Attendance.status != status,
        )  # fmt: skip
        changed += len(
            db.session.execute(mine.values(status=status).returning(Attendance.id)).all()
        )
    return changed


def _events(meeting: Meeting) -> list[ConferenceEvent]:
    query = select(ConferenceEvent).where(
        ConferenceEvent.meeting_id == meeting.id, ConferenceEvent.kind.in_(PRESENCE)
    )
    return list(db.session.scalars(query.order_by(ConferenceEvent.at, ConferenceEvent.id)))


def _signal(event: ConferenceEvent) -> Signal:
    session = f"{event.person_ref}|{event.session}"
    return Signal(EventKind(event.kind), event.at, event.unit_id, session, event.reason)


def _inside(events: Iterable[ConferenceEvent]) -> set[tuple[str, str]]:
    """Return whose devices are in the room, as reported."""
    inside: set[tuple[str, str]] = set()
    for event in events:
        one = (event.person_ref, event.session)
        if event.kind == EventKind.ROOM_ENDED:
            inside.clear()
        elif event.kind == EventKind.JOINED and event.person_ref:
            inside.add(one)
        elif event.kind == EventKind.LEFT:
            inside.discard(one)
    return inside


def _made(
    known: list[ConferenceEvent], kind: EventKind, at: datetime, ref: str = "", session: str = "",
    name: str = "",
) -> ConfEvent:  # fmt: skip
    last = max((event.id for event in known), default=0)
    digest = hashlib.sha256(f"{ref}|{session}".encode()).hexdigest()[:32]
    return ConfEvent(
        f"poll:{kind}:{last}:{digest}", "", kind, microseconds(at), ref, name, session
    )  # fmt: skip
