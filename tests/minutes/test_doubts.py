"""What was heard badly is asked about, once, where it stands in the draft."""

from __future__ import annotations

from dataclasses import replace

from meetly.accounts.directory import Directory, DirectoryUnit
from meetly.directions.conclusions import conclude
from meetly.extensions import db
from meetly.minutes import service
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.doubts import MOST, questions
from meetly.minutes.drafting import Utterance, draft, unsupported
from meetly.transcripts.models import Segment
from tests.cast import Cast
from tests.minutes import briefing, sample

HEARD = [
    Utterance(1, 0, 5, "Xã Nậm Hoa còn 14 dự án, xã Bản Xa còn 3 dự án.", unsure=("14", "Hoa")),
    Utterance(2, 5, 9, "Nhắc lại: 15 dự án.", unsure=("15",)),
]
BLOCK = Block("b1", BlockKind.REPORT, "xã Nậm Hoa còn 14 dự án, xã Bản Xa còn 3 dự án.", (1, 2))
KNOWN = Directory([DirectoryUnit("UBND xã Nậm Hoa", "commune")])


def test_a_guessed_figure_is_asked_about_where_it_stands() -> None:
    (question,) = questions([BLOCK], HEARD)
    assert question.text == "Ý kiến: nghe chưa rõ «14», «Hoa» - cần nghe lại."
    assert question.evidence == (1,)  # 15 is not in the draft
    assert question.id.startswith("b1-") and question.kind is BlockKind.QUESTION
    assert unsupported([BLOCK, question], HEARD) == []


def test_a_unit_the_directory_does_not_know_is_asked_about_once() -> None:
    sure = [replace(utterance, unsure=()) for utterance in HEARD]
    again = replace(BLOCK, id="b2")
    (question,) = questions([BLOCK, again], sure, KNOWN)
    assert "«xã Bản Xa» không có trong danh mục" in question.text


def test_the_sample_names_no_unit_that_is_unknown(cast: Cast) -> None:
    meeting = briefing.held(cast)
    briefing.transcribed(cast, meeting)
    minutes = service.draft_for(meeting)
    assert not [b for b in service.blocks_of(minutes) if "-d-" in b.id]


def test_the_conclusion_is_asked_about_first_and_never_too_much() -> None:
    many = [replace(BLOCK, id=f"b{number}") for number in range(2, 30)]
    order = replace(BLOCK, id="b99", kind=BlockKind.ASSESSMENT)
    asked = questions([*many, order], HEARD)
    assert len(asked) == MOST and asked[0].id.startswith("b99-")


def test_the_sample_asks_what_its_secretary_asked_and_nothing_more() -> None:
    said = sample.utterances()
    drafted = draft(said)
    drafted += questions(drafted, said, Directory.standard())
    blocks, _ = conclude(drafted, said, sample.DAY, None)
    asked = [b.text for b in blocks if b.kind is BlockKind.QUESTION and "-q-" in b.id]
    assert len(asked) == 3


def test_what_the_engine_guessed_is_asked_about_in_a_real_draft(cast: Cast) -> None:
    meeting = briefing.held(cast)
    transcript = briefing.transcribed(cast, meeting)
    segment = next(s for s in service.heard_in(meeting).utterances if "2.856" in s.text)
    row = db.session.get(Segment, segment.id)
    assert row is not None and transcript.id == row.transcript_id
    row.words = [[0.0, 0.1, word, 0.2 if "2.856" in word else 0.9] for word in row.text.split()]
    db.session.flush()
    minutes = service.draft_for(meeting)
    asked = [b for b in service.blocks_of(minutes) if b.id.endswith("-d-heard")]
    assert [b.text for b in asked] == ["Sở Tài chính: nghe chưa rõ «2.856» - cần nghe lại."]
    assert asked[0].evidence == (segment.id,)
    row.version = 2  # a person has been over it
    db.session.flush()
    assert not any(u.unsure for u in service.heard_in(meeting).utterances)
