"""The links of a mail: one click to a page, one button to answer, and no sign-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.audit import AuditEntry
from meetly.config import Config
from meetly.meetings import service as meetings
from meetly.meetings.answers import service as answers
from meetly.meetings.calendars import events, tokens
from meetly.meetings.models import Answer, Invitation, Meeting, PersonalInvitation
from tests.cast import Cast
from tests.meetings.calendars.replies import last_mail
from tests.meetings.calendars.test_answering import LOSSES, invitation
from tests.meetings.plans import briefing, drafted, scheduled

Database = scoped_session[Session]


def links(user: User) -> dict[str, str]:
    """Return the paths of the links in the last mail to a person, by what they say."""
    text = last_mail(user).text
    return {said: path for path, said in re.findall(r"8000(/answer/\S+\?said=(\w+))", text)}


def test_a_link_asks_and_its_button_answers(
    cast: Cast, session: Database, client: FlaskClient
) -> None:
    meeting = scheduled(cast)
    path = links(cast.hoa)["coming"]
    page = client.get(path)
    assert page.status_code == 200
    for words in (meeting.title, "UBND xã Nậm Hoa", cast.hoa.name, "Trả lời: Có dự"):
        assert words in page.text
    assert client.post(path, data={"said": "coming"}).status_code == 302
    row = invitation(meeting, cast.nam_hoa.id)
    assert (row.answer, row.answered_by_id) == (Answer.COMING, cast.hoa.id)
    assert "Có dự" in client.get(path.split("?")[0]).text


def test_a_program_that_follows_every_link_answers_nothing(
    cast: Cast, session: Database, client: FlaskClient
) -> None:
    meeting = scheduled(cast)
    count = session.query(AuditEntry).count()
    for path in links(cast.hoa).values():
        assert client.get(path).status_code == client.head(path).status_code == 200
    assert invitation(meeting, cast.nam_hoa.id).answer == Answer.NONE
    assert session.query(AuditEntry).count() == count


def test_an_answer_can_be_changed_until_the_meeting_begins(
    cast: Cast, session: Database, client: FlaskClient
) -> None:
    meeting = scheduled(cast)
    for said, given in (
        ("coming", {}), ("absent", {"reason": "Đi cơ sở"}),
        ("substitute", {"attendee": "Vàng A Sình, Chủ tịch", "reason": "Đi cơ sở"}),
        ("coming", {}),
    ):  # fmt: skip
        answer = client.post(links(cast.hoa)[said], data={"said": said, **given})
        assert answer.status_code == 302, answer.text
        assert invitation(meeting, cast.nam_hoa.id).answer == said


def test_what_is_missing_is_asked_for(cast: Cast, client: FlaskClient) -> None:
    meeting = scheduled(cast)
    for said in ("absent", "substitute", "none of these", ""):
        answer = client.post(links(cast.hoa)["coming"], data={"said": said})
        assert answer.status_code == 422
    long = {"said": "absent", "reason": "x" * 5000}
    assert client.post(links(cast.hoa)["absent"], data=long).status_code == 422
    assert invitation(meeting, cast.nam_hoa.id).answer == Answer.NONE


@pytest.mark.parametrize("lose", LOSSES)
def test_a_link_of_somebody_who_may_not_answer_any_more_is_refused(
    cast: Cast,
    session: Database,
    client: FlaskClient,
    lose: Callable[[Cast, Database, Meeting], None],
) -> None:
    meeting = scheduled(cast)
    path, row_id = links(cast.hoa)["coming"], invitation(meeting, cast.nam_hoa.id).id
    lose(cast, session, meeting)
    assert client.get(path).status_code in (404, 409)
    assert client.post(path, data={"said": "coming"}).status_code in (404, 409)
    row = session.get(Invitation, row_id)
    assert row is None or row.answer == Answer.NONE


def test_a_forged_link_is_none(cast: Cast, app: Flask, client: FlaskClient) -> None:
    meeting = scheduled(cast)
    token = links(cast.hoa)["coming"].split("/")[2].split("?")[0]
    head, stamp, mac = token.split(".")
    other = tokens.link_token(events.UNIT, invitation(meeting, cast.nam_hoa.id).id, cast.long.id)
    app.config["SECRET_KEY"] = "another secret"
    elsewhere = tokens.link_token(events.UNIT, 1, cast.hoa.id)
    app.config["SECRET_KEY"] = "the secret of the tests"
    forged = [
        other, elsewhere, head, f"{head}.{stamp}", f"{head}.{stamp}.{'A' * len(mac)}", "x" * 5000,
        "WzFd.aaaaaa.bbb", tokens.link_token("else", 1, cast.hoa.id),
    ]  # fmt: skip
    for path in forged:
        assert client.get(f"/answer/{path}").status_code == 404, path
        assert client.post(f"/answer/{path}", data={"said": "coming"}).status_code == 404
    assert client.get(f"/answer/{token}").status_code == 200


def test_the_address_is_told_to_no_page_opened_from_it(cast: Cast, client: FlaskClient) -> None:
    scheduled(cast)
    path = links(cast.hoa)["coming"]
    for answer in (client.get(path), client.post(path, data={"said": "coming"})):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store, private"


def test_the_button_works_without_a_cookie_and_behind_https(
    cast: Cast, app: Flask, config: Config
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    meeting = scheduled(cast)
    browser = app.test_client(use_cookies=False)
    answer = browser.post(
        links(cast.hoa)["coming"], data={"said": "coming"}, base_url="https://hop.example"
    )
    assert answer.status_code == 302
    assert invitation(meeting, cast.nam_hoa.id).answer == Answer.COMING


def test_who_sits_for_two_units_answers_for_each(
    cast: Cast, session: Database, client: FlaskClient
) -> None:
    accounts.give_role(None, cast.hoa, cast.finance, Role.PARTICIPANT)
    meeting = scheduled(cast)
    text = last_mail(cast.hoa).text
    assert "Có dự (Sở Tài chính):" in text and "Vắng (UBND xã Nậm Hoa):" in text
    paths = re.findall(r"\(Sở Tài chính\): \S+8000(/answer/\S+said=coming)", text)
    client.post(paths[0], data={"said": "coming"})
    assert invitation(meeting, cast.finance.id).answer == Answer.COMING
    assert invitation(meeting, cast.nam_hoa.id).answer == Answer.NONE


def test_a_person_invited_by_name_has_links_too(cast: Cast, client: FlaskClient) -> None:
    meeting = drafted(cast)
    row = PersonalInvitation(meeting_id=meeting.id, user_id=cast.hoa.id)
    meeting.personal_invitations.append(row)
    meetings.publish(cast.nam, meeting)
    client.post(links(cast.hoa)["coming"], data={"said": "coming"})
    assert row.answer == Answer.COMING


def test_a_hostile_title_stays_text_on_the_page(cast: Cast, client: FlaskClient) -> None:
    meeting = meetings.schedule(cast.nam, briefing(cast, title="<script>alert(1)</script>"))
    meetings.publish(cast.nam, meeting)
    page = client.get(links(cast.hoa)["coming"]).text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_the_answers_service_itself_refuses_what_is_not_ones_own(cast: Cast) -> None:
    meeting = scheduled(cast)
    assert answers.mine(cast.chau, meeting) == []
    plan = replace(meetings.plan_of(meeting), unit_ids=(cast.doi_thong.id, cast.finance.id))
    meetings.change(cast.nam, meeting, meeting.version, plan)
    assert [row.unit_id for row in answers.mine(cast.chau, meeting)] == [cast.doi_thong.id]  # type: ignore[union-attr]
