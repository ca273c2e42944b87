"""The next briefing begins with what became of the last one's conclusions, right to the figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from meetly.extensions import db
from tests.browser.conftest import Told, entering, opening

pytestmark = pytest.mark.browser

Open = Callable[..., Any]


@pytest.fixture
def enter_as(told: Told, chromium: Any) -> Iterator[Open]:
    """Give a function that signs a role of the told province in."""
    with opening(told.house, chromium) as visit:
        yield entering(told.house, visit)


def test_the_first_paper_of_the_next_briefing_is_right_to_the_figure(
    told: Told, enter_as: Open
) -> None:
    page = enter_as("leader")
    page.goto(f"/meetings/{told.ids['next']['meeting_id']}")
    first = page.locator("#materials .row-title").first
    assert first.inner_text() == "Tình hình thực hiện kết luận kỳ trước"
    page.get_by_role("link", name="Kỳ trước", exact=True).click()
    page.locator("h1").get_by_text("Tình hình thực hiện kết luận kỳ trước").wait_for()
    tiles = [int(number) for number in page.locator(".tile-number").all_inner_texts()]
    card = page.locator("section.card", has_text="Từng nhiệm vụ").first
    listed = int(card.locator(".count").inner_text())
    with told.house.app.app_context():
        count = db.session.scalar(
            text("SELECT count(*) FROM task WHERE meeting_id = :m AND cancelled_at IS NULL"),
            {"m": told.ids["told"]["meeting_id"]},
        )
        db.session.remove()
    assert count and sum(tiles) == count == listed
    assert "còn thay đổi" in page.locator(".alert").first.inner_text()
