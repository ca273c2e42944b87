"""What handing out papers costs: 200 sites at once, beside nginx; the difference; the calendar.

    python -m bench.materials [--sites 200] [--seconds 60]

The web server is the one `meetly up` starts. Every site downloads the pack of a briefing (40 files,
40 MB) over a slow line while one person goes on opening an ordinary page. nginx then sends the same
bytes to as many readers at the same pace. Prints a table, and one line of JSON at the end.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert

from bench.pages_while_listening import Reader
from meetly import clock
from meetly.accounts.models import Role, Unit, UnitKind
from meetly.accounts.service import add_unit, add_user, give_role
from meetly.app import create_app
from meetly.cli import web_server
from meetly.config import Config
from meetly.extensions import db
from meetly.materials import service as materials
from meetly.materials.packs import service as packs
from meetly.meetings.models import Invitation, Meeting, MeetingStatus
from meetly.paths import STATIC

ROOT = Path(__file__).resolve().parent.parent
FILES, MB, GB = 40, 1 << 20, 1 << 30
#: seconds between two pages that the one person opens
BETWEEN = 0.2
TICKS = os.sysconf("SC_CLK_TCK")
PASSWORD = "0123456789"

NGINX = """
user root; worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  sendfile on; tcp_nopush on; access_log off; default_type application/zip;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


@dataclass
class Load:
    """What was seen while the sites downloaded."""

    bytes: int
    seconds: float
    whole: int
    cpu: float
    pages: list[float] = field(default_factory=list)

    @property
    def cpu_per_gb(self) -> float:
        """Processor seconds of the server for 2**30 bytes."""
        return self.cpu / (self.bytes / GB)


class House:
    """A briefing whose 40 papers wait."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app: Flask = create_app(Config(data=folder / "var", secret="bench"))
        with self.app.app_context():
            db.create_all()
            unit = add_unit(None, code="VP", name="Văn phòng", kind=UnitKind.OFFICE)
            self.nam = add_user(None, login="nam", name="Đỗ Văn Nam", password=PASSWORD)
            give_role(None, self.nam, unit, Role.SECRETARY)
            meeting = _meeting(unit.id, self.nam.id, clock.now())
            db.session.add(meeting)
            db.session.flush()
            noise = random.Random(4)
            for number in range(FILES):
                paper = b"%PDF-1.4\n" + noise.randbytes(MB)
                materials.add(self.nam, meeting, f"Phụ lục {number}.pdf", io.BytesIO(paper))
            db.session.commit()
            self.meeting_id = meeting.id
        self.pack = f"/meetings/{self.meeting_id}/pack.zip"

    def renew_one(self) -> None:
        """Hand out a newer version of one paper."""
        with self.app.app_context():
            meeting = db.session.get_one(Meeting, self.meeting_id)
            nam = db.session.merge(self.nam)
            material = materials.of_meeting(nam, meeting)[7]
            newer = io.BytesIO(b"%PDF-1.4\n" + random.Random(5).randbytes(MB))
            materials.add_version(nam, material, "Phụ lục.pdf", newer)
            db.session.commit()


def _meeting(unit_id: int, user_id: int, starts_at: datetime) -> Meeting:
    return Meeting(
        unit_id=unit_id, title="Giao ban", status=MeetingStatus.HELD, starts_at=starts_at,
        ends_at=starts_at, created_by_id=user_id, created_at=starts_at,
    )  # fmt: skip


# -- servers ---------------------------------------------------------------------------------


@contextmanager
def running(command: list[str], port: int, **environment: str) -> Iterator[int]:
    """Run a server until the block ends; gives its process."""
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}) as server:
        for _ in range(300):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield server.pid
        server.terminate()


def free_port() -> int:
    """Find a port nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def cpu_of(parent: int) -> float:
    """Count the processor seconds of a server and its processes."""
    seconds = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if parent in (int(stat.parent.name), int(fields[1])):
            seconds += (int(fields[11]) + int(fields[12])) / TICKS
    return seconds


# -- measuring -------------------------------------------------------------------------------


def download(
    server: int, port: int, path: str, cookie: str, sites: int, pace: int, page: Any = None
) -> Load:
    """Let the sites download, and meanwhile open a page again and again."""
    command = [sys.executable, "-m", "bench.site_lines", str(port), path, cookie or "-"]
    before, pages = cpu_of(server), []
    command += [str(sites), str(pace)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as readers:
        while page and readers.poll() is None:
            pages.append(timed(page))
            time.sleep(BETWEEN)
        told = json.loads(readers.communicate()[0])
    return Load(told["bytes"], told["seconds"], told["whole"], cpu_of(server) - before, pages)


def timed(work: Any) -> float:
    """Return how many seconds something took."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def ours(house: House, sites: int, seconds: int) -> tuple[Load, list[float], Path]:
    """Measure our own server: pages alone, then with all sites; keeps the pack for nginx."""
    port = free_port()
    settings = {"MEETLY_DATA": str(house.folder / "var"), "MEETLY_SECRET": "bench"}
    with running(web_server(f"127.0.0.1:{port}"), port, **settings) as server:
        reader = Reader(port)
        reader.sign_in()
        cookie = reader.cookie
        kept = house.folder / "pack.zip"
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}{house.pack}", headers={"Cookie": f"meetly={cookie}"}
        )
        with urllib.request.urlopen(asked) as sent:
            kept.write_bytes(sent.read())

        def page() -> None:
            reader.get(f"/meetings/{house.meeting_id}")

        for _ in range(10):
            page()
        before = cpu_of(server)
        quiet = []
        for _ in range(40):
            quiet.append(timed(page))
            time.sleep(BETWEEN)
        a_page = (cpu_of(server) - before) / len(quiet)
        pace = kept.stat().st_size // seconds
        load = download(server, port, house.pack, cookie, sites, pace, page)
        load.cpu -= a_page * len(load.pages)
    return load, quiet, kept


def nginx(kept: Path, sites: int, seconds: int) -> Load | None:
    """Measure nginx with the same bytes, as many readers, at the same pace."""
    if not shutil.which("nginx"):
        return None
    port = free_port()
    settings = kept.parent / "nginx.conf"
    settings.write_text(NGINX.format(folder=kept.parent, port=port))
    command = ["nginx", "-e", str(kept.parent / "error.log"), "-c", str(settings)]
    with running(command, port) as server:
        pace = kept.stat().st_size // seconds
        return download(server, port, "/pack.zip", "", sites, pace)


def difference(house: House) -> tuple[int, int]:
    """Count the bytes of the difference and of the whole after one of the files changed."""
    with house.app.app_context():
        nam = db.session.merge(house.nam)
        known = packs.contents(nam, db.session.get_one(Meeting, house.meeting_id)).digest
    house.renew_one()
    house.app.config["WTF_CSRF_ENABLED"] = False
    browser = house.app.test_client()
    browser.post("/sign-in", data={"login": "nam", "password": PASSWORD})
    changes = browser.head(f"{house.pack}?since={known}")
    assert changes.headers["Meetly-Pack"] == "changes"
    return int(changes.headers["Content-Length"]), int(
        browser.head(house.pack).headers["Content-Length"]
    )


def calendar(folder: Path, meetings: int, units: int) -> float:
    """Return the median milliseconds of a month's page with ten years of meetings behind it."""
    app = create_app(Config(data=folder, secret="bench"))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        db.create_all()
        rows = [
            add_unit(None, code=f"X{n}", name=f"UBND xã {n}", kind=UnitKind.COMMUNE)
            for n in range(units)
        ]
        nam = add_user(None, login="nam", name="Đỗ Văn Nam", password=PASSWORD)
        give_role(None, nam, rows[0], Role.SECRETARY)
        _ten_years(rows, nam.id, meetings)
        db.session.commit()
        db.session.execute(db.text("ANALYZE"))
        db.session.commit()
    browser = app.test_client()
    browser.post("/sign-in", data={"login": "nam", "password": PASSWORD})

    def month() -> None:
        assert "Giao ban" in browser.get("/meetings/month?month=2025-05").text

    month()
    took = statistics.median(timed(month) for _ in range(15))
    with app.app_context():
        db.engine.dispose()
    return took * 1000


def _ten_years(units: list[Unit], user_id: int, meetings: int) -> None:
    chance = random.Random(10)
    first, last = datetime(2017, 1, 1), datetime(2027, 1, 1)
    told = {"status": MeetingStatus.HELD, "created_by_id": user_id, "title": "Giao ban"}
    rows, invitations = [], []
    for number in range(1, meetings + 1):
        at = clock.from_local(first + (last - first) * chance.random())
        host = chance.choice(units).id
        rows.append({"id": number, "unit_id": host, "starts_at": at, "ends_at": at,
                     "created_at": at, "published_at": at, **told})  # fmt: skip
        guests = chance.sample(units, min(10, len(units)))
        invitations += [{"meeting_id": number, "unit_id": guest.id} for guest in guests]
    db.session.execute(insert(Meeting), rows)
    db.session.execute(insert(Invitation), invitations)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60, help="that one download shall take")
    given = parser.parse_args()
    assert (STATIC / "manifest.json").exists(), "make assets"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        house = House(folder)
        load, quiet, kept = ours(house, given.sites, given.seconds)
        beside = nginx(kept, given.sites, given.seconds)
        changes, whole = difference(house)
        commune = calendar(folder / "commune", 3_000, 12)
        province = calendar(folder / "province", 50_000, 75)
    _print(given.sites, load, beside, quiet, changes, whole, commune, province)


def _print(
    sites: int, load: Load, beside: Load | None, quiet: list[float], changes: int, whole: int,
    commune: float, province: float,
) -> None:  # fmt: skip
    p50, worst = statistics.median(load.pages) * 1000, max(load.pages) * 1000
    busy, cores = os.getloadavg()[0], os.cpu_count()
    print(f"{sites} sites, {load.bytes / GB:.1f} GB in {load.seconds:.0f} s, whole: {load.whole}")
    print(f"machine: {cores} cores, load {busy:.1f} at the end")
    rows = [
        ("a page, nobody downloading, ms (median)", statistics.median(quiet) * 1000),
        (f"a page with {sites} downloads, ms (median of {len(load.pages)})", p50),
        ("the same, worst", worst),
        ("processor seconds per GB, ours", load.cpu_per_gb),
        ("processor seconds per GB, nginx", beside.cpu_per_gb if beside else float("nan")),
        ("pack, MB", whole / MB),
        ("pack of changes, 1 of 40 files, MB", changes / MB),
        ("calendar of a month, 3,000 meetings, ms", commune),
        ("calendar of a month, 50,000 meetings, ms", province),
    ]
    for what, figure in rows:
        print(f"  {what:<58}{figure:>10.2f}")
    if beside is None:
        print("  nginx is not installed: nothing to compare with")
    elif beside.whole < sites:
        print(f"  nginx: only {beside.whole} got everything")
    figures = {
        "pages_p50_ms": round(p50, 1), "pages_worst_ms": round(worst, 1),
        "cpu_s_per_gb": round(load.cpu_per_gb, 3),
        "nginx_cpu_s_per_gb": round(beside.cpu_per_gb, 3) if beside else None,
        "delta_bytes": changes, "full_bytes": whole, "calendar_10y_ms": round(province, 1),
    }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
