"""Opening: one task of one lead unit under a confirmed direction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from meetly import audit, clock, search
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.directions.models import Direction
from meetly.extensions import db
from meetly.notices import service as notices
from meetly.tasks.models import Task, TaskHelper
from meetly.tasks.standing.models import StandingTask

MEMBERS = (Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)


def open_task(
    user: User,
    direction: Direction,
    name: str,
    unit: Unit | None,
    helping: Sequence[tuple[str, Unit | None]],
    *,
    due: date | None = None,
    period: str = "",
    standing: StandingTask | None = None,
    quiet: bool = False,
) -> Task:
    """Open the task of one lead unit under a direction, and tell its people.

    What recurs is opened once a period: `due` and `period` are that period's.
    """
    until = due or direction.due
    task = Task(
        direction_id=direction.id, meeting_id=direction.meeting_id,
        owner_unit_id=direction.owner_unit_id, lead_unit_id=unit.id if unit else None,
        lead_name=name, text=direction.text, due=until, first_due=until,
        period=period, standing_id=standing.id if standing else None,
        recurring=direction.recurring, product=direction.product, report_to=direction.report_to,
        priority=direction.priority, officer_id=direction.officer_id,
        opened_at=clock.now(), opened_by_id=user.id,
        helpers=[
            TaskHelper(name=helper, unit_id=of.id if of else None)
            for helper, of in dict(helping).items()
            if helper != name
        ],
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    audit.record(user.id, "tasks.open", task, lead=name, due=task.due)
    search.index(
        "task", task.id, meeting_id=task.meeting_id or 0, audience="invited",
        title=f"{name}: {task.text}", link=f"/tasks/{task.id}", text=f"{task.text} {name}",
    )  # fmt: skip
    if not quiet:
        _tell_opened(task)
    return task


def _tell_opened(task: Task) -> None:
    if task.lead_unit_id is None:
        return
    due = f"{task.due:%d/%m/%Y}" if task.due else task.recurring
    notices.tell(
        accounts.people_of([task.lead_unit_id], *MEMBERS),
        key=f"task:{task.id}:opened",
        subject=lambda: _("Nhiệm vụ mới: %(text)s", text=short(task.text)),
        body=lambda: _("Thời hạn: %(due)s.", due=due) if due else _("Chưa có thời hạn."),
        link=f"/tasks/{task.id}",
    )


def short(text: str, most: int = 120) -> str:
    """Return the beginning of a text, cut between words, for a subject line."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"
