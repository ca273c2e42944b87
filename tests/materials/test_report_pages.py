"""Asking for reports, filing and chasing them in a browser."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from meetly.accounts.models import User
from meetly.materials.reports import service as reports
from meetly.materials.reports.models import ReportRequest
from meetly.meetings.models import Meeting
from tests.cast import Cast
from tests.materials.test_reports import DUE
from tests.meetings.plans import scheduled

SignIn = Callable[[User], FlaskClient]
Database = scoped_session[Session]


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    return scheduled(cast)


@pytest.fixture
def report(cast: Cast, meeting: Meeting) -> ReportRequest:
    """What Nậm Hoa owes."""
    [row] = reports.request(cast.nam, meeting, "Báo cáo tháng", [cast.nam_hoa], DUE)
    return row


def _typed(**given: Any) -> dict[str, Any]:
    return {"title": "Báo cáo tuần", "day": "2099-11-20", "by": "16:00", "item": "0", **given}


def test_all_communes_are_asked_at_once(
    session: Database, cast: Cast, sign_in: SignIn, meeting: Meeting
) -> None:
    browser = sign_in(cast.nam)
    page = browser.get(f"/meetings/{meeting.id}/reports/new").text
    assert 'value="2099-11-20"' in page and 'value="16:00"' in page  # the working day before
    answer = browser.post(
        f"/meetings/{meeting.id}/reports/new",
        data=_typed(all_communes="y", units=[str(cast.finance.id)]),
        follow_redirects=True,
    )
    assert "Đã giao báo cáo cho 2 đơn vị." in answer.text
    rows = session.scalars(select(ReportRequest)).all()
    assert {row.unit_id for row in rows} == {cast.nam_hoa.id, cast.finance.id}
    assert f"{rows[0].due_at:%Y-%m-%d %H:%M}" == "2099-11-20 09:00"  # four in Vietnam


def test_what_is_wrong_is_said_and_what_was_typed_stays(
    session: Database, cast: Cast, sign_in: SignIn, meeting: Meeting
) -> None:
    browser = sign_in(cast.nam)
    address = f"/meetings/{meeting.id}/reports/new"
    for data, words in (
        (_typed(), "Hãy chọn ít nhất một đơn vị"),
        (_typed(day="2099-11-24", all_communes="y"), "Hạn nộp phải trước giờ họp."),
        (_typed(day="2020-01-01", all_communes="y"), "Hạn nộp đã qua."),
        (_typed(title="x" * 301, all_communes="y"), "Không quá 300 ký tự."),
        (_typed(item="4711", all_communes="y"), "Hãy chọn một mục"),
        (_typed(units=[str(cast.doi_thong.id)]), "không có trong danh sách"),
        (_typed(day="0001-01-01", all_communes="y"), "Hạn nộp đã qua."),
    ):
        answer = browser.post(address, data=data)
        assert (answer.status_code, words in answer.text) == (422, True), (data, answer.text)
        assert data["title"] in answer.text
    assert session.scalars(select(ReportRequest)).all() == []


def test_a_unit_finds_what_it_owes_on_its_first_page_and_files_it(
    cast: Cast, sign_in: SignIn, meeting: Meeting, report: ReportRequest
) -> None:
    browser = sign_in(cast.hoa)
    page = browser.get("/").text
    assert "Báo cáo tháng" in page and f'href="/reports/{report.id}"' in page
    answer = browser.post(
        f"/reports/{report.id}", data={"file": (io.BytesIO(b"So lieu"), "bao-cao.txt")},
        follow_redirects=True,
    )  # fmt: skip
    assert "Đã nộp “Báo cáo tháng”." in answer.text
    assert f"/reports/{report.id}" not in browser.get("/").text
    assert "Báo cáo tháng (UBND xã Nậm Hoa)" in browser.get(f"/meetings/{meeting.id}").text


def test_a_file_that_cannot_be_a_report_is_refused_beside_the_field(
    cast: Cast, sign_in: SignIn, report: ReportRequest
) -> None:
    browser = sign_in(cast.hoa)
    program = (io.BytesIO(b"MZ\x90\x00" * 50), "bao-cao.exe")
    answer = browser.post(f"/reports/{report.id}", data={"file": program})
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert browser.post(f"/reports/{report.id}", data={}).status_code == 422


def test_the_board_shows_every_unit_and_its_own_unit_only_itself(
    cast: Cast, sign_in: SignIn, meeting: Meeting, report: ReportRequest
) -> None:
    reports.request(cast.nam, meeting, "Số liệu", [cast.finance], DUE)
    page = sign_in(cast.nam).get(f"/meetings/{meeting.id}/reports").text
    assert "UBND xã Nậm Hoa" in page and "Sở Tài chính" in page and "Nhắc đơn vị chưa nộp" in page
    own = sign_in(cast.hoa).get(f"/meetings/{meeting.id}/reports").text
    assert "Báo cáo tháng" in own and "Số liệu" not in own
    assert sign_in(cast.long).get(f"/reports/{report.id}").status_code == 404
    assert sign_in(cast.la).get(f"/meetings/{meeting.id}/reports").status_code == 404


def test_the_secretary_changes_waives_withdraws_and_reminds(
    session: Database, cast: Cast, sign_in: SignIn, meeting: Meeting, report: ReportRequest
) -> None:
    browser = sign_in(cast.nam)
    assert 'value="2099-11-20"' in browser.get(f"/reports/{report.id}/change").text
    browser.post(f"/reports/{report.id}/change", data=_typed(by="17:30", everywhere="y"))
    assert (report.title, f"{report.due_at:%H:%M}") == ("Báo cáo tuần", "10:30")
    browser.post(f"/reports/{report.id}/waive")
    assert report.waived_at is not None
    browser.post(f"/reports/{report.id}/waive", data={"again": "1"})
    assert report.waived_at is None
    answer = browser.post(f"/meetings/{meeting.id}/reports/remind", follow_redirects=True)
    assert "Đã nhắc 2 người." in answer.text
    browser.post(f"/reports/{report.id}/withdraw")
    assert session.scalars(select(ReportRequest)).all() == []


def test_changing_only_the_words_keeps_a_deadline_that_has_passed(
    cast: Cast, sign_in: SignIn, report: ReportRequest, session: Database
) -> None:
    report.due_at = report.due_at.replace(year=2020, second=17)
    browser = sign_in(cast.nam)
    data = _typed(title="Báo cáo", day="2020-11-20", by="16:00")
    assert browser.post(f"/reports/{report.id}/change", data=data).status_code == 302
    assert (report.title, report.due_at.second) == ("Báo cáo", 17)
