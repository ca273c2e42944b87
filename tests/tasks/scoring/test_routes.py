"""The pages of records: every score opens its tasks, in the browser of each who may."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from meetly import clock
from meetly.accounts.models import User
from meetly.extensions import db
from meetly.tasks.scoring import service
from meetly.tasks.scoring.formula import DEFAULT
from tests.cast import Cast
from tests.queries import counting
from tests.tasks.scoring.products import at, product

SignIn = Callable[[User], FlaskClient]
DUE = date(2026, 11, 10)
NASTY = '=HYPERLINK("http://evil.example","x")<script>alert(1)</script>'


@pytest.fixture(autouse=True)
def november(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime(2026, 12, 3, 5, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)
    product(cast, cast.finance, DUE, done=at(DUE), text="giải ngân vốn")
    product(cast, cast.nam_hoa, DUE, text="bàn giao mặt bằng", officer=cast.nam)
    product(cast, None, DUE, name=NASTY, text="họp tổ")
    db.session.commit()


def base(cast: Cast, by: str = "unit") -> str:
    return f"/records/{cast.office.id}/2026-11/{by}"


def test_a_leader_goes_from_the_list_to_a_score_to_a_task(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.khai)
    assert 'href="/records"' in browser.get("/tasks").text
    page = browser.get("/records?period=2026-11").text
    assert "Sở Tài chính" in page and "100,00" in page and "47,50" in page
    assert "Hoàn thành xuất sắc" in page and "Hơn 20%" in page
    behind = f"{base(cast)}/{cast.nam_hoa.id}"
    assert behind in page
    tasks = browser.get(behind).text
    assert "bàn giao mặt bằng" in tasks and "1 lần chậm" in tasks and "−52,50" in tasks
    stranger = browser.get(f"{base(cast)}/0", query_string={"called": NASTY}).text
    assert "họp tổ" in stranger and "<script>alert" not in stranger
    officers = browser.get("/records?period=2026-11&by=officer").text
    assert cast.nam.name in officers and f"{base(cast, 'officer')}/{cast.nam.id}" in officers


def test_a_unit_reads_its_own_line_and_no_other(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.hoa)
    page = browser.get("/records?period=2026-11").text
    assert "UBND xã Nậm Hoa" in page and "Sở Tài chính" not in page and "họp tổ" not in page
    assert "record.docx" not in page and "Thứ hạng" not in page
    assert "bàn giao mặt bằng" in browser.get(f"{base(cast)}/{cast.nam_hoa.id}").text
    for where in (f"{base(cast)}/{cast.finance.id}", f"{base(cast)}/0?called=x",
                  f"{base(cast, 'officer')}/{cast.nam.id}"):  # fmt: skip
        assert browser.get(where).status_code == 404
    for where in (f"{base(cast)}/record.docx", f"{base(cast)}/record.xlsx"):
        assert browser.get(where).status_code == 403
    assert "Chưa có kết quả nào của bạn" in sign_in(cast.chau).get("/records").text


@pytest.mark.parametrize(
    "where", ["?period=2026-13", "?by=planet", "?unit=999999", "?period=%00", "?unit=-1"]
)
def test_what_is_asked_wrongly_is_refused(cast: Cast, sign_in: SignIn, where: str) -> None:
    assert sign_in(cast.khai).get(f"/records{where}").status_code in (400, 404)


def test_files_hold_every_figure_and_no_formula(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.nam)
    sheet = load_workbook(io.BytesIO(browser.get(f"{base(cast)}/record.xlsx").data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][:3] == (1, "Sở Tài chính", 1) and rows[1][13] == 100
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert any(NASTY in str(row[1]) for row in rows)
    paper = browser.get(f"{base(cast)}/record.docx")
    assert "ket-qua-nhiem-vu-van-phong-ubnd-tinh-2026-11-unit.docx" in str(paper.headers)
    with ZipFile(io.BytesIO(paper.data)) as package:
        words = package.read("word/document.xml").decode()
    assert "KẾT QUẢ THỰC HIỆN NHIỆM VỤ" in words and "&lt;script&gt;" in words


def test_a_leader_fixes_once_and_the_page_says_what_changed(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.nam).post(f"{base(cast)}/fix").status_code == 403
    browser = sign_in(cast.khai)
    for _again in range(5):
        assert browser.post(f"{base(cast)}/fix").status_code == 302
    assert "Từ đó đến nay không có gì thay đổi." in browser.get("/records?period=2026-11").text
    product(cast, cast.finance, DUE)
    page = browser.get("/records?period=2026-11").text
    assert "Sở Tài chính: 100,00 → 73,75" in page and "Đã chốt" in page
    now = f"/records/{cast.office.id}/2026-12/unit/fix"
    assert browser.post(now).status_code == 409


def test_general_points_are_typed_with_a_reason(cast: Cast, sign_in: SignIn) -> None:
    where, browser = f"{base(cast)}/{cast.finance.id}", sign_in(cast.khai)
    for typed, reason in (("31", "x"), ("ba mươi", "x"), ("-1", "x"), ("27,5", "")):
        wrong = browser.post(f"{where}/general", data={"points": typed, "reason": reason})
        assert wrong.status_code == 422 and f'value="{typed}"' in wrong.text
    assert browser.post(
        f"{where}/general", data={"points": "27,5", "reason": "Vắng họp"}
    ).location.endswith(where)
    page = browser.get(where).text
    assert "97,50" in page and "Vắng họp" in page
    data = {"points": "30", "reason": "x"}
    assert sign_in(cast.long).post(f"{where}/general", data=data).status_code == 403
    assert "Vắng họp" in sign_in(cast.long).get(where).text, "the unit reads why"


def test_a_formula_is_tried_and_then_set(cast: Cast, sign_in: SignIn) -> None:
    where = f"/records/{cast.office.id}/formula"
    typed = {k: str(v) for k, v in DEFAULT.values().items() if k != "undated"}
    typed |= {"valid_from": "2027-01", "grounds": "Quyết định 12", "delay_cost": "100"}
    browser = sign_in(cast.khai)
    assert "Áp dụng" in browser.get(where).text
    tried = browser.post(where, data=typed | {"preview": "1"})
    assert tried.status_code == 200 and "30,00" in tried.text and "47,50" in tried.text
    assert service.formulas_of(cast.office) == []
    for wrong in ({"good": "95"}, {"delay_cost": "101"}, {"valid_from": "2020-01"},
                  {"extension": "x"}, {"general": ""}):  # fmt: skip
        answer = browser.post(where, data=typed | wrong)
        assert answer.status_code == 422 and "Quyết định 12" in answer.text, wrong
    assert browser.post(where, data=typed).status_code == 302
    page = sign_in(cast.nam).get(where).text
    assert "Quyết định 12" in page and "Áp dụng</span>" not in page
    assert sign_in(cast.nam).post(where, data=typed).status_code == 403
    assert sign_in(cast.long).get(where).status_code == 404


def test_a_record_costs_few_questions_however_many_units(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.khai)
    browser.get("/records?period=2026-11")
    with counting() as few:
        browser.get("/records?period=2026-11")
    for number in range(40):
        product(cast, None, DUE, name=f"Tổ {number}")
        product(cast, cast.builders, DUE, done=at(DUE), returned=1)
    with counting() as many:
        browser.get("/records?period=2026-11")
    # committing what the test wrote is one of them
    assert len(many) <= len(few) + 2
