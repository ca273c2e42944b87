"""Jitsi against its double: tokens for one room and person, proved events, recordings handed in."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from flask import Flask

from meetly import clock
from meetly.errors import BadInput
from meetly.meetings.conference.jitsi import PURPOSE, Jitsi
from meetly.meetings.conference.models import EventKind
from meetly.meetings.conference.protocol import (
    Callback,
    JoinRole,
    Person,
    RoomSpec,
    Unsupported,
    Verb,
)
from tests.meetings.engines import (
    APP_ID,
    CALLBACK_SECRET,
    JITSI_SECRET,
    JitsiDouble,
    jitsi_event,
    serving,
)

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SPEC = RoomSpec("meetly-1-ab", "Giao ban", MORNING, MORNING)
NAM_HOA = Person("unit:7", "UBND xã Nậm Hoa")


@pytest.fixture
def double() -> Iterator[JitsiDouble]:
    with serving(JitsiDouble) as double:
        yield double


@pytest.fixture
def engine(double: JitsiDouble) -> Jitsi:
    return Jitsi(double.url, APP_ID, JITSI_SECRET, CALLBACK_SECRET)


def opens(url: str) -> bool:
    try:
        with urllib.request.urlopen(url) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        error.close()
        return False


def report(engine: Jitsi, told: Any, bearer: str = CALLBACK_SECRET) -> list[tuple[str, str]]:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    headers = {"authorization": f"Bearer {bearer}"}
    events = engine.parse_callback(Callback("", "", headers, body))
    return [(event.kind, event.person_ref) for event in events]


def test_a_token_opens_its_own_room_and_no_other(double: JitsiDouble, engine: Jitsi) -> None:
    room = engine.ensure_room(SPEC)
    url = engine.grant(room, NAM_HOA, JoinRole.VIEWER).url
    assert opens(url)
    assert not opens(url.replace(SPEC.name, "meetly-2-cd"))
    assert not opens(url[:-2])


def test_a_token_names_person_role_and_hours(double: JitsiDouble, engine: Jitsi) -> None:
    room = engine.ensure_room(SPEC)
    granted = engine.grant(room, NAM_HOA, JoinRole.VIEWER)
    said = jwt.decode(
        granted.url.partition("jwt=")[2], JITSI_SECRET, algorithms=["HS256"], audience="jitsi"
    )
    assert said["context"]["user"]["id"] == "unit:7"
    assert said["context"]["user"]["moderator"] is False
    assert (said["iss"], said["sub"], said["room"]) == (APP_ID, "127.0.0.1", SPEC.name)
    assert said["nbf"] <= clock.now().timestamp() < said["exp"]
    assert granted.expires is not None and granted.expires > clock.now()
    host = engine.grant(room, NAM_HOA, JoinRole.MODERATOR).url
    assert jwt.decode(host.partition("jwt=")[2], options={"verify_signature": False})["moderator"]


def test_events_are_believed_only_with_the_bearer_token(engine: Jitsi) -> None:
    joined = jitsi_event("muc-occupant-joined", SPEC.name, 1795395600, "unit:7", "s1")
    assert report(engine, joined) == [(EventKind.JOINED, "unit:7")]
    for bearer in ("", "wrong", CALLBACK_SECRET + "x"):
        with pytest.raises(BadInput):
            report(engine, joined, bearer)


def test_without_a_callback_secret_nothing_is_believed(double: JitsiDouble) -> None:
    engine = Jitsi(double.url, APP_ID, JITSI_SECRET, "")
    with pytest.raises(BadInput):
        report(engine, jitsi_event("muc-room-created", SPEC.name, 1), bearer="")
    with pytest.raises(BadInput):
        engine.hand_in("a.b.c")
    assert not engine.check().well


def test_the_end_of_a_room_makes_good_what_was_lost(engine: Jitsi) -> None:
    ended = jitsi_event("muc-room-destroyed", SPEC.name, 1795399200)
    ended["all_occupants"] = [
        {"id": "unit:7", "name": "x", "occupant_jid": "a@b/s1", "joined_at": 1, "left_at": 2},
        {"id": "unit:8", "name": "y", "occupant_jid": "a@b/s2", "joined_at": 1},
    ]
    kinds = [EventKind.JOINED, EventKind.LEFT, EventKind.JOINED, EventKind.ROOM_ENDED]
    assert [kind for kind, _ref in report(engine, ended)] == kinds


def test_a_lost_event_told_again_at_the_end_has_the_key_it_had(engine: Jitsi) -> None:
    joined = jitsi_event("muc-occupant-joined", SPEC.name, 1795395600, "unit:7", "s1")
    ended = jitsi_event("muc-room-destroyed", SPEC.name, 1795399200)
    ended["all_occupants"] = [joined["occupant"]]
    headers = {"authorization": f"Bearer {CALLBACK_SECRET}"}
    first, again = (
        engine.parse_callback(Callback("", "", headers, json.dumps(told).encode()))
        for told in (joined, ended)
    )
    assert first[0].key == again[0].key


def test_breakout_rooms_and_unknown_events_say_nothing(engine: Jitsi) -> None:
    joined = jitsi_event("muc-occupant-joined", SPEC.name, 1, "unit:7", "s1")
    assert report(engine, {**joined, "is_breakout": True}) == []
    assert report(engine, {**joined, "event_name": "muc-something-new"}) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"1", b"{}", b"\xff", b"[" * 9000, b'{"event_name": []}',
     b'{"event_name": "muc-room-created", "room_name": "x", "created_at": Infinity}',
     b'{"event_name": "muc-occupant-left", "room_name": "x", "occupant": 7}'],
)  # fmt: skip
def test_an_event_nobody_can_read_is_refused(engine: Jitsi, body: bytes) -> None:
    with pytest.raises(BadInput):
        report(engine, body)


def test_jitsi_is_asked_nothing_from_outside(engine: Jitsi) -> None:
    room = engine.ensure_room(SPEC)
    with pytest.raises(Unsupported):
        engine.presence(room)
    with pytest.raises(Unsupported):
        engine.act(room, Verb.END)
    assert engine.recordings(room) == []
    assert engine.check().well


def test_a_recording_is_let_in_by_a_token_for_that_alone(engine: Jitsi) -> None:
    soon = clock.now() + timedelta(minutes=10)
    said = {"room": SPEC.name, "aud": PURPOSE, "exp": soon}

    def token(secret: str = CALLBACK_SECRET, **changed: Any) -> str:
        kept = {key: value for key, value in {**said, **changed}.items() if value is not None}
        return jwt.encode(kept, secret, algorithm="HS256")

    assert engine.hand_in(token()) == SPEC.name
    past = clock.now() - timedelta(hours=1)
    for wrong in (
        token(JITSI_SECRET), token(aud="jitsi"), token(aud=None), token(exp=past), token(exp=None),
        token(room=None), token(room=7), "", "a.b.c", jwt.encode(said, "", algorithm="none"),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            engine.hand_in(wrong)


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1/x", "stored:recordings/ab", "stored:conference/../secret", "/etc/x"]
)
def test_only_what_was_handed_in_can_be_fetched(app: Flask, engine: Jitsi, uri: str) -> None:
    with pytest.raises(BadInput):
        next(engine.fetch(uri))
