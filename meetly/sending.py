"""Bytes on their way out: any part of a body made of text and stored files, without building it.

The kernel copies a stored file to the line (sendfile) where the server lets us reach it, so that a
slow reader costs a waiting thread and hardly any processor. Elsewhere the file is read in pieces.
"""

from __future__ import annotations

import os
import socket
import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import accumulate
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Request, Response

_PIECE = 1 << 18
#: Seconds in which a reader must take something; one who takes nothing for so long is gone.
PATIENCE = 120
SHORT = "a stored file is shorter than its row says"


@dataclass(frozen=True)
class Stretch:
    """Bytes of a stored file: `length` of them from `start`."""

    path: Path
    start: int
    length: int

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, part: slice) -> Stretch:
        first, stop, _step = part.indices(self.length)
        return Stretch(self.path, self.start + first, stop - first)


Piece = bytes | Stretch


class Body:
    """What an answer holds, as pieces one after the other."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces = [piece for piece in pieces if len(piece)]
        self._starts = [0, *accumulate(len(piece) for piece in self.pieces)]

    @property
    def length(self) -> int:
        """Bytes in all."""
        return self._starts[-1]

    def between(self, first: int, stop: int) -> Iterator[Piece]:
        """Give the bytes [first, stop); nothing that lies before them is looked at."""
        at = bisect_right(self._starts, first) - 1
        while at < len(self.pieces) and self._starts[at] < stop:
            start = self._starts[at]
            yield self.pieces[at][max(0, first - start) : stop - start]
            at += 1

    def read(self, first: int = 0, stop: int | None = None) -> bytes:
        """Return the bytes themselves, for what is small."""
        return b"".join(_read_all(self.between(first, self.length if stop is None else stop)))


def answer(request: Request, body: Body, *, etag: str, media_type: str, **headers: str) -> Response:
    """Answer with a body, or the part a reader still lacks (RFC 9110, sections 13 and 14).

    The tag is strong: equal tags must mean equal bytes. Several ranges at once are answered whole.
    """
    tag = f'"{etag}"'
    if request.if_none_match.contains_weak(etag):
        whole = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        whole = _whole_or_part(request, body, tag)
    is_text = media_type.startswith("text/")
    whole.headers["Content-Type"] = f"{media_type}; charset=utf-8" if is_text else media_type
    whole.headers["ETag"] = tag
    whole.headers["Accept-Ranges"] = "bytes"
    # Kept by the reader's browser alone, and only shown again after the server agreed.
    whole.headers["Cache-Control"] = "private, no-cache"
    for name, value in headers.items():
        whole.headers[name.replace("_", "-")] = value
    return whole


def disposition(how: str, name: str) -> str:
    """Say whether a file is to be shown ("inline") or saved ("attachment"), and under what name."""
    if name.isascii() and not set(name) & set('"\\%'):
        return f'{how}; filename="{name}"'
    return f"{how}; filename*=UTF-8''{quote(name, safe='')}"  # RFC 6266


def _whole_or_part(request: Request, body: Body, tag: str) -> Response:
    first, stop, status = 0, body.length, HTTPStatus.OK
    asked = request.range if request.method == "GET" else None
    if asked and asked.units == "bytes" and len(asked.ranges) == 1 and _still(request, tag):
        first, stop = _within(body.length, *asked.ranges[0])
        if first >= stop:
            refused = Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            refused.headers["Content-Range"] = f"bytes */{body.length}"
            return refused
        status = HTTPStatus.PARTIAL_CONTENT
    sent = Response(_flow(body.between(first, stop), request.environ), status=status)
    sent.headers["Content-Length"] = str(stop - first)
    if status == HTTPStatus.PARTIAL_CONTENT:
        sent.headers["Content-Range"] = f"bytes {first}-{stop - 1}/{body.length}"
    return sent


def _within(length: int, first: int, stop: int | None) -> tuple[int, int]:
    if first < 0:  # so many from the end
        return max(0, length + first), length
    return first, length if stop is None else min(stop, length)


def _still(request: Request, tag: str) -> bool:
    """Tell whether what the reader has a part of is what we have (If-Range; dates never are)."""
    return request.headers.get("If-Range", tag) == tag


def _flow(pieces: Iterable[Piece], environ: dict[str, Any]) -> Iterator[bytes]:
    line = _line(environ)
    if line is None:
        yield from _read_all(pieces)
        return
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
        else:
            yield b""  # the server writes what it holds back, the head first, before we go past it
            _send(line, piece)


def _line(environ: dict[str, Any]) -> socket.socket | None:
    """Return the plain line to the reader where the server (gunicorn) shows it, else None."""
    line = environ.get("gunicorn.socket")
    is_plain = type(line) is socket.socket and environ.get("HTTP_VERSION") != "2"
    return line if is_plain and environ.get("wsgi.multithread") else None


def _send(line: socket.socket, piece: Stretch) -> None:
    patience = struct.pack("ll", PATIENCE, 0)  # a struct timeval
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
    offset, stop = piece.start, piece.start + piece.length
    with piece.path.open("rb") as source:
        while offset < stop:
            try:
                # Waits in the kernel for the reader, and holds no other thread up meanwhile.
                sent = os.sendfile(line.fileno(), source.fileno(), offset, stop - offset)
            except BlockingIOError:
                raise TimeoutError("the reader takes nothing any more") from None
            if sent == 0:
                raise EOFError(SHORT)
            offset += sent


def _read_all(pieces: Iterable[Piece]) -> Iterator[bytes]:
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
        else:
            yield from _read(piece)


def _read(piece: Stretch) -> Iterator[bytes]:
    left = piece.length
    with piece.path.open("rb") as source:
        source.seek(piece.start)
        while left:
            some = source.read(min(left, _PIECE))
            if not some:
                raise EOFError(SHORT)
            left -= len(some)
            yield some
