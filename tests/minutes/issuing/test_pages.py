"""The way from approval to a corrected document, as the people of the office click it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from meetly import clock
from meetly.accounts.models import User
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.minutes import service
from meetly.minutes.issuing import service as issuing
from meetly.minutes.models import Minutes, MinutesStatus
from meetly.register import service as register
from meetly.register.models import EntryStatus
from tests.cast import Cast
from tests.meetings.plans import briefing as plan
from tests.minutes.issuing import papers

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    found = papers.approved(cast)
    db.session.commit()
    return found


def test_from_number_to_issue_to_correction(minutes: Minutes, cast: Cast, sign_in: SignIn) -> None:
    nam, khai, sinh = sign_in(cast.nam), sign_in(cast.khai), sign_in(cast.sinh)
    here = f"/minutes/{minutes.id}"
    assert f"{here}/register/notice" in nam.get(here).text
    assert f"{here}/register/notice" not in khai.get(here).text
    assert "Lấy số" in nam.get(f"{here}/register/notice").text
    made = nam.post(f"{here}/register/notice", data={"dated": "2026-11-25"})
    if made.status_code == 422:  # today may lie before the sample's meeting
        made = nam.post(
            f"{here}/register/notice", data={"dated": "2026-11-25", "seen": "2026-11-25"}
        )
    [document] = issuing.documents_of(minutes)
    there = f"/documents/{document.id}"
    assert made.location == there
    page = nam.get(there).text
    assert "01/TB-VP" in page and document.docx_sha256[:16] in page
    assert nam.get(f"{there}.docx").data[:2] == b"PK"
    assert nam.get(f"{there}.pdf").status_code == 404
    assert sinh.get(there).status_code == 404 and "01/TB-VP" not in sinh.get(here).text
    assert nam.post(f"{there}/issue").status_code == 409
    assert nam.post(f"{there}/issue-on-paper").status_code == 302
    assert "ký tay trên giấy" in sinh.get(there).text and "01/TB-VP" in sinh.get(here).text
    assert khai.post(f"{here}/reopen", data={"reason": ""}).status_code == 400
    assert khai.post(f"{here}/reopen", data={"reason": "Sai thời hạn"}).status_code == 302
    assert sinh.get(here).status_code == 404 and sinh.get(there).status_code == 200
    db.session.refresh(minutes)
    block = service.blocks_of(minutes)[-1]
    service.edit_block(cast.nam, minutes, minutes.version, block.id, f"{block.text} Thêm chữ này.")
    service.submit(cast.nam, minutes, minutes.version)
    shown = khai.get(here).text  # before approving, the leader sees reason and difference
    assert "Sai thời hạn" in shown and "<ins>" in shown and "Thêm chữ này." in shown
    service.withdraw(cast.nam, minutes)
    papers.approve(cast, minutes)
    new = papers.numbered(cast, minutes)
    page = nam.get(f"/documents/{new.id}").text
    assert "Thay thế" in page and there in page and "02/TB-VP" in page
    papers.issued(cast, new)
    assert "Văn bản này đã được thay thế" in sinh.get(there).text


def test_a_doubtful_date_is_asked_about_once(minutes: Minutes, cast: Cast, sign_in: SignIn) -> None:
    nam, url = sign_in(cast.nam), f"/minutes/{minutes.id}/register/minutes"
    early = "2026-11-20"
    asked = nam.post(url, data={"dated": early})
    assert asked.status_code == 422 and "trước ngày họp" in asked.text
    assert issuing.documents_of(minutes) == []
    assert nam.post(url, data={"dated": early, "seen": "2026-11-19"}).status_code == 422
    assert nam.post(url, data={"dated": early, "seen": early}).status_code == 302
    [document] = issuing.documents_of(minutes)
    assert f"{document.dated}" == early


def test_a_document_is_cancelled_with_its_reason(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    document = papers.numbered(cast, minutes)
    khai, url = sign_in(cast.khai), f"/documents/{document.id}/cancel"
    assert khai.post(url, data={"reason": " "}).status_code == 400
    assert khai.post(url, data={"reason": "Sai trích yếu"}).status_code == 302
    assert "Sai trích yếu" in khai.get(f"/documents/{document.id}").text
    db.session.refresh(minutes)
    assert minutes.status == MinutesStatus.APPROVED


def test_the_letter_takes_its_number_with_one_click(cast: Cast, sign_in: SignIn) -> None:
    meeting = meetings.schedule(cast.nam, plan(cast, title="Giao ban"))
    db.session.commit()
    nam, url = sign_in(cast.nam), f"/meetings/{meeting.id}/letter-number"
    assert url in nam.get(f"/meetings/{meeting.id}").text
    assert nam.post(url).status_code == 302
    number = db.session.get_one(Meeting, meeting.id).letter_number
    assert number == "01/GM-VP" and number in nam.get(f"/meetings/{meeting.id}").text
    assert nam.post(url).status_code == 409
    [entry] = register.listing(cast.nam, cast.office)
    assert entry.status == EntryStatus.RESERVED and entry.dated == clock.today()
    assert entry.link == f"/meetings/{meeting.id}"
