"""Verbs of standing tasks: begin what recurs, open its next period, and end it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, CursorResult, Select, func, or_, select, update

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.directions.models import Direction
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.notices import service as notices
from meetly.tasks import opening
from meetly.tasks.models import Task
from meetly.tasks.standing.models import Frequency, StandingTask
from meetly.tasks.standing.recurrence import Period, Rule, dues, first_due, read

MEMBERS = opening.MEMBERS
KEEPERS = (Role.SECRETARY, Role.LEADER)
LONGEST_REASON = 2000
#: Periods of one task on a page; a daily one has 365 a year.
SHOWN = 60
PAGE = 100


# -- beginning -------------------------------------------------------------------------------


def begin(
    user: User,
    direction: Direction,
    name: str,
    unit: Unit | None,
    helping: Sequence[tuple[str, Unit | None]],
    *,
    quiet: bool = False,
) -> Task | None:
    """Begin what one unit owes again and again, and open its first period.

    None when the words of its recurrence name no single day a period; then nothing is written.
    Whether the person may was asked when the direction was confirmed. `quiet` leaves telling to
    the caller.
    """
    rule = read(direction.recurring)
    if rule is None:
        return None
    starts_on = max(clock.today(), direction.given_on)
    standing = StandingTask(
        direction_id=direction.id, owner_unit_id=direction.owner_unit_id,
        lead_unit_id=unit.id if unit else None, lead_name=name, frequency=rule.frequency,
        weekday=rule.weekday, day=rule.day, month=rule.month, hour=rule.hour,
        starts_on=starts_on, opened_by_id=user.id,
    )  # fmt: skip
    db.session.add(standing)
    db.session.flush()
    audit.record(user.id, "tasks.begin_standing", standing, lead=name, frequency=rule.frequency)
    period = first_due(rule, starts_on)
    task = opening.open_task(
        user, direction, name, unit, helping,
        due=period.due, period=period.label, standing=standing, quiet=quiet,
    )  # fmt: skip
    standing.last_due = period.due
    db.session.flush()
    return task


# -- going on --------------------------------------------------------------------------------


def behind() -> list[int]:
    """List the standing tasks of which a period has begun that is not open yet."""
    today = clock.today()
    query = select(StandingTask).where(_lives(), StandingTask.last_due < today)
    found = db.session.scalars(query.order_by(StandingTask.id))
    return [standing.id for standing in found if _missing(standing, today)]


def open_periods(standing_id: int) -> list[Task]:
    """Open every period of a standing task that has begun and is not open, the oldest first.

    The row is held meanwhile: a second worker finds them open. What a worker that was down left
    out is opened too; nothing is opened from before its first day.
    """
    standing = db.session.get_one(StandingTask, standing_id)
    db.session.refresh(standing, with_for_update={"of": StandingTask})
    if standing.ended_at or standing.direction.superseded_by_id:
        return []
    periods = _missing(standing, clock.today())
    if not periods:
        return []
    starter = db.session.get_one(User, standing.opened_by_id)
    helping = _helping(standing)
    opened = [
        opening.open_task(
            starter, standing.direction, standing.lead_name, standing.lead_unit, helping,
            due=period.due, period=period.label, standing=standing,
        )
        for period in periods
    ]  # fmt: skip
    standing.last_due = periods[-1].due
    db.session.flush()
    return opened


def _lives() -> ColumnElement[bool]:
    replaced = select(Direction.id).where(
        Direction.id == StandingTask.direction_id, Direction.superseded_by_id.is_not(None)
    )
    return StandingTask.ended_at.is_(None) & ~replaced.correlate(StandingTask).exists()


def _missing(standing: StandingTask, today: date) -> list[Period]:
    if standing.last_due is None:
        return []
    found = dues(rule_of(standing), standing.last_due, today)
    last = standing.ends_on or date.max
    return [period for period in found if standing.starts_on <= period.due <= last]


def _helping(standing: StandingTask) -> list[tuple[str, Unit | None]]:
    """Return who helped last time: what was corrected there holds from then on."""
    query = select(Task).where(Task.standing_id == standing.id).order_by(Task.due.desc()).limit(1)
    last = db.session.scalar(query)
    return [(helper.name, helper.unit) for helper in last.helpers] if last else []


def rule_of(standing: StandingTask) -> Rule:
    """Return the rule a row holds."""
    return Rule(
        Frequency(standing.frequency), standing.weekday, standing.day, standing.month, standing.hour
    )


# -- ending ----------------------------------------------------------------------------------


def end(user: User, standing: StandingTask, reason: str) -> None:
    """Let no further period be opened, and tell the unit why; what is open stays open."""
    words = _why(user, standing, reason)
    if not _end(user, standing, words):
        raise WrongState("Việc định kỳ này đã dừng.")


def end_direction(user: User, standing: StandingTask, reason: str) -> int:
    """End what a direction asks of every unit again and again; return of how many units."""
    words = _why(user, standing, reason)
    query = select(StandingTask).where(
        StandingTask.direction_id == standing.direction_id, StandingTask.ended_at.is_(None)
    )
    living = list(db.session.scalars(query.order_by(StandingTask.id)))
    return sum(_end(user, each, words) for each in living)


def _why(user: User, standing: StandingTask, reason: str) -> str:
    if not may_end(user, standing):
        raise NotAllowed()
    words = reason.strip()[:LONGEST_REASON]
    if not words:
        raise BadInput("Hãy ghi lý do dừng để đơn vị được biết.")
    return words


def _end(user: User, standing: StandingTask, words: str) -> bool:
    statement = (
        update(StandingTask)
        .where(StandingTask.id == standing.id, StandingTask.ended_at.is_(None))
        .values(ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    db.session.refresh(standing)
    if result.rowcount != 1:
        return False
    audit.record(user.id, "tasks.end_standing", standing, reason=words)
    if standing.lead_unit_id is not None:
        notices.tell(
            accounts.people_of([standing.lead_unit_id], *MEMBERS),
            key=f"standing:{standing.id}:ended",
            subject=lambda: _(
                "Không phải làm định kỳ nữa: %(text)s", text=opening.short(standing.direction.text)
            ),
            body=words,
            link="/standing",
        )
    return True


def may_end(user: User, standing: StandingTask) -> bool:
    """Tell whether the person keeps the tasks of the unit that gave it."""
    return bool(accounts.roles_in(user, standing.owner_unit_id) & set(KEEPERS))


# -- reading ---------------------------------------------------------------------------------


def get(user: User, standing_id: int) -> StandingTask:
    """Return a standing task the person's unit gave or leads; NotFound otherwise."""
    query = select(StandingTask).where(StandingTask.id == standing_id, _visible(user))
    standing = db.session.scalar(query)
    if standing is None:
        raise NotFound()
    return standing


def listing(user: User, *, after: int = 0, limit: int = PAGE) -> list[StandingTask]:
    """List what recurs in the person's units, given or led, in the order it was begun."""
    query = select(StandingTask).where(_visible(user), StandingTask.id > after)
    return list(db.session.scalars(query.order_by(StandingTask.id).limit(limit)))


def periods_of(standing: StandingTask, among: Select[tuple[int]]) -> list[Task]:
    """List the periods that were opened and are among these tasks, newest first."""
    query = select(Task).where(Task.standing_id == standing.id, Task.id.in_(among))
    return list(db.session.scalars(query.order_by(Task.due.desc()).limit(SHOWN)))


def newest(standing: Sequence[StandingTask]) -> dict[int, Task]:
    """Return the newest period of each of these, by their ids."""
    ids = [each.id for each in standing]
    last = select(func.max(Task.id)).where(Task.standing_id.in_(ids)).group_by(Task.standing_id)
    found = db.session.scalars(select(Task).where(Task.id.in_(last)))
    return {task.standing_id: task for task in found if task.standing_id is not None}


def _visible(user: User) -> ColumnElement[bool]:
    kept = [unit.id for unit in accounts.units_as(user, *KEEPERS)]
    mine = [unit.id for unit in accounts.units_as(user, *MEMBERS)]
    return or_(StandingTask.owner_unit_id.in_(kept), StandingTask.lead_unit_id.in_(mine))
