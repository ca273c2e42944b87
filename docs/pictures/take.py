"""Take the README's pictures from the running demo: `python docs/pictures/take.py [address]`.

Needs `make up` beside it, playwright and a Chromium.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from meetly.demo.province import PASSWORD, TITLE

HERE = Path(__file__).parent
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def main(address: str) -> None:
    """Sign in as people of the demo and keep what they see."""
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        commune = enter(browser, address, "namhoa", DESK)
        keep(commune, "today")
        secretary = enter(browser, address, "thuky", DESK)
        open_part(secretary, "Bóc băng")
        secretary.locator(".segment-text").nth(4).click()
        secretary.locator(".segment.is-playing").wait_for()
        keep(secretary, "transcript")
        open_part(secretary, "Biên bản")
        secretary.locator(".block-direction").first.scroll_into_view_if_needed()
        keep(secretary, "minutes")
        leader = enter(browser, address, "chutich", PHONE)
        open_part(leader, "Chỉ đạo")
        keep(leader, "directions-phone")
        browser.close()


def enter(browser: Any, address: str, login: str, size: dict[str, int]) -> Any:
    """Return the page of a person who has just signed in."""
    page = browser.new_context(
        base_url=address, viewport=size, locale="vi-VN", color_scheme="light"
    ).new_page()
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def open_part(page: Any, stage: str) -> None:
    """Open a stage of the briefing's dossier by its place in the bar of stages."""
    page.goto("/meetings?show=past")
    page.locator(".row-title", has_text=TITLE).first.click()
    page.goto(page.locator(".stage", has_text=stage).locator("a").get_attribute("href"))


def keep(page: Any, name: str) -> None:
    """Write down what the page shows now."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)
    page.screenshot(path=HERE / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
