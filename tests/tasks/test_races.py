"""Two people at one task at the same moment: one wins, the other is told; on both databases.

The last test plants a change that looks first and writes later, and expects to be caught.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import User
from meetly.app import create_app
from meetly.config import Config
from meetly.directions.models import Direction, DirectionStatus
from meetly.errors import MeetlyError
from meetly.extensions import db
from meetly.tasks import changing, opening, service, working
from meetly.tasks.extending import service as extending
from meetly.tasks.models import ExtensionRequest, ExtensionStatus, Progress, Task
from tests import cast as cast_of_tests

TIMES = 12
Step = Callable[[User, Task], object]


@pytest.fixture
def house(config: Config, database_url: str) -> Iterator[Flask]:
    app = create_app(replace(config, database=database_url))
    with app.app_context():
        db.create_all()
        cast_of_tests.assemble()
        db.session.commit()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


def a_task(house: Flask, *, claimed: bool) -> int:
    with house.app_context():
        cast = cast_of_tests.recall()
        direction = Direction(
            owner_unit_id=cast.office.id, given_on=clock.today(), ordinal=1, text="x", span="x",
            status=DirectionStatus.CONFIRMED, due=clock.today() + timedelta(days=9),
        )  # fmt: skip
        db.session.add(direction)
        db.session.flush()
        task = opening.open_task(cast.khai, direction, "UBND xã Nậm Hoa", cast.nam_hoa, [])
        if claimed:
            service.claim(cast.sinh, task, "Xong.")
        db.session.commit()
        return task.id


def at_once(house: Flask, task_id: int, *steps: tuple[str, Step]) -> list[str]:
    """Let people take their steps together, from what they all saw; return who succeeded."""
    gate = threading.Barrier(len(steps))
    done: list[str] = []

    def run(login: str, step: Step) -> None:
        with house.app_context():
            user, task = accounts.user_by_login(login), db.session.get_one(Task, task_id)
            db.session.commit()  # everybody has looked, nobody holds anything
            gate.wait()
            try:
                step(user, task)
                db.session.commit()
            except MeetlyError:
                db.session.rollback()
            else:
                done.append(login)
            db.session.remove()

    threads = [threading.Thread(target=run, args=each) for each in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def agree(user: User, task: Task) -> object:
    return service.agree(user, task, task.version)


def give_back(user: User, task: Task) -> object:
    return service.give_back(user, task, task.version, "Còn thiếu.")


def test_of_agreeing_and_returning_one_wins(house: Flask) -> None:
    for _ in range(TIMES):
        task_id = a_task(house, claimed=True)
        done = at_once(house, task_id, ("khai", agree), ("khai", give_back), ("khai", agree))
        assert len(done) == 1
        with house.app_context():
            task = db.session.get_one(Task, task_id)
            assert (task.completed_at is None) == (task.returned_at is not None)
            assert _lines(task_id) == 2, "the claim, and one answer to it"


def test_of_claiming_and_cancelling_nothing_is_both(house: Flask) -> None:
    for _ in range(TIMES):
        task_id = a_task(house, claimed=False)
        at_once(
            house, task_id,
            ("sinh", lambda user, task: service.claim(user, task, "Xong.")),
            ("hoa", lambda user, task: service.claim(user, task, "Xong.")),
            ("nam", lambda user, task: service.cancel(user, task, "Thôi.")),
        )  # fmt: skip
        with house.app_context():
            task = db.session.get_one(Task, task_id)
            kinds = list(db.session.scalars(sa.select(Progress.kind).order_by(Progress.id)))
            assert task.cancelled_at is not None, "a claimed task may still be taken back"
            assert _kinds(task_id).count("claim") <= 1, kinds
            assert _kinds(task_id)[-1] == "cancel"


def test_one_question_for_more_time_at_a_time(house: Flask) -> None:
    later = clock.today() + timedelta(days=30)

    def ask(user: User, task: Task) -> object:
        return extending.ask(user, task, "Mưa lũ.", later)

    for _ in range(TIMES):
        task_id = a_task(house, claimed=False)
        assert len(at_once(house, task_id, ("sinh", ask), ("hoa", ask), ("hoa", ask))) == 1
        with house.app_context():
            query = sa.select(sa.func.count(ExtensionRequest.id)).where(
                ExtensionRequest.task_id == task_id,
                ExtensionRequest.status == ExtensionStatus.ASKED,
            )
            assert db.session.scalar(query) == 1


def _lines(task_id: int) -> int:
    return len(_kinds(task_id))


def _kinds(task_id: int) -> list[str]:
    query = sa.select(Progress.kind).where(Progress.task_id == task_id).order_by(Progress.id)
    return [str(kind) for kind in db.session.scalars(query)]


def test_a_change_that_looks_first_and_writes_later_is_found_out(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(
        task: Task, allowed: bool, *conditions: Any, version: int | None = None, **values: Any
    ) -> None:
        assert allowed and task.is_open
        statement = sa.update(Task).where(Task.id == task.id).values(**values)
        db.session.execute(statement.execution_options(synchronize_session=False))

    task_id = a_task(house, claimed=True)
    monkeypatch.setattr(working, "change", careless)
    assert changing.change is not careless
    assert len(at_once(house, task_id, ("khai", agree), ("khai", give_back))) == 2
