"""Doubles of conference engines: real HTTP servers that hold Meetly to the documented contract.

They were written from the documentation of BigBlueButton (API and webhooks) and of Jitsi (tokens,
event_sync); neither they nor Meetly have ever met a live server of either. They verify checksums
over the raw query string and signatures of tokens, and can misbehave on demand.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.sax.saxutils import escape

import jwt

BBB_SECRET = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"
JITSI_SECRET = "the secret that Prosody of the double knows"
CALLBACK_SECRET = "the secret of events and recordings, long enough"
APP_ID = "meetly"

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
    )
    + "]><response><returncode>&m;</returncode></response>"
)  # fmt: skip
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<response><returncode>&x;</returncode></response>"
)


@dataclass
class Double:
    """A server in a thread and what it saw."""

    server: ThreadingHTTPServer
    #: how it misbehaves: 500, slow, laughs, outside, huge, redirect, html, short
    mood: str = ""
    #: paths with their queries as they came
    asked: list[str] = field(default_factory=list)
    #: where a redirect leads
    elsewhere: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@dataclass
class BigBlueButtonDouble(Double):
    """Answers as the documentation of the API says."""

    algorithm: str = "sha256"
    rooms: dict[str, dict[str, Any]] = field(default_factory=dict)
    hooks: list[tuple[str, str]] = field(default_factory=list)
    recordings: list[dict[str, Any]] = field(default_factory=list)
    #: bbb-webhooks is a package of its own, which a server may lack
    has_hooks: bool = True

    def answer(self, path: str, query: str) -> tuple[int, str]:
        """Answer a call after checking its checksum over the query as it came."""
        call = path.removeprefix("/bigbluebutton/api/")
        signed, _, checksum = query.rpartition("checksum=")
        said = call + signed.removesuffix("&") + BBB_SECRET
        if checksum != hashlib.new(self.algorithm, said.encode()).hexdigest():
            return 200, _failed("checksumError")
        names = [name for name, _value in parse_qsl(query, keep_blank_values=True)]
        assert len(names) == len(set(names)), f"a parameter stands twice in {query}"
        given = dict(parse_qsl(query))
        if call == "hooks/create":
            if not self.has_hooks:
                return 404, "<html>not here</html>"
            self.hooks.append((given["meetingID"], given["callbackURL"]))
            return 200, _ok("<hookID>1</hookID>")
        said_xml = getattr(self, f"_{call}")(given)
        return 200, said_xml

    def _getMeetings(self, given: dict[str, str]) -> str:
        return _ok("<meetings></meetings>")

    def _create(self, given: dict[str, str]) -> str:
        room = self.rooms.setdefault(
            given["meetingID"],
            {"given": given, "created": str(1700000000000 + len(self.rooms)), "people": {}},
        )
        return _ok(
            f"<meetingID>{escape(given['meetingID'])}</meetingID>"
            f"<createTime>{room['created']}</createTime>"
        )

    def _end(self, given: dict[str, str]) -> str:
        if self.rooms.pop(given["meetingID"], None) is None:
            return _failed("notFound")
        return _ok("<messageKey>sentEndMeetingRequest</messageKey>")

    def _getMeetingInfo(self, given: dict[str, str]) -> str:
        room = self.rooms.get(given["meetingID"])
        if room is None:
            return _failed("notFound")
        people = "".join(
            f"<attendee><userID>{escape(ref)}</userID><fullName>{escape(name)}</fullName>"
            "<role>VIEWER</role></attendee>"
            for ref, name in room["people"].items()
        )
        return _ok(f"<running>true</running><endTime>0</endTime><attendees>{people}</attendees>")

    def _getRecordings(self, given: dict[str, str]) -> str:
        mine = [r for r in self.recordings if r["meetingID"] == given["meetingID"]]
        if not mine:
            return _ok("<recordings/><messageKey>noRecordings</messageKey>")
        return _ok(f"<recordings>{''.join(map(_recording, mine))}</recordings>")

    def webhook(self, callback: str, *events: dict[str, Any]) -> tuple[str, bytes]:
        """Return the address and body of a report, signed as bbb-webhooks signs it."""
        body = urlencode({"domain": "bbb", "event": json.dumps(list(events)), "timestamp": "1"})
        said = f"{callback}{body}{BBB_SECRET}"
        checksum = hashlib.new(self.algorithm, said.encode()).hexdigest()
        return f"{callback}?checksum={checksum}", body.encode()


@dataclass
class JitsiDouble(Double):
    """Lets in who has a token for the room, as Prosody does."""

    def answer(self, path: str, query: str) -> tuple[int, str]:
        """Answer the page of a room, or the settings of a browser."""
        if path == "/config.js":
            return 200, "var config = {};"
        token = dict(parse_qsl(query)).get("jwt", "")
        try:
            said = jwt.decode(
                token, JITSI_SECRET, algorithms=["HS256"], audience="jitsi", issuer=APP_ID
            )
        except jwt.PyJWTError:
            return 403, "no"
        return (200, said["context"]["user"]["name"]) if said["room"] == path[1:] else (403, "no")


@contextmanager
def serving(kind: type[Double]) -> Iterator[Any]:
    """Serve a double."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            double: Any = self.server.double  # type: ignore[attr-defined]
            parts = urlsplit(self.path)
            double.asked.append(self.path)
            if not _misbehave(self, double):
                if parts.path in double.files:
                    status, raw = 200, double.files[parts.path]
                else:
                    status, text = double.answer(parts.path, parts.query)
                    raw = text.encode()
                _send(self, status, raw)

        def log_message(self, *_said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    double = kind(server)
    server.double = double  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _misbehave(handler: BaseHTTPRequestHandler, double: Double) -> bool:
    mood = double.mood
    if mood == "500":
        _send(handler, 500, b"oops")
    elif mood == "slow":
        time.sleep(0.6)
    elif mood in ("laughs", "outside", "html"):
        page = {"laughs": LAUGHS, "outside": OUTSIDE, "html": "<html><p>hello</html>"}[mood]
        _send(handler, 200, page.encode())
    elif mood == "huge":
        _huge(handler)
    elif mood == "redirect":
        handler.send_response(302)
        handler.send_header("Location", double.elsewhere)
        handler.end_headers()
    elif mood == "short":
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"x" * 10)
    return bool(mood)


def _huge(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(50 * 1024**2))
    handler.end_headers()
    try:
        for _ in range(50):
            handler.wfile.write(b"<response>" * (1024**2 // 10))
    except OSError:
        pass  # the reader had enough


def _send(handler: BaseHTTPRequestHandler, status: int, raw: bytes) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(raw)))
    handler.end_headers()
    handler.wfile.write(raw)


def _ok(inside: str) -> str:
    return f"<response><returncode>SUCCESS</returncode>{inside}</response>"


def _failed(key: str) -> str:
    return f"<response><returncode>FAILED</returncode><messageKey>{key}</messageKey></response>"


def _recording(one: dict[str, Any]) -> str:
    formats = "".join(
        f"<format><type>{kind}</type><url> {escape(url)} </url></format>"
        for kind, url in one["formats"].items()
    )
    return (
        f"<recording><recordID>{one['recordID']}</recordID><published>true</published>"
        f"<startTime>{one['start']}</startTime><playback>{formats}</playback></recording>"
    )


def bbb_event(name: str, room: str, at_ms: int, ref: str = "", session: str = "") -> dict[str, Any]:
    """Return one event as the webhooks send it."""
    meeting = {"internal-meeting-id": f"internal-{room}", "external-meeting-id": room}
    said: dict[str, Any] = {"meeting": meeting}
    if ref:
        said["user"] = {
            "internal-user-id": session, "external-user-id": ref, "name": "Tên trong phòng",
        }  # fmt: skip
    return {"data": {"type": "event", "id": name, "attributes": said, "event": {"ts": at_ms}}}


def jitsi_event(
    name: str, room: str, at: float, ref: str = "", session: str = ""
) -> dict[str, Any]:
    """Return one event as the event_sync component sends it."""
    jid = f"{room}@conference.meet.example"
    told: dict[str, Any] = {
        "event_name": name, "room_name": room, "room_jid": jid, "is_breakout": False,
    }  # fmt: skip
    if ref:
        stamp = "joined_at" if name.endswith("joined") else "left_at"
        told["occupant"] = {
            "id": ref, "name": "Tên trong phòng", "occupant_jid": f"x@meet.example/{session}",
            stamp: at,
        }  # fmt: skip
    else:
        told |= {"created_at": at} if name.endswith("created") else {"destroyed_at": at}
    return told
