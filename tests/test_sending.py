"""Bytes on their way out: whole, in parts, through a real gunicorn, and past readers who stop."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from meetly import sending
from meetly.sending import Body, Stretch, answer

STORED = b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(30_000))
WHOLE = b"dau" + STORED + b"giua" + STORED[1000:2000] + b"cuoi"
TAG = "tag-1"


def body_of(path: Path) -> Body:
    length = len(STORED)
    return Body([b"dau", Stretch(path, 0, length), b"giua", Stretch(path, 1000, 1000), b"cuoi"])


def sender(path: Path) -> Flask:
    """Return an application that sends one body."""
    app = Flask("sender")

    @app.get("/body")
    def body() -> Response:
        return answer(request, body_of(path), etag=TAG, media_type="application/x", Meetly_Say="a")

    @app.get("/short")
    def short() -> Response:
        stretch = Stretch(path, 0, len(STORED) + 100)
        return answer(request, Body([stretch]), etag="s", media_type="application/x")

    return app


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    (tmp_path / "stored").write_bytes(STORED)
    return tmp_path / "stored"


@pytest.fixture
def browser(stored: Path) -> FlaskClient:
    return sender(stored).test_client()


def get(browser: FlaskClient, method: str = "GET", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.open("/body", method=method, headers=named, buffered=True)


def test_the_whole_is_sent_with_its_length_and_tag(browser: FlaskClient) -> None:
    sent = get(browser)
    assert (sent.status_code, sent.data) == (200, WHOLE)
    assert sent.headers["Content-Length"] == str(len(WHOLE))
    assert sent.headers["ETag"] == '"tag-1"' and sent.headers["Accept-Ranges"] == "bytes"
    assert sent.headers["Meetly-Say"] == "a"
    assert sent.headers["Cache-Control"] == "private, no-cache"


def test_a_head_opens_nothing_and_says_the_same(browser: FlaskClient, stored: Path) -> None:
    stored.unlink()
    sent = get(browser, "HEAD", Range="bytes=0-5")
    assert sent.status_code == 200 and sent.data == b""
    assert sent.headers["Content-Length"] == str(len(WHOLE))


@pytest.mark.parametrize(
    ("asked", "first", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=2-4", 2, 5),
        ("bytes=100-", 100, len(WHOLE)),
        ("bytes=-7", len(WHOLE) - 7, len(WHOLE)),
        (f"bytes={len(STORED)}-{len(STORED) + 9}", len(STORED), len(STORED) + 10),
        (f"bytes=5-{10**18}", 5, len(WHOLE)),
        (f"bytes=-{10**18}", 0, len(WHOLE)),
    ],
)
def test_a_range_is_sent_as_asked(browser: FlaskClient, asked: str, first: int, stop: int) -> None:
    sent = get(browser, Range=asked)
    assert (sent.status_code, sent.data) == (206, WHOLE[first:stop])
    assert sent.headers["Content-Range"] == f"bytes {first}-{stop - 1}/{len(WHOLE)}"
    assert sent.headers["Content-Length"] == str(stop - first)


@pytest.mark.parametrize("asked", [f"bytes={len(WHOLE)}-", f"bytes={10**18}-"])
def test_a_range_past_the_end_is_refused_with_the_length(browser: FlaskClient, asked: str) -> None:
    sent = get(browser, Range=asked)
    assert (sent.status_code, sent.data) == (416, b"")
    assert sent.headers["Content-Range"] == f"bytes */{len(WHOLE)}"


@pytest.mark.parametrize(
    "asked",
    ["bytes=5-2", "bytes=a-b", "lines=0-5", "bytes=0-1,5-6", "bytes", "bytes=--1", "bytes=-0", ""],
)
def test_what_is_no_single_range_is_answered_whole(browser: FlaskClient, asked: str) -> None:
    sent = get(browser, Range=asked)
    assert (sent.status_code, sent.data) == (200, WHOLE)


@pytest.mark.parametrize(
    "known", ['"other"', 'W/"tag-1"', "tag-1", "Mon, 23 Nov 2099 08:00:00 GMT"]
)
def test_a_part_of_something_else_is_never_gone_on_with(browser: FlaskClient, known: str) -> None:
    sent = get(browser, Range="bytes=5-", If_Range=known)
    assert (sent.status_code, sent.data) == (200, WHOLE)
    assert get(browser, Range="bytes=5-", If_Range='"tag-1"').status_code == 206


@pytest.mark.parametrize("known", ['"tag-1"', 'W/"tag-1"', '"x", "tag-1"', "*"])
def test_what_the_reader_has_is_not_sent_again(browser: FlaskClient, known: str) -> None:
    sent = get(browser, If_None_Match=known, Range="bytes=0-4")
    assert (sent.status_code, sent.data) == (304, b"")
    assert sent.headers["ETag"] == '"tag-1"'


@given(st.lists(st.binary(max_size=5), max_size=8), st.data())
def test_any_part_of_any_pieces(pieces: list[bytes], data: st.DataObject) -> None:
    body, whole = Body(pieces), b"".join(pieces)
    first = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(first, len(whole)))
    assert body.length == len(whole)
    assert body.read(first, stop) == whole[first:stop]


# -- through the real server -----------------------------------------------------------------


@contextmanager
def serving(folder: Path, worker: str) -> Iterator[str]:
    """Serve the body by a real gunicorn with this kind of worker; gives the address."""
    (folder / "stored").write_bytes(STORED)
    command = [
        sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--worker-class", worker,
        "--threads", "8", "--chdir", str(Path(__file__).parent.parent),
        f"tests.test_sending:served({str(folder)!r})",
    ]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        found = None
        while found is None:
            line = server.stderr.readline()
            assert line, "gunicorn did not start"
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
        yield found[0]
        server.terminate()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the body as `meetly up` serves everything."""
    with serving(tmp_path_factory.mktemp("served"), "meetly.serving.Worker") as found:
        yield found


def served(folder: str) -> Flask:
    """Return what the gunicorn of these tests serves."""
    sending.PATIENCE = 1
    app = sender(Path(folder) / "stored")
    calls: list[int] = []
    copied = os.sendfile

    def counted(out_fd: int, in_fd: int, offset: int | None, count: int) -> int:
        calls.append(1)
        return copied(out_fd, in_fd, offset, count)

    os.sendfile = counted  # the kernel still does the work; we only count

    @app.get("/calls")
    def told() -> str:
        return str(len(calls))

    return app


def fetch(address: str, path: str = "/body", timeout: float = 10, **headers: str) -> bytes:
    asked = urllib.request.Request(address + path, headers=headers)
    with urllib.request.urlopen(asked, timeout=timeout) as sent:
        content: bytes = sent.read()
    return content


def connected(address: str) -> socket.socket:
    host, _colon, port = address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=10)


def asking(headers: str = "") -> bytes:
    return f"GET /body HTTP/1.1\r\nHost: meetly.example\r\n{headers}\r\n".encode()


def test_the_kernel_copies_the_files_and_every_byte_arrives(address: str) -> None:
    before = int(fetch(address, "/calls"))
    assert fetch(address) == WHOLE
    assert fetch(address, Range="bytes=10-50000") == WHOLE[10:50_001]
    end = len(WHOLE) - 1004 - 4
    assert fetch(address, Range=f"bytes={end - 5}-") == WHOLE[end - 5 :]
    assert int(fetch(address, "/calls")) - before >= 5


def test_one_line_serves_several_requests_after_another(address: str) -> None:
    with connected(address) as line:
        for first, stop in ((0, 10), (2, 3), (500, 90_000)):
            line.sendall(asking(f"Range: bytes={first}-{stop - 1}\r\n"))
            got = b""
            while b"\r\n\r\n" not in got or len(got.split(b"\r\n\r\n", 1)[1]) < stop - first:
                got += line.recv(65_536)
            head, content = got.split(b"\r\n\r\n", 1)
            assert b" 206 " in head and b"keep-alive" in head
            assert content == WHOLE[first:stop]


def test_a_file_that_is_too_short_breaks_off_instead_of_pretending(address: str) -> None:
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        fetch(address, "/short")


def test_a_reader_who_takes_nothing_any_more_is_let_go(address: str) -> None:
    idle = []
    for _ in range(8):  # as many as there are threads
        line = connected(address)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.sendall(asking())
        idle.append(line)
    time.sleep(0.2)
    assert fetch(address) == WHOLE  # waits for a thread no longer than their patience
    for line in idle:
        line.close()


def parting_readers(address: str) -> list[socket.socket]:
    """Let readers ask for what is sent at once, and then be too slow to hang up."""
    slow = []
    for _ in range(4):
        line = connected(address)
        line.sendall(asking("Connection: close\r\nRange: bytes=0-9999\r\n"))
        slow.append(line)
    time.sleep(0.3)
    return slow


def test_a_slow_readers_goodbye_holds_nobody_up(address: str) -> None:
    slow = parting_readers(address)
    assert fetch(address, Range="bytes=0-9", timeout=3) == WHOLE[:10]
    for line in slow:
        line.close()


def test_gunicorns_own_worker_would_be_held_up(tmp_path: Path) -> None:
    with serving(tmp_path, "gthread") as address:
        slow = parting_readers(address)
        with pytest.raises(TimeoutError):
            fetch(address, Range="bytes=0-9", timeout=3)
        for line in slow:
            line.close()
