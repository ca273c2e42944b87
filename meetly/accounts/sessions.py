"""Signed-in browsers: the cookie holds a secret, the row decides whether it still counts."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from flask import Flask, request, session
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy import delete, select, update

from meetly import clock, sqlite
from meetly.accounts.models import LoginSession, Role, User
from meetly.config import settings
from meetly.extensions import db

#: `seen_at` is moved at most this often, so that reading pages rarely writes
TOUCH = timedelta(minutes=1)


def init_app(app: Flask, login: LoginManager) -> None:
    """Bind sign-in to an application."""
    login.init_app(app)
    login.session_protection = None  # the row says more than the browser's address ever could
    login.user_loader(user_of)


def open_for(user: User) -> None:
    """Sign this browser in as the person, under a secret it never had before."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    user.session_token = secrets.token_urlsafe(32)
    moment = clock.now()
    db.session.add(
        LoginSession(
            token_hash=_hash(user.session_token),
            user_id=user.id,
            created_at=moment,
            seen_at=moment,
            address=request.remote_addr or "",
            agent=(request.user_agent.string or "")[:300],
        )
    )
    db.session.flush()
    login_user(user)


def close() -> None:
    """Sign this browser out; the cookie it holds opens nothing any more."""
    token = session.get("_user_id", "")
    db.session.execute(delete(LoginSession).where(LoginSession.token_hash == _hash(token)))
    logout_user()
    session.clear()


def close_all(user_id: int) -> None:
    """Sign a person out everywhere (password changed, account closed)."""
    db.session.execute(delete(LoginSession).where(LoginSession.user_id == user_id))


def user_of(token: str) -> User | None:
    """Return the person whose live session has this secret, or None."""
    row = db.session.scalar(select(LoginSession).where(LoginSession.token_hash == _hash(token)))
    if row is None:
        return None
    user = db.session.get(User, row.user_id)
    if user is None or not user.active or _worn_out(row, user):
        return None
    _touch(row)
    user.session_token = token
    return user


def _worn_out(row: LoginSession, user: User) -> bool:
    limits = settings()
    idle = limits.session_idle_leader if Role.LEADER in user.roles else limits.session_idle
    moment = clock.now()
    return moment > row.seen_at + timedelta(seconds=idle) or moment > row.created_at + timedelta(
        seconds=limits.session_longest
    )


def _touch(row: LoginSession) -> None:
    moment = clock.now()
    if moment - row.seen_at < TOUCH:
        return
    seen = update(LoginSession).where(LoginSession.id == row.id).values(seen_at=moment)
    if sqlite.only_reads():  # a page being read must not become a writer for this
        # Nor may it hold one connection while it waits for a second: many at once wait for ever.
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(seen)
    else:
        db.session.execute(seen)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
