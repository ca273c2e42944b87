"""What the tests of tasks begin with: the approved minutes of a briefing, and a moving clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from meetly import clock
from meetly.app import create_app
from meetly.config import Config
from meetly.directions import service as directions
from meetly.directions.models import Direction, DirectionStatus, DirectionUnit, UnitPart
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.models import Minutes
from meetly.tasks import opening
from meetly.tasks.models import Task
from tests import cast as cast_of_tests
from tests.cast import Cast
from tests.minutes import briefing

SAID = "Giao UBND xã Nậm Hoa bàn giao toàn bộ mặt bằng trước ngày 15/12/2026."


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    """Give the approved minutes of the briefing."""
    minutes = briefing.drafted(cast)
    directions.propose_for(minutes)
    kept = minutes_service.submit(cast.nam, minutes, minutes.version)
    minutes_service.approve(
        cast.khai, minutes, minutes.version, kept.minutes_sha256, kept.notice_sha256
    )
    db.session.commit()
    return minutes


@pytest.fixture
def task(cast: Cast) -> Task:
    """Give a task of Nậm Hoa, due on 15/12/2026, under a direction without its minutes."""
    direction = Direction(
        owner_unit_id=cast.office.id, given_on=date(2026, 11, 23), ordinal=1, text=SAID, span=SAID,
        status=DirectionStatus.CONFIRMED, due=date(2026, 12, 15),
        units=[
            DirectionUnit(
                ordinal=0, part=UnitPart.LEAD, name=cast.nam_hoa.name, unit_id=cast.nam_hoa.id
            )
        ],
    )  # fmt: skip
    db.session.add(direction)
    db.session.flush()
    task = opening.open_task(cast.khai, direction, cast.nam_hoa.name, cast.nam_hoa, [])
    db.session.commit()
    return task


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Move the clock to noon of a day in Vietnam."""

    def move(day: str) -> None:
        noon = datetime.fromisoformat(f"{day}T05:00").replace(tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: noon)

    return move


def led_by(minutes: Minutes, name: str) -> Direction:
    """Return the direction that this unit leads."""
    found = directions.of_minutes(minutes)
    return next(d for d in found if name in [unit.name for unit in d.lead])


@pytest.fixture
def anywhere(database_url: str, config: Config) -> Iterator[Flask]:
    """Give an application with the cast in it, once on each kind of database."""
    app = create_app(replace(config, database=database_url))
    with app.app_context():
        db.create_all()
        cast_of_tests.assemble()
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()
