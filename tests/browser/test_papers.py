"""Papers looked at in a real browser: page by page with the keyboard, on a phone, and counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from meetly.extensions import db
from meetly.materials import service as materials
from meetly.materials.access import OPEN, Terms
from meetly.materials.models import Guard, MaterialVersion, Receipt
from tests import cast as cast_of_tests
from tests.browser.axe import faults, sticks_out
from tests.browser.conftest import House
from tests.materials import samples
from tests.materials.papers import add_version, hand_out
from tests.meetings.plans import scheduled

pytestmark = pytest.mark.browser

REPORT = "Giải ngân đạt 62% kế hoạch.\nCác xã nộp báo cáo trước ngày {day}/12.\nXin cảm ơn."


@pytest.fixture(scope="module")
def papers(house: House) -> dict[str, int]:
    """Hand out an open paper and one that is only looked at; return ids by name."""
    with house.app.app_context():
        cast = cast_of_tests.recall()
        meeting = scheduled(cast)
        pages = [REPORT.format(day="05"), *(f"Trang {n}" for n in range(2, 6))]
        paper = hand_out(cast.nam, meeting, OPEN, samples.printed(*pages), title="Báo cáo")
        secret = Terms(guard=Guard.VIEW_ONLY)
        guarded = hand_out(cast.nam, meeting, secret, samples.printed(*pages), title="Mật")
        ids = {"meeting": meeting.id, "paper": paper.id, "guarded": guarded.id}
        db.session.remove()
        return ids


def receipts(house: House, material_id: int) -> int:
    with house.app.app_context():
        query = select(Receipt.id).join(MaterialVersion, MaterialVersion.id == Receipt.version_id)
        found = db.session.scalars(query.where(MaterialVersion.material_id == material_id)).all()
        db.session.remove()
        return len(found)


def test_a_paper_is_read_page_by_page_with_the_keyboard_and_counted_when_it_is_seen(
    house: House, papers: dict[str, int], enter: Callable[..., Any]
) -> None:
    page = enter("hoa")
    page.goto(f"/meetings/{papers['meeting']}/materials")
    assert receipts(house, papers["paper"]) == 0
    page.goto(f"/materials/{papers['paper']}")
    page.locator("#page-1 img").evaluate("picture => picture.decode()")
    assert receipts(house, papers["paper"]) == 1
    for number in (1, 2, 3):
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.closest('li').id") == f"page-{number}"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('li').id") == "page-2"
    page.locator("#page-3 img").evaluate("picture => picture.decode()")
    assert faults(page) == []


def test_what_is_new_stands_on_the_page_of_a_paper_and_in_the_list(
    house: House, papers: dict[str, int], enter: Callable[..., Any]
) -> None:
    page = enter("sinh")
    page.goto(f"/materials/{papers['paper']}")
    page.locator("#page-1 img").evaluate("picture => picture.decode()")
    with house.app.app_context():
        cast = cast_of_tests.recall()
        material = materials.get(cast.nam, papers["paper"])
        add_version(cast.nam, material, samples.printed(REPORT.format(day="10")))
        db.session.remove()
    page.goto(f"/meetings/{papers['meeting']}/materials")
    assert page.get_by_text("Có bản mới từ").is_visible()
    page.goto(f"/materials/{papers['paper']}")
    assert page.locator("#changes ins").inner_text() == "10"
    assert faults(page) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_a_guarded_paper_and_its_terms_fit_any_screen(
    papers: dict[str, int], enter: Callable[..., Any], width: int
) -> None:
    for name, paths in {
        "hoa": [f"/materials/{papers['guarded']}"],
        "nam": [
            f"/materials/{papers['guarded']}/terms", f"/meetings/{papers['meeting']}/materials",
            f"/meetings/{papers['meeting']}/materials/receipts",
        ],
    }.items():  # fmt: skip
        page = enter(name, width=width)
        for path in paths:
            page.goto(path)
            assert faults(page) == []
            assert sticks_out(page) <= 0, path
