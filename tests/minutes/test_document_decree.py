"""The papers measured against Annex I of Decree 30/2020/NĐ-CP, figure by figure.

The figures stand here as the decree gives them, not as the layout chose them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, time

import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table

from meetly.minutes.blocks import Assignment, Block
from meetly.minutes.document import MeetingFacts, minutes_docx, notice_docx
from meetly.minutes.facts import Person
from meetly.minutes.task_wording import dated, deadline, milestone, product, task
from meetly.paper_wording import (
    clean,
    clock_in_words,
    day,
    day_in_words,
    letter,
    mark,
    numeral,
    row,
)
from tests.document_text import find, form, look, paragraphs, read, ruled_width
from tests.minutes.sample import DAY, FACTS, minutes_blocks

ISSUED = replace(FACTS, draft=False, minutes_number=7, notice_number=15, issued=date(2027, 2, 3))
Writer = Callable[[MeetingFacts, Sequence[Block]], bytes]


@pytest.fixture(params=[minutes_docx, notice_docx], ids=["minutes", "notice"])
def paper(request: pytest.FixtureRequest) -> Document:
    write: Writer = request.param
    return read(write(ISSUED, minutes_blocks()))


@pytest.fixture
def minutes() -> Document:
    return read(minutes_docx(ISSUED, minutes_blocks()))


@pytest.fixture
def notice() -> Document:
    return read(notice_docx(ISSUED, minutes_blocks()))


def tables(document: Document) -> list[Table]:
    return list(document.tables)


def test_page_and_margins(paper: Document) -> None:
    (section,) = paper.sections
    assert section.page_width is not None
    assert section.page_height is not None
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    edges = (
        (section.top_margin, 20, 25),
        (section.bottom_margin, 20, 25),
        (section.left_margin, 30, 35),
        (section.right_margin, 15, 20),
    )
    for edge, least, most in edges:
        assert edge is not None
        assert least <= round(edge.mm, 1) <= most


def test_one_black_typeface_for_every_letter(paper: Document) -> None:
    for paragraph in paragraphs(paper):
        for run in paragraph.runs:
            assert form(paragraph, run).font == "Times New Roman"
            assert run.font.color.rgb is None
    for node in paper.styles.element.iter(qn("w:rFonts")):
        assert set(node.attrib.values()) == {"Times New Roman"}
        assert {qn(f"w:{script}") for script in ("ascii", "hAnsi", "eastAsia", "cs")} == set(
            node.attrib
        )


def test_the_page_number_is_centred_on_top_but_not_on_page_one(paper: Document) -> None:
    (section,) = paper.sections
    assert section.different_first_page_header_footer
    assert "".join(p.text for p in section.first_page_header.paragraphs) == ""
    (number,) = section.header.paragraphs
    assert [node.text for node in number._p.iter(qn("w:instrText"))] == ["PAGE"]
    seen = form(number)
    assert seen.align == "center"
    assert 13 <= seen.size <= 14
    assert section.header_distance is not None
    assert section.top_margin is not None
    assert section.header_distance < section.top_margin


@pytest.mark.parametrize(
    ("text", "least", "most", "bold", "italic"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, 13, True, False),
        ("Độc lập - Tự do - Hạnh phúc", 13, 14, True, False),
        ("UBND TỈNH LAM GIANG", 12, 13, False, False),
        ("VĂN PHÒNG", 12, 13, True, False),
        ("Số: ", 13, 13, False, False),
    ],
)
def test_the_letterhead(
    paper: Document, text: str, least: int, most: int, bold: bool, italic: bool
) -> None:
    seen = look(paper, text)
    assert least <= seen.size <= most
    assert (seen.bold, seen.italic, seen.align) == (bold, italic, "center")


def test_the_lines_of_the_letterhead(paper: Document) -> None:
    left, right = tables(paper)[0].rows[0].cells
    assert left.width is not None
    assert right.width is not None
    agency = ruled_width(left.paragraphs[-1], left.width.cm)
    motto = ruled_width(right.paragraphs[-1], right.width.cm)
    # Widths of the texts in Times New Roman Bold 13 and 14, measured once on a printed page.
    assert agency is not None
    assert motto is not None
    assert 2.77 / 3 <= agency <= 2.77 / 2
    assert motto == pytest.approx(6.02, abs=0.05)
    assert right.width.cm > 9.55, "the country's name stands on one line"


def test_numbers_and_place_date(minutes: Document, notice: Document) -> None:
    assert find(minutes, "Số:").text == "Số: 07/BB-VP"
    assert find(notice, "Số:").text == "Số: 15/TB-VP"
    seen = look(notice, "Lam Giang, ngày")
    assert find(notice, "Lam Giang, ngày").text == "Lam Giang, ngày 03 tháng 02 năm 2027"
    assert (13 <= seen.size <= 14, seen.italic, seen.bold, seen.align) == (
        True, True, False, "center",
    )  # fmt: skip
    assert not [p for p in paragraphs(minutes) if p.text.startswith("Lam Giang, ngày")]


def test_title_and_subject(minutes: Document, notice: Document) -> None:
    for document, kind in ((minutes, "BIÊN BẢN"), (notice, "THÔNG BÁO")):
        lines = list(document.paragraphs)
        at = [p.text for p in lines].index(kind)
        for paragraph in lines[at : at + 2]:
            seen = form(paragraph, paragraph.runs[0])
            assert 13 <= seen.size <= 14
            assert (seen.bold, seen.align) == (True, "center")
        width = ruled_width(lines[at + 2], 16.0)
        assert width is not None
        assert 16 / 3 <= width <= 16 / 2, "a subject of two lines is as wide as the text"
    assert find(notice, "Kết luận của").text.startswith(
        "Kết luận của Chủ tịch UBND tỉnh tại Hội nghị giao ban"
    )


def test_the_body(paper: Document) -> None:
    body = [p for p in paper.paragraphs if p.style and p.style.name in ("Nội dung", "Câu dẫn")]
    assert len(body) > 8
    for paragraph in body:
        seen = form(paragraph)
        assert 13 <= seen.size <= 14
        assert seen.align == "justify"
        assert seen.indent in (1.0, 1.27)
        assert seen.before >= 6
        assert 1 <= seen.line <= 1.5


def test_the_signatures_of_the_minutes(minutes: Document) -> None:
    signatures = tables(minutes)[-1]
    left, right = signatures.rows[0].cells
    assert [p.text for p in left.paragraphs if p.text] == ["THƯ KÝ", "Đỗ Văn Nam"]
    assert [p.text for p in right.paragraphs if p.text] == ["CHỦ TỌA", "Trần Quốc Khải"]
    for paragraph in [*left.paragraphs, *right.paragraphs]:
        seen = form(paragraph)
        assert 13 <= seen.size <= 14
        assert seen.bold or not paragraph.text
        assert seen.align == "center"
    below = signatures.rows[1].cells[0]
    assert [p.text for p in below.paragraphs] == [
        "Nơi nhận:",
        "- Chủ tịch, các Phó Chủ tịch UBND tỉnh;",
        "- Các sở, ban, ngành; UBND các xã, phường;",
        "- Lưu: VT, Hồ sơ.",
    ]


def test_the_signature_of_the_notice(notice: Document) -> None:
    left, right = tables(notice)[-1].rows[0].cells
    assert left.paragraphs[0].text == "Nơi nhận:"
    assert left.paragraphs[-1].text == "- Lưu: VT, TH."
    assert [p.text for p in right.paragraphs if p.text] == ["CHÁNH VĂN PHÒNG", "Lê Thị Minh Hòa"]


@pytest.mark.parametrize(
    "lines",
    [
        ["KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"],
        ["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"],
        ["TUQ. CHÁNH VĂN PHÒNG", "TRƯỞNG PHÒNG TỔNG HỢP"],
        ["Q. CHÁNH VĂN PHÒNG"],
    ],
)
def test_in_whose_place_it_is_signed_stands_above_the_post(lines: list[str]) -> None:
    signer = Person("Nguyễn Thanh Sơn", "\n".join(lines))
    document = read(notice_docx(replace(ISSUED, signer=signer), minutes_blocks()))
    right = tables(document)[-1].rows[0].cells[1]
    assert [p.text for p in right.paragraphs if p.text] == [*lines, "Nguyễn Thanh Sơn"]
    for paragraph in right.paragraphs[: len(lines)]:
        seen = form(paragraph, paragraph.runs[0])
        assert 13 <= seen.size <= 14
        assert (seen.bold, seen.italic, seen.align) == (True, False, "center")
        assert paragraph.text == paragraph.text.upper()
    # Nothing between the lines but the room to sign between the last of them and the name.
    assert not any(p.text for p in right.paragraphs[len(lines) : -1])
    assert len(right.paragraphs) >= len(lines) + 3


def test_recipients(paper: Document) -> None:
    heading, kept = look(paper, "Nơi nhận:"), look(paper, "- Lưu: VT")
    assert (heading.size, heading.bold, heading.italic) == (12, True, True)
    assert (kept.size, kept.bold, kept.italic, kept.align) == (11, False, False, "left")


def test_both_close_with_the_mark_of_the_end(minutes: Document, notice: Document) -> None:
    assert find(minutes, "Cuộc họp kết thúc").text == (
        "Cuộc họp kết thúc vào 10 giờ 45 phút, ngày 23 tháng 11 năm 2026./."
    )
    assert find(notice, "thông báo để").text == (
        "Văn phòng UBND tỉnh thông báo để các cơ quan, địa phương biết, thực hiện./."
    )
    for document in (minutes, notice):
        assert sum(p.text.count("./.") for p in paragraphs(document)) == 1


def test_the_table_of_directions(minutes: Document) -> None:
    table = tables(minutes)[1]
    headings = [cell.text for cell in table.rows[0].cells]
    assert headings == [
        "TT", "Nội dung nhiệm vụ", "Chủ trì", "Phối hợp", "Thời hạn", "Sản phẩm", "Mốc ghi",
    ]  # fmt: skip
    assert table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    cells = [[cell.text for cell in line.cells] for line in table.rows[1:]]
    assert [line[0] for line in cells] == [str(number) for number in range(1, 11)]
    assert cells[0][1:6] == [
        "Rà soát 14 dự án giải ngân dưới 50%, đề xuất điều chuyển vốn",
        "Sở Tài chính",
        "Kho bạc Nhà nước khu vực; các chủ đầu tư",
        "10/12/2026",
        "Trình UBND tỉnh",
    ]
    assert [line[4] for line in cells] == [
        "10/12/2026",
        "15/12/2026",
        "30/11/2026 (trong vòng 7 ngày)",
        "27/11/2026 (ngay trong tuần này)",
        "Trước 17 giờ ngày 04/12/2026",
        "Định kỳ: trước 16 giờ thứ sáu hằng tuần",
        "31/03/2027 (trong quý I/2027)",
        "20/12/2026",
        "Trước đợt rét đậm đầu tiên",
        "04/12/2026 (vào thứ sáu tuần sau)",
    ]
    assert all(re.fullmatch(r"\d:\d\d:\d\d", line[6]) for line in cells)
    widths = [cell.width.cm for cell in table.rows[0].cells if cell.width]
    assert sum(widths) == pytest.approx(16.0, abs=0.1)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(2026, 11, 23), "ngày 23 tháng 11 năm 2026"),
        (date(2027, 2, 3), "ngày 03 tháng 02 năm 2027"),
        (date(2027, 1, 10), "ngày 10 tháng 01 năm 2027"),
        (date(2027, 3, 9), "ngày 09 tháng 3 năm 2027"),
    ],
)
def test_days_in_words(value: date, written: str) -> None:
    assert day_in_words(value) == written


def test_small_forms() -> None:
    assert [numeral(n) for n in (None, 5, 15, 105)] == ["…", "05", "15", "105"]
    assert day(date(2026, 12, 10)) == "10/12/2026"
    assert clock_in_words(time(8, 5)) == "08 giờ 05 phút"
    assert [letter(n) for n in (0, 4, 5, 22, 23)] == ["a", "đ", "e", "y", "aa"]
    assert row(["Sở A", "Sở B", "Sở C"]) == "Sở A, Sở B và Sở C"
    assert row(["Sở Văn hóa, Thể thao và Du lịch", "Sở B"]) == (
        "Sở Văn hóa, Thể thao và Du lịch; Sở B"
    )
    assert mark(None, None) == "–"
    assert mark(3725.9, None) == "1:02:05"
    assert mark(3725.9, time(23, 30)) == "00:32"
    assert clean("a\x00b\n c\u202e  d") == "ab c d"


def test_a_sentence_that_names_its_assignee_otherwise_stays_whole() -> None:
    given = Assignment(("Sở Tài chính",), due=DAY)
    text = "Việc điều chuyển vốn do bên Tài chính lo trước ngày 23/11/2026."
    assert task(text, given) == "Việc điều chuyển vốn do bên Tài chính lo"
    assert task("Giao Sở Tài chính chủ trì.", given) == "Giao Sở Tài chính chủ trì"


def test_two_deadlines_in_a_sentence_are_not_guessed_between() -> None:
    text = "Sở Y tế rà soát trong tuần này, báo cáo trong tháng này."
    assert deadline(text, Assignment(("Sở Y tế",), due=DAY), draft=True) == "23/11/2026"


def test_what_a_sentence_does_not_say_is_not_written() -> None:
    assert product("Sở Y tế phun hóa chất.") == ""
    assert milestone("Sở Y tế phun hóa chất.") == ""
    nobody = Assignment()
    assert deadline("Sở Y tế phun hóa chất.", nobody, draft=True) == (
        "Chưa có hạn - cần chủ trì xác nhận"
    )
    assert deadline("Sở Y tế phun hóa chất.", nobody, draft=False) == "Chưa có hạn"
    assert dated("Sở Y tế phun hóa chất.", nobody) == "Sở Y tế phun hóa chất."


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Sở Y tế báo cáo trước 05/12.", "Sở Y tế báo cáo trước 05/12/2026."),
        ("Sở Y tế báo cáo trước 5/12.", "Sở Y tế báo cáo trước 5/12/2026."),
        ("Sở Y tế báo cáo trước ngày 5/12/2026.", "Sở Y tế báo cáo trước ngày 5/12/2026."),
        ("Làm trước 5/12, nộp trước 5/12.",
         "Làm trước 5/12, nộp trước 5/12 (thời hạn 05/12/2026)."),
        ("Sở Y tế báo cáo tuần sau.", "Sở Y tế báo cáo tuần sau (thời hạn 05/12/2026)."),
    ],
)  # fmt: skip
def test_deadlines_in_full(text: str, written: str) -> None:
    assert dated(text, Assignment(("Sở Y tế",), due=date(2026, 12, 5))) == written
