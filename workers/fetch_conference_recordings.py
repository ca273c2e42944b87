"""Fetch the recordings that engines offer; each row is a job, leased to who fetches it."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

from meetly import arriving, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.config import settings
from meetly.errors import BadInput, MeetlyError, NotAllowed, TooLarge, WrongState
from meetly.extensions import db
from meetly.meetings.conference import parts, registry
from meetly.meetings.conference.jitsi import STORED
from meetly.meetings.conference.models import ConferencePart
from meetly.meetings.conference.protocol import Unsupported
from meetly.meetings.models import Meeting
from meetly.recordings import service as recordings
from meetly.storage import files

log = logging.getLogger(__name__)

#: Seconds after which a long download says that it goes on.
HEARTBEAT = 60.0
#: What trying again does not change.
FOR_GOOD = (BadInput, TooLarge, NotAllowed, WrongState, Unsupported)


class Overtaken(Exception):
    """The lease has passed to another worker, which fetches the same recording."""


def run(owner: str | None = None) -> int:
    """Fetch every recording that is due; return how many became recordings of their meetings."""
    waiting = parts.waits()
    db.session.commit()
    if not waiting:
        return 0
    # Threads of one process may run this at once, so the process alone is no name.
    owner = owner or f"{socket.gethostname()}:{os.getpid()}:{time.monotonic_ns()}"
    count = 0
    while part := parts.claim(owner):
        db.session.commit()  # no transaction stays open while bytes come
        count += _try(part, owner)
    db.session.commit()
    return count


def _try(part: ConferencePart, owner: str) -> int:
    key = ""
    try:
        source = registry.engine(part.meeting.engine).fetch(part.uri)
        db.session.commit()
        kept = arriving.keep(recordings.FOLDER, _beating(source, part.id, owner))
        key = kept.key
        if not parts.fetched(part.id, owner):
            raise Overtaken
        _receive(part, kept)
        db.session.commit()
    except Exception as error:
        db.session.rollback()
        if key:
            files.delete(key)
        if not isinstance(error, Overtaken):
            _note(part, owner, error)
        return 0
    if part.uri.startswith(STORED):
        files.delete(part.uri.removeprefix(STORED))
    return 1


def _note(part: ConferencePart, owner: str, error: Exception) -> None:
    if isinstance(error, MeetlyError | OSError):
        log.warning("recording %s of meeting %s: %s", part.key, part.meeting_id, error)
    else:
        log.exception("recording %s of meeting %s", part.key, part.meeting_id)
    known = error if isinstance(error, MeetlyError) else MeetlyError()
    words = known.template % known.values if known.values else known.template
    parts.failed(part.id, owner, words, permanent=isinstance(error, FOR_GOOD))
    db.session.commit()


def _beating(source: Iterator[bytes], part_id: int, owner: str) -> Iterator[bytes]:
    """Pass the pieces through within the limit of uploads, renewing the lease meanwhile."""
    beat = time.monotonic()
    for piece in parts.limited(source, settings().largest_upload):
        yield piece
        if time.monotonic() - beat > HEARTBEAT:
            still_ours = parts.renew(part_id, owner)
            db.session.commit()
            if not still_ours:
                raise Overtaken
            beat = time.monotonic()


def _receive(part: ConferencePart, kept: arriving.Kept) -> None:
    meeting = part.meeting
    keeper = _keeper(meeting)
    recording = recordings.receive(keeper, meeting, _filename(part), kept)
    if part.begins_at:
        with suppress(BadInput):  # a clock far from the meeting says nothing
            recordings.place(keeper, recording, part.begins_at)
    name, unit = parts.owner_of(part)
    if name:
        recordings.set_track(keeper, recording, name, unit)


def _keeper(meeting: Meeting) -> User:
    """Return in whose name the recording is received: the meeting's secretary or another one."""
    secretaries = accounts.people_of([meeting.unit_id], Role.SECRETARY)
    wanted = [meeting.secretary_id, meeting.created_by_id]
    ordered = sorted(secretaries, key=lambda user: user.id not in wanted)
    if not ordered:
        raise NotAllowed("Đơn vị tổ chức không còn thư ký nào để nhận bản ghi.")
    return ordered[0]


def _filename(part: ConferencePart) -> str:
    begins = part.begins_at or part.meeting.starts_at
    ending = part.uri.partition("?")[0].rpartition(".")[2].lower()
    ending = ending if ending in parts.ENDINGS else "mp4"
    label = registry.engine(part.meeting.engine).label
    return f"{label} {clock.local(begins):%Y-%m-%d %H.%M}.{ending}"
