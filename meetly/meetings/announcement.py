"""What invited people are told about a meeting, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from meetly.clock import local
from meetly.meetings.agenda_changes import Kind, PointChange
from meetly.meetings.models import Meeting
from meetly.meetings.plan import PARTS, Change
from meetly.web import long_day, time_of_day

#: What became of a point of the agenda.
POINT_CHANGES = {
    Kind.ADDED: _l("thêm: %(after)s"),
    Kind.REMOVED: _l("bỏ: %(before)s"),
    Kind.CHANGED: _l("sửa: %(before)s → %(after)s"),
    Kind.MOVED: _l("chuyển: %(before)s → thành mục %(number)s"),
}


def between(start: datetime, end: datetime) -> str:
    """Say a stretch of time: "thứ Hai, 23/11/2026, 8 giờ 00 - 9 giờ 30"."""
    last_day = f"{long_day(end)}, " if local(start).date() != local(end).date() else ""
    return f"{long_day(start)}, {time_of_day(start)} - {last_day}{time_of_day(end)}"


def when(meeting: Meeting) -> str:
    """Say the time of a meeting."""
    return between(meeting.starts_at, meeting.ends_at)


def point(title: str, unit: str, duration: int) -> str:
    """Say a point of the agenda: "Báo cáo (Sở Tài chính, 15 phút)"."""
    minutes = _("%(count)s phút", count=duration) if duration else ""
    more = ", ".join(word for word in (unit, minutes) if word)
    return title + (f" ({more})" if more else "")


def point_change(change: PointChange) -> str:
    """Say what became of a point: "thêm: 3. Thảo luận (30 phút)"."""
    words = POINT_CHANGES[change.kind]
    return str(words) % {
        "before": change.before.numbered if change.before else "",
        "after": change.after.numbered if change.after else "",
        "number": change.after.number if change.after else 0,
    }


def essentials(meeting: Meeting) -> str:
    """Say when, where and by which link a meeting is."""
    facts = [
        (PARTS["time"], when(meeting)),
        (PARTS["place"], meeting.place),
        (PARTS["link"], meeting.link),
        (PARTS["chair"], meeting.chair.name if meeting.chair else ""),
    ]
    return "\n".join(f"{name}: {value}" for name, value in facts if value)


def invited(meeting: Meeting) -> tuple[str, str]:
    """Invite a unit: subject and facts."""
    facts = [
        (PARTS["letter_number"], meeting.letter_number),
        (PARTS["time"], when(meeting)),
        (PARTS["place"], meeting.place),
        (PARTS["link"], meeting.link),
        (PARTS["chair"], meeting.chair.name if meeting.chair else ""),
        (_("Đơn vị tổ chức"), meeting.unit.name),
        (PARTS["note"], meeting.note),
    ]
    return _("Mời họp: %(title)s", title=meeting.title), _listed(facts, meeting)


def described(meeting: Meeting) -> str:
    """Say what a calendar has no place of its own for."""
    facts = [
        (PARTS["link"], meeting.link),
        (PARTS["chair"], meeting.chair.name if meeting.chair else ""),
        (_("Đơn vị tổ chức"), meeting.unit.name),
        (PARTS["note"], meeting.note),
    ]
    return _listed(facts, meeting)


def _listed(facts: Iterable[tuple[object, str]], meeting: Meeting) -> str:
    lines = [f"{name}: {value}" for name, value in facts if value]
    if meeting.agenda:
        lines += ["", f"{PARTS['agenda']}:"]
        lines += [
            f"{item.ordinal}. "
            + point(item.title, item.unit.name if item.unit else "", item.duration)
            for item in meeting.agenda
        ]
    return "\n".join(lines)


def changed(meeting: Meeting, found: Iterable[Change]) -> tuple[str, str]:
    """Tell what reads differently now."""
    lines = [listed(found), "", _("Cuộc họp lúc %(when)s.", when=when(meeting))]
    return _("Thay đổi cuộc họp: %(title)s", title=meeting.title), "\n".join(lines)


def listed(found: Iterable[Change]) -> str:
    """List what reads differently now, part by part."""
    lines = [_("Những điểm đã thay đổi:"), ""]
    for change in found:
        lines += [str(PARTS[change.part]), *_sides(change)]
    return "\n".join(lines)


def _sides(change: Change) -> list[str]:
    if change.details:
        return [f"  {line}" for line in change.details]
    return [
        _("  trước: %(words)s", words=_indented(change.before)),
        _("  nay: %(words)s", words=_indented(change.after)),
    ]


def withdrawn(meeting: Meeting, *, by_name: bool = False) -> tuple[str, str]:
    """Tell a unit, or a person invited by name, that they are no longer expected."""
    facts = {"when": when(meeting), "unit": meeting.unit.name}
    subject = _("Không còn trong thành phần họp: %(title)s", title=meeting.title)
    if by_name:
        return subject, _(
            "Ông/bà không còn trong thành phần của cuộc họp lúc %(when)s. "
            "Nếu cần làm rõ, hãy liên hệ %(unit)s.",
            **facts,
        )
    return subject, _(
        "Đơn vị không còn trong thành phần của cuộc họp lúc %(when)s. "
        "Nếu cần làm rõ, hãy liên hệ %(unit)s.",
        **facts,
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
