"""Verbs of conferences: open the room of a meeting, let people in, keep what the engine reports."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import User
from meetly.config import settings
from meetly.errors import BadInput, NotAllowed, WrongState
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.conference import registry
from meetly.meetings.conference.engines import PLAIN
from meetly.meetings.conference.keeping import insert
from meetly.meetings.conference.models import ConferenceEvent
from meetly.meetings.conference.protocol import (
    Attending,
    Conference,
    ConfEvent,
    EngineDown,
    JoinGrant,
    JoinRole,
    Person,
    RoomRef,
    RoomSpec,
    Unsupported,
    Verb,
    moment,
)
from meetly.meetings.models import Meeting, MeetingStatus

log = logging.getLogger(__name__)

#: How long before the meeting those invited may enter, unless a host has opened the room.
OPENS = timedelta(minutes=30)
#: How long before it a host may open the room, and how long after its end one may come back.
HOST_OPENS = timedelta(hours=24)
CLOSES = timedelta(hours=6)
#: Reports further from the meeting than this are not of it.
REACH = timedelta(days=3)

_ROOM = re.compile(r"meetly-([1-9]\d{0,8})-([0-9a-f]{32})")
_REF = re.compile(r"(user|unit):([1-9]\d{0,8})")


# -- rooms -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One person at the door: everything the engine has to be told, without a row."""

    engine: Conference
    spec: RoomSpec
    person: Person
    role: JoinRole
    #: the room is opened for the first time
    first: bool


def knock(user: User, meeting: Meeting) -> Entry:
    """Return how a person who may see the meeting enters it; WrongState when it is not the time."""
    role = _role(user, meeting)
    engine = registry.engine(meeting.engine)
    if meeting.status not in (MeetingStatus.SCHEDULED, MeetingStatus.HELD):
        raise WrongState("Chưa vào họp được: cuộc họp chưa gửi lời mời hoặc đã hủy.")
    if engine.caps.attendance == Attending.MANUAL:
        if not meeting.link:
            raise WrongState("Cuộc họp này chưa có đường dẫn vào họp.")
    else:
        _require_time(meeting, role)
    return Entry(engine, spec_of(meeting), _person(user, meeting), role, not meeting.room)


def enter(entry: Entry) -> tuple[RoomRef, JoinGrant]:
    """Ask the engine for the room and the way in; call it with no transaction open."""
    room = entry.engine.ensure_room(entry.spec)
    if entry.first:
        watch(entry.engine, room)
    return room, entry.engine.grant(room, entry.person, entry.role)


def watch(engine: Conference, room: RoomRef) -> None:
    """Ask the engine to report the room; without reports the room is still asked who is there."""
    try:
        engine.watch(room)
    except EngineDown as error:
        log.warning("%s does not report: %s", engine.label, error)


def note_room(user: User | None, meeting: Meeting, room: RoomRef, **stamps: str) -> None:
    """Keep what the engine calls the room; nothing else that was kept of it is lost.

    A typed address is no room: it may be another one tomorrow.
    """
    if meeting.engine == PLAIN:
        return
    db.session.refresh(meeting, ["room"], with_for_update=True)
    known = {**meeting.room, **room, **stamps}
    if known == meeting.room:
        return
    if not meeting.room:
        audit.record(user.id if user else None, "conference.open", meeting, engine=meeting.engine)
    meeting.room = known
    db.session.flush()


def require_may_act(user: User, meeting: Meeting, verb: Verb) -> tuple[Conference, RoomRef]:
    """Return whom to ask for a verb; NotAllowed for guests, Unsupported where it cannot be done."""
    if _role(user, meeting) != JoinRole.MODERATOR:
        raise NotAllowed()
    engine = registry.engine(meeting.engine)
    if verb not in engine.caps.verbs or not meeting.room:
        raise Unsupported()
    audit.record(user.id, "conference.act", meeting, asked=verb)
    return engine, meeting.room


def abilities(meeting: Meeting) -> frozenset[Verb]:
    """Tell what a host may do to the room of a meeting now."""
    engine = registry.engines(settings()).get(meeting.engine)
    return engine.caps.verbs if engine and meeting.room else frozenset()


def _role(user: User, meeting: Meeting) -> JoinRole:
    named = user.id in (meeting.chair_id, meeting.secretary_id)
    hosts = named or meetings.is_host(user, meeting)
    return JoinRole.MODERATOR if hosts else JoinRole.VIEWER


def _person(user: User, meeting: Meeting) -> Person:
    by_name = {invitation.user_id for invitation in meeting.personal_invitations}
    if _role(user, meeting) == JoinRole.VIEWER and user.id not in by_name:
        invited = meetings.invited_unit_ids(meeting)
        for unit in accounts.units_as(user, *meetings.GUESTS):
            if unit.id in invited:  # a site is known by its unit, whoever sits at the keyboard
                return Person(f"unit:{unit.id}", unit.name)
    return Person(f"user:{user.id}", user.name)


def _require_time(meeting: Meeting, role: JoinRole) -> None:
    now = clock.now()
    if now > meeting.ends_at + CLOSES:
        raise WrongState("Phòng họp đã đóng.")
    if role == JoinRole.MODERATOR:
        if now < meeting.starts_at - HOST_OPENS:
            raise WrongState("Phòng họp mở được trước giờ họp nhiều nhất một ngày.")
    elif not meeting.room and now < meeting.starts_at - OPENS:
        raise WrongState("Phòng họp mở trước giờ họp 30 phút.")


# -- names and addresses -----------------------------------------------------------------------


def spec_of(meeting: Meeting) -> RoomSpec:
    """Return what a meeting wants of its room."""
    home = f"{settings().base_url.rstrip('/')}/meetings/{meeting.id}"
    return RoomSpec(
        name=meeting.room.get("name") or token_of(meeting, "room"), title=meeting.title,
        starts_at=meeting.starts_at, ends_at=meeting.ends_at, link=meeting.link, home=home,
        callback=callback_address(meeting),
    )  # fmt: skip


def token_of(meeting: Meeting, purpose: str) -> str:
    """Return an unguessable name for a meeting, always the same for one purpose.

    Lower case: Prosody writes the names of rooms so.
    """
    return f"meetly-{meeting.id}-{_secret(meeting, purpose)}"


def callback_address(meeting: Meeting) -> str:
    """Return where the engine reports, below the configured address and never the Host header."""
    base = settings().base_url.rstrip("/")
    return f"{base}/conference/bigbluebutton/{token_of(meeting, 'callback')}"


def of_token(token: str, purpose: str) -> Meeting:
    """Return the meeting of a name this house gave out; BadInput for any other."""
    found = _ROOM.fullmatch(token)
    meeting = db.session.get(Meeting, int(found[1])) if found else None
    if meeting is None or found is None:
        raise BadInput("Không có phòng họp này.")
    known = [_secret(meeting, purpose)]
    if purpose == "room" and meeting.room.get("name"):
        known.append(meeting.room["name"].rpartition("-")[2])
    if not any(hmac.compare_digest(found[2], secret) for secret in known):
        raise BadInput("Không có phòng họp này.")
    return meeting


def _secret(meeting: Meeting, purpose: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    said = f"conference:{purpose}:{meeting.id}:{meeting.uid}"
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:32]


# -- what the engine reports -------------------------------------------------------------------


def hear(meeting: Meeting, events: Iterable[ConfEvent]) -> int:
    """Keep what was reported of the room of a meeting; return how much of it was new."""
    name = spec_of(meeting).name
    received = clock.now()
    told = [event for event in events if event.room == name]
    units = _units_of(meeting, told)
    rows = [_row(meeting, event, received, units) for event in told]
    return insert(ConferenceEvent, [row for row in rows if row])


def _row(
    meeting: Meeting, event: ConfEvent, received: datetime, units: dict[str, tuple[Any, Any]]
) -> dict[str, Any] | None:
    try:
        at = moment(event.at_us) if event.at_us else received
    except ValueError:
        return None
    if not meeting.starts_at - REACH <= at <= received + timedelta(hours=1):
        return None
    user_id, unit_id = units.get(event.person_ref, (None, None))
    return {
        "meeting_id": meeting.id, "key": event.key[:120], "kind": event.kind, "at": at,
        "person_ref": _clean(event.person_ref, 80), "name": _clean(event.name, 200),
        "session": _clean(event.session, 80), "reason": _clean(event.reason, 200),
        "user_id": user_id, "unit_id": unit_id, "received_at": received,
    }  # fmt: skip


def _units_of(
    meeting: Meeting, events: Iterable[ConfEvent]
) -> dict[str, tuple[int | None, int | None]]:
    """Say which account and which site of the meeting each reference means; others mean none."""
    matches = [_REF.fullmatch(ref) for ref in {event.person_ref for event in events}]
    refs = {(found[1], int(found[2])) for found in matches if found}
    sites = [meeting.unit_id, *sorted(meetings.invited_unit_ids(meeting))]
    means: dict[str, tuple[int | None, int | None]] = {
        f"unit:{number}": (None, number)
        for kind, number in refs
        if kind == "unit" and number in sites
    }
    wanted = [number for kind, number in refs if kind == "user"]
    for user in db.session.scalars(select(User).where(User.id.in_(wanted))):
        site = next((unit_id for unit_id in sites if unit_id in user.unit_ids), None)
        means[f"user:{user.id}"] = (user.id, site)
    return means


def _clean(words: str, longest: int) -> str:
    return "".join(c for c in words if c.isprintable())[:longest]
