"""What a page shows of a long transcript."""

from __future__ import annotations

from meetly.transcripts.attribution import Talk
from meetly.transcripts.showing import MOST_TURNS, PAGE, differences, pages, talks


def test_ten_thousand_sentences_are_parted_by_time() -> None:
    found = pages([(n, n * 3.0) for n in range(10_000)])
    assert len(found) == 10_000 / PAGE
    assert (found[1].number, found[1].start, found[1].end) == (2, PAGE * 3.0, (2 * PAGE - 1) * 3.0)
    assert [page.number for page in pages([])] == [1]


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


def test_differences_are_told_word_by_word() -> None:
    found = differences("Giao Sở Tài chính làm", "Giao Sở Xây dựng làm ngay")
    assert "".join(text for kind, text in found if kind != "ins") == "Giao Sở Tài chính làm"
    assert "".join(text for kind, text in found if kind != "del") == "Giao Sở Xây dựng làm ngay"
