"""Jitsi Meet: signed tokens as the way in, events from Prosody, recordings handed in by Jibri.

Written from the documentation of jitsi-meet's token authentication and of the event_sync component
(github.com/jitsi-contrib/prosody-plugins); it has never met a live server, see docs/conferences.md.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt

from meetly import clock
from meetly.errors import BadInput
from meetly.meetings.conference.calling import PIECE, Server
from meetly.meetings.conference.models import EventKind
from meetly.meetings.conference.protocol import (
    UNREADABLE,
    Attending,
    Callback,
    Caps,
    ConfEvent,
    EngineDown,
    Health,
    JoinGrant,
    JoinRole,
    Person,
    Presence,
    RecPart,
    RoomRef,
    RoomSpec,
    Unsupported,
    Verb,
)
from meetly.storage import files

#: How long a way in holds; who comes back after a dropped line presses "Vào họp" again.
HOLDS = timedelta(hours=2)
#: Clocks of two machines may differ by this.
SKEW = timedelta(minutes=1)
#: Where recordings wait that were handed in, and how their addresses begin.
FOLDER = "conference"
STORED = "stored:"
#: What a hand-in token says it is for, and the longest it may hold.
PURPOSE = "meetly-recording"
EVENTS = {
    "muc-room-created": (EventKind.ROOM_STARTED, "created_at"),
    "muc-room-destroyed": (EventKind.ROOM_ENDED, "destroyed_at"),
    "muc-occupant-joined": (EventKind.JOINED, "joined_at"),
    "muc-occupant-left": (EventKind.LEFT, "left_at"),
}


class Jitsi:
    """One Jitsi Meet with token authentication, its Prosody and its Jibri."""

    label = "Jitsi Meet"
    caps = Caps(record=True, attendance=Attending.EVENTS)

    def __init__(self, url: str, app_id: str, secret: str, callback_secret: str) -> None:
        self.server = Server(url)
        self.app_id, self.secret, self.callback_secret = app_id, secret, callback_secret

    def check(self) -> Health:
        """Fetch the settings a browser fetches; whether the secret is right only a join shows."""
        try:
            self.server.get(f"{self.server.base}/config.js")
        except EngineDown as error:
            return Health(False, str(error))
        if not self.callback_secret:
            return Health(False, "MEETLY_CALLBACK_SECRET is empty: no events, no recordings")
        return Health(True, self.server.base)

    def ensure_room(self, spec: RoomSpec) -> RoomRef:
        """Name the room; it exists once the first person enters."""
        return {"name": spec.name}

    def watch(self, room: RoomRef) -> None:
        """Do nothing: Prosody reports every room."""

    def grant(self, room: RoomRef, person: Person, role: JoinRole) -> JoinGrant:
        """Return an address with a token for this one room and person (RFC 7519, HS256)."""
        now = clock.now()
        moderates = role == JoinRole.MODERATOR
        token = jwt.encode(
            {
                "aud": "jitsi", "iss": self.app_id, "sub": self._domain, "room": room["name"],
                "nbf": now - SKEW, "exp": now + HOLDS, "moderator": moderates,
                "context": {
                    "user": {
                        "id": person.ref, "name": person.name, "moderator": moderates,
                        "affiliation": "owner" if moderates else "member",
                    },
                    "features": {"recording": moderates, "livestreaming": False},
                },
            },
            self.secret,
            algorithm="HS256",
        )  # fmt: skip
        return JoinGrant(f"{self.server.base}/{room['name']}?jwt={token}", now + HOLDS)

    @property
    def _domain(self) -> str:
        return self.server.base.split("://", 1)[1].split("/", 1)[0].split(":", 1)[0]

    def act(self, room: RoomRef, verb: Verb, person: str = "") -> None:
        """Refuse: moderators act inside the room, there is no call for it from outside."""
        raise Unsupported()

    def presence(self, room: RoomRef) -> list[Presence] | None:
        """Refuse: Jitsi answers no such question in its packaged form."""
        raise Unsupported()

    def parse_callback(self, request: Callback) -> list[ConfEvent]:
        """Read an event of Prosody, proved by the bearer token it was given."""
        sent = request.headers.get("authorization", "").encode()
        meant = f"Bearer {self.callback_secret}".encode()
        if not self.callback_secret or not hmac.compare_digest(sent, meant):
            raise BadInput("Chữ ký của thông báo từ máy chủ họp không đúng.")
        try:
            told = json.loads(request.body)
            return _events(told)
        except UNREADABLE as error:
            raise BadInput("Không đọc được thông báo từ máy chủ họp.") from error

    def hand_in(self, token: str) -> str:
        """Return the room whose recording a token lets in; BadInput unless it is right."""
        if not self.callback_secret:
            raise BadInput("Chữ ký của thông báo từ máy chủ họp không đúng.")
        try:
            said = jwt.decode(
                token, self.callback_secret, algorithms=["HS256"], audience=PURPOSE,
                options={"require": ["exp", "aud"]}, leeway=SKEW,
            )  # fmt: skip
            room = said["room"]
            if not isinstance(room, str):
                raise KeyError
        except (jwt.PyJWTError, KeyError) as error:
            raise BadInput("Chữ ký của thông báo từ máy chủ họp không đúng.") from error
        return room

    def recordings(self, room: RoomRef) -> list[RecPart]:
        """Return none: Jibri hands recordings in by itself."""
        return []

    def fetch(self, uri: str) -> Iterator[bytes]:
        """Yield the bytes of a recording that was handed in; BadInput for any other address."""
        if not uri.startswith(f"{STORED}{FOLDER}/"):
            raise BadInput("Địa chỉ này không thuộc máy chủ họp đã cấu hình.")
        with files.path(uri.removeprefix(STORED)).open("rb") as source:
            while piece := source.read(PIECE):
                yield piece


def _events(told: dict[str, Any]) -> list[ConfEvent]:
    if told["event_name"] not in EVENTS or told.get("is_breakout"):
        return []
    kind, stamp = EVENTS[told["event_name"]]
    event = _event(told, kind, told.get("occupant", told), stamp)
    if kind != EventKind.ROOM_ENDED:
        return [event]
    # The end names everybody who was there: what was lost on the way is made good here.
    past = told.get("all_occupants") or []
    stays = ((EventKind.JOINED, "joined_at"), (EventKind.LEFT, "left_at"))
    lost = [
        _event(told, kind, one, stamp)
        for one in past[:2000]
        for kind, stamp in stays
        if one.get(stamp)
    ]
    return [*lost, event]


def _event(told: dict[str, Any], kind: EventKind, about: dict[str, Any], stamp: str) -> ConfEvent:
    session = str(about.get("occupant_jid", "")).rpartition("/")[2]
    # seconds; a session joins and leaves once, so a key without the fraction is its own
    at_us = round(float(about[stamp]) * 1_000_000)
    named = "|".join((kind, str(about.get("occupant_jid", "")), str(int(about[stamp]))))
    return ConfEvent(
        key=f"jitsi:{hashlib.sha256(named.encode()).hexdigest()[:40]}", room=str(told["room_name"]),
        kind=kind, at_us=at_us, person_ref=str(about.get("id", ""))[:80],
        name=str(about.get("name", ""))[:200], session=session[:80],
    )  # fmt: skip
