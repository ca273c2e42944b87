"""Files that arrive in pieces: the row that says how far one is, and what every room keeps to."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, TypeVar

from sqlalchemy import BigInteger, ColumnElement, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import ClientDisconnected

from meetly import clock
from meetly.errors import Stale, TooLarge
from meetly.extensions import db
from meetly.storage import files

#: Bytes written and acknowledged at a time; no more of an upload is ever held in memory.
PIECE = 1 << 20
#: Bytes that stay free on the disk whatever is uploaded.
RESERVE = 64 * 1024**2
#: After this an upload that was never finished is forgotten.
PATIENCE = timedelta(days=7)
#: Seconds a file without a row is left alone: its row may be about to be committed.
GRACE = 3600.0
#: Bytes read at a time, and the most of what has come that a broken line costs.
_STEP = 1 << 16


class Arriving:
    """What the row of an arriving file holds in every room."""

    #: unguessable name in tus addresses
    upload_id: Mapped[str] = mapped_column(String(40), unique=True)
    filename: Mapped[str] = mapped_column(String(200))
    storage_key: Mapped[str] = mapped_column(String(200))
    #: bytes in all, and bytes safely on disk
    size: Mapped[int] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
    #: all bytes are here and cannot be used: the sentence for the person
    refusal: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        """Return the condition under which a file is still arriving."""
        raise NotImplementedError

    @property
    def expires_at(self) -> datetime:
        """Tell until when an unfinished upload can be continued."""
        return self.created_at + PATIENCE


Row = TypeVar("Row", bound=Arriving)


@dataclass(frozen=True)
class Kept:
    """A file already safe in the store but not yet anybody's."""

    key: str
    size: int
    sha256: str
    crc32: int


# -- the disk ----------------------------------------------------------------------------------


def space() -> int:
    """Count the bytes that may still be promised beside those already promised in any room."""
    return files.free() - sum(_promised(kind) for kind in Arriving.__subclasses__()) - RESERVE


def _promised(kind: type[Arriving]) -> int:
    left = select(func.coalesce(func.sum(kind.size - kind.offset), 0)).where(kind.is_open())
    return int(db.session.scalar(left) or 0)


def new_key(folder: str) -> str:
    """Name a file that nobody has yet."""
    return f"{folder}/{secrets.token_hex(16)}"


def new_name() -> str:
    """Make an upload's name, which nobody guesses."""
    return secrets.token_urlsafe(24)


def shown_name(filename: str, otherwise: str) -> str:
    """Return the name a person sees; the file itself lies under a key of our own."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    composed = unicodedata.normalize("NFC", last)
    visible = "".join(c for c in composed if unicodedata.category(c)[0] != "C").strip()
    stem, dot, ending = visible.rpartition(".")
    if dot and len(visible) > 200:
        return f"{stem[: 199 - len(ending[:20])]}.{ending[:20]}"
    return visible[:200] or otherwise


# -- pieces ------------------------------------------------------------------------------------


def pieces(source: BinaryIO, most: int) -> Iterator[bytes]:
    """Read at most `most` bytes, a piece at a time.

    A line that breaks in the middle of a piece still gives what came before it broke.
    """
    while most > 0:
        piece, broke = _piece(source, min(PIECE, most))
        if piece:
            yield piece
        if broke:
            raise broke
        if not piece:
            return
        most -= len(piece)


def _piece(source: BinaryIO, most: int) -> tuple[bytes, Exception | None]:
    gathered = bytearray()
    while len(gathered) < most:
        try:
            step = source.read(min(_STEP, most - len(gathered)))
        except (ClientDisconnected, OSError) as error:
            return bytes(gathered), error
        if not step:
            break
        gathered += step
    return bytes(gathered), None


def keep(folder: str, arriving: Iterable[bytes]) -> Kept:
    """Write pieces into the store as a file of their own; touches no row."""
    key = new_key(folder)
    stored = files.write(key, arriving)
    return Kept(key, stored.size, stored.sha256, stored.crc32)


def of_kept(kept: Kept) -> Iterator[bytes]:
    """Give the pieces of a kept file, which is deleted once they are taken."""
    try:
        with files.path(kept.key).open("rb") as source:
            yield from pieces(source, kept.size)
    finally:
        files.delete(kept.key)


# -- rows --------------------------------------------------------------------------------------


def find(kind: type[Row], upload_id: str, *, lock: bool = False) -> Row | None:
    """Return the upload of this name, locked until the end of the transaction if asked."""
    query = select(kind).where(kind.upload_id == upload_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def append(row: Arriving, offset: int, piece: bytes, *, is_open: bool) -> None:
    """Put the next piece of a locked row's file safely on disk.

    Raises Stale when `offset` is not where the upload stands: of two clients that continue the
    same upload only one wins. The row stays locked while the piece is written, so that the loser
    cannot write over bytes already acknowledged. Raises TooLarge beyond the promised size.
    """
    if not is_open or offset != row.offset:
        raise Stale("Phần này đã được tải lên bởi một cửa sổ khác. Phần đã nhận vẫn còn.")
    if len(piece) > PIECE or offset + len(piece) > row.size:
        raise TooLarge("Tệp dài hơn kích thước đã báo. Phần đã nhận vẫn còn.")
    files.write_at(row.storage_key, offset, piece)
    row.offset = offset + len(piece)
    db.session.flush()


def forgotten(kind: type[Row]) -> list[Row]:
    """List the uploads that were begun long ago and never finished."""
    query = select(kind).where(kind.is_open(), kind.created_at < clock.now() - PATIENCE)
    return list(db.session.scalars(query))
