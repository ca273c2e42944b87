"""What a zip archive really holds, told without unpacking it anywhere: office documents are zips.

The central directory is believed only where the local headers and the bytes say the same. Parts are
inflated piece by piece and thrown away, never more than they claim.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from meetly.errors import BadInput

#: An office document has hundreds of parts; an archive made to exhaust us has millions.
MOST_PARTS = 20_000
#: bytes of the list of parts; longer ones are not read at all
_LONGEST_LIST = 8 << 20
#: bytes of all parts together, inflated
MOST_BYTES = 512 << 20
#: a part may swell this much where it becomes larger than LARGE bytes
SWELLING, LARGE = 200, 32 << 20
_PIECE = 1 << 16
_END, _LOCAL = b"PK\x05\x06", b"PK\x03\x04"
_ENCRYPTED, _SIZES_FOLLOW = 1, 8


class Broken(BadInput):
    """Nobody can open it, or different readers would see different things in it."""

    message = "Tệp nén hoặc tài liệu bị hỏng. Hãy mở lại và lưu lại tệp gốc."


class Bomb(BadInput):
    """Opening it would take more than any document needs."""

    message = (
        "Tệp nén phình ra quá lớn khi mở nên không được nhận. Hãy lưu lại tài liệu và thử lại."
    )


class Locked(BadInput):
    """It cannot be read without a secret."""

    message = "Tài liệu có mật khẩu nên không mở được. Hãy bỏ mật khẩu rồi tải lên."


@dataclass(frozen=True)
class Part:
    """One part of an archive: its name and where its bytes lie."""

    name: str
    #: bytes as stored and as inflated
    packed: int
    size: int
    crc32: int
    deflated: bool
    #: place of its first stored byte
    start: int


def is_archive(source: BinaryIO) -> bool:
    """Tell whether a file, whatever else it is, can be opened as a zip with something in it."""
    end = source.seek(0, 2)
    source.seek(max(0, end - (1 << 16) - 22))
    tail = source.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < 22:
        return False
    if struct.unpack("<I", tail[place + 12 : place + 16])[0] > _LONGEST_LIST:
        return end - len(tail) + place > _LONGEST_LIST
    try:
        with zipfile.ZipFile(source) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return False


def parts_of(source: BinaryIO) -> list[Part]:
    """List the parts of an archive; BadInput when it lies or would exhaust a reader."""
    listed = _listed(source)
    if len(listed) > MOST_PARTS:
        raise Bomb()
    found = [_located(source, info) for info in listed]
    _refuse_bombs(found)
    _refuse_tricks(found)
    return found


def pieces(source: BinaryIO, part: Part) -> Iterator[bytes]:
    """Give the inflated bytes of a part; BadInput when they are not what its entry says."""
    inflate = zlib.decompressobj(-15) if part.deflated else None
    left, size, check = part.packed, 0, 0
    source.seek(part.start)
    place, pending = part.start, b""
    while left or pending:
        if not pending:
            source.seek(place)
            pending = source.read(min(_PIECE, left))
            if not pending:
                raise Broken()
            place, left = place + len(pending), left - len(pending)
        try:
            piece = inflate.decompress(pending, _PIECE) if inflate else pending
        except zlib.error as error:
            raise Broken() from error
        pending = inflate.unconsumed_tail if inflate else b""
        size, check = size + len(piece), zlib.crc32(piece, check)
        if size > part.size or (inflate and inflate.eof and (inflate.unused_data or left)):
            raise Broken()
        if piece:
            yield piece
    if inflate:  # what it still holds back
        while not inflate.eof and (piece := inflate.decompress(b"", _PIECE)):
            size, check = size + len(piece), zlib.crc32(piece, check)
            if size > part.size:
                raise Broken()
            yield piece
    if size != part.size or check != part.crc32 or (inflate and not inflate.eof):
        raise Broken()


def _listed(source: BinaryIO) -> list[zipfile.ZipInfo]:
    end = source.seek(0, 2)
    source.seek(max(0, end - 22))
    tail = source.read(22)
    # A document ends with the list of its parts; bytes behind it are for somebody else.
    if len(tail) < 22 or not tail.startswith(_END):
        raise Broken()
    length, start = struct.unpack("<II", tail[12:20])
    if length > _LONGEST_LIST:
        raise Bomb()
    if start + length + 22 != end:
        raise Broken()
    try:
        with zipfile.ZipFile(source) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise Broken() from error


def _located(source: BinaryIO, info: zipfile.ZipInfo) -> Part:
    if info.flag_bits & _ENCRYPTED:
        raise Locked()
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Broken()
    source.seek(info.header_offset)
    head = source.read(30)
    if len(head) < 30 or not head.startswith(_LOCAL):
        raise Broken()
    flags, method = struct.unpack("<HH", head[6:10])
    check, packed, size, name, extra = struct.unpack("<IIIHH", head[14:30])
    told = (check, packed, size)
    known = (info.CRC, info.compress_size, info.file_size)
    is_later = bool(flags & _SIZES_FOLLOW) and not any(told)
    is_long = 0xFFFFFFFF in (packed, size)  # ZIP64: the sizes lie in the extra field
    if method != info.compress_type or not (told == known or is_later or is_long):
        raise Broken()
    raw = source.read(name)
    if _name(raw, flags) != info.orig_filename:
        raise Broken()
    return Part(
        info.orig_filename, info.compress_size, info.file_size, info.CRC,
        method == zipfile.ZIP_DEFLATED, info.header_offset + 30 + name + extra,
    )  # fmt: skip


def _name(raw: bytes, flags: int) -> str:
    return raw.decode("utf-8" if flags & 0x800 else "cp437", "replace")


def _refuse_bombs(parts: list[Part]) -> None:
    if sum(part.size for part in parts) > MOST_BYTES:
        raise Bomb()
    for part in parts:
        if part.size > LARGE and part.size > SWELLING * max(1, part.packed):
            raise Bomb()


def _refuse_tricks(parts: list[Part]) -> None:
    names = {part.name.lower() for part in parts}
    if len(names) < len(parts):  # one reader would take the first, another the last
        raise Broken()
    for name in names:
        if "\\" in name or "\0" in name or name.startswith("/") or ".." in name.split("/"):
            raise Broken()
    end = 0
    for part in sorted(parts, key=lambda part: part.start):
        if part.start < end:
            raise Broken()
        end = part.start + part.packed
