"""What people do every day, with real clicks and keys: sign in, search, listen, correct, report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.conftest import Told, entering, opening

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
PHONE = 390
NO_SCRIPT = {"java_script_enabled": False}


@pytest.fixture
def visit(told: Told, chromium: Any) -> Iterator[Open]:
    """Give a function that opens a page of the told province."""
    with opening(told.house, chromium) as open_page:
        yield open_page


@pytest.fixture
def enter_as(told: Told, visit: Open) -> Open:
    """Give a function that signs a role of the told province in."""
    return entering(told.house, visit)


def draft_minutes(told: Told) -> str:
    return f"/minutes/{told.ids['draft']['minutes_id']}"


# -- the door --------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [{}, NO_SCRIPT], ids=["script", "no script"])
def test_a_wrong_password_is_told_beside_its_field(visit: Open, given: dict[str, Any]) -> None:
    page = visit("/sign-in", **given)
    page.fill("[name=login]", "khong-co-ai")
    page.fill("[name=password]", "không phải mật khẩu")
    page.click("main button[type=submit]")
    wrong = page.locator(".field-wrong")
    assert "chưa đúng" in wrong.inner_text()
    assert wrong.locator("[name=password]").get_attribute("aria-invalid") == "true"
    assert page.input_value("[name=login]") == "khong-co-ai"


def test_the_house_speaks_english_and_vietnamese(visit: Open, enter_as: Open) -> None:
    page = visit("/sign-in")
    page.click(".language button[value=en]")
    page.locator("html[lang=en]").wait_for()
    assert page.locator("h1").inner_text() == "Sign in"
    page.click(".language button[value=vi]")
    page.locator("html[lang=vi]").wait_for()
    assert page.locator("h1").inner_text() == "Đăng nhập"
    inside = enter_as("leader")
    inside.locator(".user-menu > summary").click()
    inside.click(".language button[value=en]")
    inside.locator("html[lang=en]").wait_for()
    inside.locator(".top-nav a").nth(1).click()
    assert inside.locator("h1").inner_text() == "Meetings"


def test_a_link_from_a_mail_leads_there_after_signing_in(told: Told, visit: Open) -> None:
    wanted = f"/meetings/{told.ids['told']['meeting_id']}"
    page = visit(wanted)
    assert "/sign-in" in page.url
    page.fill("[name=login]", told.house.logins["participant"])
    page.fill("[name=password]", told.house.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{wanted}")


# -- finding ---------------------------------------------------------------------------------


def test_lists_are_walked_with_j_and_k_and_opened_with_enter(enter_as: Open) -> None:
    page = enter_as("leader")
    page.goto("/tasks")
    titles = page.locator("[data-rows] .row-title[href]")
    seen = []
    for key in "jjk":
        page.keyboard.press(key)
        seen.append(page.evaluate("document.activeElement.getAttribute('href')"))
    first, second = (titles.nth(n).get_attribute("href") for n in (0, 1))
    assert seen == [first, second, first]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{first}")


def test_a_sentence_is_found_without_its_diacritics_and_heard(enter_as: Open) -> None:
    page = enter_as("secretary")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('[data-search]')")
    page.keyboard.type("412 chung thu")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    said = page.locator(".card", has=page.get_by_role("heading", name="Lời nói"))
    hit = said.locator(".row-item", has_text="412 chứng thư").first
    assert hit.locator("mark").inner_text() == "412"
    hit.locator(".row-title").click()
    page.wait_for_url("**/transcripts/*#s*")
    sentence = page.locator(f"#{page.url.split('#')[1]}")
    assert "412 chứng thư" in sentence.inner_text()
    box = sentence.bounding_box()
    assert 0 <= box["y"] < page.viewport_size["height"]

    page.locator("[data-controls]").wait_for()
    start = float(sentence.get_attribute("data-start"))
    assert start > 60
    sentence.locator(".segment-text").click()
    page.locator(f"#{page.url.split('#')[1]}.is-playing").wait_for()
    assert start - 0.5 <= page.evaluate("document.querySelector('audio').currentTime") < start + 10


# -- correcting ------------------------------------------------------------------------------


def test_a_corrected_sentence_keeps_who_when_and_what_was_heard(told: Told, enter_as: Open) -> None:
    page = enter_as("secretary")
    page.goto(f"/transcripts/{told.ids['draft']['transcript_id']}")
    name = page.locator(".segment").nth(2).get_attribute("id")
    row = page.locator(f"#{name}")
    heard = row.locator(".segment-text").inner_text()
    row.hover()
    row.locator(".segment-edit").click()
    page.fill(f"#{name} textarea", "Điểm cầu xã Nậm Hoa đã nghe rõ chưa?")
    page.keyboard.press("Control+Enter")
    page.locator(f"#{name} .segment-note a", has_text="Đỗ Văn Nam sửa lúc").click()
    page.wait_for_url("**/history")
    assert page.locator(".timeline-item", has_text="Đỗ Văn Nam").count() == 1
    assert page.locator(".diff ins").count() > 0
    assert page.locator(".card p", has_text=heard).count() == 1


def test_of_two_people_at_one_block_the_second_sees_both_texts(told: Told, enter_as: Open) -> None:
    pages = [enter_as(role) for role in ("secretary", "deputy")]
    words = ["Chánh Văn phòng kiểm tra các điểm cầu.", "Đã kiểm tra 75 điểm cầu."]
    for page in pages:
        page.goto(draft_minutes(told))
        block = page.locator(".block-report").first
        name = block.get_attribute("id")
        block.locator(".block-tools a", has_text="Sửa").click()
        page.locator(f"#{name} [name=text]").wait_for()
    for page, text in zip(pages, words, strict=True):
        page.fill(f"#{name} [name=text]", text)
        page.locator(f"#{name} button.btn-primary").click()
    first, second = (page.locator(f"#{name}") for page in pages)
    first.locator(".block-text", has_text=words[0]).wait_for()
    second.get_by_role("alert").wait_for()
    assert words[0] in second.inner_text()
    assert second.locator("[name=text]").input_value() == words[1]
    second.locator("button.btn-primary").click()
    second.locator(".block-text", has_text=words[1]).wait_for()


# -- without scripts -------------------------------------------------------------------------


def test_minutes_are_read_and_corrected_without_scripts(told: Told, enter_as: Open) -> None:
    page = enter_as("secretary", **NO_SCRIPT)
    page.goto(draft_minutes(told))
    assert page.locator(".sheet .block").count() > 10
    assert page.locator("audio").is_visible()
    block = page.locator(".block-discussion").first
    name = block.get_attribute("id")
    block.locator(".block-tools a", has_text="Sửa").click()
    page.wait_for_url("**/edit")
    page.fill("[name=text]", "Xã Nậm Hoa hứa bàn giao mặt bằng trước Tết.")
    page.click("main form.form button.btn-primary")
    page.wait_for_url(f"**#{name}")
    assert "trước Tết." in page.locator(f"#{name} .block-text").inner_text()


def test_a_commune_reports_without_scripts(enter_as: Open) -> None:
    page = enter_as("participant", width=PHONE, **NO_SCRIPT)
    page.locator("main .task .row-title").first.click()
    page.fill("[name=text]", "Đã gặp bốn hộ, hai hộ đi làm ăn xa.")
    page.fill("[name=percent]", "40")
    page.get_by_role("button", name="Gửi báo cáo").click()
    page.locator(".timeline-item", has_text="bốn hộ").wait_for()
