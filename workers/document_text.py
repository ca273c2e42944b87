"""The words of an office document, one paragraph or row a line, read from its XML parts.

Only ever run in a process with limits (workers.paging): an archive can hold far more than it
weighs, and expat, which loads nothing from outside, still expands what stands inside.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

#: bytes of one part that are read
LARGEST_PART = 32 << 20
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_SENTENCE_END = re.compile(r"[.:;!?…”\"]\s*$")
_NEW_POINT = re.compile(r"\s*([-–•+*]|\d+[.)]|[a-zđ]\)|[IVX]+\.)\s")


def words_of(path: Path) -> Iterator[str]:
    """Yield the paragraphs of a .docx, .pptx, .xlsx or OpenDocument file."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if "word/document.xml" in names:
            yield from _paragraphs(archive, "word/document.xml")
        elif "xl/workbook.xml" in names:
            yield from _sheets(archive, names)
        elif "ppt/presentation.xml" in names:
            for part in _numbered(_SLIDE, names):
                yield from _paragraphs(archive, part)
        else:
            yield from _open_document(archive)


def _numbered(pattern: re.Pattern[str], names: list[str]) -> list[str]:
    found = [match for match in map(pattern.fullmatch, names) if match]
    return [match.group() for match in sorted(found, key=lambda match: int(match[1]))]


def _elements(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, ElementTree.Element]]:
    """Yield (name without namespace, element) as each element of a part ends."""
    with archive.open(part) as source:
        content = io.BytesIO(source.read(LARGEST_PART))
    for _event, element in ElementTree.iterparse(content):  # noqa: S314 - limited, see above
        yield element.tag.rpartition("}")[2], element


def _paragraphs(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
    for name, element in _elements(archive, part):
        if name == "p":
            yield _text_of(element)
            element.clear()


def _text_of(paragraph: ElementTree.Element) -> str:
    said = []
    for element in paragraph.iter():
        name = element.tag.rpartition("}")[2]
        if name == "t":
            said.append(element.text or "")
        elif name in ("tab", "br", "cr"):
            said.append(" ")
    return "".join(said)


def _sheets(archive: zipfile.ZipFile, names: list[str]) -> Iterator[str]:
    shared: list[str] = []
    if "xl/sharedStrings.xml" in names:
        found = _elements(archive, "xl/sharedStrings.xml")
        shared = [_text_of(element) for name, element in found if name == "si"]
    for part in _numbered(_SHEET, names):
        for name, row in _elements(archive, part):
            if name == "row":
                yield "\t".join(filter(None, (_cell(cell, shared) for cell in row)))
                row.clear()


def _cell(cell: ElementTree.Element, shared: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _text_of(cell)
    value = next((child.text or "" for child in cell if child.tag.endswith("}v")), "")
    if cell.get("t") == "s" and value.isdigit() and int(value) < len(shared):
        return shared[int(value)]
    return value


def _open_document(archive: zipfile.ZipFile) -> Iterator[str]:
    for name, element in _elements(archive, "content.xml"):
        if name in ("p", "h"):
            yield "".join(element.itertext())


def reflowed(lines: Iterator[str]) -> Iterator[str]:
    """Put the lines of a printed page together again to paragraphs."""
    paragraph: list[str] = []
    for line in filter(None, map(str.strip, lines)):
        if paragraph and (_SENTENCE_END.search(paragraph[-1]) or _NEW_POINT.match(line)):
            yield " ".join(paragraph)
            paragraph = []
        paragraph.append(line)
    yield " ".join(paragraph)
