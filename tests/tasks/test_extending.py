"""More time: asked with a reason, decided by the leader, the old deadlines kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from meetly import clock
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.notices.models import Notice
from meetly.overview import today
from meetly.tasks import service
from meetly.tasks.extending import service as extending
from meetly.tasks.models import ExtensionRequest, ExtensionStatus, Task, TaskState
from tests.cast import Cast

On = Callable[[str], None]
LATER = date(2026, 12, 31)


def subjects(user_id: int) -> str:
    return "\n".join(db.session.scalars(select(Notice.subject).where(Notice.user_id == user_id)))


def test_asked_and_granted_with_another_date(task: Task, cast: Cast, on: On) -> None:
    on("2026-12-14")
    asked = extending.ask(cast.hoa, task, "Mưa lũ kéo dài.", LATER)
    assert "Xin gia hạn đến 31/12/2026" in subjects(cast.khai.id)
    assert today.of(cast.khai).to_extend == [asked] and today.of(cast.khai).waits >= 1
    assert today.of(cast.nam).to_extend == [] and today.of(cast.sinh).to_extend == []
    for other in (cast.nam, cast.sinh, cast.long):
        with pytest.raises(NotAllowed):
            extending.grant(other, asked, LATER)
        with pytest.raises(NotAllowed):
            extending.refuse(other, asked, "Không.")
    for wrong in (date(2026, 12, 15), date(2026, 12, 13)):
        with pytest.raises(BadInput):
            extending.grant(cast.khai, asked, wrong)
    extending.grant(cast.khai, asked, date(2026, 12, 20), "Chỉ đến 20/12.")
    assert (task.due, task.first_due) == (date(2026, 12, 20), date(2026, 12, 15))
    assert (asked.old_due, asked.wanted, asked.granted) == (task.first_due, LATER, task.due)
    assert "Được gia hạn đến 20/12/2026" in subjects(cast.sinh.id)
    assert today.of(cast.khai).to_extend == []
    on("2026-12-18")
    assert task.state(clock.today()) == TaskState.NOT_STARTED
    again = extending.ask(cast.sinh, task, "Vẫn mưa.", LATER)
    extending.grant(cast.khai, again, LATER)
    assert [r.old_due for r in extending.of_task(task)] == [date(2026, 12, 20), date(2026, 12, 15)]
    assert task.first_due == date(2026, 12, 15)


def test_refused_withdrawn_and_one_at_a_time(task: Task, cast: Cast, on: On) -> None:
    on("2026-12-14")
    first = extending.ask(cast.hoa, task, "Mưa lũ.", LATER)
    db.session.commit()
    with pytest.raises(WrongState):
        extending.ask(cast.sinh, task, "Cũng mưa lũ.", LATER)
    db.session.rollback()
    with pytest.raises(NotAllowed):
        extending.withdraw(cast.khai, first)
    extending.withdraw(cast.sinh, first)
    with pytest.raises(WrongState):
        extending.grant(cast.khai, first, LATER)
    with pytest.raises(WrongState):
        extending.refuse(cast.khai, first, "Không.")
    with pytest.raises(WrongState):
        extending.withdraw(cast.hoa, first)
    second = extending.ask(cast.hoa, task, "Mưa lũ.", LATER)
    with pytest.raises(BadInput):
        extending.refuse(cast.khai, second, " ")
    extending.refuse(cast.khai, second, "Phải xong trước Tết.")
    assert task.due == date(2026, 12, 15) and "Không gia hạn" in subjects(cast.hoa.id)
    assert [r.status for r in extending.of_task(task)] == [
        ExtensionStatus.REFUSED, ExtensionStatus.WITHDRAWN,
    ]  # fmt: skip


def test_what_cannot_be_asked(task: Task, cast: Cast, on: On) -> None:
    on("2026-12-20")
    with pytest.raises(NotAllowed):
        extending.ask(cast.khai, task, "Cho đơn vị.", LATER)
    for wrong in (date(2026, 12, 20), date(2026, 12, 16), date(2026, 12, 15)):
        with pytest.raises(BadInput):
            extending.ask(cast.hoa, task, "Mưa lũ.", wrong)
    with pytest.raises(BadInput):
        extending.ask(cast.hoa, task, "  ", LATER)
    task.due = None
    with pytest.raises(BadInput):
        extending.ask(cast.hoa, task, "Không hạn.", LATER)
    assert db.session.scalars(select(ExtensionRequest)).all() == []


def test_a_claim_made_in_between_is_in_time_once_granted(task: Task, cast: Cast, on: On) -> None:
    on("2026-12-14")
    asked = extending.ask(cast.hoa, task, "Mưa lũ.", date(2026, 12, 18))
    on("2026-12-17")
    service.claim(cast.hoa, task, "Xong.")
    on("2026-12-22")
    extending.grant(cast.khai, asked, date(2026, 12, 18))
    service.agree(cast.khai, task, task.version)
    assert task.state(clock.today()) == TaskState.DONE_IN_TIME


def test_what_is_closed_waits_for_no_answer(task: Task, cast: Cast, on: On) -> None:
    on("2026-12-14")
    asked = extending.ask(cast.hoa, task, "Mưa lũ.", LATER)
    service.claim(cast.hoa, task, "Xong rồi.")
    service.agree(cast.khai, task, task.version)
    db.session.refresh(asked)
    assert asked.status == ExtensionStatus.WITHDRAWN and today.of(cast.khai).to_extend == []
    with pytest.raises(WrongState):
        extending.ask(cast.hoa, task, "Nữa.", LATER)


def test_strangers_find_no_request(task: Task, cast: Cast, on: On) -> None:
    on("2026-12-14")
    asked = extending.ask(cast.hoa, task, "Mưa lũ.", LATER)
    for stranger in (cast.la, cast.chau, cast.long):
        with pytest.raises(NotFound):
            extending.get(stranger, asked.id)
