"""Documents that arrive in pieces: admitted, continued, judged when whole, and tidied away."""

from __future__ import annotations

import base64
import gc
import hashlib
import io
import socket
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
import requests
from flask import Flask
from sqlalchemy import select
from tusclient import client as tus_client

from meetly import arriving, audit, clock
from meetly.accounts.models import User
from meetly.errors import NoSpace, NotAllowed, NotFound, TooLarge, WrongState
from meetly.extensions import db
from meetly.materials import paper, space
from meetly.materials import service as materials
from meetly.materials.access import Terms
from meetly.materials.models import Access, Material, MaterialUpload, MaterialVersion
from meetly.materials.reports.models import ReportRequest
from meetly.materials.uploads import service as uploads
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.notices import service as notices
from meetly.recordings import service as recordings
from meetly.storage import files
from tests.cast import Cast
from tests.line import Line, metadata, served, sign_in
from tests.materials import samples
from tests.meetings.plans import scheduled
from workers import tidy_uploads

#: A text of several pieces that is no multiple of one.
LONG = b"".join(b"%09d\n" % number for number in range(330_000))


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    made = scheduled(cast)
    db.session.commit()
    return made


@pytest.fixture
def line(app: Flask, meeting: Meeting) -> Iterator[Line]:
    """Serve the application and sign the secretary in."""
    told = {"filename": "Báo cáo.txt", "meeting": str(meeting.id)}
    db.session.commit()
    with served(app) as port, requests.Session() as session:
        yield Line(port, session, sign_in(port, "nam", session), "/materials/uploads", told)


def change(app: Flask, **given: Any) -> None:
    app.extensions["meetly_config"] = replace(app.extensions["meetly_config"], **given)


def send(user: User, meeting: Meeting, content: bytes, name: str = "a.txt", **given: Any) -> Any:
    """Send a whole document in pieces by the verbs alone."""
    upload = uploads.begin(user, meeting, name, len(content), **given)
    for at in range(0, len(content), 700_000):
        uploads.append(user, upload.upload_id, at, content[at : at + 700_000])
    db.session.commit()
    assert uploads.finish(upload)
    db.session.commit()
    return upload


def stored(app: Flask) -> list[str]:
    root: Path = app.extensions["meetly_files"]
    return sorted(p.relative_to(root).parts[0] for p in root.rglob("*") if p.is_file())


def only(kind: Any) -> Any:
    db.session.expire_all()
    found = db.session.scalars(select(kind)).one()
    db.session.commit()  # the server must not wait for the test's own look
    return found


# -- over HTTP -------------------------------------------------------------------------------


def test_another_client_stops_resumes_and_the_document_is_there(line: Line, app: Flask) -> None:
    client = tus_client.TusClient(f"{line.address}/materials/uploads", headers=line.headers)
    told = {**line.told, "title": "  Giải ngân  tháng 11 "}
    first = client.uploader(
        file_stream=io.BytesIO(LONG), chunk_size=arriving.PIECE // 2, metadata=told
    )
    first.upload(stop_at=arriving.PIECE)
    assert only(MaterialUpload).offset == arriving.PIECE
    assert db.session.scalars(select(Material)).all() == []
    db.session.commit()
    second = client.uploader(file_stream=io.BytesIO(LONG), chunk_size=arriving.PIECE, url=first.url)
    second.upload()
    version = only(MaterialVersion)
    assert (version.filename, version.material.title) == ("Báo cáo.txt", "Giải ngân tháng 11")
    assert version.sha256 == hashlib.sha256(LONG).hexdigest()
    assert version.crc32 == zlib.crc32(LONG)
    assert files.read(version.storage_key) == LONG
    assert stored(app) == ["materials"]  # no second copy
    db.session.commit()
    assert first.url is not None
    head = line.head(first.url.removeprefix(line.address))
    assert head.headers["Upload-Offset"] == str(len(LONG))


def test_a_refused_document_tells_the_client_why_and_leaves_no_bytes(
    line: Line, app: Flask, meeting: Meeting
) -> None:
    content = samples.macro_docx()
    path = line.create(len(content)).headers["Location"]
    refused = line.patch(path, 0, content)
    assert (refused.status_code, refused.json()["code"]) == (422, "BAD_INPUT")
    assert "macro" in refused.json()["message"]
    assert stored(app) == []
    head = line.head(path)  # whose last answer was lost on the line learns it too
    assert "macro" in unquote(head.headers["Upload-Refusal"])
    assert line.patch(path, len(content), b"").json()["message"] == refused.json()["message"]
    page = line.session.get(f"{line.address}/meetings/{meeting.id}/materials", timeout=10).text
    assert "Báo cáo.txt" in page
    assert "macro" in page


def test_what_is_refused_can_be_put_away_and_what_is_unfinished_given_up(
    line: Line, app: Flask, meeting: Meeting
) -> None:
    page = f"{line.address}/meetings/{meeting.id}/materials"
    path = line.create(len(LONG)).headers["Location"]
    line.patch(path, 0, LONG[:1000])
    assert "Đã nhận 1000 B" in line.session.get(page, timeout=10).text
    gone = line.session.post(
        f"{line.address}{path}/forget", data={"csrf_token": line.token}, timeout=10
    )
    assert "Đã bỏ Báo cáo.txt." in gone.text
    assert line.head(path).status_code == 404
    assert stored(app) == []


def test_a_line_that_breaks_loses_less_than_a_piece(line: Line) -> None:
    path = line.create(len(LONG)).headers["Location"]
    raw = socket.create_connection(("127.0.0.1", line.port))
    head = "".join(f"{name}: {value}\r\n" for name, value in line.headers.items())
    raw.sendall(
        f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}Upload-Offset: 0\r\n"
        "Content-Type: application/offset+octet-stream\r\n"
        f"Content-Length: {len(LONG)}\r\n\r\n".encode()
    )
    raw.sendall(LONG[:300_000])
    raw.shutdown(socket.SHUT_WR)
    with raw:
        while raw.recv(4096):
            pass
    safe = int(line.head(path).headers["Upload-Offset"])
    assert safe >= 300_000 - (1 << 16)
    assert line.patch(path, safe, LONG[safe:]).status_code == 204
    assert files.read(only(MaterialVersion).storage_key) == LONG


def test_more_than_was_said_is_refused_and_fewer_never_complete(line: Line, app: Flask) -> None:
    path = line.create(10).headers["Location"]
    assert line.patch(path, 0, b"01234").headers["Upload-Offset"] == "5"
    assert line.patch(path, 0, b"xxxxx").status_code == 409
    more = line.patch(path, 5, b"567890")
    assert (more.status_code, more.json()["code"]) == (413, "TOO_LARGE")
    assert line.head(path).headers["Upload-Offset"] == "5"
    assert db.session.scalars(select(Material)).all() == []
    db.session.commit()
    assert line.patch(path, 5, b"56789").headers["Upload-Offset"] == "10"
    assert files.read(only(MaterialVersion).storage_key) == b"0123456789"


def test_a_body_longer_than_its_own_length_never_passes_the_promise(line: Line) -> None:
    """A chunked body states no length at all: only what was promised is read of it."""
    path = line.create(10).headers["Location"]
    raw = socket.create_connection(("127.0.0.1", line.port))
    head = "".join(f"{name}: {value}\r\n" for name, value in line.headers.items())
    raw.sendall(
        f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}Upload-Offset: 0\r\n"
        "Content-Type: application/offset+octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        "64\r\n".encode()
        + b"x" * 100
        + b"\r\n0\r\n\r\n"
    )
    with raw:
        raw.shutdown(socket.SHUT_WR)
        while raw.recv(4096):
            pass
    assert int(line.head(path).headers["Upload-Offset"]) <= 10
    upload = only(MaterialUpload)
    path_of = files.path(upload.storage_key)
    assert not path_of.exists() or path_of.stat().st_size <= 10


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_checksum_is_held_to(line: Line, app: Flask, algorithm: str) -> None:
    path = line.create(6).headers["Location"]
    digest = base64.b64encode(hashlib.new(algorithm, b"abcdef").digest()).decode()
    promise = {"Upload-Checksum": f"{algorithm} {digest}"}
    assert line.patch(path, 0, b"abcdeX", **promise).status_code == 460
    assert stored(app) == []
    assert line.patch(path, 0, b"abcdef", **promise).status_code == 204
    assert stored(app) == ["materials"]


def test_the_server_says_what_it_can_do_and_until_when(line: Line, app: Flask) -> None:
    told = requests.options(f"{line.address}/materials/uploads", timeout=10).headers
    assert told["Tus-Max-Size"] == str(200 * 1024**2)
    assert {"creation", "termination", "checksum", "expiration"} == set(
        told["Tus-Extension"].split(",")
    )
    created = line.create(10)
    assert "GMT" in created.headers["Upload-Expires"]
    path = created.headers["Location"]
    assert line.delete(path).status_code == 204
    assert line.head(path).status_code == 404


def test_only_who_began_it_may_look_go_on_or_give_up(line: Line, app: Flask, cast: Cast) -> None:
    path = line.create(6).headers["Location"]
    for login in ("khai", "long", "hoa", "la", "quan"):
        with requests.Session() as session:
            other = replace(line, session=session, token=sign_in(line.port, login, session))
            answers = [other.head(path), other.patch(path, 0, b"abc"), other.delete(path)]
            assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert line.patch(path, 0, b"abc", **{"X-CSRFToken": ""}).status_code == 400
    assert only(MaterialUpload).offset == 0


@pytest.mark.parametrize(
    ("told", "length", "status"),
    [
        ({}, "-5", 400),
        ({}, "0", 400),
        ({}, "1e9", 400),
        ({}, str(1 << 50), 413),
        ({"meeting": "999"}, "10", 404),
        ({"meeting": "x"}, "10", 400),
        ({"item": "999"}, "10", 404),
        ({"item": "-1"}, "10", 400),
        ({"material": "999"}, "10", 404),
        ({"report": "9" * 18}, "10", 404),
        ({"report": "9" * 30}, "10", 400),
        ({"filename": "a\r\nSet-Cookie: x=1\0" + "b" * 500}, "10", 201),
        ({"title": "x" * 5000}, "10", 201),
    ],
    ids=range(13),
)
def test_a_creation_that_makes_no_sense_is_refused(
    line: Line, told: dict[str, str], length: str, status: int
) -> None:
    changed = {"Upload-Length": length, "Upload-Metadata": metadata(**{**line.told, **told})}
    answer = line.create(10, **changed)
    assert answer.status_code == status
    assert "Set-Cookie" not in answer.headers


# -- who may, and what for -------------------------------------------------------------------


def test_who_may_not_hand_out_may_not_begin(cast: Cast, meeting: Meeting) -> None:
    finance, talk = meeting.agenda
    with pytest.raises(NotAllowed):
        uploads.begin(cast.hoa, meeting, "a.txt", 10)
    with pytest.raises(NotAllowed):
        uploads.begin(cast.long, meeting, "a.txt", 10, at=uploads.Aim(item=talk))
    assert uploads.begin(cast.long, meeting, "a.txt", 10, at=uploads.Aim(item=finance))
    meetings.cancel(cast.nam, meeting, "Mưa lũ")
    with pytest.raises(WrongState):
        uploads.begin(cast.nam, meeting, "a.txt", 10)


def test_a_document_lands_under_the_point_it_was_dropped_on(cast: Cast, meeting: Meeting) -> None:
    item = meeting.agenda[0]
    at = uploads.aim(cast.long, meeting, item_id=item.id)
    send(cast.long, meeting, samples.TEXT, "Giải ngân.txt", at=at)
    material = only(Material)
    assert (material.title, material.agenda_item_id) == ("Giải ngân", item.id)


def test_a_newer_version_tells_who_read_the_older(cast: Cast, meeting: Meeting) -> None:
    send(cast.nam, meeting, samples.TEXT)
    material = only(Material)
    materials.note_opened(cast.hoa, material.current)
    at = uploads.aim(cast.nam, meeting, material_id=material.id)
    send(cast.nam, meeting, samples.PDF, at=at)
    assert [version.number for version in only(Material).versions] == [1, 2]
    assert "bản mới" in notices.latest(cast.hoa)[0].subject
    same = send(cast.nam, meeting, samples.PDF, at=at)
    assert "giống hệt" in same.refusal


def test_a_confidential_document_is_so_from_its_first_moment(
    line: Line, cast: Cast, meeting: Meeting
) -> None:
    terms = {"access": "units", "units": str(cast.nam_hoa.id), "guard": "view_only"}
    told = metadata(**line.told, **terms)
    path = line.create(len(samples.TEXT), **{"Upload-Metadata": told}).headers["Location"]
    line.patch(path, 0, samples.TEXT)
    material = only(Material)
    assert (material.access, material.guard) == ("units", "view_only")
    assert materials.get(cast.hoa, material.id) is material
    with pytest.raises(NotFound):
        materials.get(cast.long, material.id)


@pytest.mark.parametrize(
    "terms",
    [
        {"access": "everybody"}, {"guard": "x"}, {"access": "units"},
        {"access": "units", "units": "a"}, {"access": "units", "units": "99999"},
    ],
    ids=range(5),
)  # fmt: skip
def test_terms_that_make_no_sense_never_become_open_to_all(
    line: Line, terms: dict[str, str]
) -> None:
    told = {"Upload-Metadata": metadata(**line.told, **terms)}
    assert line.create(10, **told).status_code == 400
    assert db.session.scalars(select(MaterialUpload)).all() == []


def test_units_no_longer_invited_make_a_document_refused_rather_than_open(
    cast: Cast, meeting: Meeting
) -> None:
    terms = Terms(Access.UNITS, frozenset({cast.nam_hoa.id}))
    upload = uploads.begin(cast.nam, meeting, "a.txt", len(samples.TEXT), terms=terms)
    uploads.append(cast.nam, upload.upload_id, 0, samples.TEXT)
    plan = replace(meetings.plan_of(meeting), unit_ids=(cast.finance.id,))
    meetings.change(cast.nam, meeting, meeting.version, plan)
    db.session.commit()
    assert uploads.finish(upload)
    assert "thành phần cuộc họp" in upload.refusal
    assert db.session.scalars(select(Material)).all() == []


def test_a_document_of_another_meeting_is_no_aim(cast: Cast, meeting: Meeting) -> None:
    other = scheduled(cast)
    material = materials.add(cast.nam, other, "a.txt", io.BytesIO(samples.TEXT))
    for given in ({"material_id": material.id}, {"item_id": other.agenda[0].id}):
        with pytest.raises(NotFound):
            uploads.aim(cast.nam, meeting, **given)
    with pytest.raises(NotFound):
        uploads.aim(cast.la, meeting, material_id=material.id)


def test_a_report_due_is_answered_by_its_unit(cast: Cast, meeting: Meeting) -> None:
    due = ReportRequest(
        meeting_id=meeting.id, unit_id=cast.nam_hoa.id, title="Báo cáo tháng", note="",
        agenda_item_id=meeting.agenda[1].id, due_at=clock.now(), created_by_id=cast.nam.id,
        created_at=clock.now(),
    )  # fmt: skip
    db.session.add(due)
    db.session.flush()
    at = uploads.aim(cast.hoa, meeting, request_id=due.id)
    with pytest.raises(NotAllowed):
        uploads.begin(cast.long, meeting, "a.txt", 10, at=at)
    send(cast.hoa, meeting, samples.TEXT, at=at)
    first = due.sent_at
    assert due.material is not None and first is not None
    assert (due.material.title, due.material.agenda_item_id) == (
        "Báo cáo tháng (UBND xã Nậm Hoa)",
        meeting.agenda[1].id,
    )
    send(cast.hoa, meeting, samples.PDF, at=at)
    assert (len(due.material.versions), due.sent_at) == (2, first)


def test_a_meeting_cancelled_meanwhile_refuses_what_arrives(
    app: Flask, cast: Cast, meeting: Meeting
) -> None:
    upload = uploads.begin(cast.nam, meeting, "a.txt", 10)
    uploads.append(cast.nam, upload.upload_id, 0, b"0123456789")
    meetings.cancel(cast.nam, meeting, "Mưa lũ")
    db.session.commit()
    assert uploads.finish(upload)
    assert "đã hủy" in upload.refusal
    assert stored(app) == []


def test_every_step_stands_in_the_audit_chain(cast: Cast, meeting: Meeting) -> None:
    upload = send(cast.nam, meeting, samples.plain_zip(), "x.zip")
    assert [entry.verb for entry in audit.of(upload)] == ["materials.refuse", "materials.begin"]
    uploads.forget(cast.nam, upload.upload_id)
    done = send(cast.nam, meeting, samples.TEXT)
    with pytest.raises(WrongState):
        uploads.forget(cast.nam, done.upload_id)


# -- crashes and tidying ---------------------------------------------------------------------


@pytest.mark.parametrize("moved", [False, True])
def test_a_server_that_died_with_the_last_byte_is_finished_by_the_worker(
    app: Flask, cast: Cast, meeting: Meeting, moved: bool
) -> None:
    upload = uploads.begin(cast.nam, meeting, "a.txt", len(samples.TEXT))
    uploads.append(cast.nam, upload.upload_id, 0, samples.TEXT)
    if moved:  # and between the move of the file and the commit of its row
        files.move(upload.storage_key, paper.kept_key(upload.storage_key))
    db.session.commit()
    tidy_uploads.run()
    assert files.read(only(MaterialVersion).storage_key) == samples.TEXT
    assert tidy_uploads.run() == 0
    assert stored(app) == ["materials"]


def test_a_client_that_asks_again_finds_it_finished(
    line: Line, cast: Cast, meeting: Meeting
) -> None:
    upload = uploads.begin(cast.nam, meeting, "a.txt", len(samples.TEXT))
    uploads.append(cast.nam, upload.upload_id, 0, samples.TEXT)
    db.session.commit()
    head = line.head(f"/materials/uploads/{upload.upload_id}")
    assert head.headers["Upload-Offset"] == str(len(samples.TEXT))
    assert files.read(only(MaterialVersion).storage_key) == samples.TEXT


def test_bytes_that_are_gone_are_said_and_not_invented(cast: Cast, meeting: Meeting) -> None:
    upload = uploads.begin(cast.nam, meeting, "a.txt", 5)
    uploads.append(cast.nam, upload.upload_id, 0, b"abcde")
    files.delete(upload.storage_key)
    db.session.commit()
    assert uploads.finish(upload)
    assert "gửi lại" in upload.refusal


def test_what_nobody_finished_goes_with_row_and_file(
    app: Flask, cast: Cast, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, young = (uploads.begin(cast.nam, meeting, "a.txt", 10) for _ in range(2))
    for upload in (old, young):
        uploads.append(cast.nam, upload.upload_id, 0, b"abc")
    refused = send(cast.nam, meeting, samples.plain_zip(), "x.zip")
    done = send(cast.nam, meeting, samples.TEXT)
    for upload in (old, refused, done):
        upload.created_at = clock.now() - arriving.PATIENCE - timedelta(minutes=1)
    arriving.keep(uploads.FOLDER, [b"left by a crash"])
    db.session.commit()
    monkeypatch.setattr(arriving, "GRACE", -1.0)
    assert tidy_uploads.run() == 4
    assert [row.id for row in db.session.scalars(select(MaterialUpload))] == [young.id]
    assert stored(app) == ["arriving", "materials"]
    assert tidy_uploads.run() == 0
    assert uploads.append(cast.nam, young.upload_id, 3, b"def").offset == 6


# -- quota and disk --------------------------------------------------------------------------


def test_the_quota_counts_what_is_kept_and_what_is_arriving(
    app: Flask, cast: Cast, meeting: Meeting
) -> None:
    change(app, materials_quota=3 << 20)
    send(cast.nam, meeting, b"x" * (1 << 20))
    coming = uploads.begin(cast.nam, meeting, "b.txt", 1 << 20)
    assert space.taken(meeting) == 2 << 20
    with pytest.raises(TooLarge, match=r"chiếm 2 MB trong hạn mức 3 MB.*tệp 2 MB"):
        uploads.begin(cast.nam, meeting, "c.txt", (1 << 20) + 1)
    with pytest.raises(TooLarge):
        materials.add(cast.nam, meeting, "c.txt", io.BytesIO(b"x" * ((1 << 20) + 1)))
    other = scheduled(cast)
    assert uploads.begin(cast.nam, other, "c.txt", (1 << 20) + 1)  # another meeting has its own
    uploads.forget(cast.nam, coming.upload_id)
    assert uploads.begin(cast.nam, meeting, "c.txt", 2 << 20)


def test_the_disk_is_asked_before_and_promises_of_every_room_count(
    cast: Cast, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = arriving.RESERVE + (10 << 20)
    monkeypatch.setattr(type(files), "free", lambda self: free)
    recordings.begin(cast.nam, meeting, "a.ogg", 6 << 20)
    with pytest.raises(NoSpace, match=r"còn nhận được 4 MB mà tệp có 5 MB"):
        uploads.begin(cast.nam, meeting, "a.txt", 5 << 20)
    uploads.begin(cast.nam, meeting, "a.txt", 3 << 20)
    with pytest.raises(NoSpace):
        recordings.begin(cast.nam, meeting, "b.ogg", 2 << 20)


@pytest.mark.parametrize(
    ("given", "status"), [({"materials_quota": 100}, 413), ({}, 507)], ids=["quota", "disk"]
)
def test_the_client_is_told_before_a_byte_is_sent(
    line: Line, app: Flask, monkeypatch: pytest.MonkeyPatch, given: dict[str, int], status: int
) -> None:
    change(app, **given)
    if not given:
        monkeypatch.setattr(type(files), "free", lambda self: arriving.RESERVE + 50)
    refused = line.create(150)
    assert refused.status_code == status
    assert "MB" in refused.json()["message"]


def test_a_form_without_room_is_sent_back_before_it_is_read(
    line: Line, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(files), "free", lambda self: arriving.RESERVE + (1 << 20))
    raw = socket.create_connection(("127.0.0.1", line.port))
    with raw:
        raw.sendall(
            f"POST /meetings/{meeting.id}/materials HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: {line.headers['Cookie']}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            f"Content-Length: {50 << 20}\r\n\r\n--x\r\n".encode()
        )
        answer = raw.recv(4096).decode(errors="replace")
    assert " 507 " in answer.splitlines()[0]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("length", [10, 50 << 20], ids=["shorter", "longer"])
def test_a_form_that_lies_about_its_length_leaves_nothing(
    line: Line, app: Flask, meeting: Meeting, length: int
) -> None:
    body = (
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{line.token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="place"\r\n\r\n0\r\n'
        '--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        "abc\r\n--x--\r\n"
    ).encode()
    raw = socket.create_connection(("127.0.0.1", line.port))
    with raw:
        raw.sendall(
            f"POST /meetings/{meeting.id}/materials HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: {line.headers['Cookie']}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            f"Content-Length: {length}\r\n\r\n".encode()
            + body
        )
        raw.shutdown(socket.SHUT_WR)
        answer = raw.recv(4096).decode(errors="replace")
    assert " 4" in answer.splitlines()[0]
    assert stored(app) == []
    gc.collect()  # the form's parser closes what it had begun only then


def test_the_quota_is_said_beside_the_file_in_the_form(
    line: Line, app: Flask, meeting: Meeting
) -> None:
    change(app, materials_quota=100)
    answer = line.session.post(
        f"{line.address}/meetings/{meeting.id}/materials",
        data={"csrf_token": line.token, "place": "0"},
        files={"files": ("a.txt", b"x" * 200)}, timeout=10,
    )  # fmt: skip
    assert answer.status_code == 422
    assert "hạn mức" in answer.text


def test_a_form_keeps_the_check_sum_that_packs_need(cast: Cast, meeting: Meeting) -> None:
    content = np.random.default_rng(3).integers(32, 126, 5000, dtype=np.uint8).tobytes()
    version = materials.add(cast.nam, meeting, "a.txt", io.BytesIO(content)).current
    assert version.crc32 == zlib.crc32(content)
