"""What an issued notice says of itself, and where its orders begin and end; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from meetly.accounts.directory import Directory
from meetly.directions.extraction import Found, extract
from meetly.folding import fold
from meetly.tasks.importing import when
from meetly.tasks.importing.rows import LONGEST_NAME, LONGEST_TEXT, MOST_ROWS, Row

#: paragraphs from the top in which the number and the day of a document stand
_HEAD = 25
_NUMBER = re.compile(r"\bS[ốỐ]\s*:?\s*(\d[\w.]*\s*/\s*[\w.&-]+(?:/[\w.&-]+)*)", re.IGNORECASE)
_KINDS = re.compile(
    r"^\W*(thông báo|kết luận|công văn|chỉ thị|quyết định|công điện|kế hoạch|nghị quyết)\b",
    re.IGNORECASE,
)
_KIND_MARKS = {"TB": "Thông báo", "KL": "Kết luận", "CT": "Chỉ thị", "QD": "Quyết định",
               "QĐ": "Quyết định", "CĐ": "Công điện", "KH": "Kế hoạch",
               "NQ": "Nghị quyết"}  # fmt: skip
_PLACE_AND_DAY = re.compile(r",\s*(ngay\s*\d{1,2}\s*thang\s*\d{1,2}\s*nam\s*\d{4})")
_BEGINS = re.compile(
    r"\bket luan(?: nhu sau| cac noi dung sau)?\s*:\s*$|\bket luan nhu sau\b|\bco y kien nhu sau\b"
    r"|\b(?:chi dao|yeu cau|giao (?:cac )?nhiem vu) nhu sau\b"
)
_ENDS = re.compile(
    r"^\W*(?:noi nhan|tren day la)\b|\bthong bao de (?:cac )?(?:co quan|don vi|so|dia phuong)"
)
_OPENING = re.compile(r"\bnhu sau\s*[:.]?\s*|\bket luan(?: cac noi dung sau)?\s*:\s*")
_MARKDOWN = re.compile(r"\*{1,3}|^#+\s+|^>\s?")


@dataclass(frozen=True)
class Notice:
    """A notice as it was read."""

    #: "Thông báo số 12/TB-VP"; empty when it bears no number
    source: str
    given_on: date | None
    #: the orders; everything when nobody can tell where they begin
    text: str


def lines_of(pasted: str) -> list[str]:
    """Return pasted words as paragraphs, without the marks of Markdown."""
    return [_MARKDOWN.sub("", line).strip(" |") for line in pasted.splitlines()]


def read(paragraphs: Sequence[str]) -> Notice:
    """Read number, day and orders out of a notice's paragraphs."""
    whole = unicodedata.normalize("NFC", "\n".join(paragraphs))
    lines = [line for line in whole.split("\n") if line.strip()]
    begins = next((n for n, line in enumerate(lines) if _BEGINS.search(fold(line).strip())), None)
    head = lines[: min(_HEAD, begins if begins is not None else _HEAD)]
    orders = lines if begins is None else [_after_opening(lines[begins]), *lines[begins + 1 :]]
    ends = (n for n, line in enumerate(orders) if n and _ENDS.search(fold(line)))
    end = next(ends, len(orders))
    return Notice(_source(head), _given_on(head), "\n".join(orders[:end]))


def rows(notice: Notice, given_on: date, directory: Directory | None) -> list[Row]:
    """Return everything that orders something, in the order of the notice."""
    found = extract(notice.text, given_on, directory)
    return [_row(number, item) for number, item in enumerate(found[:MOST_ROWS], 1)]


def _row(number: int, item: Found) -> Row:
    words = " ".join(item.span.split())[:LONGEST_TEXT]
    return Row(
        f"n{number}", text=words[:1].upper() + words[1:], span=words, due=item.due,
        lead=tuple(name[:LONGEST_NAME] for name in item.lead),
        coordinate=tuple(name[:LONGEST_NAME] for name in item.coordinate),
        recurring=(item.recurring or "")[:LONGEST_NAME], cues=item.cues,
        confidence=item.confidence,
    )  # fmt: skip


def _after_opening(line: str) -> str:
    """Return what stands behind "kết luận như sau" in the same paragraph."""
    match = _OPENING.search(fold(line))
    return line[match.end() :] if match else ""


def _source(head: Sequence[str]) -> str:
    number = next((m for line in head if (m := _NUMBER.search(line))), None)
    if number is None:
        return ""
    written = re.sub(r"\s+", "", number[1]).strip(".,;")
    marks = re.split(r"[/-]", written)
    kind = next((_KIND_MARKS[mark] for mark in marks if mark in _KIND_MARKS), "")
    stated = next((m[1] for line in head if (m := _KINDS.search(line))), "")
    return f"{kind or stated.capitalize() or 'Văn bản'} số {written}"[:LONGEST_NAME]


def _given_on(head: Sequence[str]) -> date | None:
    """The day beside the place ("Lam Giang, ngày …") is the document's own."""
    for line in head:
        match = _PLACE_AND_DAY.search(fold(line))
        if match:
            return when.day(match[1])
    return None
