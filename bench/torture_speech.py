"""Kill real speech processes N times at random moments; end with one JSON line of what was lost.

    python -m bench.torture_speech [500] [--seed 1] [--workers 3] [--batch 1] [--defect [lease]]

Some blows stop a process past its lease instead of killing it. The engine is the quick one of the
tests; with --sample it is real Whisper code on the bundled briefing. The run is on SQLite, and once
more on PostgreSQL where MEETLY_TEST_POSTGRES names a server.

`lost` counts finished chunks that were gone or done anew and sentences that are missing,
`duplicates` sentences beyond an unkilled run, `redone_max` the most chunks one blow made be heard
again; `identical` says that every transcript is the unkilled one, byte for byte. With no loss in N
kills the rate of loss is below 3/N at 95 %. With --defect the processes carry a planted defect,
which must show. Ends with status 1 when anything was lost, doubled or different.
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
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from meetly.paths import DEMO_DATA
from tests.workers.house import House
from tests.workers.torture import Outcome, kill_at_random

#: The bundled briefing heard by real Whisper code, which takes a while to load and to hear.
SAMPLE: dict[str, Any] = {
    "sound": DEMO_DATA / "briefing.opus", "model": str(DEMO_DATA / "micro-vi.pt"), "life": 6.0,
}  # fmt: skip


def main() -> None:
    """Run on every engine there is, print, and tell by the exit status how it went."""
    given = _given()
    outcomes = []
    for engine, url in _engines():
        with _database(url) as database, tempfile.TemporaryDirectory() as folder:
            house = House(
                Path(folder), database=database, batch=given.batch, planted=given.defect or "",
                **(SAMPLE if given.sample else {}),
            )  # fmt: skip
            outcome = kill_at_random(house, given.kills, given.seed, workers=given.workers)
        _tell(engine, outcome, given)
        outcomes.append(outcome)
    good = all(outcome.is_good(given.batch) for outcome in outcomes)
    print(
        json.dumps(
            {
                "kills": sum(outcome.kills for outcome in outcomes),
                "lost": sum(outcome.lost for outcome in outcomes),
                "duplicates": sum(outcome.duplicates for outcome in outcomes),
                "redone_max": max(outcome.redone_max for outcome in outcomes),
                "identical": all(outcome.identical for outcome in outcomes),
            }
        )
    )
    sys.exit(0 if good else 1)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("kills", type=int, nargs="?", default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=3, help="processes at work at a time")
    parser.add_argument("--batch", type=int, default=1, help="chunks heard at a time")
    parser.add_argument("--defect", nargs="?", const="lease", choices=["lease", "early"])
    parser.add_argument("--sample", action="store_true", help="the bundled briefing and model")
    return parser.parse_args()


def _engines() -> Iterator[tuple[str, str]]:
    yield "SQLite", ""
    if server := os.environ.get("MEETLY_TEST_POSTGRES"):
        yield "PostgreSQL", server


@contextmanager
def _database(server: str) -> Iterator[str]:
    """Give the URL of a new database on a server, dropped afterwards; SQLite needs none."""
    if not server:
        yield ""
        return
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    name = f"meetly_torture_{uuid.uuid4().hex}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def _tell(engine: str, outcome: Outcome, given: argparse.Namespace) -> None:
    planted = f", planted defect: {given.defect}" if given.defect else ""
    print(
        f"{engine}: {outcome.kills} kills and {outcome.stops} stops past the lease in "
        f"{outcome.seconds:.0f} s, seed {given.seed}, {given.workers} processes, "
        f"{given.batch} chunks at a time{planted}"
    )
    print(
        f"  {outcome.recordings} recordings; {outcome.in_hand} blows hit chunks in hand, "
        f"{outcome.cutting} the cutting"
    )
    print(
        f"  lost {outcome.lost}, duplicates {outcome.duplicates}, most redone for one blow "
        f"{outcome.redone_max}, identical {outcome.identical}; no loss would bound its rate below "
        f"{3 / max(1, outcome.kills):.4f} at 95 %",
        flush=True,
    )


if __name__ == "__main__":
    main()
