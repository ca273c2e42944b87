"""What people do with a transcript: read, correct, name, take away."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from meetly import audit, search
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.recordings import service as recordings
from meetly.recordings.models import Recording
from meetly.transcripts import exports, jobs, service
from meetly.transcripts.models import Segment, SegmentEdit, Transcript
from tests.cast import Cast
from tests.transcripts.stage import cut, heard, received, transcribed


@pytest.fixture
def transcript(cast: Cast, tmp_path: Path) -> Transcript:
    return transcribed(cast, tmp_path)


def first(transcript: Transcript) -> Segment:
    return service.segments(transcript)[0]


def test_only_the_host_reads(cast: Cast, transcript: Transcript) -> None:
    segment = first(transcript)
    for user in (cast.nam, cast.khai):
        assert service.get(user, transcript.id) is transcript
        assert service.get_segment(user, segment.id) is segment
    for user in (cast.long, cast.sinh, cast.hoa, cast.quan, cast.la):
        with pytest.raises(NotFound):
            service.get(user, transcript.id)
        with pytest.raises(NotFound):
            service.get_segment(user, segment.id)
    with pytest.raises(NotFound):
        service.get(cast.nam, 999)


def test_a_correction_is_kept_with_who_and_what_was_there(
    cast: Cast, transcript: Transcript
) -> None:
    segment = first(transcript)
    service.correct(cast.nam, segment.id, 1, "  Giao Sở Tài chính \n chủ trì. ")
    assert (segment.text, segment.version) == ("Giao Sở Tài chính chủ trì.", 2)
    assert segment.heard == "Câu thứ nhất của đoạn 0."
    (edit,) = service.edits([segment])[segment.id]
    assert (edit.user_id, edit.before) == (cast.nam.id, "Câu thứ nhất của đoạn 0.")
    hits = search.find("giao so tai chinh", search.SearchEntry.kind == "segment")
    assert len(hits) == 1
    assert audit.of(segment)[0].verb == "transcripts.correct"


def test_an_old_version_overwrites_nothing(cast: Cast, transcript: Transcript) -> None:
    segment = first(transcript)
    service.correct(cast.nam, segment.id, 1, "Một.")
    with pytest.raises(Stale):
        service.correct(cast.nam, segment.id, 1, "Hai.")
    assert segment.text == "Một."
    assert len(service.edits([segment])[segment.id]) == 1


@pytest.mark.parametrize("text", ["", "  \n", "x" * 5001])
def test_no_words_and_too_many_are_refused(cast: Cast, transcript: Transcript, text: str) -> None:
    with pytest.raises(BadInput):
        service.correct(cast.nam, first(transcript).id, 1, text)


def test_a_leader_reads_but_does_not_correct(cast: Cast, transcript: Transcript) -> None:
    segment = first(transcript)
    with pytest.raises(NotAllowed):
        service.correct(cast.khai, segment.id, 1, "Một.")
    with pytest.raises(NotAllowed):
        service.reject(cast.khai, segment.id, 1)
    with pytest.raises(NotAllowed):
        service.rename_speaker(cast.khai, segment.speaker_id or 0, name="Ai đó")
    assert db.session.query(SegmentEdit).count() == 0


def test_a_corrected_invention_is_no_longer_doubted(cast: Cast, transcript: Transcript) -> None:
    doubted = service.segments(transcript)[3]
    assert doubted.suspicion == "phrase"
    service.correct(cast.nam, doubted.id, 1, "Câu có thật.")
    assert doubted.suspicion == ""
    service.reject(cast.nam, doubted.id, 2)
    assert (doubted.suspicion, doubted.text) == (service.REJECTED, "Câu có thật.")
    assert search.find("cau co that", search.SearchEntry.kind == "segment") == []


def test_renaming_a_speaker_shows_everywhere(cast: Cast, transcript: Transcript) -> None:
    speaker, _count, _spoken = service.speakers(transcript)[1]
    service.rename_speaker(
        cast.nam, speaker.id, name=" Lò Thị Hoa ", position="Chuyên viên", unit=cast.nam_hoa
    )
    assert service.segments(transcript)[-1].speaker is speaker
    assert (speaker.name, speaker.unit_id) == ("Lò Thị Hoa", cast.nam_hoa.id)
    with pytest.raises(BadInput):
        service.rename_speaker(cast.nam, speaker.id, name="  ")


def test_events_that_come_late_name_the_speakers(cast: Cast, transcript: Transcript) -> None:
    said = [{"speaker": "Phạm Đức Long", "start": 0, "end": 60}]
    raw = json.dumps({"talks": said, "speakers": []}).encode()
    assert service.add_talk_events(cast.nam, transcript.recording_id, raw) == 1
    assert {s.speaker.name for s in service.segments(transcript) if s.speaker} == {"Phạm Đức Long"}
    with pytest.raises(NotAllowed):
        service.add_talk_events(cast.khai, transcript.recording_id, raw)
    with pytest.raises(BadInput):
        service.add_talk_events(cast.nam, transcript.recording_id, b"[1]")


def test_what_the_file_tells_of_a_speaker_is_used(cast: Cast, tmp_path: Path) -> None:
    recording = received(cast, tmp_path)
    known = [{"name": "Hoàng Thu Hà", "position": "Giám đốc", "unit": "Sở Xây dựng"}]
    recordings.add_talk_events(
        recording, [{"speaker": "Hoàng Thu Hà", "start": 0, "end": 9}], known
    )
    transcript = cut(recording, 1)
    chunk = jobs.claim_next("ear")
    assert chunk and jobs.store(chunk.id, "ear", heard(0), 1.0)
    ((speaker, count, _spoken),) = service.speakers(transcript)
    assert (speaker.position, speaker.unit_id, count) == ("Giám đốc", cast.builders.id, 2)


def test_pages_and_places(transcript: Transcript) -> None:
    everything = service.segments(transcript)
    assert service.segments(transcript, first=2, most=2) == everything[2:4]
    assert service.segments(transcript, start=everything[4].start) == everything[4:]
    assert service.segments(transcript, until=everything[4].start) == everything[:4]
    assert service.starts(transcript) == [s.start for s in everything]
    assert service.at(transcript, 12.0) is everything[2]
    assert service.at(transcript, 0.0) is None
    assert service.before(everything[2]) is everything[1]
    assert service.before(everything[0]) is None


def test_only_a_failed_transcript_is_tried_again(cast: Cast, transcript: Transcript) -> None:
    with pytest.raises(WrongState):
        service.retry(cast.nam, transcript)
    with pytest.raises(NotAllowed):
        service.retry(cast.khai, transcript)


@pytest.mark.parametrize("state", ["received", "opened", "cutting", "hearing", "ready"])
def test_a_recording_can_be_taken_away_in_every_state(
    cast: Cast, tmp_path: Path, state: str
) -> None:
    if state == "ready":
        recording = transcribed(cast, tmp_path).recording
    else:
        recording = received(cast, tmp_path)
    if state in ("opened", "cutting"):
        jobs.open_for(recording)
    if state == "cutting":
        assert jobs.claim_split("a")
    if state == "hearing":
        cut(recording)
        assert jobs.claim_next("a")
    with pytest.raises(NotAllowed):
        service.discard(cast.khai, recording.id)
    with pytest.raises(NotFound):
        service.discard(cast.la, recording.id)
    service.discard(cast.nam, recording.id)
    db.session.commit()
    assert db.session.query(Recording).count() == 0
    assert db.session.query(Transcript).count() == 0
    assert search.find("cau", search.SearchEntry.kind == "segment") == []
    assert jobs.claim_next("b") is None


def test_what_directions_rest_on_stays(cast: Cast, transcript: Transcript) -> None:
    from meetly import clock
    from meetly.directions.models import Direction
    from meetly.minutes.models import Minutes

    minutes = Minutes(meeting_id=transcript.meeting_id, created_at=clock.now())
    db.session.add(minutes)
    db.session.flush()
    db.session.add(
        Direction(
            owner_unit_id=cast.office.id, given_on=date(2026, 11, 23), ordinal=1,
            meeting_id=transcript.meeting_id, minutes_id=minutes.id, block_id="b1", text="Giao",
            span="Giao", recording_id=transcript.recording_id,
        )
    )  # fmt: skip
    db.session.commit()
    with pytest.raises(WrongState):
        service.discard(cast.nam, transcript.recording_id)
    db.session.rollback()
    assert len(service.segments(transcript)) == 6


# -- files -------------------------------------------------------------------------------------


def test_text_follows_the_turns(transcript: Transcript) -> None:
    text = exports.as_text(service.export(transcript))
    assert text.splitlines()[0] == (
        "[0:00:00] Trần Quốc Khải: Câu thứ nhất của đoạn 0. Câu thứ hai của đoạn 0."
    )
    assert "[? Câu thứ hai của đoạn 1.]" in text


def test_subtitles_carry_times_and_speakers(transcript: Transcript) -> None:
    assert exports.as_srt(service.export(transcript)).startswith(
        "1\n00:00:00,500 --> 00:00:04,000\nTrần Quốc Khải: Câu thứ nhất của đoạn 0.\n\n2\n"
    )
    assert exports.as_vtt(service.export(transcript)).startswith(
        "WEBVTT\n\n00:00:00.500 --> 00:00:04.000\n<v Trần Quốc Khải>Câu thứ nhất của đoạn 0.\n"
    )


def test_subtitles_cannot_be_broken_by_words() -> None:
    line = exports.Line(0, 1.9996, "a --> b\n\n2 <script>&", "X <b>\nY")
    export = exports.Export([line], 2.0, "vi", "micro-vi")
    assert (
        exports.as_srt(export) == "1\n00:00:00,000 --> 00:00:02,000\nX <b> Y: a → b 2 <script>&\n"
    )
    vtt = exports.as_vtt(export)
    assert "<script>" not in vtt
    assert vtt.count("-->") == 1, vtt
    assert "X &lt;b&gt; Y" in vtt


def test_data_says_what_the_command_line_says(transcript: Transcript) -> None:
    content = json.loads(exports.as_json(service.export(transcript)))
    assert list(content) == ["duration", "language", "model", "segments", "gaps"]
    assert content["segments"][0]["speaker"] == "Trần Quốc Khải"
    assert (content["duration"], content["language"]) == (30.0, "vi")
