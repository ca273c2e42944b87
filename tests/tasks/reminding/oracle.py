"""What must be told at a moment, counted by hand: no plan, no query, day after day.

Written apart from meetly/tasks/reminding, so that one mistake is not made twice: it knows tasks as
plain values and walks back through the calendar until it meets a day on which something was due.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

#: person, task, rule, deadline
Line = tuple[int, int, str, date]

DAY = timedelta(days=1)
HOURS_AHEAD = timedelta(hours=7)
#: In the weeks of the story: the Day of Vietnamese Culture, and New Year.
FREE_DAYS = {date(2026, 11, 24), date(2027, 1, 1)}


@dataclass(frozen=True)
class Habit:
    """How one unit reminds: minutes of the day, days, and who hears after how many of them."""

    before: tuple[int, ...]
    after: dict[int, str]
    digest: int
    silent: tuple[int, int]
    rests: bool


@dataclass(frozen=True)
class Crew:
    """Who is in a unit."""

    leader: frozenset[int]
    secretaries: frozenset[int]
    others: frozenset[int]

    @property
    def everybody(self) -> frozenset[int]:
        return self.leader | self.secretaries | self.others


@dataclass
class Job:
    """A task as the one who plays with it knows it; moments are Vietnamese and naive."""

    number: int
    owner: int
    lead: int | None
    helping: tuple[int, ...]
    due: date
    opened: datetime
    officer: int | None = None
    #: unit and person
    named: dict[int, int] = field(default_factory=dict)
    is_open: bool = True


@dataclass
class World:
    """Everything that decides who hears what."""

    habits: dict[int, Habit]
    crews: dict[int, Crew]
    jobs: list[Job]

    def lines(self, moment: datetime) -> set[Line]:
        """List what somebody should have heard by this moment or hears at it; naive, UTC."""
        wall = moment + HOURS_AHEAD
        return {line for job in self.jobs if job.is_open for line in self._of(job, wall)}

    def _of(self, job: Job, wall: datetime) -> Iterator[Line]:
        habit = self.habits[job.owner]
        if _is_silent(habit, wall):
            return
        if wall.date() <= job.due:
            found = _last_before(job, habit, wall)
            for person in self._workers(job) if found is not None else ():
                yield person, job.number, f"before.{found}", job.due
        else:
            for days, whom in _climbed(job, habit, wall):
                for person in self._above(job, whom):
                    yield person, job.number, f"after.{days}.{whom}", job.due

    def _workers(self, job: Job) -> frozenset[int]:
        mine = self._unit(job, job.lead) if job.lead else frozenset()
        found = mine or self._office(job)
        for unit in job.helping:
            found |= self._unit(job, unit)
        return found

    def _unit(self, job: Job, unit: int) -> frozenset[int]:
        if unit in job.named:
            return frozenset({job.named[unit]})
        return self.crews[unit].everybody

    def _office(self, job: Job) -> frozenset[int]:
        more = {job.officer} if job.officer else set()
        return self.crews[job.owner].secretaries | more

    def _above(self, job: Job, whom: str) -> frozenset[int]:
        if whom == "leader":
            return self.crews[job.owner].leader
        if whom == "office" or job.lead is None:
            return self._office(job)
        crew = self.crews[job.lead]
        return crew.leader if whom == "unit_head" else crew.everybody


def _is_free(day: date) -> bool:
    return day.weekday() in (5, 6) or day in FREE_DAYS


def _is_silent(habit: Habit, wall: datetime) -> bool:
    minute = wall.hour * 60 + wall.minute
    evening, morning = habit.silent
    return (
        minute >= evening
        or minute < max(morning, habit.digest)
        or (habit.rests and _is_free(wall.date()))
    )


def _last_before(job: Job, habit: Habit, wall: datetime) -> int | None:
    """Walk back from this moment to the last day on which something was due."""
    calendar: dict[date, int] = {}
    for days in sorted(habit.before, reverse=True):
        day = job.due - days * DAY
        while habit.rests and _is_free(day):
            day -= DAY
        calendar[day] = days
    day = wall.date()
    while day >= job.due - 40 * DAY:
        struck = datetime(day.year, day.month, day.day) + timedelta(minutes=habit.digest)
        if day in calendar and struck <= wall:
            return calendar[day] if job.opened <= struck else None
        day -= DAY
    return None


def _climbed(job: Job, habit: Habit, wall: datetime) -> Iterator[tuple[int, str]]:
    foot = max(job.due, job.opened.date())
    for days, whom in habit.after.items():
        day = foot + days * DAY
        while habit.rests and _is_free(day):
            day += DAY
        struck = datetime(day.year, day.month, day.day) + timedelta(minutes=habit.digest)
        if struck <= wall <= struck + 30 * DAY:
            yield days, whom
