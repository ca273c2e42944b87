"""Into the room and back: who may enter when, what reports are believed, who was there when."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from meetly import clock
from meetly.accounts.models import User
from meetly.cli_check import examine
from meetly.config import Config
from meetly.meetings import service as meetings
from meetly.meetings.conference import attending, parts
from meetly.meetings.conference import service as conference
from meetly.meetings.conference.jitsi import PURPOSE
from meetly.meetings.conference.models import ConferenceEvent, ConferencePart, EventKind
from meetly.meetings.conference.registry import choices, engines
from meetly.meetings.models import AttendanceSource, AttendanceStatus
from meetly.storage import files
from tests.cast import Cast
from tests.meetings.conferences import at, deliver, milliseconds, soon, told
from tests.meetings.engines import (
    APP_ID,
    BBB_SECRET,
    CALLBACK_SECRET,
    JITSI_SECRET,
    BigBlueButtonDouble,
    bbb_event,
    jitsi_event,
    serving,
)
from tests.meetings.plans import drafted, scheduled

Database = scoped_session[Session]
SignIn = Callable[[User], FlaskClient]
JOINED, LEFT, ENDED = EventKind.JOINED, EventKind.LEFT, EventKind.ROOM_ENDED


@pytest.fixture
def double() -> Iterator[BigBlueButtonDouble]:
    with serving(BigBlueButtonDouble) as double:
        yield double


@pytest.fixture
def config(tmp_path: Path, double: BigBlueButtonDouble) -> Config:
    return Config(
        data=tmp_path / "var", secret="s", bbb_url=f"{double.url}/bigbluebutton",
        bbb_secret=BBB_SECRET, jitsi_url="http://127.0.0.1:9", jitsi_app_id=APP_ID,
        jitsi_secret=JITSI_SECRET, callback_secret=CALLBACK_SECRET, largest_upload=100_000,
    )  # fmt: skip


def count(session: Database) -> int:
    return session.scalar(select(func.count()).select_from(ConferenceEvent)) or 0


# -- the way in --------------------------------------------------------------------------------


def test_only_what_is_configured_can_be_chosen(cast: Cast) -> None:
    assert list(choices()) == ["link", "bigbluebutton", "jitsi"]


def test_meetly_check_says_whether_each_engine_answers(
    config: Config, double: BigBlueButtonDouble
) -> None:
    def found() -> dict[str, bool]:
        findings = [f for f in examine(config) if f.topic == "conference"]
        return {finding.says.partition(":")[0]: finding.well for finding in findings}

    assert found() == {"bigbluebutton": True, "jitsi": False}
    double.mood = "500"
    assert found()["bigbluebutton"] is False


def test_settings_nobody_can_use_leave_pages_alone_and_show_in_the_check(config: Config) -> None:
    wrong = replace(config, bbb_checksum="md5", jitsi_url="ftp://meet.example")
    assert set(engines(wrong)) == {"link"}
    findings = [f for f in examine(wrong) if f.topic == "conference"]
    assert [finding.well for finding in findings] == [False, False]


def test_the_host_opens_the_room_and_the_sites_follow(
    double: BigBlueButtonDouble, cast: Cast, sign_in: SignIn
) -> None:
    meeting = soon(cast, minutes=120)
    address = f"/meetings/{meeting.id}/join"
    early = sign_in(cast.hoa).get(address)
    assert early.status_code == 409 and "trước giờ họp 30 phút" in early.text
    assert double.rooms == {}
    host = sign_in(cast.khai).get(address)
    assert host.status_code == 302 and host.location.startswith(double.url)
    assert parse_qs(urlsplit(host.location).query)["role"] == ["MODERATOR"]
    site = parse_qs(urlsplit(sign_in(cast.hoa).get(address).location).query)
    assert (site["userID"], site["role"]) == ([f"unit:{cast.nam_hoa.id}"], ["VIEWER"])
    assert site["fullName"] == ["UBND xã Nậm Hoa"]
    assert len(double.rooms) == 1 and len(double.hooks) == 1
    assert next(iter(double.rooms)).startswith(f"meetly-{meeting.id}-")


def test_half_an_hour_before_a_site_may_open_the_room(
    double: BigBlueButtonDouble, cast: Cast, sign_in: SignIn
) -> None:
    meeting = soon(cast, minutes=29)
    assert sign_in(cast.sinh).get(f"/meetings/{meeting.id}/join").status_code == 302
    assert len(double.rooms) == 1


@pytest.mark.parametrize("minutes", [60 * 25, -60 * 8])
def test_days_before_and_after_the_room_stays_closed(
    double: BigBlueButtonDouble, cast: Cast, sign_in: SignIn, minutes: int
) -> None:
    meeting = soon(cast, minutes=minutes)
    assert sign_in(cast.khai).get(f"/meetings/{meeting.id}/join").status_code == 409
    assert double.rooms == {}


def test_who_is_not_invited_finds_no_room(
    double: BigBlueButtonDouble, cast: Cast, sign_in: SignIn
) -> None:
    meeting = soon(cast)
    for stranger in (cast.chau, cast.la):
        assert sign_in(stranger).get(f"/meetings/{meeting.id}/join").status_code == 404
    assert double.asked == []


def test_who_is_invited_by_name_enters_under_that_name(
    double: BigBlueButtonDouble, cast: Cast, sign_in: SignIn
) -> None:
    meeting = soon(cast, people_ids=(cast.chau.id,))
    guest = parse_qs(
        urlsplit(sign_in(cast.chau).get(f"/meetings/{meeting.id}/join").location).query
    )
    assert (guest["userID"], guest["role"]) == ([f"user:{cast.chau.id}"], ["VIEWER"])


def test_a_secretary_chooses_the_engine_on_the_plan_page(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.nam).get("/meetings/new").text
    assert '<option value="bigbluebutton">BigBlueButton</option>' in page


def test_a_draft_and_a_cancelled_meeting_have_no_room(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    draft, off = drafted(cast), scheduled(cast)
    meetings.cancel(cast.nam, off, "bão")
    session.commit()
    for meeting in (draft, off):
        assert sign_in(cast.nam).get(f"/meetings/{meeting.id}/join").status_code == 409


def test_a_typed_address_is_opened_at_any_time(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting, nowhere = scheduled(cast), scheduled(cast, link="")
    session.commit()
    browser = sign_in(cast.hoa)
    assert browser.get(f"/meetings/{meeting.id}/join").location == meeting.link
    assert browser.get(f"/meetings/{nowhere.id}/join").status_code == 409
    assert meeting.room == {}


@pytest.mark.parametrize("mood", ["500", "laughs", "redirect"])
def test_an_engine_that_is_down_is_said_in_one_sentence(
    double: BigBlueButtonDouble, cast: Cast, sign_in: SignIn, mood: str
) -> None:
    meeting = soon(cast)
    double.mood, double.elsewhere = mood, "http://127.0.0.1:1/"
    answer = sign_in(cast.nam).get(f"/meetings/{meeting.id}/join")
    assert answer.status_code == 503 and "Máy chủ họp chưa trả lời được" in answer.text
    assert meeting.room == {}


def test_a_server_without_webhooks_lets_people_in_all_the_same(
    double: BigBlueButtonDouble, cast: Cast, sign_in: SignIn
) -> None:
    double.has_hooks = False
    meeting = soon(cast)
    assert sign_in(cast.nam).get(f"/meetings/{meeting.id}/join").status_code == 302


def test_an_engine_that_is_configured_no_more_says_so(cast: Cast, sign_in: SignIn) -> None:
    meeting = soon(cast, engine="janus")
    answer = sign_in(cast.nam).get(f"/meetings/{meeting.id}/join")
    assert answer.status_code == 503 and "chưa được cấu hình" in answer.text


def test_the_host_ends_the_room_for_all(
    double: BigBlueButtonDouble, cast: Cast, sign_in: SignIn
) -> None:
    meeting = soon(cast)
    host = sign_in(cast.nam)
    host.get(f"/meetings/{meeting.id}/join")
    told(meeting, (JOINED, 0, f"user:{cast.nam.id}"))
    assert "Kết thúc phòng họp" in host.get(f"/meetings/{meeting.id}/timeline").text
    assert host.post(f"/meetings/{meeting.id}/room/mute").status_code == 409
    assert host.post(f"/meetings/{meeting.id}/room/explode").status_code == 404
    assert sign_in(cast.hoa).post(f"/meetings/{meeting.id}/room/end").status_code == 403
    assert sign_in(cast.sinh).post(f"/meetings/{meeting.id}/room/end").status_code == 404
    assert len(double.rooms) == 1
    assert host.post(f"/meetings/{meeting.id}/room/end").status_code == 302
    assert double.rooms == {}


# -- what is reported --------------------------------------------------------------------------


def test_a_report_told_five_times_is_kept_once(
    session: Database, double: BigBlueButtonDouble, cast: Cast, client: FlaskClient
) -> None:
    meeting = soon(cast, minutes=-10)
    name = conference.spec_of(meeting).name
    joined = bbb_event(
        "user-joined", name, milliseconds(clock.now()), f"unit:{cast.nam_hoa.id}", "w_1"
    )  # fmt: skip
    for _ in range(5):
        assert deliver(client, double, meeting, joined).status_code == 204
    event = session.scalars(select(ConferenceEvent)).one()
    assert (event.unit_id, event.user_id, event.session) == (cast.nam_hoa.id, None, "w_1")


def test_what_is_not_signed_or_not_of_this_meeting_is_not_kept(
    session: Database, double: BigBlueButtonDouble, cast: Cast, client: FlaskClient
) -> None:
    meeting, other = soon(cast), soon(cast, title="Khác")
    name, now = conference.spec_of(meeting).name, milliseconds(clock.now())
    joined = bbb_event("user-joined", name, now, "unit:1", "w_1")
    address, body = double.webhook(conference.callback_address(meeting), joined)
    path = urlsplit(address).path
    assert client.post(path, data=body).status_code == 400
    assert client.post(f"{path}?checksum={'0' * 64}", data=body).status_code == 400
    assert client.post(f"{path[:-1]}x?{urlsplit(address).query}", data=body).status_code == 400
    assert client.post("/conference/bigbluebutton/meetly-99-" + "0" * 32).status_code == 400
    assert deliver(client, double, other, joined).status_code == 204  # signed, but of another room
    assert count(session) == 0


def test_a_report_that_is_too_long_or_far_away_in_time_is_not_kept(
    session: Database, double: BigBlueButtonDouble, cast: Cast, client: FlaskClient
) -> None:
    meeting = soon(cast)
    name = conference.spec_of(meeting).name
    for moment in (1, milliseconds(clock.now() + timedelta(days=400)), 10**17):
        event = bbb_event("user-joined", name, moment, "unit:1", "w_1")
        assert deliver(client, double, meeting, event).status_code == 204
    long = bbb_event("user-joined", name, milliseconds(clock.now()), "unit:1", "w" * 300_000)
    assert deliver(client, double, meeting, long).status_code == 413
    assert count(session) == 0


def test_a_person_who_names_another_site_is_nobody_here(
    session: Database, double: BigBlueButtonDouble, cast: Cast
) -> None:
    meeting = soon(cast, minutes=-5)
    told(
        meeting, (JOINED, 0, f"unit:{cast.doi_thong.id}"), (JOINED, 0, "unit:999999"),
        (JOINED, 0, "unit:7 OR 1=1"), (JOINED, 0, f"user:{cast.hoa.id}"), (JOINED, 0, ""),
    )  # fmt: skip
    sites = session.scalars(select(ConferenceEvent.unit_id).order_by(ConferenceEvent.id)).all()
    assert sites == [None, None, None, cast.nam_hoa.id, None]


def test_the_events_of_prosody_are_kept_with_the_bearer_token(
    session: Database, cast: Cast, client: FlaskClient
) -> None:
    meeting = soon(cast, engine="jitsi", minutes=-5)
    room = conference.spec_of(meeting).name
    event = jitsi_event(
        "muc-occupant-joined", room, clock.now().timestamp(), f"unit:{cast.nam_hoa.id}", "s1"
    )  # fmt: skip
    path, right = "/conference/jitsi/events/occupant/joined", f"Bearer {CALLBACK_SECRET}"
    assert client.post(path, json=event).status_code == 400
    for _ in range(3):
        answer = client.post(path, json=event, headers={"Authorization": right})
        assert answer.status_code == 204
    stranger = {**event, "room_name": "somebody-elses"}
    answer = client.post(path, json=stranger, headers={"Authorization": right})
    assert answer.status_code == 400
    assert count(session) == 1


# -- recordings handed in ----------------------------------------------------------------------


def hand_in(client: FlaskClient, room: str, body: bytes, query: str = "", **said: object) -> int:
    soon_over = clock.now() + timedelta(minutes=5)
    token = jwt.encode(
        {"room": room, "aud": PURPOSE, "exp": soon_over, **said}, CALLBACK_SECRET, algorithm="HS256"
    )
    return client.post(
        f"/conference/jitsi/recordings?{query}", data=body,
        headers={"Authorization": f"Bearer {token}"},
    ).status_code  # fmt: skip


def test_a_recording_is_handed_in_once_however_often_it_is_sent(
    session: Database, cast: Cast, client: FlaskClient
) -> None:
    meeting = soon(cast, engine="jitsi", minutes=-100)
    room = conference.spec_of(meeting).name
    begins = int(meeting.starts_at.timestamp())
    for _ in range(3):
        assert hand_in(client, room, b"film" * 900, f"name=a.webm&begins={begins}") == 204
    part = session.scalars(select(ConferencePart)).one()
    key = part.uri.removeprefix("stored:")
    assert key.endswith(".webm") and files.read(key) == b"film" * 900
    assert part.begins_at is not None and int(part.begins_at.timestamp()) == begins
    assert len(list(files.path(key).parent.iterdir())) == 1


def test_a_recording_without_its_token_or_too_large_leaves_nothing(
    session: Database, cast: Cast, client: FlaskClient
) -> None:
    meeting = soon(cast, engine="jitsi")
    room = conference.spec_of(meeting).name
    assert client.post("/conference/jitsi/recordings", data=b"x").status_code == 400
    assert hand_in(client, "meetly-1-" + "0" * 32, b"x") == 400
    assert hand_in(client, room, b"x", aud="jitsi") == 400
    assert hand_in(client, room, b"") == 400
    assert hand_in(client, room, b"x" * 100_001) == 413
    assert hand_in(client, room, b"x", "name=../../etc/passwd&begins=9" + "9" * 30) == 204
    assert len(parts.of_meeting(meeting)) == 1


# -- who was there when ------------------------------------------------------------------------


def test_the_page_of_sites_shows_who_came_late_and_who_dropped(cast: Cast, sign_in: SignIn) -> None:
    meeting = soon(cast, minutes=-100)
    hoa, long = f"unit:{cast.nam_hoa.id}", f"unit:{cast.finance.id}"
    told(meeting, (JOINED, 0, f"user:{cast.khai.id}"), (JOINED, 14, long), (JOINED, 1, hoa))
    told(meeting, (LEFT, 30, hoa), (ENDED, 90, ""))
    told(meeting, (JOINED, 44, hoa), session="again")
    page = sign_in(cast.khai).get(f"/meetings/{meeting.id}/timeline").text
    assert page.count('<svg class="stay-bar"') == 3
    assert "1 lần, 14 phút" in page and "Vào muộn" in page
    late = sign_in(cast.nam).get(f"/meetings/{meeting.id}/timeline?show=late").text
    assert "Sở Tài chính" in late and "UBND xã Nậm Hoa</th>" not in late
    assert sign_in(cast.hoa).get(f"/meetings/{meeting.id}/timeline").status_code == 403
    assert sign_in(cast.sinh).get(f"/meetings/{meeting.id}/timeline").status_code == 404


def test_a_name_in_the_room_is_shown_and_never_run(cast: Cast, sign_in: SignIn) -> None:
    meeting = soon(cast, minutes=-30, title="<script>x()</script>")
    told(meeting, (JOINED, 0, f"unit:{cast.nam_hoa.id}"), session="<script>x()</script>")
    page = sign_in(cast.nam).get(f"/meetings/{meeting.id}/timeline").text
    assert "<script>x()" not in page


def test_the_room_fills_the_roll_but_never_says_absent(session: Database, cast: Cast) -> None:
    meeting = soon(cast, minutes=-100)
    told(meeting, (JOINED, 0, f"user:{cast.khai.id}"), (JOINED, 20, f"unit:{cast.nam_hoa.id}"))
    assert attending.fill_roll(meeting) == 2
    assert attending.fill_roll(meeting) == 0
    called = {row.unit.code: (row.status, row.source) for row in meetings.attendance(meeting)}
    assert called == {
        "LG.VP": (AttendanceStatus.PRESENT, AttendanceSource.ENGINE),
        "LG.NH": (AttendanceStatus.LATE, AttendanceSource.ENGINE),
    }


def test_what_a_person_said_at_the_roll_call_stands(
    session: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = soon(cast, minutes=-100)
    absent = AttendanceStatus.ABSENT
    meetings.record_attendance(cast.nam, meeting, cast.nam_hoa, absent, note="mất điện")
    told(meeting, (JOINED, 0, f"unit:{cast.nam_hoa.id}"))
    attending.fill_roll(meeting)
    session.expire_all()
    (row,) = meetings.attendance(meeting)
    assert (row.status, row.source, row.note) == (absent, AttendanceSource.ROLL, "mất điện")
    # planted defect: an engine that takes everybody's rows for its own
    monkeypatch.setattr(attending, "AttendanceSource", SimpleNamespace(ENGINE="roll"))
    attending.fill_roll(meeting)
    session.expire_all()
    assert meetings.attendance(meeting)[0].status == AttendanceStatus.PRESENT


def test_a_person_takes_over_what_the_room_said(session: Database, cast: Cast) -> None:
    meeting = soon(cast, minutes=-100)
    told(meeting, (JOINED, 0, f"unit:{cast.nam_hoa.id}"))
    attending.fill_roll(meeting)
    present = AttendanceStatus.PRESENT
    meetings.record_attendance(cast.nam, meeting, cast.nam_hoa, present)
    assert meetings.attendance(meeting)[0].source == AttendanceSource.ROLL


def test_the_roll_page_tells_who_is_in_the_room(cast: Cast, sign_in: SignIn) -> None:
    meeting = soon(cast, minutes=-30)
    told(meeting, (JOINED, 0, f"unit:{cast.nam_hoa.id}"))
    attending.fill_roll(meeting)
    page = sign_in(cast.nam).get(f"/meetings/{meeting.id}/attendance").text
    assert page.count("đang trong phòng") == 1 and page.count("ghi theo phòng họp") == 1


def test_a_row_of_the_roll_saves_itself(session: Database, cast: Cast, sign_in: SignIn) -> None:
    meeting = scheduled(cast)
    session.commit()
    row = {"rows-2-unit": str(cast.nam_hoa.id), "rows-2-seen": " | ", "rows-2-status": "late",
           "rows-2-person": "Lò Thị Hoa"}  # fmt: skip
    browser = sign_in(cast.nam)
    address, piece = f"/meetings/{meeting.id}/attendance", {"HX-Request": "true"}
    answer = browser.post(address, data=row, headers=piece)
    assert answer.status_code == 200 and "<html" not in answer.text
    assert 'value="late | Lò Thị Hoa"' in answer.text and 'hx-swap-oob="true"' in answer.text
    (kept,) = meetings.attendance(meeting)
    assert (kept.status, kept.person) == (AttendanceStatus.LATE, "Lò Thị Hoa")
    too_long = browser.post(address, data={**row, "rows-2-person": "x" * 201}, headers=piece)
    assert too_long.status_code == 400 and "200 ký tự" in too_long.text


def test_json_that_names_no_room_is_refused(cast: Cast, client: FlaskClient) -> None:
    for body in ("[]", "{}", json.dumps({"event_name": "muc-room-created"})):
        answer = client.post(
            "/conference/jitsi/events/room/created", data=body,
            headers={"Authorization": f"Bearer {CALLBACK_SECRET}"},
        )  # fmt: skip
        assert answer.status_code == 400


def test_reports_and_answers_that_crossed_make_nothing_up(cast: Cast) -> None:
    meeting = soon(cast, minutes=-30)
    told(meeting, (JOINED, 0, f"unit:{cast.nam_hoa.id}"))
    assert attending.reconcile(meeting, [], clock.now()) == 0
    later = clock.now() + timedelta(minutes=1)
    assert attending.reconcile(meeting, [], later) == 1
    assert attending.lines_of(meeting)[1][cast.nam_hoa.id].stays[-1].end > at(meeting, 0)
