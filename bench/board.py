"""Measure the pages over ten years of tasks: a province on PostgreSQL, a commune on SQLite.

    python -m bench.board [--tasks 1500000] [--commune 18000] [--requests 40]

The real pages are opened by a leader who has signed in, through the application itself. Every
question they ask is explained by its database; one that reads the whole task table makes this
program fail. PostgreSQL is the server that MEETLY_TEST_POSTGRES names; a database is made there and
dropped again. The last line is JSON: {"province_p95_ms", "commune_p95_ms"}.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bench import plans, years_of_tasks
from meetly import clock
from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db

#: name of a page: its address; {year}, {month} and {unit} are filled in
PAGES = {
    "today": "/",
    "board": "/board",
    "board, further on": "/board?after=2020-01-01_1",
    "board by unit": "/board?by=unit",
    "board by meeting": "/board?by=meeting",
    "board by officer": "/board?by=officer",
    "board by month": "/board?by=month",
    "done this year": "/board?period={year}",
    "last year by unit": "/board?by=unit&period={last}",
    "unit": "/units/{unit}/tasks",
    "unit, last year": "/units/{unit}/tasks?period={last}",
    "task list": "/tasks",
    "task list, done": "/tasks?state=done",
    "yearly record": "/records?period={last}&by=unit",
}
#: the pages the promise names; the others are shown beside them
PROMISED = ("board", "unit", "yearly record", "done this year", "last year by unit")


def main() -> None:
    """Fill both databases, open the pages, print."""
    options = _options()
    told: dict[str, float | None] = {"province_p95_ms": None, "commune_p95_ms": None}
    wrong: list[str] = []
    with commune() as app:
        told["commune_p95_ms"], found = measured(
            "commune, SQLite", app, options.commune, 0, 8, options
        )
        wrong += found
    if os.environ.get("MEETLY_TEST_POSTGRES"):
        with province() as app:
            told["province_p95_ms"], found = measured(
                "province, PostgreSQL", app, options.tasks, 120, 20, options
            )
            wrong += found
    else:
        print("No province: MEETLY_TEST_POSTGRES names no server.")
    if wrong:
        print("\n".join(["Plans that read every task:", *wrong]))
    print(json.dumps(told))
    sys.exit(bool(wrong))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, default=1_500_000)
    parser.add_argument("--commune", type=int, default=18_000)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--plans", action="store_true", help="print every plan")
    return parser.parse_args()


@contextmanager
def commune() -> Iterator[Flask]:
    """Give an application on a new SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _house(Config(data=Path(folder), secret="x"))


@contextmanager
def province() -> Iterator[Flask]:
    """Give an application on a new PostgreSQL database, dropped afterwards."""
    server = sa.make_url(os.environ["MEETLY_TEST_POSTGRES"]).set(drivername="postgresql+psycopg")
    name = f"meetly_bench_{uuid.uuid4().hex}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    url = server.set(database=name).render_as_string(hide_password=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield from _house(Config(data=Path(folder), secret="x", database=url))
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def _house(config: Config) -> Iterator[Flask]:
    app = create_app(config)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def measured(
    title: str, app: Flask, tasks: int, places: int, offices: int, options: argparse.Namespace
) -> tuple[float, list[str]]:
    """Fill the database, open each page many times, print a table.

    Returns the worst p95 in ms of the promised pages, and the plans that read every task.
    """
    with app.app_context():
        begun = time.perf_counter()
        house = years_of_tasks.settle(places, offices)
        engine = db.engine
        years_of_tasks.fill(engine, house, tasks)
        db.session.remove()
    print(f"\n== {title}: {tasks:,} tasks in {time.perf_counter() - begun:.0f} s")
    browser = app.test_client()
    signed = {"login": house.leader, "password": years_of_tasks.PASSWORD}
    assert browser.post("/sign-in", data=signed).status_code == 302
    print(f"{'page':22s} {'queries':>7s} {'p50 ms':>8s} {'p95 ms':>8s}")
    worst, wrong = 0.0, list[str]()
    for name, address in _addresses(app, house).items():
        p50, p95, asked = opened(browser, engine, address, options.requests)
        print(f"{name:22s} {len(asked):7d} {p50:8.1f} {p95:8.1f}")
        worst = max(worst, p95 if name in PROMISED else 0.0)
        wrong += explained(engine, name, asked, everything=options.plans)
    return round(worst, 1), wrong


def _addresses(app: Flask, house: years_of_tasks.House) -> dict[str, str]:
    year = clock.today().year
    filled = {
        name: address.format(year=year, last=year - 1, unit=house.leads[-1])
        for name, address in PAGES.items()
    }
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    if "/records" not in rules:
        del filled["yearly record"]
    return filled


def opened(
    browser: FlaskClient, engine: sa.Engine, address: str, times: int
) -> tuple[float, float, list[plans.Question]]:
    """Open a page again and again; return its p50 and p95 in ms and what it asks."""
    with plans.asked_of(engine) as asked:
        answer = browser.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status}"
    took = []
    for _time in range(times):
        begun = time.perf_counter()
        assert browser.get(address).status_code == 200
        took.append(1000 * (time.perf_counter() - begun))
    return statistics.median(took), statistics.quantiles(took, n=20)[-1], asked


def explained(
    engine: sa.Engine, name: str, asked: list[plans.Question], *, everything: bool
) -> list[str]:
    """Let each different question be explained; return those that read every task."""
    wrong = []
    for question in dict(asked).items():
        lines = plans.plan(engine, question)
        bad = plans.reads_every_task(engine, lines)
        if bad:
            wrong.append(f"-- {name}\n{question[0]}\n   " + "\n   ".join(lines))
        if everything:
            print(f"-- {name}\n{question[0]}\n   " + "\n   ".join(lines))
    return wrong


if __name__ == "__main__":
    main()
