"""Mails as the calendars of Outlook, Google and Apple answer: built from what they were sent."""

from __future__ import annotations

import re
from email.message import EmailMessage

from sqlalchemy import select

from meetly.accounts.models import User
from meetly.extensions import db
from meetly.notices.models import Mail

#: how each program words its answer: header of the mail, whether it keeps every property
OUTLOOK, GOOGLE = "outlook", "google"


def last_mail(user: User) -> Mail:
    """Return the last mail to a person that has a calendar in it."""
    query = select(Mail).where(Mail.recipient == user.email, Mail.calendar != "")
    mail = db.session.scalars(query.order_by(Mail.id.desc())).first()
    assert mail is not None
    return mail


def field(calendar: str, name: str) -> str:
    """Return the first line of a property, unfolded; empty when there is none."""
    found = re.search(rf"^{name}[;:].*$", calendar.replace("\r\n ", ""), re.MULTILINE)
    return found[0].strip() if found else ""


def calendar_reply(
    calendar: str,
    partstat: str,
    *,
    method: str = "REPLY",
    comment: str = "",
    attendee: str = "",
    more: str = "",
    sequence: str = "",
    whole_series: bool = False,
) -> str:
    """Return what a calendar writes when its person answers the event of `calendar`."""
    address = attendee or field(calendar, "ATTENDEE").split("mailto:")[1]
    lines = [
        "BEGIN:VCALENDAR", "PRODID:-//Test//EN", "VERSION:2.0", f"METHOD:{method}",
        "BEGIN:VEVENT", field(calendar, "UID"), "DTSTAMP:20991120T010000Z",
        sequence or field(calendar, "SEQUENCE"), field(calendar, "DTSTART"),
        "" if whole_series else field(calendar, "RECURRENCE-ID"), field(calendar, "ORGANIZER"),
        f"ATTENDEE;PARTSTAT={partstat}{more}:mailto:{address}",
        f"COMMENT:{comment}" if comment else "", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "\r\n".join(line for line in lines if line) + "\r\n"


def mail_with(calendar: str, to: str, *, method: str = "REPLY", sender: str = "") -> bytes:
    """Return the mail a program sends its answer in."""
    message = EmailMessage()
    message["From"] = sender or "Lò Thị Hoa <hoa@lamgiang.example>"
    message["To"] = to
    message["Subject"] = "Accepted: Giao ban"
    message.set_content("Đã nhận lời.")
    message.add_alternative(
        calendar.encode(), maintype="text", subtype="calendar",
        params={"method": method, "charset": "utf-8"},
    )  # fmt: skip
    return message.as_bytes()


def reply_of(user: User, partstat: str, **given: object) -> bytes:
    """Return the mail in which a person's calendar answers the last thing it was sent."""
    mail = last_mail(user)
    calendar = calendar_reply(mail.calendar, partstat, **given)  # type: ignore[arg-type]
    return mail_with(calendar, f"Meetly <{mail.reply_to}>", sender=user.email)
