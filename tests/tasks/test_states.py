"""SQL and Python say the same of how a task stands, whatever its dates; on both databases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from meetly.app import create_app
from meetly.config import Config
from meetly.directions.models import Direction
from meetly.extensions import db
from meetly.tasks import states
from meetly.tasks.models import Task, TaskState
from tests import cast as cast_of_tests

SEED, TASKS = 2026, 600
BEGIN = date(2026, 11, 1)


@pytest.fixture
def many(config: Config, database_url: str) -> Iterator[list[Task]]:
    """Give tasks with dates at random, many of them around midnight, in a database of each kind."""
    app = create_app(replace(config, database=database_url))
    with app.app_context():
        db.create_all()
        cast = cast_of_tests.assemble()
        direction = Direction(
            owner_unit_id=cast.office.id, given_on=BEGIN, ordinal=1, text="x", span="x"
        )
        db.session.add(direction)
        db.session.flush()
        chance = random.Random(SEED)
        tasks = [_any(chance, direction, cast.khai.id, number) for number in range(TASKS)]
        db.session.add_all(tasks)
        db.session.commit()
        yield tasks
        db.session.remove()
        db.engine.dispose()


def _any(chance: random.Random, direction: Direction, user_id: int, number: int) -> Task:
    def moment() -> datetime | None:
        if chance.random() < 0.5:
            return None
        near = chance.choice([timedelta(), timedelta(microseconds=-1), timedelta(hours=12)])
        # 17:00 UTC is midnight in Vietnam
        midnight = datetime(2026, 11, 1, 17, tzinfo=UTC)
        return midnight + timedelta(days=chance.randrange(6)) + near

    return Task(
        direction_id=direction.id, owner_unit_id=direction.owner_unit_id, lead_name=f"u{number}",
        text="x", opened_at=datetime(2026, 10, 1, tzinfo=UTC), opened_by_id=user_id,
        due=chance.choice([None, BEGIN + timedelta(days=chance.randrange(6))]),
        started_at=moment(), claimed_at=moment(), returned_at=moment(), completed_at=moment(),
        cancelled_at=moment() if chance.random() < 0.3 else None,
    )  # fmt: skip


def test_sql_stands_as_python_does(many: list[Task]) -> None:
    seen = differences(many)
    assert seen == [], f"seed {SEED}: {len(seen)} of {TASKS} tasks over 8 days"


def differences(many: list[Task]) -> list[str]:
    """Compare every task on every day with every condition; also that one state holds at a time."""
    wrong = []
    reached = set()
    for later in range(8):
        day = BEGIN + timedelta(days=later)
        said = {task.id: task.state(day) for task in many}
        reached |= set(said.values())
        for state in TaskState:
            found = set(db.session.scalars(select(Task.id).where(states.stands(state, day))))
            wanted = {task_id for task_id, is_so in said.items() if is_so == state}
            wrong += [f"{day} {state} task {task_id}" for task_id in found ^ wanted]
    assert reached == set(TaskState), "the chance reached every state"
    return wrong


def test_a_day_counted_in_utc_is_found_out(
    many: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import Date, cast, func

    on_sqlite = db.engine.dialect.name == "sqlite"

    def utc_day(column: object) -> object:
        if on_sqlite:
            return func.date(column)
        return cast(func.timezone("UTC", column), Date)

    monkeypatch.setattr(states, "local_day", utc_day)
    assert differences(many) != []
