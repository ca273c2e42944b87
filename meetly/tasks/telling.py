"""Who hears of a step of a task, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask_babel import gettext as _

from meetly.accounts import service as accounts
from meetly.accounts.models import User
from meetly.notices import service as notices
from meetly.notices.service import Words
from meetly.tasks.models import Task
from meetly.tasks.opening import MEMBERS, short
from meetly.tasks.rights import KEEPERS, judges


def tell_unit(task: Task, event: str, subject: Callable[[str], str], body: Words) -> None:
    """Tell the people of the lead unit; a name that is in no directory has none."""
    if task.lead_unit_id is not None:
        _tell(accounts.people_of([task.lead_unit_id], *MEMBERS), task, event, subject, body)


def tell_giver(task: Task, event: str, subject: Callable[[str], str], body: Words) -> None:
    """Tell those who keep the giver's tasks, and the officer who follows this one up."""
    people = [*accounts.people_of([task.owner_unit_id], *KEEPERS), *judges(task)]
    _tell(people, task, event, subject, body)


def tell_person(person: User, task: Task, event: str, subject: Callable[[str], str]) -> None:
    """Tell one person what became theirs."""
    due = f"{task.due:%d/%m/%Y}" if task.due else ""
    _tell(
        [person], task, event, subject,
        lambda: _("Thời hạn: %(due)s.", due=due) if due else _("Chưa có thời hạn."),
    )  # fmt: skip


def _tell(
    people: Iterable[User], task: Task, event: str, subject: Callable[[str], str], body: Words
) -> None:
    # The version makes the key of each claim, return and grant its own.
    notices.tell(
        people, key=f"task:{task.id}:{event}:{task.version}",
        subject=lambda: subject(short(task.text)), body=body, link=f"/tasks/{task.id}",
    )  # fmt: skip
