"""Reminders: what the clock tells, once, as long as it is of use.

A reminder is no row. Its rule finds what is due again and again; the key of its notice holds the
rule, the row and the moment it concerns, so that nobody is told twice and moving that moment makes
a reminder of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from meetly import clock
from meetly.accounts.models import User
from meetly.notices import service
from meetly.notices.service import Words

#: Nobody is told anything between these times of day in Vietnam ...
EVENING, MORNING = time(21), time(7)
#: ... unless the meeting begins so soon.
URGENT = timedelta(hours=2)


@dataclass(frozen=True)
class Rule:
    """When people are reminded, given the moment it is about."""

    #: a stable name, part of the key
    name: str
    when: Callable[[datetime], datetime]
    #: from when on it is of no use any more; never later than the beginning of the meeting
    until: Callable[[datetime], datetime] | None = None

    def is_due(self, at: datetime, now: datetime, *, known: datetime, begins: datetime) -> bool:
        """Tell whether it is to be told now, or late but still of use; pure.

        `known` is since when those concerned know of it: what they heard of after the reminder
        would have come needs none.
        """
        due = self.when(at)
        end = min(begins, self.until(at)) if self.until else begins
        return known <= due <= now < end


@dataclass(frozen=True)
class Reminder:
    """One thing that some people should hear by now."""

    rule: Rule
    #: table and key of the row: "meeting:12"
    row: str
    #: the moment it is about: when the meeting begins, when the report is due
    at: datetime
    #: when the meeting begins
    begins: datetime
    people: tuple[User, ...]
    subject: Words
    body: Words
    #: path inside Meetly
    link: str

    @property
    def key(self) -> str:
        """The key of its notice."""
        return f"remind.{self.rule.name}:{self.row}:{self.at:%Y%m%dT%H%M}"


def is_time(now: datetime, begins: datetime) -> bool:
    """Tell whether people may be disturbed now for a meeting that begins then; pure."""
    wall = clock.local(now).time()
    return MORNING <= wall < EVENING or begins - now <= URGENT


def untold(reminders: Iterable[Reminder], now: datetime) -> list[Reminder]:
    """Leave of these reminders those that somebody should hear now and has not heard."""
    found = [reminder for reminder in reminders if is_time(now, reminder.begins)]
    people = {person.id for reminder in found for person in reminder.people}
    heard = service.heard(people, {reminder.key for reminder in found}) if found else set()
    return [r for r in found if any((p.id, r.key) not in heard for p in r.people if p.active)]


def tell(reminders: Iterable[Reminder]) -> int:
    """Tell each of them to whoever has not heard it; return how many were told."""
    return sum(
        service.tell(r.people, key=r.key, subject=r.subject, body=r.body, link=r.link)
        for r in reminders
    )
