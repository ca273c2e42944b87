"""Where reminders are tortured: units with people and tasks, as rows and for the oracle.

Two units give tasks: an office that reminds as the house does, and a department with a plan of its
own that rests on free days. Whatever changes a task changes both.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from meetly.accounts.models import Membership, Role, Unit, UnitKind, User
from meetly.directions.models import Direction, DirectionStatus, Origin
from meetly.extensions import db
from meetly.tasks.models import Task, TaskHelper, TaskPerson
from meetly.tasks.reminding.models import ReminderPlan
from tests.tasks.reminding.oracle import HOURS_AHEAD, Crew, Habit, Job, World

#: The story begins on a Monday, at four in the morning in Vietnam.
BEGIN = datetime(2026, 11, 1, 21)
COMMUNES = 8

HOUSE = Habit(
    before=(7, 3, 1, 0), after={1: "unit_head", 3: "office", 7: "leader"}, digest=7 * 60 + 30,
    silent=(21 * 60, 7 * 60), rests=False,
)  # fmt: skip
OWN = Habit(
    before=(5, 2, 0), after={2: "unit", 4: "office", 9: "leader"}, digest=8 * 60 + 15,
    silent=(18 * 60 + 30, 6 * 60), rests=True,
)  # fmt: skip


def settle(chance: random.Random, tasks: int, days: int) -> World:
    """Write units, people, a plan and tasks down; flushed. Return what the oracle knows of them."""
    office, department = _unit("VP", UnitKind.OFFICE), _unit("STC", UnitKind.DEPARTMENT)
    communes = [_unit(f"X{number}", UnitKind.COMMUNE) for number in range(COMMUNES)]
    crews = {unit.id: _crew(unit) for unit in (office, department, *communes)}
    _plan(department, min(crews[department.id].leader))
    world = World({office.id: HOUSE, department.id: OWN}, crews, [])
    for _number in range(tasks):
        world.jobs.append(_job(chance, world, [unit.id for unit in communes], days))
    db.session.flush()
    return world


def change(chance: random.Random, world: World, moment: datetime) -> None:
    """Change a few tasks, as rows and for the oracle; flushed."""
    for job in chance.sample(world.jobs, min(3, len(world.jobs))):
        row = db.session.get_one(Task, job.number, populate_existing=True)
        chance.choice(CHANGES)(chance, world, job, row, moment)
    db.session.flush()


def _claim(_c: random.Random, _w: World, job: Job, row: Task, moment: datetime) -> None:
    """Say that it is done, or give it back."""
    if row.cancelled_at or row.completed_at:
        return
    row.claimed_at = None if row.claimed_at else moment.replace(tzinfo=UTC)
    job.is_open = row.claimed_at is None


def _finish(chance: random.Random, _w: World, job: Job, row: Task, moment: datetime) -> None:
    if chance.random() < 0.3:
        row.completed_at, job.is_open = moment.replace(tzinfo=UTC), False


def _cancel(chance: random.Random, _w: World, job: Job, row: Task, moment: datetime) -> None:
    if chance.random() < 0.2:
        row.cancelled_at, job.is_open = moment.replace(tzinfo=UTC), False


def _move(chance: random.Random, _w: World, job: Job, row: Task, _moment: datetime) -> None:
    job.due += timedelta(days=chance.randint(1, 9))
    row.due = job.due


def _name(chance: random.Random, world: World, job: Job, row: Task, _moment: datetime) -> None:
    unit = chance.choice([unit for unit in (job.lead, *job.helping) if unit] or [0])
    if not unit or unit in job.named:
        return
    person = chance.choice(sorted(world.crews[unit].everybody))
    job.named[unit] = person
    db.session.add(
        TaskPerson(
            task_id=row.id, unit_id=unit, user_id=person, named_by_id=person, named_at=row.opened_at
        )
    )


def _follow(_c: random.Random, world: World, job: Job, row: Task, _moment: datetime) -> None:
    if job.officer is None:
        job.officer = row.officer_id = min(world.crews[job.owner].others)


Change = Callable[[random.Random, World, Job, Task, datetime], None]
CHANGES: tuple[Change, ...] = (_claim, _claim, _finish, _cancel, _move, _move, _name, _follow)


def _unit(code: str, kind: UnitKind) -> Unit:
    unit = Unit(code=code, name=f"Đơn vị {code}", kind=kind)
    db.session.add(unit)
    db.session.flush()
    unit.path = f"/{unit.id}/"
    return unit


def _crew(unit: Unit) -> Crew:
    leader, secretary, other = (
        _person(unit, role) for role in (Role.LEADER, Role.SECRETARY, Role.PARTICIPANT)
    )
    return Crew(frozenset({leader}), frozenset({secretary}), frozenset({other}))


def _person(unit: Unit, role: Role) -> int:
    login = f"{unit.code}.{role}".lower()
    user = User(
        login=login, name=login, email=f"{login}@lamgiang.example", password_hash="-",
        created_at=BEGIN.replace(tzinfo=UTC),
    )  # fmt: skip
    db.session.add(user)
    db.session.flush()
    db.session.add(Membership(user_id=user.id, unit_id=unit.id, role=role))
    return user.id


def _plan(unit: Unit, by: int) -> None:
    db.session.add(
        ReminderPlan(
            unit_id=unit.id, before=list(OWN.before),
            ladder=[{"after": after, "to": to} for after, to in OWN.after.items()],
            digest_at=time(8, 15), quiet_from=time(18, 30), quiet_until=time(6), rests=True,
            changed_by_id=by, changed_at=BEGIN.replace(tzinfo=UTC),
        )
    )  # fmt: skip


def _job(chance: random.Random, world: World, communes: list[int], days: int) -> Job:
    """Give a task at some moment of the weeks before and of the story itself."""
    owner = chance.choice(list(world.habits))
    lead, *helping = chance.sample(communes, chance.choice((1, 1, 2, 3)))
    is_strange = chance.random() < 0.05
    opened = BEGIN + timedelta(minutes=chance.randint(-20 * 1440, (days - 6) * 1440 // 2))
    begun = (BEGIN + HOURS_AHEAD).date()
    due = begun + timedelta(days=chance.randint(-3, max(4, days - 6)))
    by = min(world.crews[owner].leader)
    moment = opened.replace(tzinfo=UTC)
    direction = Direction(
        owner_unit_id=owner, origin=Origin.SHEET, given_on=opened.date(), ordinal=0,
        status=DirectionStatus.CONFIRMED, text="Việc", span="Việc", due=due,
    )  # fmt: skip
    db.session.add(direction)
    db.session.flush()
    task = Task(
        direction_id=direction.id, owner_unit_id=owner, lead_name="Đơn vị", text="Việc phải làm",
        lead_unit_id=None if is_strange else lead, due=due, first_due=due, opened_at=moment,
        opened_by_id=by, helpers=[TaskHelper(name=f"{unit}", unit_id=unit) for unit in helping],
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    return Job(
        task.id, owner, None if is_strange else lead, tuple(helping), due, opened + HOURS_AHEAD
    )
