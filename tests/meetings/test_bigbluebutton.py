"""BigBlueButton against its double: signed calls, one room, proved reports, hostile answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree import ElementTree

import jwt
import pytest

from meetly.errors import BadInput
from meetly.meetings.conference import plain_xml
from meetly.meetings.conference.bigbluebutton import BigBlueButton
from meetly.meetings.conference.models import EventKind
from meetly.meetings.conference.protocol import (
    Callback,
    EngineDown,
    JoinRole,
    PartKind,
    Person,
    RoomSpec,
    Unsupported,
    Verb,
)
from tests.meetings.engines import (
    BBB_SECRET,
    LAUGHS,
    OUTSIDE,
    BigBlueButtonDouble,
    bbb_event,
    serving,
)

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CALLBACK = "https://hop.example/conference/bigbluebutton/meetly-1-ab"
SPEC = RoomSpec(
    "meetly-1-ab", "Giao ban & họp", MORNING, MORNING, home="https://hop.example/meetings/1",
    callback=CALLBACK,
)  # fmt: skip


@pytest.fixture
def double() -> Iterator[BigBlueButtonDouble]:
    with serving(BigBlueButtonDouble) as double:
        yield double


@pytest.fixture
def engine(double: BigBlueButtonDouble) -> BigBlueButton:
    engine = BigBlueButton(f"{double.url}/bigbluebutton/", BBB_SECRET)
    engine.server.patience = 0.3
    return engine


def report(engine: BigBlueButton, address: str, body: bytes) -> list[EventKind]:
    query = urlsplit(address).query
    return [e.kind for e in engine.parse_callback(Callback(CALLBACK, query, {}, body))]


@pytest.mark.parametrize(
    ("algorithm", "checksum"),
    [
        ("sha1", "1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17"),
        ("sha256", "da9185f7f333cfdfcd6eeac32dca3777510c4c436020d8b887ba5515bd1d189e"),
    ],
)
def test_the_checksum_is_that_of_the_official_documentation(algorithm: str, checksum: str) -> None:
    engine = BigBlueButton("https://bbb.example/bigbluebutton", BBB_SECRET, algorithm)
    address = engine.address(
        "create", name="Test Meeting", meetingID="abc123", attendeePW="111222",
        moderatorPW="333444",
    )  # fmt: skip
    assert address.endswith(f"&checksum={checksum}")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_every_checksum_the_api_knows_is_spoken(
    double: BigBlueButtonDouble, algorithm: str
) -> None:
    double.algorithm = algorithm
    engine = BigBlueButton(f"{double.url}/bigbluebutton", BBB_SECRET, algorithm)
    assert engine.check().well
    address, body = double.webhook(CALLBACK, bbb_event("user-joined", "r", 1, "unit:7", "w_1"))
    assert report(engine, address, body) == [EventKind.JOINED]


def test_an_unknown_checksum_is_refused_at_once() -> None:
    with pytest.raises(BadInput):
        BigBlueButton("https://bbb.example", BBB_SECRET, "md5")


def test_a_wrong_secret_shows_in_the_check(double: BigBlueButtonDouble) -> None:
    health = BigBlueButton(f"{double.url}/bigbluebutton", "wrong").check()
    assert not health.well and "checksumError" in health.says


def test_creating_a_room_twice_gives_the_same_room(
    double: BigBlueButtonDouble, engine: BigBlueButton
) -> None:
    assert engine.ensure_room(SPEC) == engine.ensure_room(SPEC)
    (room,) = double.rooms.values()
    given = room["given"]
    assert given["guestPolicy"] == "ASK_MODERATOR"
    assert (given["record"], given["autoStartRecording"]) == ("true", "true")
    assert given["name"] == "Giao ban & họp"
    assert given["meta_bbb-recording-ready-url"] == CALLBACK


def test_hosts_moderate_and_sites_wait_in_the_lobby(engine: BigBlueButton) -> None:
    room = engine.ensure_room(SPEC)
    chair = engine.grant(room, Person("user:1", "Trần Quốc Khải"), JoinRole.MODERATOR).url
    site = engine.grant(room, Person("unit:7", "UBND xã Nậm Hoa"), JoinRole.VIEWER).url
    host, guest = (parse_qs(urlsplit(url).query) for url in (chair, site))
    assert host["role"] == ["MODERATOR"] and "guest" not in host
    assert guest["role"] == ["VIEWER"] and guest["guest"] == ["true"]
    assert guest["userID"] == ["unit:7"] and guest["fullName"] == ["UBND xã Nậm Hoa"]
    assert guest["createTime"] == [room["created"]]


def test_who_is_there_is_asked_and_a_room_that_is_gone_is_none(
    double: BigBlueButtonDouble, engine: BigBlueButton
) -> None:
    room = engine.ensure_room(SPEC)
    double.rooms[SPEC.name]["people"]["unit:7"] = "UBND xã Nậm Hoa"
    present = engine.presence(room)
    assert present is not None and [one.person_ref for one in present] == ["unit:7"]
    engine.act(room, Verb.END)
    assert engine.presence(room) is None
    with pytest.raises(Unsupported):
        engine.act(room, Verb.MUTE, "unit:7")


def test_hooks_are_registered_again_whenever_asked(
    double: BigBlueButtonDouble, engine: BigBlueButton
) -> None:
    room = engine.ensure_room(SPEC)
    engine.watch(room)
    engine.watch(room)
    assert double.hooks == [(SPEC.name, CALLBACK)] * 2


# -- what it reports ---------------------------------------------------------------------------


def test_a_report_is_believed_only_with_its_checksum(
    double: BigBlueButtonDouble, engine: BigBlueButton
) -> None:
    joined = bbb_event("user-joined", SPEC.name, 1795395600123, "unit:7", "w_1")
    address, body = double.webhook(CALLBACK, joined, bbb_event("chat-group-message-sent", "r", 1))
    query = urlsplit(address).query
    (event,) = engine.parse_callback(Callback(CALLBACK, query, {}, body))
    assert (event.person_ref, event.session, event.room) == ("unit:7", "w_1", SPEC.name)
    assert event.at_us == 1795395600123000
    for address_, query_, body_ in (
        (CALLBACK, query, body.replace(b"unit%3A7", b"unit%3A8")),
        (CALLBACK + "x", query, body),
        (CALLBACK, "", body),
        (CALLBACK, "checksum=" + "0" * 64, body),
        (CALLBACK, f"{query}&{query}", body),
        (CALLBACK, "checksum=" + hashlib.sha256(body).hexdigest(), body),
    ):
        with pytest.raises(BadInput):
            engine.parse_callback(Callback(address_, query_, {}, body_))


def test_the_checksum_is_what_refuses_a_changed_report(
    double: BigBlueButtonDouble, engine: BigBlueButton, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, body = double.webhook(CALLBACK, bbb_event("user-left", "r", 1, "unit:7", "w_1"))
    changed = body.replace(b"unit%3A7", b"unit%3A8")
    with pytest.raises(BadInput):
        report(engine, address, changed)
    monkeypatch.setattr("hmac.compare_digest", lambda _a, _b: True)  # planted defect
    assert report(engine, address, changed) == [EventKind.LEFT]


def test_the_same_report_has_the_same_key(
    double: BigBlueButtonDouble, engine: BigBlueButton
) -> None:
    joined = bbb_event("user-joined", SPEC.name, 5, "unit:7", "w_1")
    keys = set()
    for _ in range(2):
        address, body = double.webhook(CALLBACK, joined)
        query = urlsplit(address).query
        keys |= {e.key for e in engine.parse_callback(Callback(CALLBACK, query, {}, body))}
    assert len(keys) == 1


@pytest.mark.parametrize(
    "event",
    ["", "[", "{}", "[1]", '[{"data": 1}]', "[" * 5000, '[{"data": {"id": "user-joined"}}]',
     '[{"data": {"id": "user-left", "attributes": {"meeting": "x"}, "event": {"ts": Infinity}}}]'],
)  # fmt: skip
def test_a_signed_report_nobody_can_read_is_refused(engine: BigBlueButton, event: str) -> None:
    body = urlencode({"event": event}).encode()
    signed = hashlib.sha256(CALLBACK.encode() + body + BBB_SECRET.encode()).hexdigest()
    with pytest.raises(BadInput):
        engine.parse_callback(Callback(CALLBACK, f"checksum={signed}", {}, body))


def test_a_recording_that_is_ready_is_proved_by_its_token(engine: BigBlueButton) -> None:
    said = {"meeting_id": SPEC.name, "record_id": "rec-1"}
    good = jwt.encode(said, BBB_SECRET, algorithm="HS256")
    body = f"signed_parameters={good}".encode()
    assert report(engine, CALLBACK, body) == [EventKind.RECORDING_READY]
    forged = jwt.encode(said, "x" * 40, algorithm="HS256")
    unsigned = jwt.encode(said, "", algorithm="none")
    for token in (forged, unsigned, good[:-2], ""):
        with pytest.raises(BadInput):
            report(engine, CALLBACK, f"signed_parameters={token}".encode())


# -- recordings --------------------------------------------------------------------------------


def test_the_podcast_is_fetched_else_the_film_of_the_cameras(
    double: BigBlueButtonDouble, engine: BigBlueButton
) -> None:
    room = engine.ensure_room(SPEC)
    podcast = f"{double.url}/podcast/rec-1/a.ogg"
    play = f"{double.url}/playback/presentation/2.3/"
    double.recordings = [
        {"meetingID": SPEC.name, "recordID": "rec-1", "start": "1795395600000",
         "formats": {"presentation": f"{play}rec-1", "podcast": podcast}},
        {"meetingID": SPEC.name, "recordID": "rec-2", "start": "x",
         "formats": {"presentation": f"{play}rec-2"}},
        {"meetingID": SPEC.name, "recordID": "rec-3", "start": "1", "formats": {"notes": "x"}},
    ]  # fmt: skip
    first, second = engine.recordings(room)
    assert (first.kind, first.uri) == (PartKind.MIXED_AUDIO, podcast)
    assert first.start_us == 1795395600000000
    assert second.kind == PartKind.VIDEO and second.start_us is None
    assert second.uri == f"{double.url}/presentation/rec-2/video/webcams.webm"
    double.files["/podcast/rec-1/a.ogg"] = b"sound" * 1000
    assert b"".join(engine.fetch(first.uri)) == b"sound" * 1000


@pytest.mark.parametrize(
    "uri",
    ["http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "http://127.0.0.1:1/x",
     "https://bbb.example@evil.example/x", "ftp://127.0.0.1/x", "//evil.example/x", "",
     "http://127.0.0.1\n.evil.example/x"],
)  # fmt: skip
def test_a_recording_on_another_host_is_never_asked_for(engine: BigBlueButton, uri: str) -> None:
    with pytest.raises(BadInput):
        next(engine.fetch(uri))


def test_the_guard_against_other_hosts_is_what_refuses_them(
    double: BigBlueButtonDouble, engine: BigBlueButton
) -> None:
    with serving(BigBlueButtonDouble) as inner:
        inner.files["/secret"] = b"inner"
        with pytest.raises(BadInput):
            next(engine.fetch(f"{inner.url}/secret"))
        assert inner.asked == []
        engine.server.is_here = lambda url: True  # type: ignore[method-assign] # planted defect
        assert b"".join(engine.fetch(f"{inner.url}/secret")) == b"inner"


# -- hostile and broken servers ----------------------------------------------------------------


@pytest.mark.parametrize("mood", ["500", "slow", "laughs", "outside", "huge", "html", "short"])
def test_a_server_that_misbehaves_is_down_and_nothing_more(
    double: BigBlueButtonDouble, engine: BigBlueButton, mood: str
) -> None:
    double.mood = mood
    with pytest.raises(EngineDown):
        engine.ensure_room(SPEC)
    assert not engine.check().well


def test_a_redirect_is_not_followed(double: BigBlueButtonDouble, engine: BigBlueButton) -> None:
    with serving(BigBlueButtonDouble) as inner:
        double.mood, double.elsewhere = "redirect", f"{inner.url}/bigbluebutton/api/create"
        with pytest.raises(EngineDown):
            engine.ensure_room(SPEC)
        with pytest.raises(EngineDown):
            next(engine.fetch(f"{double.url}/podcast/rec-1/a.ogg"))
        assert inner.asked == []


def test_a_server_that_is_not_there_is_down() -> None:
    with serving(BigBlueButtonDouble) as gone:
        url = gone.url
    with pytest.raises(EngineDown):
        BigBlueButton(f"{url}/bigbluebutton", BBB_SECRET).ensure_room(SPEC)


@pytest.mark.parametrize("raw", [LAUGHS, OUTSIDE, "<a>" * 100, "", "<a></b>", "\x00", "<a/>" * 2])
def test_xml_is_read_only_when_it_is_plain(raw: str) -> None:
    with pytest.raises(BadInput):
        plain_xml.read(raw.encode())
    assert plain_xml.read("<a>Nậm Hoa<b/></a>".encode()).text == "Nậm Hoa"


def test_a_document_with_an_entity_would_be_read_without_the_guard() -> None:
    raw = '<!DOCTYPE a [<!ENTITY x "ha">]><a>&x;&x;</a>'
    assert ElementTree.fromstring(raw).text == "haha"
    with pytest.raises(BadInput):
        plain_xml.read(raw.encode())


def test_an_answer_cannot_grow_in_memory(
    double: BigBlueButtonDouble, engine: BigBlueButton
) -> None:
    double.mood = "huge"
    engine.server.patience = 5.0
    with pytest.raises(EngineDown, match="too long"):
        engine.server.get(f"{double.url}/x")


def test_a_title_cannot_add_parameters(double: BigBlueButtonDouble, engine: BigBlueButton) -> None:
    engine.ensure_room(replace(SPEC, title="x&role=MODERATOR&meetingID=other\r\n#?"))
    assert list(double.rooms) == [SPEC.name]
