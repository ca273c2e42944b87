"""BigBlueButton by its documented API: signed calls, XML answers, signed reports of events.

Written from https://docs.bigbluebutton.org/development/api and /webhooks; it has never met a live
server, see docs/conferences.md.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from xml.etree.ElementTree import Element

import jwt

from meetly.errors import BadInput
from meetly.meetings.conference import plain_xml
from meetly.meetings.conference.calling import Server
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
    PartKind,
    Person,
    Presence,
    RecPart,
    RoomRef,
    RoomSpec,
    Unsupported,
    Verb,
)

#: Lengths of the checksums in hexadecimal digits tell which one was used.
ALGORITHMS = {40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}
#: The events that matter here, by the names of the webhooks.
KINDS = {
    "meeting-created": EventKind.ROOM_STARTED,
    "user-joined": EventKind.JOINED,
    "user-left": EventKind.LEFT,
    "meeting-ended": EventKind.ROOM_ENDED,
    "rap-publish-ended": EventKind.RECORDING_READY,
}
MOST_EVENTS = 500


class BigBlueButton:
    """One server, by the address that `bbb-conf --secret` prints and its shared secret."""

    label = "BigBlueButton"
    caps = Caps(
        lobby=True, record=True, attendance=Attending.EVENTS, verbs=frozenset({Verb.END})
    )  # fmt: skip

    def __init__(self, url: str, secret: str, checksum: str = "sha256") -> None:
        if checksum not in ALGORITHMS.values():
            raise BadInput("MEETLY_BBB_CHECKSUM phải là sha1, sha256, sha384 hoặc sha512.")
        base = url.rstrip("/")
        self.server = Server(base if base.endswith("/api") else f"{base}/api")
        self.secret, self.checksum = secret, checksum

    # -- calls ---------------------------------------------------------------------------------

    def address(self, call: str, **parameters: str) -> str:
        """Return the signed address of a call; each parameter stands in it once, the body is empty.

        The checksum is over the name of the call, the query as it is sent, and the secret.
        """
        query = urlencode([(name, value) for name, value in parameters.items() if value])
        signed = self._digest(self.checksum, call + query + self.secret)
        return f"{self.server.base}/{call}?{query}{'&' if query else ''}checksum={signed}"

    def _ask(self, call: str, **parameters: str) -> Element | None:
        """Return the answer to a call, None when the room is not there; EngineDown otherwise."""
        try:
            answer = plain_xml.read(self.server.get(self.address(call, **parameters)))
        except BadInput as error:
            raise EngineDown(f"{self.server.base}: {call} was not answered in plain XML") from error
        if answer.findtext("returncode") == "SUCCESS":
            return answer
        key = answer.findtext("messageKey", "")
        if key in ("notFound", "noRecordings"):
            return None
        raise EngineDown(f"{self.server.base}: {call} was refused: {key[:80]}")

    @staticmethod
    def _digest(algorithm: str, said: str) -> str:
        return hashlib.new(algorithm, said.encode()).hexdigest()

    # -- rooms ---------------------------------------------------------------------------------

    def check(self) -> Health:
        """Ask for the rooms, which needs the right secret."""
        try:
            self._ask("getMeetings")
        except EngineDown as error:
            return Health(False, str(error))
        return Health(True, self.server.base)

    def ensure_room(self, spec: RoomSpec) -> RoomRef:
        """Create the room; the same call on an open room changes nothing (API, create)."""
        report = {"meta_bbb-recording-ready-url": spec.callback} if spec.callback else {}
        answer = self._ask(
            "create", meetingID=spec.name, name=spec.title[:200], record="true",
            autoStartRecording="true", allowStartStopRecording="true", guestPolicy="ASK_MODERATOR",
            logoutURL=spec.home, **report,
        )  # fmt: skip
        if answer is None:
            raise EngineDown(f"{self.server.base}: no room was made")
        created = answer.findtext("createTime", "")
        return {"name": spec.name, "created": created, "callback": spec.callback}

    def watch(self, room: RoomRef) -> None:
        """Register the hook again: the server forgets one whose reports failed a few times."""
        if room.get("callback"):
            self._ask("hooks/create", callbackURL=room["callback"], meetingID=room["name"])

    def grant(self, room: RoomRef, person: Person, role: JoinRole) -> JoinGrant:
        """Return a signed way in, which holds for this opening of the room only (createTime).

        Who is no moderator is a guest: that is whom the policy makes wait in the lobby.
        """
        moderates = role == JoinRole.MODERATOR
        address = self.address(
            "join", meetingID=room["name"], fullName=person.name[:200], userID=person.ref,
            role="MODERATOR" if moderates else "VIEWER", guest="" if moderates else "true",
            createTime=room.get("created", ""), redirect="true",
        )  # fmt: skip
        return JoinGrant(address)

    def act(self, room: RoomRef, verb: Verb, person: str = "") -> None:
        """End a room for everybody; the API has no other verb."""
        if verb != Verb.END:
            raise Unsupported()
        self._ask("end", meetingID=room["name"])

    def presence(self, room: RoomRef) -> list[Presence] | None:
        """List who is in the room; those in the lobby are not."""
        answer = self._ask("getMeetingInfo", meetingID=room["name"])
        if answer is None or answer.findtext("endTime", "0") not in ("", "0"):
            return None
        return [
            Presence(one.findtext("userID", "")[:80], one.findtext("fullName", "")[:200])
            for one in answer.iterfind("attendees/attendee")
        ]

    # -- what it reports -----------------------------------------------------------------------

    def parse_callback(self, request: Callback) -> list[ConfEvent]:
        """Read the events of a webhook, or the token of a recording that is ready."""
        fields = dict(_form(request.body))
        if "signed_parameters" in fields:
            return [self._ready(fields["signed_parameters"])]
        sent = parse_qs(request.query).get("checksum", [""])
        algorithm = ALGORITHMS.get(len(sent[0]))
        body = request.body.decode("utf-8", "replace")
        meant = self._digest(algorithm, request.address + body + self.secret) if algorithm else ""
        if len(sent) != 1 or not hmac.compare_digest(meant.encode(), sent[0].encode()) or not meant:
            raise BadInput("Chữ ký của thông báo từ máy chủ họp không đúng.")
        try:
            told = json.loads(fields.get("event", ""))
            events = [_event(one["data"]) for one in told[:MOST_EVENTS]]
        except UNREADABLE as error:
            raise BadInput("Không đọc được thông báo từ máy chủ họp.") from error
        return [event for event in events if event]

    def _ready(self, token: str) -> ConfEvent:
        # https://docs.bigbluebutton.org/development/api: "Recording ready callback", HS256
        try:
            said = jwt.decode(token, self.secret, algorithms=["HS256"])
            room, record = said["meeting_id"], said["record_id"]
            if not (isinstance(room, str) and isinstance(record, str)):
                raise KeyError
        except (jwt.PyJWTError, KeyError) as error:
            raise BadInput("Chữ ký của thông báo từ máy chủ họp không đúng.") from error
        key = f"ready:{hashlib.sha256(record.encode()).hexdigest()[:40]}"
        return ConfEvent(key, room, EventKind.RECORDING_READY, at_us=0)

    # -- recordings ----------------------------------------------------------------------------

    def recordings(self, room: RoomRef) -> list[RecPart]:
        """List one file with the sound of each recording: its podcast, else its camera film."""
        answer = self._ask("getRecordings", meetingID=room["name"], state="published")
        found = [] if answer is None else answer.iterfind("recordings/recording")
        parts = (self._part(one) for one in found)
        return [part for part in parts if part]

    def _part(self, recording: Element) -> RecPart | None:
        record = recording.findtext("recordID", "")
        urls = {
            one.findtext("type", ""): one.findtext("url", "").strip()
            for one in recording.iterfind("playback/format")
        }
        if podcast := urls.get("podcast"):
            kind, uri = PartKind.MIXED_AUDIO, podcast
        elif shown := urls.get("presentation"):
            parts = urlsplit(shown)
            film = f"/presentation/{record}/video/webcams.webm"
            kind, uri = PartKind.VIDEO, f"{parts.scheme}://{parts.netloc}{film}"
        else:
            return None
        start = _number(recording.findtext("startTime"))
        return RecPart(record[:120], kind, uri, start_us=start * 1000 if start else None)

    def fetch(self, uri: str) -> Iterator[bytes]:
        """Yield the bytes of a recording on this server; BadInput for one elsewhere."""
        return self.server.pieces(uri)


def _form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError as error:
        raise BadInput("Không đọc được thông báo từ máy chủ họp.") from error


def _event(data: dict[str, Any]) -> ConfEvent | None:
    """Read one event of a webhook, None when it does not matter here."""
    kind = KINDS.get(data["id"])
    if kind is None:
        return None
    said, at = data["attributes"], int(data["event"]["ts"])
    user = said.get("user") or {}
    session = str(user.get("internal-user-id", ""))
    room = said["meeting"].get("external-meeting-id") or ""
    record = str(said.get("record-id", said["meeting"].get("internal-meeting-id", "")))
    named = "|".join((data["id"], session or record, str(at)))
    return ConfEvent(
        key=f"bbb:{hashlib.sha256(named.encode()).hexdigest()[:40]}", room=str(room), kind=kind,
        at_us=at * 1000, person_ref=str(user.get("external-user-id", ""))[:80],
        name=str(user.get("name", ""))[:200], session=session[:80],
    )  # fmt: skip


def _number(said: str | None) -> int:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 16 else 0
