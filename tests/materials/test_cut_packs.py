"""A pack over a line that is cut again and again: whole in the end, and hardly anything twice."""

from __future__ import annotations

import hashlib
import http.client
import io
import random
import socket
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from meetly.accounts.models import User
from meetly.materials import service as materials
from meetly.meetings.models import Meeting
from tests.cast import Cast
from tests.line import served
from tests.materials.cutting_proxy import BUFFER, cutting
from tests.meetings.plans import scheduled

SignIn = Callable[[User], FlaskClient]
Database = scoped_session[Session]

PIECE = 1 << 20
CUTS = [200_000, 1_500_000, 40_000, 2_000_000, 900_000]


@pytest.fixture
def meeting(session: Database, cast: Cast) -> Meeting:
    made = scheduled(cast)
    noise = random.Random(27)
    for number in range(8):
        content = b"%PDF-1.4\n" + noise.randbytes(PIECE)
        materials.add(cast.nam, made, f"Phụ lục {number}.pdf", io.BytesIO(content))
    session.commit()
    return made


class Line:
    """A client that keeps what it has and asks only for the rest."""

    def __init__(self, port: int, path: str, browser: FlaskClient) -> None:
        self.port, self.path = port, path
        cookie = browser.get_cookie("meetly")
        assert cookie
        self.headers = {"Cookie": f"meetly={cookie.value}"}
        self.kept, self.tag = b"", ""
        self.starts: list[int] = []

    def go_on(self) -> bool:
        """Fetch until the end or the next cut; tell whether it is whole."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        known = {"Range": f"bytes={len(self.kept)}-", "If-Range": self.tag} if self.tag else {}
        try:
            line.connect()
            line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            line.request("GET", self.path, headers={**self.headers, **known})
            answer = line.getresponse()
            if answer.status == 200:
                self.kept = b""
            assert answer.status in (200, 206)
            self.starts.append(len(self.kept))
            self.tag = answer.headers["ETag"]
            while piece := answer.read1(1 << 16):
                self.kept += piece
            return answer.length == 0
        except (ConnectionError, http.client.HTTPException):
            return False
        finally:
            line.close()


def test_five_cuts_cost_less_than_one_piece(
    app: Flask, session: Database, meeting: Meeting, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    path = f"/meetings/{meeting.id}/pack.zip"
    whole = browser.get(path).data
    session.rollback()  # the server writes
    with served(app) as port, cutting(port, list(CUTS)) as proxy:
        line = Line(proxy.port, path, browser)
        tries = 1
        while not line.go_on():
            tries += 1
            assert tries <= len(CUTS) + 1
    assert hashlib.sha256(line.kept).digest() == hashlib.sha256(whole).digest()
    assert tries == len(CUTS) + 1 and line.starts == sorted(line.starts)
    heads = 2000 * tries
    assert proxy.passed <= len(whole) + heads + PIECE


def test_a_pack_that_changed_meanwhile_begins_anew_instead_of_being_mixed(
    app: Flask, session: Database, meeting: Meeting, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    path = f"/meetings/{meeting.id}/pack.zip"
    session.rollback()  # the server writes
    with served(app) as port, cutting(port, [500_000]) as proxy:
        line = Line(proxy.port, path, browser)
        assert not line.go_on()
        materials.add(cast.nam, meeting, "Thêm.txt", io.BytesIO("thêm".encode()))
        session.commit()
        assert line.go_on()
    assert line.starts == [0, 0] and line.kept == browser.get(path).data
