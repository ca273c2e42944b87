"""Verbs of recordings an engine offers: each row is the job of fetching one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from meetly import arriving, audit, clock
from meetly.accounts.models import Unit, User
from meetly.config import settings
from meetly.errors import BadInput, NoSpace, TooLarge
from meetly.extensions import db
from meetly.meetings.conference.jitsi import FOLDER, STORED
from meetly.meetings.conference.keeping import insert
from meetly.meetings.conference.models import ConferencePart, PartStatus
from meetly.meetings.conference.protocol import PartKind, RecPart, moment
from meetly.meetings.models import Meeting
from meetly.storage import Stored, files

#: How long who fetches is believed to be alive; a long download says so again and again.
LEASE = timedelta(minutes=5)
#: The first delay after a failure; it doubles each time up to the longest.
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=2)
#: With these delays the last try comes more than a day after the first.
MOST_ATTEMPTS = 20
#: Names of files by which a player knows what it has; everything else is called a film.
ENDINGS = ("mp4", "webm", "mkv", "ogg", "opus", "mp3", "m4a", "wav", "flac")


def offer(meeting: Meeting, parts: Iterable[RecPart]) -> int:
    """Write down the recordings an engine offers; return how many were new."""
    wanted = [p for p in parts if p.complete and p.kind != PartKind.PLAYBACK_URL]
    rows = [
        {"meeting_id": meeting.id, "key": part.key[:120], "kind": part.kind, "uri": part.uri,
         "person_ref": (part.person_ref or "")[:80], "begins_at": _begins(part),
         "next_try_at": clock.now()}
        for part in wanted
    ]  # fmt: skip
    return insert(ConferencePart, rows)


def take_in(pieces: Iterable[bytes], filename: str, size: int) -> tuple[str, Stored]:
    """Keep a recording that is handed in; touches no row. Raises TooLarge or NoSpace."""
    most = settings().largest_upload
    if size > most:
        raise TooLarge()
    if files.free() - size < arriving.RESERVE:
        raise NoSpace()
    ending = filename.rpartition(".")[2].lower()
    key = f"{FOLDER}/{secrets.token_hex(16)}.{ending if ending in ENDINGS else 'mp4'}"
    return key, files.write(key, limited(pieces, most))


def handed_in(meeting: Meeting, key: str, stored: Stored, begins: int | None) -> int:
    """Offer what was handed in; the same bytes twice are one recording. BadInput when empty."""
    if not stored.size:
        raise BadInput("Tệp trống, không có gì để tải lên.")
    part = RecPart(
        f"sha256:{stored.sha256}", PartKind.VIDEO, f"{STORED}{key}",
        start_us=begins * 1_000_000 if begins else None,
    )  # fmt: skip
    new = offer(meeting, [part])
    if new:
        audit.record(None, "conference.hand_in", meeting, sha256=stored.sha256, size=stored.size)
    return new


def limited(arriving: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Pass pieces through, at most so many bytes; TooLarge beyond."""
    for piece in arriving:
        most -= len(piece)
        if most < 0:
            raise TooLarge()
        yield piece


def is_wanted(key: str) -> bool:
    """Tell whether a file that was handed in still waits to become a recording."""
    query = select(ConferencePart.id).where(
        ConferencePart.uri == f"{STORED}{key}", ConferencePart.status == PartStatus.OFFERED
    )
    return db.session.scalar(query.limit(1)) is not None


def owner_of(part: ConferencePart) -> tuple[str, Unit | None]:
    """Name whose microphone alone a recording holds, and the site; empty for everybody's."""
    kind, _, number = part.person_ref.partition(":")
    if not number.isascii() or not number.isdigit():
        return "", None
    if kind == "unit":
        unit = db.session.get(Unit, int(number))
        return (unit.name, unit) if unit else ("", None)
    user = db.session.get(User, int(number))
    return (user.name if user else ""), None


# -- the job -----------------------------------------------------------------------------------


def waits() -> bool:
    """Tell whether a recording is due and nobody is fetching it."""
    return db.session.scalar(select(ConferencePart.id).where(*_due()).limit(1)) is not None


def claim(owner: str) -> ConferencePart | None:
    """Lease the recording that has waited longest, or return None when none is due."""
    # One that kills its worker each time never reaches failed(): its attempts tell.
    worn = update(ConferencePart).where(*_due(), ConferencePart.attempts >= MOST_ATTEMPTS)
    db.session.execute(worn.values(status=PartStatus.FAILED, owner=None))
    while True:
        query = select(ConferencePart.id).where(*_due())
        query = query.order_by(ConferencePart.next_try_at, ConferencePart.id)
        part_id = db.session.scalar(query.limit(1))
        if part_id is None:
            return None
        take = update(ConferencePart).where(ConferencePart.id == part_id, *_due()).values(
            owner=owner, lease_expires_at=clock.now() + LEASE, attempts=ConferencePart.attempts + 1
        )  # fmt: skip
        taken = db.session.execute(take.returning(ConferencePart.id)).scalar_one_or_none()
        if taken is not None:
            return db.session.get(ConferencePart, taken, populate_existing=True)


def renew(part_id: int, owner: str) -> bool:
    """Say that the owner is still at it; False when somebody else has taken over."""
    return _change(part_id, owner, lease_expires_at=clock.now() + LEASE)


def fetched(part_id: int, owner: str) -> bool:
    """Note that the recording is here; False when the lease had passed to another."""
    return _change(
        part_id, owner, status=PartStatus.FETCHED, error="", owner=None, lease_expires_at=None
    )  # fmt: skip


def failed(part_id: int, owner: str, error: str, *, permanent: bool = False) -> bool:
    """Note that it could not be fetched: for good, or to be tried again after a growing delay."""
    part = db.session.get(ConferencePart, part_id, populate_existing=True)
    if part is None:
        return False
    freed: dict[str, Any] = {"owner": None, "lease_expires_at": None, "error": error[:500]}
    if permanent or part.attempts >= MOST_ATTEMPTS:
        return _change(part_id, owner, status=PartStatus.FAILED, **freed)
    delay = min(FIRST_DELAY * 2 ** min(part.attempts - 1, 10), LONGEST_DELAY)
    return _change(part_id, owner, next_try_at=clock.now() + delay, **freed)


def of_meeting(meeting: Meeting) -> list[ConferencePart]:
    """List the recordings an engine offered of a meeting."""
    query = select(ConferencePart).where(ConferencePart.meeting_id == meeting.id)
    return list(db.session.scalars(query.order_by(ConferencePart.id)))


def _due() -> tuple[ColumnElement[bool], ...]:
    now = clock.now()
    return (
        ConferencePart.status == PartStatus.OFFERED,
        ConferencePart.next_try_at <= now,
        or_(ConferencePart.owner.is_(None), ConferencePart.lease_expires_at < now),
    )


def _change(part_id: int, owner_now: str, **values: Any) -> bool:
    mine = update(ConferencePart).where(
        ConferencePart.id == part_id, ConferencePart.owner == owner_now,
        ConferencePart.status == PartStatus.OFFERED,
    )  # fmt: skip
    changed = db.session.execute(mine.values(**values).returning(ConferencePart.id))
    return changed.scalar_one_or_none() is not None


def _begins(part: RecPart) -> datetime | None:
    try:
        return moment(part.start_us) if part.start_us else None
    except ValueError:
        return None
