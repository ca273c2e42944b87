"""What recurs opens one task a period, once, however often and by how many workers it is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from meetly import audit, clock
from meetly.accounts.models import Unit, User
from meetly.directions import service as directions
from meetly.directions.models import Direction
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.models import Minutes
from meetly.notices.models import Notice
from meetly.tasks import service as tasks
from meetly.tasks.models import Task
from meetly.tasks.standing import service
from meetly.tasks.standing.models import Frequency, StandingTask
from tests import cast as cast_of_tests
from tests.cast import Cast
from tests.minutes import briefing
from tests.tasks.many import many_workers
from workers import open_periods


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Move the clock to noon of a day in Vietnam."""

    def move(day: str) -> None:
        noon = datetime.fromisoformat(f"{day}T05:00").replace(tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: noon)

    return move


def approved(cast: Cast) -> Minutes:
    db.session.execute(update(Unit).values(valid_from=date(2025, 7, 1)))
    db.session.expire_all()
    minutes = briefing.drafted(cast)
    directions.propose_for(minutes)
    kept = minutes_service.submit(cast.nam, minutes, minutes.version)
    minutes_service.approve(
        cast.khai, minutes, minutes.version, kept.minutes_sha256, kept.notice_sha256
    )
    db.session.commit()
    return minutes


def ordered(
    cast: Cast, minutes: Minutes, recurring: str, *, due: date | None = None
) -> tuple[Direction, list[Task]]:
    """Give Nậm Hoa a direction that recurs, helped by the finance department."""
    [direction] = [
        d for d in directions.of_minutes(minutes)
        if "UBND xã Nậm Hoa" in [unit.name for unit in d.lead]
    ][:1]  # fmt: skip
    directions.correct(
        cast.khai, direction, direction.version, lead=["UBND xã Nậm Hoa"],
        coordinate=["Sở Tài chính"], due=due, recurring=recurring, text=direction.text,
    )  # fmt: skip
    opened = tasks.assign(cast.khai, direction, direction.version)
    db.session.commit()
    return direction, opened


def periods() -> list[tuple[str, date | None]]:
    return [(t.period, t.due) for t in db.session.scalars(select(Task).order_by(Task.id))]


@pytest.fixture
def weekly(cast: Cast, on: Callable[[str], None]) -> StandingTask:
    on("2026-11-24")
    _direction, [task] = ordered(cast, approved(cast), "trước 16 giờ thứ sáu hằng tuần")
    assert task.standing is not None
    return task.standing


# -- beginning -------------------------------------------------------------------------------


def test_confirming_what_recurs_opens_its_first_period(weekly: StandingTask, cast: Cast) -> None:
    assert (weekly.frequency, weekly.weekday, f"{weekly.hour}") == (Frequency.WEEKLY, 4, "16:00:00")
    assert weekly.starts_on == date(2026, 11, 24) and weekly.lead_unit_id == cast.nam_hoa.id
    assert periods() == [("2026-W48", date(2026, 11, 27))]
    assert audit.of(weekly)[0].verb == "tasks.begin_standing"


def test_words_nobody_can_count_with_stay_one_task_as_before(
    cast: Cast, on: Callable[[str], None]
) -> None:
    on("2026-11-24")
    direction, [task] = ordered(cast, approved(cast), "6 tháng một lần")
    assert (task.period, task.due, task.standing) == ("", None, None)
    assert task.recurring == direction.recurring == "6 tháng một lần"


def test_one_day_and_a_habit_open_both(cast: Cast, on: Callable[[str], None]) -> None:
    on("2026-11-24")
    _direction, opened = ordered(
        cast, approved(cast), "hằng tháng trước ngày 25", due=date(2026, 12, 10)
    )
    assert [(t.period, t.due) for t in opened] == [
        ("", date(2026, 12, 10)), ("2026-11", date(2026, 11, 25)),
    ]  # fmt: skip
    assert opened[0].standing is None and opened[1].standing is not None


# -- going on --------------------------------------------------------------------------------


def test_the_next_period_opens_when_it_begins_and_once(
    weekly: StandingTask, on: Callable[[str], None]
) -> None:
    on("2026-11-29")  # the Sunday before
    assert open_periods.run() == 0
    on("2026-11-30")
    assert [open_periods.run() for _ in range(5)] == [1, 0, 0, 0, 0]
    assert periods()[1:] == [("2026-W49", date(2026, 12, 4))]
    first, second = db.session.scalars(select(Task).order_by(Task.id))
    assert [h.name for h in second.helpers] == [h.name for h in first.helpers] == ["Sở Tài chính"]
    assert (second.standing_id, second.owner_unit_id) == (weekly.id, first.owner_unit_id)


def test_what_a_worker_that_was_down_left_out_is_opened_too(
    weekly: StandingTask, on: Callable[[str], None]
) -> None:
    on("2026-12-23")
    assert open_periods.run() == 4
    assert [label for label, _due in periods()] == [
        "2026-W48", "2026-W49", "2026-W50", "2026-W51", "2026-W52",
    ]  # fmt: skip
    assert open_periods.run() == 0


def test_what_a_later_direction_replaced_opens_nothing_more(
    weekly: StandingTask, on: Callable[[str], None]
) -> None:
    weekly.direction.superseded_by_id = weekly.direction_id
    db.session.commit()
    on("2026-12-23")
    assert open_periods.run() == 0 and service.open_periods(weekly.id) == []


def test_one_that_cannot_be_opened_does_not_hold_up_the_others(
    weekly: StandingTask, cast: Cast, on: Callable[[str], None]
) -> None:
    first = db.session.scalars(select(Task)).one()
    other = StandingTask(
        direction_id=weekly.direction_id, owner_unit_id=weekly.owner_unit_id,
        lead_unit_id=cast.finance.id, lead_name="Sở Tài chính", frequency=Frequency.WEEKLY,
        weekday=4, starts_on=weekly.starts_on, last_due=weekly.last_due, opened_by_id=cast.khai.id,
    )  # fmt: skip
    # a task of that period is there already, by nobody knows whom: the unique key refuses a second
    taken = Task(
        direction_id=first.direction_id, meeting_id=first.meeting_id, period="2026-W49",
        owner_unit_id=first.owner_unit_id, lead_name=weekly.lead_name, text=first.text,
        opened_at=first.opened_at, opened_by_id=first.opened_by_id,
    )  # fmt: skip
    db.session.add_all([other, taken])
    db.session.commit()
    on("2026-11-30")
    assert open_periods.run() == 1
    assert [t.lead_name for t in db.session.scalars(select(Task).where(Task.period == "2026-W49"))
            ] == [weekly.lead_name, "Sở Tài chính"]  # fmt: skip


# -- many workers ----------------------------------------------------------------------------


def test_four_workers_at_once_open_each_period_once(
    anywhere: Flask, on: Callable[[str], None]
) -> None:
    on("2026-11-24")
    cast = cast_of_tests.recall()
    ordered(cast, approved(cast), "hằng tuần")
    db.session.remove()
    on("2026-12-16")
    assert many_workers(anywhere, "open_periods") == 3
    assert [label for label, _due in periods()] == ["2026-W48", "2026-W49", "2026-W50", "2026-W51"]


def test_the_key_refuses_a_second_task_of_a_period_even_without_the_lock(
    weekly: StandingTask, cast: Cast, on: Callable[[str], None]
) -> None:
    """A planted defect: the row forgets what was opened last, as two workers that read at once."""
    on("2026-11-30")
    assert open_periods.run() == 1
    standing = db.session.scalars(select(StandingTask)).one()
    standing.last_due = date(2026, 11, 27)
    db.session.commit()
    with pytest.raises(IntegrityError):
        service.open_periods(standing.id)
    db.session.rollback()
    assert open_periods.run() == 0 and len(periods()) == 2


# -- ending ----------------------------------------------------------------------------------


def test_ending_opens_nothing_more_and_tells_the_unit_why(
    weekly: StandingTask, cast: Cast, on: Callable[[str], None]
) -> None:
    with pytest.raises(NotAllowed):
        service.end(cast.sinh, weekly, "thôi")
    with pytest.raises(BadInput):
        service.end(cast.nam, weekly, "   ")
    service.end(cast.nam, weekly, "Dự án đã xong")
    db.session.commit()
    with pytest.raises(WrongState):
        service.end(cast.khai, weekly, "lần nữa")
    told = select(Notice).where(Notice.key == f"standing:{weekly.id}:ended")
    found = list(db.session.scalars(told))
    assert {n.user_id for n in found} == {cast.sinh.id, cast.hoa.id}
    assert {n.body for n in found} == {"Dự án đã xong"}
    on("2026-12-23")
    assert open_periods.run() == 0 and len(periods()) == 1


def test_one_word_ends_it_for_every_unit_of_the_direction(
    cast: Cast, on: Callable[[str], None]
) -> None:
    on("2026-11-24")
    minutes = approved(cast)
    direction = next(
        d for d in directions.of_minutes(minutes)
        if "UBND các xã, phường" in [unit.name for unit in d.lead]
    )  # fmt: skip
    first, second = tasks.assign(cast.khai, direction, direction.version)
    assert first.standing is not None and second.standing is not None
    service.end(cast.nam, second.standing, "một đơn vị")
    assert service.end_direction(cast.khai, first.standing, "tất cả") == 1
    assert first.standing.ended_at is not None
    assert service.end_direction(cast.khai, first.standing, "lần nữa") == 0
    with pytest.raises(NotAllowed):
        service.end_direction(cast.sinh, first.standing, "tất cả")


# -- pages -----------------------------------------------------------------------------------


def test_the_pages_show_what_recurs_to_giver_and_lead_only(
    weekly: StandingTask, cast: Cast, sign_in: Callable[[User], FlaskClient],
    on: Callable[[str], None],
) -> None:  # fmt: skip
    on("2026-12-01")
    assert open_periods.run() == 1
    words = weekly.direction.text[:40]
    for person in (cast.khai, cast.nam, cast.sinh, cast.hoa):
        assert words in sign_in(person).get("/standing").text
    for stranger in (cast.chau, cast.la, cast.long):
        assert words not in sign_in(stranger).get("/standing").text
        with pytest.raises(NotFound):
            service.get(stranger, weekly.id)
    assert "Dừng" not in sign_in(cast.hoa).get("/standing").text.split("<main", 1)[1]
    newest = db.session.scalars(select(Task).order_by(Task.id.desc())).first()
    assert newest is not None
    page = sign_in(cast.hoa).get(f"/tasks/{newest.id}").text
    assert "Việc định kỳ, tuần 49/2026" in page and "Tuần 48/2026" in page
    keeper = sign_in(cast.nam)
    answer = keeper.post(f"/standing/{weekly.id}/end", data={"reason": "đã xong"})
    assert answer.status_code == 302
    assert keeper.post(f"/standing/{weekly.id}/end", data={"reason": ""}).status_code == 400
    assert "Đã dừng" in keeper.get("/standing").text
