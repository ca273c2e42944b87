"""Pages of transcripts as people get them, with and without scripts."""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from meetly.accounts.models import User
from meetly.extensions import db
from meetly.transcripts import changes, jobs, service
from meetly.transcripts.models import Chunk, Segment, Transcript
from meetly.transcripts.showing import PAGE
from meetly.transcripts.transcriber import Heard
from tests.cast import Cast
from tests.transcripts.stage import cut, heard, received, transcribed

SignIn = Callable[[User], FlaskClient]
HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}


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
    sent = {"text": "Tại  chỗ.", "version": "1", "base": segment.text}
    answer = browser.post(f"{here}/edit", data=sent, headers=JSON).json
    assert answer and (answer["state"], answer["version"], answer["text"]) == (
        "saved",
        2,
        "Tại chỗ.",
    )
    assert answer["row"].lstrip().startswith("<li")
    assert f'id="s{segment.id}"' in answer["row"]
    refused = browser.post(f"{here}/edit", data={**sent, "text": " "}, headers=JSON)
    assert (refused.status_code, refused.json["state"]) == (422, "refused")  # type: ignore[index]
    gone = browser.post(f"{here}/reject", data={"version": "2"}, headers=JSON).json
    assert gone and "<s>Tại chỗ.</s>" in gone["row"]


def test_two_people_who_correct_one_sentence_both_keep_their_words(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    browser, segment = sign_in(cast.nam), service.segments(transcript)[0]
    here = f"/transcripts/{transcript.id}/segments/{segment.id}/edit"
    base = segment.text
    mine = base.replace("Câu", "Lời")
    theirs = f"{base[:-1]} ạ."
    browser.post(here, data={"text": theirs, "version": "1", "base": base}, headers=JSON)
    merged = browser.post(here, data={"text": mine, "version": "1", "base": base}, headers=JSON)
    assert merged.json and merged.json["state"] == "merged"
    assert merged.json["text"] == "Lời thứ nhất của đoạn 0 ạ."
    clash = browser.post(
        here, data={"text": base.replace("Câu", "Ý"), "version": "1", "base": base}, headers=JSON
    )
    assert clash.status_code == 422
    assert clash.json and clash.json["state"] == "clash"
    assert clash.json["text"] == merged.json["text"]
    again = {"text": base.replace("Câu", "Ý"), "version": str(clash.json["version"])}
    chosen = browser.post(here, data={**again, "base": clash.json["text"]}, headers=JSON)
    assert chosen.json and chosen.json["state"] == "saved"
    other = {"text": base.replace("Câu", "Khúc"), "version": "1", "base": base}
    assert browser.post(here, data=other).status_code == 422
    assert len(service.edits([segment])[segment.id]) == 3


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
    number, heard_at = asked(page)
    for chunk_number in range(3):
        chunk = jobs.claim_next("ear")
        assert chunk and jobs.store(chunk.id, "ear", heard(chunk_number), 60.0)
        db.session.commit()
        piece = browser.get(f"{here}/changes?number={number}&heard={heard_at}", headers=HTMX).text
        assert f"Câu thứ nhất của đoạn {chunk_number}." in piece
        number, heard_at = asked(piece)
    piece = browser.get(f"{here}/progress", headers=HTMX).text
    assert "every 2s" not in piece
    assert "Đã nghe xong" in piece
    assert browser.get(f"{here}/progress").status_code == 302


def asked(page: str) -> tuple[str, str]:
    """Return from where a page will ask for changes."""
    found = re.search(r'data-number="(\d+)" data-heard="([\d.]+)"', page)
    assert found
    return found[1], found[2]


def test_what_others_change_comes_to_a_page_and_nothing_else(
    sign_in: SignIn, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript = transcribed(cast, tmp_path)
    monkeypatch.setattr(changes, "SETTLED", 0)
    browser, here = sign_in(cast.nam), f"/transcripts/{transcript.id}"
    number, heard_at = asked(browser.get(here).text)
    address = "{}/changes?number={}&heard={}"
    nothing = browser.get(address.format(here, number, heard_at)).text
    assert "<li" not in nothing and "data-voices" not in nothing
    first, *_others, last = service.segments(transcript)
    service.correct(cast.nam, last.id, last.version, "Người khác sửa.")
    piece = browser.get(address.format(here, number, heard_at)).text
    assert "Người khác sửa." in piece
    assert first.text not in piece
    number, heard_at = asked(piece)
    assert "<li" not in browser.get(address.format(here, number, heard_at)).text
    speaker = service.speakers(transcript)[0][0]
    service.rename_speaker(cast.nam, speaker.id, name="Lò Thị Hoa")
    assert "Lò Thị Hoa" in browser.get(address.format(here, number, heard_at)).text


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
    assert page.text.count('class="segment ') == PAGE
    waiting = re.findall(r'data-wait="([^"]+)"', page.text)
    assert len(waiting) == -(-10_002 // PAGE) - 1
    assert len(gzip.compress(page.data)) < 30_000
    assert took < 5.0
    there = set(re.findall(r'id="s(\d+)"', page.text))
    for address in waiting:
        ids = re.findall(r'id="s(\d+)"', browser.get(html.unescape(address)).text)
        assert not there & set(ids)
        there |= set(ids)
    assert len(there) == 10_002
    found = browser.get(f"/transcripts/{transcript.id}/segments/{last.id}")
    assert found.location == f"/transcripts/{transcript.id}?page=126#s{last.id}"
    assert browser.get(f"/transcripts/{transcript.id}?page=999").status_code == 200


# -- repairs and glossary ----------------------------------------------------------------------


def repaired(cast: Cast, folder: Path) -> Transcript:
    transcript = cut(received(cast, folder), 1)
    chunk = jobs.claim_next("ear")
    assert chunk is not None
    said = Heard(0.5, 4.0, "Mời xã nậm hóa còn hai mươi hộ <b>.", 0.9)
    assert jobs.store(chunk.id, "ear", [said], took=1.0)
    return transcript


def test_a_repair_is_marked_and_goes_back_with_one_click(
    sign_in: SignIn, cast: Cast, tmp_path: Path
) -> None:
    transcript = repaired(cast, tmp_path)
    here = f"/transcripts/{transcript.id}"
    browser, [segment] = sign_in(cast.nam), service.segments(transcript)
    page = browser.get(here).text
    assert "Máy nghe là “xã nậm hóa”. Bấm để trả lại." in page
    assert 'id="restore"' in page and page.count('form="restore"') == 2
    assert "&lt;b&gt;" in page and "<b>" not in page
    assert "từ trên 1.000 từ" in page
    back = f"{here}/segments/{segment.id}/repairs/0"
    row = browser.post(back, data={"version": "1"}, headers=HTMX)
    assert "Mời xã nậm hóa còn" in row.text and 'form="restore"' in row.text
    assert browser.post(back, data={"version": "1"}).status_code == 409
    assert browser.post(back, data={}).status_code == 400
    answer = browser.post(back, data={"version": "2"})
    assert answer.location == f"{here}?page=1#s{segment.id}"
    assert segment.text == "Mời xã nậm hóa còn hai mươi hộ <b>."
    leader = sign_in(cast.khai).get(here).text
    assert 'form="restore"' not in leader and 'id="restore"' not in leader


def test_the_leader_sees_what_was_heard(sign_in: SignIn, cast: Cast, tmp_path: Path) -> None:
    transcript = repaired(cast, tmp_path)
    page = sign_in(cast.khai).get(f"/transcripts/{transcript.id}").text
    assert '<span class="repaired" title="Máy nghe là “xã nậm hóa”">xã Nậm Hoa</span>' in page


def test_the_glossary_is_listed_and_weeded(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    browser, segment = sign_in(cast.nam), service.segments(transcript)[0]
    assert "Từ điển còn trống" in browser.get("/transcripts/glossary").text
    service.correct(cast.nam, segment.id, 1, "Câu thứ nhất của Đoạn Pho 0.")
    service.correct(cast.nam, segment.id, 2, "Câu chứ nhất của Đoạn Pho 0.")
    page = browser.get("/transcripts/glossary").text
    assert "thứ nhất" in page and "Chờ sửa thêm một lần" in page
    assert "/transcripts/glossary/1/remove" in page
    assert "/remove" not in sign_in(cast.khai).get("/transcripts/glossary").text
    assert "thứ nhất" not in sign_in(cast.long).get("/transcripts/glossary").text
    assert sign_in(cast.la).post("/transcripts/glossary/1/remove").status_code == 404
    assert browser.post("/transcripts/glossary/1/remove").status_code == 302
    assert "/transcripts/glossary/1/remove" not in browser.get("/transcripts/glossary").text
