"""An edited .docx finds back to its blocks: words, order, table, tracked changes, comments."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.difference import Change
from meetly.minutes.document import minutes_docx
from meetly.minutes.word_files import matching, reading, sections
from meetly.minutes.word_files.choosing import Proposals, chosen, proposals
from meetly.minutes.word_files.matching import Matched
from meetly.paper_wording import clean
from tests.minutes import sample
from tests.minutes.word_files.edited import Edited

BASE = sample.minutes_blocks()
MARKS = matching.marks_for(7, 3, BASE)
DRAFT = minutes_docx(sample.FACTS, BASE, MARKS)
OF = {block.id: block for block in BASE}


@pytest.fixture
def file() -> Edited:
    return Edited(DRAFT)


def read(document: bytes, base: Sequence[Block] = BASE, *, bare: bool = False) -> Matched:
    found = reading.found_in(io.BytesIO(document))
    if bare:
        found = [replace(item, marks=()) for item in found]
    return matching.match(sections.sort(found), base, MARKS, sample.FACTS, "seed0000")


def offered(file: Edited, *, bare: bool = False) -> Proposals:
    return proposals(BASE, read(file.bytes(), bare=bare).blocks, BASE)


def only(found: Proposals) -> Block:
    assert [p.change for p in found.blocks] == [Change.CHANGED] and not found.moved
    return found.blocks[0].block


@pytest.mark.parametrize("bare", [False, True], ids=["marks", "no-marks"])
def test_a_file_nobody_edited_changes_nothing(file: Edited, bare: bool) -> None:
    assert not offered(file, bare=bare)


@pytest.mark.parametrize("bare", [False, True], ids=["marks", "no-marks"])
def test_corrected_words_keep_their_evidence(file: Edited, bare: bool) -> None:
    file.replace("2.856 tỷ", "2.857 tỷ")
    changed = only(offered(file, bare=bare))
    assert changed == replace(OF["b2"], text=OF["b2"].text.replace("2.856", "2.857"))


def test_words_that_are_all_new_rest_on_nothing(file: Edited) -> None:
    paragraph = file.paragraph("nên dùng chung một biểu")
    paragraph.runs[-1].text = "Sau khi thảo luận, các bên thống nhất giao ban vào ngày thứ hai."
    found = offered(file)
    assert only(found).evidence == () and "evidence" in found.blocks[0].notes


def test_who_spoke_may_be_corrected(file: Edited) -> None:
    file.replace("Phạm Đức Long", "Phạm Đức Lương", holds="đồng tình, và nên")
    changed = only(offered(file))
    assert changed == replace(OF["b8"], speaker="Phạm Đức Lương")


def test_a_paragraph_is_added_and_another_removed(file: Edited) -> None:
    file.insert("nên dùng chung một biểu", "Sở Y tế: đề nghị bổ sung số liệu tiêm chủng.")
    file.remove("đồng tình, và nên")
    found = offered(file)
    added, removed = found.blocks
    assert added.change is Change.ADDED and added.block.kind is BlockKind.DISCUSSION
    assert added.block.text == "Sở Y tế: đề nghị bổ sung số liệu tiêm chủng."
    assert added.block.evidence == ()
    assert removed.change is Change.REMOVED and removed.block == OF["b8"]
    after = [b.id for b in chosen(BASE, read(file.bytes()).blocks, BASE,
                                  {p.block.id for p in found.blocks}, order=True)]  # fmt: skip
    assert after == [
        i for b in BASE if b.id != "b8"
        for i in ((b.id, added.block.id) if b.id == "b7" else (b.id,))
    ]  # fmt: skip


def test_a_paragraph_cut_in_two_rests_on_the_same_evidence(file: Edited) -> None:
    file.split("tính đến ngày 20/11", "Còn 14 dự án")
    changed, added = offered(file).blocks
    assert changed.block.id == "b2" and changed.block.evidence == OF["b2"].evidence
    assert added.change is Change.ADDED and added.block.text.startswith("Còn 14 dự án")
    assert added.block.evidence == OF["b2"].evidence and added.block.unit == "Sở Tài chính"


def test_two_paragraphs_made_one_rest_on_both(file: Edited) -> None:
    file.join("nên dùng chung một biểu", "đồng tình, và nên")
    changed, removed = offered(file).blocks
    assert changed.block.id == "b7" and "đồng tình" in changed.block.text
    assert changed.block.evidence == OF["b7"].evidence + OF["b8"].evidence
    assert removed.block.id == "b8" and removed.change is Change.REMOVED


def test_the_order_of_paragraphs_is_taken_over(file: Edited) -> None:
    file.move("nên dùng chung một biểu", after="phần mềm làm được ngay")
    found = offered(file)
    assert not found.blocks and {b.id for b in found.moved} == {"b7", "b8", "b9"}
    after = chosen(BASE, read(file.bytes()).blocks, BASE, (), order=True)
    spoken = [b.id for b in after if b.kind is BlockKind.DISCUSSION]
    assert spoken == ["b4", "b5", "b6", "b8", "b9", "b7"]
    assert chosen(BASE, read(file.bytes()).blocks, BASE, (), order=False) == BASE


def test_a_paragraph_moved_to_another_part_becomes_its_kind(file: Edited) -> None:
    file.move("nên dùng chung một biểu", after="Ghi nhận 33 nhiệm vụ")
    found = offered(file)
    assert [p.block.id for p in found.blocks] == ["b7"]
    assert found.blocks[0].block.kind is BlockKind.ASSESSMENT and "kind" in found.blocks[0].notes


def test_cells_of_a_direction_are_its_assignment(file: Edited) -> None:
    cells = file.rows()[1].cells
    for column, text in ((2, "UBND xã Nậm Khánh"), (3, "Sở Tài chính; Sở Xây dựng"),
                         (4, "20/12/2026"), (5, "Báo cáo UBND tỉnh")):  # fmt: skip
        cells[column].paragraphs[0].runs[0].text = text
    changed = only(offered(file))
    given = changed.assignment
    assert changed.id == "b12-1" and given is not None and changed.evidence == OF["b12-1"].evidence
    assert given.lead == ("UBND xã Nậm Khánh",) and given.due == date(2026, 12, 20)
    assert given.coordinate == ("Sở Tài chính", "Sở Xây dựng")
    assert given.product == "Báo cáo UBND tỉnh"
    assert changed.text.startswith("UBND xã Nậm Khánh vận động xong 6 hộ")
    assert changed.text.endswith("trước ngày 20/12/2026.")  # the old day must not survive


def test_the_task_of_a_direction_changes_inside_its_sentence(file: Edited) -> None:
    cell = file.rows()[1].cells[1].paragraphs[0].runs[0]
    cell.text = cell.text.replace("6 hộ", "5 hộ")
    assert only(offered(file)).text == OF["b12-1"].text.replace("6 hộ", "5 hộ")


def test_a_deadline_nobody_can_read_is_said_and_changes_nothing(file: Edited) -> None:
    file.rows()[1].cells[4].paragraphs[0].runs[0].text = "khi nào xong"
    matched = read(file.bytes())
    assert matched.unread == ["khi nào xong"] and not proposals(BASE, matched.blocks, BASE)


def test_a_row_is_added_and_another_removed(file: Edited) -> None:
    rows = file.rows()
    table = rows[0].table
    new = table.add_row().cells
    for cell, text in zip(
        new, ("11", "Tổng hợp số liệu", "Sở Nội vụ", "–", "30/12/2026", "–", "–"), strict=True
    ):
        cell.text = text
    rows[3]._tr.getparent().remove(rows[3]._tr)
    added, removed = offered(file).blocks
    assert removed.block.id == "b14-1" and removed.change is Change.REMOVED
    assert added.block.text == "Giao Sở Nội vụ tổng hợp số liệu"
    assert added.block.assignment is not None and added.block.assignment.lead == ("Sở Nội vụ",)
    assert added.block.assignment.due == date(2026, 12, 30) and added.block.evidence == ()


def test_tracked_changes_are_read_as_accepted(file: Edited) -> None:
    file.track_replace("68% kế hoạch", "69% kế hoạch")
    assert only(offered(file)).text == OF["b2"].text.replace("68%", "69%")


def test_a_tracked_deletion_of_a_paragraphs_end_joins_it_to_the_next(file: Edited) -> None:
    file.track_end("nên dùng chung một biểu")
    changed, removed = offered(file).blocks
    assert "đồng tình" in changed.block.text and removed.block.id == "b8"


def test_comments_belong_to_their_block_or_to_the_whole(file: Edited) -> None:
    file.comment("Còn 14 dự án dưới 50%", "Kiểm tra lại số dự án")
    file.comment("Cuộc họp kết thúc", "Giờ đúng chưa?", author="")
    said = [(block, c.author, c.text) for block, c in read(file.bytes()).remarks]
    assert sorted(said) == [("", "", "Giờ đúng chưa?"), ("b2", "Hà", "Kiểm tra lại số dự án")]


def test_the_frame_is_listed_and_not_taken_over(file: Edited) -> None:
    file.replace("08 giờ 00 phút", "09 giờ 00 phút", holds="Thời gian bắt đầu")
    theirs = sections.sort(reading.found_in(io.BytesIO(file.bytes()))).frame
    ours = sections.sort(reading.found_in(io.BytesIO(DRAFT))).frame
    [note] = sections.frame_notes(ours, theirs)
    assert "09 giờ 00 phút" in note and not offered(file)


# -- three texts meet ------------------------------------------------------------------------


def test_what_changed_only_in_the_minutes_stays(file: Edited) -> None:
    file.replace("2.856 tỷ", "2.857 tỷ")
    now = [replace(b, text="Sửa trên trang.") if b.id == "b8" else b for b in BASE]
    found = proposals(BASE, read(file.bytes()).blocks, now)
    assert [p.block.id for p in found.blocks] == ["b2"] and not found.contested
    after = chosen(BASE, read(file.bytes()).blocks, now, {"b2"}, order=True)
    assert {b.id: b.text for b in after}["b8"] == "Sửa trên trang."


def test_what_both_sides_changed_is_shown_twice_and_never_taken_unasked(file: Edited) -> None:
    file.replace("2.856 tỷ", "2.857 tỷ")
    now = [replace(b, text="Sửa trên trang.") if b.id == "b2" else b for b in BASE]
    [proposal] = proposals(BASE, read(file.bytes()).blocks, now).blocks
    assert proposal.is_contested and proposal.now == now[1] and proposal.meanwhile
    assert chosen(BASE, read(file.bytes()).blocks, now, (), order=True) == now


def test_a_block_added_meanwhile_keeps_its_place(file: Edited) -> None:
    file.move("nên dùng chung một biểu", after="phần mềm làm được ngay")
    new = Block("n1", BlockKind.DISCUSSION, "Viết thêm.")
    now = [x for b in BASE for x in ((b, new) if b.id == "b8" else (b,))]
    after = chosen(BASE, read(file.bytes()).blocks, now, (), order=True)
    assert [b.id for b in after if b.kind is BlockKind.DISCUSSION] == [
        "b4", "b5", "b6", "b8", "b9", "n1", "b7",
    ]  # fmt: skip


def test_random_edits_come_back_to_the_letter() -> None:
    """Two dozen files with random edits: taken whole, the minutes read as the file does."""
    spoken = [b for b in BASE if b.kind in (BlockKind.REPORT, BlockKind.DISCUSSION)]
    for seed in range(24):
        chance = random.Random(seed)
        file, words = Edited(DRAFT), {b.id: b.text for b in spoken}
        for block in chance.sample(spoken, 3):
            what = chance.choice(["change", "remove", "add"])
            if what == "change":
                some = chance.choice([w for w in block.text.split() if len(w) > 3])
                run = file.paragraph(clean(block.text)[:40]).runs[-1]
                run.text = run.text.replace(some, "đã sửa", 1)
                words[block.id] = run.text
            elif what == "remove":
                file.remove(clean(block.text)[:40])
                del words[block.id]
            else:
                file.insert(clean(block.text)[:40], f"Đoạn mới {seed} {block.id}.")
                words[f"new {block.id}"] = f"Đoạn mới {seed} {block.id}."
        blocks = read(file.bytes()).blocks
        every = {p.block.id for p in proposals(BASE, blocks, BASE).blocks}
        after = chosen(BASE, blocks, BASE, every, order=True)
        said = [b.text for b in after if b.kind in (BlockKind.REPORT, BlockKind.DISCUSSION)]
        assert sorted(said) == sorted(words.values()), f"seed {seed}"
        others = [b for b in after if b.kind not in (BlockKind.REPORT, BlockKind.DISCUSSION)]
        assert others == [b for b in BASE if b not in spoken], f"seed {seed}"
        for block in after:
            assert set(block.evidence) <= {s for b in BASE for s in b.evidence}


def test_planted_a_reader_that_forgets_tracked_deletions_is_caught(
    file: Edited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_GONE", reading._GONE - {"del", "delText"})
    monkeypatch.setattr(reading, "_written", lambda step: (step.text or "") if
                        reading._name(step) in ("t", "delText") else "")  # fmt: skip
    file.track_replace("68% kế hoạch", "69% kế hoạch")
    assert only(offered(file)).text != OF["b2"].text.replace("68%", "69%")


def test_planted_choosing_without_the_base_would_lose_what_was_written_meanwhile(
    file: Edited,
) -> None:
    now = [replace(b, text="Sửa trên trang.") if b.id == "b8" else b for b in BASE]
    blocks = read(file.bytes()).blocks
    assert not proposals(BASE, blocks, now)
    careless = proposals(now, blocks, now)  # a two-way comparison
    assert [p.block.id for p in careless.blocks] == ["b8"]
