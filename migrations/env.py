"""How alembic reaches the database and what it compares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from sqlalchemy import Connection

from meetly.extensions import Moment, db

# Tables that SQLite keeps for its full-text index belong to that index, not to us.
_SEARCH = "search_index"


def _ours(thing: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    if kind == "table" and name and name.startswith(_SEARCH):
        return False
    return not (kind == "index" and name == "ix_search_entry_words")


def _render(kind: str, thing: Any, autogen: Any) -> str | bool:
    if kind == "type" and isinstance(thing, Moment):
        return "sa.DateTime(timezone=True)"
    return False


def _compare_type(
    _context: Any, _ours: Any, _theirs: Any, reflected: Any, meant: Any
) -> bool | None:
    return False if isinstance(meant, Moment) else None


def _migrate() -> None:
    with db.engine.connect() as connection, _unguarded(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_object=_ours,
            render_item=_render,
            compare_type=_compare_type,
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """Let SQLite make a table anew while rows of other tables point to it.

    The switch has no effect inside a transaction, so it goes past SQLAlchemy, which begins one.
    """
    raw = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite" or raw is None:
        yield
        return
    raw.cursor().execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.cursor().execute("PRAGMA foreign_keys=ON")


_migrate()
