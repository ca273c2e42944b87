"""What was said stands under the item of the agenda it was said under, where one is marked."""

from __future__ import annotations

import io
from dataclasses import replace

import docx

from meetly.extensions import db
from meetly.minutes import blocks as paper
from meetly.minutes import service
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.document import minutes_docx
from meetly.minutes.drafting import MOST_PARAGRAPHS, Utterance, draft
from meetly.minutes.versions import MOST_BLOCKS
from meetly.transcripts.models import Segment
from tests.cast import Cast
from tests.minutes import briefing
from tests.minutes.sample import FACTS


def test_a_speaker_who_speaks_to_two_items_has_a_paragraph_in_each() -> None:
    heard = [
        Utterance(1, 0, 5, "Toàn tỉnh còn 12 ca bệnh.", unit="Sở Y tế", item="Y tế"),
        Utterance(2, 5, 9, "Sở thiếu 3 xe cứu thương.", unit="Sở Y tế", item="Trang bị"),
    ]
    assert [(b.item, b.evidence) for b in draft(heard)] == [("Y tế", (1,)), ("Trang bị", (2,))]


def test_a_block_without_an_item_keeps_the_hash_it_had() -> None:
    block = Block("b1", BlockKind.REPORT, "một", (1,))
    assert b"item" not in paper.canonical([block])
    marked = replace(block, item="Giải ngân")
    assert paper.from_json(paper.to_json([marked])) == [marked]
    assert paper.sha256([marked]) != paper.sha256([block])


def test_the_mark_of_a_person_reaches_the_draft(cast: Cast) -> None:
    meeting = briefing.held(cast)
    briefing.transcribed(cast, meeting)
    said = service.heard_in(meeting).utterances
    first = next(u for u in said if "2.856" in u.text)
    row = db.session.get(Segment, first.id)
    assert row is not None
    row.agenda = 1
    db.session.flush()
    blocks = service.blocks_of(service.draft_for(meeting))
    items = [block.item for block in blocks if block.kind is BlockKind.REPORT]
    assert items == ["", "Báo cáo giải ngân", "Báo cáo giải ngân"]


def test_voices_that_change_with_every_breath_still_make_minutes() -> None:
    heard = [
        Utterance(n, n * 1.0, n + 0.9, f"Đơn vị còn {n} việc chưa xong.", unit=f"Xã {n % 2} {n}")
        for n in range(3000)
    ]
    blocks = draft(heard)
    assert len(blocks) == MOST_PARAGRAPHS < MOST_BLOCKS


def test_the_paper_names_the_item_once_before_its_paragraphs() -> None:
    said = [
        Block(f"b{n}", BlockKind.REPORT, f"còn {n} việc.", (1,), unit="Sở Y tế", item="Giải ngân")
        for n in (1, 2)
    ]
    lines = docx.Document(io.BytesIO(minutes_docx(FACTS, said))).paragraphs
    texts = [line.text for line in lines]
    assert texts.count("Giải ngân:") == 1
    assert texts.index("Giải ngân:") < texts.index("1. Sở Y tế: còn 1 việc.")
