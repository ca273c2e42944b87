"""Every sentence gets the right name: from separate microphones, and where the voice changes."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from meetly import search
from meetly.errors import NotAllowed, NotFound
from meetly.extensions import db
from meetly.recordings import service as recordings
from meetly.transcripts import floor, jobs, service
from meetly.transcripts.models import Segment, Transcript
from meetly.transcripts.transcriber import Heard, Word
from tests.cast import Cast
from tests.recordings.test_routes import SignIn
from tests.transcripts.stage import cut, received, transcribed

CHAIR, SINH = "Trần Quốc Khải", "UBND xã Nậm Hoa - Vàng A Sình"
ASKED, ANSWERED = "Xã Nậm Hoa đã nộp chưa", "Thưa Chủ tịch xã nộp rồi"
TALKS = [
    {"speaker": CHAIR, "start": 0.0, "end": 12.9},
    {"speaker": SINH, "start": 13.5, "end": 30.0},
]


def both(start: float) -> Heard:
    """A question and its answer in one breath; the answer begins three seconds after it."""
    words, at = [], start
    for number, word in enumerate(f"{ASKED} {ANSWERED}".split()):
        at += 0.6 if number == 6 else 0.0
        words.append(Word(at, at + 0.3, word, 0.9))
        at += 0.4
    return Heard(start, at, f"{ASKED} {ANSWERED}", 0.8, words=tuple(words))


def listened(cast: Cast, folder: Path, *, talks: bool) -> Transcript:
    """A transcript of three chunks; in the second the voice changes within a sentence."""
    recording = received(cast, folder)
    if talks:
        recordings.add_talk_events(recording, TALKS)
    transcript = cut(recording, 3)
    for number in range(3):
        chunk = jobs.claim_next("ear")
        assert chunk is not None
        plain = [Heard(0.2, 0.4, f"Câu {number}.", 0.9), Heard(8, 9, f"Hết {number}.", 0.9)]
        middle = [plain[0], both(0.5), plain[1]]
        assert jobs.store(chunk.id, "ear", middle if number == 1 else plain, took=1.0)
    db.session.commit()
    return transcript


def read(transcript: Transcript) -> list[tuple[str, str]]:
    shown = [s for s in service.segments(transcript) if s.current]
    return [(s.text, s.speaker.label if s.speaker else "") for s in shown]


PARTED = [
    ("Câu 0.", CHAIR), ("Hết 0.", CHAIR), ("Câu 1.", CHAIR), (ASKED, CHAIR), (ANSWERED, SINH),
    ("Hết 1.", SINH), ("Câu 2.", SINH), ("Hết 2.", SINH),
]  # fmt: skip


def test_a_sentence_with_two_voices_is_stored_as_two(cast: Cast, tmp_path: Path) -> None:
    transcript = listened(cast, tmp_path, talks=True)
    assert read(transcript) == PARTED
    rows = [s for s in service.segments(transcript) if s.current]
    assert all(before.end <= after.start for before, after in pairwise(rows))
    assert rows[4].words[0][:3] == [13.5, 13.8, "Thưa"]


def test_talks_that_come_later_part_what_nobody_has_edited(cast: Cast, tmp_path: Path) -> None:
    transcript = listened(cast, tmp_path, talks=False)
    whole = db.session.query(Segment).filter_by(text=f"{ASKED} {ANSWERED}").one()
    raw = json.dumps({"talks": TALKS}).encode()
    service.add_talk_events(cast.nam, transcript.recording_id, raw)
    db.session.commit()
    assert read(transcript) == PARTED
    ordinals = [(s.chunk_id, s.ordinal) for s in service.segments(transcript) if s.current]
    assert len(set(ordinals)) == len(ordinals)
    assert (whole.current, whole.text) == (False, f"{ASKED} {ANSWERED}")  # evidence stays
    hits = search.find("nam hoa da nop chua", search.SearchEntry.kind == "segment")
    assert [hit.link.rsplit("/", 1)[-1] for hit in hits] == [
        str(s.id) for s in service.segments(transcript) if s.current and s.text == ASKED
    ]
    service.add_talk_events(cast.nam, transcript.recording_id, raw)  # again changes nothing
    assert read(transcript) == PARTED
    assert db.session.query(Segment).count() == 9


def test_an_edited_sentence_stays_in_one_piece(cast: Cast, tmp_path: Path) -> None:
    transcript = listened(cast, tmp_path, talks=False)
    whole = db.session.query(Segment).filter_by(text=f"{ASKED} {ANSWERED}").one()
    corrected = f"{ASKED} {ANSWERED}".replace("nộp rồi", "đã nộp")
    service.correct(cast.nam, whole.id, 1, corrected)
    service.add_talk_events(cast.nam, transcript.recording_id, json.dumps(TALKS).encode())
    assert whole.current and (corrected, CHAIR) in read(transcript)
    assert db.session.query(Segment).count() == 7


def test_what_a_person_said_of_a_voice_outlasts_every_record(cast: Cast, tmp_path: Path) -> None:
    transcript = listened(cast, tmp_path, talks=False)
    first, *_, last = service.segments(transcript)
    floor.assign(cast.nam, [last], None, "Lò Thị Mai")
    service.add_talk_events(cast.nam, transcript.recording_id, json.dumps(TALKS).encode())
    assert (read(transcript)[0], read(transcript)[-1]) == (
        (first.text, CHAIR),
        (last.text, "Lò Thị Mai"),
    )
    service.set_track(cast.nam, transcript.recording_id, "Hội trường", None)
    assert read(transcript)[-1] == (last.text, "Lò Thị Mai")


def test_a_microphone_of_its_own_names_every_sentence(cast: Cast, tmp_path: Path) -> None:
    transcript = transcribed(cast, tmp_path)
    service.set_track(cast.nam, transcript.recording_id, "Lò Thị Hoa", cast.nam_hoa)
    speakers = {s.speaker for s in service.segments(transcript)}
    [speaker] = speakers
    assert speaker is not None
    assert (speaker.name, speaker.unit_id, speaker.user_id) == (
        "Lò Thị Hoa", cast.nam_hoa.id, cast.hoa.id
    )  # fmt: skip


def test_a_site_without_a_name_speaks_as_its_unit(cast: Cast, tmp_path: Path) -> None:
    recording = received(cast, tmp_path)
    recordings.set_track(cast.nam, recording, "", cast.nam_hoa)
    transcript = cut(recording, 1)
    chunk = jobs.claim_next("ear")
    assert chunk is not None
    assert jobs.store(chunk.id, "ear", [both(0.5)], took=1.0)
    [segment] = service.segments(transcript)
    assert segment.speaker is not None
    assert (segment.speaker.name, segment.speaker.unit_id) == ("UBND xã Nậm Hoa", cast.nam_hoa.id)


def test_taking_the_microphone_back_takes_its_name_back(cast: Cast, tmp_path: Path) -> None:
    transcript = listened(cast, tmp_path, talks=False)
    service.set_track(cast.nam, transcript.recording_id, "Lò Thị Hoa", None)
    assert {label for _, label in read(transcript)} == {"Lò Thị Hoa"}
    service.set_track(cast.nam, transcript.recording_id, "", None)
    assert {label for _, label in read(transcript)} == {""}


def test_only_secretaries_say_whose_microphone_it_is(
    cast: Cast, tmp_path: Path, sign_in: SignIn
) -> None:
    transcript = transcribed(cast, tmp_path)
    with pytest.raises(NotAllowed):
        service.set_track(cast.khai, transcript.recording_id, "Ai đó", None)
    with pytest.raises(NotFound):
        service.set_track(cast.la, transcript.recording_id, "Ai đó", None)
    address = f"/recordings/{transcript.recording_id}/track"
    browser = sign_in(cast.nam)
    assert "UBND xã Nậm Hoa" in browser.get(address).text
    sent = {"name": "Vàng A Sình", "unit": str(cast.nam_hoa.id)}
    assert browser.post(address, data=sent).status_code == 302
    assert transcript.recording.track == "Vàng A Sình"
    page = browser.get(f"/meetings/{transcript.meeting_id}/recordings").text
    assert "micrô riêng: Vàng A Sình" in page


def test_only_the_talks_beside_a_chunk_are_read(cast: Cast, tmp_path: Path) -> None:
    recording = received(cast, tmp_path)
    recordings.add_talk_events(
        recording, [{"speaker": CHAIR, "start": 10 * n, "end": 10 * n + 5} for n in range(100)]
    )
    near = recordings.talks(recording, start=101.0, end=119.0)
    assert [talk.start for talk in near] == [100.0, 110.0]
    assert len(recordings.talks(recording)) == 100
