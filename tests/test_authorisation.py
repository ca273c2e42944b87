"""Every route by every person: what tests/authorisation.py allows, and nothing else."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.access import access_of
from meetly.app import create_app
from meetly.config import Config
from meetly.errors import NotFound
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.calendars import service as calendars
from meetly.meetings.calendars.events import UNIT
from meetly.meetings.calendars.tokens import link_token
from meetly.meetings.models import Meeting
from tests.authorisation import ANYONE, MAY, NEEDS
from tests.cast import PASSWORD, assemble
from tests.conftest import Browser
from tests.told_story import CANARY, tell

REFUSED = (401, 403, 404)


class House:
    """One application whose story can be put back to its end at any time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app: Flask = create_app(Config(data=folder / "var", secret="x"))
        self.app.config["WTF_CSRF_ENABLED"] = False
        self.app.test_client_class = Browser
        with self.app.app_context():
            db.create_all()
            cast = assemble()
            db.session.commit()
            self.ids = _ids_of(tell(cast), cast)
            db.session.remove()
            db.engine.dispose()
        self.sign_everybody_in()

    def restore(self) -> None:
        """Put every row and file back."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        shutil.rmtree(self.folder / "var")
        shutil.copytree(self.folder / "kept", self.folder / "var")

    def sign_everybody_in(self) -> None:
        """Open one session for each person and keep it with the story."""
        self.cookies = {who: self._cookie_of(who) for who in sorted(ANYONE - {"nobody"})}
        with self.app.app_context():
            db.engine.dispose()
        shutil.rmtree(self.folder / "kept", ignore_errors=True)
        shutil.copytree(self.folder / "var", self.folder / "kept")

    def _cookie_of(self, who: str) -> str:
        browser = self.app.test_client()
        with self.app.app_context():
            answer = browser.post("/sign-in", data={"login": who, "password": PASSWORD})
        cookie = browser.get_cookie("meetly")
        assert answer.status_code == 302 and cookie is not None
        return cookie.value

    def browser_of(self, who: str) -> FlaskClient:
        """Return a browser signed in as a person of the cast, or nobody."""
        browser = self.app.test_client()
        if who != "nobody":
            browser.set_cookie("meetly", self.cookies[who])
        return browser


def _ids_of(story: object, cast: object) -> dict[str, object]:
    words = {"secret", "docx_sha256"}
    rows = {name: row for name, row in vars(story).items() if name not in words}
    ids = {f"{name}_id": row.id for name, row in rows.items()}
    hoa, nam_hoa = cast.hoa.id, cast.nam_hoa.id  # type: ignore[attr-defined]
    [invited] = [i for i in story.meeting.invitations if i.unit_id == nam_hoa]  # type: ignore[attr-defined]
    return ids | {
        "lead_unit_id": nam_hoa,
        "unit_id": cast.builders.id,  # type: ignore[attr-defined]
        "owner_unit_id": cast.office.id,  # type: ignore[attr-defined]
        "user_id": cast.hoa.id,  # type: ignore[attr-defined]
        "version_id": story.material.current.id,  # type: ignore[attr-defined]
        "paper_upload_id": story.paper_upload.upload_id,  # type: ignore[attr-defined]
        "sha256": story.material.current.sha256,  # type: ignore[attr-defined]
        "upload_id": story.recording.upload_id,  # type: ignore[attr-defined]
        "block_id": story.direction.block_id,  # type: ignore[attr-defined]
        "secret": story.secret,  # type: ignore[attr-defined]
        # the record of the month in which Nậm Hoa's task is due
        "owner_id": cast.office.id,  # type: ignore[attr-defined]
        "record_period": "2099-12",
        "scored_by": "unit",
        "subject_id": nam_hoa,
        "docx_sha256": story.docx_sha256,  # type: ignore[attr-defined]
        "token": link_token(UNIT, invited.id, hoa),
        "filename": "manifest.json",
        "kind": "minutes",
        "whom": "unit",
        "number": 0,
        "page": 2,
        "part": "request.json",
        "take": 1,
        "ending": "txt",
        "file_ending": "docx",
        "verb": "end",
        "room_token": "meetly-1-00000000000000000000000000000000",
        "about": "occupant",
        "happened": "joined",
    }


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield House(tmp_path_factory.mktemp("house"))


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "components"]


def test_every_route_is_in_the_matrix(house: House) -> None:
    there = {rule.endpoint for rule in rules(house.app)}
    assert there - set(MAY) == set(), "say in tests/authorisation.py who may use it"
    assert set(MAY) - there == set(), "no such route any more"


def test_every_route_says_itself_who_may_use_it(house: House) -> None:
    for rule in rules(house.app):
        allowed = access_of(house.app, rule.endpoint)
        assert (allowed is None) == (MAY[rule.endpoint] == ANYONE), rule.endpoint


def test_every_route_by_every_person(house: House) -> None:
    wrong = []
    for rule in rules(house.app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for who in sorted(ANYONE):
                answer = ask(house, house.browser_of(who), rule, method)
                if may(answer) != (who in MAY[rule.endpoint]):
                    wrong.append(f"{who} {method} {rule.endpoint}: {answer.status}")
                if method != "GET" and may(answer):
                    house.restore()
    assert wrong == [], "\n".join(wrong)


def ask(house: House, browser: FlaskClient, rule: Rule, method: str) -> TestResponse:
    values = {name: house.ids[name] for name in rule.arguments}
    with house.app.test_request_context():
        address = rule.build(values, append_unknown=False)
    assert address is not None, rule
    needs = NEEDS.get(rule.endpoint, {})
    with house.app.app_context():
        return browser.open(
            address[1], method=method, buffered=True, query_string=needs.get("query"),
            data=needs.get("data") if method != "GET" else None,
            json=needs.get("json"), headers=needs.get("headers"),
        )  # fmt: skip


def may(answer: TestResponse) -> bool:
    if answer.status_code in REFUSED:
        return False
    return not answer.headers.get("Location", "").startswith("/sign-in?next=")


def words_of(answer: TestResponse) -> str:
    """Read an answer, a packed document included."""
    if not answer.data.startswith(b"PK"):
        return answer.text
    with ZipFile(io.BytesIO(answer.data)) as package:
        return "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


@pytest.mark.parametrize("who", ["nobody", "quan", "chau", "la"])
def test_nothing_of_the_story_shows_to_people_it_does_not_concern(house: House, who: str) -> None:
    browser = house.browser_of(who)
    pages = {"/", "/search?q=chim hoang yen", f"/search?q={CANARY}", "/api/tasks", "/api/meetings"}
    for rule in rules(house.app):
        if "GET" in (rule.methods or ()) and not rule.arguments:
            pages.add(rule.rule)
    for page in sorted(pages):
        with house.app.app_context():
            answer = browser.get(page, buffered=True)
        if answer.status_code == 302:
            continue
        text = words_of(answer).replace(f"q={CANARY}", "").replace(f'value="{CANARY}"', "")
        text = text.replace(f"“{CANARY}”", "").replace(f"<title>{CANARY}", "")
        assert CANARY not in text, page


CALENDARS = {"quan": False, "chau": False, "la": False, "hoa": True, "long": True, "nam": True}


@pytest.mark.parametrize(("who", "sees"), CALENDARS.items())
def test_a_calendar_shows_the_story_to_those_it_concerns_only(
    house: House, who: str, sees: bool
) -> None:
    with house.app.app_context():
        # the story lies far ahead of what a subscription shows
        meeting = db.session.get_one(Meeting, house.ids["meeting_id"])
        meeting.starts_at = meeting.ends_at = clock.now()
        user = accounts.user_by_login(who)
        _feed, secret = calendars.subscribe(user, "x")
        shown = calendars.content(calendars.opened(secret)).decode()
        assert (CANARY in shown) == sees
        if sees:
            assert CANARY in calendars.of_meeting(user, meeting.id).decode()
        else:
            with pytest.raises(NotFound):
                calendars.of_meeting(user, meeting.id)
        db.session.rollback()
        db.session.remove()


def test_the_check_sees_a_calendar_that_shows_everything(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meetings, "visible_to", lambda user: sa.true())
    with pytest.raises(AssertionError):
        test_a_calendar_shows_the_story_to_those_it_concerns_only(house, "chau", False)


def test_the_people_it_concerns_do_find_it(house: House) -> None:
    with house.app.app_context():
        assert "Giao ban" in house.browser_of("hoa").get(f"/search?q={CANARY}").text
        assert CANARY in house.browser_of("nam").get("/search?q=hoan thanh viec").text
