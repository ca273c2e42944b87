"""Records: who sees which lines, what is fixed stays, formulas count from a month on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from meetly import audit, clock
from meetly.accounts.models import Unit, User
from meetly.app import create_app
from meetly.config import Config
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.tasks.models import Task
from meetly.tasks.scoring import periods, service
from meetly.tasks.scoring.counting import By, Subject
from meetly.tasks.scoring.formula import DEFAULT, Extension
from meetly.tasks.scoring.lines import Line
from meetly.tasks.scoring.models import FixedRecord
from tests import cast as cast_of_tests
from tests.cast import Cast
from tests.tasks.scoring.products import at, extend, product

NOVEMBER = periods.read("2026-11")
DUE = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Begin on 3 December 2026; the function given moves on to another day."""

    def move(to: str) -> None:
        noon = datetime.fromisoformat(f"{to}T05:00").replace(tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: noon)

    move("2026-12-03")
    return move


def lines(cast: Cast, by: By = By.UNIT, who: User | None = None) -> dict[str, Line]:
    record = service.record(who or cast.khai, cast.office, NOVEMBER, by)
    return {line.name: line for line in record.lines}


# -- counting --------------------------------------------------------------------------------


def test_the_worked_example_of_the_guide(cast: Cast) -> None:
    """The figures of docs/records.md: ten products of the finance department in November."""
    for _number in range(7):
        product(cast, cast.finance, DUE, done=at(DUE))
    product(cast, cast.finance, DUE, done=at(date(2026, 11, 12)))
    product(cast, cast.finance, DUE, done=at(DUE), returned=1)
    product(cast, cast.finance, DUE)
    waiting = product(cast, cast.finance, date(2026, 11, 30), claimed=at(date(2026, 11, 30), 23))
    product(cast, cast.finance, date(2026, 12, 15))
    line = lines(cast)["Sở Tài chính"]
    assert (line.in_time, line.late, line.overdue, line.running) == (8, 1, 1, 1)
    assert (line.general, line.quantity, line.quality, line.progress) == (3000, 2100, 2042, 2216)
    assert (line.total, line.grade, line.rank) == (9358, "excellent", 1)
    found = service.behind(cast.khai, cast.office, NOVEMBER, By.UNIT, Subject(cast.finance.id))
    assert [cost.lost for cost in found.costs if cost.lost] == [58, 58, 525]
    assert found.line.total == line.total and found.costs[-1].counted.task is waiting
    guide = (Path(__file__).parents[3] / "docs" / "records.md").read_text(encoding="utf-8")
    for figure in ("93.58", "21.00", "20.42", "22.16", "5.25", "0.58"):
        assert figure in guide


def test_an_extension_asked_in_time_is_no_delay(cast: Cast) -> None:
    in_time = product(cast, cast.finance, DUE, done=at(date(2026, 11, 20)))
    extend(in_time, date(2026, 11, 20), asked=at(DUE, 23))
    too_late = product(cast, cast.builders, DUE, done=at(date(2026, 11, 20)))
    extend(too_late, date(2026, 11, 20), asked=at(DUE + timedelta(days=1), 0))
    refused = product(cast, cast.doi_thong, DUE, done=at(date(2026, 11, 20)))
    extend(refused, date(2026, 11, 20), asked=at(DUE), granted=False)
    found = lines(cast)
    assert found["Sở Tài chính"].total == 100_00 and found["Sở Tài chính"].delays == 0
    assert found["Sở Xây dựng"].delays == 1 and found["Sở Xây dựng"].in_time == 1
    assert found["UBND phường Đồi Thông"].late == 1
    for extension, delays in ((Extension.EVERY, 1), (Extension.FIRST, 1)):
        other = replace(DEFAULT, extension=extension)
        counted = service.counted_lines(cast.office, NOVEMBER, By.UNIT, other)
        assert {line.name: line.delays for line in counted}["Sở Tài chính"] == delays


def test_officers_have_their_lines(cast: Cast) -> None:
    product(cast, cast.finance, DUE, done=at(DUE), officer=cast.nam)
    product(cast, cast.builders, DUE, officer=cast.khai)
    product(cast, cast.builders, DUE)
    found = lines(cast, By.OFFICER)
    assert {name: line.judged for name, line in found.items()} == {
        cast.nam.name: 1, cast.khai.name: 1,
    }  # fmt: skip


# -- who sees what ---------------------------------------------------------------------------


def test_a_unit_sees_its_own_line_only(cast: Cast) -> None:
    product(cast, cast.finance, DUE, done=at(DUE), text="việc của tài chính")
    product(cast, cast.nam_hoa, DUE, text="việc của Nậm Hoa")
    product(cast, cast.finance, DUE, owner=cast.builders)
    assert set(lines(cast)) == {"Sở Tài chính", "UBND xã Nậm Hoa"}
    own = service.record(cast.hoa, cast.office, NOVEMBER, By.UNIT)
    assert [line.name for line in own.lines] == ["UBND xã Nậm Hoa"] and not own.is_whole
    assert service.owners(cast.hoa, NOVEMBER) == [cast.office]
    assert service.owners(cast.chau, NOVEMBER) == []
    assert service.owners(cast.long, NOVEMBER) == [cast.finance, cast.builders, cast.office]
    behind = service.behind(cast.hoa, cast.office, NOVEMBER, By.UNIT, Subject(cast.nam_hoa.id))
    assert [cost.counted.task.text for cost in behind.costs] == ["việc của Nậm Hoa"]
    for who, subject in (
        (cast.hoa, Subject(cast.finance.id)), (cast.chau, Subject(cast.nam_hoa.id)),
        (cast.la, Subject(cast.nam_hoa.id)), (cast.hoa, Subject(None, "Tổ công tác")),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            service.behind(who, cast.office, NOVEMBER, By.UNIT, subject)
    with pytest.raises(NotFound):
        service.owner_of(cast.chau, cast.office.id, NOVEMBER)
    with pytest.raises(NotFound):
        service.behind(cast.khai, cast.office, NOVEMBER, By.UNIT, Subject(999))


def test_the_check_sees_a_record_that_shows_every_line(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_is_own", lambda *_: True)
    with pytest.raises(AssertionError):
        test_a_unit_sees_its_own_line_only(cast)


def test_the_tasks_behind_are_paged_by_deadline(cast: Cast) -> None:
    for number in range(service.PAGE + 3):
        product(cast, cast.finance, date(2026, 11, 1 + number % 20))
    subject = Subject(cast.finance.id)
    first = service.behind(cast.khai, cast.office, NOVEMBER, By.UNIT, subject)
    second = service.behind(cast.khai, cast.office, NOVEMBER, By.UNIT, subject, after=first.after)
    listed = [cost.counted.task for cost in (*first.costs, *second.costs)]
    assert len(listed) == len({task.id for task in listed}) == service.PAGE + 3
    assert listed == sorted(listed, key=lambda task: (task.due or date.max, task.id))
    assert not second.after and first.line == second.line
    with pytest.raises(BadInput):
        service.behind(cast.khai, cast.office, NOVEMBER, By.UNIT, subject, after="x_y")


# -- fixing ----------------------------------------------------------------------------------


def test_what_is_fixed_stays_and_later_changes_show(cast: Cast, day: Callable[[str], None]) -> None:
    task = product(cast, cast.finance, DUE)
    product(cast, cast.nam_hoa, DUE, done=at(DUE))
    day("2026-11-30")
    with pytest.raises(WrongState):
        service.fix(cast.khai, cast.office, NOVEMBER, By.UNIT)
    day("2026-12-01")
    for who in (cast.nam, cast.sinh, cast.la):
        with pytest.raises(NotAllowed):
            service.fix(who, cast.office, NOVEMBER, By.UNIT)
    fixed = service.fix(cast.khai, cast.office, NOVEMBER, By.UNIT)
    assert [service.fix(cast.khai, cast.office, NOVEMBER, By.UNIT).id for _ in range(5)] == [
        fixed.id
    ] * 5
    verbs = [entry.verb for entry in db.session.scalars(select(audit.AuditEntry))]
    assert verbs.count("tasks.fix_record") == 1
    before = lines(cast)
    task.completed_at = at(date(2026, 12, 2))
    db.session.flush()
    record = service.record(cast.khai, cast.office, NOVEMBER, By.UNIT)
    assert {line.name: line for line in record.lines} == before
    [change] = record.changes
    assert (change.name, change.then, change.now) == ("Sở Tài chính", 47_50, 94_17)
    assert service.record(cast.hoa, cast.office, NOVEMBER, By.UNIT).changes == ()
    assert service.record(cast.khai, cast.office, NOVEMBER, By.OFFICER).fixed is None


def test_the_check_sees_a_fixed_record_that_is_counted_anew(
    cast: Cast, day: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "fixed_of", lambda *_: None)
    with pytest.raises(Exception):  # noqa: B017 - the second fixing or the changed line
        test_what_is_fixed_stays_and_later_changes_show(cast, day)


def test_leaders_who_fix_at_once_fix_once(database_url: str, config: Config) -> None:
    app = create_app(replace(config, database=database_url))
    with app.app_context():
        db.create_all()
        cast = cast_of_tests.assemble()
        product(cast, cast.finance, DUE)
        db.session.commit()
        user_id, unit_id = cast.khai.id, cast.office.id
        db.session.remove()
    ready, done = threading.Barrier(4, timeout=20), []

    def fix() -> None:
        ready.wait()
        with app.app_context():
            user, unit = db.session.get_one(User, user_id), db.session.get_one(Unit, unit_id)
            done.append(service.fix(user, unit, NOVEMBER, By.UNIT).id)
            db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=fix) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with app.app_context():
        assert len(done) == 4 and len(set(done)) == 1
        assert len(db.session.scalars(select(FixedRecord)).all()) == 1
        db.session.remove()
        db.engine.dispose()


# -- formulas and general points -------------------------------------------------------------


def test_a_formula_counts_from_its_month_on(cast: Cast, day: Callable[[str], None]) -> None:
    product(cast, cast.finance, DUE, done=at(DUE + timedelta(days=1)))
    harder = replace(DEFAULT, delay_cost=100)
    for who in (cast.nam, cast.long, cast.la):
        with pytest.raises(NotAllowed):
            service.set_formula(who, cast.office, date(2027, 1, 1), harder, "")
    service.set_formula(cast.khai, cast.office, date(2027, 1, 1), harder, "Quyết định 1")
    assert lines(cast)["Sở Tài chính"].total == 94_17
    assert service.formula_on(cast.office, date(2026, 12, 31)) == (DEFAULT, service.GROUNDS)
    assert service.formula_on(cast.office, date(2027, 1, 1)) == (harder, "Quyết định 1")
    softer = replace(DEFAULT, delay_cost=10)
    service.set_formula(cast.khai, cast.office, date(2027, 1, 1), softer, "")
    assert [f.values["delay_cost"] for f in service.formulas_of(cast.office)] == [10]
    day("2027-01-05")
    with pytest.raises(WrongState):
        service.set_formula(cast.khai, cast.office, date(2027, 1, 1), harder, "")
    service.set_formula(cast.khai, cast.office, date(2027, 2, 1), harder, "")
    assert len(service.formulas_of(cast.office)) == 2
    for wrong in (date(2027, 2, 2), date(2026, 12, 1)):
        with pytest.raises(BadInput):
            service.set_formula(cast.khai, cast.office, wrong, harder, "")


def test_a_formula_never_undercuts_a_fixed_record(cast: Cast) -> None:
    service.fix(cast.khai, cast.office, NOVEMBER, By.UNIT)
    with pytest.raises(WrongState):
        service.set_formula(cast.khai, cast.office, date(2026, 11, 1), DEFAULT, "")
    service.set_formula(cast.khai, cast.office, date(2026, 12, 1), DEFAULT, "")


def test_the_effect_of_a_formula_is_shown_before_it_counts(cast: Cast) -> None:
    product(cast, cast.finance, DUE, done=at(DUE + timedelta(days=1)))
    product(cast, cast.builders, DUE, done=at(DUE))
    effect = service.effect(cast.office, replace(DEFAULT, delay_cost=100))
    assert effect.period == NOVEMBER
    assert [(a.name, a.total, b.total) for a, b in effect.pairs] == [
        ("Sở Tài chính", 94_17, 76_67), ("Sở Xây dựng", 100_00, 100_00),
    ]  # fmt: skip
    assert service.formulas_of(cast.office) == []


def test_general_points_are_given_by_month_with_a_reason(cast: Cast) -> None:
    product(cast, cast.finance, DUE, done=at(DUE))
    subject = Subject(cast.finance.id)

    def give(points: int, reason: str, who: User = cast.khai, key: str = "2026-11") -> None:
        period = periods.read(key)
        service.set_general(who, cast.office, period, By.UNIT, subject, points, reason)

    for wrong in ((30_01, "x", "2026-11"), (-1, "x", "2026-11"), (10_00, " ", "2026-11"),
                  (10_00, "x", "2026-Q4"), (10_00, "x", "2027-01")):  # fmt: skip
        with pytest.raises(BadInput):
            give(wrong[0], wrong[1], key=wrong[2])
    for who in (cast.nam, cast.long):
        with pytest.raises(NotAllowed):
            give(10_00, "x", who)
    give(20_00, "Vi phạm kỷ luật họp")
    give(24_00, "Đã xem lại")
    assert lines(cast)["Sở Tài chính"].total == 94_00
    quarter = service.record(cast.khai, cast.office, periods.read("2026-Q4"), By.UNIT)
    assert quarter.lines[0].general == 28_00, "the mean of 30, 24 and 30"
    service.fix(cast.khai, cast.office, NOVEMBER, By.UNIT)
    with pytest.raises(WrongState):
        give(30_00, "Trả lại")


def test_nothing_was_asked_of_rows_that_are_not_there(cast: Cast) -> None:
    assert lines(cast) == {} and db.session.scalars(select(Task)).all() == []
