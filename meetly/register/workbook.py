"""A register as an .xlsx file; pure, the only home of openpyxl beside the tests."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

#: What a spreadsheet would take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = (16, 13, 50, 22, 40, 18, 10, 13, 10, 28)


def xlsx(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as .xlsx; every cell is text, none is a formula."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title[:31]
    for place, texts in enumerate([columns, *rows], start=1):
        for column, text in enumerate(texts, start=1):
            cell = sheet.cell(place, column, neutral(str(text)))
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if place == 1:
                cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFGHIJ", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def neutral(text: str) -> str:
    """Return text that no spreadsheet reads as a formula, without control characters."""
    plain = "".join(c for c in text if c in "\n\t" or ord(c) >= 32)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain
