"""What a plan of a meeting may be, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from meetly.errors import BadInput
from meetly.meetings.conference.link import web_address
from meetly.meetings.plan import AgendaPlan, Change, MeetingPlan, changes

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PLAN = MeetingPlan(title="Giao ban", starts_at=MONDAY, ends_at=MONDAY + timedelta(hours=2))


def test_stray_blanks_and_empty_points_fall_away() -> None:
    plan = replace(
        PLAN, title="  Giao   ban ", agenda=(AgendaPlan("  "), AgendaPlan(" Thảo  luận ")),
        unit_ids=(3, 3, 2),
    )  # fmt: skip
    checked = plan.checked()
    assert checked.title == "Giao ban"
    assert [item.title for item in checked.agenda] == ["Thảo luận"]
    assert checked.unit_ids == (3, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "  "},
        {"ends_at": MONDAY},
        {"ends_at": MONDAY - timedelta(hours=1)},
        {"ends_at": MONDAY + timedelta(days=8)},
    ],
)
def test_a_plan_without_a_name_or_with_a_wrong_end_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        replace(PLAN, **wrong).checked()  # type: ignore[arg-type]


@pytest.mark.parametrize("weeks", [0, 1, 5])
def test_again_is_the_same_hour_of_the_next_such_weekday(weeks: int) -> None:
    now = MONDAY + timedelta(weeks=weeks, minutes=5)
    again = replace(PLAN, agenda=(AgendaPlan("Một", id=7),)).again(now)
    assert again.starts_at == MONDAY + timedelta(weeks=weeks + 1)
    assert again.ends_at - again.starts_at == timedelta(hours=2)
    assert again.agenda[0].id is None


def test_again_of_a_meeting_still_to_come_is_a_week_later() -> None:
    assert PLAN.again(MONDAY - timedelta(days=30)).starts_at == MONDAY + timedelta(weeks=1)


def test_only_what_reads_differently_is_a_change() -> None:
    before = {"title": "A", "place": "x"}
    after = {"title": "A", "place": "y"}
    assert changes(before, after, ("title", "place")) == [Change("place", "x", "y")]


@pytest.mark.parametrize("address", ["https://hop.example/a?b=1", "http://10.1.2.3:8443/x"])
def test_a_web_address_is_a_room(address: str) -> None:
    assert web_address(address) == address


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "ftp://x.example", "https://", "//x.example",
     "https://x.example/\r\nSet-Cookie: a=b", "https://[", "https://x.example/" + "a" * 500],
)  # fmt: skip
def test_anything_else_is_no_room(address: str) -> None:
    with pytest.raises(BadInput):
        web_address(address)
