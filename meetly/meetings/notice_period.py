"""What to warn of before inviting: too late, past, on a day off, nobody in the chair; pure.

Letters of invitation, and the papers of regular meetings, go out at least three working days
before the meeting (Quyết định 45/2018/QĐ-TTg, Điều 10). A warning never stops anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from meetly import clock
from meetly.web import long_day
from meetly.working_days import holiday, is_working_day, working_day_before

#: Working days between the letter, or the papers, and the meeting.
NOTICE = 3

WORDS = {
    "past": _l("Thời gian họp đã qua."),
    "day_off": _l("Ngày họp (%(day)s) không phải ngày làm việc."),
    "holiday": _l("Ngày họp (%(day)s) là ngày nghỉ lễ: %(name)s."),
    "no_chair": _l("Chưa chọn người chủ trì."),
    "short_notice": _l(
        "Giấy mời gửi trước cuộc họp ít nhất 3 ngày làm việc (Quyết định 45/2018/QĐ-TTg, "
        "Điều 10); hạn gửi là %(day)s."
    ),
    "no_papers": _l(
        "Chưa có tài liệu; tài liệu gửi trước cuộc họp ít nhất 3 ngày làm việc, hạn gửi là %(day)s."
    ),
    "late_papers": _l(
        "%(count)s tài liệu gửi sau %(day)s, muộn hơn 3 ngày làm việc trước cuộc họp."
    ),
}


@dataclass(frozen=True)
class Caution:
    """One thing to think about: its name in WORDS, and the day or number it speaks of."""

    kind: str
    day: date | None = None
    count: int = 0
    name: str = ""

    def __str__(self) -> str:
        values = {
            "day": long_day(self.day) if self.day else "",
            "count": self.count,
            "name": self.name,
        }
        return str(WORDS[self.kind]) % values


def latest_day(meeting_day: date, *, notice: int = NOTICE) -> date:
    """Return the last day on which a letter is early enough: so many working days before."""
    return working_day_before(meeting_day, notice)


def of_invitation(
    starts_at: datetime,
    now: datetime,
    *,
    has_chair: bool,
) -> list[Caution]:
    """List what to think about before a meeting is opened to those invited."""
    day = clock.local(starts_at).date()
    found = []
    if starts_at <= now:
        found.append(Caution("past"))
    if name := holiday(day):
        found.append(Caution("holiday", day, name=name))
    elif not is_working_day(day):
        found.append(Caution("day_off", day))
    if not has_chair:
        found.append(Caution("no_chair"))
    latest = latest_day(day)
    if starts_at > now and clock.local(now).date() > latest:
        found.append(Caution("short_notice", latest))
    return found


def of_papers(handed_out: Iterable[datetime], starts_at: datetime, now: datetime) -> list[Caution]:
    """Warn of papers that are missing or came late, until the meeting begins.

    `handed_out` says when the first version of each paper came.
    """
    moments = list(handed_out)
    latest = latest_day(clock.local(starts_at).date())
    if starts_at <= now or clock.local(now).date() <= latest:
        return []
    late = sum(clock.local(moment).date() > latest for moment in moments)
    if late:
        return [Caution("late_papers", latest, late)]
    return [] if moments else [Caution("no_papers", latest)]
