"""The roll on the keyboard: one key a word, each row saves itself, a bad line loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.conference.models import EventKind
from meetly.meetings.models import Meeting
from tests import cast as cast_of_tests
from tests.browser import axe
from tests.browser.conftest import House, Told, entering, opening
from tests.meetings import conferences
from tests.meetings.conferences import soon
from tests.meetings.plans import scheduled

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Any]


@pytest.fixture
def meeting_id(house: House) -> int:
    with house.app.app_context():
        meeting = scheduled(cast_of_tests.recall())
        db.session.commit()
        return meeting.id


def called(house: House, meeting_id: int) -> dict[str, tuple[str, str]]:
    with house.app.app_context():
        meeting = db.session.get_one(Meeting, meeting_id)
        return {r.unit.name: (r.status, r.person) for r in meetings.attendance(meeting)}


def saved(page: Any, action: Callable[[], Any]) -> None:
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        action()


def test_the_roll_is_called_without_a_mouse(house: House, enter: OpenPage, meeting_id: int) -> None:
    page = enter("nam")
    page.goto(f"/meetings/{meeting_id}/attendance")
    page.locator("[data-roll][data-awake]").wait_for()
    keys = page.keyboard
    saved(page, lambda: keys.press("1"))
    saved(page, lambda: keys.press("m"))
    keys.type("Phạm Đức Long")
    saved(page, lambda: keys.press("Enter"))
    saved(page, lambda: keys.press("v"))
    page.locator("#roll-counts >> text=Chưa rõ").wait_for()
    assert page.locator("#roll-counts dd").all_inner_texts() == ["1", "0", "1", "1", "0"]
    assert called(house, meeting_id) == {
        "Văn phòng UBND tỉnh": ("present", ""),
        "Sở Tài chính": ("late", "Phạm Đức Long"),
        "UBND xã Nậm Hoa": ("absent", ""),
    }
    keys.press("k")
    saved(page, lambda: keys.press("0"))
    assert "Sở Tài chính" not in called(house, meeting_id)
    assert axe.faults(page) == []
    page.set_viewport_size({"width": 320, "height": 844})
    assert axe.sticks_out(page) <= 0


def test_a_unit_is_found_without_its_accents(
    house: House, enter: OpenPage, meeting_id: int
) -> None:
    page = enter("nam")
    page.goto(f"/meetings/{meeting_id}/attendance")
    page.locator("[data-roll][data-awake]").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("nam hoa")
    assert page.locator("[data-roll-row]:visible").count() == 1
    page.keyboard.press("Enter")
    saved(page, lambda: page.keyboard.press("t"))
    saved(page, lambda: page.keyboard.type("Lò Thị Hoa"))  # a pause saves it
    assert called(house, meeting_id) == {"UBND xã Nậm Hoa": ("substitute", "Lò Thị Hoa")}
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    assert page.locator("[data-roll-row]:visible").count() == 3


def test_what_could_not_be_saved_is_tried_again(
    house: House, chromium: Any, meeting_id: int
) -> None:
    context = chromium.new_context(base_url=house.address)  # its complaints are meant
    page = context.new_page()

    def open_one(path: str) -> Any:
        page.goto(path)
        return page

    entering(house, open_one)("nam")
    page.goto(f"/meetings/{meeting_id}/attendance")
    page.locator("[data-roll][data-awake]").wait_for()
    page.route("**/attendance", lambda route: route.fulfill(status=503, body=""))
    page.keyboard.press("4")
    page.locator("text=Chưa lưu, đang thử lại").wait_for()
    page.unroute("**/attendance")
    page.locator("text=Chưa lưu, đang thử lại").wait_for(state="hidden", timeout=10_000)
    context.close()
    assert called(house, meeting_id) == {"Văn phòng UBND tỉnh": ("absent", "")}


def test_the_line_of_sites_is_readable_for_everybody(house: House, enter: OpenPage) -> None:
    with house.app.app_context():
        cast = cast_of_tests.recall()
        meeting = soon(cast, minutes=-100)
        hoa = f"unit:{cast.nam_hoa.id}"
        conferences.told(meeting, (EventKind.JOINED, 14, hoa), (EventKind.LEFT, 40, hoa))
        conferences.told(meeting, (EventKind.JOINED, -5, f"user:{cast.khai.id}"))
        address = f"/meetings/{meeting.id}/timeline"
    for width in (1280, 390):
        page = enter("khai", width=width)
        page.goto(address)
        assert page.locator(".stay-bar").count() == 2
        assert axe.faults(page) == []
        assert axe.sticks_out(page) <= 0


def test_every_site_of_a_province_is_called_with_one_key_each(told: Told, chromium: Any) -> None:
    with opening(told.house, chromium) as open_page:
        page = entering(told.house, open_page)("secretary")
        page.goto(f"/meetings/{told.ids['next']['meeting_id']}/attendance")
        page.locator("[data-roll][data-awake]").wait_for()
        sites = page.locator("[data-roll-row]").count()
        assert sites >= 75
        for _site in range(sites):
            saved(page, lambda: page.keyboard.press("1"))
        there = page.locator("#roll-counts dd").first
        assert there.inner_text() == str(sites)
        page.reload()
        assert there.inner_text() == str(sites)
        assert axe.faults(page) == []
