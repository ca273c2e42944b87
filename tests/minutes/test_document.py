"""Both papers of the sample: as they always were (golden), always the same bytes."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.document import MeetingFacts, Person, minutes_docx, notice_docx
from meetly.minutes.facts import canonical_facts
from tests.document_text import as_text, find, paragraphs, read
from tests.minutes.sample import DAY, FACTS, minutes_blocks

GOLDEN = Path(__file__).parent.parent / "golden"
ISSUED = replace(FACTS, draft=False, minutes_number=7, notice_number=15, issued=date(2026, 11, 27))
FOR_HEAD = replace(
    ISSUED, signer=Person("Nguyễn Thanh Sơn", "KT. CHÁNH VĂN PHÒNG\nPHÓ CHÁNH VĂN PHÒNG")
)
BY_ORDER = replace(ISSUED, signer=Person("Lê Thị Minh Hòa", "TL. CHỦ TỊCH\nCHÁNH VĂN PHÒNG"))
Writer = Callable[[MeetingFacts, Sequence[Block]], bytes]
BOTH = pytest.mark.parametrize("write", [minutes_docx, notice_docx])

HOSTILE = "".join(map(chr, range(32))) + "<w:p>&\"'</w:p> \ud800\ufffe ]]> \u202eẩn\u2066 עברית"


def whole_text(file: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in paragraphs(read(file)))


@pytest.mark.parametrize(
    ("name", "write", "facts"),
    [
        ("minutes_draft", minutes_docx, FACTS),
        ("minutes_issued", minutes_docx, ISSUED),
        ("notice_draft", notice_docx, FACTS),
        ("notice_issued", notice_docx, ISSUED),
        ("notice_for_head", notice_docx, FOR_HEAD),
        ("notice_by_order", notice_docx, BY_ORDER),
    ],
)
def test_the_sample_looks_as_it_always_did(name: str, write: Writer, facts: MeetingFacts) -> None:
    """Run with MEETLY_WRITE_GOLDEN=1 after a wanted change, and read the difference."""
    written = as_text(write(facts, minutes_blocks()))
    golden = GOLDEN / f"{name}.docx.txt"
    if os.environ.get("MEETLY_WRITE_GOLDEN") == "1":
        golden.write_text(written, encoding="utf-8")
    assert written == golden.read_text(encoding="utf-8")


@BOTH
def test_the_same_input_gives_the_same_bytes(write: Writer) -> None:
    file = write(FACTS, minutes_blocks())
    assert file == write(FACTS, minutes_blocks())
    assert file != write(replace(FACTS, ends=time(11)), minutes_blocks()[1:])
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        properties = package.read("docProps/core.xml").decode()
    assert "2026-11-23T08:00:00Z" in properties
    assert "python" not in properties


@BOTH
def test_the_file_carries_no_foreign_styles_or_pictures(write: Writer) -> None:
    with zipfile.ZipFile(io.BytesIO(write(FACTS, minutes_blocks()))) as package:
        names = package.namelist()
        assert not [name for name in names if name.endswith((".jpeg", "stylesWithEffects.xml"))]
    assert len(write(FACTS, minutes_blocks())) < 40_000


def test_a_title_and_a_day_are_enough() -> None:
    facts = MeetingFacts("Giao ban", DAY)
    text = whole_text(minutes_docx(facts, []))
    assert "Thời gian bắt đầu: … giờ … phút, ngày 23 tháng 11 năm 2026." in text
    assert "Chủ trì (chủ tọa): …" in text
    assert "Địa điểm: …\n" in text
    assert "Nhiệm vụ" not in whole_text(notice_docx(facts, []))


def test_only_the_parts_there_are_are_counted() -> None:
    talk = Block("b1", BlockKind.DISCUSSION, "Còn 6 hộ.", (1,))
    text = whole_text(minutes_docx(FACTS, [talk]))
    assert "I. Ý kiến thảo luận" in text
    assert "Báo cáo tại hội nghị" not in text
    assert "Kết luận của chủ trì" not in text


def test_questions_are_asked_only_while_it_is_a_draft() -> None:
    blocks = minutes_blocks()
    assert "cần hỏi lại chủ trì" in whole_text(minutes_docx(FACTS, blocks))
    assert "cần chủ trì xác nhận" in whole_text(minutes_docx(FACTS, blocks))
    issued = whole_text(minutes_docx(ISSUED, blocks))
    assert "hỏi lại chủ trì" not in issued
    assert "xác nhận" not in issued
    assert "DỰ THẢO" not in issued
    assert "Trước đợt rét đậm đầu tiên" in issued


def test_a_recording_that_began_with_the_meeting_gives_clock_times() -> None:
    clocked = replace(FACTS, recording_starts=time(8, 0))
    order = Block("b1", BlockKind.DIRECTION, "Sở Y tế báo cáo.", (1,), start=8400.0,
                  assignment=Assignment(("Sở Y tế",), due=DAY))  # fmt: skip
    assert "10:20" in whole_text(minutes_docx(clocked, [order]))
    assert "2:20:00" in whole_text(minutes_docx(FACTS, [order]))


def test_the_office_told_to_follow_up_stands_last_in_the_notice() -> None:
    text = whole_text(notice_docx(FACTS, minutes_blocks()))
    assert "3. Theo dõi. Văn phòng UBND tỉnh theo dõi, đôn đốc" in text
    assert text.index("2. Nhiệm vụ") < text.index("i) Sở Nông nghiệp") < text.index("3. Theo dõi")


def test_the_notice_gives_deadlines_as_full_dates() -> None:
    text = whole_text(notice_docx(FACTS, minutes_blocks()))
    assert "trước ngày 15/12/2026." in text
    assert "trước ngày 20 tháng 12 năm 2026." in text
    assert "ngay trong tuần này (thời hạn 27/11/2026)." in text
    assert "trước ngày 10/12/2026." in text


def test_a_deputy_signs_with_the_lines_of_his_authority() -> None:
    signer = Person("Nông Văn An", "KT. Chánh Văn phòng\nPhó Chánh Văn phòng")
    document = read(notice_docx(replace(FACTS, signer=signer), minutes_blocks()))
    lines = [paragraph.text for paragraph in paragraphs(document)]
    at = lines.index("KT. CHÁNH VĂN PHÒNG")
    assert lines[at + 1] == "PHÓ CHÁNH VĂN PHÒNG"
    assert "Nông Văn An" in lines[at:]


@BOTH
def test_hostile_text_neither_breaks_nor_turns_the_file(write: Writer) -> None:
    order = Assignment((HOSTILE,), (HOSTILE,), DAY, HOSTILE, HOSTILE)
    blocks = [
        Block(f"b{kind}", kind, HOSTILE, (1,), HOSTILE, HOSTILE, 1e9, order) for kind in BlockKind
    ]
    person = Person(HOSTILE, HOSTILE)
    facts = MeetingFacts(
        HOSTILE, DAY, place=HOSTILE, form=HOSTILE, chair=person, secretary=person,
        attendance=(HOSTILE,), absent=(HOSTILE,), materials=(HOSTILE,), votes=HOSTILE,
        attendees=HOSTILE, parent_agency=HOSTILE, agency=HOSTILE, agency_code=HOSTILE,
        office=HOSTILE, locality=HOSTILE, signer=person, recipients=(HOSTILE,),
        minutes_file=HOSTILE, notice_file=HOSTILE,
    )  # fmt: skip
    text = whole_text(write(facts, blocks))
    assert "<w:p>&\"'</w:p>" in text
    assert "עברית" in text
    assert not set(text) & {"\u202e", "\u2066", "\ufffe", "\x00", "\x0b", "\x1f"}
    assert canonical_facts(facts).isascii()


@BOTH
def test_a_book_of_text_and_a_word_without_end_fit(write: Writer) -> None:
    blocks = [
        Block("b1", BlockKind.ASSESSMENT, "Ghi nhận kết quả. " * 20_000, (1,)),
        Block("b2", BlockKind.REPORT, "á" * 50_000, (1,), "Sở" * 5_000),
        *(
            Block(f"d{n}", BlockKind.DIRECTION, f"Sở Y tế làm việc {n}.", (1,),
                  assignment=Assignment(("Sở Y tế",), due=DAY))
            for n in range(60)
        ),
    ]  # fmt: skip
    text = whole_text(write(FACTS, blocks))
    assert "Sở Y tế làm việc 59" in text or "Làm việc 59" in text


def test_empty_blocks_leave_no_trace() -> None:
    blocks = [Block(f"b{kind}", kind, " \x00 ", (1,)) for kind in BlockKind]
    assert find(read(minutes_docx(FACTS, blocks)), "Cuộc họp kết thúc")
    assert "1. ." not in whole_text(minutes_docx(FACTS, blocks))
    assert "a) " not in whole_text(notice_docx(FACTS, blocks))
