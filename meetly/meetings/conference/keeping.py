"""Insert rows whose key says whether they are there already: a repeated report is harmless."""

from __future__ import annotations

from typing import Any

from meetly import inserting
from meetly.extensions import Base, db


def insert(table: type[Base], rows: list[dict[str, Any]]) -> int:
    """Insert the rows whose unique key is not taken; return how many were new."""
    if not rows:
        return 0
    statement = inserting.insert(table).on_conflict_do_nothing().returning(table.__table__.c.id)
    return len(db.session.execute(statement, rows).all())
