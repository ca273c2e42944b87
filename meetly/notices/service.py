"""Verbs of notices: tell people something once, show it to them, and hand mails to the sender."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import ColumnElement, func, or_, select, update

from meetly import clock
from meetly.accounts.models import User
from meetly.config import settings
from meetly.errors import NotFound
from meetly.extensions import db
from meetly.inserting import insert
from meetly.notices.models import Mail, MailStatus, Notice

#: Words as they are, or a function that says them in the language of the one who is told.
Words = str | Callable[[], str]


@dataclass(frozen=True)
class Enclosure:
    """What goes with one person's mail: an iCalendar object, and links that answer in one click."""

    calendar: str = ""
    method: str = ""
    #: where an answer by the calendar goes; empty when nobody reads it
    reply_to: str = ""
    #: label and address
    links: tuple[tuple[str, str], ...] = ()


#: Nothing goes along.
NOTHING = Enclosure()

#: How long the sender of a mail is believed to be alive.
LEASE = timedelta(minutes=5)
#: The first delay after a temporary failure; it doubles each time up to the longest.
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=2)
#: With these delays the last try comes about three days after the first.
MOST_ATTEMPTS = 42
PAGE = 30


# -- telling ---------------------------------------------------------------------------------


def tell(
    users: Iterable[User],
    *,
    key: str,
    subject: Words,
    body: Words = "",
    link: str = "",
    calendar: Callable[[User], Enclosure] | None = None,
) -> int:
    """Tell each person once, in the bell and by mail where there is an address.

    The key names event and row; whoever was told under it before is not told again. `calendar`
    says, in the reader's language, what goes along with one person's mail. Returns how many were
    told now.
    """
    people = {user.id: user for user in users if user.active}
    moment = clock.now()
    speak = cache(lambda language: _spoken(language, subject, body))
    rows = [
        {"user_id": user.id, "key": key, "subject": said[0], "body": said[1], "link": link,
         "created_at": moment}
        for user in people.values()
        if (said := speak(user.language))
    ]  # fmt: skip
    if not rows:
        return 0
    noting = insert(Notice).on_conflict_do_nothing().returning(Notice.id, Notice.user_id)
    told = db.session.execute(noting, rows).all()
    mails = [
        _mail(notice_id, people[user_id], *speak(people[user_id].language), link, moment, calendar)
        for notice_id, user_id in told
        if people[user_id].email
    ]
    if mails:
        db.session.execute(insert(Mail), mails)
    return len(told)


def heard(user_ids: Iterable[int], keys: Iterable[str]) -> set[tuple[int, str]]:
    """Return which of these people were told under which of these keys."""
    query = select(Notice.user_id, Notice.key).where(
        Notice.user_id.in_(list(user_ids)), Notice.key.in_(list(keys))
    )
    return {(user_id, key) for user_id, key in db.session.execute(query)}


def _spoken(language: str, subject: Words, body: Words) -> tuple[str, str]:
    with force_locale(language):
        said, more = (w() if callable(w) else w for w in (subject, body))
    return " ".join(said.split())[:300], more.strip()


def _mail(
    notice_id: int,
    user: User,
    subject: str,
    body: str,
    link: str,
    moment: datetime,
    calendar: Callable[[User], Enclosure] | None,
) -> dict[str, Any]:
    address = settings().base_url.rstrip("/") + link if link else ""
    with force_locale(user.language):
        enclosed = calendar(user) if calendar else NOTHING
        text = current_app.jinja_env.get_template("mail/notices/notice.txt").render(
            name=user.name, subject=subject, body=body, address=address, links=enclosed.links
        )
    return {
        "notice_id": notice_id, "recipient": user.email, "subject": subject,
        "text": text + "\n", "next_try_at": moment, "calendar": enclosed.calendar,
        "calendar_method": enclosed.method, "reply_to": enclosed.reply_to,
    }  # fmt: skip


# -- the bell --------------------------------------------------------------------------------


def unread_count(user: User) -> int:
    """Count what the person has not opened yet."""
    query = select(func.count()).where(Notice.user_id == user.id, Notice.read_at.is_(None))
    return db.session.scalar(query) or 0


def latest(
    user: User, *, unread: bool = False, before: int | None = None, limit: int = PAGE
) -> list[Notice]:
    """List what the person was told, newest first; `before` goes on from the last one seen."""
    query = select(Notice).where(Notice.user_id == user.id)
    if unread:
        query = query.where(Notice.read_at.is_(None))
    if before is not None:
        query = query.where(Notice.id < before)
    return list(db.session.scalars(query.order_by(Notice.id.desc()).limit(limit)))


def mark_read(user: User, notice_id: int) -> Notice:
    """Note that the person opened one notice and return it; NotFound when it is not theirs."""
    query = select(Notice).where(Notice.id == notice_id, Notice.user_id == user.id)
    notice = db.session.scalar(query)
    if notice is None:
        raise NotFound()
    notice.read_at = notice.read_at or clock.now()
    db.session.flush()
    return notice


def mark_all_read(user: User) -> int:
    """Note that the person has seen everything; return how many were still unread."""
    unread = update(Notice).where(Notice.user_id == user.id, Notice.read_at.is_(None))
    found = db.session.execute(unread.values(read_at=clock.now()).returning(Notice.id))
    return len(found.all())


# -- the outbox ------------------------------------------------------------------------------


def mail_waits() -> bool:
    """Tell whether a mail is due and nobody is sending it."""
    return db.session.scalar(select(Mail.id).where(*_due()).limit(1)) is not None


def claim_mail(owner: str) -> Mail | None:
    """Lease the mail that has waited longest to a sender, or return None when none is due."""
    _set_aside_exhausted()
    while True:
        query = select(Mail.id).where(*_due()).order_by(Mail.next_try_at, Mail.id).limit(1)
        mail_id = db.session.scalar(query)
        if mail_id is None:
            return None
        moment = clock.now()
        claim = update(Mail).where(Mail.id == mail_id, *_due()).values(
            owner=owner, lease_expires_at=moment + LEASE, attempts=Mail.attempts + 1
        )  # fmt: skip
        claimed = db.session.execute(claim.returning(Mail.id)).scalar_one_or_none()
        if claimed is not None:
            return db.session.get(Mail, claimed, populate_existing=True)


def sent(mail_id: int, owner: str) -> bool:
    """Note that a mail has gone out; False when the lease had passed to another sender."""
    return _finish(mail_id, owner, status=MailStatus.SENT, sent_at=clock.now(), error="")


def failed(mail_id: int, owner: str, error: str, *, permanent: bool = False) -> bool:
    """Note that a mail did not go out: for good, or to be tried again after a growing delay.

    Returns False when the lease had passed to another sender.
    """
    mail = db.session.get(Mail, mail_id)
    if mail is None:
        return False
    if permanent or mail.attempts >= MOST_ATTEMPTS:
        return _finish(mail_id, owner, status=MailStatus.FAILED, error=error)
    delay = min(FIRST_DELAY * 2 ** min(mail.attempts - 1, 10), LONGEST_DELAY)
    return _finish(mail_id, owner, next_try_at=clock.now() + delay, error=error)


def _due() -> tuple[ColumnElement[bool], ...]:
    moment = clock.now()
    return (
        Mail.status == MailStatus.PENDING,
        Mail.next_try_at <= moment,
        or_(Mail.owner.is_(None), Mail.lease_expires_at < moment),
    )


def _set_aside_exhausted() -> None:
    # A mail that kills its sender each time never reaches failed(): its attempts tell.
    worn = update(Mail).where(*_due(), Mail.attempts >= MOST_ATTEMPTS)
    db.session.execute(worn.values(status=MailStatus.FAILED, owner=None))


def _finish(mail_id: int, owner: str, **values: Any) -> bool:
    mine = update(Mail).where(
        Mail.id == mail_id, Mail.owner == owner, Mail.status == MailStatus.PENDING
    )
    freed = mine.values(owner=None, lease_expires_at=None, **values).returning(Mail.id)
    return db.session.execute(freed).scalar_one_or_none() is not None
