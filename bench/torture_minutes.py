"""Let an office act in N random orders, and 16 processes take numbers at once; end with one JSON.

    python -m bench.torture_minutes [10000] [--processes 16] [--each 1000] [--seed 1]

One interleaving is twelve random acts of four tabs on one meeting's minutes: edit, submit,
withdraw, return, approve, take a number, sign (a stand-in that appends bytes), issue, correct,
cancel, rename. After every act everything is checked (tests/minutes/issuing/bureau.py). The numbers
are taken on SQLite and, where MEETLY_TEST_POSTGRES names a server, on PostgreSQL too; one in ten is
rolled back. With no violation in N the rate is below 3/N at 95 %. Taking the greatest number plus
one, the defect the counter is for, is run last and must show. Ends with status 1 when anything is
not as it must be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
import uuid
from pathlib import Path

import sqlalchemy as sa

from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from tests import cast as cast_of_tests
from tests.minutes.issuing.bureau import Bureau, Violation
from tests.register import rush
from tests.register.rush import Result

ACTS = 12
#: so many interleavings go on with the same minutes before fresh ones are drafted
SAME = 6
#: so many are run in one database: the tables of a bureau grow
FRESH = 600


def main() -> None:
    """Run, print, and tell by the exit status how it went."""
    given = _given()
    begun = time.monotonic()
    violations, steps = 0, 0
    for first in range(0, given.interleavings, FRESH):
        count = min(FRESH, given.interleavings - first)
        found, acted = _interleave(count, given.seed + first)
        violations, steps = violations + found, steps + acted
        print(f"{first + count} interleavings, {steps} acts, {violations} violations", flush=True)
    results = [_numbers(given, url) for url in _servers()]
    caught = _numbers(given, "", naive=True)
    print(f"max + 1 instead: {caught.duplicates} duplicates in {caught.numbers} (planted)")
    print(f"{time.monotonic() - begun:.0f} s, seed {given.seed}")
    said = {
        "interleavings": given.interleavings,
        "violations": violations,
        "numbers": sum(result.numbers for result in results),
        "gaps": sum(result.gaps for result in results),
        "duplicates": sum(result.duplicates for result in results),
    }
    print(json.dumps(said))
    is_good = not (said["violations"] or said["gaps"] or said["duplicates"])
    sys.exit(0 if is_good and caught.duplicates else 1)


def _interleave(count: int, seed: int) -> tuple[int, int]:
    """Return how many violations so many interleavings showed, and how many acts were done."""
    chance, violations, steps = random.Random(seed), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        house = rush.settled(_config(folder), "")
        with create_app(house).app_context():
            cast = cast_of_tests.recall()
            office = Bureau(cast)
            for number in range(count):
                if number % SAME == 0:
                    office = Bureau(cast)
                try:
                    for _act in range(ACTS):
                        office.act(chance)
                        steps += 1
                except Violation as violation:
                    violations += 1
                    print(f"seed {seed}, interleaving {number}: {violation}", file=sys.stderr)
                    db.session.rollback()
                    office = Bureau(cast)
            db.session.remove()
            db.engine.dispose()
    return violations, steps


def _numbers(given: argparse.Namespace, server: str, *, naive: bool = False) -> Result:
    """Let the processes take numbers in a fresh database."""
    processes, each = (4, 100) if naive else (given.processes, given.each)
    name = f"meetly_{uuid.uuid4().hex}"
    with tempfile.TemporaryDirectory() as folder:
        url = _created(server, name)
        try:
            house = rush.settled(_config(folder), url)
            result = rush.run(house, processes=processes, each=each, seed=given.seed, naive=naive)
        finally:
            _dropped(server, name)
    kind = "PostgreSQL" if server else "SQLite"
    if not naive:
        print(f"{kind}: {result.numbers} numbers by {processes} processes, "
              f"{result.rolled_back} rolled back, {result.gaps} gaps, "
              f"{result.duplicates} duplicates", flush=True)  # fmt: skip
    return result


def _servers() -> list[str]:
    there = os.environ.get("MEETLY_TEST_POSTGRES", "")
    if not there:
        print("PostgreSQL is left out: MEETLY_TEST_POSTGRES names no server")
    return ["", there] if there else [""]


def _created(server: str, name: str) -> str:
    if not server:
        return ""
    _run_on(server, f'CREATE DATABASE "{name}"')
    there = sa.make_url(server).set(drivername="postgresql+psycopg", database=name)
    return there.render_as_string(hide_password=False)


def _dropped(server: str, name: str) -> None:
    if server:
        _run_on(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _run_on(server: str, statement: str) -> None:
    there = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(there, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def _config(folder: str) -> Config:
    return Config(data=Path(folder) / "var", secret=rush.SECRET)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("interleavings", nargs="?", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--each", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
