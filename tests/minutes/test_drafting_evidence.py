"""The checker finds what a draft would have made up."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.drafting import Utterance, draft, unsupported
from tests.minutes.sample import minutes_blocks, utterances

HEARD = [
    Utterance(1, 0, 5, "Sở Tài chính đã giải ngân 2.856 tỷ đồng, đạt 68% kế hoạch."),
    Utterance(2, 5, 9, "Đường Bản Pho còn sáu hộ, xong trước ngày 15/12."),
]
TRUE = Block("b1", BlockKind.REPORT, "Giải ngân 2.856 tỷ đồng, đạt 68%.", (1,))


def test_the_truth_passes() -> None:
    assert unsupported([TRUE], HEARD) == []


@pytest.mark.parametrize(
    ("text", "evidence", "found"),
    [
        ("Giải ngân 2.857 tỷ đồng.", (1,), "b1: 2.857"),
        ("Giải ngân 856 tỷ đồng.", (1,), "b1: 856"),
        ("Đạt 86% kế hoạch.", (1,), "b1: 86%"),
        ("Xong trước ngày 16/12.", (2,), "b1: 16/12"),
        ("Còn bảy hộ ở Bản Pho.", (2,), "b1: bảy"),
        ("Đường tại Bản Lò còn hộ.", (2,), "b1: Bản Lò"),
        ("Theo Sở Bản Pho.", (1, 2), "b1: Sở Bản Pho"),
        ("Còn hộ ở Bản Pho.", (1,), "b1: Bản Pho"),
        ("Còn hộ.", (), "b1: no evidence"),
        ("Còn hộ.", (9,), "b1: no segment 9"),
    ],
)
def test_a_planted_claim_is_found(text: str, evidence: tuple[int, ...], found: str) -> None:
    assert found in unsupported([replace(TRUE, text=text, evidence=evidence)], HEARD)


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("giải ngân hai nghìn tám trăm tỷ đồng", "Giải ngân 2.800 tỷ đồng."),
        ("đạt sáu mươi tám phần trăm", "Đạt 68%."),
        ("trước ngày mười lăm tháng mười hai", "Xong trước ngày 15/12."),
        ("trước ngày 05 tháng 12 năm 2026", "Xong trước ngày 05/12/2026."),
        ("còn 6 hộ", "Còn sáu hộ."),
        ("một trăm hai mươi lăm hồ sơ", "Có 125 hồ sơ."),
    ],
)
def test_figures_may_be_said_in_words_and_written_in_digits(spoken: str, written: str) -> None:
    said = [Utterance(1, 0, 5, spoken)]
    block = replace(TRUE, text=written, evidence=(1,))
    assert unsupported([block], said) == []


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("giải ngân hai nghìn tám trăm tỷ đồng", "Giải ngân 800 tỷ đồng."),
        ("giải ngân hai nghìn tám trăm tỷ đồng", "Giải ngân 2.000 tỷ đồng."),
        ("đạt sáu mươi tám phần trăm", "Đạt 60%."),
        ("trước ngày mười lăm tháng mười hai", "Xong trước ngày 12/12."),
        ("còn 6 hộ", "Còn bảy hộ."),
        ("bốn người của năm xã", "Ngày 4/5."),
    ],
)
def test_a_part_of_a_figure_was_not_said(spoken: str, written: str) -> None:
    block = replace(TRUE, text=written, evidence=(1,))
    assert unsupported([block], [Utterance(1, 0, 5, spoken)])


def test_a_name_the_directory_gave_is_known() -> None:
    order = replace(
        TRUE,
        kind=BlockKind.DIRECTION,
        text="Giao Sở Xây dựng giải ngân 68%.",
        assignment=Assignment(("Sở Xây dựng",)),
    )
    assert unsupported([order], HEARD) == []
    assert unsupported([replace(order, assignment=None)], HEARD) == ["b1: Sở Xây"]


def test_a_question_is_checked_where_it_quotes() -> None:
    question = Block("q", BlockKind.QUESTION, "Việc 9: chưa có ngày («trước Tết»).", (2,))
    assert unsupported([question], HEARD) == ["q: Tết"]


def test_the_sample_passes_and_every_planted_change_is_found() -> None:
    heard = utterances()
    blocks = minutes_blocks()
    assert unsupported(blocks, heard) == []
    for index, block in enumerate(blocks):
        if block.kind is not BlockKind.QUESTION:
            planted = replace(block, text=f"{block.text} Tổng cộng 9.999 đồng tại Bản Xa.")
            assert unsupported([*blocks[:index], planted], heard) == [
                f"{block.id}: 9.999",
                f"{block.id}: Bản Xa",
            ]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("speakers", [True, False])
def test_a_draft_of_badly_heard_words_adds_none(seed: int, speakers: bool) -> None:
    chance = random.Random(seed)
    words = " ".join(utterance.text for utterance in utterances()).split()
    heard = [
        replace(u, text=" ".join(
            chance.choice(words) if chance.random() < 0.2 else word for word in u.text.split()
        ))
        for u in utterances(speakers=speakers)
    ]  # fmt: skip
    assert unsupported(draft(heard), heard) == []


def test_drafts_of_drafted_pieces_are_supported_too() -> None:
    heard = utterances()
    for size in (1, 7, 20):
        part = heard[size : size * 3]
        assert unsupported(draft(part), part) == []
