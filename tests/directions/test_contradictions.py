"""The same work with another date or another lead is told apart from all other work."""

from __future__ import annotations

from datetime import date

import pytest

from meetly.directions.contradictions import Difference, Order, contradictions, difference

SOON, LATE = date(2026, 11, 30), date(2026, 12, 10)
REVIEW = "Sở Tài chính rà soát 14 dự án giải ngân dưới 50%, đề xuất điều chuyển vốn"


def order(key: int, text: str, lead: str = "1", due: date | None = None, *names: str) -> Order:
    return Order(key, text, frozenset(lead.split()), due, names)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # other words around the same work, another date
        (
            order(1, f"Giao {REVIEW}, trình UBND tỉnh trước ngày 10/12/2026.", "1", LATE),
            order(2, f"{REVIEW} trước ngày 30/11/2026.", "1", SOON),
            Difference.DATE,
        ),
        # the same work for somebody else
        (
            order(1, f"{REVIEW}.", "1", LATE, "Sở Tài chính"),
            order(2, REVIEW.replace("Sở Tài chính", "Sở Xây dựng"), "2", LATE, "Sở Xây dựng"),
            Difference.LEAD,
        ),
        # a group that holds the one
        (
            order(1, "UBND các xã, phường cập nhật tiến độ nhiệm vụ trên hệ thống", "3 4", LATE),
            order(2, "UBND xã Nậm Hoa cập nhật tiến độ nhiệm vụ trên hệ thống", "3", SOON),
            Difference.DATE,
        ),
        # recognised without diacritics
        (
            order(1, "so tai chinh ra soat 14 du an giai ngan duoi 50% de xuat von", "1", LATE),
            order(2, f"{REVIEW}.", "1", SOON),
            Difference.DATE,
        ),
        # said twice, the same
        (order(1, REVIEW, "1", LATE), order(2, REVIEW, "1", LATE), None),
        # one names no date: a question, no contradiction
        (order(1, REVIEW, "1", LATE), order(2, REVIEW, "1", None), None),
        # two works of one unit
        (
            order(1, "Sở Tài chính rà soát dự án giải ngân chậm, đề xuất điều chuyển", "1", LATE),
            order(2, "Sở Tài chính thanh toán phụ cấp cho cán bộ thôn bản", "1", SOON),
            None,
        ),
        # stages of one work
        (
            order(1, "Sở Y tế lập danh sách người cần tiêm phòng cúm mùa đông", "1", SOON),
            order(2, "Sở Y tế tiêm phòng xong cho người già và trẻ nhỏ vùng cao", "1", LATE),
            None,
        ),
        # alike only in the words of every order
        (
            order(1, "Sở Nội vụ báo cáo kết quả thực hiện, trình UBND tỉnh trước ngày 10/12", "1"),
            order(2, "Sở Y tế báo cáo kết quả thực hiện, trình UBND tỉnh trước ngày 30/11", "2"),
            None,
        ),
        # nobody leads one of them
        (order(1, REVIEW, "", LATE), order(2, REVIEW, "1", SOON), None),
    ],
)
def test_only_the_same_work_contradicts(
    one: Order, other: Order, expected: Difference | None
) -> None:
    assert difference(one, other) is expected
    assert difference(other, one) is expected


def test_fellows_and_earlier_ones_are_named_for_each_order() -> None:
    first = order(1, REVIEW, "1", LATE)
    second = order(2, "Sở Y tế tiêm phòng cúm cho người già vùng cao", "2", LATE)
    fellow = order(3, f"{REVIEW} của tỉnh", "1", SOON)
    earlier = order(9, f"Giao {REVIEW}", "1", date(2026, 11, 1))
    found = contradictions([first, second, fellow], [earlier])
    assert {key: [other.key for other, _on in others] for key, others in found.items()} == {
        1: [9, 3], 3: [9, 1],
    }  # fmt: skip
