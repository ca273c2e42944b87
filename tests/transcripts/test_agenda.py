"""Where the items of an agenda are announced."""

from __future__ import annotations

from meetly.transcripts.agenda import Item, proposals

ITEMS = [
    Item(1, "Tiến độ giải ngân vốn đầu tư công", "Sở Tài chính"),
    Item(2, "Phòng, chống sạt lở mùa mưa", "Sở Nông nghiệp và Môi trường"),
    Item(3, "Công tác tổ chức"),
]
SPOKEN = [
    "Kính thưa các đồng chí.",
    "Sở Tài chính và các điểm cầu nghe rõ chứ ạ?",
    "Mời Sở Tài chính báo cáo tiến độ giải ngân.",
    "Đến nay đã giải ngân 62 phần trăm vốn đầu tư công.",
    "Cảm ơn. Tiếp theo xin mời Sở Nông nghiệp và Môi trường.",
    "Báo cáo hội nghị, về phòng, chống sạt lở mùa mưa.",
    "Mời Sở Tài chính nói thêm.",
    "Ta chuyển sang nội dung thứ ba.",
]


def test_an_item_begins_where_its_unit_is_called() -> None:
    assert proposals(ITEMS, SPOKEN) == {1: 2, 2: 4, 3: 7}


def test_diacritics_that_were_not_heard_do_not_matter() -> None:
    assert proposals(ITEMS[:1], ["moi so tai chinh bao cao"]) == {1: 0}


def test_what_nobody_announces_is_left_out() -> None:
    assert proposals(ITEMS, ["Kính thưa các đồng chí.", "Sở Tài chính nghe rõ."]) == {}
    assert proposals([], SPOKEN) == {}
    assert proposals(ITEMS, []) == {}


def test_items_keep_their_order() -> None:
    swapped = [Item(1, "Việc thứ nhất", "Sở Nông nghiệp và Môi trường"),
               Item(2, "Việc thứ hai", "Sở Tài chính")]  # fmt: skip
    assert proposals(swapped, SPOKEN) == {1: 4, 2: 6}
