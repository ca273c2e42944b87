"""Append-only record of who did what: each entry is bound to the one before by a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import JSON, ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from meetly import clock
from meetly.extensions import Base, db

START = "0" * 64


class AuditEntry(Base):
    """One change: who, what, to which row, when."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject"),)

    #: place in the chain, from 1, without gaps
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    #: none when the house did it by itself
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: room and verb: "minutes.approve"
    verb: Mapped[str] = mapped_column(String(60))
    #: table and key of the row: "minutes:12"
    subject: Mapped[str] = mapped_column(String(60))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: keyed hash over this entry and the hash before it
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """How long the chain is and how it ends: cutting the end off shows."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    number: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default=START)


def record(actor_id: int | None, verb: str, row: Base, **details: Any) -> AuditEntry:
    """Append what was just done to a row; part of the caller's transaction."""
    db.session.flush()
    head = db.session.scalar(select(AuditHead).with_for_update())
    if head is None:
        head = AuditHead(id=1, number=0, hash=START)
        db.session.add(head)
    entry = AuditEntry(
        number=head.number + 1,
        at=clock.now(),
        actor_id=actor_id,
        verb=verb,
        subject=_subject(row),
        details=json.loads(json.dumps(details, default=str)),
    )
    entry.hash = _hash(entry, head.hash)
    db.session.add(entry)
    db.session.flush()
    db.session.execute(
        update(AuditHead).where(AuditHead.id == 1).values(number=entry.number, hash=entry.hash)
    )
    return entry


def of(row: Base) -> list[AuditEntry]:
    """List what was done to a row, newest first."""
    query = select(AuditEntry).where(AuditEntry.subject == _subject(row))
    return list(db.session.scalars(query.order_by(AuditEntry.number.desc())))


def verify() -> int | None:
    """Walk the chain; return the number of the first entry that does not hold, or None.

    A cut-off end is found by the head: the number after the last entry is returned.
    """
    previous, expected = START, 1
    for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.number)):
        if entry.number != expected or not hmac.compare_digest(entry.hash, _hash(entry, previous)):
            return expected
        previous, expected = entry.hash, expected + 1
    head = db.session.get(AuditHead, 1)
    length, end = (head.number, head.hash) if head else (0, START)
    return None if (length, end) == (expected - 1, previous) else expected


def _subject(row: Base) -> str:
    key = "-".join(str(value) for value in db.inspect(row).identity or ())
    return f"{row.__tablename__}:{key}"


def _hash(entry: AuditEntry, previous: str) -> str:
    said = [
        previous, entry.number, entry.at.isoformat(), entry.actor_id, entry.verb, entry.subject,
        entry.details,
    ]  # fmt: skip
    message = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()
