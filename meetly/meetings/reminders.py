"""What the clock tells about meetings: who has not answered, and when one begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from meetly.accounts.models import User
from meetly.extensions import db
from meetly.meetings import announcement, lead_times
from meetly.meetings.answers import telling
from meetly.meetings.answers.asked import Asked, hearers, kind_of
from meetly.meetings.answers.listing import unanswered
from meetly.meetings.models import (
    Answer,
    Consent,
    Invitation,
    Meeting,
    MeetingStatus,
    PersonalInvitation,
)
from meetly.notices.reminders import Reminder, Rule
from meetly.notices.service import Words

#: No rule tells anything earlier: two working days, with the longest holidays between.
HORIZON = timedelta(days=21)

UNANSWERED = Rule("invitation.unanswered", when=lead_times.working_days(2))
TOMORROW = Rule("meeting.tomorrow", when=lead_times.day_before(time(15)), until=lead_times.hours(1))
SOON = Rule("meeting.soon", when=lead_times.hours(1))


def due(now: datetime) -> list[Reminder]:
    """List what is to be told about meetings now, told before or not."""
    found: list[Reminder] = []
    for meeting in coming(now):
        for rule, find in ((UNANSWERED, _unanswered), (TOMORROW, _coming), (SOON, _soon)):
            if is_due(rule, meeting, now):
                found += find(rule, meeting)
    return found


def coming(now: datetime) -> list[Meeting]:
    """List the meetings that were opened and begin within the horizon, the next first."""
    query = select(Meeting).where(
        Meeting.starts_at > now, Meeting.starts_at <= now + HORIZON,
        Meeting.status == MeetingStatus.SCHEDULED,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id)))


def is_due(rule: Rule, meeting: Meeting, now: datetime) -> bool:
    """Tell whether a rule about the beginning of a meeting has something to tell now."""
    begins, known = meeting.starts_at, meeting.published_at
    return known is not None and rule.is_due(begins, now, known=known, begins=begins)


def _unanswered(rule: Rule, meeting: Meeting) -> Iterator[Reminder]:
    waiting = unanswered(meeting)
    people = hearers(waiting)
    for invitation in waiting:
        kind = kind_of(invitation)
        yield Reminder(
            rule=rule, row=f"{kind}:{invitation.id}", at=meeting.starts_at,
            begins=meeting.starts_at, people=tuple(people[kind, invitation.id]),
            subject=lambda: telling.unanswered(meeting)[0],
            body=lambda: telling.unanswered(meeting)[1], link=f"/meetings/{meeting.id}",
        )  # fmt: skip


def _coming(rule: Rule, meeting: Meeting) -> Iterator[Reminder]:
    yield _reminder(rule, meeting, lambda: _("Nhắc họp: %(title)s", title=meeting.title))


def _soon(rule: Rule, meeting: Meeting) -> Iterator[Reminder]:
    yield _reminder(rule, meeting, lambda: _("Sắp đến giờ họp: %(title)s", title=meeting.title))


def _reminder(rule: Rule, meeting: Meeting, subject: Words) -> Reminder:
    return Reminder(
        rule=rule, row=f"meeting:{meeting.id}", at=meeting.starts_at, begins=meeting.starts_at,
        people=tuple(attending(meeting)), subject=subject,
        body=lambda: announcement.essentials(meeting), link=f"/meetings/{meeting.id}",
    )  # fmt: skip


def attending(meeting: Meeting) -> list[User]:
    """List who comes, as far as that was said, and who shall come where it was not.

    Of a unit that named nobody with an account everybody is meant, of one that stays away nobody.
    """
    units = select(Invitation).filter_by(meeting_id=meeting.id)
    people = select(PersonalInvitation).filter_by(meeting_id=meeting.id)
    expected: list[Asked] = [
        row
        for query in (units, people)
        for row in db.session.scalars(query)
        if row.answer != Answer.ABSENT
    ]
    named = _named(expected)
    unnamed = [row for row in expected if row.attendee_id not in named]
    found = [*named.values(), *(u for each in hearers(unnamed).values() for u in each)]
    found += [person for person in (meeting.chair, meeting.secretary) if person]
    return list({person.id: person for person in found}.values())


def _named(invitations: Iterable[Asked]) -> dict[int | None, User]:
    wanted = {row.attendee_id for row in invitations if row.consent != Consent.REFUSED}
    query = select(User).where(User.id.in_(wanted - {None}), User.active)
    return {person.id: person for person in db.session.scalars(query)}
