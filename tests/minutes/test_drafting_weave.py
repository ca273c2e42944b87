"""Directions take the place of the words they were found in; what is open is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.drafting import Conclusion, Utterance, draft, open_questions, weave
from tests.minutes.sample import CHAIR, DAY, conclusions, minutes_blocks, utterances

ASSESSMENT, DIRECTION, QUESTION = BlockKind.ASSESSMENT, BlockKind.DIRECTION, BlockKind.QUESTION
HEALTH = Assignment(("Sở Y tế",), due=date(2026, 12, 2))


def kinds(blocks: list[Block], kind: BlockKind) -> list[Block]:
    return [block for block in blocks if block.kind is kind]


def point(text: str) -> Block:
    return Block("b1", ASSESSMENT, text, (1,), speaker=CHAIR, start=10.0)


def test_the_sample_gets_its_ten_directions() -> None:
    blocks = minutes_blocks()
    directions = kinds(blocks, DIRECTION)
    assert [b.assignment.lead[0] for b in directions if b.assignment] == [
        "Sở Tài chính",
        "UBND xã Nậm Hoa",
        "Sở Xây dựng",
        "Sở Khoa học và Công nghệ",
        "Sở Khoa học và Công nghệ",
        "UBND các xã, phường",
        "UBND phường Đồi Thông",
        "Sở Nội vụ",
        "Sở Nông nghiệp và Môi trường",
        "Văn phòng UBND tỉnh",
    ]
    assert directions[0].text.startswith("Giao Sở Tài chính chủ trì, phối hợp với Kho bạc")
    assert directions[0].assignment is not None
    assert directions[0].assignment.product == "Trình UBND tỉnh"
    assert directions[4].text.startswith("Sở Khoa học và Công nghệ rà soát, gia hạn 37 chứng thư")
    assert [b.text for b in kinds(blocks, ASSESSMENT)] == [
        "Ghi nhận 33 nhiệm vụ làm đúng hạn; nhưng để ba việc quá hạn mà không giải trình là"
        " chưa nghiêm.",
        "Đồng ý đề xuất của phường Đồi Thông.",
    ]


def test_the_sample_leaves_the_three_questions_of_its_secretary() -> None:
    assert [block.text for block in kinds(minutes_blocks(), QUESTION)] == [
        "Việc 6: việc định kỳ («trước 16 giờ thứ sáu hằng tuần») chưa có thời điểm kết thúc.",
        "Việc 9: giao Sở Nông nghiệp và Môi trường và Sở Y tế, chưa rõ đơn vị nào chủ trì.",
        "Việc 9: chưa có ngày cụ thể («trước đợt rét đậm đầu tiên») - cần chủ trì xác nhận.",
    ]


def test_a_direction_cites_only_where_it_was_said() -> None:
    heard = {utterance.id: utterance for utterance in utterances()}
    connection, certificates = kinds(minutes_blocks(), DIRECTION)[3:5]
    assert len(connection.evidence) == len(certificates.evidence) == 1
    assert "9 điểm cầu" in heard[connection.evidence[0]].text
    assert "37 chứng thư" in heard[certificates.evidence[0]].text
    assert connection.start is not None
    assert certificates.start is not None
    assert connection.start < certificates.start == heard[certificates.evidence[0]].start


def test_without_the_utterances_the_block_is_the_evidence() -> None:
    block = point("Một là, giao Sở Y tế cấp 500 lít hóa chất trước ngày 02/12.")
    span = "giao Sở Y tế cấp 500 lít hóa chất trước ngày 02/12"
    (order,) = weave([block], [Conclusion("b1", span, HEALTH)])
    assert (order.evidence, order.start, order.speaker) == ((1,), 10.0, CHAIR)
    assert order.text == "Giao Sở Y tế cấp 500 lít hóa chất trước ngày 02/12."


def test_ids_stay_apart_and_weaving_again_asks_only_once() -> None:
    blocks = minutes_blocks()
    ids = [block.id for block in blocks]
    assert len(set(ids)) == len(ids)
    assert weave(blocks, [], meeting_date=DAY) == blocks


def test_questions_follow_a_corrected_assignment() -> None:
    blocks = minutes_blocks()
    answered = [
        replace(b, assignment=replace(b.assignment, lead=("Sở Y tế",), due=date(2026, 12, 15)))
        if b.assignment and len(b.assignment.lead) == 2
        else b
        for b in blocks
    ]
    assert [b.text[:6] for b in kinds(weave(answered, []), QUESTION)] == ["Việc 6"]


def test_a_hand_written_question_survives() -> None:
    asked = Block("mine", QUESTION, "Tên dự án nghe chưa rõ.", (1,))
    assert asked in weave([point("Ghi nhận kết quả."), asked], [])


@pytest.mark.parametrize(
    ("assignment", "text", "asked"),
    [
        (Assignment(due=DAY), "Rà soát 14 dự án.", ["chưa rõ đơn vị chủ trì."]),
        (
            Assignment(("Sở Y tế",), due=date(2025, 12, 2)),
            "Sở Y tế báo cáo.",
            ["thời hạn 02/12/2025 trước ngày họp - cần chủ trì xác nhận."],
        ),
        (
            Assignment(("Sở A", "Sở B"), due=DAY),
            "Giao Sở A chủ trì cùng Sở B rà soát.",
            [],
        ),
        (
            Assignment(("Sở Y tế",), recurring="hằng tuần"),
            "Sở Y tế báo cáo hằng tuần đến hết năm 2026.",
            [],
        ),
    ],
)
def test_only_what_is_open_is_asked(assignment: Assignment, text: str, asked: list[str]) -> None:
    order = Block("b1", DIRECTION, text, (1,), assignment=assignment)
    assert [
        question.text.removeprefix("Việc 1: ")
        for question in open_questions([order], meeting_date=DAY)
    ] == asked


def test_a_direction_found_in_the_discussion_leaves_it_alone() -> None:
    talk = Block("b1", BlockKind.DISCUSSION, "Sở Y tế cấp 500 lít trước ngày 02/12.", (1,))
    closing = Block("b2", ASSESSMENT, "Ghi nhận kết quả.", (2,))
    woven = weave([talk, closing], [Conclusion("b1", talk.text.rstrip("."), HEALTH)])
    assert woven[:2] == [talk, closing]
    assert woven[2].kind is DIRECTION


def test_a_span_the_block_no_longer_holds_is_not_lost() -> None:
    woven = weave([point("Ghi nhận kết quả quý.")], [Conclusion("b1", "Sở Y tế làm gấp", HEALTH)])
    assert [(b.kind, b.text) for b in woven] == [
        (ASSESSMENT, "Ghi nhận kết quả quý."),
        (DIRECTION, "Sở Y tế làm gấp."),
    ]


def test_a_block_that_is_not_there_is_an_error() -> None:
    with pytest.raises(LookupError):
        weave([], [Conclusion("b1", "Sở Y tế làm gấp", HEALTH)])


def test_other_blocks_are_left_as_they_are() -> None:
    said = [Utterance(1, 0, 9, "Báo cáo, còn 14 dự án.", unit="Sở Y tế")]
    blocks = draft(said)
    assert weave(blocks, []) == blocks


def test_every_labelled_direction_has_its_block() -> None:
    blocks = draft(utterances())
    assert len(conclusions(blocks)) == 10
