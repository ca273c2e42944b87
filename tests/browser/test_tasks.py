"""A commune works on a task from a phone: photo, claim, return, more time; the leader agrees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from meetly import clock
from meetly.accounts.models import User
from meetly.config import Config
from meetly.directions.models import Direction, DirectionStatus, DirectionUnit, UnitPart
from meetly.extensions import db
from meetly.tasks import opening
from tests import cast as cast_of_tests
from tests.browser import axe
from tests.browser.conftest import House, entering, serve
from tests.browser.conftest import opening as opening_pages
from tests.cast import PASSWORD
from tests.materials import samples

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PHONE = 390
SAID = "Giao UBND xã Nậm Hoa bàn giao mặt bằng đoạn tuyến qua thôn Bản Lầu, báo cáo Văn phòng."
Enter = Callable[..., Any]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[House]:
    """Serve a house in which Nậm Hoa has one task, due in three days."""

    def settle() -> dict[str, str]:
        cast = cast_of_tests.assemble()
        direction = Direction(
            owner_unit_id=cast.office.id, given_on=clock.today(), ordinal=1, text=SAID, span=SAID,
            status=DirectionStatus.CONFIRMED, due=clock.today() + timedelta(days=3),
            source="Thông báo số 12/TB-VP", product="Biên bản bàn giao",
            units=[
                DirectionUnit(
                    ordinal=0, part=UnitPart.LEAD, name=cast.nam_hoa.name, unit_id=cast.nam_hoa.id
                )
            ],
        )  # fmt: skip
        db.session.add(direction)
        db.session.flush()
        opening.open_task(cast.khai, direction, cast.nam_hoa.name, cast.nam_hoa, [])
        return {name: row.login for name, row in vars(cast).items() if isinstance(row, User)}

    config = Config(data=tmp_path / "var", secret="the secret of the tests", development=True)
    with serve(config, settle, PASSWORD) as house:
        yield house


def test_a_task_from_a_phone_to_its_end(office: House, chromium: Any, tmp_path: Path) -> None:
    photo = tmp_path / "mat-bang.jpg"
    photo.write_bytes(samples.picture())
    scan = tmp_path / "bien-ban.png"
    scan.write_bytes(samples.picture((300, 400), "PNG"))
    with opening_pages(office, chromium) as open_page:
        enter = entering(office, open_page)
        unit = enter("hoa", width=PHONE, has_touch=True, is_mobile=True)
        leader = enter("khai", width=PHONE, has_touch=True, is_mobile=True)
        _report(unit, photo, scan)
        _ask_for_time(unit)
        _grant(leader)
        _claim(unit, "Đã bàn giao xong.")
        _give_back(leader)
        _claim(unit, "Đã bổ sung biên bản có chữ ký.")
        _agree(leader)
        unit.reload()
        assert "Hoàn thành trong hạn" in unit.locator(".page-header").inner_text()
        _clean(unit)


def _clean(page: Any) -> None:
    """The page as it stands is readable for everybody and no wider than the screen."""
    assert axe.faults(page) == []
    for width in (320, PHONE):
        page.set_viewport_size({"width": width, "height": 844})
        assert axe.sticks_out(page) <= 0, width


def _choose(page: Any, label: str, file: Path) -> None:
    with page.expect_file_chooser() as chosen:
        page.locator(".dropzone-face", has_text=label).tap()
    chosen.value.set_files(file)
    page.locator(".dropzone-files li", has_text=file.name).wait_for()


def _report(page: Any, photo: Path, scan: Path) -> None:
    """Find the task on Hôm nay, write, take a photo, add a scan, send; the pictures show."""
    page.locator(".task .row-title", has_text="mặt bằng").tap()
    page.wait_for_url("**/tasks/*")
    page.fill("[name=text]", "Đã kiểm đếm 12/15 hộ.")
    page.fill("[name=percent]", "80")
    _choose(page, "Chụp ảnh", photo)
    _choose(page, "tệp kèm theo", scan)
    send = page.get_by_role("button", name="Gửi báo cáo")
    box = send.bounding_box()
    assert box["y"] + box["height"] <= 844, "under the thumb without scrolling"
    _clean(page)
    send.tap()
    pictures = page.locator(".proof img")
    pictures.first.scroll_into_view_if_needed()
    assert pictures.count() == 2
    page.wait_for_function(
        "[...document.querySelectorAll('.proof img')].every(i => i.naturalWidth)"
    )
    _clean(page)


def _ask_for_time(page: Any) -> None:
    page.locator("#extension summary").tap()
    page.fill("[name=wanted]", (clock.today() + timedelta(days=10)).isoformat())
    page.fill("[name=reason]", "Ba hộ còn lại chờ tái định cư.")
    page.get_by_role("button", name="Gửi đề nghị").tap()
    page.locator(".card", has_text="Đang xin gia hạn").wait_for()
    _clean(page)


def _grant(page: Any) -> None:
    page.goto("/")
    page.locator(".row-item", has_text="xin lùi hạn").locator(".row-title").tap()
    page.wait_for_url("**/tasks/*")
    granted = clock.today() + timedelta(days=7)
    assert page.input_value("[name=due]") == (clock.today() + timedelta(days=10)).isoformat()
    _clean(page)
    page.fill("[name=due]", granted.isoformat())
    page.get_by_role("button", name="Cho gia hạn").tap()
    page.locator("time", has_text=f"{granted:%d/%m/%Y}").first.wait_for()
    assert page.locator("dt", has_text="Hạn cũ").count() == 1


def _claim(page: Any, words: str) -> None:
    page.goto("/tasks?mine=lead")
    page.locator(".row-title", has_text="mặt bằng").tap()
    page.wait_for_url("**/tasks/*")
    page.fill("[name=text]", words)
    page.get_by_role("button", name="Đã hoàn thành").tap()
    page.locator(".badge", has_text="Chờ xác nhận").first.wait_for()
    _clean(page)


def _give_back(page: Any) -> None:
    page.goto("/")
    page.locator(".row-item", has_text="Chờ đồng ý").locator(".row-title").tap()
    page.wait_for_url("**/tasks/*")
    assert "Đã bàn giao xong." in page.locator("main").inner_text()
    page.locator(".page-bar summary", has_text="Trả lại").tap()
    page.fill("#return-text", "Thiếu biên bản có chữ ký của thôn.")
    _clean(page)
    page.locator(".page-bar form[action$=return] button[type=submit]").tap()
    page.locator(".alert", has_text="Thiếu biên bản").first.wait_for()


def _agree(page: Any) -> None:
    page.goto("/")
    page.locator(".row-item", has_text="Chờ đồng ý").locator(".row-title").tap()
    page.wait_for_url("**/tasks/*")
    page.locator(".page-bar summary", has_text="Xác nhận hoàn thành").tap()
    page.locator(".page-bar form[action$=agree] button[type=submit]").tap()
    page.locator(".badge", has_text="Hoàn thành trong hạn").first.wait_for()
    _clean(page)
