"""The pages of tasks: given out by the leader, found and reported on by the unit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from meetly.accounts.models import User
from meetly.directions import service as directions
from meetly.directions.models import DirectionStatus
from meetly.extensions import db
from meetly.minutes.models import Minutes
from meetly.tasks import service
from meetly.tasks.models import Task
from tests.cast import Cast
from tests.tasks.conftest import led_by

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def task(minutes: Minutes, cast: Cast) -> Task:
    """Give the task of the briefing, with its minutes and its sound."""
    direction = led_by(minutes, "UBND xã Nậm Hoa")
    [task] = service.assign(cast.khai, direction, direction.version)
    db.session.commit()
    return task


def test_a_leader_gives_out_one_direction_and_goes_on_to_the_next(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    first, second = directions.of_minutes(minutes)[:2]
    where = f"/directions/{first.id}/assign"
    assert sign_in(cast.nam).post(where, data={"version": first.version}).status_code == 403
    answer = sign_in(cast.khai).post(where, data={"version": first.version})
    assert answer.status_code == 302 and answer.location.endswith(f"#d{second.id}")
    db.session.expire_all()
    assert first.status == DirectionStatus.CONFIRMED
    assert sign_in(cast.khai).post(where, data={"version": 1}).status_code == 302, "idempotent"
    assert len(service.of_direction(first)) == len(first.lead)


def test_all_that_was_shown_is_given_out_at_once(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    found = directions.of_minutes(minutes)
    seen = [f"{d.id}:{d.version}" for d in found[1:]] + [f"{found[0].id}:{found[0].version + 1}"]
    sign_in(cast.khai).post(f"/minutes/{minutes.id}/directions/assign", data={"seen": seen})
    db.session.expire_all()
    assert found[0].status == DirectionStatus.PROPOSED, "it is no longer what was shown"
    assert all(d.status == DirectionStatus.CONFIRMED for d in found[1:])
    page = sign_in(cast.khai).get(f"/minutes/{minutes.id}/directions").text
    assert "Đã giao" in page and "Xác nhận, giao việc" in page


def test_the_unit_finds_its_task_and_where_it_comes_from(
    task: Task, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    assert "bàn giao toàn bộ mặt bằng" in browser.get("/tasks?mine=lead").text
    page = browser.get(f"/tasks/{task.id}").text
    assert f"/directions/{task.direction_id}/clip" in page
    assert f"/minutes/{task.direction.minutes_id}#{task.direction.block_id}" in page
    assert "15/12/2026" in page and "Gửi báo cáo" in page and "Thu hồi" not in page
    for stranger in (cast.chau, cast.long, cast.la):
        assert sign_in(stranger).get(f"/tasks/{task.id}").status_code == 404
        assert "bàn giao toàn bộ mặt bằng" not in sign_in(stranger).get("/tasks?state=").text


def test_the_unit_claims_and_only_the_leader_closes(
    task: Task, cast: Cast, sign_in: SignIn
) -> None:
    unit, giver = sign_in(cast.hoa), sign_in(cast.nam)
    base = f"/tasks/{task.id}"
    wrong = unit.post(f"{base}/report", data={"text": "Gần xong", "percent": 130})
    assert wrong.status_code == 422 and "Gần xong" in wrong.text
    unit.post(f"{base}/report", data={"text": "Đã gặp bốn hộ.", "percent": 60})
    assert "Đã gặp bốn hộ." in giver.get(base).text
    unit.post(f"{base}/claim", data={"text": "Đã bàn giao xong."})
    page = giver.get(base).text
    assert "Chờ xác nhận" in page and "Xác nhận hoàn thành" not in page, "no secretary agrees"
    leader = sign_in(cast.khai)
    assert "Xác nhận hoàn thành" in leader.get(base).text
    said = {"text": "Thiếu biên bản bàn giao.", "version": str(task.version)}
    assert giver.post(f"{base}/return", data=said).status_code == 403
    assert unit.post(f"{base}/return", data=said).status_code == 403
    leader.post(f"{base}/return", data=said)
    page = unit.get(base).text
    assert "Thiếu biên bản bàn giao." in page and "Gửi báo cáo" in page
    unit.post(f"{base}/claim", data={"text": "Đã có biên bản."})
    stale = leader.post(f"{base}/agree", data={"version": said["version"]})
    assert stale.status_code == 409 and task.completed_at is None, "another claim was seen"
    leader.post(f"{base}/agree", data={"version": str(task.version)})
    assert "Hoàn thành trong hạn" in unit.get(base).text
    assert unit.post(f"{base}/reopen", data={"text": "Không"}).status_code == 403
    leader.post(f"{base}/reopen", data={"text": "Có khiếu nại."})
    page = unit.get(base).text
    assert "Có khiếu nại." in page and "Gửi báo cáo" in page


def test_the_giver_takes_a_task_back(task: Task, cast: Cast, sign_in: SignIn) -> None:
    base = f"/tasks/{task.id}"
    assert sign_in(cast.sinh).post(f"{base}/cancel", data={"text": "Thôi"}).status_code == 403
    giver = sign_in(cast.khai)
    assert giver.post(f"{base}/cancel", data={"text": ""}).status_code == 400
    giver.post(f"{base}/cancel", data={"text": "Giao đơn vị khác."})
    page = sign_in(cast.hoa).get(base).text
    assert "Hủy/thay thế" in page and "Gửi báo cáo" not in page
    assert "mặt bằng" not in sign_in(cast.hoa).get("/tasks").text


def test_the_list_is_narrowed_and_continued(
    minutes: Minutes, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for direction in directions.of_minutes(minutes):
        service.assign(cast.khai, direction, direction.version)
    db.session.commit()
    browser = sign_in(cast.nam)
    everything = len(db.session.scalars(select(Task)).all())
    assert browser.get("/tasks?mine=owner").text.count('href="/tasks/') == everything
    assert browser.get(f"/tasks?unit={cast.finance.id}").text.count('href="/tasks/') == 1
    assert browser.get("/tasks?state=overdue").text.count('href="/tasks/') == 0
    assert browser.get("/tasks?state=nonsense").status_code == 400
    page = service.listing(cast.nam, service.Filter(), limit=4)
    rest = browser.get(f"/tasks?after={page.after}").text
    assert rest.count('href="/tasks/') == everything - 4 and "Về đầu danh sách" in rest
