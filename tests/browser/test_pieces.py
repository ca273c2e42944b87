"""The pieces of the visual language, on the living page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import axe

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Any]
SECOND = "document.querySelector('audio').currentTime"


def until(page: Any, expression: str) -> None:
    """Wait for something to become true; the policy of the page forbids to wait inside it."""
    for _attempt in range(50):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came true: {expression}")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280, 2560])
def test_every_piece_is_readable_for_everybody(open_page: OpenPage, width: int, dark: bool) -> None:
    page = open_page("/_components", width=width, dark=dark)
    page.wait_for_selector("[data-wave] canvas", state="attached")
    assert axe.faults(page) == []
    assert axe.sticks_out(page) <= 0


def test_the_page_reads_without_javascript(open_page: OpenPage) -> None:
    page = open_page("/_components", java_script_enabled=False)
    assert page.locator("audio").is_visible()
    assert page.locator("[data-controls]").is_hidden()
    assert page.locator("input[type=file]").is_visible()
    page.locator(".confirm summary").click()
    assert page.locator(".confirm button[type=submit]").is_visible()


def test_a_click_on_a_sentence_plays_it_and_the_sentence_follows(open_page: OpenPage) -> None:
    page = open_page("/_components")
    page.locator("[data-controls]").wait_for()
    page.locator("#s3 .segment-text").click()
    page.locator("#s3.is-playing").wait_for()
    assert 9 <= page.evaluate(SECOND) < 14
    page.keyboard.press("ArrowDown")
    page.locator("#s4.is-playing").wait_for()
    page.keyboard.press("Space")
    assert page.evaluate("document.querySelector('audio').paused")


def test_an_address_opens_at_its_second(open_page: OpenPage) -> None:
    page = open_page("/_components#t=41.5")
    page.locator("#s5.is-playing").wait_for()
    assert 41 <= page.evaluate(SECOND) < 43


def test_the_arrows_move_by_five_seconds(open_page: OpenPage) -> None:
    page = open_page("/_components#t=20")
    page.locator("#s4.is-playing").wait_for()
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    until(page, f"{SECOND} >= 25")
    page.keyboard.press("ArrowLeft")
    until(page, f"{SECOND} < 21")


def test_what_was_typed_survives_a_closed_tab(open_page: OpenPage) -> None:
    page = open_page("/_components")
    page.fill("#note", "Đề nghị các xã báo cáo trước 16 giờ")
    until(page, "Object.keys(localStorage).some((k) => k.startsWith('kept:'))")
    page.reload()
    page.locator(".kept").first.wait_for()
    assert page.input_value("#note") == "Đề nghị các xã báo cáo trước 16 giờ"
    page.locator(".kept button").first.click()
    assert page.input_value("#note") == ""


def test_a_dialog_opens_for_the_keyboard_and_axe_finds_nothing_in_it(open_page: OpenPage) -> None:
    page = open_page("/_components", width=390)
    page.locator("[data-dialog=sample-dialog]").click()
    assert page.evaluate("document.activeElement.id") == "remark-text"
    assert axe.faults(page) == []
    page.keyboard.press("Escape")
    assert page.locator("#sample-dialog").is_hidden()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_menu_stays_on_the_screen_and_closes_on_escape(open_page: OpenPage, width: int) -> None:
    page = open_page("/_components", width=width)
    for summary in page.locator("main [data-menu] > summary").all():
        summary.click()
        box = page.locator("main [data-menu][open] .menu-sheet").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        page.keyboard.press("Escape")
        assert page.locator("main [data-menu][open]").count() == 0


def test_j_and_k_walk_through_a_list(open_page: OpenPage) -> None:
    page = open_page("/_components")
    page.locator("h1").click()
    titles = page.locator("[data-rows] .row-title")
    for key, nth in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == titles.nth(nth).text_content()
