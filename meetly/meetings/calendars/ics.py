"""Events as iCalendar text (RFC 5545, 5546, 7986): the sole writer of .ics, without a database.

Titles, places and names come from people. Whatever they hold, they stay the value of their own
property: line breaks and control characters never reach the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

import icalendar
from icalendar.prop import vCalAddress, vRecur, vText, vUri

from meetly.clock import local

ZONE = "Asia/Ho_Chi_Minh"
PRODUCT = "-//Meetly//Meetly//VI"
#: how long before its beginning a person is reminded
REMINDERS = (timedelta(minutes=15), timedelta(days=1))
#: how often a program should read a subscription again
REFRESH = timedelta(hours=1)
REFRESH_IN_WORDS = "PT1H"
LONGEST_LINE, LONGEST_TEXT = 300, 12_000

#: marks that turn the direction of writing and so make a line read as what it is not
_TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_BREAKS = frozenset("\n\v\f\x85\u2028\u2029")


class Method(StrEnum):
    """What a calendar shall do with the object (RFC 5546, 1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


@dataclass(frozen=True)
class Party:
    """Who invites, or who is invited: a mail address and a name."""

    address: str
    name: str = ""


@dataclass(frozen=True)
class Attendee(Party):
    """The one person this copy is for (RFC 5545, 3.8.4.1)."""

    role: str = "REQ-PARTICIPANT"
    partstat: str = "NEEDS-ACTION"
    #: whether an answer by the calendar is read
    rsvp: bool = True


@dataclass(frozen=True)
class Event:
    """One meeting, or with `rule` a whole series, as a calendar knows it."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    #: when this text was made (DTSTAMP)
    stamp: datetime
    sequence: int = 0
    status: str = "CONFIRMED"
    place: str = ""
    #: where the conference is opened, and the page of the meeting; http(s)
    link: str = ""
    page: str = ""
    text: str = ""
    categories: tuple[str, ...] = ()
    organizer: Party | None = None
    attendee: Attendee | None = None
    #: the moment the rule of its series gives for this one occurrence
    recurrence: datetime | None = None
    #: RRULE of a series without the prefix, and the moments of it on which nothing takes place
    rule: str = ""
    exceptions: tuple[datetime, ...] = ()


def calendar(events: Iterable[Event], method: Method, *, name: str = "") -> bytes:
    """Write events as one iCalendar object; with a name it is one to subscribe to."""
    written = icalendar.Calendar()
    written.add("prodid", PRODUCT)
    written.add("version", "2.0")
    written.add("method", method.value)
    if name:
        written.add("name", line(name))
        written.add("x-wr-calname", line(name))
        written.add("x-wr-timezone", ZONE)
        written.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        written.add("x-published-ttl", REFRESH_IN_WORDS)
    written.add_component(_zone())
    for event in events:
        written.add_component(_event(event, method))
    text: bytes = written.to_ical()
    return text


def line(words: str, longest: int = LONGEST_LINE) -> str:
    """Return words as one clean line: no breaks, no control characters, not too long."""
    return _cut(" ".join(_clean(words).split()), longest)


def text(words: str, longest: int = LONGEST_TEXT) -> str:
    """Return words as clean lines."""
    lines = (part.rstrip() for part in _clean(words).split("\n"))
    return _cut("\n".join(lines).strip("\n"), longest)


def _clean(words: str) -> str:
    return "".join(map(_plain, words.replace("\r\n", "\n").replace("\r", "\n")))


def _plain(letter: str) -> str:
    if letter in _BREAKS:
        return "\n"
    if letter in _TURNING:
        return ""
    return " " if unicodedata.category(letter) in ("Cc", "Cs") else letter


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


class _Words(vText):
    """Words escaped by RFC 5545, 3.3.11, and no further: the library takes "\\N" for a break."""

    def to_ical(self) -> bytes:
        """Return the words as they stand in the text."""
        words = str(self).replace("\\", "\\\\").replace("\n", "\\n")
        return words.replace(";", "\\;").replace(",", "\\,").encode()


def _zone() -> icalendar.Timezone:
    # Vietnam has kept UTC+7 since 1975 and knows no summer time.
    zone, standard = icalendar.Timezone(), icalendar.TimezoneStandard()
    zone.add("tzid", ZONE)
    standard.add("dtstart", datetime(1976, 1, 1))
    standard.add("tzoffsetfrom", timedelta(hours=7))
    standard.add("tzoffsetto", timedelta(hours=7))
    standard.add("tzname", "+07")
    zone.add_component(standard)
    return zone


def _event(event: Event, method: Method) -> icalendar.Event:
    written = icalendar.Event()
    written.add("uid", line(event.uid))
    written.add("dtstamp", event.stamp)
    written.add("sequence", event.sequence)
    written.add("dtstart", local(event.starts_at))
    written.add("dtend", local(event.ends_at))
    written.add("summary", _Words(line(event.title)), encode=False)
    written.add("status", event.status)
    if event.recurrence:
        written.add("recurrence-id", local(event.recurrence))
    if event.rule:
        written.add("rrule", _rule(event.rule))
    if event.exceptions:
        written.add("exdate", [local(moment) for moment in sorted(event.exceptions)])
    _facts(written, event)
    _people(written, event, method)
    if method != Method.CANCEL and event.status != "CANCELLED":
        for before in REMINDERS:
            written.add_component(_alarm(before, event))
    return written


def _facts(written: icalendar.Event, event: Event) -> None:
    if event.text:
        written.add("description", _Words(text(event.text)), encode=False)
    if event.place or event.link:  # many programs show no other property than the place
        written.add("location", _Words(line(event.place or event.link)), encode=False)
    if event.page:
        written.add("url", vUri(_address(event.page)), encode=False)
    if event.link:
        conference = vUri(_address(event.link))
        conference.params["VALUE"] = "URI"
        conference.params["FEATURE"] = ["AUDIO", "VIDEO"]
        written.add("conference", conference, encode=False)
    if event.categories:
        written.add("categories", [line(word) for word in event.categories])


def _people(written: icalendar.Event, event: Event, method: Method) -> None:
    if event.organizer:
        written.add("organizer", _party(event.organizer), encode=False)
    if event.attendee:
        invited = _party(event.attendee)
        invited.params["CUTYPE"] = "INDIVIDUAL"
        invited.params["ROLE"] = event.attendee.role
        invited.params["PARTSTAT"] = event.attendee.partstat
        if method == Method.REQUEST:
            invited.params["RSVP"] = "TRUE" if event.attendee.rsvp else "FALSE"
        written.add("attendee", invited, encode=False)


def _party(party: Party) -> vCalAddress:
    written = vCalAddress(f"mailto:{quote(line(party.address), safe='@+-._=/~')}")
    if party.name:
        # Quotes and carets are written in ways that not every reader undoes (RFC 6868).
        written.params["CN"] = vText(line(party.name).replace('"', "'").replace("^", ""))
    return written


def _alarm(before: timedelta, event: Event) -> icalendar.Alarm:
    written = icalendar.Alarm()
    written.add("action", "DISPLAY")
    written.add("trigger", -before)
    written.add("description", _Words(line(event.title)), encode=False)
    return written


def _rule(rule: str) -> vRecur:
    parts: vRecur = vRecur.from_ical(rule)
    return parts


def _address(url: str) -> str:
    return quote(line(url, 2000), safe=":/?#[]@!$&'()*+,;=-._~%")
