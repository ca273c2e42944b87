"""The services for programs: shapes, errors, forged requests, and the description."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from meetly.accounts.models import User
from tests.cast import PASSWORD, Cast
from tests.told_story import Story, tell

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def story(cast: Cast) -> Story:
    return tell(cast)


def test_the_interface_describes_itself(cast: Cast, sign_in: SignIn) -> None:
    spec = sign_in(cast.hoa).get("/api/openapi.json").get_json()
    assert spec["openapi"] == "3.1.0" and spec["info"]["title"] == "Meetly"
    assert {"/api/meetings", "/api/tasks", "/api/tasks/{task_id}"} <= set(spec["paths"])


def test_meetings_and_tasks_are_given_as_json(cast: Cast, story: Story, sign_in: SignIn) -> None:
    browser = sign_in(cast.hoa)
    [meeting] = browser.get("/api/meetings").get_json()
    assert meeting["title"] == story.meeting.title
    assert meeting["agenda"][0]["unit"]["name"] == "Sở Tài chính"
    assert browser.get(f"/api/meetings/{story.meeting.id}").get_json() == meeting
    [task] = browser.get("/api/tasks").get_json()["tasks"]
    assert task["due"] == "2099-12-15" and task["state"] == "in_time"
    assert task["priority"] == "normal" and task["claimed_at"] is None
    assert browser.get(f"/api/tasks/{story.task.id}").get_json() == task


def test_a_unit_reports_progress(cast: Cast, story: Story, sign_in: SignIn) -> None:
    browser = sign_in(cast.hoa)
    report = {"text": "đã vận động 4 hộ", "percent": 60}
    answer = browser.post(f"/api/tasks/{story.task.id}/progress", json=report)
    assert answer.status_code == 201 and answer.get_json()["author"] == "Lò Thị Hoa"
    where = f"/api/tasks/{story.task.id}"
    assert browser.get(where).get_json()["state"] == "in_time"
    browser.post(f"{where}/progress", json={"text": "đã xong", "percent": 100})
    assert browser.get(where).get_json()["state"] == "claimed", "the giver has not agreed yet"


@pytest.mark.parametrize(
    "report", [{}, {"text": ""}, {"text": "x", "percent": 101}, {"percent": 1}]
)
def test_what_cannot_be_read_is_named_field_by_field(
    cast: Cast, story: Story, sign_in: SignIn, report: dict[str, object]
) -> None:
    answer = sign_in(cast.hoa).post(f"/api/tasks/{story.task.id}/progress", json=report)
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "BAD_INPUT" and answer.get_json()["fields"]["json"]


def test_what_is_not_yours_is_not_there(cast: Cast, story: Story, sign_in: SignIn) -> None:
    for who in (cast.chau, cast.la, cast.long):
        answer = sign_in(who).get(f"/api/tasks/{story.task.id}")
        assert (answer.status_code, answer.get_json()["code"]) == (404, "NOT_FOUND")


def test_programs_are_told_to_sign_in(client: FlaskClient, cast: Cast) -> None:
    answer = client.get("/api/tasks")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "NOT_ALLOWED")


def test_a_request_without_the_forgery_token_is_refused(app: Flask, cast: Cast) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    browser.post("/sign-in", data={"login": "hoa", "password": PASSWORD})
    app.config["WTF_CSRF_ENABLED"] = True
    answer = browser.post("/api/tasks/1/progress", json={"text": "x"})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "FORGED")
