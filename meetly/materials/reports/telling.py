"""What units are told about reports due, in the language of the reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import gettext as _

from meetly.materials.reports.models import ReportRequest
from meetly.meetings.announcement import when
from meetly.meetings.models import Meeting
from meetly.web import long_day, time_of_day

#: Says subject and body about some reports of a meeting.
Speech = Callable[[Meeting, Sequence[ReportRequest]], tuple[str, str]]


def subject_of(speak: Speech, meeting: Meeting, rows: Sequence[ReportRequest]) -> Callable[[], str]:
    """Return what says the subject once the reader's language is known."""
    return lambda: speak(meeting, rows)[0]


def body_of(speak: Speech, meeting: Meeting, rows: Sequence[ReportRequest]) -> Callable[[], str]:
    """Return what says the body once the reader's language is known."""
    return lambda: speak(meeting, rows)[1]


def asked(meeting: Meeting, rows: Sequence[ReportRequest]) -> tuple[str, str]:
    """Ask for a report."""
    return _("Báo cáo phải nộp: %(title)s", title=rows[0].title), _body(meeting, rows)


def moved(meeting: Meeting, rows: Sequence[ReportRequest]) -> tuple[str, str]:
    """Tell a new deadline."""
    return _("Đổi hạn nộp báo cáo: %(title)s", title=rows[0].title), _body(meeting, rows)


def reminded(meeting: Meeting, rows: Sequence[ReportRequest]) -> tuple[str, str]:
    """Remind of reports that have not come."""
    return _("Nhắc nộp báo cáo: %(title)s", title=_all(rows)), _body(meeting, rows)


def overdue(meeting: Meeting, rows: Sequence[ReportRequest]) -> tuple[str, str]:
    """Tell that the deadline has passed."""
    return _("Báo cáo đã quá hạn: %(title)s", title=_all(rows)), _body(meeting, rows)


def _all(rows: Sequence[ReportRequest]) -> str:
    return ", ".join(dict.fromkeys(row.title for row in rows))


def _body(meeting: Meeting, rows: Sequence[ReportRequest]) -> str:
    lines = []
    for row in rows:
        due = f"{time_of_day(row.due_at)}, {long_day(row.due_at)}"
        lines.append(f"{row.title}: " + _("hạn nộp %(due)s", due=due))
        lines += [row.note] if row.note else []
    return "\n".join(
        [
            *lines,
            "",
            _("Cuộc họp: %(title)s", title=meeting.title),
            _("Thời gian: %(when)s", when=when(meeting)),
        ]
    )
