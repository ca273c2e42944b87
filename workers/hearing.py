"""Hear the chunks that wait: a few of one transcript at a time, each stored by itself."""

from __future__ import annotations

import io
import logging
import time
import wave
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from meetly import sqlite
from meetly.config import settings
from meetly.errors import BadInput, MeetlyError, NoSpace, NotConfigured
from meetly.extensions import db
from meetly.recordings.clip import wav
from meetly.storage import files
from meetly.transcripts import jobs
from meetly.transcripts.models import Chunk, ChunkStatus, Transcript
from meetly.transcripts.sentences import sentences
from meetly.transcripts.stretches import stretches
from meetly.transcripts.takes import shown
from meetly.transcripts.transcriber import Heard, Transcriber
from workers import crew
from workers.engines import engine
from workers.heart import Heart

log = logging.getLogger(__name__)

Pieces = list[list[Heard]]
#: Runs the engine; a speech process does so in a thread that lets all others go first.
Listen = Callable[[Callable[[], Pieces]], Pieces]


@dataclass(frozen=True)
class Held:
    """What is needed of a chunk in hand; its row may be taken away at any time."""

    id: int
    transcript_id: int
    ordinal: int
    seconds: float
    storage_key: str


@dataclass(frozen=True)
class Manner:
    """How a transcript is to be heard."""

    language: str
    prompt: str


@dataclass(frozen=True)
class Result:
    """What an engine made of one chunk in how many seconds; nothing where it failed."""

    chunk: Held
    heard: list[Heard] | None
    took: float = 0.0


def directly(hear: Callable[[], Pieces]) -> Pieces:
    """Run the engine right here."""
    return hear()


def hear_some(owner: str, listen: Listen = directly) -> int | None:
    """Hear what comes next; return the id of its transcript, or None when nothing waits.

    What goes wrong with the disk or the database is raised, and the chunks go back uncounted.
    """
    with sqlite.reading():  # a look must not queue behind a writer, nor keep one waiting
        waits = jobs.may_hear()
        db.session.commit()
    chunk = jobs.claim_next(owner) if waits else None
    db.session.commit()  # no transaction stays open while the engine listens
    if chunk is None:
        return None
    transcript = db.session.get_one(Transcript, chunk.transcript_id)
    transcript_id, model, first = transcript.id, shown.model_of(chunk), _held(chunk)
    kind = transcript.engine if model == transcript.model else ""
    manner = Manner(transcript.language, transcript.prompt)
    db.session.commit()
    try:
        with Heart(lambda: jobs.hold_chunks(owner)):
            ear = engine(model, kind)
            beside = jobs.claim_beside(chunk, owner, ear.batch - 1, crew.processes(settings()))
            batch = [first, *map(_held, beside)]
            db.session.commit()
            for result in _listen(ear, batch, manner, listen):
                _keep(result, owner)
    except (NotConfigured, BadInput) as error:
        _fail(transcript_id, owner, error)
    except (NoSpace, SQLAlchemyError):
        db.session.rollback()
        with suppress(SQLAlchemyError):
            jobs.release(owner, politely=True)
            db.session.commit()
        raise
    except Exception:  # an engine that cannot even be loaded
        log.exception("chunk %s of transcript %s failed", first.ordinal, transcript_id)
        db.session.rollback()
        jobs.give_up(first.id, owner)
        db.session.commit()
    return transcript_id


def _held(chunk: Chunk) -> Held:
    seconds = chunk.end - chunk.start
    return Held(chunk.id, chunk.transcript_id, chunk.ordinal, seconds, chunk.storage_key)


def _listen(
    ear: Transcriber, chunks: Sequence[Held], manner: Manner, listen: Listen
) -> Iterator[Result]:
    """Hear some chunks at once; where that fails, one by one, so that only the culprit suffers."""
    begun = time.perf_counter()
    language, prompt = manner.language, manner.prompt
    try:
        samples = [_samples(chunk) for chunk in chunks]
        heard = listen(lambda: ear.hear(samples, language=language, prompt=prompt))
        told = [sentences(pieces) for pieces in heard]
    except (NotConfigured, NoSpace, SQLAlchemyError):
        raise
    except Exception:
        log.exception("%s chunks of transcript %s failed", len(chunks), chunks[0].transcript_id)
        if len(chunks) == 1:
            yield Result(chunks[0], None)
        else:
            for chunk in chunks:
                yield from _listen(ear, [chunk], manner, listen)
        return
    took = time.perf_counter() - begun
    whole = sum(chunk.seconds for chunk in chunks) or 1.0
    for chunk, sentences_of in zip(chunks, told, strict=True):
        yield Result(chunk, sentences_of, took * chunk.seconds / whole)


def _keep(result: Result, owner: str) -> None:
    chunk = result.chunk
    if result.heard is None:
        jobs.give_up(chunk.id, owner)
        db.session.commit()
    elif jobs.store(chunk.id, owner, result.heard, result.took):
        db.session.commit()
        log.info(
            "transcript %s: chunk %s in %.1f s", chunk.transcript_id, chunk.ordinal, result.took
        )
    else:
        db.session.rollback()
        log.warning("transcript %s: chunk %s went to another", chunk.transcript_id, chunk.ordinal)


def _fail(transcript_id: int, owner: str, error: MeetlyError) -> None:
    db.session.rollback()
    log.error("transcript %s cannot go on: %s %s", transcript_id, error.code, error)
    jobs.fail(transcript_id, owner, error)
    db.session.commit()


# -- the sound of a chunk ----------------------------------------------------------------------


def _samples(chunk: Held) -> NDArray[np.float32]:
    if not files.exists(chunk.storage_key):
        _cut_again(chunk.transcript_id)
    with wave.open(io.BytesIO(files.read(chunk.storage_key))) as reader:
        raw = reader.readframes(reader.getnframes())
    return np.frombuffer(raw, dtype="<i2").astype(np.float32) / np.float32(32768)


def _cut_again(transcript_id: int) -> None:
    """Write the files of waiting chunks anew that were tidied away after they had been heard.

    One pass over the recording serves them all; another process that does the same at the same
    time writes the same bytes.
    """
    query = select(Chunk).where(Chunk.transcript_id == transcript_id).order_by(Chunk.ordinal)
    chunks = list(db.session.scalars(query))
    recording = db.session.get_one(Transcript, transcript_id).recording
    db.session.commit()
    waiting = (ChunkStatus.PENDING, ChunkStatus.CLAIMED)
    missing = [
        chunk
        for chunk in chunks
        if chunk.status in waiting and chunk.storage_key and not files.exists(chunk.storage_key)
    ]
    log.info("transcript %s: cutting %s chunks again", transcript_id, len(missing))
    spans = [(c.start, None if c is chunks[-1] else c.end) for c in missing]
    source = files.path(recording.storage_key)
    sound = stretches(source, spans, budget=settings().longest_recording)
    for chunk, samples in zip(missing, sound, strict=True):
        files.write(chunk.storage_key, [wav(samples)])
