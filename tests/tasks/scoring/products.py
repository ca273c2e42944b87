"""Products of units as rows, for the tests of records: due, done, given back, extended."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import count

from meetly import clock
from meetly.accounts.models import Unit, User
from meetly.directions.models import Direction, DirectionStatus, Origin, Priority
from meetly.extensions import db
from meetly.tasks.models import (
    ExtensionRequest,
    ExtensionStatus,
    Progress,
    ProgressKind,
    Task,
    TaskHelper,
)
from tests.cast import Cast

_ordinals = count(1)


def at(day: date, hour: int = 9) -> datetime:
    """Return an hour of a day in Vietnam."""
    return clock.from_local(datetime.combine(day, time(hour)))


def product(
    cast: Cast,
    unit: Unit | None,
    due: date | None,
    *,
    done: datetime | None = None,
    claimed: datetime | None = None,
    text: str = "Báo cáo kết quả",
    name: str = "",
    priority: Priority = Priority.NORMAL,
    owner: Unit | None = None,
    officer: User | None = None,
    helpers: tuple[Unit, ...] = (),
    returned: int = 0,
    cancelled: bool = False,
) -> Task:
    """Add one task given by the office (or another unit) and what became of it."""
    giver, began = owner or cast.office, at((due or date(2026, 11, 1)) - timedelta(days=40))
    direction = Direction(
        owner_unit_id=giver.id, origin=Origin.SHEET, source="Sổ theo dõi",
        given_on=began.date(), ordinal=next(_ordinals), status=DirectionStatus.CONFIRMED,
        text=text, span=text, due=due,
    )  # fmt: skip
    db.session.add(direction)
    db.session.flush()
    task = Task(
        direction_id=direction.id, owner_unit_id=giver.id,
        lead_unit_id=unit.id if unit else None, lead_name=unit.name if unit else name,
        text=text, due=due, first_due=due, priority=priority, opened_at=began,
        opened_by_id=cast.khai.id, completed_at=done, accepted_at=done,
        claimed_at=claimed or done, officer_id=officer.id if officer else None,
        cancelled_at=began if cancelled else None,
        helpers=[TaskHelper(name=helper.name, unit_id=helper.id) for helper in helpers],
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    for _time in range(returned):
        db.session.add(
            Progress(task_id=task.id, author_id=cast.khai.id, at=began, kind=ProgressKind.RETURN,
                     text="Thiếu số liệu")
        )  # fmt: skip
    db.session.flush()
    return task


def extend(task: Task, to: date, *, asked: datetime, granted: bool = True) -> ExtensionRequest:
    """Ask for more time, and get it or not."""
    request = ExtensionRequest(
        task_id=task.id, asked_by_id=task.opened_by_id, asked_at=asked, reason="Mưa lũ",
        old_due=task.due, wanted=to, granted=to if granted else None,
        status=ExtensionStatus.GRANTED if granted else ExtensionStatus.REFUSED,
        decided_by_id=task.opened_by_id, decided_at=asked,
    )  # fmt: skip
    db.session.add(request)
    if granted:
        task.due = to
    db.session.flush()
    return request
