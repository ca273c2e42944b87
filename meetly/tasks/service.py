"""Verbs of tasks: open them from confirmed directions, show them, report on them, finish them.

How a task stands is computed from its dates on the day of asking and never stored. The verbs lie
in files of their own nouns; other rooms find them all here.
"""

from __future__ import annotations

from sqlalchemy import select

from meetly.accounts.models import Role, User
from meetly.directions import service as directions
from meetly.directions.models import Direction, DirectionStatus
from meetly.errors import NotAllowed
from meetly.extensions import db
from meetly.tasks.changing import LONGEST_TEXT
from meetly.tasks.giving import open_for
from meetly.tasks.listing import (
    PAGE,
    Filter,
    Page,
    colleagues,
    get,
    lead_units,
    listing,
    meetings_with_tasks,
    mine,
    of_direction,
    of_meeting,
    officers,
    overdue,
    people_of,
    percents,
    progress_of,
    to_agree,
    to_extend,
    visible_ids,
)
from meetly.tasks.models import Task
from meetly.tasks.opening import MEMBERS
from meetly.tasks.people import name_person, steer
from meetly.tasks.rights import (
    KEEPERS,
    may_agree,
    may_extend,
    may_report,
    may_steer,
    naming,
    units_at_work,
)
from meetly.tasks.states import is_open
from meetly.tasks.working import (
    agree,
    cancel,
    claim,
    get_to_report,
    give_back,
    reopen,
    report,
    supersede_task,
    withdraw_claim,
)

__all__ = [
    "KEEPERS",
    "LONGEST_TEXT",
    "MEMBERS",
    "PAGE",
    "Filter",
    "Page",
    "agree",
    "assign",
    "cancel",
    "claim",
    "colleagues",
    "get",
    "get_to_report",
    "give_back",
    "lead_units",
    "listing",
    "may_agree",
    "may_extend",
    "may_report",
    "may_steer",
    "meetings_with_tasks",
    "mine",
    "name_person",
    "naming",
    "of_direction",
    "of_meeting",
    "officers",
    "open_for",
    "overdue",
    "people_of",
    "percents",
    "progress_of",
    "reopen",
    "report",
    "steer",
    "supersede",
    "to_agree",
    "to_extend",
    "units_at_work",
    "visible_ids",
    "withdraw_claim",
]  # fmt: skip


def assign(user: User, direction: Direction, version: int) -> list[Task]:
    """Confirm a direction and open its tasks; assigning again returns what was opened."""
    if direction.status == DirectionStatus.CONFIRMED:
        if not directions.is_keeper(user, direction, Role.LEADER):
            raise NotAllowed()
        return of_direction(direction)
    directions.confirm(user, direction, version)
    return open_for(user, direction)


def supersede(user: User, old: Direction, new: Direction) -> list[Task]:
    """Let a later direction take the place of one: its open tasks are cancelled and say why.

    What was finished stays finished. Superseding again changes nothing; returns what was cancelled.
    """
    directions.supersede(user, old, new)
    query = select(Task).where(Task.direction_id == old.id, is_open())
    found = list(db.session.scalars(query.order_by(Task.id)))
    for task in found:
        supersede_task(user, task, new.id)
    db.session.flush()
    return [task for task in found if task.superseded_by_id == new.id]
