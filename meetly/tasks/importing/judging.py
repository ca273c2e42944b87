"""Let a notice or a spreadsheet in, or say why not, and read it in a process of its own."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from meetly import confined
from meetly.errors import BadInput
from meetly.materials import formats
from meetly.minutes.word_files import judging as word_files
from meetly.tasks.importing.rows import MOST_ROWS

#: bytes of a file
LARGEST = 20 << 20
_LIMITS = confined.Limits(memory=1 << 30, seconds=60, largest=64 << 20)
_MODULE = "meetly.tasks.importing.spreadsheet"


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet as lines of text."""

    title: str
    lines: list[list[str]]


class Unreadable(BadInput):
    """The file opens nowhere, or asks for more than any list of tasks would."""

    message = (
        "Không đọc được tệp này; chưa nhận gì. Hãy mở bằng Word hoặc Excel, lưu lại rồi thử lại."
    )


def paragraphs(document: bytes) -> list[str]:
    """Return the paragraphs and lines of tables of a .docx; BadInput, saying what to do."""
    _require_size(document)
    if formats.judge(BytesIO(document)) != formats.DOCX:
        raise BadInput(
            "Chỉ nhận thông báo ở dạng .docx. Với tệp khác, hãy dán nội dung vào ô bên dưới."
        )
    try:
        found = word_files.read(document)
    except word_files.Unreadable as error:
        raise Unreadable() from error
    return ["\n".join(item.cells) if item.cells else item.text for item in found]


def sheet(document: bytes) -> Sheet:
    """Return the lines of an .xlsx or .csv; BadInput, saying what to do."""
    _require_size(document)
    kind = formats.judge(BytesIO(document))
    if kind not in (formats.XLSX, formats.TEXT):
        raise BadInput("Chỉ nhận bảng tính .xlsx hoặc .csv. Trong Excel, hãy lưu ở dạng đó.")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "file").write_bytes(document)
        try:
            confined.run_module(_MODULE, ["file", "found.json"], folder, _LIMITS)
            found = json.loads((folder / "found.json").read_bytes())
        except (confined.Failed, OSError, ValueError) as error:
            raise Unreadable() from error
    lines = [[str(cell) for cell in line] for line in found["lines"]]
    if not lines:
        raise BadInput("Bảng tính không có dòng nào.")
    if sum(any(line) for line in lines) > MOST_ROWS + 20:
        raise BadInput("Bảng tính có hơn %(most)s dòng; hãy chia thành nhiều tệp.", most=MOST_ROWS)
    return Sheet(str(found["title"]), lines)


def _require_size(document: bytes) -> None:
    if len(document) > LARGEST:
        raise BadInput("Tệp lớn hơn %(most)s MB.", most=LARGEST >> 20)
