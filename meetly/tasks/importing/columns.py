"""Which column of a spreadsheet holds what, and its lines as rows; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from meetly.folding import fold
from meetly.tasks.importing import when
from meetly.tasks.importing.rows import (
    LONGEST_NAME,
    LONGEST_PRODUCT,
    LONGEST_TEXT,
    Progressed,
    Row,
)

#: lines from the top in which the names of the columns are looked for
HEADER_WITHIN = 20
#: How columns are called, the more particular names first.
_CALLED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(rf"(?:{words})"))
    for field, words in (
        ("coordinate", r".*phoi hop.*"),
        ("officer", r".*theo doi.*|.*chuyen vien.*|.*don doc.*"),
        ("done_on", r"(?:ngay|thoi diem|thoi gian) (?:da )?(?:hoan thanh|xong).*"),
        ("given_on", r"ngay (?:giao|ban hanh|van ban|ky|chi dao).*"),
        ("due", r".*thoi han.*|han\b.*|.*\bhan (?:xu ly|hoan thanh)|thoi gian.*|ngay het han"),
        ("source", r".*van ban.*|so(?: ky hieu|/ky hieu).*|can cu.*|nguon.*|thong bao.*"),
        ("state", r"trang thai.*|tinh trang.*|ket qua.*|tien do.*"),
        ("product", r"san pham.*|dau ra.*|.*san pham"),
        ("note", r"ghi chu.*|.*vuong mac.*"),
        (
            "lead",
            r".*chu tri.*|(?:don vi|co quan)(?: (?:thuc hien|duoc giao|xu ly))?|nguoi thuc hien",
        ),
        ("text", r".*noi dung.*|.*nhiem vu.*|.*cong viec.*|.*chi dao.*|.*dau viec.*"),
    )
)
FIELDS = (
    "text", "lead", "coordinate", "due", "given_on", "source", "product", "state", "done_on",
    "officer", "note",
)  # fmt: skip
_NUMBERS = re.compile(r"\(?\d{1,2}\)?")
_PART = re.compile(r"(?:[ivxlc]+|[a-z])[.)]?|")
_NOT_DONE = re.compile(r"\b(?:chua|khong|dang|mot phan|se|du kien)\b|\b\d{1,2}(?:[.,]\d+)? ?%")
_DONE = re.compile(r"\bhoan thanh\b|\bxong\b|\bda (?:thuc hien|bao cao|ket thuc)\b|\b100 ?%|^ht$")
_RUNNING = re.compile(r"\bdang\b|\bmot phan\b|\b[1-9]\d?(?:[.,]\d+)? ?%")


#: states that say nothing besides how far the work is
_PLAIN_STATE = re.compile(
    r"(?:(?:da|dang|chua)?\s*(?:hoan thanh|thuc hien|trien khai|xu ly|xong|ht|qua han|trong han"
    r"|dung han)?\s*)*[\d/.,%\s-]*"
)


@dataclass(frozen=True)
class Columns:
    """Where the names of the columns stand, and which column holds which field."""

    #: 0 is the first line
    header: int
    fields: dict[str, int]

    @property
    def is_clear(self) -> bool:
        """Whether the lines can be read without asking."""
        return "text" in self.fields and ("lead" in self.fields or "due" in self.fields)


def find(lines: Sequence[Sequence[str]]) -> Columns:
    """Find the line that names most columns; a table with a heading in two lines ends below it."""
    found = [Columns(number, _named(cells)) for number, cells in enumerate(lines[:HEADER_WITHIN])]
    best = max(found, key=lambda columns: (columns.is_clear, len(columns.fields)), default=None)
    return best or Columns(0, {})


def _named(cells: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    names = [" ".join(re.sub(r"[^\w/ ]", " ", fold(cell)).split()) for cell in cells]
    for field, pattern in _CALLED:
        for place, name in enumerate(names):
            is_free = place not in found.values() and field not in found
            if is_free and 0 < len(name) <= 60 and pattern.fullmatch(name):
                found[field] = place
    return found


def rows(
    lines: Sequence[Sequence[str]], columns: Columns, given_on: date, first_line: int = 1
) -> list[Row]:
    """Return the lines below the names of the columns; headings and empty lines are none."""
    return list(_rows(lines, columns, given_on, first_line))


def _rows(
    lines: Sequence[Sequence[str]], columns: Columns, given_on: date, first_line: int
) -> Iterator[Row]:
    for number, cells in enumerate(lines):
        if number > columns.header and not _is_heading(cells, columns):
            yield _row(number + first_line, _given(cells, columns.fields), given_on)


def _given(cells: Sequence[str], fields: Mapping[str, int]) -> dict[str, str]:
    return {f: cells[at].strip() if at < len(cells) else "" for f, at in fields.items()}


def _is_heading(cells: Sequence[str], columns: Columns) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or all(_NUMBERS.fullmatch(cell) for cell in filled):
        return True
    given = _given(cells, columns.fields)
    told = [field for field, words in given.items() if words]
    if not told or _named(cells).keys() >= {"text", "lead"}:
        return True
    if told != ["text"]:
        return False
    # "I. Kinh tế": words alone, numbered like a part; numbered like a task it is one
    others = [cell for cell in filled if cell != given["text"]]
    is_part = all(_PART.fullmatch(fold(cell)) for cell in others)
    return is_part and len(given["text"]) < 80


def _row(line: int, given: Mapping[str, str], imported_on: date) -> Row:
    unread: list[tuple[str, str]] = []
    days: dict[str, date | None] = {}
    for field in ("given_on", "done_on"):
        words = given.get(field, "")
        days[field] = when.day(words) if words else None
        if words and days[field] is None:
            unread.append((field, words[:100]))
    deadline = when.deadline(given.get("due", ""), days["given_on"] or imported_on)
    state, said_on = progressed(given.get("state", ""))
    if days["done_on"] and not given.get("state"):
        state = Progressed.DONE
    said = "" if _PLAIN_STATE.fullmatch(fold(given.get("state", ""))) else given["state"]
    note = "\n".join(words for words in (said, given.get("note", "")) if len(words) > 2)
    text = " ".join(given.get("text", "").split())[:LONGEST_TEXT]
    return Row(
        f"l{line}", line, text, text, names(given.get("lead", "")),
        names(given.get("coordinate", "")), deadline.due, deadline.recurring[:LONGEST_NAME],
        deadline.unread, days["given_on"], given.get("source", "")[:LONGEST_NAME],
        given.get("product", "")[:LONGEST_PRODUCT], given.get("officer", "")[:LONGEST_NAME],
        note[:LONGEST_TEXT], state, days["done_on"] or said_on, tuple(unread),
        take=state != Progressed.DONE,
    )  # fmt: skip


def progressed(words: str) -> tuple[Progressed, date | None]:
    """Tell from the words of a state how far the work is, and on which day it was done."""
    folded = fold(words)
    if _DONE.search(folded) and not _NOT_DONE.search(folded.replace("100%", "")):
        return Progressed.DONE, when.day(words)
    return (Progressed.RUNNING if _RUNNING.search(folded) else Progressed.OPEN), None


def names(cell: str) -> tuple[str, ...]:
    """Split what a cell names at line ends and semicolons; commas belong to names of units."""
    parts = (" ".join(part.split()).strip("-–+•. ") for part in re.split(r"[;\n]", cell))
    return tuple(dict.fromkeys(part[:LONGEST_NAME] for part in parts if len(part) > 1))
