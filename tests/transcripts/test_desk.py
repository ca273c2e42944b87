"""The desk: many words at once, whose voice it is, where the agenda begins; without scripts too."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from meetly import audit, search
from meetly.accounts.models import User
from meetly.errors import BadInput, NotAllowed, NotFound, Stale
from meetly.extensions import db
from meetly.meetings.models import AgendaItem
from meetly.transcripts import changes, correcting, floor, service
from meetly.transcripts.finding import Wanted
from meetly.transcripts.models import Segment, Transcript
from tests.cast import Cast
from tests.transcripts.stage import transcribed

SignIn = Callable[[User], FlaskClient]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def transcript(cast: Cast, tmp_path: Path) -> Transcript:
    return transcribed(cast, tmp_path)


def texts(transcript: Transcript) -> list[str]:
    return [segment.text for segment in service.segments(transcript)]


def picks(page: str) -> list[str]:
    return re.findall(r'name="pick" value="(\d+:\d+)"', page)


# -- find and replace --------------------------------------------------------------------------


def test_words_are_found_and_shown_before_they_are_replaced(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    browser, here = sign_in(cast.nam), f"/transcripts/{transcript.id}"
    page = browser.get(f"{here}/find?q=cau+thu+hai&by=Ý+thứ+hai").text
    assert page.count("<del>Câu thứ hai</del><ins>Ý thứ hai</ins>") == 3
    assert picks(browser.get(f"{here}/find?q=cau+thu+hai&by=Câu+thứ+hai").text) == []
    first, second, third = picks(page)
    sent = {"q": "cau thu hai", "by": "Ý thứ hai", "pick": [first, third]}
    done = browser.post(f"{here}/replace", data=sent).text
    assert "Đã thay ở 2 câu." in done
    assert [text.startswith("Ý") for text in texts(transcript)] == [
        False, True, False, False, False, True,
    ]  # fmt: skip
    edits = re.search(r'name="edits" value="([\d ]+)"', done)
    assert edits
    back = browser.post(f"{here}/replace/undo", data={"edits": edits[1]}).text
    assert "Đã trả lại 2 câu như cũ." in back
    assert not any(text.startswith("Ý") for text in texts(transcript))
    assert second in picks(browser.get(f"{here}/find?q=cau+thu+hai&by=x").text)


def test_a_leader_finds_but_does_not_replace(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    browser, here = sign_in(cast.khai), f"/transcripts/{transcript.id}"
    page = browser.get(f"{here}/find?q=cau+thu+hai&by=x", headers=HTMX).text
    assert page.count("<mark>Câu thứ hai</mark>") == 3
    assert "<html" not in page and picks(page) == []
    assert browser.post(f"{here}/replace", data={"q": "cau", "by": "x"}).status_code == 403
    assert "Không thấy" in browser.get(f"{here}/find?q=khongcotrongnay").text
    assert browser.get(f"{here}/find?q={'x' * 300}").status_code == 200


def test_a_replacement_leaves_alone_what_was_corrected_meanwhile(
    cast: Cast, transcript: Transcript
) -> None:
    everything = service.segments(transcript)
    picked = [(segment.id, segment.version) for segment in everything]
    service.correct(cast.nam, everything[0].id, 1, "Câu đã sửa của người khác.")
    done = correcting.replace(cast.nam, transcript, Wanted("câu"), "Ý", picked)
    assert [segment.id for segment in done.stale] == [everything[0].id]
    assert len(done.changed) == len(done.edits) == 5
    assert everything[0].text == "Câu đã sửa của người khác."
    service.correct(cast.nam, everything[1].id, everything[1].version, "Sửa sau khi thay.")
    back = correcting.undo(cast.nam, transcript, done.edits)
    assert [segment.id for segment in back.stale] == [everything[1].id]
    assert texts(transcript)[1:3] == ["Sửa sau khi thay.", "Câu thứ nhất của đoạn 1."]
    assert audit.verify() is None


def test_a_replacement_keeps_the_machines_doubts(cast: Cast, transcript: Transcript) -> None:
    [doubted] = [segment for segment in service.segments(transcript) if segment.suspicion]
    done = correcting.replace(
        cast.nam, transcript, Wanted("Câu"), "Lời", [(doubted.id, doubted.version)]
    )
    assert [segment.suspicion for segment in done.changed] == ["phrase"]
    [edit] = service.edits([doubted])[doubted.id]
    assert edit.after == "Lời thứ hai của đoạn 1."


def test_a_sentence_does_not_become_empty(cast: Cast, transcript: Transcript) -> None:
    segment = service.segments(transcript)[0]
    wanted = Wanted(segment.text)
    done = correcting.replace(cast.nam, transcript, wanted, "", [(segment.id, segment.version)])
    assert (done.changed, done.stale) == ([], [])


def test_only_ones_own_replacement_of_this_transcript_is_taken_back(
    cast: Cast, transcript: Transcript
) -> None:
    segment = service.segments(transcript)[0]
    done = correcting.replace(cast.nam, transcript, Wanted("câu"), "Ý", [(segment.id, 1)])
    with pytest.raises(NotAllowed):
        correcting.undo(cast.khai, transcript, done.edits)
    edit = service.edits([segment])[segment.id][0]
    edit.user_id = cast.khai.id
    db.session.flush()
    with pytest.raises(BadInput):
        correcting.undo(cast.nam, transcript, done.edits)


def test_what_was_heard_again_is_no_longer_corrected(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    old, new = service.segments(transcript)[:2]
    old.current = False
    here = f"/transcripts/{transcript.id}/segments/{old.id}"
    sent = {"text": "Đã sửa.", "version": "1", "base": old.text}
    browser = sign_in(cast.nam)
    answer = browser.post(f"{here}/edit", data=sent, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert answer.json and "nghe lại" in answer.json["message"]
    assert old.text not in browser.get(f"/transcripts/{transcript.id}").text
    assert old.id not in [hit.id for hit in correcting.find(transcript, Wanted("câu"))]
    # what stands at its second now; nothing stood before the first
    new.start = old.start
    assert browser.get(here).location == f"/transcripts/{transcript.id}?page=1#s{new.id}"


# -- voices ------------------------------------------------------------------------------------


def test_a_run_of_sentences_is_given_to_a_new_voice(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    browser = sign_in(cast.nam)
    first, second, third = service.segments(transcript)[:3]
    here = f"/transcripts/{transcript.id}/segments/{first.id}/voice"
    page = browser.get(here).text
    assert f'<option selected value="{second.id}">' in page  # the turn ends there
    sent = {"until": str(third.id), "voice": "-1", "name": " Hoàng  Thu Hà "}
    assert browser.post(here, data=sent).status_code == 302
    names = [s.speaker.name for s in service.segments(transcript) if s.speaker]
    assert names[:4] == ["Hoàng Thu Hà"] * 3 + ["Vàng A Sình"]
    assert browser.post(here, data={**sent, "name": ""}).status_code == 422
    nobody = {"until": str(first.id), "voice": "0", "name": ""}
    assert browser.post(here, data=nobody, headers=HTMX).status_code == 204
    assert service.segments(transcript)[0].speaker is None
    assert sign_in(cast.khai).get(here).status_code == 403


def test_a_voice_of_another_transcript_is_not_found(
    cast: Cast, transcript: Transcript, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = transcribed(cast, tmp_path / "other", 1)
    stranger = service.speakers(other)[0][0]
    with pytest.raises(NotFound):
        floor.voice(cast.nam, transcript, stranger.id)
    with pytest.raises(NotFound):
        floor.assign(cast.nam, service.segments(transcript)[:1], stranger)
    with pytest.raises(NotFound):
        floor.run_of(service.segments(transcript)[0], service.segments(other)[0])


def test_a_voice_by_a_known_name_is_that_voice(cast: Cast, transcript: Transcript) -> None:
    there = service.speakers(transcript)[1][0]
    assert floor.voice(cast.nam, transcript, -1, "vàng a sình") is there
    service.rename_speaker(cast.nam, there.id, name="Lò Thị Hoa")
    again = floor.voice(cast.nam, transcript, -1, there.label)
    assert again is not None and again is not there
    assert again.label != there.label
    assert again.name == there.label


def test_a_sentence_is_split_between_two_people(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    browser, whole = sign_in(cast.nam), service.segments(transcript)[2]
    whole.words = [
        [10.5 + n * 0.5, 11.0 + n * 0.5, w, 0.9] for n, w in enumerate(whole.text.split())
    ]
    following = service.segments(transcript)[3]
    speakers = [speaker.id for speaker, _c, _s in service.speakers(transcript)]
    here = f"/transcripts/{transcript.id}/segments/{whole.id}/split"
    page = browser.get(f"{here}?at=3").text
    assert re.search(r'checked[^>]*name="at"[^>]*value="3"', page)
    sent = {"at": "3", "first": str(speakers[0]), "second": str(speakers[1]), "version": "1"}
    assert browser.post(here, data=sent).status_code == 302
    first, second, third = service.segments(transcript)[2:5]
    assert first.id == whole.id
    assert (first.text, second.text) == ("Câu thứ nhất", "của đoạn 1.")
    assert (first.end, second.start) == (12.0, 12.0)
    assert [s.speaker_id for s in (first, second)] == speakers[:2]
    assert third.id == following.id
    assert len(first.words) + len(second.words) == 6
    assert search.find("doan", search.SearchEntry.row_id == second.id)
    assert browser.post(here, data=sent).status_code == 422  # an older version
    assert browser.post(here, data={**sent, "at": "x", "version": "2"}).status_code == 422
    assert len(service.segments(transcript)) == 7
    history = browser.get(f"/transcripts/{transcript.id}/segments/{second.id}/history").text
    assert "<del>" in history


def test_a_split_of_what_somebody_corrected_is_refused(cast: Cast, transcript: Transcript) -> None:
    segment = service.segments(transcript)[0]
    with pytest.raises(Stale):
        floor.split(cast.nam, segment, 9, 1, (None, None))
    with pytest.raises(BadInput):
        floor.split(cast.nam, segment, 1, 0, (None, None))
    with pytest.raises(NotAllowed):
        floor.split(cast.khai, segment, 1, 1, (None, None))


def test_a_voice_is_renamed_where_it_stands(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    speaker = service.speakers(transcript)[0][0]
    browser, address = sign_in(cast.nam), f"/speakers/{speaker.id}/name"
    answer = browser.post(address, data={"name": "Lò Thị Hoa"}, headers=HTMX)
    assert answer.status_code == 204
    assert "transcript-changed" in json.loads(answer.headers["HX-Trigger"])
    assert browser.post(address, data={"name": "Lò Thị Hoa"}).status_code == 302
    assert browser.post(address, data={"name": ""}).status_code == 400
    only = browser.get(f"/transcripts/{transcript.id}?voice={speaker.id}").text
    assert only.count('class="segment ') == 2
    assert "Xem mọi câu" in only


# -- the agenda --------------------------------------------------------------------------------


def test_an_item_is_supposed_where_it_is_announced_until_somebody_says(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    meeting_id, (first, second) = transcript.meeting_id, service.segments(transcript)[:2]
    db.session.query(AgendaItem).delete()
    db.session.add(AgendaItem(meeting_id=meeting_id, ordinal=1, title="Việc giải ngân"))
    first.text = "Ta bắt đầu việc giải ngân."
    browser, here = sign_in(cast.nam), f"/transcripts/{transcript.id}/agenda"
    page = browser.get(here).text
    assert f"/segments/{first.id}" in page and "máy đoán" in page
    assert browser.post(here, data={"item": "1", "second": "5.0"}).status_code == 303
    page = browser.get(here, headers=HTMX).text
    assert f"/segments/{second.id}" in page and "máy đoán" not in page
    assert browser.post(here, data={"item": "1", "second": "20.6"}, headers=HTMX).status_code == 303
    marked = db.session.query(Segment).filter(Segment.agenda.is_not(None)).all()
    assert [segment.start for segment in marked] == [20.5]
    assert sign_in(cast.khai).post(here, data={"item": "1"}).status_code == 403


# -- news --------------------------------------------------------------------------------------


def test_whoever_asks_again_and_again_gets_every_change_once(
    cast: Cast, transcript: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST_ENTRIES", 2)
    monkeypatch.setattr(changes, "MOST_CHUNKS", 1)
    monkeypatch.setattr(changes, "SETTLED", 0)
    number, heard = changes.now()
    everything = service.segments(transcript)
    for segment in (everything[0], everything[2], everything[4], everything[5]):
        service.correct(cast.nam, segment.id, segment.version, "Đã sửa.")
    seen: list[int] = []
    for _ in range(6):
        found = changes.since(transcript, number, heard)
        number, heard = found.number, found.heard
        seen += [chunk.ordinal for chunk, _segments in found.chunks]
    assert set(seen) == {0, 1, 2}
    assert changes.since(transcript, number, heard).chunks == []


def test_what_happens_elsewhere_is_no_news(
    cast: Cast, transcript: Transcript, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = transcribed(cast, tmp_path / "other", 1)
    number, heard = changes.now()
    elsewhere = service.segments(other)[0]
    service.correct(cast.nam, elsewhere.id, 1, "Nơi khác.")
    floor.assign(cast.nam, service.segments(other), None)
    found = changes.since(transcript, number, heard + 1000)
    assert (found.chunks, found.speakers, found.everything) == ([], False, False)
    assert found.number > number


def test_a_run_given_to_a_voice_and_a_split_are_news(cast: Cast, transcript: Transcript) -> None:
    number, heard = changes.now()
    everything = service.segments(transcript)
    floor.assign(cast.nam, everything[:3], None)
    floor.split(cast.nam, everything[5], 1, 2, (None, None))
    found = changes.since(transcript, number, heard + 1000)
    assert [chunk.ordinal for chunk, _ in found.chunks] == [0, 1, 2]
    assert len(found.chunks[2][1]) == 3
    assert found.speakers
