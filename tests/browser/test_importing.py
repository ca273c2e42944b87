"""A secretary pastes an old notice, looks its ten directions through and takes them over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser import axe
from tests.tasks.importing import samples


def test_a_pasted_notice_becomes_tasks(enter: Callable[..., Any]) -> None:
    page = enter("nam")
    page.goto("/tasks")
    page.locator("main summary", has_text="Việc khác").click()
    page.get_by_role("link", name="Nhận việc đã giao").click()
    page.get_by_label("Hoặc dán nội dung thông báo").fill(samples.NOTICE)
    page.get_by_role("button", name="Đọc thông báo").click()
    page.get_by_role("heading", name="Thông báo số 12/TB-VP").wait_for()
    assert page.get_by_label("Nội dung, ").count() == 10
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert axe.faults(page) == [] and axe.sticks_out(page) <= 0
    due = page.get_by_label("Thời hạn, 9")
    due.focus()
    page.keyboard.type("20/12")
    page.keyboard.press("Enter")
    page.get_by_text("Đã lưu.").wait_for()
    assert page.get_by_label("Thời hạn, 9").input_value() == "20/12/2026"
    page.get_by_role("button", name="Nhận 10 dòng đã chọn").click()
    page.get_by_text("Đã nhận lúc").wait_for()
    page.get_by_role("link", name="Xem nhiệm vụ đơn vị tôi giao").click()
    assert page.get_by_text("chống rét cho người và gia súc").count() >= 2, "one a department"
