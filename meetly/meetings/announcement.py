"""What invited people are told about a meeting, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _

from meetly.clock import local
from meetly.meetings.models import Meeting
from meetly.meetings.plan import PARTS, Change
from meetly.web import long_day, time_of_day


def between(start: datetime, end: datetime) -> str:
    """Say a stretch of time: "thứ Hai, 23/11/2026, 8 giờ 00 - 9 giờ 30"."""
    last_day = f"{long_day(end)}, " if local(start).date() != local(end).date() else ""
    return f"{long_day(start)}, {time_of_day(start)} - {last_day}{time_of_day(end)}"


def when(meeting: Meeting) -> str:
    """Say the time of a meeting."""
    return between(meeting.starts_at, meeting.ends_at)


def point(number: int, title: str, unit: str, duration: int) -> str:
    """Say a point of the agenda: "1. Báo cáo (Sở Tài chính, 15 phút)"."""
    minutes = _("%(count)s phút", count=duration) if duration else ""
    more = ", ".join(word for word in (unit, minutes) if word)
    return f"{number}. {title}" + (f" ({more})" if more else "")


def invited(meeting: Meeting) -> tuple[str, str]:
    """Invite a unit: subject and facts."""
    facts = [
        (PARTS["time"], when(meeting)),
        (PARTS["place"], meeting.place),
        (PARTS["link"], meeting.link),
        (PARTS["chair"], meeting.chair.name if meeting.chair else ""),
        (_("Đơn vị tổ chức"), meeting.unit.name),
        (PARTS["note"], meeting.note),
    ]
    lines = [f"{name}: {value}" for name, value in facts if value]
    if meeting.agenda:
        lines += ["", f"{PARTS['agenda']}:"]
        lines += [
            point(item.ordinal, item.title, item.unit.name if item.unit else "", item.duration)
            for item in meeting.agenda
        ]
    return _("Mời họp: %(title)s", title=meeting.title), "\n".join(lines)


def changed(meeting: Meeting, found: Iterable[Change]) -> tuple[str, str]:
    """Tell what reads differently now."""
    lines = [_("Những điểm đã thay đổi:"), ""]
    for change in found:
        lines += [
            str(PARTS[change.part]),
            _("  trước: %(words)s", words=_indented(change.before)),
            _("  nay: %(words)s", words=_indented(change.after)),
        ]
    subject = _("Thay đổi cuộc họp: %(title)s", title=meeting.title)
    return subject, "\n".join([*lines, "", _("Cuộc họp lúc %(when)s.", when=when(meeting))])


def withdrawn(meeting: Meeting) -> tuple[str, str]:
    """Tell a unit that it is no longer expected."""
    return _("Không còn trong thành phần họp: %(title)s", title=meeting.title), _(
        "Đơn vị không còn trong thành phần của cuộc họp lúc %(when)s. "
        "Nếu cần làm rõ, hãy liên hệ %(unit)s.",
        when=when(meeting),
        unit=meeting.unit.name,
    )


def cancelled(meeting: Meeting) -> tuple[str, str]:
    """Tell that the meeting will not take place, and why."""
    lines = [
        _("Cuộc họp lúc %(when)s đã hủy.", when=when(meeting)),
        _("Lý do: %(reason)s", reason=meeting.cancel_reason),
    ]
    return _("Hủy cuộc họp: %(title)s", title=meeting.title), "\n".join(lines)


def _indented(words: str) -> str:
    if "\n" not in words:
        return words or _("(trống)")
    return "".join(f"\n    {line}" for line in words.splitlines())
