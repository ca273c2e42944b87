"""From a dropped file to a corrected sentence, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from meetly.accounts.models import User
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.plan import MeetingPlan
from meetly.recordings import service as recordings
from meetly.recordings.models import Recording
from meetly.recordings.sound import probe
from meetly.storage import files
from meetly.transcripts import jobs
from meetly.transcripts import service as transcripts
from meetly.transcripts.models import Segment
from meetly.transcripts.transcriber import Heard
from tests import tones
from tests.browser import axe
from tests.browser.conftest import House

pytestmark = pytest.mark.browser

Enter = Callable[..., Any]


@contextmanager
def at_work(house: House) -> Iterator[User]:
    """Work in the house as Nam, beside the browser."""
    with house.app.app_context():
        yield db.session.scalars(select(User).where(User.login == house.logins["nam"])).one()
        db.session.commit()
        db.session.remove()


@pytest.fixture
def meeting_id(house: House) -> int:
    from datetime import UTC, datetime, timedelta

    start = datetime(2099, 11, 23, 1, tzinfo=UTC)
    with at_work(house) as nam:
        plan = MeetingPlan(title="Nghe thử", starts_at=start, ends_at=start + timedelta(hours=1))
        return meetings.schedule(nam, plan).id


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return tones.write_wav(tmp_path / "họp sáng.wav", tones.sentences(6))


def hear_next(house: House, number: int) -> None:
    """Let the worker finish one chunk of ten seconds."""
    with at_work(house):
        chunk = jobs.claim_next("ear")
        assert chunk
        heard = [Heard(0.2, 1.0, f"Câu {number}.", 0.9), Heard(1.1, 2.0, "Hãy đăng ký kênh.", 0.2)]
        assert jobs.store(chunk.id, "ear", heard, 0.5)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_dropped_file_arrives_and_the_page_grows_by_itself(
    house: House, enter: Enter, meeting_id: int, sound: Path, width: int
) -> None:
    page = enter("nam", width=width)
    page.goto(f"/meetings/{meeting_id}/recordings")
    page.set_input_files("input[name=file]", str(sound))
    page.wait_for_selector("text=Đã nhận đủ tệp")
    assert axe.faults(page) == []
    assert axe.sticks_out(page) <= 0
    with at_work(house):
        query = select(Recording).where(Recording.meeting_id == meeting_id)
        recording = db.session.scalars(query).one()
        assert files.read(recording.storage_key) == sound.read_bytes()
        transcript_id = cut_in_two(recording)
    page.goto(f"/transcripts/{transcript_id}")
    assert page.locator(".segment").count() == 0
    hear_next(house, 1)
    page.wait_for_selector(".segment >> text=Câu 1.")
    assert page.locator(".segment").count() == 2
    assert axe.faults(page) == []
    hear_next(house, 2)
    page.wait_for_selector("text=Đã nghe xong toàn bộ bản ghi")
    page.wait_for_selector(".segment >> text=Câu 2.")
    assert page.locator(".segment").count() == 4
    assert axe.sticks_out(page) <= 0


def test_a_file_chosen_before_the_script_came_is_sent_all_the_same(
    enter: Enter, meeting_id: int, sound: Path
) -> None:
    page = enter("nam")
    waiting: list[Any] = []
    page.route("**/static/upload.js*", lambda route: waiting.append(route))
    page.goto(f"/meetings/{meeting_id}/recordings")
    page.set_input_files("input[name=file]", str(sound))
    page.wait_for_timeout(200)
    [script] = waiting
    script.continue_()
    page.wait_for_selector("text=Đã nhận đủ tệp")


def cut_in_two(recording: Recording) -> int:
    """Cut a recording as the worker does, into two chunks."""
    transcript = jobs.open_for(recording)
    assert jobs.claim_split("knife")
    whole = probe(files.path(recording.storage_key))
    recordings.accept(recording, whole, "audio/wav", [-0.4, 0.4] * 50)
    for number in range(2):
        assert jobs.add_chunk(
            transcript.id, "knife", ordinal=number, start=5.0 * number, end=5.0 * (number + 1),
            speech=3.0, storage_key=jobs.chunk_key(transcript.id, number),
        )  # fmt: skip
    assert jobs.finish_split(transcript.id, "knife")
    return transcript.id


def wait_for_second(page: Any, second: float) -> None:
    # Asked from here: the page's own policy forbids the expressions a page-side wait would need.
    for _ in range(100):
        if page.eval_on_selector("audio", "sound => sound.currentTime") > second:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"the sound never reached second {second}")


def test_a_click_plays_the_sentence_and_typing_corrects_it(
    house: House, enter: Enter, meeting_id: int, sound: Path
) -> None:
    with at_work(house) as nam:
        meeting = meetings.get(nam, meeting_id)
        transcript_id = cut_in_two(recordings.receive_file(nam, meeting, sound))
    hear_next(house, 1)
    hear_next(house, 2)
    with at_work(house) as nam:
        last = transcripts.segments(transcripts.get(nam, transcript_id))[2].id
    page = enter("nam")
    page.goto(f"/transcripts/{transcript_id}")
    page.click(f"#s{last} .segment-text")
    wait_for_second(page, 5.2)
    assert page.locator(f"#s{last}.is-playing").count() == 1
    page.click(f"#s{last} .segment-edit")
    page.fill(f"#s{last} textarea", "Câu đã nghe lại.")
    page.click(f"#s{last} [data-leave]")
    page.wait_for_selector(f"#s{last} >> text=Đỗ Văn Nam sửa lúc")
    with at_work(house):
        segment = db.session.get_one(Segment, last)
        assert (segment.text, segment.version, segment.heard) == ("Câu đã nghe lại.", 2, "Câu 2.")
