"""Pages of transcripts as people get them, with and without scripts."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from meetly.accounts.models import User
from meetly.extensions import db
from meetly.transcripts import jobs, service
from meetly.transcripts.models import Chunk, Segment, Transcript
from meetly.transcripts.transcriber import Heard
from tests.cast import Cast
from tests.transcripts.stage import cut, heard, received, transcribed

SignIn = Callable[[User], FlaskClient]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def transcript(cast: Cast, tmp_path: Path) -> Transcript:
    return transcribed(cast, tmp_path)


def test_everything_is_for_the_host_only(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    segment = service.segments(transcript)[0]
    here = f"/transcripts/{transcript.id}"
    addresses = [
        here, f"{here}/progress", f"{here}/export.txt", f"{here}/segments/{segment.id}",
        f"{here}/segments/{segment.id}/history",
        f"/recordings/{transcript.recording_id}/transcript",
    ]  # fmt: skip
    leader = sign_in(cast.khai)
    for address in addresses:
        assert leader.get(address).status_code in (200, 302), address
        for user in (cast.long, cast.sinh, cast.la):
            assert sign_in(user).get(address).status_code == 404, address
        assert sign_in(cast.hoa).get(address).status_code == 403, address
    assert "segment-edit" not in leader.get(here).text


def test_the_page_shows_doubts_speakers_and_words(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    page = sign_in(cast.nam).get(f"/transcripts/{transcript.id}").text
    assert "<s>Câu thứ hai của đoạn 1.</s>" in page
    assert "Câu này máy hay tự thêm vào chỗ im lặng." in page
    assert "Máy nghe chưa chắc câu này" in page
    assert "Vàng A Sình" in page
    assert f"/recordings/{transcript.recording_id}/peaks" in page


def test_a_correction_works_as_a_page(sign_in: SignIn, cast: Cast, transcript: Transcript) -> None:
    browser, segment = sign_in(cast.nam), service.segments(transcript)[0]
    here = f"/transcripts/{transcript.id}/segments/{segment.id}"
    assert "Câu thứ nhất của đoạn 0." in browser.get(f"{here}/edit").text
    answer = browser.post(f"{here}/edit", data={"text": "Đã sửa.", "version": "1"})
    assert answer.location == f"/transcripts/{transcript.id}?page=1#s{segment.id}"
    page = browser.get(answer.location).text
    assert "Đã sửa." in page
    assert "Đỗ Văn Nam sửa lúc" in page
    past = browser.get(f"{here}/history").text
    assert "<del>" in past
    assert "<ins>" in past


def test_a_correction_works_in_place(sign_in: SignIn, cast: Cast, transcript: Transcript) -> None:
    browser, segment = sign_in(cast.nam), service.segments(transcript)[1]
    here = f"/transcripts/{transcript.id}/segments/{segment.id}"
    form = browser.get(f"{here}/edit", headers=HTMX).text
    assert form.lstrip().startswith("<li")
    assert "<html" not in form
    row = browser.post(f"{here}/edit", data={"text": "Tại chỗ.", "version": "1"}, headers=HTMX)
    assert row.status_code == 200
    assert f'id="s{segment.id}"' in row.text
    assert "Tại chỗ." in row.text
    gone = browser.post(f"{here}/reject", data={"version": "2"}, headers=HTMX)
    assert "<s>Tại chỗ.</s>" in gone.text


def test_a_conflict_shows_both_texts(sign_in: SignIn, cast: Cast, transcript: Transcript) -> None:
    browser, segment = sign_in(cast.nam), service.segments(transcript)[0]
    here = f"/transcripts/{transcript.id}/segments/{segment.id}/edit"
    browser.post(here, data={"text": "Của người trước.", "version": "1"})
    answer = browser.post(here, data={"text": "Của <b>tôi</b>.", "version": "1"})
    assert answer.status_code == 422
    assert "Của người trước." in answer.text
    assert "Của &lt;b&gt;tôi&lt;/b&gt;." in answer.text
    assert browser.post(here, data={"text": "Của tôi.", "version": "2"}).status_code == 302
    assert browser.post(here, data={"text": "x", "version": "nope"}).status_code in (400, 422)
    assert browser.post(here, data={"text": "", "version": "3"}).status_code == 422


def test_a_segment_of_another_transcript_is_not_found(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    segment = service.segments(transcript)[0]
    browser = sign_in(cast.nam)
    assert browser.get(f"/transcripts/999/segments/{segment.id}").status_code == 404
    assert browser.get(f"/transcripts/999/segments/{segment.id}/edit").status_code == 404


def test_the_page_grows_while_it_is_made(sign_in: SignIn, cast: Cast, tmp_path: Path) -> None:
    transcript = cut(received(cast, tmp_path), 3)
    browser, here = sign_in(cast.nam), f"/transcripts/{transcript.id}"
    page = browser.get(here).text
    assert 'hx-trigger="every 2s"' in page
    assert "đang đo tốc độ máy" in page
    last = 0
    for number in range(3):
        chunk = jobs.claim_next("ear")
        assert chunk and jobs.store(chunk.id, "ear", heard(number), 60.0)
        db.session.commit()
        piece = browser.get(f"{here}/progress?after={last}&room=50", headers=HTMX).text
        assert f"Câu thứ nhất của đoạn {number}." in piece
        assert f"Câu thứ nhất của đoạn {number - 1}." not in piece
        assert 'hx-swap-oob="beforeend"' in piece
        last = service.segments(transcript)[-1].id
    assert "every 2s" not in piece
    assert "Đã nghe xong" in piece
    assert browser.get(f"{here}/progress").status_code == 302


def test_the_list_of_recordings_hears_how_far_it_is(
    sign_in: SignIn, cast: Cast, tmp_path: Path
) -> None:
    recording = received(cast, tmp_path)
    browser, address = sign_in(cast.nam), f"/recordings/{recording.id}/transcript"
    assert "Máy sẽ bóc băng ngay" in browser.get(address, headers=HTMX).text
    assert browser.get(address).location == f"/meetings/{recording.meeting_id}/recordings"
    transcript = cut(recording, 2)
    assert "0/2" in browser.get(address, headers=HTMX).text
    for number in range(2):
        chunk = jobs.claim_next("ear")
        assert chunk and jobs.store(chunk.id, "ear", heard(number), 1.0)
    db.session.commit()
    assert "Mở bản bóc băng" in browser.get(address, headers=HTMX).text
    assert browser.get(address).location == f"/transcripts/{transcript.id}"


def test_gaps_and_failures_say_what_to_do(sign_in: SignIn, cast: Cast, tmp_path: Path) -> None:
    transcript = cut(received(cast, tmp_path), 2)
    first = jobs.claim_next("ear")
    assert first and jobs.store(first.id, "ear", heard(0), 1.0)
    for _ in range(3):
        chunk = jobs.claim_next("ear")
        assert chunk and jobs.give_up(chunk.id, "ear")
    db.session.commit()
    browser, here = sign_in(cast.nam), f"/transcripts/{transcript.id}"
    page = browser.get(here).text
    assert "Có đoạn máy không bóc băng được" in page
    assert "00:10–00:20" in page


def test_a_failed_transcript_can_be_set_to_work_again(
    sign_in: SignIn, cast: Cast, tmp_path: Path
) -> None:
    transcript = cut(received(cast, tmp_path), 1, empty=[0])
    browser, here = sign_in(cast.nam), f"/transcripts/{transcript.id}"
    page = browser.get(here).text
    assert "Không nghe thấy ai nói" in page
    assert "NO_SPEECH" not in page
    assert browser.post(f"{here}/retry").status_code == 302
    assert sign_in(cast.khai).post(f"{here}/retry").status_code == 403
    db.session.expire_all()
    assert transcript.status == "splitting"


def test_speakers_are_named_by_the_secretary(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    speaker = service.speakers(transcript)[1][0]
    browser, address = sign_in(cast.nam), f"/speakers/{speaker.id}"
    assert "Vàng A Sình" in browser.get(address).text
    sent = {"name": "Lò Thị Hoa", "position": "Phó Chủ tịch", "unit": str(cast.nam_hoa.id)}
    assert browser.post(address, data=sent).location == f"/transcripts/{transcript.id}"
    assert "Lò Thị Hoa" in browser.get(f"/transcripts/{transcript.id}").text
    assert browser.post(address, data={**sent, "name": ""}).status_code == 200
    assert sign_in(cast.la).get(address).status_code == 404
    assert sign_in(cast.khai).get(address).status_code == 403


def test_events_are_taken_in_by_a_form(sign_in: SignIn, cast: Cast, transcript: Transcript) -> None:
    browser, address = sign_in(cast.nam), f"/recordings/{transcript.recording_id}/talks"
    said = json.dumps([{"speaker": "Phạm Đức Long", "start": 0, "end": 60}]).encode()
    assert browser.post(address, data={"talks": (io.BytesIO(said), "x.json")}).status_code == 302
    assert "Phạm Đức Long" in browser.get(f"/transcripts/{transcript.id}").text
    assert browser.post(address, data={}).status_code == 400
    assert browser.post(address, data={"talks": (io.BytesIO(b"[1"), "x")}).status_code == 400


@pytest.mark.parametrize("ending", ["txt", "srt", "vtt", "json"])
def test_files_are_handed_out(
    sign_in: SignIn, cast: Cast, transcript: Transcript, ending: str
) -> None:
    answer = sign_in(cast.nam).get(f"/transcripts/{transcript.id}/export.{ending}")
    assert answer.status_code == 200
    assert f"ban-boc-bang-{transcript.id}.{ending}" in answer.headers["Content-Disposition"]
    assert "Câu thứ nhất của đoạn 2." in answer.text


def test_other_endings_are_not_found(sign_in: SignIn, cast: Cast, transcript: Transcript) -> None:
    assert sign_in(cast.nam).get(f"/transcripts/{transcript.id}/export.exe").status_code == 404


def test_taking_a_recording_away(sign_in: SignIn, cast: Cast, transcript: Transcript) -> None:
    address = f"/recordings/{transcript.recording_id}/discard"
    assert sign_in(cast.khai).post(address).status_code == 403
    assert sign_in(cast.la).post(address).status_code == 404
    assert sign_in(cast.nam).post(address).status_code == 302
    assert db.session.query(Transcript).count() == 0


def test_ten_thousand_sentences_do_not_weigh_the_page_down(
    sign_in: SignIn, cast: Cast, tmp_path: Path
) -> None:
    transcript = transcribed(cast, tmp_path, 1)
    chunk = db.session.query(Chunk).one()
    sentence = Heard(0, 3.0, "Một câu dài vừa phải để trang có cái mà hiện ra.", 0.9)
    made = [jobs._segment(chunk, number, sentence) for number in range(10, 10_010)]
    for number, segment in enumerate(made):
        segment.start, segment.end = 10 + number * 3.0, 13 + number * 3.0
    db.session.add_all(made)
    db.session.commit()
    last = db.session.query(Segment).order_by(Segment.id.desc()).first()
    assert last
    browser = sign_in(cast.nam)
    begun = time.perf_counter()
    page = browser.get(f"/transcripts/{transcript.id}?page=26")
    took = time.perf_counter() - begun
    assert page.status_code == 200
    assert page.text.count('class="segment ') == 200
    assert len(page.data) < 400_000
    assert took < 5.0
    found = browser.get(f"/transcripts/{transcript.id}/segments/{last.id}")
    assert found.location == f"/transcripts/{transcript.id}?page=51#s{last.id}"
    assert browser.get(f"/transcripts/{transcript.id}?page=999").status_code == 200
