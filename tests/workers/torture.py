"""Kills and stops real speech processes at random moments and compares what is left behind."""

from __future__ import annotations

import os
import random
import signal
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
LEASE = 1


@dataclass
class Outcome:
    """What a run with kills left behind, compared with one without."""

    kills: int = 0
    #: finished chunks that were not there any more, or were done anew
    lost: int = 0
    #: segments beyond those of the unkilled run
    duplicates: int = 0
    #: most often that one chunk was begun again for one kill
    redone_max: int = 0
    identical: bool = True
    seconds: float = 0.0
    recordings: int = 0
    #: how many kills hit a chunk in hand, and how many the cutting
    in_hand: int = 0
    cutting: int = 0


@dataclass
class House:
    """An installation of its own, with a database that real processes share."""

    folder: Path
    slowness: float = 0.05
    planted: bool = False
    database: str = ""
    sentences: int = 24
    model: str = ENGINE
    #: a recording of one's own instead of sentences of tones
    sound: Path | None = None
    #: seconds of life a process gets at most once it has something in hand
    life: float = 0.3
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        config = Config(
            data=self.folder / "var", secret="torture", speech_model=self.model, chunk_lease=LEASE,
            chunk_attempts=10_000, database=self.database,
        )  # fmt: skip
        self.app = create_app(config)
        if self.sound is None:
            said = tones.sentences(self.sentences)
            self.sound = tones.write_wav(self.folder / "said.wav", said)
        with self.app.app_context():
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
            db.session.commit()

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
            "MEETLY_CHUNK_ATTEMPTS": "10000",
            "MEETLY_TEST_SLOWNESS": str(self.slowness),
            "MEETLY_TEST_PLANTED": "1" if self.planted else "",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Open the application for a change from outside the processes."""
        with self.app.app_context():
            yield
            db.session.commit()
            db.session.remove()

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

    def attempts(self, recording_id: int) -> list[int]:
        """Tell how often each chunk that has speech was claimed."""
        with self.looking():
            query = select(Chunk.attempts).join(Transcript).order_by(Chunk.ordinal)
            query = query.where(Transcript.recording_id == recording_id, Chunk.storage_key != "")
            return list(db.session.scalars(query))

    def segments(self, recording_id: int) -> int:
        """Count the segments of a recording."""
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


def unkilled(house: House) -> tuple[str, int]:
    """Transcribe in this process, without any kill; return text and number of segments."""
    recording_id = house.receive()
    before = os.environ.get("MEETLY_TEST_SLOWNESS")
    with house.app.app_context():
        transcribe.run()
    assert before == os.environ.get("MEETLY_TEST_SLOWNESS")
    return house.text(recording_id), house.segments(recording_id)


def kill_at_random(house: House, kills: int, seed: int, patience: float = 1200.0) -> Outcome:
    """Kill speech processes at random moments, over as many recordings as that takes."""
    chance, outcome, begun = random.Random(seed), Outcome(), time.monotonic()
    wanted, count = unkilled(house)
    with house.nursery() as nursery:
        while outcome.kills < kills:
            recording_id = house.receive()
            outcome.recordings += 1
            _one_recording(house, nursery, recording_id, kills, chance, outcome, patience)
            outcome.identical &= house.text(recording_id) == wanted
            outcome.duplicates += house.segments(recording_id) - count
    outcome.seconds = round(time.monotonic() - begun, 1)
    return outcome


def _one_recording(
    house: House,
    nursery: Nursery,
    recording_id: int,
    kills: int,
    chance: random.Random,
    outcome: Outcome,
    patience: float,
) -> None:
    safe: dict[int, object] = {}
    mine = 0
    deadline = time.monotonic() + patience
    while not house.is_ready(recording_id):
        assert time.monotonic() < deadline, house.log()[-3000:]
        pid = nursery.start()
        moment = chance.choices(["waking", "cutting", "chunks"], [15, 20, 65])[0]
        _wait_for(moment, house, recording_id, deadline)
        time.sleep(chance.uniform(0.0, house.life))
        if outcome.kills >= kills:
            while not house.is_ready(recording_id) and time.monotonic() < deadline:
                time.sleep(0.02)
            nursery.kill(pid)
            break
        owner = nursery.kill(pid)
        held = house.claims()
        outcome.kills, mine = outcome.kills + 1, mine + 1
        outcome.in_hand += bool(held["chunks"])
        outcome.cutting += bool(held["cutting"])
        outcome.lost += _lost(safe, house.finished(recording_id))
        safe = house.finished(recording_id)
        if chance.random() < 0.7:  # otherwise its lease has to run out
            house.give_back(owner)
    outcome.lost += _lost(safe, house.finished(recording_id))
    again = sum(house.attempts(recording_id)) - len(house.attempts(recording_id))
    outcome.redone_max = max(outcome.redone_max, -(-again // max(1, mine)))


def _wait_for(moment: str, house: House, recording_id: int, deadline: float) -> None:
    """Wait until a process is at this kind of work, or past it."""
    while moment != "waking" and not house.is_ready(recording_id):
        claims = house.claims()
        if claims["chunks"] or claims[moment]:
            return
        assert time.monotonic() < deadline, house.log()[-3000:]
        time.sleep(0.005)


def _lost(before: dict[int, object], after: dict[int, object]) -> int:
    """Count finished chunks that are no longer finished, or were finished again."""
    return sum(after.get(ordinal) != moment for ordinal, moment in before.items())


def stop_past_the_lease(house: House) -> Outcome:
    """Stop a process while it holds a chunk, let another take it, and wake the first one."""
    outcome = Outcome()
    wanted, count = unkilled(house)
    recording_id = house.receive()
    with house.nursery() as nursery:
        sleeper = nursery.start()
        while not house.claims()["chunks"]:
            time.sleep(0.01)
        nursery.send(sleeper, signal.SIGSTOP)
        time.sleep(LEASE + 0.2)
        nursery.start()
        while not house.is_ready(recording_id):
            time.sleep(0.05)
        nursery.send(sleeper, signal.SIGCONT)
        time.sleep(house.slowness + 1.0)  # time enough to finish hearing and try to store
    outcome.identical = house.text(recording_id) == wanted
    outcome.duplicates = house.segments(recording_id) - count
    outcome.redone_max = max(house.attempts(recording_id)) - 1
    return outcome
