"""Several recordings are read as one: by the clock, every word once, nothing else left out."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from meetly.minutes.interleaving import Strand, Voiced, interleave
from meetly.minutes.speech import Utterance

CHAIR, SINH = "khai", "sinh"
ORDER = "Đề nghị các xã nộp báo cáo trước ngày 10 tháng 12."


def said(
    number: int, start: float, text: str, *, loud: float = 0.5, sure: float = 0.9, lasts: float = 4
) -> Voiced:
    return Voiced(Utterance(number, start, start + lasts, text), loud, sure)


def ids(strands: list[Strand]) -> list[int]:
    return [utterance.id for utterance in interleave(strands)]


def test_microphones_are_woven_by_time() -> None:
    chair = Strand([said(1, 0, "Mời xã Nậm Hoa."), said(3, 20, "Cảm ơn đồng chí.")], CHAIR)
    sinh = Strand([said(2, 6, "Xã đã giải ngân 72 phần trăm."), said(4, 30, "Vâng.")], SINH)
    assert ids([chair, sinh]) == [1, 2, 3, 4]


def test_what_two_microphones_heard_is_read_from_the_louder_one() -> None:
    near, far = said(1, 10, ORDER, loud=0.5, sure=0.6), said(2, 10.3, ORDER, loud=0.1, sure=0.9)
    for strands in ([Strand([near], CHAIR), Strand([far], SINH)],
                    [Strand([far], SINH), Strand([near], CHAIR)]):  # fmt: skip
        assert ids(strands) == [1]


def test_between_equally_loud_ones_the_surer_is_read() -> None:
    one = Strand([said(1, 10, ORDER, sure=0.6)], CHAIR)
    other = Strand([said(2, 10, ORDER.replace("nộp", "lập"), sure=0.9)], SINH)
    assert ids([one, other]) == [2]


def test_a_microphone_of_its_own_goes_before_the_sound_of_everybody() -> None:
    everybody = Strand([said(1, 10, ORDER, loud=0.9, sure=0.99), said(2, 30, "Xin hết.")])
    assert ids([everybody, Strand([said(3, 10.2, ORDER, loud=0.2, sure=0.4)], SINH)]) == [3, 2]


def test_words_cut_otherwise_on_the_other_microphone_are_still_the_same() -> None:
    whole = said(1, 10, f"{ORDER} Xã nào chậm thì giải trình.", loud=0.1, lasts=9)
    parts = [said(2, 10, ORDER, lasts=5), said(3, 15.2, "Xã nào chậm thì giải trình.", lasts=4)]
    assert ids([Strand([whole], CHAIR), Strand(parts, SINH)]) == [2, 3]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (ORDER, 40),  # said again later
        ("Xã Nậm Hoa xin lùi sang tháng 1 vì đường sạt lở.", 10),  # said at once, something else
        ("Các xã.", 10),  # a few words that stand in the other's
    ],
)
def test_what_only_resembles_or_only_coincides_is_kept(text: str, start: float) -> None:
    strands = [Strand([said(1, 10, ORDER)], CHAIR), Strand([said(2, start, text, loud=0.1)], SINH)]
    assert ids(strands) == [1, 2]


def test_the_same_few_words_at_the_same_moment_are_one_voice() -> None:
    strands = [Strand([said(1, 10, "Nhất trí!")], CHAIR),
               Strand([said(2, 10.1, "nhất trí", loud=0.1)], SINH)]  # fmt: skip
    assert ids(strands) == [1]


def test_an_overlap_is_read_from_the_earlier_part_up_to_its_end() -> None:
    first = Strand([said(1, 0, "Một."), said(2, 100, ORDER), said(3, 190, "Ba.")])
    second = Strand([said(4, 101, "Câu nghe khác hẳn."), said(5, 205, "Năm.")],
                    read_until=200, twice=100)  # fmt: skip
    assert ids([first, second]) == [1, 2, 3, 5]


def test_in_a_short_overlap_the_words_decide_because_clocks_may_be_wrong() -> None:
    first = Strand([said(1, 0, "Một."), said(2, 170, ORDER)])
    second = Strand([said(3, 171, ORDER), said(4, 180, "Việc này giao Sở Tài chính chủ trì.")],
                    read_until=200, twice=30)  # fmt: skip
    assert ids([first, second]) == [1, 2, 4]


def test_ten_hours_on_five_microphones_are_woven_quickly() -> None:
    names = ["a", "b", "c", "d", "e"]
    strands = [
        Strand([said(5 * n + k, 5.0 * n + k, f"Câu số {n} của người {k} trong buổi họp dài.",
                     loud=0.1 + k / 10) for n in range(7200)], name)
        for k, name in enumerate(names)
    ]  # fmt: skip
    begun = time.process_time()
    read = interleave(strands)
    assert time.process_time() - begun < 30
    assert all(before.start <= after.start for before, after in pairwise(read))


def test_one_recording_stays_as_it_is() -> None:
    alone = Strand([said(1, 5, "Hai."), said(2, 5, "Hai.")])
    assert ids([alone]) == [1, 2]
    assert interleave([]) == []
