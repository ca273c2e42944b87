"""The resumable upload over HTTP, with somebody else's client and with a line that breaks."""

from __future__ import annotations

import base64
import hashlib
import http.client
import io
import socket
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import requests
from flask import Flask
from sqlalchemy import select
from tusclient import client as tus_client
from tusclient.exceptions import TusCommunicationError

from meetly.arriving import PIECE
from meetly.extensions import db
from meetly.recordings.models import Recording, RecordingStatus
from meetly.storage import files
from tests.cast import Cast
from tests.line import Line, metadata, served, sign_in
from tests.meetings.plans import scheduled

CONTENT = np.random.default_rng(7).bytes(5 * PIECE + 12_345)


@pytest.fixture
def line(app: Flask, cast: Cast) -> Iterator[Line]:
    """Serve the application and sign the secretary in."""
    told = {"filename": "giao ban.ogg", "meeting": str(scheduled(cast).id)}
    db.session.commit()
    with served(app) as port, requests.Session() as session:
        yield Line(port, session, sign_in(port, "nam", session), "/uploads", told)


def only_recording() -> Recording:
    db.session.expire_all()
    found = db.session.scalars(select(Recording)).one()
    db.session.commit()  # the server must not wait for the test's own look
    return found


def test_another_client_uploads_stops_and_resumes(line: Line) -> None:
    client = tus_client.TusClient(f"{line.address}/uploads", headers=line.headers)
    told = {"filename": "họp.ogg", "meeting": line.told["meeting"]}
    first = client.uploader(file_stream=io.BytesIO(CONTENT), chunk_size=PIECE // 2, metadata=told)
    first.upload(stop_at=2 * PIECE)
    assert only_recording().offset == 2 * PIECE
    second = client.uploader(file_stream=io.BytesIO(CONTENT), chunk_size=3 * PIECE, url=first.url)
    assert second.get_offset() == 2 * PIECE
    second.upload()
    recording = only_recording()
    assert (recording.status, recording.filename) == (RecordingStatus.RECEIVED, "họp.ogg")
    assert recording.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert files.read(recording.storage_key) == CONTENT


def test_a_line_that_breaks_keeps_every_whole_piece(line: Line) -> None:
    path = line.create(len(CONTENT)).headers["Location"]
    raw = socket.create_connection(("127.0.0.1", line.port))
    head = "".join(f"{name}: {value}\r\n" for name, value in line.headers.items())
    raw.sendall(
        f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}Upload-Offset: 0\r\n"
        "Content-Type: application/offset+octet-stream\r\n"
        f"Content-Length: {len(CONTENT)}\r\n\r\n".encode()
    )
    raw.sendall(CONTENT[: 3 * PIECE + 5000])
    raw.shutdown(socket.SHUT_WR)
    with raw:
        while raw.recv(4096):
            pass
    safe = int(line.head(path).headers["Upload-Offset"])
    assert safe >= 3 * PIECE
    assert line.patch(path, safe, CONTENT[safe:]).status_code == 204
    assert files.read(only_recording().storage_key) == CONTENT


def test_the_server_says_what_it_can_do(line: Line) -> None:
    answer = requests.options(f"{line.address}/uploads", timeout=10)
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation", "termination", "checksum", "expiration"
    }  # fmt: skip
    created = line.create(10)
    assert (created.status_code, created.headers["Upload-Offset"]) == (201, "0")
    assert "GMT" in created.headers["Upload-Expires"]
    head = line.head(created.headers["Location"])
    assert (head.headers["Upload-Length"], head.headers["Cache-Control"]) == ("10", "no-store")


def test_a_wrong_offset_is_a_conflict(line: Line) -> None:
    path = line.create(10).headers["Location"]
    assert line.patch(path, 0, b"01234").headers["Upload-Offset"] == "5"
    again = line.patch(path, 0, b"xxxxx")
    assert (again.status_code, again.json()["code"]) == (409, "STALE")
    assert line.patch(path, 5, b"5678901").status_code == 413
    assert line.patch(path, 5, b"56789").headers["Upload-Offset"] == "10"
    assert files.read(only_recording().storage_key) == b"0123456789"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_checksum_is_held_to(line: Line, algorithm: str) -> None:
    path = line.create(6).headers["Location"]
    digest = base64.b64encode(hashlib.new(algorithm, b"abcdef").digest()).decode()
    promise = {"Upload-Checksum": f"{algorithm} {digest}"}
    assert line.patch(path, 0, b"abcdeX", **promise).status_code == 460
    assert line.head(path).headers["Upload-Offset"] == "0"
    assert line.patch(path, 0, b"abcdef", **promise).status_code == 204
    assert only_recording().sha256 == hashlib.sha256(b"abcdef").hexdigest()
    root = files.path("recordings/x").parent
    assert len([file for file in root.rglob("*") if file.is_file()]) == 1


def test_an_upload_can_be_cancelled(line: Line) -> None:
    path = line.create(6).headers["Location"]
    line.patch(path, 0, b"abc")
    assert line.delete(path).status_code == 204
    assert line.head(path).status_code == 404
    assert line.patch(path, 3, b"def").status_code == 404


def test_forgery_and_strangers_are_refused(line: Line, app: Flask) -> None:
    path = line.create(6).headers["Location"]
    assert line.create(6, **{"X-CSRFToken": "forged"}).status_code == 400
    assert line.patch(path, 0, b"abc", **{"X-CSRFToken": ""}).status_code == 400
    assert line.patch(path, 0, b"abc", Cookie="").status_code in (302, 400, 403)
    assert only_recording().offset == 0


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Upload-Length": "-5"}, 400),
        ({"Upload-Length": "９"}, 400),
        ({"Upload-Length": "1e9"}, 400),
        ({"Upload-Length": str(1 << 50)}, 413),
        ({"Upload-Metadata": "filename !!!"}, 400),
        ({"Upload-Metadata": "meeting " + base64.b64encode(b"999").decode()}, 404),
        ({"Upload-Metadata": ""}, 400),
    ],
    ids=range(8),
)
def test_a_creation_that_makes_no_sense_is_refused(
    line: Line, changed: dict[str, str], status: int
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", line.port, timeout=10)
    told = metadata(meeting=line.told["meeting"])
    headers = {**line.headers, "Upload-Length": "10", "Upload-Metadata": told, **changed}
    sent = {name: value.encode("utf-8") for name, value in headers.items()}
    connection.request("POST", "/uploads", headers=sent)
    assert connection.getresponse().status == status
    connection.close()


def test_memory_never_holds_more_than_a_piece(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    longest = []
    original: Callable[..., None] = type(files).write_at

    def spy(self: object, key: str, offset: int, piece: bytes) -> None:
        longest.append(len(piece))
        original(self, key, offset, piece)

    monkeypatch.setattr(type(files), "write_at", spy)
    path = line.create(len(CONTENT)).headers["Location"]
    assert line.patch(path, 0, CONTENT).status_code == 204
    assert max(longest) <= PIECE
    assert len(longest) == 6


def test_a_full_disk_is_said_and_nothing_acknowledged_is_lost(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    from meetly.errors import NoSpace

    path = line.create(20).headers["Location"]
    line.patch(path, 0, b"0123456789")

    def full(*_: object) -> None:
        raise NoSpace()

    with monkeypatch.context() as patch:
        patch.setattr(type(files), "write_at", full)
        refused = line.patch(path, 10, b"abcdefghij")
        assert (refused.status_code, refused.json()["code"]) == (507, "NO_SPACE")
    assert line.head(path).headers["Upload-Offset"] == "10"
    assert line.patch(path, 10, b"abcdefghij").status_code == 204
    assert files.read(only_recording().storage_key) == b"0123456789abcdefghij"


def test_an_unknown_upload_is_not_found_for_the_client(line: Line) -> None:
    client = tus_client.TusClient(f"{line.address}/uploads", headers=line.headers)
    with pytest.raises(TusCommunicationError):
        client.uploader(
            file_stream=io.BytesIO(b"x"), url=f"{line.address}/uploads/nope"
        ).get_offset()
