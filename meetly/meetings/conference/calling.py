"""Calls to one configured server: with time limits, without redirects, never to another host."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import urlsplit

from meetly.errors import BadInput
from meetly.meetings.conference.protocol import EngineDown

#: Seconds a silent server is waited for while a person waits for a page.
PATIENCE = 5.0
#: Seconds of silence in a long download.
DOWNLOAD_PATIENCE = 30.0
#: Bytes of an answer; those of real servers stay far below.
LARGEST = 4 * 1024**2
#: Bytes read at a time.
PIECE = 1 << 20


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A server that sends us elsewhere is not followed: elsewhere may be inside our own network."""

    def redirect_request(self, *_args: Any, **_given: Any) -> None:
        """Let the redirect be the error it is."""


class Server:
    """One server by its base address; BadInput unless that is a plain web address."""

    def __init__(self, base: str, patience: float = PATIENCE, largest: int = LARGEST) -> None:
        self.base = base.rstrip("/")
        self.patience, self.largest = patience, largest
        self._place = _place(self.base)
        # No proxy: the server of an office stands in its own network.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())

    def get(self, url: str) -> bytes:
        """Return the whole answer to a GET; EngineDown when there is none that can be used."""
        until = time.monotonic() + self.patience
        found = bytearray()
        with self._open(url, self.patience) as answer:
            while piece := answer.read(min(PIECE, self.largest + 1)):
                found += piece
                if len(found) > self.largest:
                    raise EngineDown(f"{self.base}: the answer is too long")
                if time.monotonic() > until:
                    raise EngineDown(f"{self.base}: the answer takes too long")
        return bytes(found)

    def pieces(self, url: str) -> Iterator[bytes]:
        """Yield the bytes behind an address of this server, a piece at a time."""
        with self._open(url, DOWNLOAD_PATIENCE) as answer:
            while piece := answer.read(PIECE):
                yield piece

    def is_here(self, url: str) -> bool:
        """Tell whether an address belongs to this server and to no other."""
        try:
            return _place(url) == self._place
        except BadInput:
            return False

    @contextmanager
    def _open(self, url: str, patience: float) -> Iterator[IO[bytes]]:
        if not self.is_here(url):
            raise BadInput("Địa chỉ này không thuộc máy chủ họp đã cấu hình.")
        request = urllib.request.Request(url, headers={"User-Agent": "Meetly"})  # noqa: S310 - is_here
        try:
            with self._opener.open(request, timeout=patience) as answer:
                yield answer
                if getattr(answer, "length", None):  # bytes were promised that never came
                    raise EngineDown(f"{self.base}: the answer breaks off")
        except urllib.error.HTTPError as error:
            with error:
                raise EngineDown(f"{self.base}: HTTP {error.code}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise EngineDown(f"{self.base}: {error}") from error


def _place(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        plain = url.isascii() and url.isprintable() and " " not in url and "@" not in parts.netloc
        if not (parts.hostname and plain):
            raise ValueError(url)
    except (ValueError, KeyError) as error:
        raise BadInput("Đường dẫn vào họp phải bắt đầu bằng https:// hoặc http://.") from error
    return parts.scheme, parts.hostname, port
