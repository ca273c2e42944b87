"""The page of a unit's plan: who may change it, what it shows, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from meetly import audit
from meetly.accounts.models import User
from meetly.extensions import db
from meetly.tasks.reminding import service
from meetly.tasks.reminding.models import ReminderPlan
from meetly.tasks.reminding.plan import DEFAULT, Hearer, Plan, Rung
from tests.cast import Cast

SignIn = Callable[[User], FlaskClient]


def typed(**changes: str) -> dict[str, str]:
    return {
        "before": "5, 2 0", "ladder-0-after": "2", "ladder-0-to": "leader",
        "ladder-1-after": "", "ladder-1-to": "office", "digest_at": "08:15",
        "quiet_from": "20:00", "quiet_until": "07:30", "rests": "y", **changes,
    }  # fmt: skip


def path(cast: Cast) -> str:
    return f"/units/{cast.office.id}/reminders"


def test_a_secretary_plans_the_reminders_of_the_unit(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.nam)
    shown = browser.get(path(cast)).text
    assert "7, 3, 1, 0" in shown and "lịch chung của Meetly" in shown
    answer = browser.post(path(cast), data=typed())
    assert answer.status_code == 302
    assert service.plan_of(cast.office)[0] == Plan(
        before=(5, 2, 0), ladder=(Rung(2, Hearer.LEADER),), digest_at=time(8, 15),
        quiet_from=time(20), quiet_until=time(7, 30), rests=True,
    )  # fmt: skip
    assert audit.of(cast.office)[0].verb == "tasks.plan_reminders"
    assert "Bỏ lịch riêng" in browser.get(path(cast)).text
    browser.post(f"{path(cast)}/inherit")
    browser.post(f"{path(cast)}/inherit")
    assert service.plan_of(cast.office) == (DEFAULT, None)


def test_the_preview_counts_from_the_asked_deadline(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.khai)
    shown = browser.get(f"{path(cast)}?due=2099-12-15").text
    for day in ("08/12/2099", "12/12/2099", "14/12/2099", "15/12/2099", "16/12/2099"):
        assert day in shown
    assert browser.get(f"{path(cast)}?due=hôm qua").status_code == 200
    assert browser.get(f"{path(cast)}?due=0001-01-01").status_code == 200
    assert browser.get(f"{path(cast)}?due=9999-12-31").status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"before": "ba ngày"}, "Ghi số ngày"),
        ({"before": "-3"}, "Ghi số ngày"),
        ({"before": "61"}, "từ 0 đến 60"),
        ({"before": "9" * 59}, "Ghi số ngày"),
        ({"before": "1 " * 40}, "Không quá 60"),
        ({"before": "0 1 2 3 4 5 6 7 8 9 10"}, "không quá 10"),
        ({"before": "", "ladder-0-after": ""}, "ít nhất một lần nhắc"),
        ({"before": "<b>7</b>"}, "Ghi số ngày"),
        ({"ladder-0-after": "91"}, "Nhập số từ 1 đến 90"),
        ({"ladder-0-after": "x"}, "số nguyên"),
        ({"ladder-0-to": "chủ tịch"}, "trong danh sách"),
        ({"digest_at": "22:00"}, "giờ yên lặng"),
        ({"digest_at": "25:99"}, "Giờ chưa đúng"),
        ({"quiet_from": ""}, "Hãy điền"),
    ],
)
def test_what_cannot_be_a_plan_is_said_and_nothing_is_lost(
    cast: Cast, sign_in: SignIn, changes: dict[str, Any], words: str
) -> None:
    answer = sign_in(cast.nam).post(path(cast), data=typed(**changes))
    assert answer.status_code == 422
    assert words in answer.text and 'value="07:30"' in answer.text
    assert db.session.get(ReminderPlan, cast.office.id) is None


def test_only_the_units_own_secretaries_and_leaders_plan(cast: Cast, sign_in: SignIn) -> None:
    for person in (cast.long, cast.la, cast.sinh):
        assert sign_in(person).post(path(cast), data=typed()).status_code == 404
    for person in (cast.hoa, cast.quan):
        assert sign_in(person).get(path(cast)).status_code == 403
    assert sign_in(cast.nam).get("/units/2147483648/reminders").status_code == 404
    own = sign_in(cast.nam).get("/account").text
    assert path(cast) in own
