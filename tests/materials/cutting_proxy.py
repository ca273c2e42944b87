"""A line that is cut: a proxy that resets the connection after so many bytes of each answer."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PIECE = 1 << 16
#: What a cut loses lies in the buffers of both ends: small ones, as for a line that is slow.
BUFFER = 1 << 14


@dataclass
class CuttingProxy:
    """Where clients connect, how many bytes the next answers may have, and what went through."""

    port: int
    #: bytes let through before the cut, for one connection after the other; then no cut any more
    cuts: list[int] = field(default_factory=list)
    passed: int = 0


@contextmanager
def cutting(server: int, cuts: list[int]) -> Iterator[CuttingProxy]:
    """Stand before the server at this port."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        proxy = CuttingProxy(door.getsockname()[1], cuts)
        thread = threading.Thread(target=_serve, args=(door, server, proxy), daemon=True)
        thread.start()
        yield proxy
        door.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(door: socket.socket, server: int, proxy: CuttingProxy) -> None:
    with suppress(OSError):  # the door was closed
        while True:
            client, _address = door.accept()
            most = proxy.cuts.pop(0) if proxy.cuts else 1 << 60
            with client, socket.create_connection(("127.0.0.1", server)) as upstream:
                _pass(client, upstream, most, proxy)


def _pass(client: socket.socket, upstream: socket.socket, most: int, proxy: CuttingProxy) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    asked = b""
    while b"\r\n\r\n" not in asked:
        asked += client.recv(PIECE)
    upstream.sendall(asked)
    while most > 0 and (piece := upstream.recv(min(PIECE, most))):
        client.sendall(piece)
        proxy.passed += len(piece)
        most -= len(piece)
    if most <= 0:  # no goodbye: what the client has not read yet is lost
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
