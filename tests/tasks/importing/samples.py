"""Notices and spreadsheets of the tests, made with the libraries offices' files come from."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import docx
from openpyxl import Workbook

NOTICE = (Path(__file__).parent / "data" / "notice.txt").read_text(encoding="utf-8")
TITLES = (
    "STT", "Nội dung nhiệm vụ", "Đơn vị chủ trì", "Đơn vị phối hợp", "Thời hạn hoàn thành",
    "Ngày giao", "Văn bản giao", "Trạng thái", "Ngày hoàn thành", "Ghi chú",
)  # fmt: skip


def notice_docx(text: str = NOTICE) -> bytes:
    """Return the words as a .docx whose head is a table, as offices write it."""
    lines = text.strip().splitlines()
    document = docx.Document()
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "\n".join([lines[0], lines[2], lines[4]])
    table.cell(0, 1).text = "\n".join([lines[1], lines[3], lines[5]])
    for line in lines[6:]:
        document.add_paragraph(line)
    return _bytes(document.save)


def book(
    rows: Sequence[Sequence[Any]],
    titles: Sequence[str] = TITLES,
    also: Callable[[Any], object] | None = None,
) -> bytes:
    """Return a spreadsheet with its names in the first line; `also` works on the sheet."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for line in [titles, *rows] if titles else rows:
        sheet.append(list(line))
    if also:
        also(sheet)
    return _bytes(made.save)


def _bytes(save: Callable[[Any], object]) -> bytes:
    written = io.BytesIO()
    save(written)
    return written.getvalue()
