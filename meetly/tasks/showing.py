"""What the page of one task shows to one person: facts, story, and the forms they may send."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import User
from meetly.config import settings
from meetly.directions import service as directions
from meetly.materials.formats import ACCEPT
from meetly.minutes import service as minutes_service
from meetly.tasks import service, story
from meetly.tasks.changing import MOST_PERCENT
from meetly.tasks.extending import service as extending
from meetly.tasks.extending.forms import AskForm, GrantForm
from meetly.tasks.forms import NOBODY, PersonForm, ReportForm, SteerForm
from meetly.tasks.models import ExtensionStatus, ProgressKind, Task


def everything(user: User, task: Task) -> dict[str, Any]:
    """Gather it by the names the template knows; whether the person may see it was asked before."""
    day = clock.today()
    return {
        "task": task, "state": task.state(day), "days_late": task.days_late(day),
        "earliest": max(day, task.due or day) + timedelta(days=1),
        "accept": ACCEPT, "largest": settings().largest_evidence, "most": settings().most_evidence,
        "doers": _doers(user, task),
        "steering": _steering(task) if service.may_steer(user, task) and task.is_open else None,
        "may_report": service.may_report(user, task), "may_steer": service.may_steer(user, task),
        "may_agree": service.may_agree(user, task), "may_extend": service.may_extend(user, task),
        **_story(user, task), **_origin(user, task),
    }  # fmt: skip


def _story(user: User, task: Task) -> dict[str, Any]:
    progress, requests = service.progress_of(task), extending.of_task(task)
    asked = next((r for r in requests if r.status == ExtensionStatus.ASKED), None)
    entries = story.told(progress, requests)
    percent = progress[0].percent if progress else None
    return {
        "percent": percent,
        "entries": entries,
        "claimed": story.last(entries, ProgressKind.CLAIM),
        "returned": story.last(entries, ProgressKind.RETURN, ProgressKind.REOPEN),
        "asked": asked,
        "old_dues": [r.old_due for r in requests if r.status == ExtensionStatus.GRANTED],
        "form": ReportForm(formdata=None, percent=min(MOST_PERCENT, percent or 0)),
        "ask": AskForm(formdata=None),
        "grant": GrantForm(formdata=None, due=asked.wanted if asked else None),
        # What is typed is kept in the browser until this person's next line is in the story.
        "turn": sum(line.author_id == user.id for line in progress),
        "questions": len(requests),
    }


def _origin(user: User, task: Task) -> dict[str, Any]:
    direction, minutes, later = task.direction, task.direction.minutes, task.superseded_by
    return {
        "others": [t for t in service.of_direction(direction) if t.id != task.id],
        "minutes": minutes if minutes and minutes_service.may_read(user, minutes) else None,
        "may_hear": directions.may_see(user, direction),
        "successor": later if later and directions.may_see(user, later) else None,
    }


def _doers(user: User, task: Task) -> list[tuple[str, str, PersonForm | None]]:
    """List each unit at work, whom it named, and the form to name somebody of one's own."""
    named = service.people_of(task)
    mine = service.naming(user, task) if task.is_open else []
    found: list[tuple[str, str, PersonForm | None]] = []
    for unit in service.units_at_work(task):
        who = named.get(unit.id)
        form = None
        if unit in mine:
            chosen = who.user_id if who else user.id
            form = PersonForm(formdata=None, unit=unit.id, person=chosen)
            form.offer(accounts.people_of([unit.id], *service.MEMBERS))
        found.append((unit.name, who.user.name if who else "", form))
    return found


def _steering(task: Task) -> SteerForm:
    form = SteerForm(formdata=None, officer=task.officer_id or NOBODY, priority=str(task.priority))
    people = accounts.people_of([task.owner_unit_id], *service.MEMBERS)
    form.offer(people, task.owner_unit)
    return form
