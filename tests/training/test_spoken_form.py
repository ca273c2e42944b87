"""What is written with digits and how it is spoken."""

from __future__ import annotations

import pytest
from whisper.tokenizer import get_tokenizer

from training.spoken_form import as_whisper_writes, number_in_words, readings

#: whisper leaves the file of its vocabulary to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*tiktoken:ResourceWarning")


def said(text: str) -> str:
    return " ".join(reading.spoken for reading in readings(text) if reading.spoken)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (10, "mười"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (105, "một trăm lẻ năm"),
        (412, "bốn trăm mười hai"),
        (1000, "một nghìn"),
        (1240, "một nghìn hai trăm bốn mươi"),
        (2007, "hai nghìn không trăm lẻ bảy"),
        (2026, "hai nghìn không trăm hai mươi sáu"),
        (1_500_000, "một triệu năm trăm nghìn"),
    ],
)
def test_numbers_are_said_in_words(number: int, words: str) -> None:
    assert number_in_words(number) == words


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("đạt 98,7%.", "đạt chín mươi tám phẩy bảy phần trăm."),
        ("2.856 tỷ đồng,", "hai nghìn tám trăm năm mươi sáu tỷ đồng,"),
        ("75/75 điểm cầu", "bảy mươi lăm trên bảy mươi lăm điểm cầu"),
        ("quý I/2027.", "quý một năm hai nghìn không trăm hai mươi bảy."),
        ("quý IV", "quý bốn"),
        ("UBND tỉnh", "ủy ban nhân dân tỉnh"),
        ("Bản Pho – Nà Ló", "Bản Pho Nà Ló"),
    ],
)
def test_official_forms_are_spoken_as_people_do(written: str, spoken: str) -> None:
    assert said(written) == spoken


def test_two_ways_to_write_a_day_can_be_told_apart_by_ear() -> None:
    assert said("ngày 20/12") != said("ngày 20 tháng 12")
    assert said("ngày 05/12/2026") == (
        "ngày mùng năm, tháng mười hai năm hai nghìn không trăm hai mươi sáu"
    )


def test_whisper_is_taught_only_what_its_decoder_lets_through() -> None:
    written = as_whisper_writes("Trước ngày 10/12/2026, 75/75 xã; quý I/2027 đạt 68%.")
    assert written == "Trước ngày 10 tháng 12 năm 2026, 75 trên 75 xã, quý I năm 2027 đạt 68%."
    tokenizer = get_tokenizer(True, language="vi")
    assert not set(tokenizer.encode(f" {written}")) & set(tokenizer.non_speech_tokens)


def test_the_written_words_stay_as_they_are() -> None:
    text = "Trước ngày 10/12/2026, Sở gửi 14 dự án – đạt 68%."
    assert [reading.written for reading in readings(text)] == text.split()
