"""Passwords: hashed with Argon2id, guessed ever more slowly."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from functools import cache

from pwdlib import PasswordHash
from sqlalchemy import delete

from meetly import clock
from meetly.accounts.models import LoginFailure
from meetly.errors import BadInput, TooManyTries
from meetly.extensions import db

SHORTEST = 10
FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


def hashed(password: str) -> str:
    """Return the Argon2id hash of a new password; BadInput when it is too short."""
    if len(password) < SHORTEST:
        raise BadInput("Mật khẩu cần ít nhất %(length)s ký tự.", length=SHORTEST)
    return _hasher().hash(password)


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody has this password")


def matches(password: str, hash_: str | None) -> bool:
    """Compare a typed password; takes as long when the account does not exist."""
    return _hasher().verify(password, hash_ or _nobodys()) and hash_ is not None


def refuse_hasty(login: str, address: str) -> None:
    """Raise TooManyTries while the delay after repeated failures lasts.

    The account is counted per address, so that a stranger cannot lock a leader out.
    """
    left = max(_wait_left(key) for key in _keys(login, address))
    if left > timedelta():
        raise TooManyTries(seconds=int(left.total_seconds()) + 1)


def note_failure(login: str, address: str) -> None:
    """Count one wrong password."""
    for key in _keys(login, address):
        row = db.session.get(LoginFailure, key)
        if row is None:
            row = LoginFailure(key=key, count=0, last_at=clock.now())
            db.session.add(row)
        row.count, row.last_at = row.count + 1, clock.now()
    db.session.flush()


def forget_failures(login: str, address: str) -> None:
    """Start counting anew after the right password."""
    mine = LoginFailure.key == _keys(login, address)[0]
    db.session.execute(delete(LoginFailure).where(mine))


def wait_after(failures: int) -> timedelta:
    """Tell how long to wait after so many wrong passwords in a row: 1, 2, 4 ... seconds."""
    if failures < FREE_TRIES:
        return timedelta()
    return min(LONGEST_WAIT, timedelta(seconds=2 ** min(failures - FREE_TRIES, 20)))


def _wait_left(key: str) -> timedelta:
    row = db.session.get(LoginFailure, key)
    if row is None:
        return timedelta()
    until: datetime = row.last_at + wait_after(row.count)
    return until - clock.now()


def _keys(login: str, address: str) -> tuple[str, str]:
    said = (f"{login.lower()}@{address}", f"@{address}")
    return tuple(hashlib.sha256(text.encode()).hexdigest() for text in said)  # type: ignore[return-value]
