"""Verbs of calendars: subscriptions that a person makes and revokes, and what a program reads."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import and_, select
from sqlalchemy.orm import selectinload

from meetly import audit, clock
from meetly.accounts.models import User
from meetly.errors import BadInput, NotFound
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.calendars import events, ics
from meetly.meetings.calendars.models import CalendarFeed
from meetly.meetings.models import Meeting, MeetingStatus

#: what a subscription shows, and how many meetings at most
BACK, AHEAD, MOST_MEETINGS = timedelta(days=90), timedelta(days=400), 2000
#: addresses one person may have open at a time
MOST_FEEDS = 20
LONGEST_NAME = 80


def feeds_of(user: User) -> list[CalendarFeed]:
    """List the addresses a person has open, the newest first."""
    query = select(CalendarFeed).where(
        CalendarFeed.user_id == user.id, CalendarFeed.revoked_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(CalendarFeed.id.desc()).limit(MOST_FEEDS)))


def subscribe(user: User, name: str) -> tuple[CalendarFeed, str]:
    """Make an address for a program; return it with its secret, which is shown this once only."""
    name = ics.line(name, LONGEST_NAME)
    if not name:
        raise BadInput("Hãy đặt tên cho lịch, ví dụ: điện thoại.")
    if len(feeds_of(user)) >= MOST_FEEDS:
        raise BadInput("Bạn đã có %(most)s địa chỉ lịch. Hãy thu hồi bớt.", most=MOST_FEEDS)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        user_id=user.id, name=name, token_hash=_hashed(secret), created_at=clock.now()
    )
    db.session.add(feed)
    db.session.flush()
    audit.record(user.id, "calendars.subscribe", feed, name=name)
    return feed, secret


def revoke(user: User, feed_id: int) -> None:
    """Close an address at once; NotFound when it is not the person's."""
    feed = db.session.get(CalendarFeed, feed_id)
    if feed is None or feed.user_id != user.id or feed.revoked_at:
        raise NotFound()
    feed.revoked_at = clock.now()
    audit.record(user.id, "calendars.revoke", feed)
    db.session.flush()


def opened(secret: str) -> CalendarFeed:
    """Return the subscription of a secret and note the hour; NotFound when it is closed.

    The database only ever sees the hash, so its answer takes as long for any guess.
    """
    hashed = _hashed(secret)
    feed = db.session.scalar(select(CalendarFeed).where(CalendarFeed.token_hash == hashed))
    if feed is None or not hmac.compare_digest(feed.token_hash, hashed):
        raise NotFound()
    if feed.revoked_at or not feed.user.active:
        raise NotFound()
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    if feed.seen_at != hour:
        feed.seen_at = hour
        db.session.flush()
    return feed


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def content(feed: CalendarFeed) -> bytes:
    """Return the meetings its person may see as iCalendar text; the same ones give the same bytes.

    What was thrown away before anybody was told is left out.
    """
    moment = clock.now()
    thrown = and_(Meeting.status == MeetingStatus.CANCELLED, Meeting.published_at.is_(None))
    query = (
        select(Meeting)
        .where(
            meetings.visible_to(feed.user), ~thrown,
            Meeting.starts_at >= moment - BACK, Meeting.starts_at <= moment + AHEAD,
        )
        .options(selectinload(Meeting.agenda), selectinload(Meeting.series),
                 selectinload(Meeting.chair))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST_MEETINGS)
    )  # fmt: skip
    with force_locale(feed.user.language):
        found = [events.published(meeting) for meeting in db.session.scalars(query)]
        name = _("Lịch họp của %(name)s", name=feed.user.name)
        return ics.calendar(found, ics.Method.PUBLISH, name=name)


def of_meeting(user: User, meeting_id: int) -> bytes:
    """Return one meeting the person may see as iCalendar text; NotFound otherwise."""
    meeting = meetings.get(user, meeting_id)
    return ics.calendar([events.published(meeting)], ics.Method.PUBLISH)
