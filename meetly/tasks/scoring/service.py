"""Verbs of scoring: the record of a period, the tasks behind it, its formula, and fixing it.

A record is counted anew each time it is looked at, until it is fixed; then it stays as it was,
and what changed afterwards is shown beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, union
from sqlalchemy.exc import IntegrityError

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import BadInput, NotFound, WrongState
from meetly.extensions import db
from meetly.tasks.models import Task
from meetly.tasks.opening import MEMBERS
from meetly.tasks.scoring import counting, lines, periods
from meetly.tasks.scoring import formula as formulas
from meetly.tasks.scoring.counting import By, Counted, Scope, Subject
from meetly.tasks.scoring.formula import DEFAULT, Formula
from meetly.tasks.scoring.lines import Change, Line
from meetly.tasks.scoring.models import FixedRecord, GeneralPoints, ScoringFormula
from meetly.tasks.scoring.periods import Period

KEEPERS = (Role.SECRETARY, Role.LEADER)
PAGE = 50
LONGEST_REASON = 1000
GROUNDS = "Nghị định số 335/2025/NĐ-CP"


@dataclass(frozen=True)
class Record:
    """How units or officers did in a period, the best first."""

    owner: Unit
    period: Period
    by: By
    formula: Formula
    grounds: str
    lines: list[Line]
    #: whether all lines are here, or only the reader's own
    is_whole: bool
    #: once it was fixed: by whom and when, and whose points have changed since
    fixed: FixedRecord | None = None
    changes: tuple[Change, ...] = ()

    @property
    def too_many_excellent(self) -> bool:
        """Whether more are excellent than should be; known only to who sees all lines."""
        return self.is_whole and lines.excellent(self.lines, self.formula)


@dataclass(frozen=True)
class Effect:
    """What another formula would make of a period that is over, the largest difference first."""

    period: Period
    pairs: list[tuple[Line, Line]]


@dataclass(frozen=True)
class Cost:
    """One task behind a score, what became of it and the hundredths of a point it cost."""

    counted: Counted
    lost: int


@dataclass(frozen=True)
class Behind:
    """One page of the tasks behind a score, and the mark after which the next one begins."""

    line: Line
    costs: list[Cost]
    after: str = ""


# -- whose -----------------------------------------------------------------------------------


def owners(user: User, period: Period) -> list[Unit]:
    """List whose records a person may open: of units they keep, and of givers of their tasks."""
    kept = accounts.units_as(user, *KEEPERS)
    mine = [unit.id for unit in accounts.units_as(user, *MEMBERS)]
    within = (Task.due >= period.first, Task.due <= period.last)
    givers = union(
        select(Task.owner_unit_id).where(Task.lead_unit_id.in_(mine), *within),
        select(Task.owner_unit_id).where(Task.officer_id == user.id, *within),
    )
    known = {unit.id for unit in kept}
    query = select(Unit).where(Unit.id.in_(givers), Unit.id.not_in(known)).order_by(Unit.name)
    return [*kept, *db.session.scalars(query)]


def owner_of(user: User, unit_id: int | None, period: Period) -> Unit:
    """Return the unit asked for, or the first there is; NotFound when its record is no business."""
    found = owners(user, period)
    if unit_id is None and found:
        return found[0]
    for unit in found:
        if unit.id == unit_id:
            return unit
    raise NotFound()


def may_keep(user: User, owner: Unit) -> bool:
    """Tell whether a person sees every line: secretaries and leaders of the unit that gave."""
    return bool(accounts.roles_in(user, owner.id) & set(KEEPERS))


def may_decide(user: User, owner: Unit) -> bool:
    """Tell whether a person sets formula and general points, and fixes: leaders who gave."""
    return Role.LEADER in accounts.roles_in(user, owner.id)


# -- reading ---------------------------------------------------------------------------------


def record(user: User, owner: Unit, period: Period, by: By) -> Record:
    """Return the record of a period as far as the person may see it: a unit sees its own line."""
    formula, grounds = formula_on(owner, period.first)
    counted = counted_lines(owner, period, by, formula)
    fixed = fixed_of(owner, period, by)
    shown = counted
    changes: list[Change] = []
    if fixed is not None:
        formula, shown = formulas.read(fixed.formula), [lines.read(one) for one in fixed.lines]
        grounds = str(fixed.formula.get("grounds", grounds))
        changes = lines.changed(shown, counted)
    whole = may_keep(user, owner)
    if not whole:
        shown = [line for line in shown if _is_own(user, by, line.subject_id)]
        changes = [change for change in changes if _is_own(user, by, change.subject_id)]
    return Record(owner, period, by, formula, grounds, shown, whole, fixed, tuple(changes))


def behind(
    user: User, owner: Unit, period: Period, by: By, subject: Subject, *, after: str = ""
) -> Behind:
    """Return the tasks behind one score as they are now, and what each cost.

    NotFound unless the score is the person's own or they see all.
    """
    if not may_keep(user, owner) and not _is_own(user, by, subject.id):
        raise NotFound()
    formula, _grounds = formula_on(owner, period.first)
    scope = Scope(owner.id, period, by, formula, clock.today())
    tallies = counting.tallies(scope, subject).get(subject, [])
    general = _general_means(owner, period, by, formula)
    line = lines.line_of(
        subject.id, _name(by, subject), tallies, general.get(subject.id, formula.general * 100),
        formula,
    )  # fmt: skip
    whole = formulas.weight(tallies, formula)
    found = counting.behind(scope, subject, after=_mark(after), limit=PAGE + 1)
    costs = [Cost(one, formulas.lost(one.tally, whole, formula)) for one in found[:PAGE]]
    last = found[PAGE - 1].task if len(found) > PAGE else None
    mark = f"{(last.due or date.max).isoformat()}_{last.id}" if last else ""
    return Behind(line, costs, mark)


def counted_lines(owner: Unit, period: Period, by: By, formula: Formula) -> list[Line]:
    """Count a whole record by a formula as of today; asks no permission."""
    scope = Scope(owner.id, period, by, formula, clock.today())
    found = counting.tallies(scope)
    names = _names(by, [subject.id for subject in found if subject.id is not None])
    general = _general_means(owner, period, by, formula)
    full = formula.general * 100
    return lines.ranked(
        lines.line_of(
            who.id, names.get(who.id, who.name) if who.id else who.name, tallies,
            general.get(who.id, full), formula,
        )
        for who, tallies in found.items()
    )  # fmt: skip


def formula_on(owner: Unit, day: date) -> tuple[Formula, str]:
    """Return the formula of a unit on a day and what it follows; the default before any was set."""
    query = select(ScoringFormula).where(
        ScoringFormula.unit_id == owner.id, ScoringFormula.valid_from <= day
    )
    found = db.session.scalar(query.order_by(ScoringFormula.valid_from.desc()).limit(1))
    return (formulas.read(found.values), found.grounds) if found else (DEFAULT, GROUNDS)


def effect(owner: Unit, formula: Formula) -> Effect:
    """Count the last whole month by its own formula and by another, to compare; changes nothing."""
    period = periods.last_whole_month(clock.today())
    now, _grounds = formula_on(owner, period.first)
    before = counted_lines(owner, period, By.UNIT, now)
    other = {_key(line): line for line in counted_lines(owner, period, By.UNIT, formula)}
    pairs = [(line, other[_key(line)]) for line in before if _key(line) in other]
    return Effect(period, sorted(pairs, key=_difference, reverse=True))


def formulas_of(owner: Unit) -> list[ScoringFormula]:
    """List every formula a unit ever set, newest first."""
    query = select(ScoringFormula).where(ScoringFormula.unit_id == owner.id)
    return list(db.session.scalars(query.order_by(ScoringFormula.valid_from.desc())))


def fixed_of(owner: Unit, period: Period, by: By) -> FixedRecord | None:
    """Return the record of a period that was fixed, if it was."""
    query = select(FixedRecord).where(
        FixedRecord.unit_id == owner.id, FixedRecord.period == period.key, FixedRecord.by == by
    )
    return db.session.scalar(query)


def general_of(owner: Unit, period: Period, by: By, subject_id: int) -> GeneralPoints | None:
    """Return the general points somebody was given for a month, where they were."""
    return db.session.scalar(
        select(GeneralPoints).where(
            GeneralPoints.unit_id == owner.id, GeneralPoints.period == period.key,
            GeneralPoints.by == by, GeneralPoints.subject_id == subject_id,
        )
    )  # fmt: skip


# -- deciding --------------------------------------------------------------------------------


def fix(user: User, owner: Unit, period: Period, by: By) -> FixedRecord:
    """Fix the record of a period that is over; fixing again returns what was fixed."""
    accounts.require(user, owner.id, Role.LEADER)
    if period.last >= clock.today():
        raise WrongState("Kỳ chưa kết thúc nên chưa chốt được.")
    there = fixed_of(owner, period, by)
    if there is not None:
        return there
    formula, grounds = formula_on(owner, period.first)
    found = counted_lines(owner, period, by, formula)
    row = FixedRecord(
        unit_id=owner.id, period=period.key, by=by.value,
        lines=[lines.kept(line) for line in found],
        formula=formula.values() | {"grounds": grounds}, fixed_at=clock.now(), fixed_by_id=user.id,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # somebody fixed it in this moment
        found_row = fixed_of(owner, period, by)
        assert found_row is not None
        return found_row
    audit.record(user.id, "tasks.fix_record", row, period=period.key, by=by.value)
    return row


def set_formula(
    user: User, owner: Unit, valid_from: date, formula: Formula, grounds: str
) -> ScoringFormula:
    """Let a formula count from the first of a month on; those before it are kept.

    One that counts already is never replaced, nor a record that was fixed undercut.
    """
    accounts.require(user, owner.id, Role.LEADER)
    _require_free(owner, valid_from)
    query = select(ScoringFormula).where(
        ScoringFormula.unit_id == owner.id, ScoringFormula.valid_from == valid_from
    )
    row = db.session.scalar(query)
    if row is None:
        row = ScoringFormula(unit_id=owner.id, valid_from=valid_from)
        db.session.add(row)
    elif valid_from <= clock.today():
        raise WrongState("Đã có công thức áp dụng từ ngày này; hãy chọn tháng khác.")
    row.values, row.grounds = formulas.read(formula.values()).values(), grounds.strip()
    row.made_by_id, row.made_at = user.id, clock.now()
    audit.record(
        user.id, "tasks.set_formula", row, valid_from=valid_from.isoformat(), values=row.values
    )
    return row


def set_general(
    user: User, owner: Unit, period: Period, by: By, subject: Subject, points: int, reason: str
) -> GeneralPoints:
    """Give somebody other general points than all of them for a month, with the reason."""
    accounts.require(user, owner.id, Role.LEADER)
    words = reason.strip()[:LONGEST_REASON]
    formula, _grounds = formula_on(owner, period.first)
    if not period.is_month or subject.id is None or period.first > clock.today():
        raise BadInput("Điểm tiêu chí chung được chấm theo tháng, cho đơn vị hoặc người có tên.")
    if not 0 <= points <= formula.general * 100 or not words:
        raise BadInput("Hãy nhập điểm trong giới hạn và ghi lý do.")
    if fixed_of(owner, period, by):
        raise WrongState("Kết quả tháng này đã chốt nên không đổi điểm được nữa.")
    if not _names(by, [subject.id]):
        raise NotFound()
    row = general_of(owner, period, by, subject.id)
    if row is None:
        row = GeneralPoints(unit_id=owner.id, period=period.key, by=by.value, subject_id=subject.id)
        db.session.add(row)
    row.points, row.reason = points, words
    row.set_by_id, row.set_at = user.id, clock.now()
    audit.record(user.id, "tasks.set_general", row, points=points, subject=subject.id, reason=words)
    return row


# -- pieces ----------------------------------------------------------------------------------


def _difference(pair: tuple[Line, Line]) -> int:
    return abs((pair[0].total or 0) - (pair[1].total or 0))


def _key(line: Line) -> tuple[int | None, str]:
    return line.subject_id, line.name


def _is_own(user: User, by: By, subject_id: int | None) -> bool:
    if subject_id is None:
        return False
    if by == By.OFFICER:
        return subject_id == user.id
    return bool(accounts.roles_in(user, subject_id) & set(MEMBERS))


def _require_free(owner: Unit, valid_from: date) -> None:
    if valid_from.day != 1:
        raise BadInput("Công thức áp dụng từ ngày đầu một tháng.")
    first = clock.today().replace(month=1, day=1)
    if valid_from < first:
        raise BadInput("Công thức không áp dụng ngược về năm trước.")
    query = select(FixedRecord.period).where(FixedRecord.unit_id == owner.id)
    for key in db.session.scalars(query):
        if periods.read(key).first >= valid_from:
            raise WrongState("Có kỳ từ ngày này đã chốt; hãy chọn tháng sau đó.")


def _general_means(owner: Unit, period: Period, by: By, formula: Formula) -> dict[int | None, int]:
    """Return the general points of who was given some: the mean of the months, full where none."""
    full, months = formula.general * 100, period.months
    given: dict[int, list[int]] = {}
    for row in db.session.scalars(
        select(GeneralPoints).where(
            GeneralPoints.unit_id == owner.id, GeneralPoints.by == by,
            GeneralPoints.period.in_(months),
        )
    ):  # fmt: skip
        given.setdefault(row.subject_id, []).append(min(row.points, full))
    return {
        who: formulas.mean([*points, *[full] * (len(months) - len(points))])
        for who, points in given.items()
    }


def _names(by: By, ids: list[int]) -> dict[int, str]:
    if by == By.UNIT:
        units = db.session.scalars(select(Unit).where(Unit.id.in_(ids)))
        return {unit.id: unit.name for unit in units}
    return {user.id: user.name for user in db.session.scalars(select(User).where(User.id.in_(ids)))}


def _name(by: By, subject: Subject) -> str:
    if subject.id is None:
        return subject.name
    found = _names(by, [subject.id])
    if subject.id not in found:
        raise NotFound()
    return found[subject.id]


def _mark(after: str) -> tuple[date, int] | None:
    if not after:
        return None
    day, _sep, task_id = after.partition("_")
    try:
        return date.fromisoformat(day), int(task_id)
    except ValueError as error:
        raise BadInput("Đường dẫn trang sau không đúng; hãy mở lại danh sách.") from error
