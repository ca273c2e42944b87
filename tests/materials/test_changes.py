"""Two versions of a paper compared: what changed is seen, what stayed is folded, within bounds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from meetly.materials.viewing.changes import (
    LONGEST_PARAGRAPH,
    MOST_PARAGRAPHS,
    MOST_SHOWN,
    Passage,
    between,
)

PAPER = st.lists(st.sampled_from(["Một.", "Hai.", "Ba việc.", "Bốn, năm."]), max_size=8)


def test_paragraphs_that_stayed_are_counted_and_changed_words_stand_beside_each_other() -> None:
    found = between("Một.\nHai việc.\nBa.\nBốn.", "Một.\nHai vấn đề.\nBa.\nBốn.")
    changed = [("same", "Hai "), ("del", "việc"), ("ins", "vấn đề"), ("same", ".")]
    assert found.passages == [Passage(same=1), Passage(parts=changed), Passage(same=2)]
    assert not found.is_none


def test_what_has_nothing_in_common_is_shown_whole() -> None:
    found = between("Giải ngân vốn đầu tư công.", "Phòng chống thiên tai năm nay.")
    [passage] = found.passages
    assert [op for op, _text in passage.parts] == ["del", "ins"]


def test_the_same_words_are_no_change() -> None:
    assert between("Một.\n\nHai.", "Một. \nHai.").is_none
    assert between("", "").is_none


@settings(max_examples=200, deadline=None)
@given(PAPER, PAPER)
def test_the_passages_give_the_newer_text_back(old: list[str], new: list[str]) -> None:
    said = []
    place = 0
    for passage in between("\n".join(old), "\n".join(new)).passages:
        if passage.same:
            said += new[place : place + passage.same]
            place += passage.same
        else:
            text = "".join(words for op, words in passage.parts if op != "del")
            said += [text] if text else []
            place += bool(text)
    assert said == new


def test_a_paper_that_changed_everywhere_is_cut_and_says_so() -> None:
    old = "\n".join(f"Xã {n} đạt {n}%." for n in range(2000))
    new = "\n".join(f"Phường {n} đạt {n + 1}%." for n in range(2000))
    found = between(old, new)
    shown = sum(len(text) for passage in found.passages for _op, text in passage.parts)
    assert found.cut and shown <= MOST_SHOWN


def test_one_endless_paragraph_is_compared_piece_by_piece() -> None:
    endless = "chữ " * (LONGEST_PARAGRAPH * MOST_PARAGRAPHS // 2)
    found = between(endless, endless + "nữa")
    assert found.cut and all(passage.same for passage in found.passages)
