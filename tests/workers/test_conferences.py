"""What the engines of conferences know becomes rows: presence that was lost, recordings fetched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from meetly import arriving, clock
from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from meetly.meetings.conference import parts
from meetly.meetings.conference import service as conference
from meetly.meetings.conference.calling import Server
from meetly.meetings.conference.models import (
    ConferenceEvent,
    ConferencePart,
    EventKind,
    PartStatus,
)
from meetly.meetings.conference.protocol import PartKind, RecPart, microseconds
from meetly.meetings.models import Attendance, Meeting, MeetingStatus
from meetly.recordings.models import Recording, RecordingStatus
from meetly.storage import files
from tests import cast as cast_of_tests
from tests.cast import Cast
from tests.meetings.conferences import at, soon, told
from tests.meetings.engines import (
    APP_ID,
    BBB_SECRET,
    CALLBACK_SECRET,
    JITSI_SECRET,
    BigBlueButtonDouble,
    serving,
)
from workers import fetch_conference_recordings, sync_conferences, tidy_uploads, timetable
from workers.timetable import run_job

JOINED, LEFT, ENDED = EventKind.JOINED, EventKind.LEFT, EventKind.ROOM_ENDED
SOUND = b"OggS" + b"sound" * 2000


@pytest.fixture
def double() -> Iterator[BigBlueButtonDouble]:
    with serving(BigBlueButtonDouble) as double:
        yield double


@pytest.fixture
def config(tmp_path: Path, double: BigBlueButtonDouble) -> Config:
    return Config(
        data=tmp_path / "var", secret="s", bbb_url=f"{double.url}/bigbluebutton",
        bbb_secret=BBB_SECRET, jitsi_url="https://meet.example", jitsi_app_id=APP_ID,
        jitsi_secret=JITSI_SECRET, callback_secret=CALLBACK_SECRET, largest_upload=100_000,
    )  # fmt: skip


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[timedelta]]:
    """Give the one place where a test moves the clock on."""
    ahead = [timedelta()]
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + ahead[0])
    yield ahead


def opened(cast: Cast, minutes: float = -10, engine: str = "bigbluebutton") -> Meeting:
    """Return a meeting whose room Nam opened."""
    meeting = soon(cast, engine, minutes=minutes)
    entry = conference.knock(cast.nam, meeting)
    db.session.commit()
    room, _granted = conference.enter(entry)
    conference.note_room(cast.nam, meeting, room)
    db.session.commit()
    return meeting


def people(double: BigBlueButtonDouble, meeting: Meeting) -> dict[str, str]:
    """Return who is in the room of the double."""
    found: dict[str, str] = double.rooms[meeting.room["name"]]["people"]
    return found


def events() -> list[tuple[str, str]]:
    query = sa.select(ConferenceEvent.kind, ConferenceEvent.person_ref)
    found = db.session.execute(query.order_by(ConferenceEvent.id)).all()
    db.session.rollback()
    return [(kind, ref) for kind, ref in found]


def recordings() -> list[Recording]:
    found = list(db.session.scalars(sa.select(Recording).order_by(Recording.id)))
    db.session.rollback()
    return found


# -- presence ----------------------------------------------------------------------------------


def test_without_an_engine_the_jobs_do_nothing(cast: Cast, app: Flask) -> None:
    soon(cast, engine="link")
    assert sync_conferences.run() == 0
    assert fetch_conference_recordings.run() == 0


def test_a_meeting_whose_room_nobody_opened_is_not_asked_about(
    double: BigBlueButtonDouble, cast: Cast
) -> None:
    soon(cast)
    assert sync_conferences.run() == 0
    assert double.asked == []


def test_who_is_there_is_noticed_although_nothing_was_reported(
    double: BigBlueButtonDouble, cast: Cast, later: list[timedelta]
) -> None:
    meeting = opened(cast)
    hoa = f"unit:{cast.nam_hoa.id}"
    people(double, meeting)[hoa] = "UBND xã Nậm Hoa"
    assert sync_conferences.run() == 2  # the event, and the roll it fills
    assert sync_conferences.run() == 0
    later[0] = timedelta(minutes=2)
    assert sync_conferences.run() == 0
    del people(double, meeting)[hoa]
    assert sync_conferences.run() == 1
    later[0] = timedelta(minutes=4)
    people(double, meeting)[hoa] = "UBND xã Nậm Hoa"
    assert sync_conferences.run() == 1
    later[0] = timedelta(minutes=6)
    double.rooms.clear()
    assert sync_conferences.run() == 1
    assert [kind for kind, _ref in events()] == [JOINED, LEFT, JOINED, ENDED]


def test_asking_five_times_at_once_is_asking_once(
    app: Flask, double: BigBlueButtonDouble, cast: Cast, later: list[timedelta]
) -> None:
    meeting = opened(cast)
    told(meeting, (JOINED, 0, f"unit:{cast.finance.id}"))
    people(double, meeting)[f"unit:{cast.nam_hoa.id}"] = "UBND xã Nậm Hoa"
    later[0] = timedelta(minutes=1)
    db.session.remove()
    ready = threading.Barrier(5)

    def run() -> None:
        ready.wait()
        run_job(app, "sync_conferences")

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kind for kind, _ref in events()) == [JOINED, JOINED, LEFT]
    assert run_job(app, "sync_conferences") == 0
    assert len(db.session.scalars(sa.select(Attendance)).all()) == 2


def test_no_transaction_stays_open_while_an_engine_thinks(
    double: BigBlueButtonDouble,
    cast: Cast,
    later: list[timedelta],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_ones: list[bool] = []

    def watched(self: Server, url: str, patience: float) -> object:
        open_ones.append(db.session().in_transaction())
        return unwatched(self, url, patience)

    unwatched = Server._open
    monkeypatch.setattr(Server, "_open", watched)
    for _ in range(2):
        meeting = opened(cast)
        people(double, meeting)[f"unit:{cast.nam_hoa.id}"] = "UBND xã Nậm Hoa"
        offered(double, meeting)
    for later[0] in (timedelta(), timedelta(minutes=1), timedelta(hours=2)):
        sync_conferences.run()
    assert fetch_conference_recordings.run() == 2
    assert len(open_ones) > 12 and not any(open_ones)


def test_both_databases_keep_a_report_and_a_recording_once(
    database_url: str, config: Config, double: BigBlueButtonDouble
) -> None:
    app = create_app(replace(config, database=database_url))
    with app.app_context():
        db.create_all()
        cast = cast_of_tests.assemble()
        db.session.commit()
        meeting = opened(cast, minutes=-100)
        people(double, meeting)[f"unit:{cast.nam_hoa.id}"] = "UBND xã Nậm Hoa"
        offered(double, meeting)
        db.session.remove()
    for name in ("sync_conferences", "fetch_conference_recordings"):
        threads = [threading.Thread(target=run_job, args=(app, name)) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with app.app_context():
        assert [kind for kind, _ref in events()] == [JOINED]
        assert len(recordings()) == 1
        db.session.remove()
        db.engine.dispose()


def test_hooks_are_registered_again_every_five_minutes(
    double: BigBlueButtonDouble, cast: Cast, later: list[timedelta]
) -> None:
    opened(cast)
    begun = len(double.hooks)
    for minutes, more in ((0, 1), (1, 1), (4, 1), (5, 2), (6, 2), (11, 3)):
        later[0] = timedelta(minutes=minutes)
        sync_conferences.run()
        assert len(double.hooks) == begun + more, minutes


def test_one_meeting_in_trouble_does_not_hold_up_the_others(
    double: BigBlueButtonDouble, cast: Cast
) -> None:
    for _ in range(2):
        opened(cast)
    double.mood = "500"
    assert sync_conferences.run() == 0
    double.mood = ""
    db.session.execute(sa.update(Meeting).where(Meeting.id == 1).values(room={"name": 7}))
    db.session.commit()
    second = db.session.get_one(Meeting, 2)
    people(double, second)[f"unit:{cast.nam_hoa.id}"] = "x"
    assert sync_conferences.run() == 2


def test_a_cancelled_and_an_old_meeting_are_let_be(
    double: BigBlueButtonDouble, cast: Cast, later: list[timedelta]
) -> None:
    first, _second = opened(cast), opened(cast)
    first.status = MeetingStatus.CANCELLED
    db.session.commit()
    later[0] = timedelta(days=10)
    double.asked.clear()
    assert sync_conferences.run() == 0
    assert double.asked == []


# -- recordings --------------------------------------------------------------------------------


def offered(double: BigBlueButtonDouble, meeting: Meeting, host: str = "") -> str:
    """Let the double offer the recording of a meeting; return its path."""
    path = "/podcast/rec-1/audio.ogg"
    double.files[path] = SOUND
    double.recordings.append(
        {"meetingID": meeting.room["name"], "recordID": "rec-1",
         "start": str(microseconds(at(meeting, 1)) // 1000),
         "formats": {"podcast": f"{host or double.url}{path}"}}
    )  # fmt: skip
    return path


def part() -> ConferencePart:
    db.session.rollback()
    return db.session.scalars(sa.select(ConferencePart)).one()


def test_a_recording_is_noticed_fetched_and_becomes_the_meetings(
    app: Flask, double: BigBlueButtonDouble, cast: Cast, later: list[timedelta]
) -> None:
    meeting = opened(cast)
    offered(double, meeting)
    assert sync_conferences.run() == 0  # it still goes on
    double.rooms.clear()
    later[0] = timedelta(hours=2)
    assert sync_conferences.run() == 1
    assert sync_conferences.run() == 0
    assert fetch_conference_recordings.run() == 1
    for _ in range(4):
        assert run_job(app, "fetch_conference_recordings") == 0
    (recording,) = recordings()
    assert recording.status == RecordingStatus.RECEIVED
    assert files.read(recording.storage_key) == SOUND
    begins = at(meeting, 1)  # BigBlueButton says it in milliseconds
    assert recording.begins_at is not None
    assert timedelta() <= begins - recording.begins_at < timedelta(milliseconds=1)
    assert recording.filename.startswith("BigBlueButton ") and recording.filename.endswith(".ogg")
    assert recording.uploaded_by_id == cast.nam.id
    assert part().status == PartStatus.FETCHED


def test_recordings_are_asked_for_ever_more_seldom(
    double: BigBlueButtonDouble, cast: Cast, later: list[timedelta]
) -> None:
    opened(cast)
    asked: list[int] = []
    for minutes in range(85, 60 * 12, 5):
        later[0] = timedelta(minutes=minutes)
        double.asked.clear()
        sync_conferences.run()
        asked += [minutes] * any("getRecordings" in path for path in double.asked)
    gaps = [b - a for a, b in pairwise(asked)]
    assert gaps[0] == 5 and gaps[-1] >= 60
    assert gaps == sorted(gaps)


@pytest.mark.parametrize("host", ["http://127.0.0.1:1", "http://169.254.169.254", "file://"])
def test_a_recording_elsewhere_is_refused_for_good(
    double: BigBlueButtonDouble, cast: Cast, later: list[timedelta], host: str
) -> None:
    meeting = opened(cast)
    offered(double, meeting, host)
    later[0] = timedelta(hours=2)
    sync_conferences.run()
    assert fetch_conference_recordings.run() == 0
    assert part().status == PartStatus.FAILED and "không thuộc máy chủ họp" in part().error
    assert recordings() == []


def offer_one(meeting: Meeting, uri: str, ref: str = "") -> None:
    parts.offer(
        meeting, [RecPart("rec-1", PartKind.PERSON_AUDIO, uri, person_ref=ref or None)]
    )  # fmt: skip
    db.session.commit()


@pytest.mark.parametrize("mood", ["500", "short", "redirect"])
def test_a_server_in_trouble_is_tried_again_later_and_later(
    double: BigBlueButtonDouble, cast: Cast, later: list[timedelta], mood: str
) -> None:
    meeting = opened(cast)
    offer_one(meeting, f"{double.url}/a.ogg")
    double.files["/a.ogg"] = SOUND
    double.mood, double.elsewhere = mood, "http://127.0.0.1:1/"
    waited: list[datetime] = []
    for _ in range(4):
        assert fetch_conference_recordings.run() == 0
        assert fetch_conference_recordings.run() == 0  # not due yet
        waited.append(part().next_try_at)
        later[0] += part().next_try_at - clock.now() + timedelta(seconds=1)
    steps = [b - a for a, b in pairwise(waited)]
    assert all(b > 1.5 * a for a, b in pairwise(steps))
    assert part().attempts == 4
    double.mood = ""
    assert fetch_conference_recordings.run() == 1
    assert len(recordings()) == 1


def test_a_recording_larger_than_an_upload_may_be_is_given_up(
    double: BigBlueButtonDouble, cast: Cast
) -> None:
    meeting = opened(cast)
    offer_one(meeting, f"{double.url}/a.ogg")
    double.files["/a.ogg"] = b"x" * 100_001
    assert fetch_conference_recordings.run() == 0
    assert part().status == PartStatus.FAILED
    assert not list(files.path("recordings/x").parent.glob("*"))


def test_one_that_kills_its_worker_each_time_is_set_aside(
    double: BigBlueButtonDouble, cast: Cast, later: list[timedelta]
) -> None:
    meeting = opened(cast)
    offer_one(meeting, f"{double.url}/a.ogg")
    for _ in range(parts.MOST_ATTEMPTS):
        assert parts.claim("killed") is not None
        db.session.commit()
        later[0] += parts.LEASE + timedelta(seconds=1)
    assert parts.claim("next") is None
    db.session.commit()
    assert part().status == PartStatus.FAILED


def test_who_lost_the_lease_stores_nothing(
    double: BigBlueButtonDouble, cast: Cast, later: list[timedelta], monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = opened(cast)
    offer_one(meeting, f"{double.url}/a.ogg")
    double.files["/a.ogg"] = SOUND
    keep = arriving.keep

    def slow(folder: str, pieces: Iterator[bytes]) -> object:
        kept = keep(folder, pieces)
        if later[0] == timedelta():
            later[0] = parts.LEASE + timedelta(seconds=1)
            assert fetch_conference_recordings.run("another") == 1
        return kept

    monkeypatch.setattr(arriving, "keep", slow)
    assert fetch_conference_recordings.run("slow") == 0
    assert len(recordings()) == 1
    assert len(list(files.path("recordings/x").parent.iterdir())) == 1


def test_a_track_of_its_own_is_named_by_its_site_or_person(
    double: BigBlueButtonDouble, cast: Cast
) -> None:
    meeting = opened(cast)
    double.files["/a.ogg"] = SOUND
    uri, refs = f"{double.url}/a.ogg", (f"unit:{cast.nam_hoa.id}", f"user:{cast.khai.id}", "x")
    parts.offer(
        meeting,
        [RecPart(ref, PartKind.PERSON_AUDIO, uri, person_ref=ref, start_us=5) for ref in refs],
    )
    db.session.commit()
    assert fetch_conference_recordings.run() == 3
    assert [(r.track, r.track_unit_id) for r in recordings()] == [
        ("UBND xã Nậm Hoa", cast.nam_hoa.id), ("Trần Quốc Khải", None), ("", None),
    ]  # fmt: skip


def test_what_was_handed_in_becomes_a_recording_and_its_copy_goes(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = soon(cast, engine="jitsi", minutes=-100)
    key, stored = parts.take_in([SOUND], "x.webm", len(SOUND))
    assert parts.handed_in(meeting, key, stored, None) == 1
    lost, _stored = parts.take_in([b"nobody's"], "y.mp4", 8)
    db.session.commit()
    monkeypatch.setattr("meetly.arriving.GRACE", -1.0)
    tidy_uploads.run()
    assert files.exists(key) and not files.exists(lost)
    assert fetch_conference_recordings.run() == 1
    assert recordings()[0].filename.endswith(".webm")
    assert not files.exists(key)


def test_the_jobs_stand_in_the_timetable() -> None:
    assert timetable.EVERY["sync_conferences"] == 30
    assert "fetch_conference_recordings" in timetable.JOBS
