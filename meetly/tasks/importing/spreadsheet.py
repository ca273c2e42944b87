"""Read a spreadsheet into lines of text.

Runs as a process of its own (meetly/confined.py): the file comes from anywhere. Formulas are never
evaluated: what the program that saved the file had worked out is taken. Links are not followed.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from meetly.tasks.importing import columns
from meetly.tasks.importing.rows import LONGEST_TEXT, MOST_ROWS

#: lines and columns looked at, lines kept (the heading is some of them), cells joined, tables seen
MOST_LINES, MOST_COLUMNS = 20_000, 60
_KEPT = MOST_ROWS + columns.HEADER_WITHIN + 1
_MOST_MERGED, _MOST_SHEETS = 50_000, 20
_PIECE = 1 << 16


def main(document: str, target: str) -> None:
    """Read a file and write its lines beside it as JSON."""
    raw = Path(document).read_bytes()
    found = workbook(raw) if raw.startswith(b"PK") else separated(raw)
    Path(target).write_text(json.dumps(found), encoding="utf-8")


def workbook(raw: bytes) -> dict[str, Any]:
    """Return the sheet of an .xlsx whose columns are the clearest; the first that holds anything.

    Only for bytes of our own, or in a process with limits.
    """
    book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    best: dict[str, Any] = {"title": "", "lines": []}
    clearest = -1
    for sheet in [s for s in book.worksheets if s.sheet_state == "visible"][:_MOST_SHEETS]:
        path = str(sheet._worksheet_path)
        sheet.reset_dimensions()  # what a file says of its size is not believed
        values = sheet.iter_rows(max_row=MOST_LINES, max_col=MOST_COLUMNS, values_only=True)
        lines = _kept(list(map(_words, row)) for row in values)
        if not any(any(line) for line in lines):
            continue
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _fill_merged(lines, _merged(archive, path))
        named = len(columns.find(lines).fields)
        if named > clearest:
            best, clearest = {"title": sheet.title, "lines": lines}, named
    return best


def separated(raw: bytes) -> dict[str, Any]:
    """Return the lines of a .csv; the mark that stands most often in its first lines separates."""
    is_wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = raw.decode("utf-16" if is_wide else "utf-8-sig")
    head = "\n".join(text.splitlines()[:5])
    mark = max((";", ",", "\t"), key=head.count)
    csv.field_size_limit(1 << 20)
    read = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    return {"title": "", "lines": _kept([_cut(c) for c in row[:MOST_COLUMNS]] for row in read)}


def _kept(lines: Iterable[list[str]]) -> list[list[str]]:
    """Keep the lines up to the last that holds anything; their numbers are those of the file."""
    kept: list[list[str]] = []
    filled = 0
    for number, line in enumerate(lines):
        if number >= MOST_LINES:
            break
        while line and not line[-1]:
            line.pop()
        if line:
            filled += 1
        kept.append(line)
        if filled > _KEPT:
            break
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _words(value: object) -> str:
    if value is None or isinstance(value, time):
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return _cut(str(value))


def _cut(words: str) -> str:
    plain = "".join(c for c in words[:LONGEST_TEXT] if c in "\n\t" or ord(c) >= 32)
    return plain.replace("\x7f", "").strip()


def _merged(archive: zipfile.ZipFile, path: str) -> Iterator[tuple[int, int, int]]:
    """Give (column, first line, last line) of the cells that are joined downwards."""
    found: list[str] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "mergeCell" and len(found) < _MOST_MERGED:
            found.append(attributes.get("ref", ""))

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    with archive.open(path) as part:
        while piece := part.read(_PIECE):
            parser.Parse(piece)
        parser.Parse(b"", True)
    for reference in found:
        column, first, _last_column, last = range_boundaries(reference)
        if column and first and last and last > first:
            yield column - 1, first - 1, last - 1


def _fill_merged(lines: list[list[str]], merged: Iterable[tuple[int, int, int]]) -> None:
    """Say in every line what one cell says for all of them."""
    left = 4 * MOST_LINES
    for column, first, last in merged:
        if first >= len(lines) or column >= min(len(lines[first]), MOST_COLUMNS):
            continue
        for number in range(first + 1, min(last + 1, len(lines))):
            left -= 1
            if left < 0:
                return
            line = lines[number]
            if any(line):  # an empty line inside stays none
                line += [""] * (column + 1 - len(line))
                line[column] = line[column] or lines[first][column]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
