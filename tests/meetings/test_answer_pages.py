"""Answering, chasing answers and deciding about substitutes in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from meetly.accounts.models import User
from meetly.meetings import service as meetings
from meetly.meetings.answers import service as answers
from meetly.meetings.models import Answer, AttendanceStatus, Consent, Invitation, Meeting
from meetly.notices import service as notices
from tests.cast import Cast
from tests.meetings.plans import scheduled

SignIn = Callable[[User], FlaskClient]
Database = scoped_session[Session]


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    return scheduled(cast)


@pytest.fixture
def unit(cast: Cast, meeting: Meeting) -> Invitation:
    """The invitation of Nậm Hoa."""
    [invitation] = answers.mine(cast.sinh, meeting)
    assert isinstance(invitation, Invitation)
    return invitation


def _ask(cast: Cast, unit: Invitation) -> None:
    answers.answer(
        cast.sinh, unit, Answer.SUBSTITUTE, attendee_id=cast.hoa.id, reason="Đi công tác"
    )


def test_the_dossier_lets_a_unit_answer_with_one_click(
    cast: Cast, sign_in: SignIn, meeting: Meeting, unit: Invitation
) -> None:
    browser = sign_in(cast.hoa)
    page = browser.get(f"/meetings/{meeting.id}").text
    assert "Đơn vị của tôi" in page
    # the leader is who is expected
    assert f'<option value="{cast.sinh.id}" selected>Vàng A Sình' in page
    answer = browser.post(
        f"/answers/unit/{unit.id}",
        data={"answer": "coming", "person": str(cast.sinh.id)},
        follow_redirects=True,
    )
    assert "Có thể đổi cho đến giờ họp" in answer.text
    assert (unit.answer, unit.attendee) == (Answer.COMING, cast.sinh.name)


def test_the_form_says_beside_the_field_what_is_missing(
    cast: Cast, sign_in: SignIn, unit: Invitation
) -> None:
    browser = sign_in(cast.hoa)
    page = browser.get(f"/answers/unit/{unit.id}?answer=absent").text
    assert 'value="absent" checked' in page or 'checked class="form-check-input"' in page
    for data, words in (
        ({}, "Hãy chọn có dự, dự thay hoặc vắng."),
        ({"answer": "absent"}, "Hãy ghi lý do vắng."),
        ({"answer": "substitute", "reason": "Ốm"}, "Hãy ghi họ tên, chức vụ người dự thay."),
        ({"answer": "coming", "person": "99999"}, "Hãy chọn một mục"),
        ({"answer": "sometimes"}, "Hãy chọn một mục"),
        ({"answer": "coming", "attendee": "x" * 201}, "Không quá 200 ký tự."),
    ):
        answer = browser.post(f"/answers/unit/{unit.id}", data=data)
        assert (answer.status_code, words in answer.text) == (422, True), data
    assert unit.answer == Answer.NONE


def test_numbers_no_row_has_are_not_found(cast: Cast, sign_in: SignIn, unit: Invitation) -> None:
    browser = sign_in(cast.hoa)
    for address in (
        f"/answers/unit/{unit.id + 1000}", "/answers/unit/99999999999999999999",
        f"/answers/nobody/{unit.id}", f"/answers/person/{unit.id}",
    ):  # fmt: skip
        assert browser.get(address).status_code == 404, address


def test_another_unit_cannot_tell_that_the_invitation_is_there(
    cast: Cast, sign_in: SignIn, unit: Invitation
) -> None:
    for user in (cast.long, cast.chau, cast.la):
        answer = sign_in(user).post(
            f"/answers/unit/{unit.id}", data={"answer": "absent", "reason": "x"}
        )
        assert answer.status_code == 404
    assert unit.answer == Answer.NONE


def test_the_chair_agrees_on_the_first_page_with_one_tap(
    cast: Cast, sign_in: SignIn, unit: Invitation
) -> None:
    _ask(cast, unit)
    browser = sign_in(cast.khai)
    page = browser.get("/").text
    assert "Xin cử Lò Thị Hoa dự thay: Đi công tác" in page
    assert unit.answered_at is not None
    answer = browser.post(
        f"/answers/unit/{unit.id}/decide",
        data={"granted": "1", "seen": unit.answered_at.isoformat(), "next": "/"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert unit.consent == Consent.GRANTED
    assert "/decide" not in browser.get("/").text
    assert "Chủ trì đồng ý dự thay" in sign_in(cast.sinh).get("/notices").text


def test_deciding_leads_nowhere_outside_and_never_over_a_newer_answer(
    cast: Cast, sign_in: SignIn, meeting: Meeting, unit: Invitation
) -> None:
    _ask(cast, unit)
    browser = sign_in(cast.khai)
    address = f"/answers/unit/{unit.id}/decide"
    old = {"granted": "1", "seen": "2020-01-01T00:00:00+00:00"}
    assert browser.post(address, data=old).status_code == 409
    assert browser.post(address, data={"granted": "perhaps"}).status_code == 400
    assert unit.consented_at is None
    answer = browser.post(address, data={"granted": "0", "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == f"/meetings/{meeting.id}/answers"
    assert unit.consent == Consent.REFUSED
    page = sign_in(cast.sinh).get(f"/meetings/{meeting.id}").text
    assert "Chủ trì không đồng ý dự thay" in page


def test_the_host_sees_answers_narrows_them_and_reminds_with_one_click(
    cast: Cast, sign_in: SignIn, meeting: Meeting, unit: Invitation
) -> None:
    _ask(cast, unit)
    browser = sign_in(cast.nam)
    page = browser.get(f"/meetings/{meeting.id}/answers").text
    assert "Sở Tài chính" in page and "UBND xã Nậm Hoa" in page
    assert "/decide" not in page  # the secretary does not decide
    narrowed = browser.get(f"/meetings/{meeting.id}/answers?show=asked").text
    assert "Lò Thị Hoa" in narrowed and "Sở Tài chính" not in narrowed
    assert browser.get(f"/meetings/{meeting.id}/answers?show=nonsense").status_code == 200
    for words in ("Đã nhắc 1 người.", "Không còn ai để nhắc"):
        answer = browser.post(f"/meetings/{meeting.id}/answers/remind", follow_redirects=True)
        assert words in answer.text
    assert notices.latest(cast.long)[0].subject == "Nhắc trả lời lời mời: Giao ban tháng 11"


def test_the_first_page_shows_what_waits_for_an_answer(
    cast: Cast, sign_in: SignIn, unit: Invitation
) -> None:
    browser = sign_in(cast.sinh)
    assert f"/answers/unit/{unit.id}" in browser.get("/").text
    browser.post(f"/answers/unit/{unit.id}", data={"answer": "coming", "person": "0"})
    assert f"/answers/unit/{unit.id}" not in browser.get("/").text


def test_the_roll_offers_whom_the_unit_announced_and_keeps_it_when_saved(
    cast: Cast, sign_in: SignIn, meeting: Meeting, unit: Invitation
) -> None:
    _ask(cast, unit)
    browser = sign_in(cast.nam)
    page = browser.get(f"/meetings/{meeting.id}/attendance").text
    assert 'value="Lò Thị Hoa"' in page
    rows = [row for row, _ in meetings.roll(meeting)]
    data = {"rest": "present"}
    for number, row in enumerate(rows):
        is_unit = row.id == cast.nam_hoa.id
        data |= {
            f"rows-{number}-unit": str(row.id), f"rows-{number}-seen": " | ",
            f"rows-{number}-status": "substitute" if is_unit else "",
            f"rows-{number}-person": "Lò Thị Hoa" if is_unit else "",
        }  # fmt: skip
    browser.post(f"/meetings/{meeting.id}/attendance", data=data)
    came = {row.unit_id: (row.status, row.person) for row in meetings.attendance(meeting)}
    assert came[cast.nam_hoa.id] == (AttendanceStatus.SUBSTITUTE, "Lò Thị Hoa")
    assert came[cast.finance.id] == (AttendanceStatus.PRESENT, "")
