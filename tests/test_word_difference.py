"""Between two texts every word that changed is seen, and only those."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from meetly.word_difference import Part, words

VIETNAMESE = st.text(alphabet="aăâbcdđeêou ởợ,.;12 ", max_size=60)


def without(op: str, parts: list[Part]) -> str:
    return "".join(text for found, text in parts if found != op)


def test_a_changed_date_is_struck_out_and_the_new_one_stands_beside_it() -> None:
    assert words("trước ngày 05/12.", "trước ngày 10/12/2026.") == [
        ("same", "trước ngày "),
        ("del", "05"),
        ("ins", "10"),
        ("same", "/12"),
        ("ins", "/2026"),
        ("same", "."),
    ]


def test_neighbouring_words_change_together() -> None:
    assert words("giao cho Sở Tài chính", "giao cho Ủy ban Dân tộc") == [
        ("same", "giao cho "),
        ("del", "Sở Tài chính"),
        ("ins", "Ủy ban Dân tộc"),
    ]


@settings(max_examples=300, deadline=None)
@given(VIETNAMESE, VIETNAMESE)
def test_the_parts_always_give_both_texts_back(before: str, after: str) -> None:
    parts = words(before, after)
    assert without("ins", parts) == before
    assert without("del", parts) == after
