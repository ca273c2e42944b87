"""Meetings held on an engine, and what engines report of them, for the tests that need both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from meetly import clock
from meetly.extensions import db
from meetly.meetings.conference import service as conference
from meetly.meetings.conference.models import EventKind
from meetly.meetings.conference.protocol import ConfEvent, microseconds
from meetly.meetings.models import Meeting
from tests.cast import Cast
from tests.meetings.engines import BigBlueButtonDouble
from tests.meetings.plans import scheduled


def soon(cast: Cast, engine: str = "bigbluebutton", minutes: float = 5, **given: Any) -> Meeting:
    """Return a meeting on an engine that begins in so many minutes; negative: it goes on."""
    start = clock.now() + timedelta(minutes=minutes)
    meeting = scheduled(cast, starts_at=start, ends_at=start + timedelta(minutes=90), **given)
    meeting.engine = engine
    db.session.commit()
    return meeting


def told(
    meeting: Meeting, *said: tuple[EventKind, float, str], session: str = "s", reason: str = ""
) -> int:
    """Report what happened, in minutes after the planned beginning."""
    room = conference.spec_of(meeting).name
    events = [
        ConfEvent(
            key=f"{kind}:{minute}:{ref}", room=room, kind=kind,
            at_us=microseconds(at(meeting, minute)), person_ref=ref, session=session, reason=reason,
        )
        for kind, minute, ref in said
    ]  # fmt: skip
    new = conference.hear(meeting, events)
    db.session.commit()
    return new


def at(meeting: Meeting, minute: float) -> datetime:
    """Return a moment of the meeting."""
    return meeting.starts_at + timedelta(minutes=minute)


def milliseconds(moment: datetime) -> int:
    """Return a moment as BigBlueButton writes it."""
    return microseconds(moment) // 1000


def deliver(
    client: FlaskClient, double: BigBlueButtonDouble, meeting: Meeting, *events: dict[str, Any]
) -> TestResponse:
    """Post a report of the double to where the meeting told it to."""
    address, body = double.webhook(conference.callback_address(meeting), *events)
    path = address.removeprefix("http://127.0.0.1:8000")
    return client.post(path, data=body, content_type="application/x-www-form-urlencoded")
