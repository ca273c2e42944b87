"""Many sites that download at once, each at the pace of its own slow line, in one process.

    python -m bench.site_lines PORT PATH COOKIE SITES BYTES_A_SECOND

Prints one line of JSON: bytes received in all, seconds, and how many got everything. What arrives
is counted and thrown away in the kernel, so that the readers hardly cost the machine they measure.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from dataclasses import dataclass

#: seconds between two looks at a line
TICK = 0.1
#: what a line's buffer holds, as of a home router
BUFFER = 1 << 17
ASKED = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: meetly={cookie}\r\nConnection: close\r\n\r\n"
)


@dataclass
class Site:
    """One download."""

    line: socket.socket
    head: bytes = b""
    length: int = -1
    received: int = 0

    def take(self, allowed: int, scratch: bytearray) -> bool:
        """Take what has come, up to the pace of the line; tell whether there may be more."""
        if self.length < 0:
            return self._take_head()
        while allowed > 0:
            try:
                count = self.line.recv_into(scratch, min(allowed, len(scratch)), socket.MSG_TRUNC)
            except BlockingIOError:
                return True
            if count == 0:
                return False
            self.received += count
            allowed -= count
        return True

    def _take_head(self) -> bool:
        # Up to the end of the head and not a byte further: look first, then take.
        try:
            seen = self.line.recv(4096, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        end = seen.find(b"\r\n\r\n")
        if end < 0:
            return bool(seen)
        self.head = self.line.recv(end + 4)
        assert b" 200 " in self.head.split(b"\r\n", 1)[0], self.head
        [length] = [h for h in self.head.lower().split(b"\r\n") if h.startswith(b"content-length:")]
        self.length = int(length.split(b":")[1])
        return True


def main() -> None:
    """Open the lines and read."""
    port, path, cookie, sites, pace = sys.argv[1:]
    request = ASKED.format(path=path, cookie=cookie).encode()
    begun = time.monotonic()
    everyone = [_connect(int(port), request) for _ in range(int(sites))]
    _read(everyone, int(int(pace) * TICK))
    whole = sum(site.received == site.length for site in everyone)
    received = sum(site.received for site in everyone)
    told = {"bytes": received, "seconds": time.monotonic() - begun, "whole": whole}
    print(json.dumps(told))


def _connect(port: int, request: bytes) -> Site:
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    line.settimeout(60)
    line.connect(("127.0.0.1", port))
    line.sendall(request)
    line.setblocking(False)
    return Site(line)


def _read(everyone: list[Site], a_tick: int) -> None:
    scratch = bytearray(a_tick)
    reading = list(everyone)
    while reading:
        tick = time.monotonic()
        reading = [site for site in reading if site.take(a_tick, scratch)]
        time.sleep(max(0.0, tick + TICK - time.monotonic()))


if __name__ == "__main__":
    main()
