"""Tasks read: one a person may see, lists narrowed and paged, and what was said on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    tuple_,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.directions.models import Direction
from meetly.errors import BadInput, NotFound
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.tasks.models import (
    ExtensionRequest,
    ExtensionStatus,
    Progress,
    Task,
    TaskHelper,
    TaskPerson,
    TaskState,
)
from meetly.tasks.opening import MEMBERS
from meetly.tasks.rights import KEEPERS
from meetly.tasks.states import is_open, stands

PAGE = 40
#: what was done longer ago is found by searching, not offered to narrow a list to
LATELY = timedelta(days=90)


@dataclass(frozen=True)
class Filter:
    """Which tasks a list shows; empty fields leave the list as it is."""

    #: "me": named to do it; "lead": my units lead; "help": they help; "owner": they gave it;
    #: "follow": I follow it up
    mine: str = ""
    #: "open", "done" or one of TaskState
    state: str = "open"
    meeting_id: int | None = None
    unit_id: int | None = None
    officer_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True)
class Page:
    """One page of a list, and the mark after which the next one begins."""

    tasks: list[Task]
    after: str = ""


def get(user: User, task_id: int) -> Task:
    """Return a task the person may see: their unit gave it, leads it or helps with it."""
    query = select(Task).where(Task.id == task_id, _visible(user))
    task = db.session.scalar(query)
    if task is None:
        raise NotFound()
    return task


def listing(user: User, wanted: Filter, *, after: str = "", limit: int = PAGE) -> Page:
    """List tasks by deadline, those without one last; `after` continues a page."""
    conditions = _conditions(user, wanted)
    day, task_id = _mark(after) if after else (date.min, 0)
    found: list[Task] = []
    if day != date.max:
        dated = [*conditions, Task.due.is_not(None)]
        if after:
            mark = tuple_(literal(day, Date), literal(task_id))
            dated.append(tuple_(Task.due, Task.id) > mark)
        found = _first(user, dated, limit + 1)
    if len(found) <= limit:
        undated = [*conditions, Task.due.is_(None)]
        if day == date.max:
            undated.append(Task.id > task_id)
        found += _first(user, undated, limit + 1 - len(found))
    if len(found) <= limit:
        return Page(found)
    last = found[limit - 1]
    return Page(found[:limit], f"{(last.due or date.max).isoformat()}_{last.id}")


def _first(user: User, conditions: list[ColumnElement[bool]], limit: int) -> list[Task]:
    """List the first tasks of a person, each way of seeing one in the order of its own index.

    One condition over all ways would sort every task of ten years.
    """
    ways = [
        select(Task.id).where(way, *conditions).order_by(Task.due, Task.id).limit(limit).subquery()
        for way in _ways(user)
    ]
    seen = union(*(select(way.c.id) for way in ways))
    query = select(Task).where(Task.id.in_(seen)).order_by(Task.due, Task.id)
    return list(db.session.scalars(query.limit(limit)))


def mine(user: User, limit: int = 200) -> list[Task]:
    """List the open tasks the person's units lead, the most urgent first."""
    return listing(user, Filter(mine="lead"), limit=limit).tasks


def overdue(user: User, limit: int = 200) -> list[Task]:
    """List the open tasks past their deadline, the latest first."""
    return listing(user, Filter(state=TaskState.OVERDUE), limit=limit).tasks


def of_meeting(user: User, meeting: Meeting, limit: int = 1000) -> list[Task]:
    """List what came of a meeting, as far as the person may see it."""
    return listing(user, Filter(state="", meeting_id=meeting.id), limit=limit).tasks


def of_direction(direction: Direction) -> list[Task]:
    """List the tasks a direction opened; asks no permission."""
    query = select(Task).where(Task.direction_id == direction.id).order_by(Task.id)
    return list(db.session.scalars(query))


def to_agree(user: User, limit: int) -> list[Task]:
    """List the tasks whose units say they are done and that wait for this person's word."""
    query = select(Task).where(is_open(), Task.claimed_at.is_not(None), _judged_by(user))
    return list(db.session.scalars(query.order_by(Task.claimed_at, Task.id).limit(limit)))


def to_extend(user: User, limit: int) -> list[ExtensionRequest]:
    """List the requests for more time that wait for this person's word."""
    led = _ids(user, (Role.LEADER,))
    if not led:
        return []
    query = select(ExtensionRequest).join(Task, Task.id == ExtensionRequest.task_id)
    query = query.where(
        ExtensionRequest.status == ExtensionStatus.ASKED, is_open(), Task.owner_unit_id.in_(led)
    )
    return list(db.session.scalars(query.order_by(ExtensionRequest.id).limit(limit)))


def progress_of(task: Task) -> list[Progress]:
    """List what was said and decided about a task, newest first."""
    query = select(Progress).where(Progress.task_id == task.id).order_by(Progress.id.desc())
    return list(db.session.scalars(query))


def people_of(task: Task) -> dict[int, TaskPerson]:
    """Tell whom each unit named to do its part, by the unit's number."""
    query = select(TaskPerson).where(TaskPerson.task_id == task.id)
    return {named.unit_id: named for named in db.session.scalars(query)}


def percents(tasks: Iterable[Task]) -> dict[int, int]:
    """Return how far each task is by its last report; tasks never reported on are missing."""
    last = (
        select(func.max(Progress.id))
        .where(Progress.task_id.in_([task.id for task in tasks]))
        .group_by(Progress.task_id)
    )
    rows = db.session.execute(
        select(Progress.task_id, Progress.percent).where(Progress.id.in_(last))
    )
    return {row.task_id: row.percent for row in rows}


# -- what the list can be narrowed to --------------------------------------------------------


def lead_units(user: User) -> list[Unit]:
    """List the units that lead tasks which run or were done lately, as far as the person sees."""
    query = select(Unit).where(Unit.id.in_(_of_late(user, Task.lead_unit_id)))
    return list(db.session.scalars(query.order_by(Unit.path)))


def meetings_with_tasks(user: User, limit: int = 50) -> list[Meeting]:
    """List the meetings whose tasks run or were done lately, as far as the person sees; newest
    first.
    """
    query = select(Meeting).where(Meeting.id.in_(_of_late(user, Task.meeting_id)))
    return list(db.session.scalars(query.order_by(Meeting.starts_at.desc()).limit(limit)))


def _of_late(user: User, column: InstrumentedAttribute[int | None]) -> CompoundSelect[Any]:
    """Collect a column of the tasks that run or were done lately, each way by its own index."""
    done = and_(Task.completed_at.is_not(None), Task.cancelled_at.is_(None))
    lately = and_(done, Task.completed_at >= clock.now() - LATELY)
    return union(
        *(select(column).where(way, each) for way in _ways(user) for each in (is_open(), lately))
    )


def officers(user: User) -> list[User]:
    """List the people of the person's units that gave tasks, who may follow them up."""
    return accounts.people_of(_ids(user, KEEPERS), *MEMBERS)


def colleagues(user: User) -> list[User]:
    """List the people of the person's units, who may be named to do something."""
    return accounts.people_of(_ids(user, MEMBERS), *MEMBERS)


def visible_ids(user: User) -> Select[Any]:
    """Return the query for the ids of every task the person may see."""
    return select(Task.id).where(_visible(user))


def _visible(user: User) -> ColumnElement[bool]:
    return or_(*_ways(user))


def _ways(user: User) -> tuple[ColumnElement[bool], ...]:
    """List the ways in which a task concerns a person: given, led, helped with, followed up."""
    kept = _ids(user, KEEPERS)
    mine = _ids(user, MEMBERS)
    helped = select(TaskHelper.task_id).where(TaskHelper.unit_id.in_(mine))
    return (
        Task.owner_unit_id.in_(kept),
        Task.lead_unit_id.in_(mine),
        Task.id.in_(helped),
        and_(Task.officer_id == user.id, Task.owner_unit_id.in_(mine)),
    )


def _judged_by(user: User) -> ColumnElement[bool]:
    """Say in SQL what rights.may_agree says in Python."""
    follows = and_(Task.officer_id == user.id, Task.owner_unit_id.in_(_ids(user, MEMBERS)))
    return or_(Task.owner_unit_id.in_(_ids(user, (Role.LEADER,))), follows)


def _conditions(user: User, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = _whose(user, wanted.mine)
    if wanted.meeting_id:
        conditions.append(Task.meeting_id == wanted.meeting_id)
    if wanted.unit_id:
        conditions.append(Task.lead_unit_id == wanted.unit_id)
    if wanted.officer_id:
        conditions.append(Task.officer_id == wanted.officer_id)
    if wanted.person_id:
        conditions.append(_named(wanted.person_id))
    if wanted.state:
        conditions.append(stands(wanted.state, clock.today()))
    return conditions


def _whose(user: User, mine: str) -> list[ColumnElement[bool]]:
    if mine == "me":
        return [_named(user.id)]
    if mine == "follow":
        return [Task.officer_id == user.id]
    if mine == "lead":
        return [Task.lead_unit_id.in_(_ids(user, MEMBERS))]
    if mine == "help":
        helped = select(TaskHelper.task_id).where(TaskHelper.unit_id.in_(_ids(user, MEMBERS)))
        return [Task.id.in_(helped)]
    if mine == "owner":
        return [Task.owner_unit_id.in_(_ids(user, KEEPERS))]
    return []


def _named(user_id: int) -> ColumnElement[bool]:
    return Task.id.in_(select(TaskPerson.task_id).where(TaskPerson.user_id == user_id))


def _ids(user: User, roles: Sequence[Role]) -> list[int]:
    return [unit.id for unit in accounts.units_as(user, *roles)]


def _mark(after: str) -> tuple[date, int]:
    day, _sep, task_id = after.partition("_")
    try:
        return date.fromisoformat(day), int(task_id)
    except ValueError as error:
        raise BadInput("Đường dẫn trang sau không đúng; hãy mở lại danh sách.") from error
