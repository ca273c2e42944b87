"""The bytes of a .zip whose files are only stored, laid out before any of them is read.

Every size and CRC-32 is known beforehand, so that each byte has its place: the archive can be sent
from any place on, and equal contents give equal bytes. After APPNOTE.TXT 6.3.10 of PKWARE: UTF-8
names (4.4.4, bit 11), no data descriptors, ZIP64 (4.3.14, 4.5.3) only where a number needs it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from meetly.sending import Body, Piece, Stretch

_UTF8 = 0x0800
_STORED = 0
_PLAIN, _ZIP64 = 20, 45
#: made by a Unix-like system, so that the permissions below are understood
_UNIX = 3 << 8
_ORDINARY_FILE = 0o100644 << 16
#: numbers that say "see the ZIP64 field"
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF


@dataclass(frozen=True)
class Entry:
    """One file of an archive."""

    name: str
    content: Piece
    crc32: int
    #: wall-clock time shown by whoever unpacks; kept to two seconds, 1980 to 2107
    dated: datetime

    @classmethod
    def of_text(cls, name: str, text: bytes, dated: datetime) -> Entry:
        """Return an entry whose bytes are at hand."""
        return cls(name, text, zlib.crc32(text), dated)

    @classmethod
    def of_file(cls, name: str, content: Stretch, crc32: int, dated: datetime) -> Entry:
        """Return an entry whose bytes lie on the disk."""
        return cls(name, content, crc32, dated)


def layout(entries: Sequence[Entry]) -> Body:
    """Lay an archive out: for each entry its head and its bytes, then the directory."""
    pieces: list[Piece] = []
    directory: list[bytes] = []
    at = 0
    for entry in entries:
        head = _local_head(entry)
        pieces += [head, entry.content]
        directory.append(_directory_entry(entry, at))
        at += len(head) + len(entry.content)
    return Body([*pieces, *directory, _end(len(entries), at, sum(map(len, directory)))])


def _local_head(entry: Entry) -> bytes:
    size, name = len(entry.content), entry.name.encode()
    large = size >= _FULL_32
    extra = _zip64([size, size]) if large else b""
    shown = _FULL_32 if large else size
    return (
        struct.pack(
            "<4s5H3L2H", b"PK\x03\x04", _ZIP64 if large else _PLAIN, _UTF8, _STORED,
            *_dos(entry.dated), entry.crc32, shown, shown, len(name), len(extra),
        )
        + name
        + extra
    )  # fmt: skip


def _directory_entry(entry: Entry, at: int) -> bytes:
    size, name = len(entry.content), entry.name.encode()
    large = size >= _FULL_32
    numbers = ([size, size] if large else []) + ([at] if at >= _FULL_32 else [])
    extra = _zip64(numbers) if numbers else b""
    shown = _FULL_32 if large else size
    version = _ZIP64 if numbers else _PLAIN
    return (
        struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", _UNIX | version, version, _UTF8, _STORED,
            *_dos(entry.dated), entry.crc32, shown, shown, len(name), len(extra), 0, 0, 0,
            _ORDINARY_FILE, min(at, _FULL_32),
        )
        + name
        + extra
    )  # fmt: skip


def _zip64(numbers: Iterable[int]) -> bytes:
    field = b"".join(struct.pack("<Q", number) for number in numbers)
    return struct.pack("<2H", 1, len(field)) + field


def _end(count: int, start: int, size: int) -> bytes:
    end = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, min(count, _FULL_16), min(count, _FULL_16),
        min(size, _FULL_32), min(start, _FULL_32), 0,
    )  # fmt: skip
    if count < _FULL_16 and size < _FULL_32 and start < _FULL_32:
        return end
    whole = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, _UNIX | _ZIP64, _ZIP64, 0, 0, count, count, size, start
    )
    return whole + struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1) + end


def _dos(moment: datetime) -> tuple[int, int]:
    """Return time and date as MS-DOS kept them."""
    if not 1980 <= moment.year <= 2107:
        moment = datetime(1980 if moment.year < 1980 else 2107, 1, 1)
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    return time, (moment.year - 1980) << 9 | moment.month << 5 | moment.day
