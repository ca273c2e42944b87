"""Planning a briefing by keyboard, with the calendar looking over one's shoulder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import axe
from tests.browser.conftest import Told, entering, opening

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Any]
#: what somebody types in a minute who looks at the screen meanwhile
KEYS_A_MINUTE = 180


def _focus(page: Any, name: str, most: int = 80) -> None:
    """Press Tab until the field of this name is reached."""
    for _press in range(most):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never reaches {name}")


def _schedule(page: Any, title: str) -> None:
    page.goto("/meetings/new")
    _focus(page, "title")
    page.keyboard.type(title)
    _focus(page, "all_localities")
    page.keyboard.press("Space")
    page.wait_for_selector("#unit-list >> text=Các xã, phường, đặc khu")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/new" not in url)


def test_a_briefing_is_planned_without_a_mouse_and_a_clash_moved_with_one_key(
    enter: OpenPage,
) -> None:
    page = enter("nam")
    _schedule(page, "Giao ban thứ nhất")
    assert page.locator("h1", has_text="Giao ban thứ nhất").count() == 1
    page.goto("/meetings/new")
    page.wait_for_selector("#checks >> text=Đỗ Văn Nam bận")
    assert axe.faults(page) == []
    before = page.input_value("[name=starts]")
    page.locator("#checks button").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#checks >> text=Đỗ Văn Nam bận", state="detached")
    assert page.input_value("[name=starts]") != before
    assert page.evaluate("document.activeElement.name") == "day"


def test_enter_in_a_search_field_looks_for_people_and_saves_nothing(enter: OpenPage) -> None:
    page = enter("nam", width=390)
    page.goto("/meetings/new")
    page.fill("[name=title]", "Chưa lưu")
    page.locator("[name=find_people]").press_sequentially("bao chau")
    page.keyboard.press("Enter")
    found = page.get_by_label("Nguyễn Bảo Châu")
    found.check()
    page.fill("[name=find_people]", "")
    page.wait_for_selector("#people-list >> text=Nguyễn Bảo Châu")
    assert found.is_checked()
    assert page.url.endswith("/meetings/new")
    assert axe.faults(page) == []
    assert axe.sticks_out(page) <= 0


def test_the_weekly_briefing_of_75_sites_takes_fewer_keys_than_a_minute_holds(
    told: Told, chromium: Any
) -> None:
    with opening(told.house, chromium) as open_page:
        page = entering(told.house, open_page)("secretary")
        page.goto("/meetings/new")
        page.evaluate(
            "addEventListener('keydown', () => { window.pressed = (window.pressed || 0) + 1 })"
        )
        _focus(page, "title")
        page.keyboard.type("Giao ban trực tuyến hằng tuần")
        _focus(page, "repeat")
        for _step in range(3):  # every day, every working day, every week
            page.keyboard.press("ArrowDown")
        page.wait_for_selector("#dates >> text=hằng tuần")
        _focus(page, "agenda-0-title")
        page.keyboard.type("Báo cáo tình hình trong tuần")
        _focus(page, "all_localities")
        page.keyboard.press("Space")
        page.wait_for_selector("#unit-list >> text=(75 điểm cầu)")
        assert page.evaluate("window.pressed") < KEYS_A_MINUTE
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/meetings/series/*")
        assert page.locator(".row-item").count() >= 7
        assert axe.faults(page) == []
