"""Pages of recordings as people get them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.wrappers import Response

from meetly import clock
from meetly.accounts.models import User
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.recordings import service
from meetly.recordings.models import Recording
from meetly.recordings.sound import Sound
from tests.cast import Cast
from tests.meetings.plans import scheduled

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    found = scheduled(cast)
    db.session.commit()
    return found


@pytest.fixture
def recording(cast: Cast, meeting: Meeting, tmp_path: Path) -> Recording:
    path = tmp_path / "họp.ogg"
    path.write_bytes(bytes(range(200)) * 5)
    found = service.receive_file(cast.nam, meeting, path)
    sound = Sound(duration=100.0, codec="opus", channels=1, sample_rate=48000)
    service.accept(found, sound, "audio/ogg", [-0.25, 0.5, -1.0, 0.75])
    db.session.commit()
    return found


def test_the_page_is_for_the_host_only(sign_in: SignIn, cast: Cast, recording: Recording) -> None:
    address = f"/meetings/{recording.meeting_id}/recordings"
    assert "họp.ogg" in sign_in(cast.nam).get(address).text
    leader = sign_in(cast.khai).get(address).text
    assert "họp.ogg" in leader
    assert "dropzone" not in leader
    assert sign_in(cast.long).get(address).status_code == 404
    assert sign_in(cast.la).get(address).status_code == 404
    assert sign_in(cast.hoa).get(address).status_code == 403
    assert sign_in(cast.quan).get(address).status_code == 403


def test_the_sound_comes_in_ranges(sign_in: SignIn, cast: Cast, recording: Recording) -> None:
    browser, address = sign_in(cast.nam), f"/recordings/{recording.id}/sound"

    def ask(**headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with browser.get(address, headers=named) as answer:
            assert answer.data is not None
            return answer

    whole = ask()
    assert (whole.status_code, whole.mimetype, len(whole.data)) == (200, "audio/ogg", 1000)
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = ask(Range="bytes=100-199")
    assert (part.status_code, part.data) == (206, whole.data[100:200])
    assert part.headers["Content-Range"] == "bytes 100-199/1000"
    etag = whole.headers["ETag"]
    assert ask(If_None_Match=etag).status_code == 304
    assert ask(Range="bytes=0-9", If_Range=etag).status_code == 206
    other = ask(Range="bytes=0-9", If_Range='"other"')
    assert (other.status_code, len(other.data)) == (200, 1000)
    assert ask(Range="bytes=5000-").status_code == 416


def test_only_the_host_hears(sign_in: SignIn, cast: Cast, recording: Recording) -> None:
    for path in ("sound", "peaks"):
        address = f"/recordings/{recording.id}/{path}"
        with sign_in(cast.khai).get(address) as heard:
            assert heard.status_code == 200
        for user in (cast.long, cast.sinh, cast.la):
            assert sign_in(user).get(address).status_code == 404


def test_the_outline_is_what_the_player_draws(
    sign_in: SignIn, cast: Cast, recording: Recording
) -> None:
    answer = sign_in(cast.nam).get(f"/recordings/{recording.id}/peaks")
    assert answer.json == {"duration": 100.0, "peaks": [0.5, 1.0]}


def test_a_form_without_scripts_brings_recording_and_events(
    sign_in: SignIn, cast: Cast, meeting: Meeting
) -> None:
    said = json.dumps([{"speaker": "Trần Quốc Khải", "start": 0, "end": 3}]).encode()
    answer = sign_in(cast.nam).post(
        f"/meetings/{meeting.id}/recordings",
        data={"file": (io.BytesIO(b"abc" * 99), "Họp.OGG"), "talks": (io.BytesIO(said), "x.json")},
    )
    assert answer.status_code == 302
    (recording,) = service.of_meeting(cast.nam, meeting)
    assert (recording.filename, recording.size, recording.status) == ("Họp.OGG", 297, "received")
    assert len(service.talks(recording)) == 1


def test_the_form_may_be_larger_than_a_document(
    app: Flask, sign_in: SignIn, cast: Cast, meeting: Meeting
) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    address = f"/meetings/{meeting.id}/recordings"
    answer = sign_in(cast.nam).post(address, data={"file": (io.BytesIO(b"x" * 5000), "a.ogg")})
    assert answer.status_code == 302
    assert service.of_meeting(cast.nam, meeting)[0].size == 5000


def test_the_form_is_protected_against_forgery(
    app: Flask, sign_in: SignIn, cast: Cast, meeting: Meeting
) -> None:
    browser, address = sign_in(cast.nam), f"/meetings/{meeting.id}/recordings"
    page = browser.get(address).text
    app.config["WTF_CSRF_ENABLED"] = True
    forged = browser.post(address, data={"file": (io.BytesIO(b"abc"), "a.ogg")})
    assert forged.status_code == 400
    assert service.of_meeting(cast.nam, meeting) == []
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token
    sent = {"csrf_token": token[1], "file": (io.BytesIO(b"abc"), "a.ogg")}
    assert browser.post(address, data=sent).status_code == 302
    assert len(service.of_meeting(cast.nam, meeting)) == 1


def test_no_file_and_bad_events_leave_nothing_behind(
    sign_in: SignIn, cast: Cast, meeting: Meeting
) -> None:
    browser, address = sign_in(cast.nam), f"/meetings/{meeting.id}/recordings"
    assert browser.post(address, data={}).status_code == 400
    assert browser.post(address, data={"file": (io.BytesIO(b""), "a.ogg")}).status_code == 400
    bad = {"file": (io.BytesIO(b"abc"), "a.ogg"), "talks": (io.BytesIO(b"{"), "t.json")}
    assert browser.post(address, data=bad).status_code == 400
    assert service.of_meeting(cast.nam, meeting) == []


def test_a_name_is_shown_as_text(sign_in: SignIn, cast: Cast, meeting: Meeting) -> None:
    service.begin(cast.nam, meeting, '<img src=x onerror="alert(1)">.ogg', 10)
    db.session.commit()
    page = sign_in(cast.nam).get(f"/meetings/{meeting.id}/recordings").text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_leaders_cannot_remove_and_secretaries_can(
    sign_in: SignIn, cast: Cast, meeting: Meeting
) -> None:
    upload = service.begin(cast.nam, meeting, "a.ogg", 10)
    db.session.commit()
    address = f"/recordings/{upload.id}/remove"
    assert sign_in(cast.khai).post(address).status_code == 403
    assert sign_in(cast.la).post(address).status_code == 404
    assert sign_in(cast.nam).post(address).status_code == 302
    assert service.of_meeting(cast.nam, meeting) == []


# -- parts of one meeting ------------------------------------------------------------------------


def accepted(cast: Cast, meeting: Meeting, folder: Path, name: str, seconds: float) -> Recording:
    path = folder / name
    path.write_bytes(bytes(100))
    found = service.receive_file(cast.nam, meeting, path)
    found.received_at = meeting.ends_at
    service.accept(found, Sound(seconds, "opus", 1, 48_000), "audio/ogg")
    db.session.commit()
    return found


def test_a_name_with_a_clock_orders_the_parts_and_shows_what_is_missing(
    sign_in: SignIn, cast: Cast, meeting: Meeting, tmp_path: Path
) -> None:
    begins = clock.local(meeting.starts_at)
    names = [f"{begins + timedelta(minutes=m):%Y-%m-%d %H-%M-%S}.ogg" for m in (20, 0, 26)]
    parts = [accepted(cast, meeting, tmp_path, name, 600) for name in names]
    assert [p.begins_at for p in parts] == [
        meeting.starts_at + timedelta(minutes=m) for m in (20, 0, 26)
    ]
    page = sign_in(cast.khai).get(f"/meetings/{meeting.id}/recordings").text
    table = page[page.index("<caption") : page.index("</table>")]
    places = [table.index(name) for name in (names[1], "Gián đoạn", names[0], names[2])]
    assert places == sorted(places)
    assert "10 phút 00 giây" in table
    assert "4 phút 00 giây đầu trùng phần trước" in table


def test_a_single_recording_needs_no_line_of_time(
    sign_in: SignIn, cast: Cast, recording: Recording
) -> None:
    page = sign_in(cast.nam).get(f"/meetings/{recording.meeting_id}/recordings").text
    assert "Các phần theo giờ" not in page
    assert f"/recordings/{recording.id}/clock" in page


def test_a_secretary_says_when_a_recording_began(
    sign_in: SignIn, cast: Cast, recording: Recording
) -> None:
    browser, address = sign_in(cast.nam), f"/recordings/{recording.id}/clock"
    day = clock.local(recording.meeting.starts_at).date()
    assert 'type="time"' in browser.get(address).text
    sent = browser.post(address, data={"day": f"{day}", "time": "08:05:30"})
    assert sent.status_code == 302
    assert recording.begins_at == clock.from_local(datetime.combine(day, time(8, 5, 30)))
    assert 'value="08:05:30"' in browser.get(address).text
    assert "bắt đầu lúc" in browser.get(f"/meetings/{recording.meeting_id}/recordings").text
    half = browser.post(address, data={"day": f"{day}", "time": ""})
    assert half.status_code == 422 and "Hãy điền cả ngày và giờ" in half.text
    far = browser.post(address, data={"day": f"{day + timedelta(days=9)}", "time": "08:05"})
    assert far.status_code == 400
    assert recording.begins_at == clock.from_local(datetime.combine(day, time(8, 5, 30)))
    assert browser.post(address, data={"day": "", "time": ""}).status_code == 302
    assert recording.begins_at is None


def test_leaders_and_strangers_cannot_set_the_clock(
    sign_in: SignIn, cast: Cast, recording: Recording
) -> None:
    address = f"/recordings/{recording.id}/clock"
    assert sign_in(cast.khai).get(address).status_code == 403
    assert sign_in(cast.la).post(address, data={}).status_code == 404
    assert recording.begins_at is None


def test_what_a_secretary_said_is_not_overwritten_by_the_file(
    cast: Cast, meeting: Meeting, tmp_path: Path
) -> None:
    path = tmp_path / f"{clock.local(meeting.starts_at):%Y%m%d_%H%M%S}.ogg"
    path.write_bytes(bytes(100))
    found = service.receive_file(cast.nam, meeting, path)
    told = meeting.starts_at + timedelta(minutes=7)
    service.place(cast.nam, found, told)
    service.accept(found, Sound(600, "opus", 1, 48_000), "audio/ogg")
    assert found.begins_at == told
