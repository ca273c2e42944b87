"""Let two schedulers remind for days while everything fails; end with one JSON line.

    python -m bench.torture_reminders [--tasks 300] [--days 12] [--seed 1] [--faketime LIBRARY]

Two real processes tell of tasks and send mails; they are killed with -9 and stopped at random
moments. A clock moves by minutes, hours and days, now and then back. A mail server refuses, closes
(421), puts off (451), hangs up after taking a mail, and says nothing; once it is down for six hours
in the middle of a working day. What must have been told is counted by an oracle that shares no code
with Meetly (tests/tasks/reminding/oracle.py). It runs on SQLite and, where MEETLY_TEST_POSTGRES
names a server, on PostgreSQL. With nothing missed or doubled in N the rate is below 3/N at 95 %.
Telling what was seen untold without the unique row, the defect it is for, is run last and must
show. With --faketime the whole process lives in that library's time instead of the clock of the
house. Ends with status 1 when anything is not as it must be.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from tests.tasks.reminding.torture import Result, Torture, Trial

#: The defect shows in a short story already.
PLANTED_TASKS, PLANTED_DAYS = 60, 3


def main() -> None:
    """Run, print, and tell by the exit status how it went."""
    given = _given()
    trial = Trial(given.tasks, given.days, given.seed, faketime=given.faketime)
    servers = _servers()
    found = [_tried(server, trial) for server in servers]
    planted = replace(trial, tasks=PLANTED_TASKS, days=PLANTED_DAYS, planted="key")
    caught = [_tried(server, planted) for server in servers]
    said = {
        name: sum(getattr(result, name) for result in found)
        for name in ("due", "missed", "doubled")
    }
    print(f"0 in {said['due']} bounds the rate at {3 / max(1, said['due']):.2e} (95 %)")
    print(json.dumps(said))
    sys.exit(0 if all(map(_is_good, found)) and any(one.doubled for one in caught) else 1)


def _is_good(result: Result) -> bool:
    failed_in_every_way = all(result.failures.values())
    wrong = result.missed or result.doubled or result.wrong or result.mails_missed
    return bool(result.due and failed_in_every_way and not wrong)


def _tried(server: str, trial: Trial) -> Result:
    with tempfile.TemporaryDirectory() as folder, _database(server) as url:
        result = Torture(replace(trial, database=url), Path(folder)).run()
    kind = "PostgreSQL" if server else "SQLite"
    print(
        f"{kind}{', planted: told without its unique row' if trial.planted else ''}: "
        f"{result.due} due, {result.missed} missed, {result.doubled} doubled, "
        f"{result.wrong} wrong; {result.digests} digests, {result.mails_missed} mails missed, "
        f"{result.mails_again} arrived again under the same Message-ID",
        f"  seed {trial.seed}, {trial.tasks} tasks, {trial.days} days, {result.moments} moments, "
        f"{result.kills} kills, {result.stops} stops, without a reply: "
        + ", ".join(f"{mood} {count}" for mood, count in result.failures.items())
        + f"; {result.seconds:.0f} s",
        sep="\n", flush=True,
    )  # fmt: skip
    return result


def _servers() -> list[str]:
    there = os.environ.get("MEETLY_TEST_POSTGRES", "")
    if not there:
        print("PostgreSQL is left out: MEETLY_TEST_POSTGRES names no server")
    return ["", there] if there else [""]


@contextmanager
def _database(server: str) -> Iterator[str]:
    """Make an empty database and drop it afterwards; nothing for SQLite."""
    if not server:
        yield ""
        return
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"meetly_{uuid.uuid4().hex}"
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tasks", type=int, default=300)
    parser.add_argument("--days", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faketime", default="", help="path of libfaketime.so.1")
    return parser.parse_args()


if __name__ == "__main__":
    main()
