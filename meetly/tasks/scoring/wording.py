"""How records are written: periods, points, grades and the formula in words."""

from __future__ import annotations

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from meetly.tasks.scoring.formula import Extension, Grade, Standing
from meetly.tasks.scoring.periods import Period

GRADE_NAMES = {
    Grade.EXCELLENT: _l("Hoàn thành xuất sắc"),
    Grade.GOOD: _l("Hoàn thành tốt"),
    Grade.COMPLETED: _l("Hoàn thành"),
    Grade.NOT: _l("Không hoàn thành"),
}
GRADE_TONES = {
    Grade.EXCELLENT: "good", Grade.GOOD: "accent", Grade.COMPLETED: "waiting", Grade.NOT: "late",
}  # fmt: skip
STANDING_NAMES = {
    Standing.IN_TIME: _l("Đúng hạn"),
    Standing.LATE: _l("Xong, quá hạn"),
    Standing.OVERDUE: _l("Chưa xong, quá hạn"),
    Standing.RUNNING: _l("Chưa tính"),
}
STANDING_TONES = {
    Standing.IN_TIME: "good", Standing.LATE: "waiting", Standing.OVERDUE: "late",
    Standing.RUNNING: "neutral",
}  # fmt: skip
EXTENSION_NAMES = {
    Extension.ASKED_IN_TIME: _l("Xin khi chưa quá hạn: không tính chậm; xin muộn: một lần chậm"),
    Extension.EVERY: _l("Mỗi lần được gia hạn là một lần chậm"),
    Extension.FIRST: _l("Vẫn so với thời hạn đầu tiên"),
}  # fmt: skip


def points(value: int) -> str:
    """Write hundredths of a point as readers do: 97,67 in Vietnamese, 97.67 in English."""
    comma = "," if str(get_locale()) == "vi" else "."
    return f"{value // 100}{comma}{value % 100:02d}"


def period_name(period: Period) -> str:
    """Name a period in a sentence: "tháng 11/2026"."""
    if period.is_month:
        return str(_("tháng %(month)s", month=f"{period.first:%m/%Y}"))
    if period.quarter:
        return str(_("quý %(quarter)s/%(year)s", quarter=period.quarter, year=period.first.year))
    return str(_("năm %(year)s", year=period.first.year))
