"""Finding: which open tasks somebody should hear of now, and who.

Only tasks whose deadline lies within the horizon of the plans are looked at, a batch at a time, and
whoever heard of one under the same rule and deadline is left out. Nothing here writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, tuple_

from meetly import clock
from meetly.accounts.models import Membership, Role, User
from meetly.extensions import db
from meetly.tasks.models import Task, TaskPerson
from meetly.tasks.opening import MEMBERS
from meetly.tasks.reminding import plan as planning
from meetly.tasks.reminding.models import ToldTask
from meetly.tasks.reminding.plan import Hearer
from meetly.tasks.reminding.plans import Plans
from meetly.tasks.states import is_open

#: Tasks looked at together.
BATCH = 500


@dataclass(frozen=True)
class Untold:
    """One task of which one person has not heard under one rule."""

    user_id: int
    task: Task
    rule: str
    due: date


def untold(now: datetime) -> Iterator[Untold]:
    """Yield who should hear of which task now and has not."""
    plans = Plans()
    first, last = planning.horizon(plans.own, clock.local(now).date())
    since = clock.from_local(datetime.combine(first, time()))
    within = (Task.due <= last, or_(Task.due >= first, Task.opened_at >= since))
    mark: tuple[date, int] | None = None
    while tasks := _batch(within, mark):
        yield from _untold_of(tasks, plans, now)
        assert tasks[-1].due is not None
        mark = tasks[-1].due, tasks[-1].id


def untold_among(task_ids: Iterable[int], now: datetime) -> list[Untold]:
    """List the same among these tasks, as they are at this moment."""
    query = _open().where(Task.id.in_(list(task_ids))).order_by(Task.due, Task.id)
    tasks = list(db.session.scalars(query.execution_options(populate_existing=True)))
    return list(_untold_of(tasks, Plans(), now))


def _open() -> Select[Any]:
    return select(Task).where(is_open(), Task.claimed_at.is_(None), Task.due.is_not(None))


def _batch(within: Sequence[ColumnElement[bool]], mark: tuple[date, int] | None) -> list[Task]:
    query = _open().where(*within).order_by(Task.due, Task.id).limit(BATCH)
    if mark is not None:
        query = query.where(tuple_(Task.due, Task.id) > mark)
    return list(db.session.scalars(query))


def _untold_of(tasks: Sequence[Task], plans: Plans, now: datetime) -> Iterator[Untold]:
    due = [
        (task, task.due, told)
        for task in tasks
        if task.due is not None
        for told in planning.due_now(plans.of(task.owner_unit_id), task.due, task.opened_at, now)
    ]
    if not due:
        return
    concerned = list({task.id: task for task, _due, _told in due}.values())
    people, heard = _People(concerned), _heard(concerned)
    for task, day, told in due:
        for user_id in people.hearing(task, told.to):
            if (user_id, task.id, told.rule, day) not in heard:
                yield Untold(user_id, task, told.rule, day)


def _heard(tasks: Iterable[Task]) -> set[tuple[int, int, str, date]]:
    query = select(ToldTask.user_id, ToldTask.task_id, ToldTask.rule, ToldTask.due)
    query = query.where(ToldTask.task_id.in_([task.id for task in tasks]))
    return {(user, task, rule, due) for user, task, rule, due in db.session.execute(query)}


class _People:
    """Who hears of some tasks, read once for all of them."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        units = {task.owner_unit_id for task in tasks}
        units |= {task.lead_unit_id for task in tasks if task.lead_unit_id}
        units |= {helper.unit_id for task in tasks for helper in task.helpers if helper.unit_id}
        self._roles = _roles_in(units)
        self._named = _named(tasks, self._roles)
        self._officers = _active({task.officer_id for task in tasks})

    def hearing(self, task: Task, to: Hearer | None) -> list[int]:
        """List who hears of a task: its workers, or whom a rung of the ladder names.

        Where a unit has nobody to hear it, the unit that gave the task does: it is not told to
        nobody.
        """
        owner = task.owner_unit_id
        if to is Hearer.LEADER:
            found = self._of(owner, Role.LEADER)
        elif to is Hearer.OFFICE:
            found = self._office(task)
        elif to is None:
            found = self._workers(task)
        else:
            found = self._head(task) if to is Hearer.UNIT_HEAD else self._leading(task)
        return sorted(found or self._office(task) or self._of(owner, Role.LEADER))

    def _of(self, unit_id: int | None, *roles: Role) -> set[int]:
        held = self._roles.get(unit_id or 0, {})
        return {user_id for user_id, mine in held.items() if mine & set(roles)}

    def _office(self, task: Task) -> set[int]:
        found = self._of(task.owner_unit_id, Role.SECRETARY)
        return found | ({task.officer_id or 0} & self._officers)

    def _head(self, task: Task) -> set[int]:
        return self._of(task.lead_unit_id, Role.LEADER) or self._leading(task)

    def _leading(self, task: Task) -> set[int]:
        return self._of(task.lead_unit_id, *MEMBERS)

    def _workers(self, task: Task) -> set[int]:
        helping = (helper.unit_id for helper in task.helpers)
        leading = self._part(task, task.lead_unit_id) or self._office(task)
        return leading.union(*(self._part(task, unit_id) for unit_id in helping))

    def _part(self, task: Task, unit_id: int | None) -> set[int]:
        """List who works on a unit's part: whom it named, else everybody of it."""
        named = self._named.get((task.id, unit_id or 0))
        return {named} if named else self._of(unit_id, *MEMBERS)


def _roles_in(unit_ids: Iterable[int]) -> Mapping[int, Mapping[int, set[Role]]]:
    found: dict[int, dict[int, set[Role]]] = defaultdict(lambda: defaultdict(set))
    query = select(Membership.unit_id, Membership.user_id, Membership.role).join(
        User, User.id == Membership.user_id
    )
    query = query.where(Membership.unit_id.in_(list(unit_ids)), User.active)
    for unit_id, user_id, role in db.session.execute(query):
        found[unit_id][user_id].add(Role(role))
    return found


def _active(user_ids: Iterable[int | None]) -> set[int]:
    wanted = [user_id for user_id in user_ids if user_id]
    query = select(User.id).where(User.id.in_(wanted), User.active)
    return set(db.session.scalars(query)) if wanted else set()


def _named(
    tasks: Iterable[Task], roles: Mapping[int, Mapping[int, set[Role]]]
) -> dict[tuple[int, int], int]:
    """Return whom units named for their part; who has left the unit since no longer counts."""
    query = select(TaskPerson.task_id, TaskPerson.unit_id, TaskPerson.user_id)
    query = query.where(TaskPerson.task_id.in_([task.id for task in tasks]))
    return {
        (task_id, unit_id): user_id
        for task_id, unit_id, user_id in db.session.execute(query)
        if user_id in roles.get(unit_id, {})
    }
