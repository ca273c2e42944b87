"""Deadlines, columns and notices as offices write them, read without guessing."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from meetly.accounts.models import Unit, UnitKind
from meetly.tasks.importing import blank, checking, columns, judging, notice_text, when
from meetly.tasks.importing.checking import Trouble
from meetly.tasks.importing.names import Names
from meetly.tasks.importing.rows import Progressed, Row, from_json, to_json
from tests.tasks.importing import samples

GIVEN = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("words", "due", "recurring"),
    [
        ("15/12/2026", date(2026, 12, 15), ""),
        ("trước 15/12/2026", date(2026, 12, 15), ""),
        ("15.12.2026.", date(2026, 12, 15), ""),
        ("2026-12-15", date(2026, 12, 15), ""),
        ("trước 17 giờ ngày 15/12/2026", date(2026, 12, 15), ""),
        ("ngày 5 tháng 6 năm 2026", date(2026, 6, 5), ""),
        ("15/12", date(2026, 12, 15), ""),
        ("chậm nhất 20/01", date(2027, 1, 20), ""),
        ("Quý I/2026", date(2026, 3, 31), ""),
        ("trong quý 4 năm 2026", date(2026, 12, 31), ""),
        ("Tháng 6/2026", date(2026, 6, 30), ""),
        ("02/2028", date(2028, 2, 29), ""),
        ("năm 2026", date(2026, 12, 31), ""),
        ("trong tuần này", date(2026, 3, 6), ""),
        ("trong 10 ngày", date(2026, 3, 12), ""),
        ("hằng tháng", None, "hằng tháng"),
        ("Trước ngày 5 hàng tháng", None, "Trước ngày 5 hàng tháng"),
        ("định kỳ", None, "định kỳ"),
        ("", None, ""),
        ("–", None, ""),
        ("Không", None, ""),
    ],
)
def test_a_deadline_is_read(words: str, due: date | None, recurring: str) -> None:
    assert when.deadline(words, GIVEN) == when.Deadline(due, recurring)


@pytest.mark.parametrize(
    "words",
    [
        "31/02/2026", "1/1/2026 - 2/2/2026", "sớm nhất", "thường xuyên", "13/2026", "46000",
        "x" * 999,         "quý 5/2026", "01/01/0001", "15/12/20266", "sau khi có vốn", "=TODAY()",
    ],
)  # fmt: skip
def test_what_cannot_be_read_stays_as_it_was_written(words: str) -> None:
    read = when.deadline(words, GIVEN)
    assert read.due is None and not read.recurring
    assert read.unread == words[:200]


@pytest.mark.parametrize(
    ("words", "progressed"),
    [
        ("Đã hoàn thành", Progressed.DONE), ("Hoàn thành quá hạn", Progressed.DONE),
        ("100%", Progressed.DONE), ("Xong ngày 5/3/2026", Progressed.DONE),
        ("Chưa hoàn thành", Progressed.OPEN), ("Chưa thực hiện", Progressed.OPEN),
        ("Không hoàn thành", Progressed.OPEN), ("Đang thực hiện", Progressed.RUNNING),
        ("Hoàn thành 80%", Progressed.RUNNING), ("Đang hoàn thành hồ sơ", Progressed.RUNNING),
        ("0%", Progressed.OPEN), ("", Progressed.OPEN), ("Quá hạn", Progressed.OPEN),
    ],
)  # fmt: skip
def test_how_far_the_work_is(words: str, progressed: Progressed) -> None:
    assert columns.progressed(words)[0] is progressed


# -- spreadsheets ----------------------------------------------------------------------------


def read(document: bytes) -> list[Row]:
    sheet = judging.sheet(document)
    found = columns.find(sheet.lines)
    assert found.is_clear, found
    return columns.rows(sheet.lines, found, date(2026, 11, 26))


def test_a_sheet_is_read_by_the_names_of_its_columns() -> None:
    done = datetime(2026, 11, 20)
    rows = read(
        samples.book(
            [
                [1, "Rà soát 14 dự án", "Sở Tài chính", "Sở Xây dựng; Kho bạc",
                 datetime(2026, 12, 10), "01/11/2026", "12/TB-VP", "Đang thực hiện", None,
                 "chờ số liệu"],
                [2, "Nộp báo cáo", "Sở Xây dựng", None, "hằng tháng"],
                [3, "Bàn giao", "Sở Xây dựng", None, "15/11", "1/11/2026", "", "Đã xong", done],
            ]
        )
    )  # fmt: skip
    assert [row.line for row in rows] == [2, 3, 4]
    first, monthly, over = rows
    assert first.lead == ("Sở Tài chính",) and first.coordinate == ("Sở Xây dựng", "Kho bạc")
    assert (first.due, first.given_on) == (date(2026, 12, 10), date(2026, 11, 1))
    assert (first.source, first.note) == ("12/TB-VP", "chờ số liệu")
    assert first.progressed is Progressed.RUNNING and first.take
    assert (monthly.recurring, monthly.due) == ("hằng tháng", None)
    assert (over.progressed, over.done_on, over.take) == (Progressed.DONE, done.date(), False)
    assert over.due == date(2026, 11, 15)


def test_columns_stand_in_any_order_below_a_heading_of_two_lines() -> None:
    def join(sheet: object) -> None:
        for cells in ("A3:A4", "B3:C3", "D3:D4", "E3:E4", "B5:B7"):
            sheet.merge_cells(cells)  # type: ignore[attr-defined]

    rows = read(
        samples.book(
            [
                ["BẢNG THEO DÕI NHIỆM VỤ NĂM 2026"],
                [],
                ["Thời hạn", "Đơn vị", None, "Nội dung", "STT"],
                [None, "Chủ trì", "Phối hợp", None, None],
                ["10/12/2026", "Sở Tài chính", None, "Việc một", 1],
                ["11/12/2026", None, "Sở Xây dựng", "Việc hai", 2],
                ["12/12/2026", None, None, "Việc ba", 3],
                [None, None, None, "Kinh tế", "II"],
                ["13/12/2026", "Sở Nội vụ", None, "Việc bốn", 4],
            ],
            titles=(),
            also=join,
        )
    )
    assert [row.text for row in rows] == ["Việc một", "Việc hai", "Việc ba", "Việc bốn"]
    assert [row.lead for row in rows[:3]] == [("Sở Tài chính",)] * 3, "joined cells say it for all"
    assert rows[1].coordinate == ("Sở Xây dựng",)


def test_a_line_of_numbers_and_repeated_names_are_no_tasks() -> None:
    numbers = [f"({n})" for n in range(1, 11)]
    rows = read(samples.book([numbers, [1, "Việc", "Sở Tài chính"], list(samples.TITLES)]))
    assert [row.text for row in rows] == ["Việc"]


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_is_read(mark: str, coding: str) -> None:
    lines = [("Nội dung", "Chủ trì", "Hạn"), ('"Việc, gồm; hai phần"', "Sở Tài chính", "1/12/2026")]
    document = "\r\n".join(mark.join(line) for line in lines).encode(coding)
    [row] = read(document)
    assert (row.text, row.lead) == ("Việc, gồm; hai phần", ("Sở Tài chính",))
    assert row.due == date(2026, 12, 1)


def test_a_formula_is_never_worked_out() -> None:
    [row] = read(
        samples.book([[1, '=HYPERLINK("http://x.example","a")', "Sở Tài chính", "", "=1+1"]])
    )
    assert row.text == "" and row.due is None, "no program had worked it out, so there is nothing"
    [row] = read("Nội dung;Chủ trì\n\"=cmd|' /C calc'!A0\";Sở Tài chính".encode())
    assert row.text == "=cmd|' /C calc'!A0", "words, and words again when they are exported"


def test_the_clearest_sheet_is_taken() -> None:
    from openpyxl import Workbook

    made = Workbook()
    made.active.append(["Hướng dẫn điền bảng"])
    made.create_sheet("Dữ liệu").append(["Nội dung", "Chủ trì", "Thời hạn"])
    made["Dữ liệu"].append(["Việc", "Sở Tài chính", "1/12/2026"])
    hidden = made.create_sheet("Ẩn")
    hidden.append(["Nội dung", "Chủ trì", "Thời hạn", "Ghi chú"])
    hidden.sheet_state = "hidden"
    written = io.BytesIO()
    made.save(written)
    assert judging.sheet(written.getvalue()).title == "Dữ liệu"


def test_columns_with_strange_names_are_not_guessed() -> None:
    assert not columns.find([["Cột A", "Cột B"], ["Việc một", "Sở Tài chính"]]).is_clear
    assert not columns.find([["Nội dung"], ["Việc một"]]).is_clear


def test_the_blank_sheet_names_every_column() -> None:
    sheet = judging.sheet(blank.template())
    found = columns.find(sheet.lines)
    assert [found.fields.get(field) for field in columns.FIELDS] == list(range(11))
    rows = columns.rows(sheet.lines, found, date(2026, 11, 26))
    assert rows[0].due == date(2026, 12, 10) and rows[1].recurring
    kept = load_workbook(io.BytesIO(blank.template())).active
    assert kept is not None and kept["A1"].value == "Nội dung nhiệm vụ"


# -- notices ---------------------------------------------------------------------------------


@pytest.mark.parametrize("as_file", [False, True])
def test_the_sample_notice_gives_its_ten_directions(as_file: bool) -> None:
    lines = (
        judging.paragraphs(samples.notice_docx()) if as_file
        else notice_text.lines_of(samples.NOTICE)
    )  # fmt: skip
    notice = notice_text.read(lines)
    assert (notice.source, notice.given_on) == ("Thông báo số 12/TB-VP", date(2026, 11, 24))
    assert "Nơi nhận" not in notice.text and "Dự hội nghị" not in notice.text
    rows = notice_text.rows(notice, date(2026, 11, 24), None)
    assert [(row.lead[0], row.due) for row in rows] == [
        ("Sở Tài chính", date(2026, 12, 10)),
        ("UBND xã Nậm Hoa", date(2026, 12, 15)),
        ("Sở Xây dựng", date(2026, 11, 30)),
        ("Sở Khoa học và Công nghệ", date(2026, 11, 27)),
        ("Sở Khoa học và Công nghệ", date(2026, 12, 4)),
        ("UBND các xã, phường", None),
        ("UBND phường Đồi Thông", date(2027, 3, 31)),
        ("Sở Nội vụ", date(2026, 12, 20)),
        ("Sở Nông nghiệp và Môi trường", None),
        ("Văn phòng UBND tỉnh", date(2026, 12, 4)),
    ]
    assert rows[5].recurring == "trước 16 giờ thứ sáu hằng tuần"


@pytest.mark.parametrize(
    ("head", "source", "given_on"),
    [
        (
            "Số: 05/TB-UBND\nLam Giang, ngày 05 tháng 01 năm 2026",
            "Thông báo số 05/TB-UBND", "2026-01-05",
        ),
        ("Số 7-KL/TU\nX, ngày 1/1 năm 2026", "", None),
        (
            "Số: 77/KL-UBND\nAn Bình, ngày 9 tháng 2 năm 2026\nKẾT LUẬN",
            "Kết luận số 77/KL-UBND", "2026-02-09",
        ),
        ("Số: 301/VP-TH\nA, ngày 31 tháng 02 năm 2026\nCông văn", "Công văn số 301/VP-TH", None),
        ("Số: …/TB-VP\nLam Giang, ngày … tháng 11 năm 2026", "", None),
        ("", "", None),
    ],
)  # fmt: skip
def test_number_and_day_are_read_from_the_head(
    head: str, source: str, given_on: str | None
) -> None:
    notice = notice_text.read([*head.split("\n"), "Chủ tịch kết luận như sau:", "1. Giao Sở A."])
    assert notice.source == source
    assert notice.given_on == (date.fromisoformat(given_on) if given_on else None)
    assert notice.text.strip() == "1. Giao Sở A."


def test_where_nothing_says_that_orders_begin_everything_is_read() -> None:
    pasted = "Giao Sở Tài chính nộp **báo cáo** trước ngày 10/12/2026."
    notice = notice_text.read(notice_text.lines_of(pasted))
    [row] = notice_text.rows(notice, GIVEN, None)
    assert row.lead == ("Sở Tài chính",) and row.due == date(2026, 12, 10)


# -- names and troubles ----------------------------------------------------------------------


def unit(number: int, name: str, kind: UnitKind, *aliases: str, after: int | None = None) -> Unit:
    return Unit(
        id=number, code=str(number), name=name, kind=kind, aliases=list(aliases),
        predecessor_id=after, path=f"/1/{number}/",
    )  # fmt: skip


@pytest.fixture
def names() -> Names:
    living = [
        unit(1, "Sở Tài chính", UnitKind.DEPARTMENT, "Sở TC"),
        unit(2, "Sở Văn hóa, Thể thao và Du lịch", UnitKind.DEPARTMENT),
        unit(3, "UBND xã Nậm Hoa", UnitKind.COMMUNE, after=9),
        unit(4, "Sở Xây dựng", UnitKind.DEPARTMENT),
    ]
    return Names(living, [unit(9, "UBND xã Bản Cũ", UnitKind.COMMUNE)])


@pytest.mark.parametrize(
    ("given", "settled"),
    [
        (("sở tài chính",), ("Sở Tài chính",)),
        (("Sở TC", "SO TAI CHINH"), ("Sở Tài chính",)),
        (("xã Nậm Hoa",), ("UBND xã Nậm Hoa",)),
        (("Sở Văn hóa, Thể thao và Du lịch",), ("Sở Văn hóa, Thể thao và Du lịch",)),
        (
            ("Sở Tài chính, Sở Xây dựng và xã Nậm Hoa",),
            ("Sở Tài chính", "Sở Xây dựng", "UBND xã Nậm Hoa"),
        ),
        (("Sở Tài chính, Hội nọ",), ("Sở Tài chính, Hội nọ",)),
        (("UBND các xã, phường",), ("UBND các xã, phường",)),
    ],
)  # fmt: skip
def test_names_are_settled(names: Names, given: tuple[str, ...], settled: tuple[str, ...]) -> None:
    assert names.settled(given) == settled


def test_what_nobody_answers_to_is_not_guessed_but_suggested(names: Names) -> None:
    assert names.settled(["Sở Tài chánh"]) == ("Sở Tài chánh",)
    assert names.suggestions("Sở Tài chánh")[0] == "Sở Tài chính"
    assert names.suggestions("UBND xã Bản Cũ") == ["UBND xã Nậm Hoa"]
    assert names.suggestions("zzz") == []


TODAY = date(2026, 11, 26)
GOOD = Row("a", text="Việc", lead=("Sở Tài chính",))


@pytest.mark.parametrize(
    ("row", "troubles"),
    [
        (GOOD, []),
        (Row("a", lead=("Sở Tài chính",)), [Trouble.NO_TEXT]),
        (Row("a", text="Việc"), [Trouble.NO_LEAD]),
        (replace(GOOD, unread="mai"), [Trouble.UNREAD_DUE]),
        (replace(GOOD, due=date(2026, 1, 1)), [Trouble.DUE_BEFORE]),
        (Row("a", text="Việc", lead=("Sở X",)), [Trouble.UNKNOWN_UNIT]),
        (Row("a", text="Việc", lead=("UBND xã Bản Cũ",)), [Trouble.FORMER_UNIT]),
        (replace(GOOD, progressed=Progressed.DONE), [Trouble.NO_DONE_DAY]),
        (
            replace(GOOD, progressed=Progressed.DONE,
                done_on=date(2027, 1, 1)),
            [Trouble.DONE_AHEAD],
        ),
        (replace(GOOD, given_on=date(2027, 1, 1)), [Trouble.GIVEN_AHEAD]),
        (
            replace(GOOD, unread_days=(("given_on", "hôm nọ"),)),
            [Trouble.UNREAD_DAY],
        ),
    ],
)  # fmt: skip
def test_troubles_are_told(names: Names, row: Row, troubles: list[Trouble]) -> None:
    found = checking.problems(row, names, date(2026, 11, 23), TODAY)
    assert [problem.trouble for problem in found] == troubles
    assert checking.blocks(row, date(2026, 11, 23), TODAY) == any(p.blocks for p in found)
    assert from_json(to_json([row])) == [row]
