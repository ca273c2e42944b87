"""What the clock tells about papers: reports that are due or late, and papers nobody opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.extensions import db
from meetly.materials import service
from meetly.materials.models import Material
from meetly.materials.reports import telling
from meetly.materials.reports.listing import reported
from meetly.materials.reports.models import ReportRequest
from meetly.meetings import lead_times
from meetly.meetings import reminders as of_meetings
from meetly.meetings.answers.asked import people_by_unit
from meetly.meetings.answers.listing import absent_units
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.notices.reminders import Reminder, Rule

#: Until how long after its deadline a report is still called late by the clock.
BEHIND = timedelta(days=7)
#: How long before its deadline a report is spoken of at most: a working day, with holidays.
AHEAD = timedelta(days=14)

REPORT_DUE = Rule("report.due", when=lead_times.working_days(1), until=lead_times.hours(0))
REPORT_OVERDUE = Rule("report.overdue", when=lead_times.hours(0))
UNOPENED = Rule(
    "materials.unopened", when=lead_times.day_before(time(16)), until=lead_times.hours(1)
)


def due(now: datetime) -> list[Reminder]:
    """List what is to be told about papers now, told before or not."""
    found = list(_reports(now))
    for meeting in of_meetings.coming(now):
        if of_meetings.is_due(UNOPENED, meeting, now):
            found += _unopened(meeting)
    return found


def _reports(now: datetime) -> Iterator[Reminder]:
    rows = _owed(now)
    people = people_by_unit(row.unit_id for row in rows)
    for row in rows:
        for rule, speak in ((REPORT_DUE, telling.reminded), (REPORT_OVERDUE, telling.overdue)):
            begins = row.meeting.starts_at
            if rule.is_due(row.due_at, now, known=_known(row), begins=begins):
                yield Reminder(
                    rule=rule, row=f"report_request:{row.id}", at=row.due_at, begins=begins,
                    people=tuple(people[row.unit_id]),
                    subject=telling.subject_of(speak, row.meeting, [row]),
                    body=telling.body_of(speak, row.meeting, [row]),
                    link=f"/reports/{row.id}",
                )  # fmt: skip


def _owed(now: datetime) -> list[ReportRequest]:
    query = (
        select(ReportRequest)
        .join(ReportRequest.meeting)
        .outerjoin(Material, Material.id == ReportRequest.material_id)
        .where(
            ReportRequest.due_at > now - BEHIND,
            ReportRequest.due_at <= now + AHEAD,
            ReportRequest.waived_at.is_(None),
            or_(Material.id.is_(None), Material.removed_at.is_not(None)),
            Meeting.status == MeetingStatus.SCHEDULED,
            Meeting.starts_at > now,
        )
        .options(contains_eager(ReportRequest.meeting))
    )
    return list(db.session.scalars(query.order_by(ReportRequest.due_at, ReportRequest.id)))


def _known(row: ReportRequest) -> datetime:
    # Units of a draft hear of what they owe when the meeting is opened to them.
    return max(row.created_at, row.meeting.published_at or row.created_at)


def _unopened(meeting: Meeting) -> Iterator[Reminder]:
    # Whoever keeps the meeting sees every paper and to which units it was handed out. What other
    # units reported is there to be looked up, not to be read by all.
    keeper = next(iter(accounts.people_of([meeting.unit_id], Role.SECRETARY, Role.LEADER)), None)
    filed = reported(meeting)
    missing: dict[int, list[Material]] = {}
    for each in service.receipts(keeper, meeting) if keeper else ():
        for reading in each.readings if each.material.id not in filed else ():
            if not reading.current:
                missing.setdefault(reading.unit.id, []).append(each.material)
    for unit_id, people in people_by_unit(missing.keys() - absent_units(meeting)).items():
        yield _unread(meeting, unit_id, people, missing[unit_id])


def _unread(
    meeting: Meeting, unit_id: int, people: Iterable[User], papers: list[Material]
) -> Reminder:
    return Reminder(
        rule=UNOPENED, row=f"meeting:{meeting.id}:unit:{unit_id}", at=meeting.starts_at,
        begins=meeting.starts_at, people=tuple(people),
        subject=lambda: _("Nhắc đọc tài liệu: %(title)s", title=meeting.title),
        body=lambda: "\n".join(
            [_("Những tài liệu sau chưa được mở:"), *(f"- {paper.title}" for paper in papers)]
        ),
        link=f"/meetings/{meeting.id}/materials",
    )  # fmt: skip
