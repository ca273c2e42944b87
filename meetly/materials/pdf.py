"""What a PDF would do when it is opened, told from its names; nothing of it is run or drawn.

Names that act (ISO 32000-1, 12.6 and 7.11) stand in the file itself or in object streams, which
are inflated piece by piece. Any place counts as real, so that no trick with offsets hides one.
"""

from __future__ import annotations

import re
import zlib
from typing import BinaryIO

from meetly.errors import BadInput

_PIECE = 1 << 20
#: bytes of a dictionary before its stream, and of a name with every letter escaped
_DICTIONARY, _NAME = 8192, 64
#: bytes of all object streams together, inflated
_MOST = 128 << 20


def _named(word: str) -> str:
    """Match a name however its letters are escaped: /JS, /#4aS."""
    return "/" + _spelled(word)


def _spelled(word: str) -> str:
    letters = "".join(f"(?:{c}|#(?i:{ord(c):02x}))" for c in word)
    return rf"{letters}(?=[\x00\t\n\f\r ()<>\[\]{{}}/%])"


class Sealed(BadInput):
    """Its content is encrypted: nobody can look whether it acts, stamp it, or show it."""

    message = (
        "Tệp PDF bị khóa (mật khẩu hoặc hạn chế quyền). Hãy xuất lại PDF không khóa rồi tải lên."
    )


class Script(BadInput):
    """It runs JavaScript."""

    message = "Tệp PDF chứa mã lệnh JavaScript. Hãy in lại ra PDF thường rồi tải lên."


class Launch(BadInput):
    """It starts a program or opens another file."""

    message = "Tệp PDF có lệnh mở chương trình khác. Hãy in lại ra PDF thường rồi tải lên."


class Attachment(BadInput):
    """It carries files that nobody judged."""

    message = "Tệp PDF có tệp đính kèm bên trong. Hãy tách tệp đó ra và tải lên riêng."


class Opaque(BadInput):
    """Its objects are packed so that they cannot be looked at."""

    message = (
        "Tệp PDF có cấu trúc lạ nên không kiểm tra được. Hãy in lại ra PDF thường rồi tải lên."
    )


#: names that are refused, and what they mean
_REASONS: dict[type[BadInput], tuple[str, ...]] = {
    Sealed: ("Encrypt",),
    Script: ("JavaScript",),
    Launch: ("Launch",),
    Attachment: ("EmbeddedFile", "EmbeddedFiles", "RichMedia"),
}
#: the slash stands first and alone, so that the search leaps from one to the next
_ACTIVE = re.compile(
    "/(?:{})".format(
        "|".join(f"({'|'.join(map(_spelled, words))})" for words in _REASONS.values())
    ).encode()
)
_STREAM = re.compile(rb"stream\r?\n")
_OBJECTS, _COUNT, _FIRST = (re.compile(_named(word).encode()) for word in ("ObjStm", "N", "First"))
_FILTER, _FLATE, _PREDICTOR = (
    re.compile(_named(word).encode()) for word in ("Filter", "FlateDecode", "Predictor")
)
_OTHER = re.compile(
    "|".join(
        _named(f"{other}Decode") for other in ("LZW", "ASCIIHex", "ASCII85", "RunLength")
    ).encode()
)


def refuse_active(source: BinaryIO) -> None:
    """Raise BadInput for a PDF that is locked, runs something, or carries other files."""
    place, tail, seen, left = 0, b"", -1, _MOST
    source.seek(0)
    while piece := source.read(_PIECE):
        window, base = tail + piece, place - len(tail)
        _refuse(window)
        for found in _STREAM.finditer(window):
            if base + found.start() > seen:
                seen = base + found.start()
                if _holds_objects(window[: found.start()]):
                    left = _look_inside(source, base + found.end(), left)
        place += len(piece)
        source.seek(place)
        tail = window[-_DICTIONARY:]


def _refuse(window: bytes) -> None:
    if (found := _ACTIVE.search(window)) and found.lastindex:
        raise list(_REASONS)[found.lastindex - 1]()


def _holds_objects(before: bytes) -> bool:
    begins = before.rfind(b"obj", max(0, len(before) - _DICTIONARY))
    dictionary = before[max(begins, len(before) - _DICTIONARY, 0) :]
    is_one = _OBJECTS.search(dictionary) or (
        _COUNT.search(dictionary) and _FIRST.search(dictionary)
    )
    if not is_one or not _FILTER.search(dictionary):
        return False  # not packed: its names were seen where they stand
    if not _FLATE.search(dictionary) or _OTHER.search(dictionary) or _PREDICTOR.search(dictionary):
        raise Opaque()
    return True


def _look_inside(source: BinaryIO, start: int, left: int) -> int:
    """Search an inflated object stream; return how many more bytes may be inflated."""
    inflate, tail = zlib.decompressobj(), b""
    source.seek(start)
    pending = source.read(_PIECE)
    while pending and not inflate.eof:
        try:
            piece = inflate.decompress(pending, _PIECE)
        except zlib.error:
            break  # what a reader could still make of it was searched
        left -= len(piece)
        if left < 0:
            raise Opaque()
        _refuse(tail + piece)
        tail = (tail + piece)[-_NAME:]
        pending = inflate.unconsumed_tail or (b"" if inflate.eof else source.read(_PIECE))
    return left
