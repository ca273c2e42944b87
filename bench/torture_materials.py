"""Break the line N times under one long document, up and down; end with one JSON line.

    python -m bench.torture_materials [1000] [--bytes 300000000] [--kills 10] [--seed 1]

The document goes up with tuspy and comes down in ranges, each over a line that breaks N times at
random moments: a reset, an end, silence and then a reset. The server is gunicorn, as `meetly up`
starts it; it is killed with -9 and started again a few times on the way. `again_mean` is the bytes
that crossed twice for one break. With no loss in N breaks the rate of loss is below 3/N at 95 %.
Ends with status 1 when a hash differs, a file is left over, or a break cost more than a piece.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import requests

from meetly.app import create_app
from meetly.arriving import PIECE
from meetly.config import Config
from meetly.extensions import db
from tests import cast as cast_of_tests
from tests.materials.weak_line import Outcome, Server, WeakLine, fetched, running, sent, signed_in
from tests.meetings.plans import scheduled

SECRET = "the secret of the torture"


def main() -> None:
    """Run, print, and tell by the exit status how it went."""
    given = _given()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "var"
        meeting_id = _settle(data)
        document = Path(folder) / "document.pdf"
        _write(document, given.bytes, given.seed)
        largest = str(given.bytes + PIECE)
        with (
            running(data, MEETLY_SECRET=SECRET, MEETLY_LARGEST_MATERIAL=largest) as server,
            requests.Session() as session,
        ):
            line = signed_in(server, meeting_id, session)
            with closing(_weak(server, given)) as weak:
                up = sent(line, weak, document)
            version_id, sha256, kept = _kept(data)
            with closing(_weak(server, given)) as weak:
                down = fetched(line, weak, f"/materials/versions/{version_id}", given.bytes)
    _tell("up", up)
    _tell("down", down)
    is_good = up.is_good(sha256) and down.is_good(sha256) and kept == 1
    print(
        json.dumps(
            {
                "bytes": given.bytes,
                "breaks": up.breaks + down.breaks,
                "same": up.sha256 == down.sha256 == sha256,
                "orphans": kept - 1,
                "again_mean": round(max(up.again, down.again)),
            }
        )
    )
    sys.exit(0 if is_good else 1)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("breaks", type=int, nargs="?", default=1000)
    parser.add_argument("--bytes", type=int, default=300_000_000)
    parser.add_argument("--kills", type=int, default=10, help="of the server, each way")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _settle(data: Path) -> int:
    app = create_app(Config(data=data, secret=SECRET))
    with app.app_context():
        db.create_all()
        meeting_id = scheduled(cast_of_tests.assemble()).id
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return meeting_id


def _write(path: Path, size: int, seed: int) -> None:
    chance = random.Random(seed)
    with path.open("wb") as out:
        out.write(b"%PDF-1.7\n")
        while left := size - out.tell():
            out.write(chance.randbytes(min(PIECE, left)))


def _weak(server: Server, given: argparse.Namespace) -> WeakLine:
    """Break at random moments, on average so that the last break comes before the last byte."""
    chance = random.Random(given.seed)
    mean = given.bytes // (given.breaks + 1)
    breaks = [chance.randint(mean // 2, mean + mean // 2) for _ in range(given.breaks)]
    return WeakLine(server.port, breaks, after=_killer(server, given.breaks, given.kills))


def _killer(server: Server, breaks: int, kills: int) -> Callable[[int], None]:
    every = max(1, breaks // (kills + 1)) if kills else breaks + 1

    def strike(number: int) -> None:
        if number % every == 0 and number // every <= kills:
            server.kill()
            server.start()

    return strike


def _kept(data: Path) -> tuple[int, str, int]:
    """Return id and hash of the only version, and how many files lie in the store."""
    from meetly.materials.models import MaterialVersion

    app = create_app(Config(data=data, secret=SECRET))
    with app.app_context():
        version = db.session.query(MaterialVersion).one()
        db.session.remove()
        db.engine.dispose()
    files = sum(path.is_file() for path in (data / "files").rglob("*"))
    return version.id, version.sha256, files


def _tell(way: str, outcome: Outcome) -> None:
    print(
        f"{way}: {outcome.size / 1e6:.0f} MB in {outcome.seconds:.0f} s, {outcome.breaks} breaks, "
        f"{outcome.connections} connections, {outcome.again / 1024:.0f} KB again for a break; "
        f"no loss would bound its rate below {3 / max(1, outcome.breaks):.4f} at 95 %",
        flush=True,
    )


if __name__ == "__main__":
    main()
