"""How the last meeting's directions went, as a .docx file in the form of Decree 30/2020/NĐ-CP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from docx.document import Document
from docx.shared import Mm
from docx.table import Table

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
from meetly.tasks.carried.counting import Line, Row, Standing, Tally, by_unit, rows
from meetly.tasks.standing.recurrence import in_words

#: How the paper calls each standing; official papers are written in Vietnamese.
WORDS = {
    Standing.DONE_IN_TIME: "Hoàn thành trong hạn",
    Standing.DONE_LATE: "Hoàn thành quá hạn",
    Standing.CLAIMED: "Chờ xác nhận hoàn thành",
    Standing.OPEN_IN_TIME: "Đang thực hiện, trong hạn",
    Standing.OVERDUE: "Chưa hoàn thành, quá hạn",
    Standing.UNDATED: "Đang thực hiện, không có hạn",
}
_UNIT_COLUMNS = (
    ("TT", Mm(12)), ("Đơn vị chủ trì", Mm(84)), ("Tổng số", Mm(20)), ("Xong trong hạn", Mm(24)),
    ("Xong quá hạn", Mm(24)), ("Chờ xác nhận", Mm(22)), ("Trong hạn", Mm(22)),
    ("Quá hạn", Mm(22)), ("Không có hạn", Mm(22)),
)  # fmt: skip
_IN_COLUMNS = (
    Standing.DONE_IN_TIME, Standing.DONE_LATE, Standing.CLAIMED, Standing.OPEN_IN_TIME,
    Standing.OVERDUE, Standing.UNDATED,
)  # fmt: skip
_LINE_COLUMNS = (
    ("TT", Mm(12)), ("Nội dung chỉ đạo", Mm(84)), ("Đơn vị chủ trì", Mm(42)), ("Hạn", Mm(24)),
    ("Kết quả", Mm(38)), ("Tiến độ, nguyên nhân", Mm(52)),
)  # fmt: skip


@dataclass(frozen=True)
class CarriedPaper:
    """Everything the paper says; times are wall times of Vietnam."""

    head: Letterhead
    code: str
    locality: str
    office: str
    #: lines above the name of who signs, and the name
    post: str
    signer: str
    #: the meeting whose conclusions are followed, and its day
    previous: str
    held_on: date
    #: the meeting it is presented to
    meeting: str
    #: as of when the figures are counted
    counted: datetime
    totals: Tally
    lines: Sequence[Line]
    file: str = "VT, TH"


def carried_docx(report: CarriedPaper) -> bytes:
    """Return the report as a .docx file; the same report gives the same bytes."""
    name = f"Báo cáo tình hình thực hiện kết luận {report.previous}"
    said = paper.Properties(name, report.office, report.counted)
    return paper.file_of(said, lambda document: _write(document, report))


def summary(totals: Tally) -> str:
    """Say the figures in one sentence."""
    parts = [f"{totals[each]} {WORDS[each].lower()}" for each in _IN_COLUMNS if totals[each]]
    return (
        f"Tổng số {totals.total} nhiệm vụ: {'; '.join(parts)}." if parts else "Không có nhiệm vụ."
    )


def _write(document: Document, report: CarriedPaper) -> None:
    layout.lay_across(document.sections[0])
    letterhead(document, report.head, f"Số: {BLANK}/BC-{report.code}", _place_date(report))
    title(
        document, "BÁO CÁO",
        f"Tình hình thực hiện kết luận {_lowered(report.previous)}, ngày {day(report.held_on)}",
        across=layout.WIDE_TEXT_WIDTH,
    )  # fmt: skip
    add(
        document, layout.BODY,
        f"Phục vụ {_lowered(report.meeting)}, {clean(report.office)} báo cáo tình hình thực hiện "
        f"kết luận kỳ trước. Số liệu tính đến {report.counted:%H} giờ {report.counted:%M}, "
        f"{day_in_words(report.counted.date())}.",
    )  # fmt: skip
    add(document, layout.BODY, summary(report.totals))
    if report.lines:
        _write_units(document, report)
        _write_lines(document, report)
    signatures(
        document, recipients(("Chủ trì và các đơn vị dự họp",), report.file),
        signature(report.signer, report.post),
    )  # fmt: skip


def _write_units(document: Document, report: CarriedPaper) -> None:
    add(document, layout.HEADING, "I. Theo đơn vị chủ trì")
    table = _table(document, _UNIT_COLUMNS)
    for number, (lead, counts) in enumerate(by_unit(report.lines), start=1):
        texts = (str(number), lead, str(counts.total), *(str(counts[c]) for c in _IN_COLUMNS))
        grid_row(table, texts, centered=(0, *range(2, 9)))
    whole = ("", "Cộng", str(report.totals.total), *(str(report.totals[c]) for c in _IN_COLUMNS))
    grid_row(table, whole, centered=(0, *range(2, 9)))


def _write_lines(document: Document, report: CarriedPaper) -> None:
    add(document, layout.HEADING, "II. Từng nhiệm vụ")
    table = _table(document, _LINE_COLUMNS)
    for number, row in enumerate(rows(report.lines), start=1):
        line, several = row.line, len(row.leads) > 1
        texts = (
            str(number), _order(row), f"{len(row.leads)} đơn vị" if several else line.lead,
            _deadline(line), result(line), _progress(line),
        )  # fmt: skip
        grid_row(table, texts, centered=(0, 3))


def _table(document: Document, columns: Sequence[tuple[str, Mm]]) -> Table:
    return grid(document, [width for _, width in columns], [name for name, _ in columns])


def _order(row: Row) -> str:
    line = row.line
    of_before = f" (kết luận ngày {day(line.earlier_day)})" if line.earlier_day else ""
    named = f" ({'; '.join(row.leads)})" if len(row.leads) > 1 else ""
    return f"{line.text}{of_before}{named}"


def _deadline(line: Line) -> str:
    said = day(line.due_day) if line.due_day else "–"
    return f"{said} ({in_words(line.period)})" if line.period else said


def result(line: Line) -> str:
    """Say how a task went, and by how many days it is late."""
    said = WORDS[line.standing]
    return f"{said} {line.days_late} ngày" if line.days_late else said


def _progress(line: Line) -> str:
    if line.percent in (0, 100):
        return line.reason
    return f"{line.percent}%. {line.reason}" if line.reason else f"{line.percent}%"


def _place_date(report: CarriedPaper) -> str:
    return f"{clean(report.locality) or BLANK}, {day_in_words(report.counted.date())}"


def _lowered(words: str) -> str:
    text = clean(words)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
