"""What the database sums is what a slow count in Python finds, on both databases."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from meetly import clock
from meetly.app import create_app
from meetly.clock import local
from meetly.config import Config
from meetly.directions.models import Priority
from meetly.extensions import db
from meetly.tasks.models import ExtensionRequest, ExtensionStatus, Progress, Task
from meetly.tasks.scoring import counting, periods
from meetly.tasks.scoring.counting import By, Scope, Subject
from meetly.tasks.scoring.formula import DEFAULT, Extension, Formula, Standing, Tally
from tests import cast as cast_of_tests
from tests.cast import Cast
from tests.tasks.scoring.products import at, extend, product

DAY = date(2026, 11, 26)


@pytest.fixture
def house(database_url: str, config: Config) -> Iterator[Flask]:
    app = create_app(replace(config, database=database_url))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def grown(cast: Cast, seed: int, size: int = 120) -> None:
    """Add tasks to which everything happened that can."""
    dice = random.Random(seed)
    units = [cast.finance, cast.builders, cast.nam_hoa, None]
    for _number in range(size):
        unit = dice.choice(units)
        due = None if dice.random() < 0.15 else DAY + timedelta(days=dice.randint(-60, 40))
        end = at((due or DAY) + timedelta(days=dice.randint(-4, 4)), dice.choice([0, 6, 7, 23]))
        helpers = dice.sample([cast.finance, cast.doi_thong], dice.randint(0, 2))
        task = product(
            cast, unit, due, name="Tổ công tác", priority=dice.choice(list(Priority)),
            done=end if dice.random() < 0.6 else None,
            claimed=end if dice.random() < 0.3 else None,
            officer=dice.choice([None, cast.nam, cast.khai]), helpers=tuple(helpers),
            returned=dice.choice([0, 0, 0, 1, 3]), cancelled=dice.random() < 0.05,
            owner=dice.choice([cast.office, cast.office, cast.office, cast.finance]),
        )  # fmt: skip
        for _again in range(dice.choice([0, 0, 1, 2])):
            if task.due:
                late = timedelta(days=dice.randint(-2, 2))
                extend(task, task.due + timedelta(days=9), asked=at(task.due + late, 23),
                       granted=dice.random() < 0.7)  # fmt: skip
    db.session.commit()


def slowly(scope: Scope) -> Counter[tuple[object, ...]]:
    """Count the same by looking at each task."""
    found: Counter[tuple[object, ...]] = Counter()
    for task in db.session.scalars(select(Task).where(Task.owner_unit_id == scope.owner_id)):
        done = local(task.completed_at).date() if task.completed_at else None
        day = task.due or (done if scope.formula.undated else None)
        if task.cancelled_at or not day or not scope.period.first <= day <= scope.period.last:
            continue
        told = _standing(task, scope), Priority(task.priority), *_missed(task, scope)
        if scope.by == By.OFFICER:
            if task.officer_id:
                found[(task.officer_id, "", *told, 100)] += 1
            continue
        found[(task.lead_unit_id, "" if task.lead_unit_id else task.lead_name, *told, 100)] += 1
        if share := scope.formula.helper_share:
            for helper in {h.unit_id for h in task.helpers} - {task.lead_unit_id, None}:
                found[(helper, "", *told, share)] += 1
    return found


def _standing(task: Task, scope: Scope) -> Standing:
    first = scope.formula.extension == Extension.FIRST
    deadline = (task.first_due or task.due) if first else task.due
    if task.completed_at:
        late = deadline is not None and local(task.completed_at).date() > deadline
        return Standing.LATE if late else Standing.IN_TIME
    if task.claimed_at and deadline and local(task.claimed_at).date() <= deadline:
        return Standing.RUNNING
    return Standing.OVERDUE if task.due and task.due < scope.day else Standing.RUNNING


def _missed(task: Task, scope: Scope) -> tuple[int, int]:
    delays = int(_standing(task, scope) in (Standing.LATE, Standing.OVERDUE))
    for asked in db.session.scalars(
        select(ExtensionRequest).where(ExtensionRequest.task_id == task.id)
    ):
        if asked.status != ExtensionStatus.GRANTED or scope.formula.extension == Extension.FIRST:
            continue
        in_time = asked.old_due is None or local(asked.asked_at).date() <= asked.old_due
        delays += scope.formula.extension == Extension.EVERY or not in_time
    story = db.session.scalars(select(Progress.kind).where(Progress.task_id == task.id))
    return delays, sum(kind in ("return", "reopen") for kind in story)


def quickly(scope: Scope) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for who, tallies in counting.tallies(scope).items():
        for t in tallies:
            told = (who.id, who.name, t.standing, t.priority, t.delays, t.returns, t.share)
            found[told] += t.count
    return found


FORMULAS = [
    replace(DEFAULT, extension=extension, undated=undated, helper_share=share)
    for extension in Extension
    for undated, share in ((False, 0), (True, 30))
]


def test_sums_are_what_a_slow_count_finds(house: Flask) -> None:
    cast = cast_of_tests.assemble()
    grown(cast, seed=335)
    seen = 0
    for formula in FORMULAS:
        for key in ("2026-11", "2026"):
            for by in By:
                scope = Scope(cast.office.id, periods.read(key), by, formula, DAY)
                wanted = slowly(scope)
                assert quickly(scope) == wanted, (formula, key, by)
                seen += wanted.total()
    assert seen > 500
    _behind_is_what_was_summed(cast, FORMULAS[1])


def _behind_is_what_was_summed(cast: Cast, formula: Formula) -> None:
    scope = Scope(cast.office.id, periods.read("2026"), By.UNIT, formula, DAY)
    for subject, tallies in counting.tallies(scope).items():
        listed: list[Tally] = []
        after: tuple[date, int] | None = None
        while page := counting.behind(scope, subject, after=after, limit=7):
            listed += [one.tally for one in page]
            after = (page[-1].task.due or date.max, page[-1].task.id)
        summed: Counter[Tally] = Counter()
        for tally in tallies:
            summed[replace(tally, count=1)] += tally.count
        assert Counter(listed) == summed, subject
        assert set(counting.tallies(scope, subject)[subject]) == set(tallies)


def test_a_year_is_its_quarters_and_a_quarter_its_months(app: Flask, cast: Cast) -> None:
    grown(cast, seed=2026)

    def sums(*keys: str) -> Counter[tuple[object, ...]]:
        scopes = [Scope(cast.office.id, periods.read(k), By.UNIT, DEFAULT, DAY) for k in keys]
        return sum((quickly(scope) for scope in scopes), Counter())

    assert sums("2026") == sums("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")
    assert sums("2026-Q4") == sums("2026-10", "2026-11", "2026-12")


def test_the_day_of_finishing_is_the_one_in_vietnam(app: Flask, cast: Cast) -> None:
    last_minute = at(date(2026, 11, 10), 23)
    assert last_minute.date() == date(2026, 11, 10) and last_minute.hour == 16
    product(cast, cast.finance, date(2026, 11, 10), done=last_minute)
    product(cast, cast.finance, date(2026, 11, 10), done=last_minute + timedelta(hours=2))
    scope = Scope(cast.office.id, periods.read("2026-11"), By.UNIT, DEFAULT, DAY)
    [tallies] = counting.tallies(scope).values()
    assert {t.standing for t in tallies} == {Standing.IN_TIME, Standing.LATE}
    assert clock.local(last_minute).day == 10


def test_the_check_sees_days_of_greenwich(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "local_day", func.date)
    with pytest.raises(AssertionError):
        test_the_day_of_finishing_is_the_one_in_vietnam(app, cast)


def test_a_name_outside_the_directory_has_its_own_line(app: Flask, cast: Cast) -> None:
    for name in ("Tổ công tác", "Ban chỉ đạo", "Tổ công tác"):
        product(cast, None, date(2026, 11, 10), name=name)
    scope = Scope(cast.office.id, periods.read("2026-11"), By.UNIT, DEFAULT, DAY)
    found = counting.tallies(scope)
    assert {who: ts[0].count for who, ts in found.items()} == {
        Subject(None, "Tổ công tác"): 2, Subject(None, "Ban chỉ đạo"): 1,
    }  # fmt: skip
