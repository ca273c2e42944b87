"""The paper of the minutes under real hands: typed, merged, taken back and found."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from meetly.extensions import db
from meetly.minutes import service
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.models import Minutes
from meetly.minutes.versions import keep
from tests.browser import axe
from tests.browser.conftest import Told, entering, opening

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

Open = Callable[..., Any]
SENT = "performance.getEntriesByType('navigation')[0].transferSize"
TEXT = "Sở Tài chính báo cáo tiến độ giải ngân, đường vào xã Nậm Hoa còn chậm."


@pytest.fixture(scope="module")
def states(told: Told, chromium: Any) -> dict[str, Any]:
    """Sign two secretaries in once for all tests of this file."""
    with opening(told.house, chromium) as visit:
        enter = entering(told.house, visit)
        return {r: enter(r).context.storage_state() for r in ("secretary", "deputy")}


@pytest.fixture(scope="module", autouse=True)
def draft_as_it_was(told: Told) -> Iterator[None]:
    """Bring the draft back afterwards: other tests read it too."""
    with told.house.app.app_context():
        whole = service.blocks_of(db.session.get_one(Minutes, told.ids["draft"]["minutes_id"]))
    yield
    with told.house.app.app_context():
        minutes = db.session.get_one(Minutes, told.ids["draft"]["minutes_id"])
        keep(None, minutes, whole, "Như cũ")
        db.session.commit()


@pytest.fixture
def names(told: Told) -> list[str]:
    """Give the draft four plain blocks of one speaker, whatever tests before made of it."""
    return prepare(told, 4)


def prepare(told: Told, count: int) -> list[str]:
    with told.house.app.app_context():
        minutes = db.session.get_one(Minutes, told.ids["draft"]["minutes_id"])
        evidence = next(b.evidence for b in service.blocks_of(minutes) if b.evidence)
        kinds = (BlockKind.DIRECTION, BlockKind.QUESTION)
        rest = [b for b in service.blocks_of(minutes) if b.kind in kinds]
        texts = [f"{TEXT} Ý {n}." for n in range(count)]
        made = [Block(f"e{n}", BlockKind.REPORT, t, evidence) for n, t in enumerate(texts)]
        keep(None, minutes, [*made, *rest], "Dựng lại")
        db.session.commit()
        return [block.id for block in made]


def stored(told: Told, name: str) -> str:
    with told.house.app.app_context():
        minutes = db.session.get_one(Minutes, told.ids["draft"]["minutes_id"])
        found = service.block_in(minutes, name)
        return found.text if found else ""


@pytest.fixture
def desk(told: Told, chromium: Any, states: dict[str, Any], names: list[str]) -> Iterator[Open]:
    with opening(told.house, chromium) as visit:

        def open_desk(who: str = "secretary", **given: Any) -> Any:
            path = f"/minutes/{told.ids['draft']['minutes_id']}"
            page = visit(path, storage_state=states[who], **given)
            page.wait_for_selector("[data-desk][data-awake]")
            page.wait_for_load_state("networkidle")
            return page

        yield open_desk


def type_into(page: Any, name: str) -> Any:
    page.locator(f"#{name} .block-words").click()
    field = page.locator(f"#{name} .segment-field")
    field.wait_for()
    return field


def saved(page: Any, name: str, words: str = "Đã lưu") -> None:
    page.locator(f"#{name} [data-state]", has_text=words).wait_for()


def eventually(page: Any, true: str, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not page.evaluate(true):
        assert time.monotonic() < until, true
        page.wait_for_timeout(50)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_tap_edits_and_saves_by_itself_with_evidence_at_hand(
    told: Told, desk: Open, width: int
) -> None:
    page = desk(width=width)
    field = type_into(page, "e1")
    field.press("Control+End")
    field.type(" Thêm chữ.")
    saved(page, "e1")
    assert re.search(r"\d\d:\d\d", page.locator("#e1 [data-state]").inner_text())
    assert stored(told, "e1") == f"{TEXT} Ý 1. Thêm chữ."
    page.locator("#e1 .block-evidence a.play").first.click()
    eventually(page, "document.querySelector('audio').currentTime > 0")
    assert page.locator("#e1 .segment-field").count() == 1
    assert axe.faults(page) == []
    assert axe.sticks_out(page) <= 0
    page.locator("#e1 .segment-field").press("Escape")
    page.locator("#e1 .block-words", has_text="Thêm chữ.").wait_for()
    page.locator("[data-undo]").click()
    page.locator("#e1 .block-words", has_text=re.compile(r"Ý 1\.$")).wait_for()
    assert stored(told, "e1") == f"{TEXT} Ý 1."
    page.locator("[data-redo]").click()
    page.locator("#e1 .block-words", has_text="Thêm chữ.").wait_for()


def test_two_people_in_one_block_lose_no_keystroke(told: Told, desk: Open) -> None:
    one, two = desk("secretary"), desk("deputy")
    first, second = type_into(one, "e2"), type_into(two, "e2")
    first.press("Control+Home")
    second.press("Control+End")
    for n in range(6):
        first.type(f"a{n} ", delay=30)
        second.type(f" b{n}", delay=30)
        one.wait_for_timeout(350)
    for page, field in ((one, first), (two, second)):
        field.press("Control+Enter")
        page.locator("#e2 .block-words").wait_for()
    text = stored(told, "e2")
    assert text.startswith("a0 a1 a2 a3 a4 a5 ") and text.endswith(" b0 b1 b2 b3 b4 b5")


@pytest.mark.parametrize(
    ("button", "kept"),
    [("keep-mine", "Của tôi."), ("take-theirs", "<img src=x onerror=alert(1)>"),
     ("keep-both", "<img src=x onerror=alert(1)> Của tôi.")],
)  # fmt: skip
def test_a_conflict_shows_both_texts_and_takes_either_or_both(
    told: Told, desk: Open, button: str, kept: str
) -> None:
    one, two = desk("secretary"), desk("deputy")
    first, second = type_into(one, "e0"), type_into(two, "e0")
    first.fill("<img src=x onerror=alert(1)>")
    saved(one, "e0")
    second.fill("Của tôi.")
    clash = two.locator("#e0 .segment-clash")
    clash.wait_for()
    assert clash.locator("[data-theirs]").inner_text() == "<img src=x onerror=alert(1)>"
    assert clash.locator("img").count() == 0 and second.input_value() == "Của tôi."
    clash.locator(f"[data-{button}]").click()
    saved(two, "e0") if button != "take-theirs" else clash.wait_for(state="hidden")
    assert stored(told, "e0") == kept


def test_without_a_line_words_stay_and_are_offered_again(told: Told, desk: Open) -> None:
    first = desk()
    page = first.context.new_page()  # a line that drops is a complaint, but no fault
    page.goto(first.url)
    page.route("**/words", lambda route: route.abort())
    field = type_into(page, "e3")
    field.fill("Chữ gõ lúc mất mạng.")
    saved(page, "e3", "giữ trên máy này")
    page.unroute("**/words")
    page.locator("#e3 [data-state]", has_text="Đã lưu").wait_for(timeout=15_000)
    assert stored(told, "e3") == "Chữ gõ lúc mất mạng."


def test_words_left_by_a_closed_page_are_offered(told: Told, desk: Open) -> None:
    page = desk()
    page.evaluate(
        """(base) => localStorage.setItem(`draft:${location.pathname}:e3`, JSON.stringify(
            {text: base + " Dở dang.", base, at: Date.now(),
             version: Number(document.getElementById("e3").dataset.version)}))""",
        f"{TEXT} Ý 3.",
    )  # fmt: skip
    page.reload()
    page.locator("[data-drafts] button", has_text="Mở lại").click()
    saved(page, "e3")
    assert stored(told, "e3") == f"{TEXT} Ý 3. Dở dang."


def test_finding_forgives_diacritics_also_in_what_is_typed(desk: Open) -> None:
    page = desk()
    type_into(page, "e1")
    page.keyboard.press("Control+f")
    page.locator("#desk-find").fill("duong vao xa nam")
    page.locator("[data-find-count]", has_text="1/4").wait_for()
    assert page.locator("mark.found-here").count() == 3  # the fourth stands in the open field
    assert page.locator("mark.is-current").inner_text() == "đường vào xã Nậm"
    page.keyboard.press("Enter")
    assert page.evaluate(MARKED) == "đường vào xã Nậm"
    page.locator("#desk-find").press("Escape")
    assert page.locator("mark.found-here").count() == 0
    assert page.locator("#desk-find").is_hidden()


#: what is marked in the field that is typed in
MARKED = """(({ value, selectionStart, selectionEnd }) =>
    value?.slice(selectionStart, selectionEnd))(document.activeElement)"""


def test_a_name_is_taken_from_the_directory_after_its_sign(told: Told, desk: Open) -> None:
    page = desk()
    field = type_into(page, "e0")
    field.press("Control+End")
    field.type(" Mời @so tai")
    page.locator(".names [role=option]", has_text="Sở Tài chính").first.wait_for()
    assert axe.faults(page) == []
    field.press("Enter")
    field.type(" phát biểu.")
    saved(page, "e0")
    assert stored(told, "e0").endswith("Mời Sở Tài chính phát biểu.")


def test_blocks_are_walked_moved_parted_and_joined_by_keyboard(told: Told, desk: Open) -> None:
    page = desk()
    order = "[...document.querySelectorAll('.block-report')].map((b) => b.id).slice(0, 4)"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "e1"
    page.keyboard.press("Alt+ArrowUp")
    eventually(page, f"{order}.join() === 'e1,e0,e2,e3'")
    page.keyboard.press("Control+z")
    eventually(page, f"{order}.join() === 'e0,e1,e2,e3'")
    page.locator("#e1").focus()
    page.keyboard.press("Enter")
    field = page.locator("#e1 .segment-field")
    field.evaluate("(field) => field.setSelectionRange(12, 12)")
    page.locator("#e1 [data-part]").click()
    page.locator("#e1 .block-words", has_text=re.compile("^Sở Tài chính$")).wait_for()
    second = page.evaluate("document.getElementById('e1').nextElementSibling.id")
    assert stored(told, second).startswith("báo cáo tiến độ")
    type_into(page, second)
    page.locator(f"#{second} [data-join]").click()
    page.locator("#e1 .block-words", has_text="chậm. Ý 1.").wait_for()
    assert stored(told, "e1") == f"{TEXT} Ý 1." and stored(told, second) == ""


def test_three_hundred_blocks_stay_quick(told: Told, desk: Open) -> None:
    prepare(told, 300)
    page = desk(width=390)
    assert page.locator(".block-report").count() == 300
    assert page.evaluate(SENT) < 60_000
    field = type_into(page, "e150")
    took = page.evaluate(TYPED)
    assert took < 50, took
    field.press("Control+Enter")
    page.locator("#e150 .block-words", has_text="xyz").wait_for()


#: milliseconds one typed letter keeps the page busy, the median of thirty
TYPED = """() => {
    const field = document.activeElement, took = [];
    for (let i = 0; i < 30; i += 1) {
        const begin = performance.now();
        field.setRangeText(i < 29 ? "x" : " xyz", field.value.length, field.value.length, "end");
        field.dispatchEvent(new Event("input", { bubbles: true }));
        document.body.getBoundingClientRect();
        took.push(performance.now() - begin);
    }
    return took.sort((a, b) => a - b)[15];
}"""
