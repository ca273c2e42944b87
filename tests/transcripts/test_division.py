"""One sentence cut in two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetly.transcripts.division import Half, divide

WORDS = [
    [10.0, 10.4, "nghe", 0.9],
    [10.4, 10.8, "rõ", 0.9],
    [10.8, 11.6, "không?", 0.9],
    [12.4, 12.8, "rõ", 0.5],
    [12.8, 13.0, "ạ.", 0.9],
]
WHOLE = Half("Nghe rõ không? Rõ ạ.", "nghe rõ không? rõ ạ.", 10.0, 13.0, WORDS)


def test_the_cut_lies_in_the_pause_between_the_words() -> None:
    first, second = divide(WHOLE, 3)
    assert (first.text, second.text) == ("Nghe rõ không?", "Rõ ạ.")
    assert (first.heard, second.heard) == ("nghe rõ không?", "rõ ạ.")
    assert (first.start, first.end, second.start, second.end) == (10.0, 12.0, 12.0, 13.0)
    assert first.words + second.words == WORDS
    assert len(first.words) == 3


def test_without_words_the_letters_share_the_time() -> None:
    first, second = divide(Half("một hai", "một hai", 0.0, 6.0), 1)
    assert first.end == second.start == 3.0


def test_repairs_go_with_their_words() -> None:
    repairs = [{"was": "nậm hóa", "now": "Nậm Hoa", "why": "name"},
               {"was": "mười", "now": "10", "why": "number"}]  # fmt: skip
    whole = Half("Xã Nậm Hoa có 10 hộ", "xã nậm hóa có mười hộ", 0, 6, [], repairs)
    first, second = divide(whole, 3)
    assert (first.repairs, second.repairs) == (repairs[:1], repairs[1:])
    assert (first.heard, second.heard) == ("xã nậm hóa", "có mười hộ")


@pytest.mark.parametrize("at", [-1, 0, 5, 9])
def test_no_half_is_empty(at: int) -> None:
    with pytest.raises(IndexError):
        divide(WHOLE, at)


@given(
    st.lists(st.sampled_from(["a", "b", "c.", "d,"]), min_size=2, max_size=9),
    st.lists(st.sampled_from(["a", "b", "c.", "x"]), max_size=9),
    st.data(),
)
def test_nothing_is_lost_whatever_was_corrected(
    shown: list[str], heard: list[str], data: st.DataObject
) -> None:
    words = [[n * 1.0, n + 0.9, token, 0.5] for n, token in enumerate(heard)]
    whole = Half(" ".join(shown), " ".join(heard), 0.0, 10.0, words)
    first, second = divide(whole, data.draw(st.integers(1, len(shown) - 1)))
    assert f"{first.text} {second.text}" == whole.text
    assert f"{first.heard} {second.heard}".strip() == whole.heard
    assert first.words + second.words == words
    assert 0.0 <= first.end == second.start <= 10.0
