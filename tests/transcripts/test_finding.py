"""Words found and replaced, with and without diacritics."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from meetly.folding import fold
from meetly.transcripts.finding import Wanted, cut, replaced, spans

TEXT = "Xã nậm hóa và xã Nậm Hoa, NẬM HOA; namhoa."


def found(text: str, wanted: Wanted) -> list[str]:
    return [text[begin:end] for begin, end in spans(text, wanted)]


def test_diacritics_and_capitals_are_forgiven() -> None:
    assert found(TEXT, Wanted("nam hoa")) == ["nậm hóa", "Nậm Hoa", "NẬM HOA"]
    assert found("Đồi Thông", Wanted("doi  thong")) == ["Đồi Thông"]


def test_or_not_where_that_is_wished() -> None:
    assert found(TEXT, Wanted("Nậm Hoa", exact=True)) == ["Nậm Hoa"]
    assert found(TEXT, Wanted("nậm hoa", exact=True)) == []


def test_a_syllable_inside_a_longer_word_is_not_meant() -> None:
    assert found("Bàn ăn", Wanted("an")) == ["ăn"]
    assert found("Bàn ăn", Wanted("an", inside=True)) == ["àn", "ăn"]


def test_letters_that_are_written_in_pieces_are_found_whole() -> None:
    pieces = unicodedata.normalize("NFD", "xã Nậm Hóa.")
    [(begin, end)] = spans(pieces, Wanted("nam hoa"))
    assert unicodedata.normalize("NFC", pieces[begin:end]) == "Nậm Hóa"


def test_nothing_wanted_is_nowhere() -> None:
    assert spans(TEXT, Wanted("  ")) == []
    assert spans("", Wanted("a")) == []


def test_all_places_are_replaced_and_the_rest_stays() -> None:
    places = spans(TEXT, Wanted("nam hoa"))
    assert replaced(TEXT, places, "Nậm Hoa") == "Xã Nậm Hoa và xã Nậm Hoa, Nậm Hoa; namhoa."
    assert replaced("À thì là thế", spans("À thì là thế", Wanted("thì là")), "") == "À thế"
    assert cut("à b", spans("à b", Wanted("b"))) == [("à ", False), ("b", True)]


@given(st.text("aăâ bđ.", max_size=40), st.text("aâ bđ", min_size=1, max_size=4))
def test_what_is_found_is_what_was_wanted(text: str, words: str) -> None:
    wanted = Wanted(words, inside=True)
    places = spans(text, wanted)
    assert all(fold(text[begin:end]) == fold(wanted.tidy) for begin, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    assert "".join(piece for piece, _ in cut(text, places)) == text
    assert bool(places) == bool(wanted.tidy and fold(wanted.tidy) in fold(text))
