"""The proposals of the sample briefing under a leader's ten fingers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from meetly.accounts.models import User
from meetly.config import Config
from meetly.directions import service as directions
from meetly.directions.models import Direction
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.models import Minutes
from meetly.tasks.models import Task
from meetly.transcripts.models import Transcript
from tests import cast as cast_of_tests
from tests.browser import axe
from tests.browser.conftest import House, entering, opening, serve
from tests.cast import PASSWORD
from tests.minutes import briefing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

Open = Callable[..., Any]


@dataclass(frozen=True)
class Office:
    """A house in which the sample briefing was approved, and its proposals wait."""

    house: House
    minutes_id: int
    transcript_id: int

    def query(self, ask: Callable[[Minutes], Any]) -> Any:
        """Ask something of the minutes as they are now."""
        with self.house.app.app_context():
            return ask(db.session.get_one(Minutes, self.minutes_id))


@contextmanager
def approved(folder: Path) -> Iterator[Office]:
    """Serve a house in which the minutes of the sample are approved and nothing is given out."""
    ids: list[int] = []

    def settle() -> dict[str, str]:
        cast = cast_of_tests.assemble()
        minutes = briefing.drafted(cast, sounds=480.0)
        directions.propose_for(minutes)
        kept = minutes_service.submit(cast.nam, minutes, minutes.version)
        minutes_service.approve(
            cast.khai, minutes, minutes.version, kept.minutes_sha256, kept.notice_sha256
        )
        transcript = db.session.scalars(select(Transcript)).one()
        ids.extend([minutes.id, transcript.id])
        return {name: row.login for name, row in vars(cast).items() if isinstance(row, User)}

    config = Config(data=folder, secret="the secret of the tests")
    with serve(config, settle, PASSWORD) as house:
        yield Office(house, *ids)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Serve one for the tests that leave proposals behind."""
    with approved(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Office]:
    """Serve one of its own."""
    with approved(tmp_path) as office:
        yield office


@pytest.fixture
def leader(office: Office, chromium: Any) -> Iterator[Any]:
    with opening(office.house, chromium) as visit:
        yield entering(office.house, visit)("khai")


def at_work(office: Office, page: Any) -> None:
    page.goto(f"/minutes/{office.minutes_id}/directions")
    page.wait_for_selector("[data-confirming][data-awake]")
    page.wait_for_load_state("networkidle")


def test_the_ten_directions_of_the_sample_are_confirmed_by_keyboard_in_two_minutes(
    fresh: Office, chromium: Any, record_property: Callable[[str, object], None]
) -> None:
    with opening(fresh.house, chromium) as visit:
        page = entering(fresh.house, visit)("khai")
        keys, seconds = confirm_all(fresh, page)
    record_property("keys", keys)
    record_property("seconds", round(seconds, 1))
    assert keys <= 60, keys
    assert seconds < 120, seconds


def confirm_all(office: Office, page: Any) -> tuple[int, float]:
    """Hear, correct and confirm ten directions; return the keys pressed and the seconds taken."""
    waiting = office.query(lambda m: [d.id for d in directions.of_minutes(m)])
    assert len(waiting) == 10
    pressed = 0

    def press(key: str) -> None:
        nonlocal pressed
        page.keyboard.press(key)
        pressed += 1

    began = time.monotonic()
    at_work(office, page)
    press("j")
    for number, direction_id in enumerate(waiting):
        page.wait_for_selector(f"#d{direction_id}:focus")
        press("p")
        page.wait_for_function("document.querySelector('audio').currentTime > 0")
        press("p")
        if number == 2:  # one deadline was heard wrong
            press("e")
            field = page.locator(f"#d{direction_id} [name=due]")
            field.wait_for()
            field.fill("2026-12-01")
            pressed += 8
            press("Control+Enter")
            page.locator(f"#d{direction_id}", has_text="01/12/2026").wait_for()
            page.wait_for_selector(f"#d{direction_id}:focus")
        press("c")
        page.locator(f"#d{direction_id} .badge.tone-good", has_text="Đã giao").wait_for()
    seconds = time.monotonic() - began
    opened = office.query(
        lambda m: db.session.scalars(
            select(Task.direction_id).where(Task.meeting_id == m.meeting_id)
        ).all()
    )
    assert set(opened) == set(waiting)
    return pressed, seconds


def test_dismissed_split_joined_and_taken_back_by_keyboard(office: Office, leader: Any) -> None:
    page = leader
    at_work(office, page)
    first, second, *_rest = office.query(
        lambda m: [(d.id, d.text) for d in directions.of_minutes(m)]
    )
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("1")
    page.locator(f"#d{first[0]} [data-restore]").wait_for()
    page.keyboard.press("u")
    page.locator(f"#d{first[0]} [data-merge]").wait_for()
    page.wait_for_selector(f"#d{first[0]}:focus")
    page.keyboard.press("m")
    page.locator(f"#d{second[0]} [data-restore]").wait_for()
    page.keyboard.press("u")
    page.locator(".toast", has_text="Đã tách").wait_for()
    texts = office.query(lambda m: [d.text for d in directions.of_minutes(m)])
    assert texts[:2] == [first[1], second[1]]
    page.wait_for_selector(f"#d{first[0]}:focus")
    page.keyboard.press("s")
    page.locator(f"#d{first[0]} [name=at]").wait_for()
    assert axe.faults(page) == []
    page.keyboard.press("Control+Enter")
    page.locator(".toast", has_text="Đã tách").nth(1).wait_for()
    texts = office.query(lambda m: [d.text for d in directions.of_minutes(m)])
    assert " ".join(texts[:2]) == first[1]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_form_in_a_card_keeps_what_is_typed_over_a_faster_hand(
    office: Office, chromium: Any, width: int
) -> None:
    with opening(office.house, chromium) as visit:
        page = entering(office.house, visit)("khai", width=width)
        at_work(office, page)
        page.keyboard.press("j")
        page.keyboard.press("e")
        card = page.locator("[data-card]").first
        field = card.locator("[name=text]")
        field.wait_for()
        field.fill("Sở Tài chính làm theo cách của tôi.")
        assert axe.faults(page) == []
        assert axe.sticks_out(page) <= 0

        def faster(minutes: Minutes) -> None:
            khai = db.session.scalars(select(User).where(User.login == "khai")).one()
            direction = directions.of_minutes(minutes)[0]
            directions.correct(
                khai, direction, direction.version, lead=["Sở Tài chính"], coordinate=[],
                due=direction.due, recurring="", text="Lời của người nhanh hơn.",
            )  # fmt: skip
            db.session.commit()

        office.query(faster)
        field.press("Control+Enter")
        card.locator("[role=alert]").first.wait_for()
        assert "Lời của người nhanh hơn." in card.inner_text()
        assert card.locator("[name=text]").input_value() == "Sở Tài chính làm theo cách của tôi."
        card.locator("[name=text]").press("Control+Enter")
        card.locator(".row-title", has_text="làm theo cách của tôi").wait_for()


def test_words_chosen_in_the_transcript_become_a_direction(office: Office, leader: Any) -> None:
    page = leader
    page.goto(f"/transcripts/{office.transcript_id}")
    page.wait_for_selector("[data-transcript][data-awake]")
    row = page.locator(".segment").nth(3)
    said = row.locator(".segment-text").inner_text()
    segment_id = int((row.get_attribute("id") or "").removeprefix("s"))
    row.locator(".segment-text").evaluate(
        "text => getSelection().selectAllChildren(text)"
    )  # as a triple click does
    button = page.get_by_role("button", name="Thành chỉ đạo")
    button.wait_for()
    assert axe.faults(page) == []
    button.click()
    page.wait_for_url("**/directions#d*")
    added: Direction = office.query(lambda m: directions.of_minutes(m)[-1])
    assert added.span == " ".join(said.split())
    assert added.segment_ids == [segment_id]
    page.locator(f"#d{added.id}").wait_for()
