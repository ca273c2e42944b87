"""Hearing again: the old text stays until the new is there, and every hearing can come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetly import search
from meetly.accounts.models import User
from meetly.errors import BadInput, NotAllowed, NotConfigured, NotFound, WrongState
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.gathering import heard_in
from meetly.transcripts import exports, floor, jobs, service
from meetly.transcripts.models import Chunk, ChunkStatus, Segment, SegmentEdit, Transcript
from meetly.transcripts.takes import moments
from meetly.transcripts.takes import service as takes
from meetly.transcripts.transcriber import Heard
from tests.cast import Cast
from tests.transcripts.stage import heard, transcribed
from workers import draft_minutes

SignIn = Callable[[User], FlaskClient]
ANEW = [Heard(0.5, 9.0, "Đã nghe lại cho rõ.", 0.95)]


@pytest.fixture
def transcript(cast: Cast, tmp_path: Path) -> Transcript:
    return transcribed(cast, tmp_path)


@pytest.fixture
def better(app: Flask) -> str:
    """Offer a second model and return its path."""
    config = app.extensions["meetly_config"]
    app.extensions["meetly_config"] = replace(config, speech_models=" /models/better.pt , ")
    return "/models/better.pt"


def chunk_of(transcript: Transcript, ordinal: int = 1) -> Chunk:
    query = select(Chunk).where(Chunk.transcript_id == transcript.id, Chunk.ordinal == ordinal)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def key_of(transcript: Transcript, path: str = "") -> str:
    return next(m.key for m in takes.models(transcript) if m.path == (path or transcript.model))


def said(transcript: Transcript) -> list[str]:
    return [s.text for s in service.segments(transcript)]


def hear(pieces: list[Heard] = ANEW) -> Chunk:
    chunk = jobs.claim_next("ear")
    assert chunk and jobs.store(chunk.id, "ear", pieces, 2.0)
    db.session.flush()
    return chunk


def test_the_old_text_is_shown_until_the_new_is_there(cast: Cast, transcript: Transcript) -> None:
    before = said(transcript)
    takes.hear_again(cast.nam, chunk_of(transcript).id, key_of(transcript))
    assert transcript.status == "transcribing"
    assert said(transcript) == before
    assert service.progress(transcript).again == 1
    heard_chunk = hear()
    assert heard_chunk.ordinal == 1, "nothing else is heard again"
    db.session.refresh(transcript)
    assert transcript.status == "ready"
    assert said(transcript) == [*before[:2], "Đã nghe lại cho rõ.", *before[4:]]
    assert "Đã nghe lại cho rõ." in exports.as_text(service.export(transcript))
    assert before[2] not in exports.as_text(service.export(transcript))
    counted = service.speakers(transcript)
    assert sum(count for _speaker, count, _seconds in counted) == 5


def test_every_hearing_is_kept_and_comes_back_with_a_click(
    cast: Cast, transcript: Transcript
) -> None:
    chunk, before = chunk_of(transcript), service.segments(transcript)
    service.correct(cast.nam, before[2].id, 1, "Sửa bằng tay.")
    corrected = said(transcript)
    takes.hear_again(cast.nam, chunk.id, key_of(transcript), sure=True)
    hear()
    assert not search.find("sua bang tay", search.SearchEntry.kind == "segment")
    assert search.find("nghe lai cho ro", search.SearchEntry.kind == "segment")
    two, one = takes.versions(cast.nam, chunk.id)
    assert (two.number, two.is_shown, one.corrected) == (2, True, 1)
    takes.restore(cast.nam, chunk.id, 1)
    assert said(transcript) == corrected
    assert search.find("sua bang tay", search.SearchEntry.kind == "segment")
    assert not search.find("nghe lai cho ro", search.SearchEntry.kind == "segment")
    assert service.edits([before[2]])[before[2].id][0].after == "Sửa bằng tay."
    takes.hear_again(cast.nam, chunk.id, key_of(transcript), sure=True)
    hear([Heard(0.0, 3.0, "Lần thứ ba.", 0.9)])
    assert [v.number for v in takes.versions(cast.nam, chunk.id)] == [3, 2, 1]
    with pytest.raises(NotFound):
        takes.restore(cast.nam, chunk.id, 4)


def test_corrections_are_asked_about_first(cast: Cast, transcript: Transcript) -> None:
    chunk, first = chunk_of(transcript), service.segments(transcript)[2]
    service.correct(cast.nam, first.id, 1, "Sửa bằng tay.")
    with pytest.raises(WrongState, match="1 câu"):
        takes.hear_again(cast.nam, chunk.id, key_of(transcript))
    db.session.refresh(chunk)
    assert (chunk.status, transcript.status) == ("done", "ready")
    assert takes.hear_again(cast.nam, chunk.id, key_of(transcript), sure=True)


def test_only_offered_models_and_only_secretaries(
    cast: Cast, transcript: Transcript, better: str
) -> None:
    chunk = chunk_of(transcript)
    assert [m.name for m in takes.models(transcript)] == ["micro-vi", "better"]
    for key in ("", "/etc/passwd", better, "tests.tones:ToneTranscriber"):
        with pytest.raises(BadInput):
            takes.hear_again(cast.nam, chunk.id, key)
    with pytest.raises(NotAllowed):
        takes.hear_again(cast.khai, chunk.id, key_of(transcript))
    with pytest.raises(NotFound):
        takes.hear_again(cast.la, chunk.id, key_of(transcript))
    with pytest.raises(NotAllowed):
        takes.restore(cast.khai, chunk.id, 1)
    takes.hear_again(cast.nam, chunk.id, key_of(transcript, better))
    assert hear().model == better
    assert [v.model for v in takes.versions(cast.nam, chunk.id)] == ["better", "micro-vi"]
    takes.restore(cast.nam, chunk.id, 1)
    assert chunk_of(transcript).model == ""
    takes.hear_again(cast.nam, chunk.id, key_of(transcript))
    with pytest.raises(WrongState, match="sắp nghe"):
        takes.hear_again(cast.nam, chunk.id, key_of(transcript))


def test_a_model_that_is_not_there_leaves_the_text_as_it_was(
    cast: Cast, transcript: Transcript, better: str
) -> None:
    before = said(transcript)
    for ordinal in (0, 1):
        takes.hear_again(cast.nam, chunk_of(transcript, ordinal).id, key_of(transcript, better))
    assert jobs.claim_next("ear")
    jobs.fail(transcript.id, "ear", NotConfigured("Không có mô hình."))
    db.session.refresh(transcript)
    assert (transcript.status, said(transcript)) == ("ready", before)
    kept = chunk_of(transcript)
    assert (kept.status, kept.model, kept.take) == ("done", "", 1)
    assert kept.failure == "NOT_CONFIGURED: Không có mô hình."


@pytest.mark.parametrize("ending", ["killed", "engine"])
def test_a_hearing_that_comes_to_no_end_leaves_no_gap(
    cast: Cast, transcript: Transcript, ending: str
) -> None:
    before = said(transcript)
    takes.hear_again(cast.nam, chunk_of(transcript).id, key_of(transcript))
    for _ in range(3):
        chunk = jobs.claim_next("ear")
        assert chunk and chunk.ordinal == 1
        if ending == "engine":
            jobs.give_up(chunk.id, "ear")
        else:
            jobs.release("ear")
    assert jobs.claim_next("ear") is None
    db.session.refresh(transcript)
    assert (transcript.status, said(transcript)) == ("ready", before)
    assert service.gaps(transcript) == []
    assert chunk_of(transcript).failure


def test_hearing_again_can_be_stopped(cast: Cast, transcript: Transcript) -> None:
    before = said(transcript)
    for ordinal in (0, 1):
        takes.hear_again(cast.nam, chunk_of(transcript, ordinal).id, key_of(transcript))
    first = jobs.claim_next("ear")
    assert first and first.ordinal == 0
    service.cancel(cast.nam, transcript)
    assert not jobs.store(first.id, "ear", ANEW, 1.0), "what was called off is not stored"
    db.session.refresh(transcript)
    assert (transcript.status, said(transcript)) == ("ready", before)
    assert jobs.claim_next("ear") is None


def test_everything_a_speaker_said_is_heard_again(cast: Cast, transcript: Transcript) -> None:
    speaker = service.speakers(transcript)[1][0]
    assert [c.ordinal for c in takes.chunks_of(speaker)] == [1, 2]
    assert takes.hear_speaker_again(cast.nam, speaker.id, key_of(transcript)) == 2
    hear()
    db.session.refresh(transcript)
    assert transcript.status == "transcribing"
    hear()
    db.session.refresh(transcript)
    assert (transcript.status, len(service.segments(transcript))) == ("ready", 4)


def test_who_was_said_to_speak_speaks_on(cast: Cast, transcript: Transcript) -> None:
    khai = service.speakers(transcript)[0][0]
    floor.assign(cast.nam, service.segments(transcript)[2:4], khai)
    floor.mark(cast.nam, transcript, 2, service.segments(transcript)[2])
    before = service.segments(transcript)[2]
    takes.hear_again(cast.nam, chunk_of(transcript).id, key_of(transcript))
    hear()
    anew = service.segments(transcript)[2]
    assert anew.id != before.id
    assert (anew.speaker, anew.assigned, anew.agenda) == (khai, True, 2)
    assert floor.marks(transcript)[2] is anew


def test_a_gap_is_heard_again(cast: Cast, transcript: Transcript) -> None:
    chunk = chunk_of(transcript)
    for segment in db.session.scalars(select(Segment).where(Segment.chunk_id == chunk.id)):
        db.session.delete(segment)
    chunk.status, chunk.take, chunk.takes = ChunkStatus.FAILED, 0, []
    chunk.failure = "KILLED_WORKER"
    db.session.flush()
    assert [c.ordinal for c in service.gaps(transcript)] == [1]
    takes.hear_again(cast.nam, chunk.id, key_of(transcript))
    hear()
    db.session.refresh(transcript)
    assert (transcript.status, service.gaps(transcript)) == ("ready", [])
    assert said(transcript)[2] == "Đã nghe lại cho rõ."


def test_the_draft_is_written_once_and_rests_on_what_is_shown(
    cast: Cast, transcript: Transcript
) -> None:
    db.session.commit()
    assert draft_minutes.run() == 1
    minutes = minutes_service.of_meeting(transcript.recording.meeting)
    assert minutes is not None
    version = minutes.version
    takes.hear_again(cast.nam, chunk_of(transcript).id, key_of(transcript))
    db.session.commit()
    texts = [u.text for u in heard_in(minutes.meeting).utterances]
    assert texts[:3] == [h.text for h in (*heard(0), heard(1)[0])]
    hear()
    db.session.commit()
    assert draft_minutes.run() == 0
    db.session.refresh(minutes)
    assert minutes.version == version, "what the secretary has before her is not written over"
    assert "Đã nghe lại cho rõ." in [u.text for u in heard_in(minutes.meeting).utterances]


def test_a_sentence_of_an_earlier_hearing_is_not_corrected(
    cast: Cast, transcript: Transcript
) -> None:
    old = service.segments(transcript)[2]
    takes.hear_again(cast.nam, chunk_of(transcript).id, key_of(transcript))
    hear()
    with pytest.raises(WrongState, match="nghe lại"):
        service.correct(cast.nam, old.id, 1, "Quá muộn.")
    assert db.session.query(SegmentEdit).count() == 0


@pytest.mark.parametrize(
    ("written", "second"), [("75", 75), ("1:15", 75), (" 1:02:30 ", 3750), ("0:05,4", 5)]
)
def test_a_place_is_read_as_people_write_it(written: str, second: float) -> None:
    assert moments.seconds(written) == second


@pytest.mark.parametrize("written", ["", "abc", "1:2:3:4", "-5", "9" * 50])
def test_what_is_no_place_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        moments.seconds(written)


# -- pages -------------------------------------------------------------------------------------


def test_a_link_to_an_earlier_hearing_leads_to_the_same_second(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    old = service.segments(transcript)[2:4]
    takes.hear_again(cast.nam, chunk_of(transcript).id, key_of(transcript))
    hear()
    now = service.segments(transcript)[2]
    browser = sign_in(cast.nam)
    for segment in old:
        here = f"/transcripts/{transcript.id}/segments/{segment.id}"
        answer = browser.get(here)
        assert answer.location == f"/transcripts/{transcript.id}?page=1#s{now.id}"
        assert browser.get(f"{here}/history").status_code == 200


def test_hearing_again_works_as_pages(
    sign_in: SignIn, cast: Cast, transcript: Transcript, better: str
) -> None:
    chunk, segment = chunk_of(transcript), service.segments(transcript)[2]
    service.correct(cast.nam, segment.id, 1, "Sửa bằng tay.")
    browser, here = sign_in(cast.nam), f"/transcripts/{transcript.id}/chunks/{chunk.id}"
    assert browser.get(f"/transcripts/{transcript.id}/takes?at=0:12").location == f"{here}/takes"
    page = browser.get(f"{here}/takes").text
    assert "1 câu đã được sửa tay" in page and "/models" not in page
    key = key_of(transcript, better)
    assert browser.post(f"{here}/again", data={"model": "/etc/passwd"}).status_code == 422
    assert browser.post(f"{here}/again", data={"model": key}).status_code == 409
    answer = browser.post(f"{here}/again", data={"model": key, "sure": "y"})
    assert answer.location == f"{here}/takes"
    assert "Máy đang nghe hoặc sắp nghe" in browser.get(f"{here}/takes").text
    shown = browser.get(f"/transcripts/{transcript.id}").text
    assert "Đang nghe lại" in shown and "Sửa bằng tay." in shown
    hear()
    db.session.commit()
    assert "Dùng lại lần nghe này" in browser.get(f"{here}/takes").text
    assert browser.post(f"{here}/takes/1/restore").location == f"{here}/takes"
    assert "Sửa bằng tay." in browser.get(f"/transcripts/{transcript.id}").text
    leader = sign_in(cast.khai)
    assert "Nghe lại</span>" not in leader.get(f"{here}/takes").text
    assert leader.post(f"{here}/again", data={"model": key}).status_code == 403
    assert browser.get(f"/transcripts/999/chunks/{chunk.id}/takes").status_code == 404


def test_a_speaker_is_heard_again_as_a_page(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    speaker = service.speakers(transcript)[1][0]
    browser, here = sign_in(cast.nam), f"/speakers/{speaker.id}/again"
    assert "2 đoạn" in browser.get(here).text
    answer = browser.post(here, data={"model": key_of(transcript)})
    assert answer.location == f"/transcripts/{transcript.id}"
    db.session.refresh(transcript)
    assert transcript.status == "transcribing"


def test_a_page_in_the_middle_does_not_grow_while_chunks_are_heard_again(
    sign_in: SignIn, cast: Cast, transcript: Transcript
) -> None:
    last = service.segments(transcript)[-1].id
    for ordinal in (0, 1):
        takes.hear_again(cast.nam, chunk_of(transcript, ordinal).id, key_of(transcript))
    hear()
    browser = sign_in(cast.nam)
    address = f"/transcripts/{transcript.id}/progress?after={last}&room=50"
    piece = browser.get(address, headers={"HX-Request": "true"}).text
    assert "<li" not in piece and "Đang nghe lại, còn 1 đoạn" in piece
