"""How Meetly opens SQLite: write-ahead log, full durability, writers that queue instead of failing.

`synchronous=NORMAL` lost acknowledged rows in simulated power cuts; FULL lost none. A writer takes
the write lock at its first statement (BEGIN IMMEDIATE), so that two writers queue for the busy
timeout instead of one failing half-way; pages that only read must not queue behind a writer and say
so with `reading()`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event

BUSY_SECONDS = 15

_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """Open the transactions begun inside without the write lock."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def expect_only_reads(yes: bool) -> None:
    """Say for the rest of this context (one web request) whether it only reads."""
    _reading.set(yes)


def only_reads() -> bool:
    """Tell whether the transactions of this context begin without the write lock."""
    return _reading.get()


def tune(engine: Engine) -> None:
    """Give an engine these manners; engines of other databases are left as they are."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _open)
    event.listen(engine, "begin", _begin)


def _open(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins transactions itself, below
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
