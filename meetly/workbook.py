"""A table as an .xlsx file; pure, with the reading of spreadsheets the only home of openpyxl."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

#: What a spreadsheet would take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

#: What a cell may hold; a text is never a formula, a figure and a day stay what they are.
Value = str | int | float | date | None


def xlsx(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    widths: Sequence[int] = (),
) -> bytes:
    """Return a table as .xlsx with a fixed first line; no cell is a formula."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title[:31]
    for place, values in enumerate([columns, *rows], start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(place, column)
            assert isinstance(cell, Cell)
            _fill(cell, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if place == 1:
                cell.font = Font(bold=True)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _fill(cell: Cell, value: Value) -> None:
    if isinstance(value, str):
        cell.value = neutral(value)
        cell.data_type = "s"
        return
    cell.value = value
    if isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"


def neutral(text: str) -> str:
    """Return text that no spreadsheet reads as a formula, without control characters."""
    plain = "".join(c for c in text if c in "\n\t" or ord(c) >= 32)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain
