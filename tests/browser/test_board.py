"""The board in a real browser: overdue in one click from the day, and on to the task."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from meetly import clock
from meetly.extensions import db
from meetly.tasks.models import Task
from tests.browser.conftest import Told, entering, opening


@pytest.fixture
def enter(told: Told, chromium: Any) -> Any:
    with opening(told.house, chromium) as open_page:
        yield entering(told.house, open_page)


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_overdue_is_one_click_from_the_day(
    told: Told, enter: Callable[..., Any], width: int
) -> None:
    with told.house.app.app_context():
        late = db.session.scalars(select(Task).order_by(Task.id.desc())).first()
        assert late is not None
        late.due = clock.today() - timedelta(days=12)
        number, words = late.id, late.text
        db.session.commit()
    page = enter("leader", width=width)
    tile = page.locator(".tile", has_text="Ai chưa xong việc gì")
    assert int(tile.locator(".tile-number").inner_text()) >= 1
    tile.click()
    first = page.locator(".task").first
    assert "trễ 12 ngày" in first.inner_text() and words in first.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    first.locator("[data-clip]").click()
    page.locator("[data-clip].is-playing").wait_for()
    assert page.url.endswith("/board")
    first.locator(".row-title").click()
    page.wait_for_url(f"**/tasks/{number}")
    assert page.locator("audio").count() == 1
    page.goto("/board?by=unit")
    page.locator(".counted-bars tbody a").first.click()
    page.locator(".month-columns").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert first.is_visible()
