"""Who may do what to a task; facts about people and units, asked anew each time."""

from __future__ import annotations

from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.tasks.models import Task
from meetly.tasks.opening import MEMBERS

KEEPERS = (Role.SECRETARY, Role.LEADER)


def may_report(user: User, task: Task) -> bool:
    """Tell whether the person may report: the lead unit's people, or the giver for a stranger."""
    if task.lead_unit_id is None:
        return may_steer(user, task)
    return bool(accounts.roles_in(user, task.lead_unit_id) & set(MEMBERS))


def may_steer(user: User, task: Task) -> bool:
    """Tell whether the person may cancel it or name its officer: who keeps the giver's tasks."""
    return bool(accounts.roles_in(user, task.owner_unit_id) & set(KEEPERS))


def may_extend(user: User, task: Task) -> bool:
    """Tell whether the person may move its deadline: a leader of the giver."""
    return Role.LEADER in accounts.roles_in(user, task.owner_unit_id)


def may_agree(user: User, task: Task) -> bool:
    """Tell whether the person may say it is done: a leader of the giver, or its officer.

    An officer who has left the giver's unit no longer may.
    """
    held = accounts.roles_in(user, task.owner_unit_id) & set(MEMBERS)
    return Role.LEADER in held or (bool(held) and task.officer_id == user.id)


def units_at_work(task: Task) -> list[Unit]:
    """List the units that do it: the one that leads, then those that help."""
    lead = [task.lead_unit] if task.lead_unit else []
    return lead + [helper.unit for helper in task.helpers if helper.unit]


def naming(user: User, task: Task) -> list[Unit]:
    """List the units at work for which the person may name somebody: their own."""
    mine = {unit.id for unit in accounts.units_as(user, *MEMBERS)}
    return [unit for unit in units_at_work(task) if unit.id in mine]


def judges(task: Task) -> list[User]:
    """List the people who may say that it is done."""
    found = accounts.people_of([task.owner_unit_id], *MEMBERS)
    return [person for person in found if may_agree(person, task)]
