"""From a record to what leaves the house: the rows of a spreadsheet, and the official paper."""

from __future__ import annotations

from flask_babel import gettext as _

from meetly import clock
from meetly.accounts import issuing
from meetly.paper_parts import Letterhead
from meetly.tasks.scoring.counting import By
from meetly.tasks.scoring.document import Sheet
from meetly.tasks.scoring.formula import Grade
from meetly.tasks.scoring.lines import Line
from meetly.tasks.scoring.service import Record
from meetly.tasks.scoring.wording import GRADE_NAMES
from meetly.workbook import Value

WIDTHS = (8, 36, 10, 12, 14, 10, 10, 10, 12, 12, 12, 12, 12, 12, 24)


def columns(by: By) -> list[str]:
    """Return the headings of the spreadsheet."""
    return [
        _("Thứ hạng"), _("Đơn vị") if by == By.UNIT else _("Người theo dõi"), _("Đúng hạn"),
        _("Xong, quá hạn"), _("Chưa xong, quá hạn"), _("Chưa tính"), _("Phối hợp"),
        _("Lần chậm"), _("Lần trả lại"), _("Điểm chung"), _("Số lượng"), _("Chất lượng"),
        _("Tiến độ"), _("Tổng điểm"), _("Xếp loại"),
    ]  # fmt: skip


def row(line: Line) -> list[Value]:
    """Return one line as cells; figures stay figures."""
    counts: list[Value] = [
        line.in_time, line.late, line.overdue, line.running, line.helped, line.delays,
        line.returns,
    ]  # fmt: skip
    if line.total is None:
        return [None, line.name, *counts, None, None, None, None, None, _("Chưa tính")]
    parts = (line.general, line.quantity, line.quality, line.progress, line.total)
    grade = str(GRADE_NAMES[Grade(line.grade)])
    return [line.rank, line.name, *counts, *(part / 100 for part in parts), grade]


def sheet_of(record: Record) -> Sheet:
    """Return what the paper of a record says; it is dated by who issues it."""
    agency = issuing.issuer(record.owner)
    today = clock.today()
    signer = issuing.signer_on(record.owner, agency, today)
    fixed = record.fixed
    return Sheet(
        head=Letterhead(agency.parent, agency.name), locality=agency.locality,
        office=agency.office, post=signer.position, signer=signer.name, giver=record.owner.name,
        period=record.period, of_units=record.by == By.UNIT, lines=record.lines,
        formula=record.formula, grounds=record.grounds,
        counted=clock.local(fixed.fixed_at).date() if fixed else today, is_fixed=bool(fixed),
    )  # fmt: skip
