"""What stays on every page: the frame around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import axe

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Any]
#: Bytes over the line: what a 3G phone gets through in a few seconds.
FIRST_LOAD = 200_000


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_door_is_readable_for_everybody(open_page: OpenPage, width: int, dark: bool) -> None:
    page = open_page("/sign-in", width=width, dark=dark)
    assert axe.faults(page) == []
    assert axe.sticks_out(page) <= 0


def test_the_first_page_is_light(open_page: OpenPage) -> None:
    page = open_page("/sign-in")
    page.wait_for_load_state("networkidle")
    sizes = page.evaluate(
        "performance.getEntries().filter((e) => 'transferSize' in e).map((e) => e.transferSize)"
    )
    assert 0 < sum(sizes) < FIRST_LOAD


def test_the_keyboard_reaches_the_words_first(enter: OpenPage) -> None:
    page = enter("nam")
    page.goto("/account")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


def test_a_chosen_dark_page_comes_dark_from_the_server(enter: OpenPage) -> None:
    page = enter("nam")
    page.locator(".user-menu > summary").click()
    page.locator("[data-theme-choice=dark]").click()
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.locator(".user-menu > summary").click()
    assert axe.faults(page) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_a_missing_page_says_what_to_do(enter: OpenPage, width: int) -> None:
    page = enter("nam", width=width)
    # The browser counts a 404 as an error of the console; here it is what we asked for.
    answer = page.request.get("/khong-co")
    assert answer.status == 404
    page.set_content(answer.text())
    assert page.locator(".fault-facts dd").count() == 2
