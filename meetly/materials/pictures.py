"""How large a picture says it is, told from its head: a small file can hold a huge one."""

from __future__ import annotations

import struct
from typing import BinaryIO

from meetly.errors import BadInput

#: An A0 poster scanned at 300 dots an inch has 140 million.
MOST_PIXELS = 200_000_000
#: markers of a JPEG that state its size: every start of frame
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: markers without a length
_BARE = {0x01, *range(0xD0, 0xD8)}
_MOST_MARKERS = 10_000


class Spoilt(BadInput):
    """It does not say how large it is."""

    message = "Ảnh bị hỏng. Hãy mở lại và lưu lại ảnh gốc."


def refuse_huge_png(source: BinaryIO) -> None:
    """Raise BadInput unless the first chunk states a size that can be shown."""
    source.seek(8)
    head = source.read(16)
    if len(head) < 16 or head[4:8] != b"IHDR":
        raise Spoilt()
    _refuse(*struct.unpack(">II", head[8:16]))


def refuse_huge_jpeg(source: BinaryIO) -> None:
    """Raise BadInput unless its frame states a size that can be shown; one without has none."""
    source.seek(2)
    for _ in range(_MOST_MARKERS):
        mark = source.read(2)
        if len(mark) < 2 or mark[0] != 0xFF or mark[1] in (0xD9, 0xDA):
            return
        if mark[1] == 0xFF:  # padding before the next marker
            source.seek(-1, 1)
        elif mark[1] not in _BARE:
            length = int.from_bytes(source.read(2), "big")
            if mark[1] in _FRAMES:
                height, width = struct.unpack(">HH", source.read(5)[1:].ljust(4, b"\0"))
                _refuse(width, height)
                return
            source.seek(max(0, length - 2), 1)
    raise Spoilt()


def _refuse(width: int, height: int) -> None:
    if not width or not height:
        raise Spoilt()
    if width * height > MOST_PIXELS:
        raise BadInput("Ảnh có quá nhiều điểm ảnh. Hãy thu nhỏ ảnh rồi tải lên.")
