"""A meeting recorded in parts or on several microphones becomes one draft with its gaps marked."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from docx import Document

from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.minutes import service
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.drafting import Utterance
from meetly.minutes.interruptions import Interruption, questions
from meetly.minutes.speech import turns
from meetly.minutes.versions import keep
from meetly.recordings import service as recordings
from meetly.recordings.models import Recording
from meetly.transcripts.models import Segment, Transcript, TranscriptStatus
from tests.cast import Cast
from tests.minutes import briefing, sample

MINUTE = timedelta(minutes=1)


def shifted(said: list[Utterance]) -> list[Utterance]:
    first = said[0].start
    moved = [(u.start - first, u.end - first) for u in said]
    return [
        Utterance(u.id, start, end, u.text, u.speaker, u.position, u.unit, u.chair)
        for u, (start, end) in zip(said, moved, strict=True)
    ]


def part(
    cast: Cast, meeting: Meeting, said: list[Utterance], begins: datetime | None
) -> Transcript:
    transcript = briefing.transcribed(cast, meeting, shifted(said))
    transcript.recording.begins_at = begins
    db.session.flush()
    return transcript


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    return briefing.held(cast)


def gaps_of(blocks: list[Block]) -> list[Block]:
    return [b for b in blocks if b.kind is BlockKind.QUESTION and b.id.startswith("gap")]


def test_parts_are_read_in_the_order_of_their_clocks(cast: Cast, meeting: Meeting) -> None:
    said = sample.utterances()
    later = part(cast, meeting, said[10:], meeting.starts_at + 30 * MINUTE)
    earlier = part(cast, meeting, said[:10], meeting.starts_at)
    heard = service.heard_in(meeting)
    assert [u.text for u in heard.utterances] == [u.text for u in said]
    assert heard.offsets == {earlier.recording_id: 0.0, later.recording_id: 1800.0}
    [gap] = heard.gaps
    assert gap.end == 1800.0 and gap.begins < gap.ends == meeting.starts_at + 30 * MINUTE


def test_the_draft_marks_where_sound_is_missing(cast: Cast, meeting: Meeting) -> None:
    said = sample.utterances()
    part(cast, meeting, said[:10], meeting.starts_at)
    first = db.session.query(Recording).one()
    first.duration = 12 * 60
    part(cast, meeting, said[10:], meeting.starts_at + 20 * MINUTE)
    minutes = service.draft_for(meeting)
    blocks = service.blocks_of(minutes)
    [gap] = gaps_of(blocks)
    assert gap.text.startswith("Bản ghi gián đoạn 8 phút, từ 8 giờ 12 đến 8 giờ 20;")
    texts = {segment.id: segment.text for segment in db.session.query(Segment)}
    assert [texts[number] for number in gap.evidence] == [said[9].text, said[10].text]
    assert gaps_of(service.weave_directions(minutes, [])) == []
    assert gaps_of(service.blocks_of(minutes)) == [gap]


def test_no_sentence_goes_on_behind_a_gap(cast: Cast, meeting: Meeting) -> None:
    cut = [Utterance(1, 0, 5, "Đề nghị Sở Tài chính báo cáo", speaker="Khải")]
    rest = [Utterance(2, 0, 5, "và các xã tiếp tục rà soát hộ nghèo.", speaker="Khải")]
    part(cast, meeting, cut, meeting.starts_at)
    second = part(cast, meeting, rest, meeting.starts_at + 5 * MINUTE)
    apart = turns(service.heard_in(meeting).utterances)
    assert [len(s.evidence) for turn in apart for s in turn.sentences] == [1, 1]
    second.recording.begins_at = meeting.starts_at + timedelta(seconds=6)
    [whole] = turns(service.heard_in(meeting).utterances)
    assert [len(sentence.evidence) for sentence in whole.sentences] == [2]


def test_what_two_parts_hold_appears_once(cast: Cast, meeting: Meeting) -> None:
    said = sample.utterances()
    part(cast, meeting, said[:20], meeting.starts_at)
    begins = meeting.starts_at + timedelta(seconds=said[10].start - said[0].start)
    part(cast, meeting, said[10:], begins)
    heard = service.heard_in(meeting)
    assert [u.text for u in heard.utterances] == [u.text for u in said]
    assert heard.gaps == ()


def test_microphones_of_their_own_are_woven_into_one_reading(cast: Cast, meeting: Meeting) -> None:
    said = sample.utterances()
    chair, others = said[0].speaker, "Sở Tài chính"
    mine = [u for u in said if u.speaker == chair]
    theirs = [u for u in said if u.speaker != chair]
    for spoken, name in ((mine, chair), (theirs, others)):
        transcript = briefing.transcribed(cast, meeting, spoken)
        transcript.recording.track = name
        transcript.recording.begins_at = meeting.starts_at
    assert [u.text for u in service.heard_in(meeting).utterances] == [u.text for u in said]


def test_a_part_that_was_not_transcribed_is_asked_about(cast: Cast, meeting: Meeting) -> None:
    said = sample.utterances()
    part(cast, meeting, said[:10], meeting.starts_at)
    lost = part(cast, meeting, said[10:12], meeting.starts_at + 10 * MINUTE)
    lost.status = TranscriptStatus.FAILED
    lost.recording.duration, lost.recording.filename = 300.0, "phần 2.m4a"
    blocks = service.blocks_of(service.draft_for(meeting))
    told = "Chưa bóc băng được 5 phút của bản ghi phần 2.m4a, từ 8 giờ 10 đến 8 giờ 15;"
    assert any(block.text.startswith(told) for block in gaps_of(blocks))
    assert not any(said[11].text in block.text for block in blocks)


def test_an_older_hearing_is_not_read(cast: Cast, meeting: Meeting) -> None:
    part(cast, meeting, sample.utterances()[:3], meeting.starts_at)
    oldest = db.session.query(Segment).order_by(Segment.id).limit(1).one()
    oldest.current = False
    assert len(service.heard_in(meeting).utterances) == 2


def test_the_draft_waits_for_parts_that_are_still_arriving(cast: Cast, meeting: Meeting) -> None:
    part(cast, meeting, sample.utterances(), meeting.starts_at)
    assert service.waiting() == [meeting]
    upload = recordings.begin(cast.nam, meeting, "phần 2.ogg", 100)
    assert service.waiting() == []
    upload.created_at -= service.UPLOADING  # nobody goes on with it
    assert service.waiting() == [meeting]


def marks(content: bytes) -> list[str]:
    rows = [row for table in Document(io.BytesIO(content)).tables for row in table.rows]
    return [row.cells[6].text for row in rows if len(row.cells) == 7][1:]


def test_papers_tell_the_clock_where_it_is_known(cast: Cast, meeting: Meeting) -> None:
    said = sample.utterances()
    first = part(cast, meeting, said[:10], None)
    second = part(cast, meeting, said[10:], None)
    minutes = service.draft_for(meeting)
    [word] = [u for u in service.heard_in(meeting).utterances if u.text == said[10].text]
    order = "Giao Sở Tài chính rà soát."
    block = Block("d", BlockKind.DIRECTION, order, (word.id,), start=word.start)
    keep(None, minutes, [block], "thử")
    plain, _ = service.document(cast.nam, minutes, "minutes")
    assert marks(plain) == [f"0:{int(word.start) // 60:02d}:{int(word.start) % 60:02d}"]
    first.recording.begins_at = meeting.starts_at
    second.recording.begins_at = meeting.starts_at + 47 * MINUTE
    clocked, _ = service.document(cast.nam, minutes, "minutes")
    assert marks(clocked) == ["08:47"]


@pytest.mark.parametrize(
    ("minutes", "words"), [(0.75, "45 giây"), (8, "8 phút"), (65, "1 giờ 05 phút")]
)
def test_the_length_of_a_gap_is_said_in_words(meeting: Meeting, minutes: float, words: str) -> None:
    begins = meeting.starts_at
    gap = Interruption(60, 60 + 60 * minutes, begins, begins + minutes * MINUTE)
    [block] = questions([gap], [])
    assert block.text.startswith(f"Bản ghi gián đoạn {words}, từ 8 giờ 00 đến ")
