"""The unit claims, the giver agrees: every step asks again who may and how the task stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role
from meetly.directions import service as directions
from meetly.directions.models import Priority
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.minutes.models import Minutes
from meetly.notices.models import Notice
from meetly.overview import today
from meetly.tasks import service, story
from meetly.tasks.extending import service as extending
from meetly.tasks.models import ProgressKind, Task, TaskState
from meetly.tasks.service import Filter
from tests.cast import Cast
from tests.tasks.conftest import led_by

On = Callable[[str], None]


def subjects(user_id: int) -> str:
    return "\n".join(db.session.scalars(select(Notice.subject).where(Notice.user_id == user_id)))


# -- claiming and agreeing -------------------------------------------------------------------


def test_the_day_of_the_claim_decides_and_only_the_giver_closes(
    task: Task, cast: Cast, on: On
) -> None:
    on("2026-12-15")
    service.report(cast.sinh, task, "Đã bàn giao.", 100)
    assert task.state(clock.today()) == TaskState.CLAIMED and task.is_open
    assert "Chờ xác nhận" in subjects(cast.khai.id) and "Chờ xác nhận" in subjects(cast.nam.id)
    assert today.of(cast.khai).to_agree == [task]
    assert today.of(cast.nam).to_agree == [] and today.of(cast.long).to_agree == []
    for other in (cast.nam, cast.sinh, cast.long, cast.la):
        with pytest.raises(NotAllowed):
            service.agree(other, task, task.version)
    on("2026-12-28")
    assert task.days_late(clock.today()) == 0, "it waits for the giver, not for the unit"
    service.agree(cast.khai, task, task.version, "Tốt.")
    assert task.completed_at == task.claimed_at and task.accepted_by_id == cast.khai.id
    assert task.state(clock.today()) == TaskState.DONE_IN_TIME
    assert "Đã xác nhận hoàn thành" in subjects(cast.hoa.id)
    with pytest.raises(WrongState):
        service.agree(cast.khai, task, task.version)
    verbs = [entry.verb for entry in audit.of(task)]
    assert verbs == ["tasks.agree", "tasks.claim", "tasks.open"]


def test_what_was_returned_is_claimed_again(task: Task, cast: Cast, on: On) -> None:
    on("2026-12-10")
    service.report(cast.hoa, task, "Đã gặp bốn hộ.", 60)
    service.claim(cast.sinh, task, "Xong.")
    with pytest.raises(WrongState):
        service.claim(cast.hoa, task, "Xong nữa.")
    with pytest.raises(BadInput):
        service.give_back(cast.khai, task, task.version, "  ")
    service.give_back(cast.khai, task, task.version, "Thiếu biên bản.")
    assert task.state(clock.today()) == TaskState.RETURNED and task.claimed_at is None
    assert service.percents([task]) == {task.id: 60}, "as far as it was before the claim"
    on("2026-12-16")
    assert task.state(clock.today()) == TaskState.OVERDUE
    service.claim(cast.sinh, task, "Đã có biên bản.")
    service.agree(cast.khai, task, task.version)
    assert task.state(clock.today()) == TaskState.DONE_LATE


def test_a_claim_is_added_to_without_moving_its_day(task: Task, cast: Cast, on: On) -> None:
    on("2026-12-15")
    service.claim(cast.sinh, task, "Xong.")
    claimed, seen = task.claimed_at, task.version
    on("2026-12-17")
    said = service.report(cast.hoa, task, "Gửi thêm ảnh.", 10)
    assert task.claimed_at == claimed and said.percent == 100
    with pytest.raises(Stale):
        service.agree(cast.khai, task, seen)
    with pytest.raises(NotAllowed):
        service.withdraw_claim(cast.khai, task, "Tôi rút hộ.")
    service.withdraw_claim(cast.sinh, task, "Nhầm.")
    assert task.claimed_at is None and task.state(clock.today()) == TaskState.OVERDUE
    with pytest.raises(WrongState):
        service.agree(cast.khai, task, task.version)


def test_the_officer_agrees_also_a_secretary_or_participant(task: Task, cast: Cast) -> None:
    with pytest.raises(BadInput):
        service.steer(cast.nam, task, cast.long, Priority.HIGH)
    with pytest.raises(NotAllowed):
        service.steer(cast.sinh, task, None, Priority.HIGH)
    clerk = accounts.add_user(None, login="minh", name="Minh", password="mật khẩu thử", email="")
    accounts.give_role(None, clerk, cast.office, Role.PARTICIPANT)
    with pytest.raises(NotFound):
        service.get(clerk, task.id)
    service.steer(cast.nam, task, clerk, Priority.URGENT)
    assert service.get(clerk, task.id) is task and "theo dõi" in subjects(clerk.id)
    assert service.listing(clerk, Filter(mine="follow")).tasks == [task]
    assert service.listing(cast.nam, Filter(officer_id=clerk.id)).tasks == [task]
    service.claim(cast.sinh, task, "Xong.")
    assert today.of(clerk).to_agree == [task] and not service.may_steer(clerk, task)
    db.session.delete(clerk.memberships[0])
    db.session.commit()
    db.session.refresh(clerk)
    with pytest.raises(NotFound):  # who left the office follows nothing any more
        service.get(clerk, task.id)
    assert not service.may_agree(clerk, task)
    service.steer(cast.khai, task, cast.nam, Priority.NORMAL)
    service.agree(cast.nam, task, task.version)
    assert task.accepted_by_id == cast.nam.id


def test_reopening_is_the_leaders(task: Task, cast: Cast, on: On) -> None:
    on("2026-12-01")
    service.claim(cast.sinh, task, "Xong.")
    service.agree(cast.khai, task, task.version)
    with pytest.raises(WrongState):
        service.report(cast.sinh, task, "Nữa.", 50)
    for other in (cast.sinh, cast.nam):
        with pytest.raises(NotAllowed):
            service.reopen(other, task, "Tôi tự mở lại.")
    service.reopen(cast.khai, task, "Có khiếu nại.")
    assert task.completed_at is None and task.accepted_at is None
    assert task.state(clock.today()) == TaskState.RETURNED
    assert task in service.mine(cast.hoa) and "Cần làm tiếp" in subjects(cast.hoa.id)


def test_a_strangers_task_is_reported_by_the_giver_and_closed_by_its_leader(
    minutes: Minutes, cast: Cast
) -> None:
    direction = led_by(minutes, "Sở Xây dựng")
    directions.correct(
        cast.khai, direction, direction.version, lead=["các chủ đầu tư"], coordinate=[],
        due=None, recurring="", text=direction.text,
    )  # fmt: skip
    [task] = service.assign(cast.khai, direction, direction.version)
    assert task.state(clock.today()) == TaskState.UNDATED
    service.claim(cast.nam, task, "Chủ đầu tư báo xong.")
    with pytest.raises(NotAllowed):
        service.agree(cast.nam, task, task.version)
    service.agree(cast.khai, task, task.version)
    assert task.state(clock.today()) == TaskState.DONE_IN_TIME


# -- people ----------------------------------------------------------------------------------


def test_each_unit_names_its_own_person(minutes: Minutes, cast: Cast) -> None:
    direction = led_by(minutes, "UBND xã Nậm Hoa")
    directions.correct(
        cast.khai, direction, direction.version, lead=["UBND xã Nậm Hoa"],
        coordinate=["Sở Tài chính"], due=direction.due, recurring="", text=direction.text,
    )  # fmt: skip
    [task] = service.assign(cast.khai, direction, direction.version)
    service.name_person(cast.sinh, task, cast.nam_hoa, cast.hoa)
    service.name_person(cast.long, task, cast.finance, cast.long)
    for who, unit, person in (
        (cast.sinh, cast.nam_hoa, cast.long),  # somebody else's person
        (cast.sinh, cast.finance, cast.long),  # for somebody else's unit
        (cast.khai, cast.nam_hoa, cast.hoa),  # the giver names nobody of the unit
        (cast.sinh, cast.office, cast.nam),  # a unit that does not work on it
    ):
        with pytest.raises((NotAllowed, BadInput)):
            service.name_person(who, task, unit, person)
    assert "Bạn được phân công" in subjects(cast.hoa.id)
    assert "Bạn được phân công" not in subjects(cast.long.id), "one tells oneself nothing"
    assert service.listing(cast.hoa, Filter(mine="me")).tasks == [task]
    assert service.listing(cast.sinh, Filter(mine="me")).tasks == []
    assert service.listing(cast.sinh, Filter(person_id=cast.hoa.id)).tasks == [task]
    service.name_person(cast.hoa, task, cast.nam_hoa, cast.sinh)
    named = service.people_of(task)
    assert {unit: row.user_id for unit, row in named.items()} == {
        cast.nam_hoa.id: cast.sinh.id, cast.finance.id: cast.long.id,
    }  # fmt: skip


# -- superseding -----------------------------------------------------------------------------


def test_a_later_direction_ends_the_open_tasks_and_keeps_the_finished(
    minutes: Minutes, cast: Cast
) -> None:
    old, new = led_by(minutes, "Sở Y tế"), led_by(minutes, "UBND xã Nậm Hoa")
    first, second = service.assign(cast.khai, old, old.version)
    service.assign(cast.khai, new, new.version)
    second.lead_unit_id = cast.nam_hoa.id
    service.claim(cast.sinh, second, "Xong.")
    service.agree(cast.khai, second, second.version)
    for other in (cast.nam, cast.long, cast.la):
        with pytest.raises(NotAllowed):
            service.supersede(other, old, new)
    with pytest.raises(WrongState):
        service.supersede(cast.khai, old, old)
    assert service.supersede(cast.khai, old, new) == [first]
    assert old.superseded_by_id == new.id and first.superseded_by_id == new.id
    assert first.state(clock.today()) == TaskState.CANCELLED
    assert second.state(clock.today()) == TaskState.DONE_IN_TIME
    assert service.supersede(cast.khai, old, new) == []
    with pytest.raises(WrongState):
        service.supersede(cast.khai, new, old)
    told = story.told(service.progress_of(first), [])
    assert [entry.kind for entry in told] == [ProgressKind.SUPERSEDE]
    assert told[0].text == "", "the later words may be another unit's"


def test_the_story_puts_both_kinds_of_lines_in_one_order(task: Task, cast: Cast, on: On) -> None:
    for day, step in (
        ("2026-12-01", lambda: service.report(cast.hoa, task, "Bắt đầu.", 10)),
        ("2026-12-02", lambda: extending.ask(cast.sinh, task, "Mưa lũ.", date(2026, 12, 25))),
        (
            "2026-12-03",
            lambda: extending.grant(cast.khai, extending.of_task(task)[0], date(2026, 12, 20)),
        ),
        ("2026-12-04", lambda: service.claim(cast.hoa, task, "Xong.")),
    ):
        on(day)
        step()
    entries = story.told(service.progress_of(task), extending.of_task(task))
    assert [entry.kind for entry in entries] == ["claim", "extend", "asked", "report"]
    assert (entries[1].old, entries[1].new) == (date(2026, 12, 15), date(2026, 12, 20))
