"""Invented words are marked with a reason; honest words of a briefing never are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from meetly.paths import DEMO_DATA
from meetly.transcripts.invention import Suspicion, mark_echoes, suspicion
from meetly.transcripts.transcriber import Heard


@pytest.mark.parametrize(
    "text",
    [
        "Hãy subscribe cho kênh La La School Để không bỏ lỡ những video hấp dẫn",
        "Hãy đăng ký kênh để không bỏ lỡ những video hấp dẫn.",
        "Hãy đăng kí cho kênh Ghiền Mì Gõ để không bỏ lỡ những video hấp dẫn",
        "Cảm ơn các bạn đã theo dõi.",
        "Cảm ơn các bạn đã xem video này!",
        "Hẹn gặp lại các bạn trong những video tiếp theo.",
        "Phụ đề được thực hiện bởi cộng đồng",
    ],
)
def test_what_whisper_learnt_from_videos_is_marked(text: str) -> None:
    assert suspicion(text) == Suspicion.PHRASE


@pytest.mark.parametrize(
    "text",
    [
        "Vâng, vâng, vâng, tôi nghe rõ rồi.",
        "Cảm ơn các đồng chí đã theo dõi và chỉ đạo kịp thời.",
        "Đề nghị các xã đăng ký kênh truyền dự phòng với Sở Khoa học và Công nghệ.",
        "Xin hẹn gặp lại các đồng chí ở kỳ giao ban tháng 12.",
        "Một là giải ngân, hai là giải phóng mặt bằng, ba là giải quyết hồ sơ.",
        "Không có.",
    ],
)
def test_honest_words_are_not_marked(text: str) -> None:
    assert suspicion(text, log_probability=-0.9, speech_share=0.2) == ""


def test_the_sample_briefing_and_the_labelled_texts_hold_no_suspicious_sentence() -> None:
    texts = (DEMO_DATA / "briefing.txt").read_text(encoding="utf-8").splitlines()
    labelled = Path(__file__).parents[1] / "directions" / "data"
    for file in sorted(labelled.glob("*.jsonl")):
        texts += [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]
    assert len(texts) > 50
    assert [text for text in texts if suspicion(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "đi đi đi đi đi đi",
        "Sở Tài chính, Sở Tài chính, Sở Tài chính, Sở Tài chính",
        "và chúng tôi đã làm và chúng tôi đã làm và chúng tôi đã làm và chúng tôi",
    ],
)
def test_a_loop_is_marked(text: str) -> None:
    assert suspicion(text) == Suspicion.REPEATS


def test_words_where_nobody_spoke_are_marked_whatever_they_say() -> None:
    assert suspicion("Kính thưa đồng chí Chủ tịch.", speech_share=0.05) == Suspicion.NO_SPEECH


def test_words_the_engine_guessed_are_marked() -> None:
    assert suspicion("Kính thưa đồng chí.", log_probability=-1.2) == Suspicion.UNSURE


def heard(text: str, second: int, doubt: str = "") -> Heard:
    return Heard(second, second + 1, text, 0.9, doubt)


def test_the_same_sentence_again_and_again_is_marked_from_the_second_on() -> None:
    texts = ["Dạ.", "Xin cảm ơn.", "xin cảm ơn", "Xin cảm ơn!", "Hết."]
    marked = mark_echoes([heard(text, index) for index, text in enumerate(texts)])
    assert [sentence.suspicion for sentence in marked] == ["", "", "repeats", "repeats", ""]
    assert [sentence.text for sentence in marked] == texts


def test_saying_a_thing_twice_is_human() -> None:
    twice = [heard("Đồng ý.", 0), heard("Đồng ý.", 1), heard("Mời Sở Y tế.", 2)]
    assert mark_echoes(twice) == twice


def test_an_echo_keeps_an_older_doubt() -> None:
    marked = mark_echoes([heard("A lô.", second, "no_speech") for second in range(3)])
    assert {sentence.suspicion for sentence in marked} == {"no_speech"}


def test_few_words_amid_hardly_any_speech_are_believed_only_when_sure() -> None:
    blip = {"speech_share": 0.6, "speech_around": 1.0}
    assert suspicion("Cán năm ngày.", log_probability=-0.4, **blip) == Suspicion.UNSURE
    assert suspicion("Dạ, xong rồi ạ.", log_probability=-0.1, **blip) == ""
    assert suspicion("Cán năm ngày.", log_probability=-0.4, speech_share=0.6) == ""
