"""What an engine heard in pieces reads as sentences with times on the recording's clock."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from meetly.transcripts.sentences import listen, sentences
from meetly.transcripts.splitting import Cut
from meetly.transcripts.transcriber import Heard, Word
from tests.recordings import media


class Parrot:
    """An engine that says what it was taught, and remembers what it was asked."""

    name = kind = "parrot"
    target, longest, batch = 20.0, 29.5, 1

    def __init__(self, *heard: Heard) -> None:
        self._heard = list(heard)
        self.asked: list[tuple[int, str, str]] = []

    def hear(
        self, chunks: Sequence[media.Samples], *, language: str, prompt: str = ""
    ) -> list[list[Heard]]:
        self.asked += [(len(samples), language, prompt) for samples in chunks]
        return [self._heard for _ in chunks]


def cut(speech: float) -> Cut:
    return Cut(4, 100.0, 110.0, speech, np.zeros(160_000, np.float32))


def test_seconds_are_those_of_the_recording_and_stay_inside_the_cut() -> None:
    parrot = Parrot(Heard(1.0, 3.5, "Kính thưa hội nghị.", 0.9), Heard(4.0, 30.0, "Hết.", 0.8))
    heard = listen([cut(8.0)], parrot, language="vi", prompt="Nậm Hoa")
    assert [(s.start, s.end, s.text) for s in heard] == [
        (101.0, 103.5, "Kính thưa hội nghị."),
        (104.0, 110.0, "Hết."),
    ]
    assert parrot.asked == [(160_000, "vi", "Nậm Hoa")]


def test_a_cut_without_speech_is_never_shown_to_the_engine() -> None:
    parrot = Parrot(Heard(0, 1, "Cảm ơn các bạn đã theo dõi.", 0.9))
    assert listen([cut(0.1)], parrot, language="vi") == []
    assert parrot.asked == []


def test_clauses_of_one_sentence_are_joined() -> None:
    heard = [
        Heard(0.0, 2.0, "Giao Sở Tài chính chủ trì,", 0.9),
        Heard(2.3, 5.0, "phối hợp với Sở Xây dựng.", 0.7),
        Heard(5.4, 7.0, "Xin hết.", 0.8),
    ]
    assert sentences(heard) == [
        Heard(0.0, 5.0, "Giao Sở Tài chính chủ trì, phối hợp với Sở Xây dựng.", 0.7),
        Heard(5.4, 7.0, "Xin hết.", 0.8),
    ]


@pytest.mark.parametrize(
    "second",
    [
        Heard(3.5, 5.0, "phối hợp với ai.", 0.9),  # after a long pause
        Heard(2.1, 5.0, "Mời Sở Xây dựng.", 0.9),  # a new sentence
        Heard(2.1, 5.0, "phối hợp với ai.", 0.9, "unsure"),  # not equally sure
        Heard(2.1, 25.0, "phối hợp với ai.", 0.9),  # too long to be one breath
    ],
)
def test_what_is_no_continuation_stays_apart(second: Heard) -> None:
    heard = [Heard(0.0, 2.0, "Giao Sở Tài chính", 0.9), second]
    assert sentences(heard) == heard


def test_an_engine_without_punctuation_keeps_its_own_pieces() -> None:
    heard = [Heard(0, 2, "giao sở tài chính", 0.9), Heard(2.1, 5, "phối hợp sở xây dựng", 0.9)]
    assert sentences(heard) == heard


def test_sentences_that_came_as_one_piece_are_parted_with_their_share_of_the_time() -> None:
    text = "Tôi đồng ý. Mời Sở Y tế báo cáo."
    first, second = sentences([Heard(10.0, 13.2, text, 0.9)])
    assert (first.text, second.text) == ("Tôi đồng ý.", "Mời Sở Y tế báo cáo.")
    assert first.start == 10.0
    assert first.end == second.start == pytest.approx(11.1, abs=0.05)
    assert second.end == pytest.approx(13.2)


def test_a_number_may_end_a_sentence() -> None:
    text = "Xong trong tháng 12. Mời Sở Y tế."
    assert len(sentences([Heard(0, 4, text, 0.9)])) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Giao TS. Nguyễn Văn An chủ trì.",
        "Giao TP. Đồi Thông thực hiện.",
        "Đạt 2.856 tỷ đồng, bằng 68% kế hoạch.",
        "Thứ nhất, mục 1. Giải ngân vốn đầu tư công.",
        "Ông Vàng A. Sình phát biểu.",
    ],
)
def test_a_full_stop_inside_a_sentence_parts_nothing(text: str) -> None:
    assert [sentence.text for sentence in sentences([Heard(0, 4, text, 0.9)])] == [text]


def test_sentences_in_one_piece_are_parted_at_their_own_words() -> None:
    words = tuple(
        Word(start, start + 0.3, text, 0.9)
        for start, text in ((1.0, "Tôi"), (1.4, "kết"), (1.7, "luận."), (5.0, "Xin"), (5.4, "hết."))
    )
    piece = Heard(1.0, 5.7, "Tôi kết luận. Xin hết.", 0.9, words=words)
    first, second = sentences([piece])
    assert (first.start, first.end) == (1.0, 2.0)
    assert (second.start, second.end) == (5.0, 5.7)
    assert [word.text for word in second.words] == ["Xin", "hết."]


def test_a_sentence_of_two_pieces_keeps_the_words_of_both() -> None:
    one, other = Word(0.0, 0.5, "Giao", 0.9), Word(0.6, 1.0, "xã.", 0.8)
    [joined] = sentences(
        [Heard(0, 0.5, "Giao", 0.9, words=(one,)), Heard(0.6, 1, "xã.", 0.9, words=(other,))]
    )
    assert joined.words == (one, other)


def worded(text: str, start: float = 0.0) -> Heard:
    words = tuple(
        Word(start + n, start + n + 0.5, word, 0.9) for n, word in enumerate(text.split())
    )
    return Heard(start, start + len(words) - 0.5, text, 0.9, words=words)


def test_parted_and_joined_sentences_keep_their_own_words() -> None:
    first, second = sentences([worded("Xin chào. Mời xã Nậm Hoa."), worded("Vâng.", 8)])[:2]
    assert [word.text for word in first.words] == ["Xin", "chào."]
    assert (first.end, second.start) == (1.5, 2.0)
    assert [word.text for word in second.words] == ["Mời", "xã", "Nậm", "Hoa."]
    [joined] = sentences([worded("Đề nghị các xã"), worded("nộp báo cáo.", 4)])
    assert [word.text for word in joined.words] == ["Đề", "nghị", "các", "xã", "nộp", "báo", "cáo."]
