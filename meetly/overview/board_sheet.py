"""The list of the board as the lines of a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from meetly import clock
from meetly.overview.board_tasks import Line
from meetly.tasks.state_names import STATE_NAMES
from meetly.workbook import Value

COLUMNS = (
    _l("STT"), _l("Đơn vị chủ trì"), _l("Nhiệm vụ"), _l("Thời hạn"), _l("Số ngày trễ"),
    _l("Tình trạng"), _l("Người theo dõi"), _l("Cuộc họp"), _l("Ngày họp"), _l("Ngày giao"),
    _l("Hạn ban đầu"), _l("Ngày hoàn thành"),
)  # fmt: skip
WIDTHS = (6, 30, 70, 12, 10, 22, 24, 40, 12, 12, 12, 16)


def cells(lines: Sequence[Line], are_more: bool) -> list[list[Value]]:
    """Return one line a task, and at the end a line that says if some were left out."""
    day = clock.today()
    table = [_row(number, line, day) for number, line in enumerate(lines, start=1)]
    if are_more:
        words = _(
            "Tệp chỉ có %(count)s nhiệm vụ đầu; hãy lọc theo đơn vị hoặc kỳ để lấy phần còn lại.",
            count=len(lines),
        )
        table.append(["", "", words])
    return table


def _row(number: int, line: Line, day: date) -> list[Value]:
    task = line.task
    return [
        number, task.lead_name, task.text, task.due, _days_late(line, day) or None,
        str(STATE_NAMES[task.state(day)]), line.officer, line.meeting, _day(line.held),
        _day(task.opened_at), task.first_due, _day(task.completed_at or task.claimed_at),
    ]  # fmt: skip


def _days_late(line: Line, day: date) -> int:
    """Count how late it is, or was when it was done."""
    task = line.task
    over = _day(task.completed_at or task.claimed_at) or day
    return max(0, (over - task.due).days) if task.due else 0


def _day(moment: datetime | None) -> date | None:
    return clock.local(moment).date() if moment else None
