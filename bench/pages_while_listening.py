"""How long pages and the notice job take while speech runs at full load, and without it.

    python -m bench.pages_while_listening [--seconds 12]

A real gunicorn serves pages to a person who is signed in; a real worker listens to the bundled
briefing, many times over, with the bundled model on all cores. Prints a table with the ratio of the
95th percentiles, and one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

from sqlalchemy import select

from meetly.accounts.models import User
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.notices import service as notices
from meetly.paths import DEMO_DATA
from tests.workers.house import ROOT, House
from workers.timetable import run_job

#: Copies of the briefing that wait: more than can be heard while pages are measured.
COPIES = 12
#: Seconds between two requests, as of a small office at work.
BETWEEN = 0.1


class Reader:
    """A person with a browser."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._jar = CookieJar()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    @property
    def cookie(self) -> str:
        """The cookie of who has signed in."""
        return next(cookie.value or "" for cookie in self._jar if cookie.name == "meetly")

    def get(self, path: str) -> str:
        """Open a page."""
        with self._browser.open(self._base + path, timeout=60) as answer:
            text: str = answer.read().decode()
        return text

    def sign_in(self) -> None:
        """Sign in by the real form."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/sign-in"))
        assert found, "the form has a token"
        form = {"csrf_token": found[1], "login": "nam", "password": "0123456789"}
        self._browser.open(self._base + "/sign-in", urllib.parse.urlencode(form).encode())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=12.0, help="of measuring for each line")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        house = House(
            Path(folder), sound=DEMO_DATA / "briefing.opus", model=str(DEMO_DATA / "micro-vi.pt")
        )
        for _ in range(COPIES):
            house.receive()
        with _web(house) as port:
            reader = Reader(port)
            reader.sign_in()
            works = _works(house, reader)
            quiet = {name: measure(work, seconds) for name, work in works.items()}
            with _worker(house):
                busy = {name: measure(work, seconds) for name, work in works.items()}
                assert house.claims()["chunks"], "speech ended before the measuring did"
    _print(quiet, busy)


def _works(house: House, reader: Reader) -> dict[str, Callable[[], object]]:
    with house.at_work():
        meeting_id = db.session.scalars(select(Meeting.id)).one()
    count = iter(range(1_000_000))

    def remind() -> None:
        with house.at_work():
            nam = db.session.scalars(select(User)).one()
            notices.tell(
                [nam], key=f"bench:{next(count)}", subject=lambda: "Nhắc việc",
                body=lambda: "Có việc đến hạn.", link="/",
            )  # fmt: skip
        run_job(house.app, "send_notices")

    return {
        "page of today": lambda: reader.get("/"),
        "list of recordings": lambda: reader.get(f"/meetings/{meeting_id}/recordings"),
        "notice told and job run": remind,
    }


def measure(work: Callable[[], object], seconds: float) -> list[float]:
    """Do a piece of work again and again for some seconds; return how long each took."""
    for _ in range(5):
        work()
    took: list[float] = []
    ends = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < ends:
        work()
        took.append(time.perf_counter() - begun)
        time.sleep(BETWEEN)
    return sorted(took)


def share(took: list[float], part: float) -> float:
    """Return the milliseconds within which this part of the work was done."""
    return 1000 * took[min(len(took) - 1, int(part * len(took)))]


@contextmanager
def _web(house: House) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class",
        "gthread", "--threads", "16", "--log-level", "warning", "meetly.app:create_app()",
    ]  # fmt: skip
    with _process(command, house.environment):
        _until(lambda: _answers(port))
        yield port


def _answers(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


@contextmanager
def _worker(house: House) -> Iterator[None]:
    environment = {k: v for k, v in house.environment.items() if not k.endswith("NUM_THREADS")}
    environment["MEETLY_CHUNK_LEASE"] = "120"
    with _process([sys.executable, "-m", "workers"], environment):
        _until(lambda: house.claims()["chunks"] > 0)
        yield


@contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _until(true: Callable[[], object], patience: float = 300.0) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            if true():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError


def _print(quiet: dict[str, list[float]], busy: dict[str, list[float]]) -> None:
    print(f"{os.cpu_count()} cores; milliseconds, without and with speech at full load\n")
    print(f"| {'':<24} | p50 | p50 with | p95 | p95 with | ratio of p95 | asked |")
    print(f"|{'-' * 26}|----:|---------:|----:|---------:|-------------:|------:|")
    ratios = {}
    for name, alone in quiet.items():
        beside = busy[name]
        ratios[name] = round(share(beside, 0.95) / share(alone, 0.95), 2)
        print(
            f"| {name:<24} | {share(alone, 0.5):.0f} | {share(beside, 0.5):.0f} | "
            f"{share(alone, 0.95):.0f} | {share(beside, 0.95):.0f} | {ratios[name]:.2f} | "
            f"{len(alone)} + {len(beside)} |"
        )
    print(json.dumps({"p95_ratio": ratios}, ensure_ascii=False))


if __name__ == "__main__":
    main()
