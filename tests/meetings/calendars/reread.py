"""Reads iCalendar text again with two libraries that did not write it, and by its bare lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import icalendar
import recurring_ical_events
import vobject

#: years between which every test meeting lies
FIRST, LAST = datetime(2020, 1, 1), datetime(2110, 1, 1)


@dataclass(frozen=True)
class Seen:
    """What a reader sees of one occurrence."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    sequence: int
    place: str = ""


def by_vobject(text: bytes | str) -> list[Any]:
    """Return the events as vobject reads them."""
    written = text.decode() if isinstance(text, bytes) else text
    return list(vobject.readOne(written).vevent_list)


def method_of(text: bytes | str) -> str:
    """Return the METHOD as vobject reads it."""
    written = text.decode() if isinstance(text, bytes) else text
    return str(vobject.readOne(written).method.value)


def seen_by_vobject(text: bytes | str) -> list[Seen]:
    """Return what vobject sees of each event."""
    return [
        Seen(
            event.uid.value, event.summary.value, event.dtstart.value, event.dtend.value,
            int(event.sequence.value), event.location.value if "location" in event.contents else "",
        )
        for event in by_vobject(text)
    ]  # fmt: skip


def occurrences(text: bytes | str, first: datetime = FIRST, last: datetime = LAST) -> list[Seen]:
    """Return every occurrence as recurring-ical-events reckons them, in order."""
    calendar = icalendar.Calendar.from_ical(text)
    found = recurring_ical_events.of(calendar).between(first, last)
    seen = [
        Seen(
            str(event["UID"]), str(event["SUMMARY"]), event["DTSTART"].dt, event["DTEND"].dt,
            int(event["SEQUENCE"]), str(event.get("LOCATION", "")),
        )
        for event in found
    ]  # fmt: skip
    return sorted(seen, key=lambda one: one.starts_at)


def properties(text: bytes) -> Iterator[tuple[str, str]]:
    """Yield (name, rest) of each property, unfolded by nothing but RFC 5545, 3.1."""
    for line in text.replace(b"\r\n ", b"").decode().split("\r\n"):
        if line:
            end = min(line.find(mark) for mark in ":;" if mark in line)
            yield line[:end], line[end:]
