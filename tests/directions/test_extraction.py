"""Directions are found where the chair gives them, and nowhere else."""

from __future__ import annotations

import time
import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.directions import DEVELOPMENT, briefing, found_in
from bench.scoring import Tally, read_items, tally
from meetly.accounts.directory import Directory, DirectoryUnit
from meetly.directions.conclusions import assignment_of
from meetly.directions.conclusions import found_in as found_in_blocks
from meetly.directions.extraction import Found, as_json, extract
from meetly.minutes.blocks import Block, BlockKind
from meetly.working_days import working_day_after

MEETING = date(2026, 11, 23)
UNSEEN = DEVELOPMENT.with_name("unseen_directions.jsonl")


def only(text: str, meeting: date = MEETING, directory: Directory | None = None) -> Found:
    found = extract(text, meeting, directory)
    assert len(found) == 1, found
    return found[0]


def scored(path: str) -> Tally:
    items = read_items(DEVELOPMENT.with_name(path))
    return tally((item, found_in(item, Directory.standard())) for item in items)["all"]


def test_the_development_set_is_read_well() -> None:
    counts = scored("dev_directions.jsonl")
    assert counts.f1 >= 0.92
    assert counts.usable_share >= 0.85
    assert counts.false_alarms <= 1
    assert counts.wrong_dates == 0


def test_texts_written_after_the_rules_are_read_well() -> None:
    counts = scored("unseen_directions.jsonl")
    assert counts.f1 >= 0.95
    assert counts.usable_share >= 0.9
    assert counts.false_alarms <= 3
    assert counts.wrong_dates <= 1


def test_the_briefing_is_read_whole_and_its_traps_are_passed_over() -> None:
    for chair_only, most_false in ((False, 1), (True, 0)):
        item = briefing(chair_only=chair_only)
        counts = tally([(item, found_in(item, Directory.standard()))])["all"]
        assert counts.usable == counts.gold == 10
        assert counts.found - counts.matched <= most_false


def test_every_span_is_cut_from_the_text_at_its_offsets() -> None:
    for item in read_items(DEVELOPMENT):
        for found in extract(item.text, item.meeting_date):
            assert item.text[found.start : found.end] == found.span
            assert not found.span.endswith((".", ",", ";", " "))


def test_text_in_decomposed_unicode_gives_spans_of_that_text() -> None:
    text = "Trước hết, giao Sở Tài chính rà soát 14 dự án trước ngày 10/12/2026."
    decomposed = unicodedata.normalize("NFD", text)
    found = only(decomposed)
    assert decomposed[found.start : found.end] == found.span
    assert unicodedata.normalize("NFC", found.span).startswith("giao Sở Tài chính")
    assert found.due == date(2026, 12, 10)


def test_a_bare_imperative_is_a_direction() -> None:
    found = only("UBND xã Nậm Hoa vận động xong 6 hộ còn lại trước ngày 15/12.")
    assert found.lead == ("UBND xã Nậm Hoa",)
    assert found.due == date(2026, 12, 15)


def test_the_head_of_a_unit_stands_for_the_unit() -> None:
    found = only("Giao đồng chí Giám đốc Sở Y tế trực tiếp xử lý vụ việc.")
    assert found.lead == ("Sở Y tế",)
    found = only("Anh Thắng bên Văn phòng gửi giấy mời cho các đơn vị.")
    assert found.lead == ("Văn phòng UBND tỉnh",)


def test_a_deputy_chair_with_a_field_stays_a_person() -> None:
    found = only("Giao đồng chí Phó Chủ tịch UBND tỉnh phụ trách khối kinh tế chủ trì cuộc họp.")
    assert found.lead == ("Phó Chủ tịch UBND tỉnh phụ trách khối kinh tế",)


def test_coordinating_units_are_told_from_leading_ones() -> None:
    found = only("Sở Xây dựng chủ trì, xã Di Linh với xã Bảo Thuận phối hợp, cắm xong mốc.")
    assert found.lead == ("Sở Xây dựng",)
    assert found.coordinate == ("UBND xã Di Linh", "UBND xã Bảo Thuận")
    both = only("Sở Y tế và Sở Công Thương phối hợp kiểm tra các chợ.")
    assert both.lead == ("Sở Y tế", "Sở Công Thương")
    assert both.coordinate == ()


def test_units_that_are_helped_or_written_to_do_not_coordinate() -> None:
    found = only("Sở Tài chính hướng dẫn UBND các xã lập dự toán, gửi Sở Nội vụ tổng hợp.")
    assert found.lead == ("Sở Tài chính",)
    assert found.coordinate == ()


def test_members_of_a_team_coordinate() -> None:
    found = only(
        "Giao Sở Y tế thành lập đoàn kiểm tra gồm Công an tỉnh và Sở Công Thương trong tháng 12."
    )
    assert found.coordinate == ("Công an tỉnh", "Sở Công Thương")


def test_a_comma_inside_a_name_does_not_cut_the_list() -> None:
    found = only("Các Sở: Y tế, Văn hóa, Thể thao và Du lịch, Nội vụ rà soát biên chế.")
    assert found.lead == ("Sở Y tế", "Sở Văn hóa, Thể thao và Du lịch", "Sở Nội vụ")


def test_former_and_everyday_names_lead_to_the_present_unit() -> None:
    assert only("Giao Sở Kế hoạch và Đầu tư rà soát vốn.").lead == ("Sở Tài chính",)
    assert only("Bên Nông nghiệp kiểm tra lại giúp tôi.").lead == ("Sở Nông nghiệp và Môi trường",)


def test_names_come_back_with_their_diacritics() -> None:
    found = only("so van hoa the thao va du lich khao sat lai diem du lich trong tuan nay")
    assert found.lead == ("Sở Văn hóa, Thể thao và Du lịch",)
    assert found.due == date(2026, 11, 27)


def test_a_directory_tells_where_a_lower_case_name_ends() -> None:
    directory = Directory([DirectoryUnit("UBND xã Mường Lập Nà", "commune"), *Directory.standard()])
    found = only("xã mường lập nà sửa cầu trước ngày 20/12", directory=directory)
    assert found.lead == ("UBND xã Mường Lập Nà",)


def test_pronouns_stand_for_units_named_before() -> None:
    text = (
        "Sở Khoa học và Công nghệ khắc phục xong 9 điểm cầu trong tuần này. "
        "Cũng Sở này gia hạn chứng thư số trước ngày 04/12."
    )
    first, second = extract(text, MEETING)
    assert first.lead == second.lead == ("Sở Khoa học và Công nghệ",)
    assert second.due == date(2026, 12, 4)


def test_a_pronoun_without_a_unit_names_nobody() -> None:
    assert extract("Hai sở thống nhất rồi báo cáo trước ngày 15/12.", MEETING) == []


def test_a_stem_orders_the_whole_list() -> None:
    text = "Yêu cầu: a) Sở Y tế cấp thuốc; b) Sở Tài chính cấp tiền; c) Công an tỉnh giữ trật tự."
    leads = [found.lead for found in extract(text, MEETING)]
    assert leads == [("Sở Y tế",), ("Sở Tài chính",), ("Công an tỉnh",)]


def test_stages_with_their_own_deadlines_are_directions_of_their_own() -> None:
    text = "Sở Tư pháp lấy ý kiến dự thảo trước ngày 15/12; trình ký trước ngày 28/12."
    first, second = extract(text, MEETING)
    assert (first.due, second.due) == (date(2026, 12, 15), date(2026, 12, 28))
    assert second.lead == ("Sở Tư pháp",)


def test_the_deadline_of_the_work_wins_over_that_of_its_report() -> None:
    found = only("Sở Xây dựng sửa xong cầu trước ngày 5/12, báo cáo UBND tỉnh trước ngày 10/12.")
    assert found.due == date(2026, 12, 5)
    found = only("Sở Xây dựng sửa cầu trước mùa mưa, báo cáo UBND tỉnh trước ngày 10/12.")
    assert found.due == date(2026, 12, 10)


def test_a_shared_deadline_reaches_what_it_covers_and_no_further() -> None:
    text = (
        "Một là, Sở Nội vụ rà soát biên chế. Hai là, Sở Y tế cấp thuốc; Công an tỉnh giữ trật tự; "
        "tất cả hoàn thành trước ngày 20/12."
    )
    dues = [found.due for found in extract(text, MEETING)]
    assert dues == [None, date(2026, 12, 20), date(2026, 12, 20)]


def test_what_recurs_is_kept_in_its_own_words() -> None:
    found = only("UBND các xã cập nhật tiến độ trước 16 giờ thứ sáu hằng tuần.")
    assert found.recurring == "trước 16 giờ thứ sáu hằng tuần"
    assert found.due is None


@pytest.mark.parametrize(
    "text",
    [
        "Tháng trước tôi đã giao Sở Nội vụ hoàn thành trước ngày 15/11.",
        "Sở sẽ gửi danh sách cho các chủ đầu tư vào cuối tuần này.",
        "Chúng tôi xin hứa hoàn thành trước Tết.",
        "Kính đề nghị UBND tỉnh bố trí vốn trước ngày 31/12.",
        "Sở Y tế có trình được trước ngày 05/12 không?",
        "Nếu được Trung ương chấp thuận, Sở Tài chính sẽ trình phương án trong tháng 12.",
        "Đồng ý đề xuất của phường Đồi Thông.",
        "Mời Sở Tài chính báo cáo.",
        "Đề nghị điểm cầu xã Nậm Hoa tắt micro.",
        "Đơn vị nào chậm thì giải trình.",
        "Thư ký ghi cho rõ.",
        "Sở Y tế tiếp nhận 1.240 hồ sơ, giải quyết đúng hạn 98,7%.",
        "",
        "...",
    ],
)
def test_talk_that_orders_nothing_stays_silent(text: str) -> None:
    assert extract(text, MEETING) == []


def test_a_direction_becomes_plain_values_for_the_command_line() -> None:
    found = only("Giao Sở Tài chính trình phương án trước ngày 10/12/2026.")
    assert as_json(found) == {
        "span": "Giao Sở Tài chính trình phương án trước ngày 10/12/2026",
        "lead": ["Sở Tài chính"],
        "coordinate": [],
        "due": "2026-12-10",
        "recurring": None,
    }


def test_an_order_with_a_date_is_surer_than_a_bare_word() -> None:
    sure = only("Giao Sở Tài chính trình phương án trước ngày 10/12/2026.")
    bare = only("sở tài chính rà soát lại danh mục của các đơn vị sự nghiệp công lập trong tỉnh")
    assert 0 < bare.confidence < sure.confidence < 1
    assert "order:Giao" in sure.cues and "deadline:trước ngày 10/12/2026" in sure.cues


def test_a_direction_tells_the_words_it_was_found_by() -> None:
    found = only("Tôi yêu cầu Sở Nội vụ phải rà soát  biên chế trước 16 giờ ngày 04/12.")
    assert found.cues == (
        "order:Tôi yêu cầu", "must:phải", "verb:rà soát", "deadline:trước 16 giờ ngày 04/12",
    )  # fmt: skip
    for cue in found.cues:
        assert cue.split(":", 1)[1] in found.span
    first, second = extract("Yêu cầu: a) Sở Y tế cấp thuốc; b) Sở Tài chính cấp tiền.", MEETING)
    assert first.cues[0] == second.cues[0] == "order:Yêu cầu"


@pytest.mark.parametrize(
    ("text", "product", "report_to"),
    [
        (
            "Sở Nội vụ tham mưu phương án biệt phái viên chức, trình UBND tỉnh trước ngày 25/12.",
            "phương án biệt phái viên chức",
            "UBND tỉnh",
        ),
        (
            "UBND các xã báo cáo kết quả sắp xếp trụ sở về UBND tỉnh (qua Sở Tài chính) trước 5/12",
            "báo cáo kết quả sắp xếp trụ sở",
            "UBND tỉnh (qua Sở Tài chính)",
        ),
        (
            "Các sở cử cán bộ tham gia tổ, gửi danh sách về Sở Nội vụ trước ngày 12/12.",
            "danh sách",
            "Sở Nội vụ",
        ),
        (
            "Sở Công Thương kiểm tra các kho; kết quả kiểm tra gửi về Văn phòng UBND tỉnh.",
            "kết quả kiểm tra",
            "Văn phòng UBND tỉnh",
        ),
        (
            "so giao duc va dao tao lap ke hoach thi trinh uy ban nhan dan tinh truoc ngay 5/12",
            "ke hoach thi",
            "UBND tỉnh",
        ),
        ("Sở Xây dựng báo cáo Thường trực UBND tỉnh trước ngày 31/12.", "", "UBND tỉnh"),
        # the verb only looks like making, negates, or belongs to somebody else
        ("Các sở không ban hành văn bản hỏi lại cấp xã.", "", ""),
        ("Sở Tài chính hướng dẫn UBND các xã lập dự toán.", "", ""),
        ("Sở Y tế thực hiện kế hoạch tiêm chủng, báo cáo tôi trước ngày 15/12.", "", ""),
        ("Sở Y tế tiếp nhận hồ sơ của Sở Nội vụ và giải quyết xong trong tuần này.", "", ""),
    ],
)
def test_product_and_recipient_are_said_or_empty(text: str, product: str, report_to: str) -> None:
    found = only(text)
    assert (found.product, found.report_to) == (product, report_to)
    assert found.product in found.span


def test_working_days_are_those_of_the_calendar_handed_in() -> None:
    text = "Sở Nội vụ trả lời trong 3 ngày làm việc."
    eve = date(2026, 8, 31)
    plain = extract(text, eve)
    known = extract(text, eve, working_day_after=working_day_after)
    assert plain[0].due == date(2026, 9, 3)
    assert known[0].due == working_day_after(eve, 3) > date(2026, 9, 3)


def test_the_house_counts_working_days_by_the_calendar() -> None:
    block = Block("b1", BlockKind.ASSESSMENT, "Giao Sở Nội vụ gửi danh sách trong 3 ngày làm việc.")
    ((_, found),) = found_in_blocks([block], date(2026, 8, 31), None)
    assert found.due == working_day_after(date(2026, 8, 31), 3)
    assert assignment_of(found).product == "Danh sách"


_WORDS = st.sampled_from(
    """
    giao|yêu cầu|đề nghị|Sở Y tế|sở|UBND các xã, phường|xã Nậm Hoa|hai sở|các|và|với|phối hợp|trình
    |báo cáo kết quả|lập|kế hoạch|gửi|về|UBND tỉnh|qua|(|)|:|;|,|.|?|a)|(i)|-|\n|trước ngày|31/2
    |ngày|mười lăm|tháng|thứ sáu|hằng tuần|trong vòng|ba|ngày làm việc|cuối năm|quý I|năm sau|đã|sẽ
    |phải|không|ờ|ạ|nhé|tất cả xong|truoc ngay|so y te|nay|D'Ran|Cát Tiên 3|\u0300|İ|…|99999/99
    """.replace("\n    |", "|")
    .strip()
    .split("|")
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_WORDS, max_size=60))
def test_any_mix_of_words_is_read_without_failing(words: list[str]) -> None:
    text = " ".join(words)
    for found in extract(text, MEETING):
        assert text[found.start : found.end] == found.span
        assert found.lead and found.product in found.span
        assert all(cue.partition(":")[2] for cue in found.cues)
        assert len(set(found.cues)) == len(found.cues)


@pytest.mark.parametrize(
    "said",
    [
        "giao Sở Y tế phối hợp với UBND các xã lập kế hoạch trình UBND tỉnh trước ngày 5/12; ",
        "giao sở y tế và sở nội vụ rà soát trong tuần này ",
        "các " * 40,
        "trước ngày " * 20,
        "(" * 200 + "Sở Y tế " * 10,
        "a" * 5000,
    ],
)
def test_ten_thousand_letters_are_read_within_a_second(said: str) -> None:
    text = (said * (10_000 // len(said) + 1))[:10_000]
    begun = time.process_time()
    extract(text, MEETING)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "place",
    [
        *("xã Gào", "xã Kbang", "xã D'Ran", "xã Tuần Giáo", "xã Sáng Nhè", "xã Xa Dung"),
        *("xã Tân Lập", "xã Chư A Thai", "xã Phú Sơn Lâm Hà", "xã Đam Rông 4", "xã Gia Hiệp"),
        *("phường Lâm Viên - Đà Lạt", "phường Hội Phú", "đặc khu Phú Quý"),
    ],
)
def test_a_lower_case_place_name_ends_where_the_verb_begins(place: str) -> None:
    for task in ("rà soát hộ nghèo trong tuần này", "phải cử cán bộ xuống thôn", "làm xong đường"):
        found = only(f"{place.lower()} {task}")
        assert [name.lower() for name in found.lead] == [f"ubnd {place}".lower()]


def test_any_text_is_read_without_failing() -> None:
    pieces = [
        "giao",
        "Sở Y tế",
        ",",
        "và",
        "trước ngày",
        "31/2",
        "(",
        "các",
        "xã",
        "a)",
        "ạ",
        "ờ",
        ":",
    ]
    for first in pieces:
        for second in pieces:
            for third in pieces:
                text = f"{first} {second} {third}"
                for found in extract(text, MEETING):
                    assert text[found.start : found.end] == found.span
                    assert found.lead


def test_a_verb_whose_first_consonant_was_misheard_still_orders() -> None:
    heard = (
        "Năm là, UBND các xã, phường trập nhật tiến độ nhiệm vụ trên hệ thống "
        "trước 16 giờ thứ sáu hằng tuần."
    )
    [found] = extract(heard, date(2026, 11, 23))
    assert found.lead == ("UBND các xã, phường",)
    assert found.recurring == "trước 16 giờ thứ sáu hằng tuần"
