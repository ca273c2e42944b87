"""An installation of its own whose speech processes are real, and may be killed and stopped."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from meetly import clock, sqlite
from meetly.accounts.models import Role, UnitKind, User
from meetly.accounts.service import add_unit, add_user, give_role
from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.recordings import service as recordings
from meetly.transcripts import exports, jobs
from meetly.transcripts import service as transcripts
from meetly.transcripts.models import Chunk, ChunkStatus, Segment, Transcript, TranscriptStatus
from tests import tones
from workers import transcribe

ROOT = Path(__file__).resolve().parent.parent.parent
ENGINE = "tests.tones:ToneTranscriber"
#: Seconds: a lease short enough to see it run out.
LEASE = 2


@dataclass
class House:
    """An installation of its own, with a database that real processes share."""

    folder: Path
    slowness: float = 0.05
    #: the defect the processes carry, by its name in tests/workers/nursery.py
    planted: str = ""
    database: str = ""
    sentences: int = 24
    model: str = ENGINE
    #: a recording of one's own instead of sentences of tones
    sound: Path | None = None
    #: seconds of life a process gets at most once it has something in hand
    life: float = 0.2
    #: chunks heard at a time, and how often one is tried
    batch: int = 1
    attempts: int = 10_000
    #: further settings of the processes
    further: dict[str, str] = field(default_factory=dict)
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        config = Config(
            data=self.folder / "var", secret="torture", speech_model=self.model, chunk_lease=LEASE,
            chunk_attempts=self.attempts, database=self.database,
        )  # fmt: skip
        self.app = create_app(config)
        if self.sound is None:
            said = tones.sentences(self.sentences)
            self.sound = tones.write_wav(self.folder / "said.wav", said)
        with self.at_work():
            db.create_all()
            unit = add_unit(None, code="VP", name="Văn phòng", kind=UnitKind.OFFICE)
            nam = add_user(None, login="nam", name="Đỗ Văn Nam", password="0123456789")
            give_role(None, nam, unit, Role.SECRETARY)
            moment = clock.now()
            db.session.add(
                Meeting(
                    unit_id=unit.id, title="Giao ban", status=MeetingStatus.HELD, starts_at=moment,
                    ends_at=moment, created_by_id=nam.id, created_at=moment,
                )
            )  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("MEETLY_")}
        return {
            **kept,
            "MEETLY_DATA": str(self.folder / "var"),
            "MEETLY_DATABASE": self.database,
            "MEETLY_SECRET": "torture",
            "MEETLY_SPEECH_MODEL": self.model,
            "MEETLY_CHUNK_LEASE": str(LEASE),
            "MEETLY_CHUNK_ATTEMPTS": str(self.attempts),
            "MEETLY_TEST_SLOWNESS": str(self.slowness),
            "MEETLY_TEST_BATCH": str(self.batch),
            "MEETLY_TEST_PLANTED": self.planted,
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            **self.further,
        }

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Open the application for a change from outside the processes.

        No connection to a server stays; the one to SQLite does, as that of a web server at work.
        """
        with self.app.app_context():
            try:
                yield
                db.session.commit()
            finally:
                db.session.remove()
                if self.database:
                    db.engine.dispose()

    def is_locked(self) -> bool:
        """Tell whether somebody holds SQLite's lock for writing."""
        database = sqlite3.connect(self.folder / "var" / "meetly.db", timeout=0.3)
        try:
            database.execute("BEGIN IMMEDIATE")
            database.rollback()
        except sqlite3.OperationalError:
            return True
        finally:
            database.close()
        return False

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Open the application for a look that waits for no writer."""
        with sqlite.reading(), self.at_work():
            yield

    def receive(self) -> int:
        """Bring the recording in once more; return the id of the recording."""
        with self.at_work():
            nam = db.session.scalars(select(User)).one()
            meeting = db.session.scalars(select(Meeting)).one()
            assert self.sound is not None
            recording = recordings.receive_file(nam, meeting, self.sound)
            length = 3.0
            said = [
                {"speaker": f"Người {n % 3}", "start": n * length, "end": (n + 1) * length}
                for n in range(40)
            ]
            recordings.add_talk_events(recording, said)
            return recording.id

    def transcript(self, recording_id: int) -> Transcript | None:
        """Read the transcript of a recording anew."""
        query = select(Transcript).where(Transcript.recording_id == recording_id)
        return db.session.scalar(query.execution_options(populate_existing=True))

    def is_ready(self, recording_id: int) -> bool:
        """Say whether nothing is left to do for a recording."""
        with self.looking():
            transcript = self.transcript(recording_id)
            return transcript is not None and transcript.status == TranscriptStatus.READY

    def text(self, recording_id: int) -> str:
        """Return the transcript as the file a person would download."""
        with self.looking():
            transcript = self.transcript(recording_id)
            assert transcript is not None
            return exports.as_json(transcripts.export(transcript))

    def finished(self, recording_id: int) -> dict[int, object]:
        """Tell of each finished chunk when it was finished."""
        with self.looking():
            query = select(Chunk.ordinal, Chunk.finished_at).join(Transcript)
            query = query.where(Transcript.recording_id == recording_id)
            query = query.where(Chunk.status == ChunkStatus.DONE)
            return {ordinal: at for ordinal, at in db.session.execute(query)}  # noqa: C416

    def tried(self, recording_id: int) -> list[int]:
        """Tell how often each chunk that has speech was claimed."""
        with self.looking():
            query = select(Chunk.attempts).join(Transcript).order_by(Chunk.ordinal)
            query = query.where(Transcript.recording_id == recording_id, Chunk.storage_key != "")
            return list(db.session.scalars(query))

    def segments(self, recording_id: int) -> int:
        """Count the segments of a recording, shown or not."""
        with self.looking():
            query = select(Segment.id).join(Transcript)
            return len(
                db.session.scalars(query.where(Transcript.recording_id == recording_id)).all()
            )

    def claims(self) -> Counter[str]:
        """Count what is held now: chunks in hand and recordings being cut."""
        with self.looking():
            held = Counter(
                db.session.scalars(
                    select(Chunk.owner).where(Chunk.status == ChunkStatus.CLAIMED)
                ).all()
            )
            cutting = select(Transcript.owner).where(
                Transcript.status == TranscriptStatus.SPLITTING, Transcript.owner.is_not(None)
            )
            return Counter(
                {"chunks": held.total(), "cutting": len(db.session.scalars(cutting).all())}
            )

    def holders(self) -> set[str | None]:
        """Name the processes that have a chunk in hand."""
        with self.looking():
            query = select(Chunk.owner).where(Chunk.status == ChunkStatus.CLAIMED)
            return set(db.session.scalars(query))

    def held_by(self, owner: str) -> int:
        """Count the chunks that are in one process's hands."""
        with self.looking():
            query = select(Chunk.id).where(
                Chunk.owner == owner, Chunk.status == ChunkStatus.CLAIMED
            )
            return len(db.session.scalars(query).all())

    def is_cutting(self, owner: str) -> bool:
        """Say whether one process is cutting a recording."""
        with self.looking():
            return (
                db.session.scalar(select(Transcript.id).where(Transcript.owner == owner).limit(1))
                is not None
            )

    def give_back(self, owner: str) -> None:
        """Do what the supervisor does when its speech process has died."""
        with self.at_work():
            jobs.release(owner)

    @contextmanager
    def nursery(self) -> Iterator[Nursery]:
        """Keep a place from which speech processes are started quickly."""
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.workers.nursery"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                cwd=ROOT, env=self.environment,
            )  # fmt: skip
            started = Nursery(process)
            try:
                yield started
            finally:
                started.end()

    def log(self) -> str:
        """Return what the processes said."""
        return (self.folder / "log.txt").read_text(encoding="utf-8", errors="replace")


class Nursery:
    """Starts and ends speech processes; knows only those it started."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.living: dict[int, str] = {}

    def start(self) -> int:
        """Start one; return its process id."""
        assert self._process.stdin and self._process.stdout
        owner = transcribe.new_owner()
        self._process.stdin.write(f"{owner}\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        self.living[pid] = owner
        return pid

    def send(self, pid: int, wish: signal.Signals) -> None:
        """Send a signal to one of ours."""
        with suppress(ProcessLookupError):
            os.kill(pid, wish)

    def kill(self, pid: int) -> str:
        """Kill one without warning and wait until it is gone; return the owner it was."""
        self.send(pid, signal.SIGKILL)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.002)
        return self.living.pop(pid)

    def end(self) -> None:
        """Kill all that still live, and the nursery."""
        for pid in list(self.living):
            self.kill(pid)
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.kill()  # it holds nothing; its end would only take time
        self._process.wait()
        self._process.stdout.close()
