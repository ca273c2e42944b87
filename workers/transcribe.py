"""Turn received recordings into text: one step cuts a recording or hears a few chunks."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from meetly import sqlite
from meetly.config import settings
from meetly.errors import BadInput, MeetlyError, NotConfigured
from meetly.extensions import db
from meetly.recordings import service as recordings
from meetly.recordings.clip import wav
from meetly.recordings.formats import HEAD
from meetly.recordings.media_type import media_type
from meetly.recordings.models import Recording, RecordingStatus
from meetly.recordings.sound import probe
from meetly.recordings.waveform import Tracer, Waveform
from meetly.storage import files
from meetly.transcripts import jobs
from meetly.transcripts import service as transcripts
from meetly.transcripts.models import Transcript
from meetly.transcripts.splitting import Cut, split
from workers import hearing
from workers.engines import engine
from workers.heart import Heart

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """What one step did, and for which transcript."""

    kind: str
    transcript_id: int


#: Asked between two pieces of work: shall this process end?
Wish = Callable[[], bool]


class LeaseLost(Exception):
    """Somebody else owns the work by now; what was done here is dropped."""


class Stopped(Exception):
    """The process was asked to end between two pieces of work."""


def never() -> bool:
    """Say that nobody asks this process to end."""
    return False


def new_owner() -> str:
    """Return a name no other process has or will have."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def run(owner: str | None = None) -> int:
    """Cut and hear everything that waits; return how many steps that took."""
    owner, count = owner or new_owner(), 0
    while step(owner):
        count += 1
    return count


def step(
    owner: str, is_stopping: Wish = never, listen: hearing.Listen = hearing.directly
) -> Step | None:
    """Do the next piece of work, or return None when nothing waits. No transaction stays open."""
    try:
        _open_received()
        return _split_one(owner, is_stopping) or _hear_some(owner, listen) or _settle()
    finally:
        db.session.rollback()
        db.session.remove()


# -- opening and cutting -----------------------------------------------------------------------


def _open_received() -> None:
    with sqlite.reading():  # a look must not queue behind a writer, nor keep one waiting
        unhashed, unopened = recordings.complete(), jobs.unopened()
        db.session.commit()
    for recording in unhashed:
        recordings.finish(recording)
        db.session.commit()
    for recording in (*unhashed, *unopened):
        if recording.status == RecordingStatus.RECEIVED:
            jobs.open_for(recording)
    db.session.commit()


def _split_one(owner: str, is_stopping: Wish) -> Step | None:
    with sqlite.reading():
        waits = jobs.may_split()
        db.session.commit()
    transcript = jobs.claim_split(owner) if waits else None
    db.session.commit()
    if transcript is None:
        return None
    done = Step("split", transcript.id)
    log.info("transcript %s: cutting recording %s", transcript.id, transcript.recording_id)
    try:
        with Heart(lambda: jobs.hold_split(done.transcript_id, owner)) as heart:
            _accept(transcript, owner)
            _cut(transcript, owner, lambda: is_stopping() or heart.is_lost)
    except LeaseLost:
        db.session.rollback()
        log.warning("transcript %s: another worker is cutting it", done.transcript_id)
    except NotConfigured as error:
        _fail(done.transcript_id, owner, error)
    except BadInput as error:
        _refuse(transcript, owner, error)
    except BaseException as error:  # a full disk, a lost database, being asked to stop
        db.session.rollback()
        with suppress(SQLAlchemyError):
            jobs.release(owner, politely=not isinstance(error, Exception) or _is_polite(error))
            db.session.commit()
        if not isinstance(error, Stopped):
            raise
    return done


def _accept(transcript: Transcript, owner: str) -> None:
    """Look at the recording, and settle how it is to be cut before the first cut is made."""
    recording = transcript.recording
    path = files.path(recording.storage_key)
    sound = probe(path, longest=settings().longest_recording)
    with path.open("rb") as file:
        kind = media_type(file.read(HEAD))
    begun = jobs.cut_already(transcript.id)
    db.session.commit()  # a model may take a while to load
    if not begun:
        ear = engine(transcript.model)
        transcript.target, transcript.longest = ear.target, ear.longest
        transcript.engine = ear.kind
    if not jobs.hold_split(transcript.id, owner):
        raise LeaseLost
    recordings.accept(recording, sound, kind)
    db.session.commit()


def _cut(transcript: Transcript, owner: str, is_stopping: Wish) -> None:
    recording = transcript.recording
    there = jobs.cut_already(transcript.id)
    db.session.commit()
    tracer = Tracer()
    cuts = split(
        files.path(recording.storage_key),
        target=transcript.target,
        longest=transcript.longest,
        budget=settings().longest_recording,
    )
    for cut in cuts:
        if is_stopping():
            raise Stopped
        tracer.take(cut.samples)
        if cut.ordinal not in there:
            _keep(transcript.id, owner, cut)
    recordings.draw(recording, _peaks(tracer.waveform()))
    if not jobs.finish_split(transcript.id, owner):
        raise LeaseLost
    db.session.commit()


def _keep(transcript_id: int, owner: str, cut: Cut) -> None:
    """Make a chunk's file safe, and only then its row."""
    key = ""
    if not cut.is_empty:
        key = jobs.chunk_key(transcript_id, cut.ordinal)
        files.write(key, [wav(cut.samples)])
    kept = jobs.add_chunk(
        transcript_id, owner, ordinal=cut.ordinal, start=cut.start, end=cut.end,
        speech=cut.speech, storage_key=key,
    )  # fmt: skip
    if not kept:
        raise LeaseLost
    db.session.commit()


def _refuse(transcript: Transcript, owner: str, error: BadInput) -> None:
    db.session.rollback()
    if not jobs.hold_split(transcript.id, owner):
        db.session.rollback()
        return
    log.warning("recording %s refused: %s %s", transcript.recording_id, error.code, error)
    if db.session.get_one(Recording, transcript.recording_id).status == "accepted":
        jobs.fail(transcript.id, owner, error)
    else:
        transcripts.refuse(transcript, error)
    db.session.commit()


def _peaks(waveform: Waveform) -> list[float]:
    pairs = zip(waveform.lows, waveform.highs, strict=True)
    return [value for pair in pairs for value in pair]


# -- inside ------------------------------------------------------------------------------------


def _hear_some(owner: str, listen: hearing.Listen) -> Step | None:
    transcript_id = hearing.hear_some(owner, listen)
    return None if transcript_id is None else Step("transcribe", transcript_id)


def _fail(transcript_id: int, owner: str, error: MeetlyError) -> None:
    db.session.rollback()
    log.error("transcript %s cannot go on: %s %s", transcript_id, error.code, error)
    jobs.fail(transcript_id, owner, error)
    db.session.commit()


def _settle() -> Step | None:
    with sqlite.reading():
        left = jobs.unsettled()
        db.session.commit()
    for transcript_id in left:
        jobs.settle(transcript_id)
        db.session.commit()
    return None


def _is_polite(error: BaseException) -> bool:
    # Neither a full disk nor a lost database is the recording's fault.
    return isinstance(error, Stopped | MeetlyError | SQLAlchemyError)
