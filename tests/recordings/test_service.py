"""Receiving: what was acknowledged is kept, what may not be is refused."""

from __future__ import annotations

import hashlib
import io
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from meetly import arriving, clock
from meetly.errors import BadInput, NoSpace, NotAllowed, NotFound, Stale, TooLarge, WrongState
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.recordings import service
from meetly.recordings.models import Recording, RecordingStatus
from meetly.recordings.sound import Sound
from meetly.storage import files
from tests.cast import Cast
from tests.meetings.plans import scheduled


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    found = scheduled(cast)
    db.session.commit()
    return found


def test_pieces_become_the_file_and_its_hash(cast: Cast, meeting: Meeting) -> None:
    content = bytes(range(256)) * 40
    upload = service.begin(cast.nam, meeting, "giao ban.ogg", len(content))
    for at in range(0, len(content), 3000):
        service.append(cast.nam, upload.upload_id, at, content[at : at + 3000])
    assert service.finish(upload)
    assert upload.status == RecordingStatus.RECEIVED
    assert upload.sha256 == hashlib.sha256(content).hexdigest()
    assert files.read(upload.storage_key) == content
    assert service.waiting() == [upload]


def test_a_piece_at_the_wrong_place_changes_nothing(cast: Cast, meeting: Meeting) -> None:
    upload = service.begin(cast.nam, meeting, "a.ogg", 10)
    service.append(cast.nam, upload.upload_id, 0, b"01234")
    for offset in (0, 3, 7):
        with pytest.raises(Stale):
            service.append(cast.nam, upload.upload_id, offset, b"xxx")
    with pytest.raises(TooLarge):
        service.append(cast.nam, upload.upload_id, 5, b"567890")
    assert (upload.offset, files.read(upload.storage_key)) == (5, b"01234")


def test_of_two_clients_at_one_place_only_one_wins(
    app: Flask, cast: Cast, meeting: Meeting
) -> None:
    upload = service.begin(cast.nam, meeting, "a.ogg", 4000)
    db.session.commit()
    name, user_id = upload.upload_id, cast.nam.id
    won: list[bytes] = []
    ready = threading.Barrier(4)

    def send(letter: bytes) -> None:
        with app.app_context():
            from meetly.accounts.models import User

            user = db.session.get_one(User, user_id)
            db.session.commit()
            ready.wait()
            try:
                service.append(user, name, 0, letter * 1000)
                db.session.commit()
                won.append(letter)
            except Stale:
                db.session.rollback()

    threads = [threading.Thread(target=send, args=(bytes([65 + n]),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert files.read(upload.storage_key) == won[0] * 1000


def test_an_upload_whose_last_request_died_is_found_and_finished(
    cast: Cast, meeting: Meeting
) -> None:
    upload = service.begin(cast.nam, meeting, "a.ogg", 3)
    assert not service.finish(upload)
    service.append(cast.nam, upload.upload_id, 0, b"abc")
    assert service.complete() == [upload]
    assert service.finish(upload)
    assert not service.finish(upload)
    assert service.complete() == []


def test_only_secretaries_of_the_host_may_upload(cast: Cast, meeting: Meeting) -> None:
    for user in (cast.khai, cast.long, cast.hoa, cast.quan, cast.la):
        with pytest.raises(NotAllowed):
            service.begin(user, meeting, "a.ogg", 10)
    upload = service.begin(cast.nam, meeting, "a.ogg", 10)
    for user in (cast.khai, cast.hoa, cast.la):
        with pytest.raises(NotFound):
            service.append(user, upload.upload_id, 0, b"1")


def test_who_may_hear_and_who_may_not_know(cast: Cast, meeting: Meeting) -> None:
    upload = service.begin(cast.nam, meeting, "a.ogg", 10)
    assert service.get(cast.nam, upload.id) is upload
    assert service.get(cast.khai, upload.id) is upload
    for user in (cast.long, cast.sinh, cast.hoa, cast.quan, cast.la):
        with pytest.raises(NotFound):
            service.get(user, upload.id)
        assert service.of_meeting(user, meeting) == []
    with pytest.raises(NotAllowed):
        service.get_to_change(cast.khai, upload.id)


def test_what_cannot_be_kept_is_not_begun(
    app: Flask, cast: Cast, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = app.extensions["meetly_config"].largest_upload
    with pytest.raises(TooLarge):
        service.begin(cast.nam, meeting, "a.ogg", limit + 1)
    with pytest.raises(BadInput):
        service.begin(cast.nam, meeting, "a.ogg", 0)
    room = arriving.RESERVE + 1000
    monkeypatch.setattr(type(files), "free", lambda self: room)
    service.begin(cast.nam, meeting, "a.ogg", 600)
    with pytest.raises(NoSpace):  # the first 600 are promised already
        service.begin(cast.nam, meeting, "b.ogg", 600)
    service.begin(cast.nam, meeting, "c.ogg", 400)


def test_a_cancelled_meeting_takes_no_recordings(cast: Cast, meeting: Meeting) -> None:
    meetings.cancel(cast.nam, meeting, "Bão số 12")
    with pytest.raises(WrongState):
        service.begin(cast.nam, meeting, "a.ogg", 10)


def test_a_file_of_this_machine_is_copied_in(cast: Cast, meeting: Meeting, tmp_path: Path) -> None:
    path = tmp_path / "giao ban.wav"
    path.write_bytes("tiếng nói".encode().ljust(3 * arriving.PIECE, b"."))
    recording = service.receive_file(cast.nam, meeting, path)
    assert recording.status == RecordingStatus.RECEIVED
    assert recording.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert recording.offset == recording.size == path.stat().st_size


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\nam\\họp.mp3", "họp.mp3"),
        ("a\r\nSet-Cookie: x.ogg", "aSet-Cookie: x.ogg"),
        ("\u202egpj.ogg", "gpj.ogg"),
        ("", "ghi-am"),
        ("x" * 300 + ".opus", "x" * 195 + ".opus"),
    ],
)
def test_file_names_are_for_showing_only(
    cast: Cast, meeting: Meeting, given: str, shown: str
) -> None:
    recording = service.begin(cast.nam, meeting, given, 1)
    assert recording.filename == shown
    assert recording.storage_key.startswith("recordings/")
    assert "passwd" not in recording.storage_key


def test_cancelling_and_removing_leave_no_row_and_then_no_file(
    cast: Cast, meeting: Meeting
) -> None:
    upload = service.begin(cast.nam, meeting, "a.ogg", 10)
    service.append(cast.nam, upload.upload_id, 0, b"12345")
    key = upload.storage_key
    service.cancel(cast.nam, upload.upload_id)
    assert db.session.get(Recording, upload.id) is None
    assert service.sweep() == 0  # young files wait: their row may be on the way
    assert service.sweep(grace=-1) == 1
    assert not files.exists(key)
    done = service.receive(cast.nam, meeting, "b.ogg", service.keep(io.BytesIO(b"abc")))
    with pytest.raises(WrongState):
        service.cancel(cast.nam, done.upload_id)
    with pytest.raises(NotAllowed):
        service.remove(cast.khai, done)
    assert service.sweep(grace=-1) == 0
    service.remove(cast.nam, done)
    assert service.sweep(grace=-1) == 1


def test_uploads_nobody_finishes_are_forgotten(cast: Cast, meeting: Meeting) -> None:
    old = service.begin(cast.nam, meeting, "old.ogg", 10)
    old.created_at = clock.now() - arriving.PATIENCE - timedelta(minutes=1)
    young = service.begin(cast.nam, meeting, "young.ogg", 10)
    assert service.forget_unfinished() == 1
    assert service.of_meeting(cast.nam, meeting) == [young]


def test_states_follow_their_table(cast: Cast, meeting: Meeting) -> None:
    sound = Sound(duration=12.5, codec="opus", channels=1, sample_rate=48000)
    upload = service.begin(cast.nam, meeting, "a.ogg", 3)
    with pytest.raises(WrongState):
        service.accept(upload, sound, "audio/ogg")
    done = service.receive(cast.nam, meeting, "b.ogg", service.keep(io.BytesIO(b"abc")))
    service.accept(done, sound, "audio/ogg", [-0.5, 0.5])
    service.accept(done, sound, "audio/ogg")
    assert (done.status, done.duration, done.peaks) == ("accepted", 12.5, [-0.5, 0.5])
    with pytest.raises(WrongState):
        service.refuse(done, "muộn rồi")


# -- who spoke when ----------------------------------------------------------------------------

SAID = [
    {"speaker": " Trần  Quốc\tKhải ", "start": 3, "end": 7.25},
    {"speaker": "Đỗ Văn Nam", "start": 0, "end": 2.5},
]


@pytest.fixture
def recording(cast: Cast, meeting: Meeting) -> Recording:
    return service.receive(cast.nam, meeting, "b.ogg", service.keep(io.BytesIO(b"abc")))


@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: {"talks": x}, lambda x: {"events": x}])
def test_talk_events_are_kept_in_time(
    recording: Recording, wrap: Callable[[object], object]
) -> None:
    assert service.read_talk_events(recording, json.dumps(wrap(SAID)).encode("utf-8-sig")) == 2
    kept = [(talk.speaker, talk.start, talk.end) for talk in service.talks(recording)]
    assert kept == [("Đỗ Văn Nam", 0.0, 2.5), ("Trần Quốc Khải", 3.0, 7.25)]


def test_new_talk_events_replace_the_old_ones(recording: Recording) -> None:
    speakers: list[dict[str, Any]] = [
        {"name": "Đỗ Văn Nam", "position": "Thư ký", "unit": "Văn phòng"},
        {"name": 7},
    ]
    assert service.add_talk_events(recording, SAID, speakers) == 2
    assert service.add_talk_events(recording, SAID[1:], speakers) == 1
    assert len(service.talks(recording)) == 1
    assert recording.speakers == [speakers[0]]


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff\xfe", b"null", b"17", b'"talks"', b"[" * 100_000, b"{}" + b"}" * 50,
        b'[{"speaker": "A", "start": 5, "end": 4}]',
        b'[{"speaker": "A", "start": NaN, "end": 4}]',
        b'[{"speaker": "A", "start": 0, "end": Infinity}]',
        b'[{"speaker": "A", "start": -1, "end": 4}]',
        b'[{"speaker": "A", "start": true, "end": 4}]',
        b'[{"speaker": "A", "start": "0", "end": "4"}]',
        b'[{"speaker": "", "start": 0, "end": 4}]',
        b'[{"speaker": {"$ne": 1}, "start": 0, "end": 4}]',
        b'[{"speaker": "A", "start": 0, "end": 1e300}]',
        b'[["A", 0, 4]]',
        b'{"talks": {"A": 1}}',
        b'{"talks": [], "speakers": 4}',
    ],
    ids=range(19),
)  # fmt: skip
def test_hostile_talk_events_are_refused_and_nothing_changes(
    recording: Recording, raw: bytes
) -> None:
    service.add_talk_events(recording, SAID)
    with pytest.raises(BadInput):
        service.read_talk_events(recording, raw)
    assert len(service.talks(recording)) == 2


def test_too_many_talk_events_are_refused(recording: Recording) -> None:
    with pytest.raises(TooLarge):
        service.add_talk_events(recording, SAID * 30_000)
    with pytest.raises(TooLarge):
        service.read_talk_events(recording, b" " * (9 << 20))


def test_settings_decide_the_limit(app: Flask, cast: Cast, meeting: Meeting) -> None:
    config = app.extensions["meetly_config"]
    app.extensions["meetly_config"] = replace(config, largest_upload=5)
    with pytest.raises(TooLarge):
        service.begin(cast.nam, meeting, "a.ogg", 6)
