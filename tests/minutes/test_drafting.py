"""The draft of the sample: the right people, grouped rightly, in fewer words, nothing invented."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.drafting import Utterance, draft, roll_call, unsupported
from tests.minutes.sample import CHAIR, utterances

REPORT, DISCUSSION, ASSESSMENT = BlockKind.REPORT, BlockKind.DISCUSSION, BlockKind.ASSESSMENT


def words(blocks: list[Block], *kinds: BlockKind) -> int:
    return sum(len(block.text.split()) for block in blocks if block.kind in kinds)


def texts(blocks: list[Block], *kinds: BlockKind) -> str:
    return "\n".join(block.text for block in blocks if block.kind in kinds)


def said(*lines: str, **about: object) -> list[Utterance]:
    """Make utterances of one line each, "who: text", five seconds apart."""
    made = []
    for number, line in enumerate(lines, 1):
        who, _, text = line.partition(": ")
        chair = who == "Chủ trì"
        made.append(Utterance(number, number * 5.0, number * 5.0 + 4, text, who, "", who, chair))
    return made


def test_the_sample_is_grouped_as_a_secretary_would() -> None:
    blocks = draft(utterances())
    spoken = [(b.kind, b.unit, b.speaker) for b in blocks if b.kind is not ASSESSMENT]
    assert spoken == [
        (REPORT, "Văn phòng UBND tỉnh", "Lê Thị Minh Hòa"),
        (REPORT, "Sở Tài chính", "Phạm Đức Long"),
        (REPORT, "Sở Khoa học và Công nghệ", "Hoàng Thu Hà"),
        (DISCUSSION, "Sở Tài chính", "Phạm Đức Long"),
        (DISCUSSION, "UBND xã Nậm Hoa", "Vàng A Sình"),
        (DISCUSSION, "UBND phường Đồi Thông", "Nguyễn Bảo Châu"),
        (DISCUSSION, "Văn phòng UBND tỉnh", "Lê Thị Minh Hòa"),
        (DISCUSSION, "Sở Tài chính", "Phạm Đức Long"),
        (DISCUSSION, "Sở Khoa học và Công nghệ", "Hoàng Thu Hà"),
    ]
    concluded = [block for block in blocks if block.kind is ASSESSMENT]
    assert [block.speaker for block in concluded] == [CHAIR] * 10
    assert concluded[0].text.startswith("Ghi nhận 33 nhiệm vụ làm đúng hạn;")
    openings = ("Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Cuối cùng")
    for block, opening in zip(concluded[1:], openings, strict=True):
        assert block.text.startswith(opening)


def test_nothing_in_the_sample_draft_is_invented() -> None:
    heard = utterances()
    assert unsupported(draft(heard), heard) == []


def test_reports_and_discussion_keep_two_fifths_of_the_words() -> None:
    heard = utterances()
    spoken = sum(len(utterance.text.split()) for utterance in heard)
    kept = words(draft(heard), REPORT, DISCUSSION)
    assert 0.25 * spoken < kept <= 0.4 * spoken


@pytest.mark.parametrize(
    "figure",
    """48 nhiệm vụ|hoàn thành 36|33 đúng hạn|15/11|2.856 tỷ|68%|4.200 tỷ|14 dự án dưới 50%
|66 điểm cầu|412 chứng thư|37 chứng thư|31/12|47 hộ|41 hộ|6 hộ|bốn hộ|1.240 hồ sơ|98,7%|05/12
|năm ngày""".replace("\n", "").split("|"),
)
def test_figures_of_the_sample_stand_as_they_were_said(figure: str) -> None:
    assert figure in texts(draft(utterances()), REPORT, DISCUSSION)


@pytest.mark.parametrize(
    "talk",
    """micro|nghe rõ|thưa|cảm ơn|mời| ạ| à,|ghi cho rõ|đọc lại toàn văn|quá mười phút|dạ|chúng tôi
| tôi |xin hứa|báo cáo đồng chí|lát nữa""".replace("\n", "").split("|"),
)
def test_talk_of_the_sample_is_gone(talk: str) -> None:
    assert talk not in texts(draft(utterances()), *BlockKind).lower()


def test_a_question_and_its_answer_stay_together() -> None:
    blocks = draft(utterances())
    finance = next(b for b in blocks if b.kind is DISCUSSION and b.unit == "Sở Tài chính")
    assert finance.text == (
        "chủ trì hỏi: trước ngày 05/12 Sở phải trình phương án, có kịp không? Trả lời: phải đối"
        " chiếu với Kho bạc từng dự án, xin Chủ tịch cho thêm năm ngày."
    )


def test_a_block_starts_where_its_first_sentence_was_said() -> None:
    heard = {utterance.id: utterance for utterance in utterances()}
    for block in draft(list(heard.values())):
        assert block.start is not None
        first = heard[block.evidence[0]]
        assert first.start <= block.start <= first.end


def test_the_same_words_give_the_same_draft() -> None:
    assert draft(utterances()) == draft(utterances())


def test_without_speakers_the_conclusion_is_found_by_its_words() -> None:
    heard = utterances(speakers=False)
    blocks = draft(heard)
    assert {block.kind for block in blocks} == {DISCUSSION, ASSESSMENT}
    assert [b.text.split(",")[0] for b in blocks if b.kind is ASSESSMENT][1:4] == [
        "Một là",
        "Hai là",
        "Ba là",
    ]
    assert "cảm ơn" not in texts(blocks, *BlockKind)
    assert unsupported(blocks, heard) == []


def test_without_a_conclusion_everything_is_discussion() -> None:
    heard = [u for u in utterances(speakers=False) if u.id < 40]
    blocks = draft(heard)
    assert blocks
    assert {block.kind for block in blocks} == {DISCUSSION}


def test_the_chair_may_be_named_by_the_caller() -> None:
    unmarked = [replace(utterance, chair=False) for utterance in utterances()]
    assert draft(unmarked, chair=CHAIR) == draft(utterances())


def test_the_agenda_tells_who_reports() -> None:
    heard = said(
        "UBND xã Bản Lò: Xã đã thu 120 tấn lúa, đạt 80% kế hoạch.",
        "Sở Y tế: Toàn tỉnh còn 12 ca bệnh, đề nghị các xã phun hóa chất.",
    )
    blocks = draft(heard, reporters=["UBND xã Bản Lò"])
    assert [(b.unit, b.kind) for b in blocks] == [
        ("UBND xã Bản Lò", REPORT),
        ("Sở Y tế", DISCUSSION),
    ]


def test_a_commune_called_to_report_reports() -> None:
    heard = said(
        "Chủ trì: Mời xã Bản Lò báo cáo.",
        "UBND xã Bản Lò: Xã đã thu 120 tấn lúa, đạt 80% kế hoạch.",
        "Sở Y tế: Toàn tỉnh còn 12 ca bệnh, đề nghị các xã phun hóa chất.",
    )
    assert {(b.unit, b.kind) for b in draft(heard)} == {
        ("UBND xã Bản Lò", REPORT),
        ("Sở Y tế", REPORT),
    }


def test_putting_the_conclusion_off_is_not_concluding() -> None:
    heard = said(
        "Chủ trì: Việc này lát nữa tôi kết luận.",
        "Sở Y tế: Toàn tỉnh còn 12 ca bệnh, đề nghị các xã phun hóa chất.",
        "Chủ trì: Bây giờ tôi kết luận. Giao Sở Y tế cấp đủ 500 lít hóa chất trước ngày 02/12.",
    )
    blocks = draft(heard)
    assert [b.kind for b in blocks] == [REPORT, ASSESSMENT]
    assert blocks[1].text == "Giao Sở Y tế cấp đủ 500 lít hóa chất trước ngày 02/12."
    assert blocks[1].evidence == (3,)


@pytest.mark.parametrize(
    "line",
    [
        "Nếu không thì tôi kết luận, giao Sở Y tế cấp 500 lít hóa chất trước ngày 02/12.",
        "Tôi kết luận như sau giao Sở Y tế cấp 500 lít hóa chất trước ngày 02/12.",
        "Tôi xin phép kết luận: giao Sở Y tế cấp 500 lít hóa chất trước ngày 02/12.",
    ],
)
def test_what_is_said_in_one_breath_with_the_announcement_is_kept(line: str) -> None:
    (block,) = draft(said(f"Chủ trì: {line}"))
    assert block.kind is ASSESSMENT
    assert block.text == "Giao Sở Y tế cấp 500 lít hóa chất trước ngày 02/12."


@pytest.mark.parametrize("who", ["", "Chủ trì"])
def test_orders_given_one_after_the_other_are_a_conclusion_nobody_announced(who: str) -> None:
    heard = said(
        "Sở Y tế: Toàn tỉnh còn 12 ca bệnh, đề nghị các xã phun hóa chất.",
        f"{who}: Giao Sở Y tế cấp 500 lít hóa chất trước ngày 02/12.",
        f"{who}: Yêu cầu UBND các xã phun xong trong tuần này.",
    )
    blocks = draft(heard)
    assert [b.kind for b in blocks if b.evidence != (1,)] == [ASSESSMENT, ASSESSMENT]


def test_points_counted_late_are_a_conclusion_nobody_announced() -> None:
    heard = said(
        ": Một là xã còn 12 hộ nghèo.",
        ": Hai là xã thiếu 3 giáo viên.",
        ": Ngoài ra còn 4 phòng học tạm.",
        ": Năm nay đã xây 2 phòng.",
        ": Đề nghị tỉnh bố trí vốn.",
        ": Hai là, Sở Tài chính bố trí 3 tỷ đồng.",
        ": Ba là, Sở Xây dựng thẩm định trong tuần này.",
    )
    concluded = [block.evidence for block in draft(heard) if block.kind is ASSESSMENT]
    assert concluded == [(6,), (7,)]


def test_a_single_order_in_the_talk_is_no_conclusion() -> None:
    heard = said("Sở Y tế: Toàn tỉnh còn 12 ca bệnh.", ": Giao Sở Y tế cấp 500 lít hóa chất.")
    assert ASSESSMENT not in {block.kind for block in draft(heard)}


def test_others_who_speak_after_the_conclusion_are_not_the_chair() -> None:
    heard = said(
        "Sở Y tế: Toàn tỉnh còn 12 ca bệnh.",
        "Chủ trì: Tôi kết luận. Giao Sở Y tế cấp 500 lít hóa chất trước ngày 02/12.",
        "Sở Tài chính: Sở xin bổ sung 3 tỷ đồng.",
    )
    assert [(b.kind, b.unit) for b in draft(heard)] == [
        (REPORT, "Sở Y tế"),
        (DISCUSSION, "Sở Tài chính"),
        (ASSESSMENT, ""),
    ]


def test_a_sentence_heard_in_two_segments_cites_both() -> None:
    heard = [
        Utterance(7, 10, 20, "Báo cáo Chủ tịch, toàn tỉnh còn 14 dự án", unit="Sở Tài chính"),
        Utterance(8, 20, 24, "giải ngân dưới 50%. Xin hết ạ.", unit="Sở Tài chính"),
    ]
    (block,) = draft(heard)
    assert block.text == "toàn tỉnh còn 14 dự án giải ngân dưới 50%."
    assert block.evidence == (7, 8)


def test_a_gap_in_the_speaker_events_does_not_break_a_report() -> None:
    heard = said(
        "Sở Y tế: Toàn tỉnh còn 12 ca bệnh.",
        ": Trong đó 9 ca ở xã Bản Lò.",
        "Sở Y tế: Đề nghị các xã phun hóa chất.",
    )
    (block,) = draft(heard)
    assert block.evidence == (1, 2, 3)


def test_an_engine_without_punctuation_gives_one_sentence_a_segment() -> None:
    line = "toàn tỉnh còn 12 ca bệnh ở xã Bản Lò đề nghị các xã phun hóa chất ngay trong tuần"
    heard = [Utterance(n, n * 9.0, n * 9.0 + 8, line, unit="Sở Y tế") for n in range(1, 9)]
    (block,) = draft(heard)
    assert block.text.count(".") == len(block.evidence) > 1


def test_who_is_there_is_read_from_the_opening() -> None:
    assert roll_call(utterances()) == (
        "Đến giờ này 75/75 điểm cầu cấp xã đã kết nối.",
        "Sở Y tế do đồng chí Phó Giám đốc dự thay, đã được Chủ tịch đồng ý.",
    )


@pytest.mark.parametrize("heard", [[], [Utterance(1, 0, 1, "  ")], [Utterance(1, 0, 1, "Alo.")]])
def test_silence_makes_no_minutes(heard: list[Utterance]) -> None:
    assert draft(heard) == []


def test_three_hours_are_drafted_in_seconds() -> None:
    sample = utterances()
    heard = [
        replace(utterance, id=number * 1000 + utterance.id, start=number * 500.0 + utterance.start,
                end=number * 500.0 + utterance.end)
        for number in range(150)
        for utterance in sample
    ]  # fmt: skip
    began = time.perf_counter()
    blocks = draft(heard)
    assert time.perf_counter() - began < 20
    assert unsupported(blocks, heard) == []
    total = sum(len(utterance.text.split()) for utterance in heard)
    assert words(blocks, REPORT, DISCUSSION) <= 0.4 * total
