"""Plans: on which day whom is told of a task; pure.

A rule is one sentence of a plan: "before.3", three days before the deadline, or "after.7.leader",
seven days after it. Each has a moment from which it holds and a time after which it is of no use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from meetly import clock
from meetly.working_days import is_working_day

ONE = timedelta(days=1)
#: The longest a plan may look ahead and back.
MOST_BEFORE, MOST_AFTER = 60, 90
#: So long a missed deadline is still told late, when nothing was told on its day.
LATE = timedelta(days=30)
#: Public holidays and weekends never move a day further than this.
SHIFT = timedelta(days=14)


class Hearer(StrEnum):
    """Who hears of a missed deadline."""

    #: everybody of the unit that leads the task
    UNIT = "unit"
    UNIT_HEAD = "unit_head"
    #: the secretaries of the unit that gave it, and who follows it up
    OFFICE = "office"
    #: the leaders of the unit that gave it
    LEADER = "leader"


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: so many days after the deadline, somebody hears of it."""

    after: int
    to: Hearer

    @property
    def rule(self) -> str:
        """The name that is kept with what was told."""
        return f"after.{self.after}.{self.to}"


@dataclass(frozen=True)
class Plan:
    """When the tasks a unit gave are recalled, and who hears of missed deadlines."""

    before: tuple[int, ...] = (7, 3, 1, 0)
    ladder: tuple[Rung, ...] = (
        Rung(1, Hearer.UNIT_HEAD), Rung(3, Hearer.OFFICE), Rung(7, Hearer.LEADER),
    )  # fmt: skip
    digest_at: time = time(7, 30)
    #: nobody is told anything between these times; equal means never quiet
    quiet_from: time = time(21)
    quiet_until: time = time(7)
    #: nor on weekends and public holidays: earlier before a deadline, later after it
    rests: bool = False

    def is_quiet(self, wall: datetime) -> bool:
        """Tell whether nobody may be disturbed at this moment of a Vietnamese wall clock.

        The digest opens the day: what is late waits for it too, so that no second one follows.
        """
        at = wall.time()
        is_free = self.rests and not is_working_day(wall.date())
        return at < self.digest_at or self.hushes(at) or is_free

    def hushes(self, at: time) -> bool:
        """Tell whether this time of day is one of quiet."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until


#: What holds where no unit above said otherwise.
DEFAULT = Plan()


@dataclass(frozen=True)
class Told:
    """One thing to be told: under which rule, to whom, and from which moment on."""

    rule: str
    moment: datetime
    #: none when those who work on the task hear it
    to: Hearer | None = field(default=None)


def due_now(plan: Plan, due: date, opened: datetime, now: datetime) -> list[Told]:
    """List what is to be told about an open task now, told before or not.

    Before the deadline it is the nearest rule only, and only if the task was known when its moment
    came. After it every rung that was reached: a task opened after its deadline climbs from the day
    it was opened.
    """
    wall = clock.local(now)
    if plan.is_quiet(wall):
        return []
    if wall.date() <= due:
        nearest = _nearest(plan, due, now)
        return [nearest] if nearest and opened <= nearest.moment else []
    since = max(due, clock.local(opened).date())
    return [told for told, last in _rungs(plan, since) if told.moment <= now <= last]


def days_of(plan: Plan, due: date) -> list[Told]:
    """List everything the plan tells about a task with this deadline, in the order of time."""
    found = [_before(plan, due, days) for days in plan.before]
    nearest = {told.moment: told for told in found}  # two on one day: the nearer, which comes later
    rungs = [told for told, _last in _rungs(plan, due)]
    return sorted([*nearest.values(), *rungs], key=lambda told: told.moment)


def horizon(plans: Iterable[Plan], today: date) -> tuple[date, date]:
    """Return the first and last deadline about which any of these plans has something to tell."""
    known = [DEFAULT, *plans]
    after = max((rung.after for plan in known for rung in plan.ladder), default=0)
    before = max((days for plan in known for days in plan.before), default=0)
    return today - after * ONE - LATE - SHIFT, today + before * ONE + SHIFT


def _nearest(plan: Plan, due: date, now: datetime) -> Told | None:
    reached = [told for days in plan.before if (told := _before(plan, due, days)).moment <= now]
    return reached[-1] if reached else None


def _before(plan: Plan, due: date, days: int) -> Told:
    day = _working(due - days * ONE, -ONE) if plan.rests else due - days * ONE
    return Told(f"before.{days}", _at(plan, day))


def _rungs(plan: Plan, since: date) -> Iterator[tuple[Told, datetime]]:
    """Yield each rung counted from a day, with the moment after which it is of no use."""
    for rung in plan.ladder:
        day = since + rung.after * ONE
        moment = _at(plan, _working(day, ONE) if plan.rests else day)
        yield Told(rung.rule, moment, rung.to), moment + LATE


def _working(day: date, step: timedelta) -> date:
    while not is_working_day(day):
        day += step
    return day


def _at(plan: Plan, day: date) -> datetime:
    return clock.from_local(datetime.combine(day, plan.digest_at))
