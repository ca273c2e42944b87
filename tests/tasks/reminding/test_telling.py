"""Who is told of which task, in one digest, once, whatever runs beside it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, UnitKind, User
from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.models import MinutesStatus
from meetly.notices import service as notices
from meetly.notices.models import Mail, Notice
from meetly.tasks.models import Task
from meetly.tasks.reminding import finding, service
from meetly.tasks.reminding.finding import Untold
from meetly.tasks.reminding.models import ToldTask
from meetly.tasks.reminding.plan import Hearer, Plan, Rung
from tests.cast import Cast, assemble, recall
from tests.minutes import briefing
from tests.queries import counting
from tests.tasks.reminding.stage import given, name_person
from workers import remind_tasks
from workers.timetable import run_job

GOLDEN = Path(__file__).parents[2] / "golden" / "mails"
WRITE = os.environ.get("MEETLY_WRITE_GOLDEN") == "1"
DUE = date(2099, 12, 15)

At = Callable[..., None]


def wall(day: int, hour: int = 8, minute: int = 0, month: int = 12) -> datetime:
    return clock.from_local(datetime(2099, month, day, hour, minute))


OPENED = wall(2, month=11)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Give a function that sets the clock: day of December 2099 and time of day in Vietnam."""

    def set_to(day: int, hour: int = 8, minute: int = 0) -> None:
        moment = wall(day, hour, minute)
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_to


def run() -> int:
    db.session.commit()
    return remind_tasks.run()


def told(user: User) -> list[str]:
    query = select(ToldTask.rule).where(ToldTask.user_id == user.id).order_by(ToldTask.id)
    return list(db.session.scalars(query))


def digests(user: User) -> list[Notice]:
    query = select(Notice).where(Notice.user_id == user.id, Notice.key.like("tasks.digest:%"))
    return list(db.session.scalars(query.order_by(Notice.id)))


def task_of(cast: Cast, due: date = DUE, opened: datetime = OPENED, **more: Any) -> Task:
    lead = more.pop("lead", cast.nam_hoa)
    return given(cast.khai, cast.office, lead, due, opened, **more)


# -- who hears -------------------------------------------------------------------------------


def test_before_the_deadline_the_units_that_work_on_it_hear(cast: Cast, at: At) -> None:
    task_of(cast, helping=[cast.doi_thong])
    at(8, 7, 29)
    assert run() == 0
    at(8, 7, 30)
    assert run() == 3
    assert told(cast.sinh) == told(cast.hoa) == told(cast.chau) == ["before.7"]
    assert not any(told(person) for person in (cast.khai, cast.nam, cast.long, cast.la))


def test_whom_a_unit_named_hears_for_it(cast: Cast, at: At) -> None:
    task = task_of(cast, helping=[cast.doi_thong])
    name_person(task, cast.nam_hoa, cast.hoa)
    at(12)
    run()
    assert (told(cast.hoa), told(cast.sinh), told(cast.chau)) == (["before.3"], [], ["before.3"])
    cast.hoa.active = False
    at(14)
    run()
    assert told(cast.sinh) == ["before.1"], "who left is not waited for"


def test_missed_deadlines_climb_the_ladder(cast: Cast, at: At) -> None:
    task = task_of(cast)
    at(16)
    run()
    assert told(cast.sinh) == ["after.1.unit_head"] and told(cast.hoa) == []
    at(18)
    run()
    assert told(cast.nam) == ["after.3.office"] and told(cast.khai) == []
    at(22)
    run()
    assert told(cast.khai) == ["after.7.leader"] and told(cast.nam) == ["after.3.office"]
    task.officer_id = cast.long.id
    at(23)
    run()
    assert told(cast.long) == ["after.3.office"], "who follows it up belongs to the office's rung"


def test_a_stranger_and_an_empty_unit_are_heard_for_by_the_giver(cast: Cast, at: At) -> None:
    task_of(cast, lead=None)
    task_of(cast, lead=cast.builders)
    at(15)
    run()
    assert told(cast.nam) == ["before.0", "before.0"] and told(cast.khai) == []
    at(16)
    run()
    assert told(cast.nam)[2:] == ["after.1.unit_head"] * 2


@pytest.mark.parametrize("field", ["claimed_at", "completed_at", "cancelled_at"])
def test_nothing_is_told_of_what_is_claimed_done_or_taken_back(
    cast: Cast, at: At, field: str
) -> None:
    task = task_of(cast)
    setattr(task, field, wall(1))
    at(15)
    assert run() == 0
    task.claimed_at, task.completed_at, task.cancelled_at = None, None, None
    assert run() == 2, "given back, it is recalled again"


# -- when ------------------------------------------------------------------------------------


def test_three_silent_days_are_made_good_by_the_nearest_rule_alone(cast: Cast, at: At) -> None:
    task_of(cast)
    at(8)
    run()
    at(14, 15)  # nothing ran between
    run()
    assert told(cast.hoa) == ["before.7", "before.1"]
    at(25)
    run()
    assert told(cast.sinh)[2:] == ["after.1.unit_head"]
    assert len(digests(cast.sinh)) == 3


def test_a_moved_deadline_is_recalled_anew_and_told_once_each(cast: Cast, at: At) -> None:
    task = task_of(cast)
    at(14)
    run()
    task.due = date(2099, 12, 18)
    at(15)
    run()
    assert told(cast.hoa) == ["before.1", "before.3"]
    at(17)
    run()
    assert told(cast.hoa) == ["before.1", "before.3", "before.1"]


def test_nights_are_quiet_and_the_morning_makes_them_good(cast: Cast, at: At) -> None:
    task_of(cast)
    for hour in (21, 23):
        at(12, hour)
        assert run() == 0
    at(13, 7, 29)
    assert run() == 0
    at(13, 7, 30)
    assert run() == 2
    assert told(cast.hoa) == ["before.3"]


def test_a_unit_goes_by_its_own_plan_else_by_the_one_above(cast: Cast, at: At) -> None:
    accounts.give_role(None, cast.khai, cast.province, Role.LEADER)
    task_of(cast)
    late = (Rung(2, Hearer.LEADER),)
    service.keep_plan(cast.khai, cast.province, Plan(before=(5,), ladder=late))
    at(10)
    run()
    assert told(cast.hoa) == ["before.5"]
    service.keep_plan(cast.khai, cast.office, Plan(before=(4,), ladder=(Rung(60, Hearer.UNIT),)))
    at(11)
    run()
    assert told(cast.hoa) == ["before.5", "before.4"]
    service.drop_plan(cast.khai, cast.office)
    at(17)
    run()
    assert told(cast.khai) == ["after.2.leader"]


# -- one digest ------------------------------------------------------------------------------


def test_a_person_gets_one_digest_with_everything(cast: Cast, at: At) -> None:
    task_of(cast, text="Việc hôm nay")
    task_of(cast, text="Việc nữa hôm nay")
    task_of(cast, date(2099, 12, 14), text="Việc trễ")
    task_of(cast, date(2099, 12, 18), text="Việc\n sắp\r\nđến")
    at(15)
    assert run() == 2
    [digest] = digests(cast.sinh)
    assert digest.subject == "Hôm nay 15/12: 2 việc đến hạn, 1 việc quá hạn, 1 việc sắp đến hạn"
    assert digest.link == "/tasks"
    words = digest.body
    assert words.index("Việc trễ") < words.index("Việc hôm nay") < words.index("Việc sắp đến (")
    assert "Việc trễ" not in digests(cast.hoa)[0].body
    assert len(list(db.session.scalars(select(Mail).join(Notice).where(Notice.id == digest.id))))


def test_a_task_of_two_rungs_stands_in_the_digest_once(cast: Cast, at: At) -> None:
    task = task_of(cast, lead=cast.office)
    at(25)
    run()
    assert sorted(told(cast.khai)) == ["after.1.unit_head", "after.7.leader"]
    [digest] = digests(cast.khai)
    assert digest.body.count(f"/tasks/{task.id}") == 1 and digest.link == f"/tasks/{task.id}"


def test_a_long_digest_writes_forty_out_and_counts_the_rest(cast: Cast, at: At) -> None:
    for number in range(43):
        task_of(cast, text=f"Việc {number}")
    at(15)
    run()
    [digest] = digests(cast.hoa)
    assert digest.body.count("/tasks/") == 40 and digest.body.endswith("… và 3 việc nữa.")
    assert digest.subject == "Hôm nay 15/12: 43 việc đến hạn"
    assert len(told(cast.hoa)) == 43


def test_no_unit_reads_of_another(cast: Cast, at: At) -> None:
    task_of(cast, text="chimhoangyen của Nậm Hoa")
    task_of(cast, lead=cast.finance, text="sontrau của Tài chính")
    at(25)
    run()
    read = {
        person.login: digests(person) for person in vars(cast).values() if hasattr(person, "login")
    }
    saw = {who for who, found in read.items() if any("chimhoangyen" in d.body for d in found)}
    assert saw == {"sinh", "nam", "khai"}
    assert not read["la"] and "chimhoangyen" not in read["long"][0].body


def test_the_paragraph_is_linked_for_those_who_may_read_it(cast: Cast, at: At) -> None:
    minutes = briefing.drafted(cast)
    task = task_of(cast, minutes=minutes)
    paragraph = f"/minutes/{minutes.id}#b7"
    at(12)
    run()
    assert paragraph not in digests(cast.hoa)[0].body, "a draft is the host's alone"
    minutes.status = MinutesStatus.APPROVED
    db.session.flush()
    assert minutes_service.may_read(cast.hoa, minutes)
    at(14)
    run()
    assert f"http://127.0.0.1:8000{paragraph}" in digests(cast.hoa)[1].body
    assert f"http://127.0.0.1:8000/tasks/{task.id}" in digests(cast.hoa)[1].body


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_digest_reads_as_agreed(cast: Cast, at: At, language: str) -> None:
    cast.sinh.language = language
    minutes = briefing.drafted(cast)
    minutes.status = MinutesStatus.APPROVED
    task_of(cast, minutes=minutes)
    task_of(cast, date(2099, 12, 14), text="Báo cáo kết quả khắc phục hậu quả mưa lũ")
    task_of(cast, date(2099, 12, 18), text="Rà soát các hộ nghèo")
    at(15)
    run()
    [digest] = digests(cast.sinh)
    mail = db.session.scalars(select(Mail).where(Mail.notice_id == digest.id)).one()
    said = f"{mail.subject}\n\n{mail.text}"
    golden = GOLDEN / f"tasks_digest_{language}.txt"
    if WRITE:
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


# -- once ------------------------------------------------------------------------------------


def test_telling_again_tells_nothing(cast: Cast, at: At) -> None:
    task_of(cast)
    at(15)
    waiting = service.due(clock.now())
    assert run() == 2
    assert run() == 0 and service.due(clock.now()) == {}
    # what another scheduler had found before, and tells only now
    assert [service.tell(who, tasks, clock.now()) for who, tasks in waiting.items()] == [0, 0]
    assert len(digests(cast.hoa)) == 1


def test_what_was_done_since_it_was_found_is_not_told(cast: Cast, at: At) -> None:
    task = task_of(cast)
    at(15)
    waiting = service.due(clock.now())
    db.session.execute(update(Task).where(Task.id == task.id).values(claimed_at=clock.now()))
    assert sum(service.tell(who, tasks, clock.now()) for who, tasks in waiting.items()) == 0
    assert told(cast.hoa) == []


def test_nothing_is_noted_of_a_digest_that_was_not_told(
    cast: Cast, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: object, **_more: object) -> int:
        raise RuntimeError("no")

    task_of(cast)
    at(15)
    with monkeypatch.context() as broken:
        broken.setattr(notices, "tell", fails)
        assert run() == 0
    assert told(cast.hoa) == []
    assert run() == 2


def test_one_who_cannot_be_told_silences_nobody_else(
    cast: Cast, at: At, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tell = service.tell

    def fails_for_one(user_id: int, task_ids: Sequence[int], now: datetime) -> int:
        if user_id == cast.sinh.id:
            raise RuntimeError("no")
        return tell(user_id, task_ids, now)

    task_of(cast)
    at(15)
    monkeypatch.setattr(service, "tell", fails_for_one)
    assert run() == 1
    assert told(cast.hoa) == ["before.0"] and "could not be told" in caplog.text


def look_then_insert(found: Sequence[Untold], key: str, now: datetime) -> list[Task]:
    """Note like a careless program: what is not there yet is added, and nothing else is asked."""
    for one in found:
        db.session.add(
            ToldTask(
                user_id=one.user_id, task_id=one.task.id, rule=one.rule, due=one.due,
                notice_key=key, told_at=now,
            )
        )  # fmt: skip
    return [one.task for one in found]


def forget_what_was_told(_tasks: object) -> set[tuple[int, int, str, date]]:
    return set()


def test_without_its_key_a_reminder_would_be_told_again(
    cast: Cast, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The defect the unique row is for: looking first, and believing what was seen."""
    db.session.commit()
    db.session.execute(text("CREATE TABLE kept AS SELECT * FROM told_task"))
    db.session.execute(text("DROP TABLE told_task"))
    db.session.execute(text("ALTER TABLE kept RENAME TO told_task"))
    monkeypatch.setattr(service, "_first_to_tell", look_then_insert)
    monkeypatch.setattr(finding, "_heard", forget_what_was_told)
    monkeypatch.setattr(service, "_key", lambda found, now: f"tasks.digest:{os.urandom(4).hex()}")
    task_of(cast)
    at(15)
    assert [run(), run()] == [2, 2]
    assert told(cast.hoa) == ["before.0", "before.0"] and len(digests(cast.hoa)) == 2


# -- bounded, and by many at once ------------------------------------------------------------


def test_a_group_order_takes_a_few_queries_and_old_tasks_none(cast: Cast, at: At) -> None:
    communes = [
        accounts.add_unit(
            None, code=f"LG.{n}", name=f"UBND xã {n}", kind=UnitKind.COMMUNE, parent=cast.province
        )
        for n in range(75)
    ]
    for unit in communes:
        accounts.give_role(None, cast.chau, unit, Role.PARTICIPANT)
        task_of(cast, lead=unit)
        task_of(cast, date(2095, 12, 15), wall(1, month=1) - timedelta(days=1500), lead=unit)
    at(15)
    db.session.commit()
    db.session.expire_all()
    with counting() as sent:
        assert {len(tasks) for tasks in service.due(clock.now()).values()} == {75}
    assert len(sent) < 10
    assert run() == 1
    plan = db.session.execute(
        text(
            "EXPLAIN QUERY PLAN SELECT * FROM task WHERE completed_at IS NULL "
            "AND cancelled_at IS NULL AND claimed_at IS NULL AND due IS NOT NULL "
            "AND due <= '2099-12-29' ORDER BY due, id LIMIT 500"
        )
    )
    assert "ix_task_open_due" in str(plan.all())


def test_batches_leave_nothing_out(cast: Cast, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        task_of(cast, DUE + timedelta(days=number % 2))
    at(15)
    monkeypatch.setattr(finding, "BATCH", 2)
    assert {len(tasks) for tasks in service.due(clock.now()).values()} == {7}


def at_once(app: Flask, times: int) -> int:
    ready, counts = threading.Barrier(times), list[int]()

    def one() -> None:
        ready.wait()
        counts.append(run_job(app, "remind_tasks"))

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def test_five_schedulers_at_once_tell_each_person_once(
    database_url: str, config: Config, tmp_path: Path, at: At
) -> None:
    app = create_app(Config(data=tmp_path / "var", secret="s", database=database_url))
    with app.app_context():
        db.create_all()
        assemble()
        cast = recall()
        for number in range(5):
            task_of(cast, text=f"Việc {number}")
        db.session.commit()
        people = len({cast.sinh.id, cast.hoa.id})
        db.session.remove()
        at(15)
        assert at_once(app, 5) == people
        assert len(db.session.scalars(select(ToldTask.id)).all()) == 5 * people
        query = select(Notice.user_id).where(Notice.key.like("tasks.digest:%"))
        found = list(db.session.scalars(query))
        assert len(found) == len(set(found)) == people
        db.session.remove()
        db.engine.dispose()
