"""Two corrections of one sentence: what both meant is kept, and nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetly.merging import merge

BASE = "Mời Sở Tài chính báo cáo tiến độ giải ngân"

WORDS = st.lists(st.sampled_from(["mời", "sở", "tài", "chính", "báo", "cáo", "nhanh"]), max_size=8)


@pytest.mark.parametrize(
    ("mine", "theirs", "merged"),
    [
        ("Mời Sở Y tế báo cáo tiến độ giải ngân", BASE, "Mời Sở Y tế báo cáo tiến độ giải ngân"),
        (
            "Mời Sở Tài chính báo cáo tiến độ giải ngân quý bốn",
            "Xin mời Sở Tài chính báo cáo tiến độ giải ngân",
            "Xin mời Sở Tài chính báo cáo tiến độ giải ngân quý bốn",
        ),
        (
            "Mời Sở Tài chính báo cáo giải ngân",
            "Mời Sở Y tế báo cáo tiến độ giải ngân",
            "Mời Sở Y tế báo cáo giải ngân",
        ),
        ("Mời Sở Y tế báo cáo", "Mời Sở Y tế báo cáo", "Mời Sở Y tế báo cáo"),
    ],
)
def test_changes_of_different_words_are_both_kept(mine: str, theirs: str, merged: str) -> None:
    assert merge(BASE, mine, theirs) == merged
    assert merge(BASE, theirs, mine) == merged


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("Mời Sở Y tế báo cáo tiến độ giải ngân", "Mời Sở Xây dựng báo cáo tiến độ giải ngân"),
        (f"{BASE} quý ba", f"{BASE} quý bốn"),
    ],
)
def test_the_same_words_are_a_conflict(mine: str, theirs: str) -> None:
    assert merge(BASE, mine, theirs) is None


@given(WORDS, WORDS)
def test_who_changed_nothing_takes_the_others_words(base: list[str], other: list[str]) -> None:
    before, after = " ".join(base), " ".join(other)
    assert merge(before, before, after) == after
    assert merge(before, after, before) == after
    assert merge(before, after, after) == after


@given(WORDS, WORDS, WORDS)
def test_who_comes_first_makes_no_difference(
    base: list[str], mine: list[str], theirs: list[str]
) -> None:
    texts = [" ".join(words) for words in (base, mine, theirs)]
    assert merge(texts[0], texts[1], texts[2]) == merge(texts[0], texts[2], texts[1])


@given(WORDS, WORDS, WORDS)
def test_no_new_word_is_lost(base: list[str], mine: list[str], theirs: list[str]) -> None:
    merged = merge(" ".join(base), " ".join(mine), " ".join(theirs))
    if merged is not None:
        new = (set(mine) | set(theirs)) - set(base)
        assert new <= set(merged.split())
