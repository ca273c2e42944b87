"""The pages of importing: begun, put right, taken over; wrong input comes back with its words."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from meetly.accounts.models import User
from meetly.directions.models import Direction
from meetly.extensions import db
from meetly.tasks.importing.models import ImportStatus, TaskImport
from meetly.tasks.models import Task
from tests.cast import Cast
from tests.tasks.importing import samples

SignIn = Callable[[User], FlaskClient]
SHEET = "Nội dung;Chủ trì;Hạn\nRà soát;Sở Tài chính;1/12/2099\nNộp;Sở Tài chánh;hôm nào\n"


def start(browser: FlaskClient, cast: Cast, sheet: str = SHEET) -> str:
    data = {"unit": cast.office.id, "file": (io.BytesIO(sheet.encode()), "việc.csv")}
    answer = browser.post("/imports/sheet", data=data, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def fields_of(browser: FlaskClient, place: str) -> dict[str, str]:
    """Read the form of a page as a browser would send it."""
    page = browser.get(place).text
    form = page[page.index('class="form form-wide"') :]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in told and (told.get("type") != "checkbox" or " checked" in tag):
            sent[told["name"]] = unescape(told.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\r?\n?([^<]*)', form):
        sent[name] = unescape(text)
    return sent


def test_the_list_of_tasks_leads_there(cast: Cast, sign_in: SignIn) -> None:
    assert 'href="/imports"' in sign_in(cast.nam).get("/tasks").text
    assert 'href="/imports"' not in sign_in(cast.hoa).get("/tasks").text
    assert sign_in(cast.nam).get("/imports").status_code == 200
    blank = sign_in(cast.nam).get("/imports/template.xlsx")
    assert blank.data.startswith(b"PK") and "attachment" in blank.headers["Content-Disposition"]


def test_a_pasted_notice_is_taken_over(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.nam)
    data = {"unit": cast.office.id, "meeting": 0, "pasted": samples.NOTICE}
    place = str(browser.post("/imports/notice", data=data).location)
    page = browser.get(place).text
    assert "Thông báo số 12/TB-VP" in page and "Nhận 10 dòng đã chọn" in page
    sent = fields_of(browser, place)
    assert browser.post(place, data=sent | {"taking": "y"}).status_code == 302
    assert db.session.scalar(select(func.count()).select_from(Task)) == 12
    again = browser.post(place, data=sent | {"taking": "y"})
    assert again.status_code == 302 and again.location == place, "pressed twice"
    assert db.session.scalar(select(func.count()).select_from(Direction)) == 10
    assert "Đã nhận" in browser.get(place).text


def test_a_file_of_a_notice_is_read(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.khai)
    data = {
        "unit": cast.office.id, "meeting": 0,
        "file": (io.BytesIO(samples.notice_docx()), "TB 12.docx"),
    }  # fmt: skip
    answer = browser.post("/imports/notice", data=data, content_type="multipart/form-data")
    assert "Nhận 10 dòng" in browser.get(str(answer.location)).text


def test_what_is_wrong_is_said_and_what_was_typed_stays(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.nam)
    words = "Giao Sở Tài chính nộp <b>báo cáo</b>."
    for data, said in (
        ({"pasted": words}, "Không thấy ngày của văn bản"),
        ({"pasted": ""}, "Hãy chọn tệp .docx hoặc dán"),
        ({"file": (io.BytesIO(b"x"), "a.docx")}, "Chỉ nhận thông báo ở dạng .docx"),
    ):
        sent = {"unit": cast.office.id, "meeting": 0} | data
        answer = browser.post("/imports/notice", data=sent, content_type="multipart/form-data")
        assert answer.status_code == 422 and said in answer.text
    answer = browser.post(
        "/imports/notice", data={"unit": cast.office.id, "meeting": 0, "pasted": words}
    )
    assert "nộp &lt;b&gt;báo cáo" in answer.text
    answer = browser.post("/imports/sheet", data={"unit": cast.office.id})
    assert answer.status_code == 422 and "Hãy chọn tệp." in answer.text
    letter = {"unit": cast.office.id, "file": (io.BytesIO(samples.notice_docx()), "a.xlsx")}
    answer = browser.post("/imports/sheet", data=letter, content_type="multipart/form-data")
    assert answer.status_code == 422 and "Chỉ nhận bảng tính" in answer.text
    other = {"unit": cast.finance.id, "meeting": 0, "pasted": samples.NOTICE}
    assert browser.post("/imports/notice", data=other).status_code == 422, "not Nam's unit"


def test_lines_are_put_right_on_the_page(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.nam)
    place = start(browser, cast)
    page = browser.get(place).text
    assert "Không hiểu thời hạn: hôm nào" in page and "Không có đơn vị này trong danh bạ" in page
    sent = fields_of(browser, place)
    blocked = browser.post(place, data=sent | {"taking": "y"})
    assert blocked.status_code == 422 and "chưa mở nhiệm vụ nào" in blocked.text
    sent = fields_of(browser, place) | {
        "rows-1-due": "5/12/2099",
        "using": "Sở Tài chánh\tSở Tài chính",
    }
    assert browser.post(place, data=sent).status_code == 302
    sent = fields_of(browser, place)
    assert (sent["rows-1-lead"], sent["rows-1-due"]) == ("Sở Tài chính", "05/12/2099")
    assert "#a" in browser.post(place, data=sent | {"adding": "y"}).location
    assert (
        browser.post(place, data=fields_of(browser, place) | {"choosing": "y"}).status_code == 302
    )
    sent = fields_of(browser, place)
    assert "rows-0-take" in sent and "rows-2-take" not in sent, "an empty line cannot be chosen"
    browser.post(place, data=sent | {"taking": "y"})
    dues = {task.due.isoformat() for task in db.session.scalars(select(Task)) if task.due}
    assert dues == {"2099-12-01", "2099-12-05"}


def test_a_slower_page_keeps_what_was_typed(cast: Cast, sign_in: SignIn) -> None:
    browser, other = sign_in(cast.nam), sign_in(cast.khai)
    place = start(browser, cast)
    sent = fields_of(browser, place)
    assert other.post(place, data=sent | {"rows-0-text": "Của Khải"}).status_code == 302
    answer = browser.post(place, data=sent | {"rows-0-text": "Của Nam"})
    assert answer.status_code == 409 and "Của Nam" in answer.text
    assert "Của Khải" in browser.get(place).text
    wrong = fields_of(browser, place) | {"rows-0-due": "x" * 300, "rows-1-text": "còn đây"}
    answer = browser.post(place, data=wrong)
    assert answer.status_code == 422 and "còn đây" in answer.text and "Không quá 200" in answer.text


def test_columns_are_asked_for(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.nam)
    place = start(browser, cast, "A;B;C\nRà soát;Sở Tài chính;1/12/2099\n")
    assert place.endswith("/columns")
    page = browser.get(place).text
    assert "A: A" in page and "Rà soát" in page
    version = db.session.scalars(select(TaskImport.version)).one()
    chosen = {f"column_{f}": -1 for f in ("coordinate", "given_on", "source", "product", "state")}
    chosen |= {f"column_{f}": -1 for f in ("done_on", "officer", "note", "text", "lead", "due")}
    sent = {"version": version, "header": 0} | chosen
    answer = browser.post(place, data=sent)
    assert answer.status_code == 422 and "Hãy chọn cột chứa nội dung" in answer.text
    sent |= {"column_text": 0, "column_lead": 1, "column_due": 2}
    assert browser.post(place, data=sent).location == place.removesuffix("/columns")
    assert "Nhận 1 dòng" in browser.get(place.removesuffix("/columns")).text


def test_thrown_away_is_thrown_away(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.nam)
    place = start(browser, cast)
    assert browser.post(f"{place}/discard", data={"version": 1}).status_code == 302
    assert db.session.scalars(select(TaskImport.status)).one() == ImportStatus.DISCARDED
    assert "đã bỏ" in browser.get(place).text
    assert browser.post(place, data={"taking": "y"}).status_code == 302
    assert db.session.scalar(select(func.count()).select_from(Task)) == 0


def test_five_thousand_lines_are_looked_through_page_by_page(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.nam)
    lines = "".join(f"Rà soát việc số {n};Sở Tài chính;1/12/2099\n" for n in range(5_000))
    place = start(browser, cast, f"Nội dung;Chủ trì;Hạn\n{lines}")
    page = browser.get(f"{place}?page=84").text
    assert "Trang 84 / 84" in page and "việc số 4999" in page
    assert "Nhận 5000 dòng đã chọn" in page
    sent = fields_of(browser, f"{place}?page=84") | {"rows-0-text": "Đã sửa"}
    assert browser.post(f"{place}?page=84", data=sent).status_code == 302
    kept = db.session.scalars(select(TaskImport)).one().rows
    assert len(kept) == 5_000 and sum(row["text"] == "Đã sửa" for row in kept) == 1


@pytest.mark.parametrize("name", ["nobody", "la", "hoa", "long", "quan"])
def test_a_stranger_sees_nothing(
    cast: Cast, sign_in: SignIn, name: str, client: FlaskClient
) -> None:
    place = start(sign_in(cast.nam), cast)
    browser = client if name == "nobody" else sign_in(getattr(cast, name))
    answers = [
        browser.get(place), browser.post(place, data={"taking": "y"}),
        browser.get(f"{place}/columns"), browser.post(f"{place}/discard", data={"version": 1}),
    ]  # fmt: skip
    for answer in answers:
        assert answer.status_code in (302, 401, 403, 404) and "Rà soát" not in answer.text
        assert "/sign-in" in answer.headers.get("Location", "/sign-in")
    assert "việc.csv" not in browser.get("/imports").text
