"""The Vietnamese day of a stored moment, said in SQL."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class local_day(FunctionElement[date]):  # noqa: N801 - read like any other function of SQL
    """The day a moment falls on in Vietnam, as `clock.local(moment).date()` says in Python."""

    type = Date()
    inherit_cache = True


@compiles(local_day)
def _on_sqlite(element: local_day, compiler: SQLCompiler, **given: Any) -> str:
    # Vietnam keeps no summer time and has stood seven hours before UTC since 1975. SQLite rounds to
    # milliseconds, which would push the last of a day into the next: parts of seconds go first.
    return f"date(substr({compiler.process(element.clauses, **given)}, 1, 19), '+7 hours')"


@compiles(local_day, "postgresql")
def _on_postgresql(element: local_day, compiler: SQLCompiler, **given: Any) -> str:
    moment = compiler.process(element.clauses, **given)
    return f"CAST(({moment}) AT TIME ZONE 'Asia/Ho_Chi_Minh' AS DATE)"
