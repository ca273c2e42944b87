"""Tasks on the stage of the tests: given by the office, without a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from meetly.accounts.models import Unit, User
from meetly.directions.models import Direction, DirectionStatus, Origin
from meetly.extensions import db
from meetly.minutes.models import Minutes
from meetly.tasks.models import Task, TaskPerson
from meetly.tasks.opening import open_task


def given(
    giver: User,
    owner: Unit,
    lead: Unit | None,
    due: date | None,
    opened: datetime,
    *,
    text: str = "Hoàn thành giải ngân vốn đầu tư công",
    helping: Sequence[Unit] = (),
    minutes: Minutes | None = None,
) -> Task:
    """Open a task of a unit under a direction of its own, at that moment."""
    direction = Direction(
        owner_unit_id=owner.id, origin=Origin.NOTICE, given_on=opened.date(), ordinal=0,
        status=DirectionStatus.CONFIRMED, text=text, span=text, due=due,
        minutes_id=minutes.id if minutes else None, block_id="b7" if minutes else "",
    )  # fmt: skip
    db.session.add(direction)
    db.session.flush()
    names = [(unit.name, unit) for unit in helping]
    task = open_task(giver, direction, lead.name if lead else "các chủ đầu tư", lead, names)
    task.opened_at = opened
    db.session.flush()
    return task


def name_person(task: Task, unit: Unit, person: User) -> None:
    """Let a unit name who does its part."""
    db.session.add(
        TaskPerson(
            task_id=task.id, unit_id=unit.id, user_id=person.id, named_by_id=person.id,
            named_at=task.opened_at,
        )
    )  # fmt: skip
    db.session.flush()
