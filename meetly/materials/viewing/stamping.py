"""Copies that name their reader: documents in a process of their own, pictures at once."""

from __future__ import annotations

import io
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import BinaryIO

from PIL import Image

from meetly import confined
from meetly.errors import WrongState
from meetly.materials.viewing import stamp

log = logging.getLogger(__name__)

LIMITS = confined.Limits(memory=1536 << 20, seconds=60, largest=600 << 20)
#: Documents stamped at a time by one process that serves pages, and seconds another one waits.
AT_ONCE, PATIENCE = 2, 30
_places = BoundedSemaphore(AT_ONCE)


def document(path: Path, kind: str, words: str) -> BinaryIO:
    """Return a stamped copy of a `pdf` or `picture`, open to be read and already without a name.

    WrongState when the file bears no stamp: nothing is then handed out at all.
    """
    with _place(), tempfile.TemporaryDirectory(prefix="meetly-") as folder:
        try:
            confined.run_module(
                "meetly.materials.viewing.stamp_document", [kind, str(path), words],
                Path(folder), LIMITS,
            )  # fmt: skip
        except confined.Failed as failure:
            log.warning("no stamp on %s: %s", path.name, failure)
            raise WrongState(
                "Không đóng dấu được tệp này nên chưa tải về được. Hãy xem trên trang, "
                "hoặc nhờ thư ký lưu lại tệp rồi thêm bản mới."
            ) from failure
        return (Path(folder) / "stamped").open("rb")


def picture(content: bytes, words: str) -> bytes:
    """Return a stamped copy of a picture of a page, which the house made itself (WebP)."""
    made = io.BytesIO()
    with Image.open(io.BytesIO(content), formats=("WEBP", "PNG")) as page:
        stamp.drawn(page, words).save(made, "WEBP", quality=72, method=2)
    return made.getvalue()


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE):
        raise WrongState("Máy chủ đang đóng dấu nhiều tài liệu cùng lúc. Hãy thử lại sau ít phút.")
    try:
        yield
    finally:
        _places.release()
