"""Verbs of reminding: find who is to be told of tasks, tell each once, and keep a unit's plan.

What a person was told is a row, unique by person, task, rule and deadline. It is written in the
transaction of the digest that says it, and before it: of two schedulers the database lets one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import BadInput, NotFound
from meetly.extensions import db
from meetly.inserting import insert
from meetly.notices import service as notices
from meetly.tasks.models import Task
from meetly.tasks.reminding import finding, telling
from meetly.tasks.reminding.finding import Untold
from meetly.tasks.reminding.models import ReminderPlan, ToldTask
from meetly.tasks.reminding.plan import MOST_AFTER, MOST_BEFORE, Plan
from meetly.tasks.reminding.plans import Plans

KEEPERS = (Role.SECRETARY, Role.LEADER)
#: Rules of each kind that a plan may have.
MOST_RULES = 10
#: Years to a deadline for which nobody asks in earnest.
FAR = 100


# -- telling ---------------------------------------------------------------------------------


def due(now: datetime) -> dict[int, list[int]]:
    """Return who should hear of which tasks now and has not, by person; writes nothing."""
    found: dict[int, set[int]] = defaultdict(set)
    for one in finding.untold(now):
        found[one.user_id].add(one.task.id)
    return {user_id: sorted(tasks) for user_id, tasks in sorted(found.items())}


def tell(user_id: int, task_ids: Iterable[int], now: datetime) -> int:
    """Tell one person of these tasks in one digest, as they are now; return of how many.

    What has been done, moved or told since it was found is left out.
    """
    person = db.session.get(User, user_id, populate_existing=True)
    if person is None or not person.active:
        return 0
    found = [one for one in finding.untold_among(task_ids, now) if one.user_id == user_id]
    key = _key(found, now)
    tasks = _first_to_tell(found, key, now)
    if not tasks:
        return 0
    today = clock.local(now).date()
    told = notices.tell(
        [person], key=key,
        subject=lambda: telling.subject(tasks, today),
        body=lambda: telling.body(person, tasks, today),
        link=telling.link(tasks),
    )  # fmt: skip
    assert told == 1, f"{key} was told before what it tells"
    return len(tasks)


def _first_to_tell(found: Sequence[Untold], key: str, now: datetime) -> list[Task]:
    """Note what is told; return the tasks that nobody told this person of before, each once."""
    if not found:
        return []
    rows = [
        {"user_id": one.user_id, "task_id": one.task.id, "rule": one.rule, "due": one.due,
         "notice_key": key, "told_at": now}
        for one in sorted(found, key=lambda one: (one.task.id, one.rule))  # no circle of waiters
    ]  # fmt: skip
    noting = insert(ToldTask).on_conflict_do_nothing().returning(ToldTask.task_id)
    noted = set(db.session.scalars(noting, rows))
    return list({one.task.id: one.task for one in found if one.task.id in noted}.values())


def _key(found: Sequence[Untold], now: datetime) -> str:
    """Name a digest by its day and by what it would tell."""
    said = sorted(f"{one.task.id} {one.rule} {one.due}" for one in found)
    short = hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
    return f"tasks.digest:{clock.local(now):%Y%m%d}:{short}"


# -- the plan of a unit ----------------------------------------------------------------------


def kept_unit(user: User, unit_id: int) -> Unit:
    """Return a unit whose plan the person looks after: its secretaries and leaders do."""
    found = next((unit for unit in accounts.units_as(user, *KEEPERS) if unit.id == unit_id), None)
    if found is None:
        raise NotFound()
    return found


def plan_of(unit: Unit) -> tuple[Plan, Unit | None]:
    """Return the plan by which a unit's tasks are recalled, and the unit that made it."""
    plan, origin = Plans().with_origin(unit.id)
    return plan, db.session.get(Unit, origin) if origin else None


def keep_plan(user: User, unit: Unit, plan: Plan) -> ReminderPlan:
    """Recall the tasks of a unit by this plan from now on; BadInput when it cannot be one."""
    kept_unit(user, unit.id)
    _require_sense(plan)
    row = db.session.get(ReminderPlan, unit.id) or ReminderPlan(unit_id=unit.id)
    row.before = sorted(set(plan.before), reverse=True)
    row.ladder = [{"after": rung.after, "to": rung.to.value} for rung in plan.ladder]
    row.digest_at, row.rests = plan.digest_at, plan.rests
    row.quiet_from, row.quiet_until = plan.quiet_from, plan.quiet_until
    row.changed_by_id, row.changed_at = user.id, clock.now()
    db.session.add(row)
    db.session.flush()
    audit.record(
        user.id, "tasks.plan_reminders", unit, before=row.before, ladder=row.ladder,
        digest_at=f"{plan.digest_at:%H:%M}", rests=plan.rests,
        quiet=f"{plan.quiet_from:%H:%M}-{plan.quiet_until:%H:%M}",
    )  # fmt: skip
    return row


def drop_plan(user: User, unit: Unit) -> None:
    """Let a unit go by the plan above it again; dropping it twice changes nothing."""
    kept_unit(user, unit.id)
    row = db.session.get(ReminderPlan, unit.id)
    if row is not None:
        db.session.delete(row)
        db.session.flush()
        audit.record(user.id, "tasks.drop_reminders", unit)


def _require_sense(plan: Plan) -> None:
    if max(len(plan.before), len(plan.ladder)) > MOST_RULES:
        raise BadInput("Mỗi loại không quá %(most)s lần nhắc.", most=MOST_RULES)
    if any(not 0 <= days <= MOST_BEFORE for days in plan.before):
        raise BadInput("Nhắc trước hạn từ 0 đến %(most)s ngày.", most=MOST_BEFORE)
    if any(not 1 <= rung.after <= MOST_AFTER for rung in plan.ladder):
        raise BadInput("Báo quá hạn từ 1 đến %(most)s ngày sau hạn.", most=MOST_AFTER)
    if not plan.before and not plan.ladder:
        raise BadInput("Hãy giữ ít nhất một lần nhắc, nếu không việc sẽ trôi qua mà không ai hay.")
    if plan.hushes(plan.digest_at):
        raise BadInput("Giờ gửi thư nằm trong giờ yên lặng; hãy đổi một trong hai.")


def example_day(asked: date | None) -> date:
    """Return the deadline for which a plan is shown: the one asked for, or in a fortnight."""
    usual = clock.today() + timedelta(days=14)
    return asked if asked and abs(asked.year - usual.year) < FAR else usual
