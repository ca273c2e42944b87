"""Paragraphs find the printed page they stand on by their words."""

from __future__ import annotations

import pytest

from meetly.minutes.printing.placing import pages_of

ONE = "Sở Tài chính báo cáo: giải ngân đạt 62,4% kế hoạch năm, thấp hơn cùng kỳ 3,1 điểm."
TWO = "Giao UBND các xã, phường rà soát hộ nghèo, báo cáo trước ngày 15/12/2026."
THREE = "Văn phòng UBND tỉnh theo dõi, đôn đốc và tổng hợp kết quả."


def test_each_paragraph_stands_where_its_words_do() -> None:
    pages = [f"1. {ONE}", f"TT Nội dung\n1 {TWO.removeprefix('Giao ')}\n2 {THREE}"]
    assert pages_of([ONE, TWO, THREE], pages) == [0, 1, 1]


def test_lines_broken_by_a_table_and_lost_marks_do_not_matter() -> None:
    pages = ["lời mở đầu", TWO.replace(" ", "\n"), "SO TAI CHINH BAO CAO: GIAI NGAN DAT 62,4%"]
    assert pages_of([TWO, ONE], pages) == [1, 2]


def test_a_paragraph_over_two_pages_stands_where_most_of_it_is() -> None:
    words = ONE.split()
    pages = [" ".join(words[:5]), " ".join(words[5:])]
    assert pages_of([ONE], pages) == [1]


@pytest.mark.parametrize("text", ["", "…", "Đồng ý.", "không có ở đâu cả trong hai trang này"])
def test_what_is_found_nowhere_stands_by_the_one_before(text: str) -> None:
    assert pages_of([TWO, text], [ONE, TWO]) == [1, 1]


def test_without_pages_nothing_is_placed_beyond_the_first() -> None:
    assert pages_of([ONE, TWO], [""]) == [0, 0]
