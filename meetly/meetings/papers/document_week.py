"""The working calendar of a week (lịch công tác tuần) as a .docx file, a row for each meeting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from docx.document import Document
from docx.shared import Mm

from meetly import paper
from meetly import paper_layout as layout
from meetly.paper_parts import (
    Letterhead,
    add,
    grid,
    grid_row,
    letterhead,
    recipients,
    signature,
    signatures,
    title,
)
from meetly.paper_wording import BLANK, clean, day, day_in_words

#: The columns provinces use, and what each is wide.
COLUMNS = (
    ("Ngày", Mm(26)), ("Thời gian", Mm(22)), ("Nội dung", Mm(66)), ("Lãnh đạo chủ trì", Mm(36)),
    ("Địa điểm", Mm(36)), ("Thành phần", Mm(40)), ("Theo dõi", Mm(26)),
)  # fmt: skip
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


@dataclass(frozen=True)
class Entry:
    """One meeting of the week; times are wall times of Vietnam."""

    starts: datetime
    ends: datetime
    title: str
    chair: str
    place: str
    invited: str
    follows: str


@dataclass(frozen=True)
class Week:
    """What a unit does in one week."""

    head: Letterhead
    locality: str
    office: str
    post: str
    signer: str
    #: its Monday
    monday: date
    entries: tuple[Entry, ...]
    #: day of issue; None leaves room
    issued: date | None = None
    #: the calendar stands for letters of invitation
    replaces_letters: bool = True


def week_docx(week: Week) -> bytes:
    """Return the calendar as a .docx file; the same week gives the same bytes."""
    name = f"Lịch công tác tuần {week.monday.isocalendar().week}"
    moment = datetime.combine(week.monday, time(0))
    said = paper.Properties(name, week.office, moment)
    return paper.file_of(said, lambda document: _write(document, week))


def day_name(value: date) -> str:
    """Write a day of the week with its date: "Thứ Hai 23/11"."""
    return f"{_WEEKDAYS[value.weekday()]} {value:%d/%m}"


def span(entry: Entry) -> str:
    """Write from when to when: "08:00 – 09:30"."""
    return f"{entry.starts:%H:%M} – {entry.ends:%H:%M}"


def _write(document: Document, week: Week) -> None:
    layout.lay_across(document.sections[0])
    letterhead(document, week.head, "", _place_date(week))
    number = week.monday.isocalendar().week
    until = week.monday + timedelta(days=6)
    title(
        document, "LỊCH CÔNG TÁC",
        f"Tuần {number} (từ ngày {day(week.monday)} đến ngày {day(until)})",
        across=layout.WIDE_TEXT_WIDTH,
    )  # fmt: skip
    add(document, layout.INTRODUCING)
    table = grid(document, [width for _, width in COLUMNS], [name for name, _ in COLUMNS])
    for texts in _rows(week.entries):
        grid_row(table, texts, centered=(0, 1))
    if not week.entries:
        add(document, layout.BODY, "Trong tuần không có cuộc họp nào.")
    if week.replaces_letters and week.entries:
        add(document, layout.BODY, "Lịch này thay giấy mời họp.")
    signatures(
        document, recipients(("Lãnh đạo và các đơn vị trong lịch",), "VT, TH"),
        signature(week.signer, week.post),
    )  # fmt: skip


def _rows(entries: Sequence[Entry]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    last = None
    for entry in entries:
        opens = entry.starts.date() != last
        last = entry.starts.date()
        rows.append(
            (day_name(last) if opens else "", span(entry), entry.title, entry.chair, entry.place,
             entry.invited, entry.follows)
        )  # fmt: skip
    return rows


def _place_date(week: Week) -> str:
    place = clean(week.locality) or BLANK
    if week.issued:
        return f"{place}, {day_in_words(week.issued)}"
    return f"{place}, ngày {BLANK} tháng {BLANK} năm {week.monday.year}"
