"""Read the mailbox of replies (IMAP, RFC 3501) and take the answers of calendars out of it."""

from __future__ import annotations

import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from meetly.config import Config, settings
from meetly.errors import MeetlyError
from meetly.extensions import db
from meetly.meetings.calendars import answering, reply, tokens

log = logging.getLogger(__name__)

#: Seconds a silent mail server is waited for.
PATIENCE = 30
#: Mails looked at in one run; the rest waits for the next.
MOST_A_RUN = 200


class Trouble(Exception):
    """The mail server does not do what it is asked for."""


def run() -> int:
    """Take in every new mail and return how many answered something.

    A mail counts as read only once its answer is kept, so one that is cut off is read again.
    """
    config = settings()
    if not config.imap_host or not tokens.is_mailbox(config.mail_replies):
        return 0
    try:
        with _mailbox(config) as server:
            return _empty(server)
    except (OSError, UnicodeError, imaplib.IMAP4.error, Trouble) as error:
        log.warning("mailbox %s:%s: %s", config.imap_host, config.imap_port, error)
        return 0


@contextmanager
def _mailbox(config: Config) -> Iterator[imaplib.IMAP4]:
    server = _connected(config)
    try:
        _sign_in(server, config.imap_user, config.imap_password)
        _done(server.select(_quoted(config.imap_folder)))
        yield server
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _connected(config: Config) -> imaplib.IMAP4:
    where = (config.imap_host, config.imap_port)
    if config.imap_security == "tls":
        return imaplib.IMAP4_SSL(*where, ssl_context=ssl.create_default_context(), timeout=PATIENCE)
    server = imaplib.IMAP4(*where, timeout=PATIENCE)
    if config.imap_security == "plain":
        return server
    try:
        _done(server.starttls(ssl.create_default_context()))
    except Exception:
        server.shutdown()
        raise
    return server


def _sign_in(server: imaplib.IMAP4, user: str, password: str) -> None:
    if "AUTH=PLAIN" in server.capabilities:  # RFC 4616 knows letters that LOGIN does not
        said = f"\0{user}\0{password}".encode()
        server.authenticate("PLAIN", lambda _challenge: said)
    else:
        server.login(user, password)


def _empty(server: imaplib.IMAP4) -> int:
    count = 0
    [found] = _done(server.uid("search", "UNSEEN"))
    for uid in (found or b"").split()[:MOST_A_RUN]:
        try:
            count += _handle(server, uid.decode("ascii")) == answering.Outcome.ANSWERED
        except (SQLAlchemyError, MeetlyError) as error:  # then it stays unread for another try
            log.error("mail %s could not be handled: %s", uid, error)
            db.session.rollback()
    return count


def _handle(server: imaplib.IMAP4, uid: str) -> answering.Outcome:
    size = _size(server, uid)
    outcome = answering.Outcome.REFUSED
    if size <= reply.LARGEST:  # what is larger is no answer and is not even fetched
        outcome = answering.receive(_body(server, uid))
        db.session.commit()
    log.info("mail %s, %s bytes: %s", uid, size, outcome)
    _done(server.uid("store", uid, "+FLAGS.SILENT", r"(\Seen)"))
    return outcome


def _size(server: imaplib.IMAP4, uid: str) -> int:
    for line in _done(server.uid("fetch", uid, "(RFC822.SIZE)")):
        found = re.search(rb"RFC822\.SIZE (\d+)", line) if isinstance(line, bytes) else None
        if found:
            return int(found[1])
    raise Trouble(f"no size of mail {uid}")


def _body(server: imaplib.IMAP4, uid: str) -> bytes:
    for piece in _done(server.uid("fetch", uid, f"(BODY.PEEK[]<0.{reply.LARGEST + 1}>)")):
        if isinstance(piece, tuple) and isinstance(piece[1], bytes):
            return piece[1]
    raise Trouble(f"no text of mail {uid}")


def _done(answer: tuple[str, Any]) -> list[Any]:
    said, data = answer
    if said != "OK":
        raise Trouble(f"{said} {data!r}")
    return list(data)


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
