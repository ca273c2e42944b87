"""Spoken sentences in the form of minutes: talk goes, facts stay."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetly.minutes.reported_speech import (
    concluded,
    is_roll_call,
    is_talk,
    reported,
    without_fillers,
)
from meetly.minutes.speech import Sentence, Turn, Utterance, turns
from meetly.paper_wording import clean, plain

FINANCE = Turn((), "Phạm Đức Long", "Giám đốc", "Sở Tài chính")
COMMUNE = Turn((), "Vàng A Sình", "Chủ tịch", "UBND xã Nậm Hoa")


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("Báo cáo đồng chí Chủ tịch, đến nay giải ngân 68%.", "đến nay giải ngân 68%."),
        ("Dạ, thưa Chủ tịch, còn 6 hộ ạ.", "còn 6 hộ."),
        ("Thưa Chủ tịch đường Bản Pho còn 6 hộ.", "đường Bản Pho còn 6 hộ."),
        ("Chúng tôi kiến nghị điều chuyển vốn.", "kiến nghị điều chuyển vốn."),
        ("Tôi thấy rằng nên chốt số liệu.", "nên chốt số liệu."),
        ("Còn 6 hộ chưa nhận tiền vì, à, chưa thống nhất giá.",
         "Còn 6 hộ chưa nhận tiền vì chưa thống nhất giá."),
        ("Việc này, ờ, phải làm ngay.", "Việc này, phải làm ngay."),
        ("Xin đưa ra khỏi danh mục.", "đề nghị đưa ra khỏi danh mục."),
        ("Cuối tuần chúng tôi gửi danh sách.", "Cuối tuần đơn vị gửi danh sách."),
        ("Xã A Lưới có 3 hộ.", "Xã A Lưới có 3 hộ."),
        ("Ông Vàng A Sình đã gặp 4 hộ.", "Ông Vàng A Sình đã gặp 4 hộ."),
    ],
)  # fmt: skip
def test_participants_are_reported(spoken: str, written: str) -> None:
    assert reported(spoken, FINANCE) == written


def test_we_becomes_the_noun_of_the_unit() -> None:
    assert reported("Hôm qua chúng tôi đã gặp dân.", COMMUNE) == "Hôm qua xã đã gặp dân."
    unknown = Turn((), "", "", "")
    assert reported("Hôm qua tôi đã gặp dân.", unknown) == "Hôm qua đại biểu đã gặp dân."


def test_the_chair_is_named_by_his_post() -> None:
    title = "Chủ tịch UBND tỉnh"
    assert concluded("Tôi ghi nhận 33 nhiệm vụ.", title) == "Ghi nhận 33 nhiệm vụ."
    assert concluded("Sở Y tế trình tôi trước ngày 5/12.", title) == (
        "Sở Y tế trình Chủ tịch UBND tỉnh trước ngày 5/12."
    )


@pytest.mark.parametrize(
    "spoken",
    [
        "Xin mời các điểm cầu thử micro.",
        "Nậm Hoa nghe rõ, thưa hội nghị.",
        "Kính thưa đồng chí Chủ tịch, thưa các đồng chí.",
        "Mời Sở Tài chính.",
        "Chào các đồng chí.",
        "Xin cảm ơn các đồng chí.",
        "Hội nghị đã hết chương trình, xin trân trọng cảm ơn và kính chào các đồng chí.",
        "Còn ý kiến nào nữa không?",
        "Nếu không thì tôi kết luận.",
        "Sau đây là các việc cụ thể, thư ký ghi cho rõ.",
        "Tôi xin hết ạ.",
        "Dạ vâng ạ.",
        "Được, lát nữa tôi chốt trong kết luận.",
        "Chúc các đồng chí sức khỏe.",
        "Điểm cầu xã Nậm Hoa tắt mic giúp.",
        "Chuyển slide tiếp theo.",
    ],
)
def test_running_the_meeting_is_talk(spoken: str) -> None:
    assert is_talk(Sentence(spoken, (), 0))
    assert is_talk(Sentence(plain(spoken), (), 0)), "also where the marks were not heard"


@pytest.mark.parametrize(
    "spoken",
    [
        "Còn 14 dự án dưới 50%.",
        "Giao Sở Tài chính gửi giấy mời họp trước ngày 02/12.",
        "Hệ thống họp chạy ổn định ở 66 điểm cầu.",
        "Đề nghị kết thúc thí điểm trong tháng 12.",
        "Đã mở lại đường Bản Pho sau sạt lở.",
        "Xã Kết Luận có 12 hộ nghèo.",
        "Sở Y tế thu hồi thông báo số 15.",
    ],
)
def test_substance_is_not_talk(spoken: str) -> None:
    assert not is_talk(Sentence(spoken, (), 0))


def test_the_roll_call_is_known() -> None:
    assert is_roll_call(Sentence("Đến giờ này 75/75 điểm cầu cấp xã đã kết nối.", (), 0))
    assert not is_roll_call(Sentence("9 điểm cầu vùng cao còn chập chờn.", (), 0))


@given(st.text(alphabet="aàáạăâbcdđeêghiklmnoôơpqrstuưvxyAÀĐSX0123456789.,;:?! \n", max_size=200))
def test_no_figure_is_touched_whatever_was_heard(text: str) -> None:
    figures = re.compile(r"\d+")
    assert figures.findall(without_fillers(text)) == figures.findall(text)
    assert figures.findall(reported(text, FINANCE)) == figures.findall(text)


@given(st.text())
def test_plain_letters_keep_their_places(text: str) -> None:
    composed = clean(text)
    assert len(plain(composed)) == len(composed)


@given(st.lists(st.text(max_size=60), max_size=8), st.booleans())
def test_every_word_heard_is_in_a_sentence(texts: list[str], named: bool) -> None:
    heard = [
        Utterance(n, n * 2.0, n * 2.0 + 1, text, speaker="Lan" if named else "")
        for n, text in enumerate(texts, 1)
    ]
    words = re.findall(r"\w+", " ".join(clean(text) for text in texts))
    sentences = [s for turn in turns(heard) for s in turn.sentences]
    assert re.findall(r"\w+", " ".join(s.text for s in sentences)) == words
    for sentence in sentences:
        assert sentence.evidence
