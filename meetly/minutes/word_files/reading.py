"""Read an edited .docx: its paragraphs and table rows, the marks they carry, and the comments.

Runs as a process of its own (meetly/confined.py): the file comes from anywhere. Tracked changes
are read as if they had been accepted: insertions stand, deletions do not. Names are compared
without their namespace, so that strict and transitional files (ISO 29500) read alike.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element, fromstring

from meetly.minutes.word_files.found import Comment, Found, to_json

#: bytes of one XML part, inflated
_LARGEST = 48 << 20
#: paragraphs and rows together
_MOST = 20_000
#: what is not there once all changes are accepted, and what is no text of the page
_GONE = {"del", "moveFrom", "instrText", "delText", "pPr", "rPr", "Fallback", "sectPr"}
_SPACES = {"tab", "br", "cr", "ptab"}
_MARK = re.compile(r"_meetly\d+_\d+_\d+")


def main(document: str, target: str) -> None:
    """Read a file and write what was found beside it as JSON."""
    with Path(document).open("rb") as source:
        found = to_json(found_in(source))
    Path(target).write_text(json.dumps(found), encoding="utf-8")


def found_in(document: BinaryIO) -> list[Found]:
    """Return what a .docx holds; ValueError and its kin when it cannot be read.

    Only for bytes of our own, or in a process with limits.
    """
    with zipfile.ZipFile(document) as archive:
        body = _part(archive, "word/document.xml")
        comments = _comments(_part(archive, "word/comments.xml"))
    if body is None:
        raise ValueError("no document")
    found = list(_found(body, comments))
    if len(found) > _MOST:
        raise ValueError("too long")
    return found


def _part(archive: zipfile.ZipFile, name: str) -> Element | None:
    if name not in archive.namelist():
        return None
    if archive.getinfo(name).file_size > _LARGEST:
        raise ValueError(f"{name} is too large")
    # The judge refused document types, so no entity can swell; the process has limits besides.
    return fromstring(archive.read(name))  # noqa: S314


def _comments(part: Element | None) -> dict[str, Comment]:
    if part is None:
        return {}
    return {
        _attribute(comment, "id"): Comment(
            _attribute(comment, "author"),
            " ".join(_text(p) for p in comment.iter() if _name(p) == "p").strip(),
        )
        for comment in part
        if _name(comment) == "comment"
    }


def _found(body: Element, comments: dict[str, Comment]) -> Iterator[Found]:
    """Give the paragraphs and rows in order; one whose end was deleted runs into the next."""
    open_end: list[Element] = []
    for element in _in_order(body):
        if _name(element) == "tr":
            if open_end:
                yield _item(open_end, comments)
                open_end = []
            yield _item([element], comments)
            continue
        open_end.append(element)
        if not _loses_its_end(element):
            yield _item(open_end, comments)
            open_end = []
    if open_end:
        yield _item(open_end, comments)


def _in_order(element: Element) -> Iterator[Element]:
    for child in element:
        name = _name(child)
        if name in ("p", "tr"):
            if name == "p" or not _is_deleted_row(child):
                yield child
        elif name not in _GONE:
            yield from _in_order(child)


def _item(elements: list[Element], comments: dict[str, Comment]) -> Found:
    pieces: list[str] = []
    marks: dict[str, int] = {}
    said: list[Comment] = []
    for element in elements:
        for step in _steps(element):
            name = _name(step)
            if name == "bookmarkStart":
                mark = _attribute(step, "name")
                if _MARK.fullmatch(mark):
                    marks[mark] = len("".join(pieces))
            elif name == "commentReference":
                comment = comments.get(_attribute(step, "id"))
                if comment and comment.text:
                    said.append(comment)
            else:
                pieces.append(_written(step))
    cells = tuple(_cells(elements[0])) if _name(elements[0]) == "tr" else ()
    return Found("".join(pieces), tuple(marks.items()), cells, tuple(said))


def _cells(row: Element) -> Iterator[str]:
    for child in row:
        if _name(child) == "tc":
            texts = [_text(p) for p in _in_order(child)]
            yield " ".join(text for text in texts if text.strip())
        elif _name(child) not in _GONE:
            yield from _cells(child)


def _steps(element: Element) -> Iterator[Element]:
    """Give everything inside an element in reading order, but for what is gone."""
    for child in element:
        if _name(child) not in _GONE:
            yield child
            yield from _steps(child)


def _text(element: Element) -> str:
    return "".join(_written(step) for step in _steps(element))


def _written(step: Element) -> str:
    name = _name(step)
    if name == "t":
        return step.text or ""
    if name == "noBreakHyphen":
        return "-"
    return " " if name in _SPACES else ""


def _loses_its_end(paragraph: Element) -> bool:
    return any(
        _name(mark) in ("del", "moveFrom")
        for properties in paragraph
        if _name(properties) == "pPr"
        for run in properties
        if _name(run) == "rPr"
        for mark in run
    )


def _is_deleted_row(row: Element) -> bool:
    return any(
        _name(mark) == "del"
        for properties in row
        if _name(properties) == "trPr"
        for mark in properties
    )


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
