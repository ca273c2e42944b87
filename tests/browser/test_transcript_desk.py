"""Three hours of transcript in a real browser: read, corrected by two people at once, put right."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from meetly.extensions import db
from meetly.transcripts import correcting, service
from meetly.transcripts.models import Segment, Speaker, Transcript
from tests.browser import axe, long_meeting
from tests.browser.conftest import House, entering, opening
from tests.browser.test_listening import at_work, wait_for_second

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

Open = Callable[..., Any]
COUNT = 3600
#: what a page weighs over the line
SENT = "performance.getEntriesByType('navigation')[0].transferSize"


@pytest.fixture(scope="module")
def transcript_id(house: House, tmp_path_factory: pytest.TempPathFactory) -> int:
    with at_work(house) as nam:
        return long_meeting.heard(nam, tmp_path_factory.mktemp("long")).id


@pytest.fixture(scope="module")
def signed_in(house: House, chromium: Any) -> Any:
    """Sign in once for all tests of this file."""
    with opening(house, chromium) as open_page:
        return entering(house, open_page)("nam").context.storage_state()


@pytest.fixture
def desk(house: House, chromium: Any, signed_in: Any, transcript_id: int) -> Iterator[Open]:
    """Give a function that opens the transcript, each time in a browser of its own."""
    with opening(house, chromium) as open_page:

        def open_desk(where: str = "", **given: Any) -> Any:
            path = f"/transcripts/{transcript_id}{where}"
            page = open_page(path, storage_state=signed_in, **given)
            page.wait_for_selector(".segment-text[tabindex='0']")
            page.wait_for_selector(".agenda-place button")  # the last piece to come
            return page

        yield open_desk


def row(page: Any, number: int) -> Any:
    """Return a sentence by its number in the meeting."""
    return page.locator(f".segment[data-start='{number * long_meeting.SENTENCE}']")


def hear_of_others(page: Any) -> None:
    """Let a page ask for news now, not in some seconds."""
    page.evaluate("dispatchEvent(new Event('focus'))")


def stored(house: House, transcript_id: int, number: int) -> Segment:
    with at_work(house):
        second = number * long_meeting.SENTENCE
        transcript = db.session.get_one(Transcript, transcript_id)
        [segment] = service.segments(transcript, start=second, until=second + 0.1)
        db.session.expunge(segment)
        return segment


def eventually(true: Callable[[], bool], page: Any, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        page.wait_for_timeout(50)


# -- reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_three_hours_open_at_once_and_scroll_to_the_end(desk: Open, width: int, dark: bool) -> None:
    page = desk(width=width, dark=dark)
    assert page.evaluate(BUSY) < 5_000  # a few tenths where nothing else keeps the machine busy
    assert page.evaluate(SENT) < 30_000
    assert page.locator(".segment").count() < 200
    assert axe.faults(page) == []
    assert axe.sticks_out(page) <= 0
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    row(page, COUNT - 1).wait_for()
    assert page.locator(".segment").count() < 700
    now = page.evaluate("document.documentElement.scrollHeight")
    assert abs(now - tall) < tall / 4
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
    eventually(lambda: page.evaluate(IN_SIGHT) > 3, page)


#: milliseconds from the first byte of the page until it can be used
BUSY = """(({ responseStart, domContentLoadedEventEnd }) =>
    domContentLoadedEventEnd - responseStart)(performance.getEntriesByType('navigation')[0])"""
#: how many sentences a reader sees
IN_SIGHT = """[...document.querySelectorAll('.segment')].filter((each) => {
    const { top, bottom } = each.getBoundingClientRect();
    return bottom > 150 && top < innerHeight;
}).length"""


def test_a_stretch_that_comes_above_the_eye_moves_nothing(desk: Open) -> None:
    page = desk("#t=5400")
    place = row(page, 1800)
    place.wait_for()
    page.mouse.move(400, 500)
    for _ in range(12):
        page.mouse.wheel(0, -400)
        page.wait_for_timeout(60)
    page.wait_for_timeout(400)
    seen = page.evaluate_handle(FIRST_SEEN)
    before = seen.evaluate("(each) => each.getBoundingClientRect().top")
    page.wait_for_timeout(600)
    assert abs(seen.evaluate("(each) => each.getBoundingClientRect().top") - before) < 3


FIRST_SEEN = """[...document.querySelectorAll('.segment')]
    .find((each) => each.getBoundingClientRect().top > 200)"""


def test_an_address_leads_to_its_second_and_a_word_plays_from_itself(desk: Open) -> None:
    page = desk("#t=5402")
    row(page, 1800).wait_for()
    assert "is-playing" in row(page, 1800).get_attribute("class")
    assert page.evaluate("scrollY") > 10_000
    text = row(page, 1801).locator(".segment-text")
    text.scroll_into_view_if_needed()
    box = text.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.35, box["y"] + 12)
    wait_for_second(page, 5403.3)
    page.wait_for_selector(".word.is-said")
    assert row(page, 1801).locator(".word.is-said").count() == 1
    page.mouse.click(700, 90)  # in the picture of the sound
    before = row(page, 1801)
    eventually(lambda: "is-playing" not in before.get_attribute("class"), page)


# -- correcting --------------------------------------------------------------------------------


def test_a_sentence_is_corrected_in_place_and_saves_itself(
    desk: Open, house: House, transcript_id: int
) -> None:
    page = desk("#t=5700")
    row(page, 1900).locator(".segment-text").click()
    page.keyboard.press("Enter")
    page.keyboard.type(" Xin hết.")
    page.wait_for_selector(".segment-state >> text=Đã lưu")
    assert stored(house, transcript_id, 1900).text.endswith("mục 1900. Xin hết.")
    assert page.locator("textarea:focus").count() == 1
    page.keyboard.press("Control+Enter")
    row(page, 1900).locator("text=Đỗ Văn Nam sửa lúc").wait_for()
    assert row(page, 1900).locator(".segment-text:focus").count() == 1
    page.click("#toasts button")
    eventually(lambda: stored(house, transcript_id, 1900).text.endswith("mục 1900."), page)


def test_the_keys_work_while_typing_and_tab_is_given_back(desk: Open) -> None:
    page = desk("#t=300")
    playing = "!document.querySelector('audio').paused"
    row(page, 101).locator(".segment-edit").click(force=True)
    page.keyboard.press("Tab")
    eventually(lambda: page.evaluate(playing), page)
    assert page.locator("textarea:focus").count() == 1
    page.keyboard.press("Tab")
    eventually(lambda: not page.evaluate(playing), page)
    second = page.eval_on_selector("audio", "sound => sound.currentTime")
    page.keyboard.press("Alt+ArrowRight")
    moved = page.eval_on_selector("audio", "sound => sound.currentTime") - second
    assert 1.9 < moved < 2.1
    page.keyboard.press("Alt+ArrowUp")
    assert page.eval_on_selector("audio", "sound => sound.playbackRate") == 1.25
    assert page.eval_on_selector("audio", "sound => sound.preservesPitch")
    page.keyboard.press("Control+ArrowDown")
    row(page, 102).locator("textarea:focus").wait_for()
    assert abs(page.eval_on_selector("audio", "sound => sound.currentTime") - 306) < 0.2
    page.keyboard.press("Escape")
    row(page, 102).locator(".segment-text:focus").wait_for()
    page.keyboard.press("ArrowDown")
    row(page, 103).locator(".segment-text:focus").wait_for()
    page.keyboard.press("Tab")
    eventually(lambda: page.evaluate(playing), page)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.locator("[data-transcript] :focus").count() == 0
    assert page.evaluate(playing)
    page.locator("body").press("?")
    page.wait_for_selector("dialog[open] >> text=Trong bản bóc băng")
    assert axe.faults(page) == []


# -- two people --------------------------------------------------------------------------------


def both_type(one: Any, other: Any, number: int) -> None:
    """Let two people type into one sentence at once, one in front, one behind."""
    for page in (one, other):
        row(page, number).locator(".segment-text").click()
        page.keyboard.press("Enter")
    one.keyboard.press("Home")
    for first, last in zip("Thưa hội nghị, ", " Tôi xin hết ạ.", strict=False):
        one.keyboard.type(first)
        other.keyboard.type(last)
    one.keyboard.type("vâng, ")
    for page in (one, other):
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("textarea", state="detached")


def test_two_people_in_one_sentence_lose_no_keystroke(
    desk: Open, house: House, transcript_id: int
) -> None:
    one, other = desk("#t=6000"), desk("#t=6000")
    before = stored(house, transcript_id, 2000).text
    both_type(one, other, 2000)
    both = f"Thưa hội nghị, vâng, {before} Tôi xin hết ạ."
    assert stored(house, transcript_id, 2000).text == both
    for page in (one, other):
        hear_of_others(page)
        row(page, 2000).locator("text=Tôi xin hết ạ.").wait_for()
        row(page, 2000).locator("text=Thưa hội nghị").wait_for()


def test_the_check_above_sees_a_lost_keystroke(
    desk: Open, house: House, transcript_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correcting, "merge", lambda base, mine, theirs: mine)  # planted
    one, other = desk("#t=6300"), desk("#t=6300")
    both_type(one, other, 2100)
    text = stored(house, transcript_id, 2100).text
    assert not ("Thưa hội nghị" in text and "Tôi xin hết ạ." in text)


def test_others_corrections_come_in_but_never_into_what_is_being_typed(
    desk: Open, house: House, transcript_id: int
) -> None:
    page = desk("#t=6600")
    row(page, 2200).locator(".segment-text").click()
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    page.keyboard.type("Thưa ")
    both = [stored(house, transcript_id, number) for number in (2200, 2201)]
    with at_work(house) as nam:
        for there in both:
            service.correct(nam, there.id, there.version, f"{there.text} Hết")
    hear_of_others(page)
    row(page, 2201).locator("text=Hết").wait_for()
    field = row(page, 2200).locator("textarea")
    assert field.input_value().startswith("Thưa ")
    assert field.evaluate("field => field.selectionStart") == len("Thưa ")
    page.keyboard.type("các đồng chí, ")
    eventually(lambda: field.input_value().endswith(" Hết"), page)
    assert field.input_value().startswith("Thưa các đồng chí, ")
    assert field.evaluate("field => field.selectionStart") == len("Thưa các đồng chí, ")


def test_who_changes_the_same_words_is_shown_both(
    desk: Open, house: House, transcript_id: int
) -> None:
    page = desk("#t=6900")
    row(page, 2300).locator(".segment-text").click()
    page.keyboard.press("Enter")
    there = stored(house, transcript_id, 2300)
    with at_work(house) as nam:
        service.correct(nam, there.id, there.version, "Câu của người khác.")
    page.fill("textarea", "Câu của tôi.")
    page.wait_for_selector(".segment-clash >> text=Câu của người khác.")
    assert axe.faults(page) == []
    assert page.input_value("textarea") == "Câu của tôi."
    page.click("[data-keep-mine]")
    eventually(lambda: stored(house, transcript_id, 2300).text == "Câu của tôi.", page)
    with at_work(house):
        edits = service.edits([there])[there.id]
        assert {edit.after for edit in edits} >= {"Câu của người khác.", "Câu của tôi."}


def test_what_was_typed_without_a_line_is_offered_after_a_crash(
    house: House, chromium: Any, signed_in: Any, transcript_id: int
) -> None:
    # A browser of its own, because it complains of the broken line.
    context = chromium.new_context(base_url=house.address, storage_state=signed_in)
    page = context.new_page()
    page.goto(f"/transcripts/{transcript_id}#t=7200")
    row(page, 2400).locator(".segment-text").click()
    page.keyboard.press("Enter")
    context.route("**/edit", lambda route: route.abort())
    page.keyboard.type(" Chưa kịp lưu.")
    page.wait_for_selector(".segment-state >> text=Chưa lưu được")
    page.close()
    context.unroute("**/edit")
    again = context.new_page()
    again.goto(f"/transcripts/{transcript_id}")
    again.click("[data-drafts] button >> text=2:00:00")
    eventually(lambda: stored(house, transcript_id, 2400).text.endswith("Chưa kịp lưu."), again)
    again.keyboard.press("Control+Enter")
    again.wait_for_selector("[data-drafts]", state="hidden")
    context.close()


# -- many at once, voices, agenda --------------------------------------------------------------


def test_words_are_replaced_after_a_look_and_taken_back(
    desk: Open, house: House, transcript_id: int
) -> None:
    page = desk()
    page.keyboard.press("Control+f")
    page.wait_for_selector("[data-find-field]:focus")
    page.keyboard.type("muc 3500")
    page.fill("[name=by]", "mục ba nghìn năm trăm")
    page.wait_for_selector("#hits ins")
    assert page.locator(".hit").count() == 1
    assert axe.faults(page) == []
    page.click("#hits button[type=submit]")
    page.wait_for_selector("text=Đã thay ở 1 câu.")
    assert stored(house, transcript_id, 3500).text.endswith("mục ba nghìn năm trăm.")
    page.click("text=Hoàn tác cả lượt thay")
    page.wait_for_selector("text=Đã trả lại 1 câu như cũ.")
    assert stored(house, transcript_id, 3500).text.endswith("mục 3500.")


def test_a_sentence_of_two_people_is_split_by_the_keyboard(
    desk: Open, house: House, transcript_id: int
) -> None:
    page = desk("#t=7500")
    whole = stored(house, transcript_id, 2500)
    row(page, 2500).locator(".segment-text").click()
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("Control+ArrowRight")
    page.locator("[data-split]").press("Enter")
    page.wait_for_selector("#voice-window .word-cut")
    assert axe.faults(page) == []
    page.locator("#voice-window [name=second]").select_option(label="Người khác…")
    page.fill("#voice-window [name=name]", "Hoàng Thu Hà")
    page.keyboard.press("Enter")
    page.wait_for_selector("#voice-dialog", state="hidden")
    page.locator(".segment-first >> text=Hoàng Thu Hà").wait_for()
    first = stored(house, transcript_id, 2500)
    assert first.text == " ".join(whole.text.split()[:3])
    with at_work(house):
        [other] = db.session.query(Segment).join(Speaker).filter_by(name="Hoàng Thu Hà")
        assert f"{first.text} {other.text}" == whole.text
        assert other.start == first.end


def test_a_run_that_was_marked_is_given_to_a_voice(
    desk: Open, house: House, transcript_id: int
) -> None:
    page = desk("#t=8000")
    run = [row(page, number) for number in range(2667, 2671)]
    run[0].wait_for()
    begin, end = (run[n].locator(".segment-text").bounding_box() for n in (0, 3))
    page.mouse.move(begin["x"] + 20, begin["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + 10, steps=5)
    page.mouse.up()
    page.locator(".segment-voice >> visible=true").last.click()
    page.locator("#voice-window [name=voice]").select_option(label="Người khác…")
    page.fill("#voice-window [name=name]", "Giàng A Páo")
    page.locator("#voice-window button[type=submit]").click()
    page.locator(".segment-first >> text=Giàng A Páo").first.wait_for()
    names = [stored(house, transcript_id, n).speaker for n in range(2666, 2672)]
    given = [speaker is not None and speaker.name == "Giàng A Páo" for speaker in names]
    assert given == [False, True, True, True, True, False]


def test_a_voice_is_renamed_everywhere_by_one_form(desk: Open) -> None:
    page = desk()
    page.locator("[data-voice] summary").first.click()
    name = page.locator("[data-voice] input[name=name]").first
    old = name.input_value()
    name.fill(f"{old} (Phó)")
    name.press("Enter")
    page.locator(".segment-first .speaker-name", has_text=f"{old} (Phó)").first.wait_for()
    page.locator("[data-voice] .row-title").first.click()
    page.wait_for_url("**voice=*")
    names = page.locator(".segment .speaker-name").all_inner_texts()
    assert set(names) == {f"{old} (Phó)"}


def test_the_agenda_leads_into_the_transcript(desk: Open) -> None:
    page = desk("#t=9000")
    row(page, 3000).wait_for()
    first = page.locator(".agenda-place").first
    first.locator("[data-mark-here]").click()
    page.wait_for_selector(".agenda-place >> nth=0 >> text=2:30:00")
    page.evaluate("scrollTo(0, 0)")
    first.locator(".agenda-title").click()
    eventually(lambda: "is-playing" in (row(page, 3000).get_attribute("class") or ""), page)
    assert page.evaluate("scrollY") > 10_000
