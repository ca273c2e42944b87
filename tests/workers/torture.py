"""Kills and stops real speech processes at random moments and compares what is left behind."""

from __future__ import annotations

import random
import signal
import threading
import time
from dataclasses import dataclass, field

from tests.workers.house import LEASE, House, Nursery
from workers import transcribe

#: Of a hundred blows, so many stop a process past its lease instead of killing it.
STOPS = 8
#: Of a hundred dead, so many are noticed at once by their supervisor; the leases of others run out.
NOTICED = 75
#: Of a hundred blows, so many wait for a process that has a chunk in hand.
AT_WORK = 60


@dataclass
class Outcome:
    """What a run with kills left behind, compared with one without."""

    kills: int = 0
    #: finished chunks that were not there any more or were done anew, and segments that are missing
    lost: int = 0
    #: segments beyond those of the unkilled run
    duplicates: int = 0
    #: most chunks that had to be heard again for one kill
    redone_max: int = 0
    identical: bool = True
    stops: int = 0
    seconds: float = 0.0
    recordings: int = 0
    #: how many blows hit a chunk in hand, and how many the cutting
    in_hand: int = 0
    cutting: int = 0

    def is_good(self, batch: int = 1) -> bool:
        """Tell whether nothing was lost and no blow cost more than what was in hand."""
        clean = not self.lost and not self.duplicates and self.identical
        return clean and self.redone_max <= batch


def unkilled(house: House) -> tuple[str, int]:
    """Transcribe in this process, without any kill; return text and number of segments."""
    recording_id = house.receive()
    with house.at_work():
        transcribe.run()
    return house.text(recording_id), house.segments(recording_id)


def kill_at_random(
    house: House, kills: int, seed: int, *, workers: int = 3, patience: float = 1200.0
) -> Outcome:
    """Kill and stop some speech processes at random, over as many recordings as that takes."""
    outcome, begun = Outcome(), time.monotonic()
    wanted, count = unkilled(house)
    with house.nursery() as nursery:
        crowd = Crowd(house, nursery, workers, random.Random(seed), outcome)
        while outcome.kills < kills:
            recording_id = house.receive()
            outcome.recordings += 1
            _one_recording(crowd, recording_id, kills, patience)
            outcome.identical &= house.text(recording_id) == wanted
            beyond = house.segments(recording_id) - count
            outcome.duplicates += max(0, beyond)
            outcome.lost += max(0, -beyond)
    outcome.seconds = round(time.monotonic() - begun, 1)
    return outcome


@dataclass
class Crowd:
    """A few speech processes at work, some of them asleep past their lease."""

    house: House
    nursery: Nursery
    size: int
    chance: random.Random
    outcome: Outcome
    #: process -> by when it is awake again
    asleep: dict[int, float] = field(default_factory=dict)
    #: chunks that were in hand when a blow fell, in the recording at work
    costs: int = 0

    def fill(self) -> None:
        """Start processes until so many are awake."""
        while len(self.nursery.living) - len(self.asleep) < self.size:
            self.nursery.start()

    def count_awake(self) -> None:
        """Take those off the list of sleepers that were woken."""
        for pid, when in list(self.asleep.items()):
            if time.monotonic() > when:
                del self.asleep[pid]

    def strike(self) -> None:
        """Kill one of them, or stop it for longer than its lease."""
        stops = self.chance.randrange(100) < STOPS and not self.asleep
        pid = self._victim(at_work=stops or self.chance.randrange(100) < AT_WORK)
        if stops:
            self._put_to_sleep(pid, 1.5 * LEASE)
            self._count(self.nursery.living[pid])
            return
        owner = self.nursery.kill(pid)
        self.outcome.kills += 1
        self._count(owner)
        if self.chance.randrange(100) < NOTICED:
            self.house.give_back(owner)

    def _victim(self, *, at_work: bool) -> int:
        """Choose one that is awake; if it can be, one with a chunk in hand."""
        awake = [pid for pid in self.nursery.living if pid not in self.asleep]
        if at_work:
            for _ in range(20):
                holders = self.house.holders()
                busy = [pid for pid in awake if self.nursery.living[pid] in holders]
                if busy:
                    time.sleep(self.chance.uniform(0.0, self.house.slowness))
                    return self.chance.choice(busy)
                time.sleep(0.01)
        return self.chance.choice(awake)

    def _put_to_sleep(self, pid: int, seconds: float) -> None:
        # Woken by a thread of its own: whoever sleeps may hold the lock this thread waits for.
        alarm = threading.Timer(seconds, self.nursery.send, [pid, signal.SIGCONT])
        alarm.daemon = True
        self.nursery.send(pid, signal.SIGSTOP)
        alarm.start()
        # Spared for a while after it wakes: it shall come to store what it has heard.
        self.asleep[pid] = time.monotonic() + seconds + 0.5 + self.house.slowness
        self.outcome.stops += 1

    def _count(self, owner: str) -> None:
        held = self.house.held_by(owner)
        self.costs += held
        self.outcome.redone_max = max(self.outcome.redone_max, held)
        self.outcome.in_hand += bool(held)
        self.outcome.cutting += not held and self.house.is_cutting(owner)


def _one_recording(crowd: Crowd, recording_id: int, kills: int, patience: float) -> None:
    house, outcome = crowd.house, crowd.outcome
    safe: dict[int, object] = {}
    crowd.costs = 0
    deadline = time.monotonic() + patience
    while not house.is_ready(recording_id):
        assert time.monotonic() < deadline, house.log()[-3000:]
        crowd.fill()
        time.sleep(crowd.chance.uniform(0.0, house.life))
        crowd.count_awake()
        if outcome.kills < kills:
            crowd.strike()
        now = house.finished(recording_id)
        outcome.lost += _lost(safe, now)
        safe = now
    outcome.lost += _lost(safe, house.finished(recording_id))
    tried = house.tried(recording_id)
    # Whatever was begun more often than blows explain was begun again for nothing.
    outcome.redone_max += max(0, sum(tried) - len(tried) - crowd.costs)


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
        while house.is_locked():  # asleep with the lock in hand it would let nobody go on
            nursery.send(sleeper, signal.SIGCONT)
            time.sleep(0.02)
            nursery.send(sleeper, signal.SIGSTOP)
        outcome.stops = 1
        time.sleep(LEASE + 0.2)
        nursery.start()
        while not house.is_ready(recording_id):
            time.sleep(0.05)
        nursery.send(sleeper, signal.SIGCONT)
        time.sleep(house.slowness + 1.0)  # time enough to finish hearing and try to store
    outcome.identical = house.text(recording_id) == wanted
    outcome.duplicates = house.segments(recording_id) - count
    outcome.redone_max = max(house.tried(recording_id)) - 1
    return outcome
