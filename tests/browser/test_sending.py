"""Many documents at once in a real browser: dropped, paused, continued after a reload, refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from meetly.extensions import db
from meetly.materials.models import Material, MaterialUpload
from meetly.meetings import service as meetings
from tests import cast as cast_of_tests
from tests.browser import axe
from tests.browser.conftest import House
from tests.materials import samples
from tests.meetings.plans import briefing

pytestmark = pytest.mark.browser
Enter = Callable[..., Any]

#: Puts files of a few bytes on an element as a hand would drop them.
DROP = """([target, names]) => {
  const carried = new DataTransfer();
  for (const name of names) carried.items.add(new File(["Báo cáo " + name], name));
  const given = { dataTransfer: carried, bubbles: true, cancelable: true };
  const event = (kind) => new DragEvent(kind, given);
  const place = document.querySelector(target);
  place.dispatchEvent(event("dragover"));
  place.dispatchEvent(event("drop"));
}"""


@pytest.fixture
def meeting_id(house: House) -> int:
    """Schedule a briefing of its own for the test."""
    with house.app.app_context():
        cast = cast_of_tests.recall()
        meeting = meetings.schedule(cast.nam, briefing(cast))
        meetings.publish(cast.nam, meeting)
        db.session.commit()
        return meeting.id


def _rows(house: House, kind: Any, meeting_id: int) -> list[Any]:
    with house.app.app_context():
        return list(db.session.scalars(select(kind).where(kind.meeting_id == meeting_id)))


def _clean(page: Any) -> None:
    assert axe.faults(page) == []
    assert axe.sticks_out(page) <= 0


@pytest.mark.parametrize("width", [1280, 390])
def test_many_are_sent_at_once_and_a_bad_one_says_why(
    house: House, enter: Enter, meeting_id: int, tmp_path: Path, width: int
) -> None:
    page = enter("nam", width=width)
    page.goto(f"/meetings/{meeting_id}/materials")
    _clean(page)
    content = {
        "Một.pdf": samples.PDF, "Hai.docx": samples.macro_docx(), "Ba.txt": samples.TEXT,
        "Bốn.zip": samples.plain_zip(),
    }  # fmt: skip
    for name, sent in content.items():
        (tmp_path / name).write_bytes(sent)
    page.set_input_files("#add input[type=file]", [str(tmp_path / name) for name in content])
    page.get_by_role("button", name="Thêm tài liệu").click()
    page.locator("#papers .row-title", has_text="Một").wait_for()
    lines = page.locator("[data-lines] .row-item")
    assert lines.count() == 4
    told = page.locator("[data-lines] [data-state=refused]")
    assert "macro" in told.nth(0).inner_text()
    assert "giải nén" in told.nth(1).inner_text()
    assert page.locator("[data-lines] [data-state=done]").count() == 2
    _clean(page)
    assert {paper.title for paper in _rows(house, Material, meeting_id)} == {"Một", "Ba"}
    page.reload()
    assert "macro" in page.locator("main").inner_text()  # the reason is still there
    page.get_by_role("button", name="Đã rõ").first.click()
    page.locator(".flashes .tone-good").wait_for()


def test_what_is_dropped_on_a_point_of_the_agenda_goes_under_it(
    house: House, enter: Enter, meeting_id: int
) -> None:
    page = enter("nam")
    page.goto(f"/meetings/{meeting_id}/materials")
    names = [f"Phụ lục {number}.txt" for number in range(5)]
    page.locator("[data-place]").nth(1).wait_for()
    place = page.locator("[data-place]").nth(1).get_attribute("data-place")
    page.wait_for_load_state("networkidle")
    page.evaluate(DROP, [f"[data-place='{place}']", names])
    page.locator(f"[data-place='{place}'] .row-title", has_text="Phụ lục 4").wait_for()
    found = _rows(house, Material, meeting_id)
    assert {paper.title for paper in found} == {Path(name).stem for name in names}
    assert {paper.agenda_item_id for paper in found} == {int(place)}


def test_what_is_chosen_of_who_may_open_it_goes_along_with_what_is_dropped(
    house: House, enter: Enter, meeting_id: int
) -> None:
    page = enter("nam")
    page.goto(f"/meetings/{meeting_id}/materials")
    page.wait_for_load_state("networkidle")
    page.check("#add [name=access][value=chair]")
    page.check("#add [name=guard][value=view_only]")
    for name in ("Một.txt", "Hai.txt"):  # the second is as confidential as the first
        page.evaluate(DROP, ["[data-place='0']", [name]])
        page.locator("#papers .row-title", has_text=Path(name).stem).wait_for()
    terms = {(paper.access, paper.guard) for paper in _rows(house, Material, meeting_id)}
    assert terms == {("chair", "view_only")}


def test_a_presenting_unit_is_offered_its_own_point_alone(enter: Enter, meeting_id: int) -> None:
    page = enter("long")
    page.goto(f"/meetings/{meeting_id}/materials")
    assert page.locator("[data-place]").count() == 1
    page = enter("hoa")
    page.goto(f"/meetings/{meeting_id}/materials")
    assert page.locator("[data-place]").count() == 0


def test_a_reload_in_the_middle_costs_nothing_that_arrived(
    house: House, enter: Enter, meeting_id: int, tmp_path: Path
) -> None:
    page = enter("nam")
    page.goto(f"/meetings/{meeting_id}/materials")
    long = tmp_path / "Dài.txt"
    long.write_bytes(b"0123456789\n" * 1_500_000)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 6 << 20}
    line.send("Network.emulateNetworkConditions", slow)
    page.set_input_files("#add input[type=file]", str(long))
    page.get_by_role("button", name="Thêm tài liệu").click()
    bar = page.locator("[data-lines] progress")
    while bar.evaluate("bar => bar.value") < 4e6:
        page.wait_for_timeout(50)
    page.get_by_role("button", name="Tạm dừng").click()
    page.get_by_role("button", name="Tải tiếp").wait_for()
    page.reload()
    page.locator(".row-note", has_text="chọn lại đúng tệp này").wait_for()
    [begun] = _rows(house, MaterialUpload, meeting_id)
    assert 0 < begun.offset < begun.size
    page.set_input_files("#add input[type=file]", str(long))
    page.get_by_role("button", name="Thêm tài liệu").click()
    page.locator("#papers .row-title", has_text="Dài").wait_for()
    [done] = _rows(house, MaterialUpload, meeting_id)
    assert (done.id, done.offset, done.version_id is not None) == (begun.id, begun.size, True)


def test_a_newer_version_is_sent_in_pieces_too(
    house: House, enter: Enter, meeting_id: int, tmp_path: Path
) -> None:
    page = enter("nam")
    page.goto(f"/meetings/{meeting_id}/materials")
    page.locator("[data-place]").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate(DROP, ["[data-place='0']", ["Dự thảo.txt"]])
    page.get_by_role("link", name="Chi tiết về Dự thảo").click()
    (tmp_path / "Bản hai.txt").write_bytes(samples.TEXT)
    page.set_input_files("#add input[type=file]", str(tmp_path / "Bản hai.txt"))
    page.get_by_role("button", name="Thêm bản mới").click()
    page.locator("tbody td", has_text="Bản hai.txt").wait_for()
    [material] = _rows(house, Material, meeting_id)
    assert len(material.versions) == 2
    _clean(page)
