"""The INSERT that knows what to do when a row is there already, on either database."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from meetly.extensions import Base, db


def insert(table: type[Base]) -> Any:
    """Return the INSERT of the database at work; it offers `on_conflict_do_nothing`."""
    kinds = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    return kinds[db.session.get_bind().dialect.name](table)
