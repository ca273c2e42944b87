"""What the clock tells about notices of conclusions: soon due, and late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial

from flask_babel import gettext as _

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role
from meetly.minutes.issuing import lateness
from meetly.minutes.models import Minutes
from meetly.notices.reminders import Reminder, Rule

#: Until how long after its deadline the clock still speaks of a late notice.
BEHIND = timedelta(days=14)


def _day_before(deadline: datetime) -> datetime:
    """Return eight in the morning of the due day's eve; the deadline is the midnight after it."""
    due = clock.local(deadline).date() - timedelta(days=1)
    return clock.from_local(datetime.combine(due - timedelta(days=1), time(8)))


DUE = Rule("notice.due", when=_day_before, until=lambda deadline: deadline)
LATE = Rule("notice.late", when=lambda deadline: deadline)


def due(now: datetime) -> list[Reminder]:
    """List what is to be told about notices now, told before or not."""
    return [found for minutes in lateness.without_notice(now) for found in _of(minutes, now)]


def _of(minutes: Minutes, now: datetime) -> Iterator[Reminder]:
    meeting, deadline = minutes.meeting, lateness.deadline(lateness.held_on(minutes))
    last, end = lateness.due_day(lateness.held_on(minutes)), deadline + BEHIND
    for rule, roles, subject in (
        (DUE, (Role.SECRETARY,), _due_words), (LATE, (Role.SECRETARY, Role.LEADER), _late_words)
    ):  # fmt: skip
        if rule.is_due(deadline, now, known=meeting.ends_at, begins=end):
            yield Reminder(
                rule=rule, row=f"minutes:{minutes.id}", at=deadline, begins=end,
                people=tuple(accounts.people_of([meeting.unit_id], *roles)),
                subject=partial(subject, meeting.title),
                body=lambda: _(
                    "Hạn là ngày %(day)s, năm ngày làm việc sau cuộc họp.",
                    day=f"{last:%d/%m/%Y}",
                ),
                link=f"/minutes/{minutes.id}",
            )  # fmt: skip


def _due_words(title: str) -> str:
    return str(_("Sắp đến hạn ra thông báo kết luận: %(title)s", title=title))


def _late_words(title: str) -> str:
    return str(_("Thông báo kết luận đã trễ hạn: %(title)s", title=title))
