"""Two schedulers, kills, a moving clock and a failing mail server; then everything is counted.

The clock of the story stands still at each moment until one scheduler has told all there was, while
schedulers are killed with -9 and stopped; then it goes on by minutes, hours or days, and now and
then back. What must have been told is counted by an oracle of its own.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from meetly.notices.models import Mail, MailStatus, Notice
from meetly.tasks.reminding.models import ToldTask
from tests.tasks.reminding import stand
from tests.tasks.reminding.moody_post import BAD, Mood, MoodyPost
from tests.tasks.reminding.moving_clock import SLOTS, MovingClock
from tests.tasks.reminding.oracle import Line

ROOT = Path(__file__).parents[3]
SECRET = "the secret of the torture"
#: Seconds: how long a scheduler lives on average, and how long it is waited for at most.
LIFE, PATIENCE = 0.3, 60.0
#: Once a moment has lasted so long nobody is killed any more, so that the story goes on.
MERCY = 0.7
#: The mail server is down for so long in one go.
OUTAGE = timedelta(hours=6)
#: Moments a stopped scheduler may be behind.
BEHIND = 8
_WRITTEN = re.compile(r"^- (.*)\n  \S+/tasks/(\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Trial:
    """What is tried."""

    tasks: int = 200
    days: int = 45
    seed: int = 1
    #: empty for SQLite
    database: str = ""
    #: "key": the defect that the unique row is for
    planted: str = ""
    #: path of libfaketime, which then moves the clock of the whole process
    faketime: str = ""


@dataclass
class Result:
    """What was counted."""

    due: int = 0
    missed: int = 0
    #: told twice: rows of one reminder, and lines of one day that stand in two digests
    doubled: int = 0
    #: told although nothing was due
    wrong: int = 0
    digests: int = 0
    #: digests whose mail never arrived, and mails that arrived again under the same Message-ID
    mails_missed: int = 0
    mails_again: int = 0
    moments: int = 0
    kills: int = 0
    stops: int = 0
    failures: dict[Mood, int] = field(default_factory=dict)
    seconds: float = 0.0


class Schedulers:
    """Two slots with a scheduler in each; knows only those it started."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._living = [self._born(slot) for slot in range(SLOTS)]
        self._asleep: dict[int, float] = {}
        self.kills = self.stops = 0

    def disturb(self, chance: random.Random) -> None:
        """Kill one with -9 and start another in its place, or stop one for a while."""
        slot = chance.randrange(SLOTS)
        if chance.random() < 0.2 and not self._asleep:
            self._send(slot, signal.SIGSTOP)
            self._asleep[slot] = time.monotonic() + chance.uniform(0.05, 0.5)
            self.stops += 1
            return
        self._kill(slot)
        self._living[slot] = self._born(slot)
        self.kills += 1

    def wake(self, *, all_of_them: bool = False) -> None:
        """Let those go on that were stopped for long enough."""
        for slot, until in list(self._asleep.items()):
            if all_of_them or time.monotonic() > until:
                self._send(slot, signal.SIGCONT)
                del self._asleep[slot]

    def end(self) -> None:
        """Kill all, and the place they come from."""
        for slot in range(SLOTS):
            self._kill(slot)
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def _born(self, slot: int) -> int:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{slot}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def _kill(self, slot: int) -> None:
        self._send(slot, signal.SIGKILL)
        self._asleep.pop(slot, None)
        while Path(f"/proc/{self._living[slot]}").exists():
            time.sleep(0.002)

    def _send(self, slot: int, wish: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._living[slot], wish)


class Torture:
    """One story, from its first moment to the last mail."""

    def __init__(self, trial: Trial, folder: Path) -> None:
        self.trial, self.folder = trial, folder
        self.chance = random.Random(trial.seed)
        self.post = MoodyPost()
        self.app = create_app(Config(data=folder / "var", secret=SECRET, database=trial.database))
        self.clock = MovingClock(folder / "clock")
        self.moment = stand.BEGIN
        self.expected: set[Line] = set()
        self.allowed: set[Line] = set()
        self._last: deque[datetime] = deque(maxlen=BEHIND)
        self._outage: datetime | None = None
        self._outages = 0
        with self.app.app_context():
            db.create_all()
            if trial.planted == "key":
                _take_the_key_away()
            self.world = stand.settle(self.chance, trial.tasks, trial.days)
            self._commit()

    def run(self) -> Result:
        """Go through the story, and count."""
        begun = time.monotonic()
        with self._started() as schedulers:
            self._tell_the_story(schedulers)
            self._let_mails_out(schedulers)
        self.post.be(Mood.DOWN)
        with self.app.app_context():
            result = self._counted()
            db.session.remove()
            db.engine.dispose()
        result.moments, result.failures = self.clock.number, self.post.failures
        result.kills, result.stops = schedulers.kills, schedulers.stops
        result.seconds = time.monotonic() - begun
        return result

    # -- the story ---------------------------------------------------------------------------

    def _tell_the_story(self, schedulers: Schedulers) -> None:
        end = stand.BEGIN + timedelta(days=self.trial.days)
        while self.moment < end:
            self._change_mood()
            self._settle(schedulers)
            if self.chance.random() < 0.3:
                schedulers.wake(all_of_them=True)  # one that sleeps may hold the write lock
                with self.app.app_context():
                    stand.change(self.chance, self.world, self.moment)
                    self._commit()
                for earlier in self._last:  # who was stopped then goes on with what is now
                    self.allowed |= self.world.lines(earlier)
                self._settle(schedulers)
            self.moment += self._step()

    def _step(self) -> timedelta:
        dice = self.chance.random()
        if self._outage:
            return timedelta(minutes=self.chance.randint(20, 90))
        if dice < 0.1:  # somebody sets the clock back
            return -timedelta(minutes=self.chance.randint(1, 90))
        if dice < 0.5:
            return timedelta(minutes=self.chance.randint(1, 60))
        if dice < 0.9:
            return timedelta(minutes=self.chance.randint(60, 400))
        return timedelta(minutes=self.chance.randint(400, 3000))  # nothing ran for long

    def _change_mood(self) -> None:
        third = stand.BEGIN + timedelta(days=self.trial.days // 3)
        if self._outage:
            self._outage = self._outage if self.moment < self._outage else None
        elif not self._outages and self.moment >= third:
            self._outages += 1
            # from five minutes before the first digest of a day (7:30 in Vietnam)
            self.moment = self.moment.replace(hour=0, minute=25) + timedelta(days=1)
            self._outage = self.moment + OUTAGE
            self.post.be(Mood.DOWN)
        elif self.chance.random() < 0.4:
            bad = self.chance.random() < 0.6
            self.post.be(self.chance.choice(BAD) if bad else Mood.FINE)

    def _settle(self, schedulers: Schedulers) -> None:
        """Let the clock stand until a scheduler has told all there is, and disturb them."""
        lines = self.world.lines(self.moment)
        self.expected |= lines
        self.allowed |= lines
        self._last.append(self.moment)
        self.post.failures[Mood.DOWN] += self.post.mood is Mood.DOWN
        number = self._set_clock()
        begun = time.monotonic()
        next_blow = begun + self.chance.expovariate(1 / LIFE)
        while not self.clock.is_done(number):
            now = time.monotonic()
            schedulers.wake()
            if now > next_blow and now < begun + MERCY:
                schedulers.disturb(self.chance)
                next_blow = now + self.chance.expovariate(1 / LIFE)
            if now > begun + PATIENCE:
                raise RuntimeError(f"nobody tells anything any more:\n{self.log()[-3000:]}")
            time.sleep(0.002)
        if self.chance.random() < 0.5:  # also while mails go out
            time.sleep(self.chance.uniform(0, 0.1))
            schedulers.disturb(self.chance)

    def _set_clock(self) -> int:
        if self.trial.faketime:
            target = self.folder / "faketime"
            written = target.with_suffix(".new")
            written.write_text(f"{self.moment:%Y-%m-%d %H:%M:%S}\n")
            written.rename(target)
        return self.clock.set(self.moment.replace(tzinfo=UTC))

    def _let_mails_out(self, schedulers: Schedulers) -> None:
        self.post.be(Mood.FINE)
        schedulers.wake(all_of_them=True)
        for _round in range(60):
            self.moment += timedelta(hours=2, minutes=5)
            self._settle(schedulers)
            schedulers.wake(all_of_them=True)
            time.sleep(0.3)
            with self.app.app_context():
                waiting = select(func.count()).where(Mail.status == MailStatus.PENDING)
                left = db.session.scalar(waiting)
                db.session.remove()
            if not left:
                return

    # -- counting ----------------------------------------------------------------------------

    def _counted(self) -> Result:
        told = Counter(
            (row.user_id, row.task_id, row.rule, row.due)
            for row in db.session.execute(
                select(ToldTask.user_id, ToldTask.task_id, ToldTask.rule, ToldTask.due)
            )
        )
        query = select(Notice.id, Notice.user_id, Notice.body).where(
            Notice.key.like("tasks.digest:%")
        )
        notices = db.session.execute(query).all()
        written = Counter(
            (user_id, line, task)
            for _id, user_id, body in notices
            for line, task in _WRITTEN.findall(body)
        )
        arrived = Counter(
            str(message["Message-ID"]).partition("@")[0] for message in self.post.taken
        )
        wanted = {f"<meetly-notice-{notice_id}" for notice_id, _user, _body in notices}
        return Result(
            due=len(self.expected),
            missed=len(self.expected - told.keys()) + _unsaid(),
            doubled=max(_twice(told), _twice(written)),
            wrong=len(told.keys() - self.allowed),
            digests=len(notices),
            mails_missed=len(wanted - arrived.keys()),
            mails_again=_twice(arrived),
        )

    # -- around ------------------------------------------------------------------------------

    def log(self) -> str:
        """Return what the schedulers said."""
        return (self.folder / "log.txt").read_text(encoding="utf-8", errors="replace")

    def _commit(self) -> None:
        db.session.commit()
        db.session.remove()
        db.engine.dispose()

    @contextmanager
    def _started(self) -> Iterator[Schedulers]:
        self._set_clock()
        command = [sys.executable, "-m", "tests.tasks.reminding.schedulers"]
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                [*command, str(self.folder / "clock")], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT, env=self._environment(),
            )  # fmt: skip
            schedulers = Schedulers(process)
            try:
                yield schedulers
            finally:
                schedulers.end()

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("MEETLY_")}
        ours = {
            "MEETLY_DATA": str(self.folder / "var"), "MEETLY_SECRET": SECRET,
            "MEETLY_DATABASE": self.trial.database, "MEETLY_SMTP_HOST": "127.0.0.1",
            "MEETLY_SMTP_PORT": str(self.post.port), "MEETLY_TEST_PLANTED": self.trial.planted,
        }  # fmt: skip
        if self.trial.faketime:
            ours |= {
                "LD_PRELOAD": self.trial.faketime, "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC", "MEETLY_TEST_FAKETIME": "1",
                "FAKETIME_TIMESTAMP_FILE": str(self.folder / "faketime"),
            }  # fmt: skip
        return kept | ours


def _unsaid() -> int:
    """Count what was noted as told although no digest of that person says so."""
    of_it = (Notice.user_id == ToldTask.user_id) & (Notice.key == ToldTask.notice_key)
    query = select(func.count()).select_from(ToldTask).outerjoin(Notice, of_it)
    return db.session.scalar(query.where(Notice.id.is_(None))) or 0


def _twice(counts: Counter[Any]) -> int:
    return sum(count - 1 for count in counts.values() if count > 1)


def _take_the_key_away() -> None:
    name = "uq_told_task_user_id_task_id_rule_due"
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"ALTER TABLE told_task DROP CONSTRAINT {name}"))
        return
    made = db.session.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'told_task'"))
    keyless, count = re.subn(rf"CONSTRAINT {name} UNIQUE \([^)]*\),?", "", str(made))
    assert count == 1
    db.session.execute(text("DROP TABLE told_task"))
    db.session.execute(text(re.sub(r",\s*\)\s*$", ")", keyless)))
