"""What a page asks of the database, and whether any answer reads the whole task table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

#: A plan that looks at every task of all years. Part-indexes hold only what runs and may be read
#: from end to end.
_WHOLE = {
    "postgresql": re.compile(r"Seq Scan on task\b(?!_)"),
    "sqlite": re.compile(r"SCAN task\b(?!_)(?!.* ix_task_running_)"),
}

Question = tuple[str, Any]


@contextmanager
def asked_of(engine: sa.Engine) -> Iterator[list[Question]]:
    """Collect the questions that are sent inside, with their values."""
    sent: list[Question] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            sent.append((statement, values))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def plan(engine: sa.Engine, question: Question) -> list[str]:
    """Let the database say how it answers a question, with the values it was asked with."""
    statement, values = question
    lead = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        found = connection.exec_driver_sql(lead + statement, values)
        return [str(row[-1]) for row in found]


def reads_every_task(engine: sa.Engine, lines: list[str]) -> bool:
    """Tell whether a plan reads the whole task table."""
    return any(_WHOLE[engine.dialect.name].search(line) for line in lines)
