"""Find words without their diacritics: one index over transcripts, minutes and tasks.

SQLite searches with FTS5, PostgreSQL with a GIN index over a tsvector; both see text folded by
Meetly, because to their own folding đ is a letter like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    column,
    event,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from meetly.extensions import Base, db
from meetly.folding import fold

_WORD = re.compile(r"\w+")
#: characters of context shown on each side of the first word found
CONTEXT = 90


class SearchEntry(Base):
    """One findable text; who may find it is told by `meeting_id` and `audience`."""

    __tablename__ = "search_entry"
    __table_args__ = (
        UniqueConstraint("kind", "row_id"),
        Index("ix_search_entry_meeting_id_audience", "meeting_id", "audience"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: segment, minutes, task, meeting, material
    kind: Mapped[str] = mapped_column(String(20))
    row_id: Mapped[int]
    #: the meeting it belongs to; every findable thing belongs to one
    meeting_id: Mapped[int]
    #: "host" for the unit that holds the meeting, "invited" for everyone invited
    audience: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(300))
    #: path inside Meetly
    link: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Hit:
    """One place where the words were found; `before`, `found`, `after` are parts of its text."""

    kind: str
    row_id: int
    meeting_id: int
    title: str
    link: str
    before: str
    found: str
    after: str


def index(
    kind: str, row_id: int, *, meeting_id: int, audience: str, title: str, link: str, text: str,
    unquoted: str = "",
) -> None:  # fmt: skip
    """Make a text findable, or findable anew after it changed.

    By the words of `unquoted` it is found too, but what is found never shows them.
    """
    remove(kind, row_id)
    entry = SearchEntry(
        kind=kind, row_id=row_id, meeting_id=meeting_id, audience=audience, title=title[:300],
        link=link, text=text, folded=fold(f"{title} {text} {unquoted}"),
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    if _on_sqlite():
        _fts("INSERT INTO search_index(rowid, folded) VALUES (:id, :folded)", entry)


def remove(kind: str, row_id: int) -> None:
    """Make a text no longer findable; no error when it never was."""
    query = select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.row_id == row_id)
    entry = db.session.scalar(query)
    if entry is None:
        return
    if _on_sqlite():
        _fts(
            "INSERT INTO search_index(search_index, rowid, folded) VALUES ('delete', :id, :folded)",
            entry,
        )
    db.session.delete(entry)
    db.session.flush()


def find(words: str, readable: ColumnElement[bool], *, limit: int = 50) -> list[Hit]:
    """Find entries that hold every word, the best first, among those the reader may see.

    `readable` is a condition on SearchEntry that the caller builds from the reader's meetings.
    """
    wanted = _WORD.findall(fold(words))[:12]
    if not wanted:
        return []
    query = select(SearchEntry).where(readable).limit(limit)
    if _on_sqlite():
        match = " ".join(f'"{word}"*' for word in wanted)
        query = query.join(_FTS, _FTS.c.rowid == SearchEntry.id)
        query = query.where(text("search_index MATCH :match")).params(match=match)
        query = query.order_by(_FTS.c.rank, SearchEntry.id)
    else:
        vector: ColumnElement[Any] = literal_column(VECTOR)
        asked = func.to_tsquery("simple", " & ".join(f"{word}:*" for word in wanted))
        beginning: ColumnElement[Any] = literal_column(BEGINNING)
        hits = select(SearchEntry.id).where(vector.op("@@")(asked)).cte("hits")
        hits = hits.prefix_with("MATERIALIZED", dialect="postgresql")
        query = query.where(SearchEntry.id.in_(select(hits.c.id)))
        query = query.order_by(func.ts_rank(beginning, asked).desc(), SearchEntry.id)
    with _by_index():
        return [_hit(entry, wanted) for entry in db.session.scalars(query)]


def _hit(entry: SearchEntry, wanted: list[str]) -> Hit:
    words = _WORD.finditer(entry.text)
    spot = next((w for w in words if fold(w.group()).startswith(tuple(wanted))), None)
    start, end = (spot.start(), spot.end()) if spot else (0, 0)
    return Hit(
        entry.kind, entry.row_id, entry.meeting_id, entry.title, entry.link,
        before=entry.text[max(0, start - CONTEXT) : start],
        found=entry.text[start:end],
        after=entry.text[end : end + CONTEXT],
    )  # fmt: skip


def _on_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"


@contextmanager
def _by_index() -> Iterator[None]:
    # PostgreSQL thinks that taking words apart costs nothing, and reads a table of few long texts
    # from end to end: 4 s for 1000 papers, where its index answers in 0.1 s.
    if _on_sqlite():
        yield
        return
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    yield
    db.session.execute(text("SET LOCAL enable_seqscan TO DEFAULT"))


def _fts(statement: str, entry: SearchEntry) -> None:
    db.session.execute(text(statement), {"id": entry.id, "folded": entry.folded})


_FTS = table("search_index", column("rowid"), column("rank"))
VECTOR = "to_tsvector('simple'::regconfig, search_entry.folded)"
#: What PostgreSQL ranks by, taking the words of every hit apart anew: papers are long, and what
#: stands in a title or near it counts for more.
BEGINNING = "to_tsvector('simple'::regconfig, left(search_entry.folded, 1000))"
CREATE = {
    "sqlite": "CREATE VIRTUAL TABLE search_index USING fts5(folded, content='search_entry', "
    "content_rowid='id', tokenize='unicode61')",
    "postgresql": "CREATE INDEX ix_search_entry_words ON search_entry "
    f"USING gin ({VECTOR.replace('search_entry.', '')})",
}
DROP = {
    "sqlite": "DROP TABLE IF EXISTS search_index",
    "postgresql": "DROP INDEX IF EXISTS ix_search_entry_words",
}


@event.listens_for(SearchEntry.__table__, "after_create")
def _create_index(table: Table, connection: Connection, **_: Any) -> None:
    connection.execute(text(CREATE[connection.dialect.name]))


@event.listens_for(SearchEntry.__table__, "before_drop")
def _drop_index(table: Table, connection: Connection, **_: Any) -> None:
    connection.execute(text(DROP[connection.dialect.name]))
