"""What a calendar answered by mail (METHOD:REPLY of RFC 5546), read out of a message's bytes.

The mail comes from anywhere. Nothing in it is believed but what its address proves elsewhere.
"""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import getaddresses
from urllib.parse import unquote

import icalendar

from meetly.clock import VIETNAM
from meetly.errors import BadInput
from meetly.meetings.calendars import ics

#: bytes of a message, and of the calendar in it; real ones have a few thousand
LARGEST = 5 * 1024**2
LARGEST_CALENDAR = 256 * 1024
MOST_PARTS = 100
MOST_EVENTS = 50
CALENDARS = ("text/calendar", "application/ics")
#: headers in which the address stands that a message arrived at
ADDRESSED = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")


@dataclass(frozen=True)
class Reply:
    """One person's answer to one event, or to one occurrence of a series."""

    uid: str
    #: ACCEPTED, DECLINED, TENTATIVE, DELEGATED, or COUNTER for another time proposed
    partstat: str
    sequence: int = 0
    recurrence: datetime | None = None
    comment: str = ""
    #: mail address of the attendee who answers
    attendee: str = ""
    #: name or address of who comes instead
    delegate: str = ""


@dataclass(frozen=True)
class Letter:
    """A message: the addresses that it went to, and the answers in it."""

    addresses: tuple[str, ...]
    replies: tuple[Reply, ...]
    #: a program wrote it by itself, so nobody waits for a word about it (RFC 3834)
    automatic: bool


def read(raw: bytes) -> Letter:
    """Read a message; BadInput when it cannot be one."""
    if len(raw) > LARGEST:
        raise BadInput("Thư quá lớn, không phải thư trả lời của lịch.")
    try:
        return _read(raw)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # The parsers of the standard library answer hostile mails with any of these.
        raise BadInput("Không đọc được thư trả lời của lịch.") from error


def _read(raw: bytes) -> Letter:
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    calendar = _calendar(message)
    values = [str(value) for name in ADDRESSED for value in message.get_all(name, [])]
    addresses = [address for _name, address in getaddresses(values)]
    replies: list[Reply] = []
    if calendar is not None:
        found = list(calendar.walk("VEVENT"))[:MOST_EVENTS]
        addresses += [_bare(event.get("organizer", "")) for event in found]
        replies = [_reply(event, str(calendar.get("method", "")).upper()) for event in found]
    automatic = str(message.get("auto-submitted", "no")).strip().lower() != "no"
    return Letter(tuple(a for a in addresses if a), tuple(replies), automatic)


def _calendar(message: Message) -> icalendar.Calendar | None:
    for number, part in enumerate(message.walk()):
        if number == MOST_PARTS:
            return None
        if part.get_content_type() not in CALENDARS:
            continue
        written = part.get_payload(decode=True)
        if not isinstance(written, bytes) or len(written) > LARGEST_CALENDAR:
            continue
        calendar = icalendar.Calendar.from_ical(written.decode("utf-8", "replace"))
        if str(calendar.get("method", "")).upper() in ("REPLY", "COUNTER"):
            return calendar
    return None


def _reply(event: icalendar.Component, method: str) -> Reply:
    attendees = _several(event.get("attendee"))
    speaker = next((a for a in attendees if _said(a) == "DELEGATED"), None)
    speaker = speaker if speaker is not None else next(iter(attendees), "")
    partstat, delegate = _said(speaker), ""
    if partstat == "DELEGATED":
        delegate = _delegate(speaker, attendees)
    comments = "\n".join(map(str, _several(event.get("comment"))))
    return Reply(
        uid=ics.line(str(event.get("uid", ""))),
        partstat="COUNTER" if method == "COUNTER" else partstat,
        sequence=int(event.get("sequence", 0)),
        recurrence=_moment(event),
        comment=ics.text(comments, 2000),
        attendee=_bare(speaker).lower(),
        delegate=delegate,
    )


def _said(attendee: object) -> str:
    params = getattr(attendee, "params", {})
    return str(params.get("PARTSTAT", "")).upper()


def _delegate(speaker: object, attendees: list[object]) -> str:
    # The one who comes instead may stand beside the speaker with a name of their own.
    target = _bare(next(iter(_several(getattr(speaker, "params", {}).get("DELEGATED-TO"))), ""))
    for attendee in attendees:
        if _bare(attendee).lower() == target.lower() and attendee is not speaker:
            name = ics.line(str(getattr(attendee, "params", {}).get("CN", "")), 120)
            return f"{name} <{target}>" if name and name != target else target
    return target


def _moment(event: icalendar.Component) -> datetime | None:
    found = event.get("recurrence-id")
    moment = getattr(found, "dt", None)
    if not isinstance(moment, datetime):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def _bare(address: object) -> str:
    words = ics.line(str(address))
    return unquote(words[len("mailto:") :]) if words.lower().startswith("mailto:") else words


def _several(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
