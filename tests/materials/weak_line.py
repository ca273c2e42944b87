"""A line that is slow and breaks between a real client and a real server, and counts its bytes."""

from __future__ import annotations

import hashlib
import os
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import requests
import urllib3
from tusclient import client as tus_client
from tusclient.exceptions import TusCommunicationError

from meetly.arriving import PIECE
from meetly.cli import web_server
from tests.line import Line, sign_in

ROOT = Path(__file__).resolve().parent.parent.parent
_STEP = 1 << 14
#: Linger of no time: closing sends a reset instead of an end.
_RESET = struct.pack("ii", 1, 0)


@dataclass
class WeakLine:
    """A TCP proxy that breaks after so many bytes, once for each number in `breaks`.

    The bytes of both directions count together. Ways to break, in turn: a reset of both ends; an
    end that the server takes for the client's; silence, and then a reset.
    """

    server: int
    breaks: Iterable[int]
    #: bytes a second, each way
    speed: float = 40e6
    #: told after every break, before the next connection is taken
    after: Callable[[int], None] = lambda _: None
    #: bytes that reached the other end
    up: int = 0
    down: int = 0
    broken: int = 0
    connections: int = 0

    def __post_init__(self) -> None:
        self._far_end = ("127.0.0.1", self.server)
        self._left = iter(self.breaks)
        self._budget = next(self._left, None)
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    def close(self) -> None:
        """Take no more connections and wait for those that are open to end."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(30)

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._carry, args=(client,)))
                self._threads[-1].start()

    def _carry(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(self._far_end) as server:
            self.connections += 1
            back = threading.Thread(target=self._pump, args=(server, client, False))
            back.start()
            self._pump(client, server, True)
            back.join()

    def _pump(self, source: socket.socket, target: socket.socket, is_up: bool) -> None:
        try:
            while piece := source.recv(_STEP):
                time.sleep(len(piece) / self.speed)
                allowed, breaks = self._allowed(len(piece), is_up)
                target.sendall(piece[:allowed])
                if breaks:
                    client, server = (source, target) if is_up else (target, source)
                    self._break(client, server)
                    return
            target.shutdown(socket.SHUT_WR)
        except OSError:  # one end is gone; the other must not wait for it
            _reset(source)
            _reset(target)

    def _allowed(self, size: int, is_up: bool) -> tuple[int, bool]:
        """Tell how many of these bytes still cross, and whether the line breaks then."""
        with self._lock:
            allowed = size if self._budget is None else min(size, self._budget)
            breaks = allowed < size
            self.up += allowed if is_up else 0
            self.down += 0 if is_up else allowed
            if breaks:
                self._budget = next(self._left, None)
                self.broken += 1
            elif self._budget is not None:
                self._budget -= allowed
            return allowed, breaks

    def _break(self, client: socket.socket, server: socket.socket) -> None:
        _until_read(server)
        way = self.broken % 3
        if way == 2:
            time.sleep(0.05)
        _reset(client)
        if way == 1:
            server.shutdown(socket.SHUT_RDWR)
        else:
            _reset(server)
        self.after(self.broken)


def _until_read(server: socket.socket, patience: float = 5.0) -> None:
    """Wait until the server has read what crossed: it is quicker than a weak line.

    A reset throws away what its kernel still holds for it, and on a fast line that may be much.
    """
    with suppress(OSError):
        theirs, ours = (end[1] for end in (server.getpeername(), server.getsockname()))
        wanted = [f"0100007F:{port:04X}" for port in (theirs, ours)]
        until = time.monotonic() + patience
        while time.monotonic() < until:
            rows = (row.split() for row in Path("/proc/net/tcp").read_text().splitlines())
            queue = next((row[4] for row in rows if row[1:3] == wanted), ":0")
            if not int(queue.split(":")[1], 16):
                return
            time.sleep(0.01)


def _reset(end: socket.socket) -> None:
    """Wake who reads at this end; closing it, which its owner does, then sends a reset."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        end.shutdown(socket.SHUT_RD)


# -- the server as it is run -------------------------------------------------------------------


@dataclass
class Server:
    """Meetly as `meetly up` serves it; may be killed at any time."""

    data: Path
    environment: dict[str, str]

    def __post_init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._log: IO[bytes] = (self.data / "server.log").open("ab")
        self._process = subprocess.Popen(
            web_server(f"127.0.0.1:{self.port}", threads=16),
            cwd=ROOT, stdout=self._log, stderr=self._log, start_new_session=True,
            env={**os.environ, **self.environment, "MEETLY_DATA": str(self.data)},
        )  # fmt: skip
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise TimeoutError((self.data / "server.log").read_text(errors="replace")[-2000:])

    def kill(self) -> None:
        """Kill it with everything it holds."""
        os.killpg(self._process.pid, 9)
        self._process.wait()
        self._log.close()


@contextmanager
def running(data: Path, **environment: str) -> Iterator[Server]:
    """Run a server on a folder that holds a peopled database."""
    server = Server(data, environment)
    try:
        yield server
    finally:
        server.kill()


# -- clients -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What one long transfer over a weak line came to."""

    sha256: str
    size: int
    breaks: int
    #: bytes that crossed the line in the direction of the file, heads included
    crossed: int
    connections: int
    seconds: float

    @property
    def again(self) -> float:
        """Bytes sent again for one break, beside a kilobyte and a half of heads a connection."""
        return max(0, self.crossed - self.size - 1500 * self.connections) / max(1, self.breaks)

    def is_good(self, sha256: str) -> bool:
        """Tell whether all came and no break cost more than a piece."""
        return self.sha256 == sha256 and self.again <= PIECE


def sent(line: Line, weak: WeakLine, path: Path) -> Outcome:
    """Send a file with tuspy until it is there; the hash is the client's own."""
    begun, size = time.monotonic(), path.stat().st_size
    via = f"http://127.0.0.1:{weak.port}"
    headers = {**line.headers, "Connection": "close"}
    with path.open("rb") as stream:
        client = tus_client.TusClient(f"{via}{line.endpoint}", headers=headers)
        upload = client.uploader(
            file_stream=stream, chunk_size=8 * PIECE, metadata=line.told, retries=0
        )
        upload.set_url(f"{via}{line.create(size).headers['Location']}")
        while upload.offset < size:
            try:
                upload.offset = upload.get_offset()
                upload.upload()
            except (TusCommunicationError, requests.RequestException, OSError):
                time.sleep(0.01)
        stream.seek(0)
        sha256 = hashlib.file_digest(stream, "sha256")
    took = time.monotonic() - begun
    return Outcome(sha256.hexdigest(), size, weak.broken, weak.up, weak.connections, took)


def fetched(line: Line, weak: WeakLine, path: str, size: int) -> Outcome:
    """Fetch a file whole, each time from where the line broke, while it is still the same one."""
    begun, digest, have, etag = time.monotonic(), hashlib.sha256(), 0, ""
    while have < size:
        asked = {"Range": f"bytes={have}-", "If-Range": etag} if have else {}
        headers = {"Cookie": line.headers["Cookie"], "Connection": "close", **asked}
        try:
            with requests.get(
                f"http://127.0.0.1:{weak.port}{path}", headers=headers, stream=True, timeout=30
            ) as answer:
                assert answer.status_code == (206 if have else 200), answer.status_code
                etag = answer.headers["ETag"]
                while piece := answer.raw.read1(_STEP):
                    digest.update(piece)
                    have += len(piece)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
            time.sleep(0.01)
    took = time.monotonic() - begun
    return Outcome(digest.hexdigest(), size, weak.broken, weak.down, weak.connections, took)


def signed_in(server: Server, meeting_id: int, session: requests.Session) -> Line:
    """Sign the secretary in past the weak line."""
    token = sign_in(server.port, "nam", session)
    told = {"filename": "Tài liệu.pdf", "meeting": str(meeting_id)}
    return Line(server.port, session, token, "/materials/uploads", told)
