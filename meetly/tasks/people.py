"""Who does a task and who follows it up: a person of each unit, an officer of the giver."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Unit, User
from meetly.directions.models import Priority
from meetly.errors import BadInput, NotAllowed, WrongState
from meetly.extensions import db
from meetly.tasks import rights
from meetly.tasks.changing import change
from meetly.tasks.models import Task, TaskPerson
from meetly.tasks.opening import MEMBERS
from meetly.tasks.telling import tell_person


def name_person(user: User, task: Task, unit: Unit, person: User) -> None:
    """Name who of one's own unit does its part; whoever was named before is replaced."""
    if unit not in rights.naming(user, task):
        raise NotAllowed()
    if not task.is_open:
        raise WrongState("Nhiệm vụ đã xong hoặc đã hủy.")
    if not _is_of(person, unit.id):
        raise BadInput("Hãy chọn một người của đơn vị mình.")
    before = db.session.scalar(
        select(TaskPerson.user_id).where(
            TaskPerson.task_id == task.id, TaskPerson.unit_id == unit.id
        )
    )
    if before == person.id:
        return
    on_sqlite = db.session.get_bind().dialect.name == "sqlite"
    row = (sqlite.insert if on_sqlite else postgresql.insert)(TaskPerson)
    values = {"user_id": person.id, "named_by_id": user.id, "named_at": clock.now()}
    db.session.execute(
        row.values(task_id=task.id, unit_id=unit.id, **values).on_conflict_do_update(
            index_elements=[TaskPerson.task_id, TaskPerson.unit_id], set_=values
        ),
        execution_options={"populate_existing": True},
    )
    audit.record(user.id, "tasks.name_person", task, unit=unit.id, person=person.id)
    if person.id != user.id:
        event = f"person:{unit.id}:{clock.now():%Y%m%d%H%M%S}"
        tell_person(person, task, event, lambda what: _("Bạn được phân công: %(text)s", text=what))


def steer(user: User, task: Task, officer: User | None, priority: Priority) -> None:
    """Say who follows it up for the giver and how pressing it is."""
    if officer is not None and not _is_of(officer, task.owner_unit_id):
        raise BadInput("Người theo dõi phải thuộc đơn vị giao việc.")
    before = task.officer_id
    change(
        task, rights.may_steer(user, task), Task.completed_at.is_(None),
        officer_id=officer.id if officer else None, priority=priority,
    )  # fmt: skip
    audit.record(user.id, "tasks.steer", task, officer=task.officer_id, priority=priority)
    if officer is not None and officer.id not in (before, user.id):
        tell_person(
            officer, task, "officer", lambda what: _("Bạn theo dõi nhiệm vụ: %(text)s", text=what)
        )


def _is_of(person: User, unit_id: int) -> bool:
    # By number: people are equal to each other where their sessions are.
    return person.id in {each.id for each in accounts.people_of([unit_id], *MEMBERS)}
