"""Papers in a browser: taken in, read whole or in parts, and followed."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from meetly.accounts.models import User
from meetly.materials import service as materials
from meetly.materials.models import Material, MaterialVersion, Receipt
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.notices import service as notices
from tests.cast import Cast
from tests.materials import samples
from tests.meetings.plans import drafted, scheduled

SignIn = Callable[[User], FlaskClient]
Database = scoped_session[Session]


@pytest.fixture
def meeting(session: Database, cast: Cast) -> Meeting:
    made = scheduled(cast)
    session.commit()
    return made


@pytest.fixture
def version(session: Database, cast: Cast, meeting: Meeting) -> MaterialVersion:
    source = io.BytesIO(samples.PDF)
    made = materials.add(cast.nam, meeting, "Báo cáo tháng 11.pdf", source).current
    session.commit()
    return made


def _send(
    browser: FlaskClient,
    meeting: Meeting,
    *files: tuple[bytes, str],
    place: int = 0,
    title: str = "",
) -> TestResponse:
    sent = [(io.BytesIO(content), name) for content, name in files]
    data = {"files": sent, "place": str(place), "title": title}
    return browser.post(f"/meetings/{meeting.id}/materials", data=data)


def _titles(session: Database) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Material.title).order_by(Material.id)))


def _address(version: MaterialVersion) -> str:
    return f"/materials/versions/{version.id}"


def _open(
    browser: FlaskClient, version: MaterialVersion, *, query: str = "", method: str = "GET",
    **headers: str,
) -> TestResponse:  # fmt: skip
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    # Read to the end and close, as a server does; otherwise the file stays open.
    return browser.open(_address(version) + query, method=method, headers=named, buffered=True)


# -- taking in -------------------------------------------------------------------------------


def test_several_files_are_taken_in_at_once(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    browser = sign_in(cast.nam)
    answer = _send(browser, meeting, (samples.PDF, "Một.pdf"), (samples.docx(), "Hai.docx"))
    assert answer.headers["Location"] == f"/meetings/{meeting.id}/materials"
    assert _titles(session) == ["Một", "Hai"]
    page = browser.get(f"/meetings/{meeting.id}/materials").text
    assert "Đã thêm 2 tài liệu." in page
    assert "Hai.docx" in page


def test_one_bad_file_does_not_cost_the_good_ones(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    answer = _send(
        sign_in(cast.nam), meeting,
        (samples.PDF, "Một.pdf"), (samples.plain_zip(), "Hai.zip"), (samples.TEXT, "Ba.txt"),
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Hai.zip" in answer.text
    assert "Hãy giải nén" in answer.text
    assert _titles(session) == ["Một", "Ba"]


def test_a_single_file_may_get_a_title_and_a_point_of_the_agenda(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    item = meeting.agenda[0]
    _send(sign_in(cast.nam), meeting, (samples.PDF, "bc.pdf"), place=item.id, title="Giải ngân")
    session.expire_all()
    material = session.scalars(select(Material)).one()
    assert (material.title, material.agenda_item) == ("Giải ngân", item)


def test_nothing_chosen_is_said_beside_the_field(
    cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    answer = sign_in(cast.nam).post(f"/meetings/{meeting.id}/materials", data={"place": "0"})
    assert answer.status_code == 422
    assert "Hãy chọn ít nhất một tệp." in answer.text


def test_a_presenting_unit_adds_to_its_own_point_only(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    browser = sign_in(cast.long)
    own, other = meeting.agenda
    assert _send(browser, meeting, (samples.PDF, "a.pdf"), place=own.id).status_code == 302
    assert _send(browser, meeting, (samples.PDF, "b.pdf"), place=other.id).status_code == 422
    assert _send(browser, meeting, (samples.PDF, "c.pdf"), place=0).status_code == 422
    assert _titles(session) == ["a"]


def test_a_reader_is_offered_no_upload_and_cannot_force_one(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    assert 'type="file"' not in browser.get(f"/meetings/{meeting.id}/materials").text
    assert _send(browser, meeting, (samples.PDF, "a.pdf")).status_code == 422
    assert _titles(session) == []


def test_a_request_beyond_the_limit_is_refused_as_too_large(
    app: Flask, session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    browser = sign_in(cast.nam)
    app.config["MAX_CONTENT_LENGTH"] = 1000
    assert _send(browser, meeting, (b"x" * 2000, "a.txt")).status_code == 413
    assert _titles(session) == []


def test_a_file_beyond_the_limit_is_named_and_the_others_are_kept(
    app: Flask, session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    config = app.extensions["meetly_config"]
    app.extensions["meetly_config"] = replace(config, largest_material=100)
    answer = _send(sign_in(cast.nam), meeting, (b"x" * 200, "a.txt"), (samples.TEXT, "b.txt"))
    assert answer.status_code == 422
    assert "a.txt" in answer.text
    assert _titles(session) == ["b"]


# -- versions and taking back ----------------------------------------------------------------


def test_a_newer_version_stands_first_and_the_older_one_stays(
    session: Database, cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    browser = sign_in(cast.nam)
    address = f"/materials/{version.material_id}"
    data = {"file": (io.BytesIO(samples.TEXT), "Bản mới.txt")}
    assert browser.post(address, data=data).status_code == 302
    page = browser.get(address).text
    assert page.index("Bản mới.txt") < page.index("Báo cáo tháng 11.pdf")
    assert _open(browser, version).data == samples.PDF


def test_the_same_file_again_is_refused_beside_the_field(
    cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    data = {"file": (io.BytesIO(samples.PDF), "a.pdf")}
    answer = sign_in(cast.nam).post(f"/materials/{version.material_id}", data=data)
    assert answer.status_code == 422
    assert "giống hệt bản hiện có" in answer.text


def test_a_reader_cannot_add_a_version_or_take_a_paper_back(
    session: Database, cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    address = f"/materials/{version.material_id}"
    assert 'type="file"' not in browser.get(address).text
    data = {"file": (io.BytesIO(samples.TEXT), "a.txt")}
    assert browser.post(address, data=data).status_code == 403
    assert browser.post(f"{address}/remove").status_code == 403


def test_a_paper_is_taken_back_and_restored(
    session: Database, cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    secretary, reader = sign_in(cast.nam), sign_in(cast.hoa)
    address = f"/materials/{version.material_id}"
    secretary.post(f"{address}/remove")
    assert reader.get(address).status_code == 404
    assert _open(reader, version).status_code == 404
    page = secretary.get(f"/meetings/{version.material.meeting_id}/materials").text
    assert "Khôi phục" in page
    secretary.post(f"{address}/restore")
    assert _open(reader, version).status_code == 200


# -- the bytes -------------------------------------------------------------------------------


def test_a_paper_is_given_whole_with_its_name_and_hash(
    cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    answer = _open(sign_in(cast.hoa), version)
    assert answer.data == samples.PDF
    assert answer.headers["ETag"] == f'"{hashlib.sha256(samples.PDF).hexdigest()}"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    shown = answer.headers["Content-Disposition"]
    assert shown.startswith("inline;")
    assert "filename*=UTF-8''B%C3%A1o%20c%C3%A1o%20th%C3%A1ng%2011.pdf" in shown


def test_a_part_is_enough_where_the_line_dropped(
    cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    etag = _open(browser, version).headers["ETag"]
    answer = _open(browser, version, Range="bytes=10-", If_Range=etag)
    assert (answer.status_code, answer.data) == (206, samples.PDF[10:])
    total = len(samples.PDF)
    assert answer.headers["Content-Range"] == f"bytes 10-{total - 1}/{total}"
    other = _open(browser, version, Range="bytes=10-", If_Range='"x"')
    assert (other.status_code, other.data) == (200, samples.PDF)


def test_the_last_bytes_and_single_bytes_can_be_asked_for(
    cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    last = _open(browser, version, Range="bytes=-5")
    assert (last.status_code, last.data) == (206, samples.PDF[-5:])
    one = _open(browser, version, Range="bytes=0-0")
    assert (one.status_code, one.data) == (206, samples.PDF[:1])


def test_a_part_beyond_the_end_is_refused_with_the_size(
    cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    answer = _open(sign_in(cast.hoa), version, Range="bytes=9999-")
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(samples.PDF)}"


@pytest.mark.parametrize(
    ("asked", "status", "begin", "end"),
    [
        ("bytes=0-0", 206, 0, 1),
        ("bytes=10-", 206, 10, None),
        ("bytes=-5", 206, -5, None),
        ("bytes=-9999", 206, 0, None),
        ("bytes=5-99999", 206, 5, None),
        ("bytes=0-1,5-6", 200, 0, None),
        ("bytes=0-,0-,0-,0-", 200, 0, None),
        ("items=0-1", 200, 0, None),
        ("bytes=a-b", 200, 0, None),
        ("bytes=5-2", 200, 0, None),
        ("0-5", 200, 0, None),
    ],
)
def test_one_range_is_served_and_anything_else_gives_the_whole(
    cast: Cast, version: MaterialVersion, sign_in: SignIn,
    asked: str, status: int, begin: int, end: int | None,
) -> None:  # fmt: skip
    answer = _open(sign_in(cast.hoa), version, Range=asked)
    assert (answer.status_code, answer.data) == (status, samples.PDF[begin:end])
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_only_the_very_same_bytes_are_continued(
    cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    whole = _open(browser, version)
    etag = whole.headers["ETag"]
    assert not etag.startswith("W/")
    for given, status in (
        (etag, 206), (f"W/{etag}", 200), ('"other"', 200),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 200),
    ):  # fmt: skip
        answer = _open(browser, version, Range="bytes=10-", If_Range=given)
        assert answer.status_code == status, given
        assert answer.data == samples.PDF[10 if status == 206 else 0 :]


def test_head_tells_all_and_sends_nothing(
    session: Database, cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    for headers in ({}, {"Range": "bytes=5-"}):
        head = _open(browser, version, method="HEAD", **headers)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == str(len(samples.PDF))
        assert head.headers["ETag"] == f'"{version.sha256}"'
    assert session.scalars(select(Receipt)).all() == []  # nobody has read it yet


def test_a_newer_version_has_another_address_and_the_older_one_can_be_continued(
    session: Database, cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    etag = _open(browser, version).headers["ETag"]
    newer = materials.add_version(cast.nam, version.material, "b.txt", io.BytesIO(samples.TEXT * 9))
    session.commit()
    again = _open(browser, version, Range="bytes=7-", If_Range=etag)
    assert (again.status_code, again.data) == (206, samples.PDF[7:])
    other = _open(browser, newer, Range="bytes=7-", If_Range=etag)
    assert (other.status_code, other.data) == (200, samples.TEXT * 9)


def test_what_the_browser_still_has_is_not_sent_again(
    cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    etag = _open(browser, version).headers["ETag"]
    again = _open(browser, version, If_None_Match=etag)
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("content", "name", "how", "media_type"),
    [
        (samples.docx(), "a.docx", "attachment", "application/vnd.openxmlformats"),
        (samples.open_document("spreadsheet"), "a.ods", "attachment", "application/vnd.oasis"),
        (samples.png(), "a.png", "inline", "image/png"),
        (b"<html><script>x()</script></html>", "a.html", "inline", "text/plain"),
        (b"<svg onload=x() xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "inline", "text/plain"),
    ],
)
def test_only_what_a_browser_cannot_run_is_shown_in_place(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn,
    content: bytes, name: str, how: str, media_type: str,
) -> None:  # fmt: skip
    made = materials.add(cast.nam, meeting, name, io.BytesIO(content)).current
    session.commit()
    browser = sign_in(cast.hoa)
    answer = _open(browser, made)
    assert answer.headers["Content-Disposition"].startswith(how)
    assert answer.headers["Content-Type"].startswith(media_type)
    saved = _open(browser, made, query="?save=1")
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_a_hostile_name_stays_inside_its_header(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    name = 'x"; filename="evil.exe\r\nSet-Cookie: a=b.pdf'
    made = materials.add(cast.nam, meeting, name, io.BytesIO(samples.PDF)).current
    session.commit()
    answer = _open(sign_in(cast.hoa), made)
    assert "evil.exe" not in answer.headers["Content-Disposition"].split("filename=")[0]
    assert not any("a=b" in cookie for cookie in answer.headers.getlist("Set-Cookie"))
    assert answer.headers["Content-Disposition"].endswith('.pdf"')


def test_strangers_learn_nothing_of_a_paper(
    session: Database, cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    for user in (cast.chau, cast.la, cast.quan):
        browser = sign_in(user)
        meeting_id = version.material.meeting_id
        for address in (
            _address(version), f"/materials/{version.material_id}",
            f"/meetings/{meeting_id}/materials",
        ):  # fmt: skip
            answer = browser.get(address)
            assert answer.status_code == 404
            assert "Báo cáo" not in answer.text
        assert browser.post(f"/materials/{version.material_id}/remove").status_code == 404
    assert session.scalars(select(Receipt)).all() == []


def test_papers_of_a_draft_are_not_found_by_guests(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    made = materials.add(cast.nam, drafted(cast), "a.pdf", io.BytesIO(samples.PDF)).current
    session.commit()
    assert _open(sign_in(cast.long), made).status_code == 404


def test_a_file_lost_from_the_disk_is_not_found_instead_of_empty(
    cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    materials.stored_at(version).unlink()
    assert _open(sign_in(cast.hoa), version).status_code == 404


# -- receipts --------------------------------------------------------------------------------


def _receipts(session: Database) -> list[Receipt]:
    session.expire_all()
    return list(session.scalars(select(Receipt)))


def test_opening_leaves_one_receipt_however_often_and_in_however_many_parts(
    session: Database, cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    _open(browser, version, Range="bytes=0-9")
    _open(browser, version, Range="bytes=10-")
    _open(browser, version)
    (receipt,) = _receipts(session)
    assert (receipt.user_id, receipt.version_id) == (cast.hoa.id, version.id)


def test_asking_only_for_headers_is_no_opening(
    session: Database, cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    answer = _open(sign_in(cast.hoa), version, method="HEAD")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(samples.PDF))
    assert _receipts(session) == []


@pytest.mark.parametrize(
    "header",
    [
        {"Sec_Purpose": "prefetch"},
        {"Sec_Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X_Moz": "prefetch"},
    ],
)
def test_a_browser_that_looks_ahead_has_not_opened_anything(
    session: Database, cast: Cast, version: MaterialVersion, sign_in: SignIn,
    header: dict[str, str],
) -> None:  # fmt: skip
    assert _open(sign_in(cast.hoa), version, **header).status_code == 200
    assert _receipts(session) == []


def test_the_secretary_sees_who_has_opened_what_and_who_has_not(
    session: Database, cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    _open(sign_in(cast.hoa), version)
    address = f"/meetings/{version.material.meeting_id}/materials/receipts"
    page = sign_in(cast.nam).get(address).text
    assert "1/2 đơn vị đã mở bản hiện tại" in page
    opened = page[page.index("Đã mở: 1 đơn vị") :]
    unopened = page[page.index("Chưa mở: 1 đơn vị") : page.index("Đã mở: 1 đơn vị")]
    assert "Lò Thị Hoa" in opened
    assert "Sở Tài chính" in unopened
    assert sign_in(cast.khai).get(address).status_code == 200
    assert sign_in(cast.long).get(address).status_code == 403
    assert sign_in(cast.la).get(address).status_code == 404


def test_one_button_reminds_those_who_have_not_and_only_once_a_day(
    session: Database, cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    _open(sign_in(cast.hoa), version)
    browser = sign_in(cast.nam)
    address = f"/meetings/{version.material.meeting_id}/materials/remind"
    assert "Đã nhắc 1 người." in browser.post(address, follow_redirects=True).text
    assert notices.latest(cast.long)[0].subject == "Nhắc đọc tài liệu: Giao ban tháng 11"
    assert "- Báo cáo tháng 11" in notices.latest(cast.long)[0].body
    assert "Nhắc" not in notices.latest(cast.hoa)[0].subject
    assert "hôm nay đã được nhắc" in browser.post(address, follow_redirects=True).text
    assert sum("Nhắc" in notice.subject for notice in notices.latest(cast.long)) == 1


def test_a_reader_sees_what_they_have_opened(
    cast: Cast, version: MaterialVersion, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    address = f"/meetings/{version.material.meeting_id}/materials"
    assert "Đã mở" not in browser.get(address).text
    _open(browser, version)
    assert "Đã mở" in browser.get(address).text


def test_words_of_a_paper_are_shown_and_never_run(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    evil = "<script>x()</script>\"'><img src=x onerror=y>"
    material = materials.add(cast.nam, meeting, "a.pdf", io.BytesIO(samples.PDF), title=evil)
    session.commit()
    browser = sign_in(cast.nam)
    refused = _send(browser, meeting, (b"\0", evil))
    pages = [
        browser.get(f"/meetings/{meeting.id}/materials").text,
        browser.get(f"/materials/{material.id}").text,
        browser.get(f"/meetings/{meeting.id}/materials/receipts").text,
        refused.text,
    ]
    for page in pages:
        assert "x()" in page
        assert "<script>x()" not in page
        assert "<img src=x" not in page


def test_a_cancelled_meeting_takes_no_more_papers(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    meetings.cancel(cast.nam, meeting, "Mưa lũ")
    session.commit()
    browser = sign_in(cast.nam)
    assert 'type="file"' not in browser.get(f"/meetings/{meeting.id}/materials").text
    assert _send(browser, meeting, (samples.PDF, "a.pdf")).status_code == 422
