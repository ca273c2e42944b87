"""A person's line to a running server: signed in, with the headers that an upload client sends."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from flask import Flask
from werkzeug.serving import make_server

from tests.cast import PASSWORD

OFFSET = "application/offset+octet-stream"


@dataclass(frozen=True)
class Line:
    """A signed-in person's connection to a running server."""

    port: int
    session: requests.Session
    token: str
    #: where uploads are opened, and what is told of every one
    endpoint: str = "/uploads"
    told: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.session.cookies)
        return {"Cookie": cookies, "X-CSRFToken": self.token, "Tus-Resumable": "1.0.0"}

    def create(self, size: int, **changed: str) -> requests.Response:
        headers = {
            **self.headers,
            "Upload-Length": str(size),
            "Upload-Metadata": metadata(**self.told),
            **changed,
        }
        return requests.post(f"{self.address}{self.endpoint}", headers=headers, timeout=10)

    def patch(self, path: str, offset: int, body: bytes, **more: str) -> requests.Response:
        headers = {
            **self.headers, "Content-Type": OFFSET, "Upload-Offset": str(offset), **more,
        }  # fmt: skip
        return requests.patch(
            f"{self.address}{path}", headers=headers, data=body, timeout=30, allow_redirects=False
        )

    def head(self, path: str) -> requests.Response:
        return requests.head(f"{self.address}{path}", headers=self.headers, timeout=10)

    def delete(self, path: str) -> requests.Response:
        return requests.delete(f"{self.address}{path}", headers=self.headers, timeout=10)


def b64(text: str) -> str:
    """Write a text as the values of Upload-Metadata are written."""
    return base64.b64encode(text.encode()).decode()


def metadata(**told: str) -> str:
    """Write an Upload-Metadata header."""
    return ",".join(f"{name} {b64(value)}" for name, value in told.items())


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """Serve the application, forgery protection and all; gives the port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def sign_in(port: int, login: str, session: requests.Session) -> str:
    """Sign a person of the cast in by the real form; return the token against forgery."""
    address = f"http://127.0.0.1:{port}"
    page = session.get(f"{address}/sign-in", timeout=10).text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    told = {"csrf_token": found[1], "login": login, "password": PASSWORD}
    page = session.post(f"{address}/sign-in", data=told, timeout=10).text
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token
    return token[1]
