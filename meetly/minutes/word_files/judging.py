"""Let a .docx in, or say why not, and read it in a process of its own."""

from __future__ import annotations

import json
import tempfile
from io import BytesIO
from pathlib import Path

from meetly import confined
from meetly.errors import BadInput
from meetly.materials import formats
from meetly.minutes.word_files.found import Found, from_json

#: bytes of a file that is brought back
LARGEST = 20 << 20
_LIMITS = confined.Limits(memory=1 << 30, seconds=30, largest=64 << 20)
_MODULE = "meetly.minutes.word_files.reading"


class Unreadable(BadInput):
    """The file opens nowhere, or asks for more than any minutes would."""

    message = "Không đọc được tệp Word này; biên bản chưa thay đổi. Hãy mở, lưu lại rồi thử lại."


def require_docx(document: bytes) -> None:
    """Raise BadInput, saying what to do, unless these bytes are a harmless .docx."""
    if len(document) > LARGEST:
        raise BadInput("Tệp lớn hơn %(most)s MB; hãy bỏ bớt hình ảnh.", most=LARGEST >> 20)
    if formats.judge(BytesIO(document)) != formats.DOCX:
        raise BadInput("Chỉ nhận tệp .docx. Trong Word hoặc LibreOffice, hãy lưu ở dạng đó.")


def read(document: bytes) -> list[Found]:
    """Return what a .docx holds; Unreadable when a limited process cannot tell."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "file.docx").write_bytes(document)
        try:
            confined.run_module(_MODULE, ["file.docx", "found.json"], folder, _LIMITS)
            return from_json(json.loads((folder / "found.json").read_bytes()))
        except (confined.Failed, OSError, ValueError, LookupError) as error:
            raise Unreadable() from error
