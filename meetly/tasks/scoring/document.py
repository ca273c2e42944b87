"""The record of a period as a .docx table, in the form of an official paper; Vietnamese only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

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
from meetly.tasks.scoring.formula import Extension, Formula, Grade
from meetly.tasks.scoring.lines import Line
from meetly.tasks.scoring.periods import Period

_GRADES = {
    Grade.EXCELLENT: "Hoàn thành xuất sắc", Grade.GOOD: "Hoàn thành tốt",
    Grade.COMPLETED: "Hoàn thành", Grade.NOT: "Không hoàn thành",
}  # fmt: skip
#: What stands over the columns after the name, and what each is wide.
_COLUMNS = (
    ("Đúng hạn", Mm(16)), ("Xong, quá hạn", Mm(18)), ("Chưa xong, quá hạn", Mm(20)),
    ("Lần chậm", Mm(16)), ("Lần trả lại", Mm(16)), ("Điểm chung", Mm(18)),
    ("Điểm kết quả", Mm(20)), ("Tổng điểm", Mm(20)), ("Xếp loại", Mm(46)),
)  # fmt: skip
_NUMBER, _NAME = Mm(12), Mm(50)


@dataclass(frozen=True)
class Sheet:
    """Everything the paper says."""

    head: Letterhead
    locality: str
    office: str
    post: str
    signer: str
    #: the unit that gave the tasks, as its name is written
    giver: str
    period: Period
    #: whether lines are units; officers otherwise
    of_units: bool
    lines: Sequence[Line]
    formula: Formula
    grounds: str
    #: the day whose figures these are
    counted: date
    #: day of issue; None leaves room
    issued: date | None = None
    is_fixed: bool = False


def record_docx(sheet: Sheet) -> bytes:
    """Return the record as a .docx file; the same record gives the same bytes."""
    name = f"Kết quả thực hiện nhiệm vụ {_period(sheet.period)}"
    said = paper.Properties(name, sheet.office, datetime.combine(sheet.counted, time(0)))
    return paper.file_of(said, lambda document: _write(document, sheet))


def _write(document: Document, sheet: Sheet) -> None:
    layout.lay_across(document.sections[0])
    letterhead(document, sheet.head, "", _place_date(sheet))
    whose = "các đơn vị" if sheet.of_units else "người theo dõi"
    title(
        document, "KẾT QUẢ THỰC HIỆN NHIỆM VỤ",
        f"{_period(sheet.period).capitalize()} của {whose} do {clean(sheet.giver)} giao",
        across=layout.WIDE_TEXT_WIDTH,
    )  # fmt: skip
    add(document, layout.INTRODUCING, _counted(sheet))
    headings = ["TT", "Đơn vị" if sheet.of_units else "Người theo dõi", *(n for n, _ in _COLUMNS)]
    table = grid(document, [_NUMBER, _NAME, *(width for _, width in _COLUMNS)], headings)
    for number, line in enumerate(sheet.lines, start=1):
        grid_row(table, _texts(number, line), centered=(0, *range(2, 11)))
    if not sheet.lines:
        add(document, layout.BODY, "Trong kỳ không có nhiệm vụ đến hạn.")
    add(document, layout.INTRODUCING, ("Cách tính:", "b"))
    for words in rules(sheet.formula, sheet.grounds):
        add(document, layout.BODY, f"- {words}")
    signatures(
        document, recipients(("Các đơn vị trong bảng",) if sheet.of_units else (), "VT, TH"),
        signature(sheet.signer, sheet.post),
    )  # fmt: skip


def rules(formula: Formula, grounds: str) -> list[str]:
    """Write a formula in sentences."""
    results = 100 - formula.general
    words = [f"Căn cứ: {clean(grounds).rstrip('.')}."] if clean(grounds) else []
    words += [
        f"Tổng 100 điểm: tiêu chí chung {formula.general} điểm, kết quả thực hiện nhiệm vụ "
        f"{results} điểm, chia cho số lượng, chất lượng, tiến độ theo tỷ lệ "
        f"{formula.quantity} : {formula.quality} : {formula.progress}.",
        f"Mỗi lần chậm trừ {formula.delay_cost}% điểm tiến độ, mỗi lần bị trả lại trừ "
        f"{formula.return_cost}% điểm chất lượng của nhiệm vụ đó; nhiệm vụ quá hạn chưa xong "
        "không có điểm số lượng và chất lượng.",
        _EXTENSIONS[formula.extension],
        "Mỗi nhiệm vụ tính một lần, vào tháng có thời hạn hiện hành; nhiệm vụ chưa đến hạn và "
        "nhiệm vụ báo xong đúng hạn đang chờ xác nhận chưa tính.",
    ]
    if formula.undated:
        words.append("Nhiệm vụ không có thời hạn tính vào tháng hoàn thành.")
    if formula.helper_share:
        words.append(f"Đơn vị phối hợp được tính {formula.helper_share}% mỗi nhiệm vụ.")
    if len({formula.normal, formula.high, formula.urgent}) > 1:
        words.append(
            f"Trọng số nhiệm vụ: thường {formula.normal}%, quan trọng {formula.high}%, "
            f"khẩn {formula.urgent}%."
        )
    words.append(
        f"Xếp loại: từ {formula.excellent} điểm hoàn thành xuất sắc, từ {formula.good} điểm "
        f"hoàn thành tốt, từ {formula.completed} điểm hoàn thành, còn lại không hoàn thành."
    )
    return words


_EXTENSIONS = {
    Extension.ASKED_IN_TIME: "Gia hạn xin trước khi hết hạn không tính chậm; xin sau khi đã quá "
    "hạn và được gia hạn thì tính một lần chậm.",
    Extension.EVERY: "Mỗi lần được gia hạn tính một lần chậm.",
    Extension.FIRST: "Chậm hay đúng hạn so với thời hạn đầu tiên, kể cả khi được gia hạn.",
}


def _texts(number: int, line: Line) -> list[str]:
    scored = line.total is not None
    return [
        str(number), line.name, str(line.in_time), str(line.late), str(line.overdue),
        str(line.delays), str(line.returns), _points(line.general) if scored else "–",
        _points(line.results) if scored else "–", _points(line.total or 0) if scored else "–",
        _GRADES[Grade(line.grade)] if line.grade else "Chưa có nhiệm vụ để chấm",
    ]  # fmt: skip


def _counted(sheet: Sheet) -> str:
    span = f"từ ngày {day(sheet.period.first)} đến ngày {day(sheet.period.last)}"
    if sheet.is_fixed:
        return f"Nhiệm vụ có thời hạn {span}; số liệu chốt ngày {day(sheet.counted)}."
    how = "tạm tính" if sheet.counted <= sheet.period.last else "tính"
    return f"Nhiệm vụ có thời hạn {span}; số liệu {how} đến ngày {day(sheet.counted)}."


def _period(period: Period) -> str:
    if period.is_month:
        return f"tháng {period.first:%m/%Y}"
    return f"quý {period.quarter}/{period.first.year}" if period.quarter else f"năm {period.key}"


def _points(value: int) -> str:
    return f"{value // 100},{value % 100:02d}"


def _place_date(sheet: Sheet) -> str:
    place = clean(sheet.locality) or BLANK
    if sheet.issued:
        return f"{place}, {day_in_words(sheet.issued)}"
    return f"{place}, ngày {BLANK} tháng {BLANK} năm {sheet.counted.year}"
