"""What a page shows of a long transcript."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from meetly.transcripts.attribution import Talk
from meetly.transcripts.showing import (
    MOST_TURNS,
    PAGE,
    Worded,
    differences,
    page_at,
    pages,
    talks,
    worded,
)


def test_ten_thousand_sentences_are_parted_by_time() -> None:
    found = pages([n * 3.0 for n in range(10_000)])
    assert len(found) == 10_000 / PAGE
    assert (found[1].number, found[1].start, found[1].until) == (2, PAGE * 3.0, 2 * PAGE * 3.0)
    assert found[-1].until is None
    assert sum(page.count for page in found) == 10_000
    assert [page.number for page in pages([])] == [1]
    assert page_at(found, PAGE * 3.0) == 2
    assert page_at(found, PAGE * 3.0 - 0.1) == 1


@given(st.lists(st.integers(0, 300), max_size=400))
def test_every_sentence_stands_in_one_stretch_whatever_the_seconds(seconds: list[int]) -> None:
    found = pages(map(float, seconds))
    for second in seconds:
        inside = [
            page
            for page in found
            if page.start <= second and (page.until is None or second < page.until)
        ]
        assert len(inside) == 1
        assert page_at(found, second) == inside[0].number
    assert sum(page.count for page in found) == len(seconds)


def test_short_pauses_of_one_voice_are_closed() -> None:
    said = [Talk("A", 0, 2), Talk("A", 2.5, 4), Talk("B", 4, 5), Talk("C", 5, 6), Talk("A", 6, 7)]
    assert talks(said, {"A": 0, "B": 1}) == [
        {"start": 0, "end": 4, "voice": 0},
        {"start": 4, "end": 5, "voice": 1},
        {"start": 6, "end": 7, "voice": 0},
    ]


def test_a_lively_conference_does_not_flood_the_page() -> None:
    said = [Talk("AB"[n % 2], n * 2.0, n * 2.0 + 1.0) for n in range(5_000)]
    assert len(talks(said, {"A": 0, "B": 1})) <= MOST_TURNS


WORDS = [
    [10.0, 10.4, "Mời", 0.95],
    [10.4, 10.9, "Sở", 0.7],
    [10.9, 11.5, "Tài", 0.4],
    [11.5, 12.0, "chính.", 0.99],
]


def test_words_are_tinted_by_how_sure_the_machine_was() -> None:
    found = worded("Mời Sở Tài chính.", WORDS, 10.0)
    assert found.pieces == [("Mời ", 0), ("Sở ", 1), ("Tài ", 2), ("chính.", 0)]
    assert found.seconds == "0 40 90 150"


def test_only_words_that_were_heard_so_are_tinted_and_timed() -> None:
    found = worded("Xin mời Sở Y Tài chính.", WORDS, 10.0)
    assert found.pieces == [("Xin mời ", 0), ("Sở ", 1), ("Y ", 0), ("Tài ", 2), ("chính.", 0)]
    assert found.seconds == "- - 40 - 90 150"
    assert "".join(text for text, _ in found.pieces) == "Xin mời Sở Y Tài chính."


def test_a_sentence_without_words_is_plain() -> None:
    assert worded("Mời Sở.", [], 0.0) == Worded([("Mời Sở.", 0)], "")
    assert worded("Khác hẳn.", WORDS, 10.0).seconds == ""
    assert worded("", WORDS, 10.0).pieces == []


@given(st.text("ab <&", max_size=30))
def test_the_text_is_shown_whole(text: str) -> None:
    tidy = " ".join(text.split())
    assert "".join(run for run, _ in worded(tidy, [[0, 1, "a", 0.1]], 0).pieces) == tidy


def test_differences_are_told_word_by_word() -> None:
    found = differences("Giao Sở Tài chính làm", "Giao Sở Xây dựng làm ngay")
    assert "".join(text for kind, text in found if kind != "ins") == "Giao Sở Tài chính làm"
    assert "".join(text for kind, text in found if kind != "del") == "Giao Sở Xây dựng làm ngay"
