"""The main journey in the browser: a recording becomes minutes, minutes become tasks.

The secretary sits at a desk, the leader and the commune's participant hold phones; the worker is
a process of its own, as it is everywhere else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from meetly.config import Config
from meetly.demo import province
from meetly.paths import DEMO_DATA
from tests.browser import axe
from tests.browser.conftest import House, entering, opening, serve
from tests.conftest import missing
from workers import print_papers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PHONE = 390
SECRET = "the secret of the tests"
#: seconds for six minutes of speech on a machine that has other things to do
PATIENCE = 400
Enter = Callable[..., Any]


@pytest.fixture
def lam_giang(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Serve the demo's province on the day of its briefing, with the bundled speech model."""
    if not (DEMO_DATA / "micro-vi.pt").exists():
        missing("the micro speech model")

    def settle() -> dict[str, str]:
        province.settle()
        province.briefing()
        return {str(role): login for role, login in province.ACCOUNTS.items()}

    config = Config(data=tmp_path_factory.mktemp("lam-giang"), secret=SECRET)
    with serve(config, settle, province.PASSWORD) as house:
        yield house


def test_a_recording_becomes_tasks(lam_giang: House, chromium: Any) -> None:
    with opening(lam_giang, chromium) as open_page:
        enter = entering(lam_giang, open_page)
        secretary = enter("secretary")
        meeting = _upload(secretary)
        with _worker(lam_giang):
            _watch(secretary)
            _wait_for_draft(secretary)
        minutes = _correct_and_submit(secretary, meeting)
        with lam_giang.app.app_context():
            assert print_papers.run() == 2
        leader = enter("leader", width=PHONE, has_touch=True)
        _approve(leader, minutes)
        _assign(leader, minutes)
        participant = enter("participant", width=PHONE, dark=True, has_touch=True)
        _report(participant)


def _clean(page: Any) -> None:
    """The page as it stands is readable for everybody and no wider than the screen."""
    assert axe.faults(page) == []
    assert axe.sticks_out(page) <= 0


def _upload(page: Any) -> str:
    """Drop the recording; it travels in pieces and is there. Return the meeting's address."""
    page.goto("/meetings?show=past")
    page.locator(".row-title", has_text=province.TITLE).click()
    meeting: str = page.url
    _clean(page)
    page.goto(f"{meeting}/recordings")
    _clean(page)
    page.set_input_files("[data-upload] input[type=file]", DEMO_DATA / "briefing.opus")
    page.locator(".row-item", has_text="briefing.opus").wait_for()
    return meeting


@contextmanager
def _worker(house: House) -> Iterator[None]:
    """Keep a worker beside the house, with the bundled speech model."""
    config = house.app.extensions["meetly_config"]
    told = {
        "MEETLY_DATA": str(config.data), "MEETLY_SECRET": SECRET, "MEETLY_SPEECH_PROCESSES": "1",
    }  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MEETLY_")}
    process = subprocess.Popen([sys.executable, "-m", "workers"], env={**kept, **told})
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(60) == 0


def _watch(page: Any) -> None:
    """See the work go on without touching the page; say who spoke when while it does."""
    page.locator(".row-item progress").wait_for(timeout=PATIENCE * 1000)
    page.locator(".row-item .row-title", has_text="briefing.opus").click()
    page.wait_for_url("**/transcripts/*")
    page.locator("summary", has_text="ai nói lúc nào").click()
    page.set_input_files("[name=talks]", DEMO_DATA / "briefing.events.json")
    page.get_by_role("button", name="Ghi tên người nói").click()
    page.locator(".flashes .tone-good").wait_for()
    page.locator(".segment-speaker", has_text="Lê Thị Minh Hòa").first.wait_for(
        timeout=PATIENCE * 1000
    )
    page.locator(".segment").nth(20).wait_for(timeout=PATIENCE * 1000)
    # A quick machine was done before the page came back.
    done = page.locator("#progress .tone-good").or_(page.locator(".page-header .tone-good"))
    done.wait_for(timeout=PATIENCE * 1000)


def _wait_for_draft(page: Any) -> None:
    """Find the draft under "Hôm nay", where it comes by itself."""
    until = time.monotonic() + PATIENCE
    page.goto("/")
    while not page.locator("main .row-item", has_text="Dự thảo biên bản đã có").count():
        assert time.monotonic() < until
        page.wait_for_timeout(1000)
        page.reload()


def _correct_and_submit(page: Any, meeting: str) -> str:
    """Correct a sentence where it stands, then send the minutes. Return their address."""
    page.goto(f"{meeting}/recordings")
    page.get_by_role("link", name="Mở bản bóc băng").click()
    page.locator("[data-controls]").wait_for()
    _clean(page)
    first = page.locator(".segment").first
    name = first.get_attribute("id")
    first.hover()
    first.locator(".segment-edit").click()
    page.fill(f"#{name} textarea", "Kính thưa đồng chí Chủ tịch, thưa các đồng chí!")
    page.keyboard.press("Control+Enter")
    page.locator(f"#{name} .segment-text", has_text="đồng chí!").wait_for()

    page.goto("/")
    _clean(page)
    page.locator("main .row-title", has_text=province.TITLE).first.click()
    page.locator(".sheet").wait_for()
    minutes: str = page.url
    _clean(page)
    page.locator(".page-bar .confirm > summary").last.click()
    page.locator(".page-bar .confirm[open] button[type=submit]").click()
    page.locator(".flashes .tone-good").wait_for()
    return minutes


def _approve(page: Any, minutes: str) -> None:
    """Read the printed pages, remark on a paragraph, approve: three taps with the thumb."""
    _clean(page)
    page.locator("main .row-title", has_text=province.TITLE).first.click()
    assert page.url == f"{minutes}/read"
    assert page.locator(".paper-page img").count() >= 4
    _clean(page)
    block = page.locator(".paper-paragraph", has_text="Kho bạc").last
    block.locator(".confirm > summary").click()
    block.locator("textarea").fill("Ghi rõ Kho bạc Nhà nước khu vực nào.")
    block.locator(".confirm[open] button[type=submit]").click()
    page.locator(".remark").first.wait_for()
    page.locator(".page-bar .confirm > summary").last.click()
    sheet = page.locator(".page-bar .confirm[open] .menu-sheet").bounding_box()
    assert sheet["x"] >= 0
    assert sheet["x"] + sheet["width"] <= PHONE
    page.locator(".page-bar .confirm[open] button[type=submit]").click()
    page.locator(".page-header .tone-good").wait_for()
    _clean(page)


def _assign(page: Any, minutes: str) -> None:
    """Confirm all directions at once."""
    page.goto(f"{minutes}/directions")
    _clean(page)
    page.locator(".page-bar .btn-primary").click()
    page.locator(".flashes .tone-good").wait_for()
    page.goto("/board?by=unit")
    assert page.locator(".unit-bars tbody tr").count() >= 8
    _clean(page)


def _report(page: Any) -> None:
    """The first thing on "Hôm nay" is what the unit has to do; say how far it is."""
    _clean(page)
    page.locator("main .task .row-title").first.click()
    _clean(page)
    page.fill("[name=text]", "Đã gặp bốn hộ, hai hộ đi làm ăn xa.")
    page.fill("[name=percent]", "60")
    page.get_by_role("button", name="Gửi báo cáo").click()
    page.locator(".timeline-item", has_text="bốn hộ").wait_for()
    _clean(page)
