"""Repaired words on the page: quietly marked, taken back by mouse, key and without scripts."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from meetly.accounts.models import User
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.plan import MeetingPlan
from meetly.recordings import service as recordings
from meetly.recordings.sound import Sound
from meetly.transcripts import jobs
from meetly.transcripts import service as transcripts
from meetly.transcripts.models import GlossaryTerm
from meetly.transcripts.transcriber import Heard
from tests.browser import axe
from tests.browser.conftest import House

pytestmark = pytest.mark.browser

Enter = Callable[..., Any]
SAID = (
    "Mời ủy ban nhân dân xã nậm hóa báo cáo, còn bốn mươi bảy hộ chưa nhận tiền.",
    "Giao sở tài chánh trình trước ngày mười lăm tháng mười hai, hai tỷ đồng.",
)
WRITTEN = (
    "Mời UBND xã Nậm Hoa báo cáo, còn 47 hộ chưa nhận tiền.",
    "Giao Sở Tài chính trình trước ngày 15/12, 2 tỷ đồng.",
)


@pytest.fixture
def transcript_id(house: House, tmp_path: Path) -> int:
    path = tmp_path / "họp.ogg"
    path.write_bytes(b"OggS" + bytes(100))
    start = datetime(2099, 11, 23, 1, tzinfo=UTC)
    with house.app.app_context():
        db.session.execute(delete(GlossaryTerm))  # what the test before taught
        nam = db.session.scalars(select(User).where(User.login == house.logins["nam"])).one()
        plan = MeetingPlan(title="Nghe thử", starts_at=start, ends_at=start + timedelta(hours=1))
        recording = recordings.receive_file(nam, meetings.schedule(nam, plan), path)
        transcript = jobs.open_for(recording)
        assert jobs.claim_split("splitter")
        sound = Sound(duration=20.0, codec="opus", channels=1, sample_rate=48000)
        recordings.accept(recording, sound, "audio/ogg", [-0.5, 0.5] * 10)
        assert jobs.add_chunk(
            transcript.id, "splitter", ordinal=0, start=0.0, end=20.0, speech=15.0,
            storage_key=jobs.chunk_key(transcript.id, 0),
        )  # fmt: skip
        assert jobs.finish_split(transcript.id, "splitter")
        chunk = jobs.claim_next("ear")
        assert chunk is not None
        heard = [Heard(1.0 + 8 * n, 8.0 + 8 * n, text, 0.9) for n, text in enumerate(SAID)]
        assert jobs.store(chunk.id, "ear", heard, 1.0)
        assert [s.text for s in transcripts.segments(transcript)] == list(WRITTEN)
        found = transcript.id
        db.session.commit()
        db.session.remove()
    return found


@pytest.mark.parametrize("width", [390, 1280])
def test_one_click_takes_a_repair_back(
    house: House, enter: Enter, transcript_id: int, width: int
) -> None:
    page = enter("nam", width=width)
    page.goto(f"/transcripts/{transcript_id}")
    first = page.locator("#sentences li.segment").first
    assert first.locator(".segment-text").inner_text() == WRITTEN[0]
    assert page.locator(".repair-back").count() == 5
    if os.environ.get("MEETLY_PICTURES"):
        page.screenshot(path=f"{os.environ['MEETLY_PICTURES']}/repairs-{width}.png", full_page=True)
    assert axe.faults(page) == []
    assert axe.sticks_out(page) <= 0
    first.locator(".repair-back", has_text="UBND xã Nậm Hoa").click()
    back = page.locator("#sentences li.segment").first.locator(".segment-text")
    page.wait_for_selector("text=ủy ban nhân dân xã nậm hóa báo cáo")
    assert back.inner_text() == "Mời ủy ban nhân dân xã nậm hóa báo cáo, còn 47 hộ chưa nhận tiền."
    assert page.locator("audio").evaluate("audio => audio.paused")
    page.locator(".repair-back", has_text="15/12").press("Enter")
    page.locator(".repair-back", has_text="15/12").wait_for(state="detached")
    assert page.locator(".repair-back").count() == 3
    assert axe.faults(page) == []


def test_a_repair_goes_back_without_scripts(house: House, enter: Enter, transcript_id: int) -> None:
    page = enter("nam", java_script_enabled=False)
    page.goto(f"/transcripts/{transcript_id}")
    page.locator(".repair-back", has_text="47").click()
    page.wait_for_url(f"**/transcripts/{transcript_id}?page=1*")
    assert "còn bốn mươi bảy hộ" in page.locator("#sentences li.segment").first.inner_text()


def test_the_glossary_page_is_in_order(house: House, enter: Enter, transcript_id: int) -> None:
    with house.app.app_context():
        nam = db.session.scalars(select(User).where(User.login == house.logins["nam"])).one()
        transcript = transcripts.get(nam, transcript_id)
        first = transcripts.segments(transcript)[0]
        text = first.text.replace("nhận tiền", "nhận Tiên").replace("chưa", "trưa")
        transcripts.correct(nam, first.id, first.version, text)
        db.session.commit()
        db.session.remove()
    page = enter("nam")
    page.goto(f"/transcripts/{transcript_id}")
    page.click("text=Từ điển của đơn vị")
    assert "nhận Tiên" in page.locator("main").inner_text()
    assert axe.faults(page) == []
    if os.environ.get("MEETLY_PICTURES"):
        page.screenshot(path=f"{os.environ['MEETLY_PICTURES']}/glossary.png", full_page=True)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe.sticks_out(page) <= 0
