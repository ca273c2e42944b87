"""Confirmed directions become tasks, once a unit; how a task stands is computed from dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from meetly import audit, clock, search
from meetly.accounts import service as accounts
from meetly.accounts.models import UnitKind, User
from meetly.directions import service as directions
from meetly.directions.models import DirectionStatus
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.minutes.models import Minutes
from meetly.notices.models import Notice
from meetly.search import SearchEntry
from meetly.tasks import service
from meetly.tasks.models import Progress, Task, TaskState
from meetly.tasks.service import Filter
from tests.cast import Cast
from tests.tasks.conftest import led_by


def assigned(minutes: Minutes, cast: Cast, name: str) -> Task:
    direction = led_by(minutes, name)
    return service.assign(cast.khai, direction, direction.version)[0]


# -- opening ---------------------------------------------------------------------------------


def test_a_direction_opens_one_task_for_its_unit(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Tài chính")
    [task] = service.assign(cast.khai, direction, direction.version)
    assert direction.status == DirectionStatus.CONFIRMED
    assert (task.lead_unit_id, task.owner_unit_id) == (cast.finance.id, cast.office.id)
    assert (task.text, task.due) == (direction.text, date(2026, 12, 10))
    assert {helper.name for helper in task.helpers} == {u.name for u in direction.coordinating}
    assert audit.of(task)[0].verb == "tasks.open"
    assert [hit.link for hit in search.find("Sở Tài chính", SearchEntry.kind == "task")] == [
        f"/tasks/{task.id}"
    ]


def test_assigning_again_opens_nothing_and_tells_nobody_twice(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Tài chính")
    once = service.assign(cast.khai, direction, direction.version)
    assert service.assign(cast.khai, direction, direction.version) == once
    assert len(db.session.scalars(select(Task)).all()) == 1
    key = f"task:{once[0].id}:opened"
    told = db.session.scalars(select(Notice.user_id).where(Notice.key == key)).all()
    assert told == [cast.long.id]


def test_two_leading_units_get_a_task_each(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Y tế")
    tasks = service.assign(cast.khai, direction, direction.version)
    assert {task.lead_name for task in tasks} == {"Sở Nông nghiệp và Môi trường", "Sở Y tế"}


def test_a_group_reaches_every_living_unit_of_the_province(minutes: Minutes, cast: Cast) -> None:
    accounts.add_unit(
        None, code="KH.X", name="UBND xã Nơi Khác", kind=UnitKind.COMMUNE,
        parent=cast.other_province,
    )  # fmt: skip
    closed = accounts.add_unit(
        None, code="LG.CU", name="UBND xã Cũ", kind=UnitKind.COMMUNE, parent=cast.province
    )
    closed.valid_to = clock.today() - timedelta(days=1)
    direction = led_by(minutes, "UBND các xã, phường")
    tasks = service.assign(cast.khai, direction, direction.version)
    assert {task.lead_unit_id for task in tasks} == {cast.nam_hoa.id, cast.doi_thong.id}
    assert all(task.recurring and task.period and task.due == task.first_due for task in tasks)


def test_a_name_nobody_answers_to_keeps_its_task(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    directions.correct(
        cast.khai, direction, direction.version, lead=["các chủ đầu tư"], coordinate=[],
        due=None, recurring="", text=direction.text,
    )  # fmt: skip
    [task] = service.assign(cast.khai, direction, direction.version)
    assert (task.lead_name, task.lead_unit_id) == ("các chủ đầu tư", None)
    assert service.may_report(cast.nam, task), "the giver reports for a stranger"


def test_only_a_leader_of_the_host_assigns_and_only_what_was_seen(
    minutes: Minutes, cast: Cast
) -> None:
    direction = led_by(minutes, "Sở Tài chính")
    for other in (cast.nam, cast.long, cast.quan, cast.la):
        with pytest.raises(NotAllowed):
            service.assign(other, direction, direction.version)
    with pytest.raises(Stale):
        service.assign(cast.khai, direction, direction.version + 1)
    assert db.session.scalars(select(Task)).all() == []


# -- who sees what ---------------------------------------------------------------------------


def test_giver_leader_and_helper_see_a_task_and_nobody_else(minutes: Minutes, cast: Cast) -> None:
    task = assigned(minutes, cast, "UBND xã Nậm Hoa")
    for person in (cast.khai, cast.nam, cast.sinh, cast.hoa):
        assert service.get(person, task.id) is task
    for stranger in (cast.long, cast.chau, cast.la, cast.quan):
        with pytest.raises(NotFound):
            service.get(stranger, task.id)
        assert service.listing(stranger, Filter(state="")).tasks == []
    assert service.mine(cast.hoa) == [task] and service.mine(cast.khai) == []
    assert service.of_meeting(cast.nam, minutes.meeting) == [task]


def test_a_helper_sees_the_task_under_helping(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "UBND xã Nậm Hoa")
    directions.correct(
        cast.khai, direction, direction.version, lead=["UBND xã Nậm Hoa"],
        coordinate=["Sở Tài chính"], due=direction.due, recurring="", text=direction.text,
    )  # fmt: skip
    [task] = service.assign(cast.khai, direction, direction.version)
    assert service.get(cast.long, task.id) is task
    assert service.listing(cast.long, Filter(mine="help")).tasks == [task]
    with pytest.raises(NotAllowed):
        service.report(cast.long, task, "Không phải việc của tôi.", 10)


# -- how it stands ---------------------------------------------------------------------------


def test_the_state_follows_the_calendar(
    minutes: Minutes, cast: Cast, on: Callable[[str], None]
) -> None:
    on("2026-11-24")
    task = assigned(minutes, cast, "UBND xã Nậm Hoa")  # due 15/12/2026
    assert state(cast.hoa, task) == TaskState.NOT_STARTED
    service.report(cast.hoa, task, "Đã gặp hai hộ.", 30)
    assert state(cast.hoa, task) == TaskState.IN_TIME
    on("2026-12-15")
    assert state(cast.hoa, task) == TaskState.IN_TIME
    on("2026-12-16")
    assert state(cast.hoa, task) == TaskState.OVERDUE
    assert service.overdue(cast.khai) == [task] and task.days_late(clock.today()) == 1
    service.claim(cast.hoa, task, "Xong, muộn một ngày.")
    assert state(cast.hoa, task) == TaskState.CLAIMED and service.overdue(cast.khai) == []
    on("2026-12-30")
    service.agree(cast.khai, task, task.version)
    assert state(cast.hoa, task) == TaskState.DONE_LATE
    assert task.completed_at
    assert clock.local(task.completed_at).date() == date(2026, 12, 16), "the day it was claimed"


def state(user: User, task: Task) -> TaskState:
    """Return the state, after checking that SQL finds the task under it and under no other."""
    shown = task.state(clock.today())
    found = [s for s in TaskState if task in service.listing(user, Filter(state=s)).tasks]
    assert found == [shown]
    return shown


def test_a_cancelled_task_takes_no_more_reports(minutes: Minutes, cast: Cast) -> None:
    task = assigned(minutes, cast, "UBND xã Nậm Hoa")
    with pytest.raises(NotAllowed):
        service.cancel(cast.hoa, task, "Không làm.")
    service.cancel(cast.khai, task, "Đã giao đơn vị khác.")
    assert state(cast.hoa, task) == TaskState.CANCELLED
    with pytest.raises(WrongState):
        service.report(cast.hoa, task, "Vẫn làm.", 10)
    with pytest.raises(WrongState):
        service.claim(cast.hoa, task, "Xong.")
    with pytest.raises(WrongState):
        service.cancel(cast.khai, task, "Lần nữa.")
    with pytest.raises(WrongState):
        service.reopen(cast.khai, task, "Mở lại.")


def test_a_report_needs_words(minutes: Minutes, cast: Cast) -> None:
    task = assigned(minutes, cast, "UBND xã Nậm Hoa")
    with pytest.raises(BadInput):
        service.report(cast.hoa, task, "  ", 50)
    assert task.started_at is None and db.session.scalars(select(Progress)).all() == []


# -- lists -----------------------------------------------------------------------------------


def test_pages_follow_each_other_without_gap_or_repeat(minutes: Minutes, cast: Cast) -> None:
    for direction in directions.of_minutes(minutes):
        service.assign(cast.khai, direction, direction.version)
    everything = service.listing(cast.nam, Filter()).tasks
    walked, after = [], ""
    while True:
        page = service.listing(cast.nam, Filter(), after=after, limit=3)
        walked += page.tasks
        after = page.after
        if not after:
            break
    assert walked == everything and len(walked) == len(db.session.scalars(select(Task)).all())
    days = [task.due or date.max for task in walked]
    assert days == sorted(days)
    with pytest.raises(BadInput):
        service.listing(cast.nam, Filter(), after="rubbish")


def test_filters_narrow_the_list(minutes: Minutes, cast: Cast) -> None:
    one = assigned(minutes, cast, "Sở Tài chính")
    two = assigned(minutes, cast, "UBND xã Nậm Hoa")
    unit = Filter(unit_id=cast.finance.id)
    assert service.listing(cast.nam, unit).tasks == [one]
    assert service.listing(cast.nam, Filter(meeting_id=minutes.meeting_id + 1)).tasks == []
    service.claim(cast.sinh, two, "Xong.")
    assert service.listing(cast.nam, Filter(state="done")).tasks == []
    service.agree(cast.khai, two, two.version)
    assert service.listing(cast.nam, Filter(state="done")).tasks == [two]
    assert service.listing(cast.nam, Filter()).tasks == [one]
    assert service.lead_units(cast.sinh) == [cast.nam_hoa]
    assert service.meetings_with_tasks(cast.sinh) == [minutes.meeting]
    with pytest.raises(BadInput):
        service.listing(cast.nam, Filter(state="'; --"))
