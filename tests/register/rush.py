"""Many processes that take numbers at once and now and then roll back; what the book says then.

`naive` plants the defect that the counter exists for: the greatest number plus one.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from queue import Empty

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from meetly import clock
from meetly.accounts.models import User
from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from meetly.register import service
from meetly.register.models import DocumentType, Entry
from tests import cast as cast_of_tests

SECRET = "the secret of the rush"
DAY = date(2026, 11, 25)
TYPES = (DocumentType.NOTICE, DocumentType.MINUTES)
ROLLED_BACK = 0.1

#: the numbers that were committed, and how many were rolled back
Taken = tuple[list[tuple[str, int]], int]


@dataclass(frozen=True)
class Result:
    """What the processes said they got, and what the books hold."""

    numbers: int
    rolled_back: int
    gaps: int
    duplicates: int


def settled(config: Config, url: str) -> Config:
    """Make the tables and the cast in a database of its own."""
    house = replace(config, database=url, secret=SECRET)
    with create_app(house).app_context():
        db.create_all()
        cast_of_tests.assemble()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return house


def run(house: Config, *, processes: int, each: int, seed: int, naive: bool = False) -> Result:
    """Let processes take numbers at once; raise when one of them fails."""
    branch = multiprocessing.get_context("fork")
    said: Queue[Taken] = branch.Queue()
    together = branch.Barrier(processes)
    started = [
        branch.Process(target=_take, args=(house, seed + number, each, naive, said, together))
        for number in range(processes)
    ]
    for process in started:
        process.start()
    taken = [_heard(said, started) for _ in started]
    for process in started:
        process.join()
    if any(process.exitcode for process in started):
        raise RuntimeError(f"a process failed: {[p.exitcode for p in started]}")
    got = [number for numbers, _back in taken for number in numbers]
    return _judged(got, sum(back for _numbers, back in taken))


def _heard(said: Queue[Taken], started: Sequence[BaseProcess]) -> Taken:
    """Wait for what a process took; raise when one failed instead of saying it."""
    while True:
        try:
            return said.get(timeout=1)
        except Empty:
            if any(process.exitcode for process in started):
                raise RuntimeError("a process failed; what it said stands above") from None


def _judged(got: list[tuple[str, int]], rolled_back: int) -> Result:
    counts = Counter(got)
    gaps = 0
    for kind in TYPES:
        mine = {number for name, number in counts if name == kind.value}
        gaps += len(set(range(1, max(mine, default=0) + 1)) - mine)
    duplicates = sum(count - 1 for count in counts.values())
    return Result(len(got), rolled_back, gaps, duplicates)


def _take(
    house: Config, seed: int, each: int, naive: bool, said: Queue[Taken], together: Barrier
) -> None:
    """Take numbers, and say at the end which were committed."""
    chance, got, back = random.Random(seed), list[tuple[str, int]](), 0
    with create_app(house).app_context():
        together.wait()
        while len(got) + back < each:
            kind = chance.choice(TYPES)
            try:
                number = _naive(kind) if naive else _taken(kind)
                if chance.random() < ROLLED_BACK:
                    db.session.rollback()
                    back += 1
                else:
                    db.session.commit()
                    got.append((kind.value, number))
            except OperationalError:  # SQLite was busy for too long: nothing was said, ask again
                db.session.rollback()
        db.session.remove()
        db.engine.dispose()
    said.put((got, back))


def _taken(kind: DocumentType) -> int:
    cast = cast_of_tests.recall()
    entry = service.reserve(
        cast.nam, cast.office, kind, notation=f"{kind}-VP", dated=DAY, subject="Kết luận"
    )
    return entry.number


def _naive(kind: DocumentType) -> int:
    """Take the greatest number and one more, reading in one transaction and writing in the next."""
    user = db.session.scalars(select(User).where(User.login == "nam")).one()
    unit_id = user.memberships[0].unit_id
    book_id = service._book_id(unit_id, kind, DAY.year)
    last = db.session.scalar(select(func.max(Entry.number)).where(Entry.book_id == book_id)) or 0
    db.session.commit()
    time.sleep(0.002)  # as long as rendering takes at least
    row = {"book_id": book_id, "number": last + 1}
    there = db.session.scalar(select(Entry.id).filter_by(**row))
    if there is None:  # the table refuses the second of two; what people hold is the number
        db.session.add(
            Entry(
                **row, notation="", dated=DAY, subject="", reserved_at=clock.now(),
                reserved_by_id=user.id,
            )
        )  # fmt: skip
    return last + 1
