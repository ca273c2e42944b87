"""Packs over the web: whole, in parts, as a difference, and never what a reader may not have."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from meetly import clock, sending
from meetly.accounts.models import User
from meetly.errors import NotFound
from meetly.materials import service as materials
from meetly.materials.models import Access, Guard, Material, MaterialVersion, Pack, Receipt
from meetly.materials.packs import service as packs
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from tests.cast import Cast
from tests.materials import samples
from tests.meetings.plans import scheduled

SignIn = Callable[[User], FlaskClient]
Database = scoped_session[Session]


@pytest.fixture
def meeting(session: Database, cast: Cast) -> Meeting:
    made = scheduled(cast)
    session.commit()
    return made


@pytest.fixture
def papers(session: Database, cast: Cast, meeting: Meeting) -> list[Material]:
    first = meeting.agenda[0]
    made = [
        hand_out(cast, meeting, "Báo cáo.pdf", samples.PDF, item=first),
        hand_out(cast, meeting, "Chương trình.txt", samples.TEXT),
        hand_out(cast, meeting, "Báo cáo.pdf", samples.PDF + b"khac", item=first),
    ]
    session.commit()
    return made


def hand_out(cast: Cast, meeting: Meeting, name: str, content: bytes, **given: Any) -> Material:
    return materials.add(cast.nam, meeting, name, io.BytesIO(content), **given)


def get(browser: FlaskClient, meeting: Meeting, path: str = ".zip", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.get(f"/meetings/{meeting.id}/pack{path}", headers=named, buffered=True)


def opened(sent: TestResponse) -> dict[str, bytes]:
    assert sent.status_code == 200, sent.text
    with zipfile.ZipFile(io.BytesIO(sent.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def manifest_of(files: dict[str, bytes]) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(files["manifest.json"])
    return made


# -- the whole -------------------------------------------------------------------------------


def test_a_pack_holds_every_paper_its_list_and_a_page(
    meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    sent = get(sign_in(cast.hoa), meeting)
    files = opened(sent)
    assert list(files) == [
        "index.html", "manifest.json", "0. Tài liệu chung/Chương trình.txt",
        "1. Giải ngân vốn đầu tư công/Báo cáo.pdf",
        f"1. Giải ngân vốn đầu tư công/Báo cáo ({papers[2].id}).pdf",
    ]  # fmt: skip
    listed = manifest_of(files)
    for file in listed["files"]:
        assert hashlib.sha256(files[file["path"]]).hexdigest() == file["sha256"]
        assert len(files[file["path"]]) == file["size"]
    assert hashlib.sha256(files["manifest.json"]).hexdigest() == sent.headers["Meetly-Pack-Digest"]
    assert sent.headers["Content-Type"] == "application/zip"
    assert sent.headers["Meetly-Pack"] == "whole"


def test_the_page_inside_leads_to_every_paper_without_a_server(
    meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    from urllib.parse import unquote

    files = opened(get(sign_in(cast.hoa), meeting))
    page = files["index.html"].decode()
    links = [unquote(link) for link in re.findall(r'<a href="([^"]+)"', page)]
    assert sorted(links) == sorted(name for name in files if "/" in name)
    assert "<script" not in page and "http" not in page
    assert "Giải ngân vốn đầu tư công" in page and "Sở Tài chính" in page


def test_names_from_outside_are_only_words_on_the_page_inside(
    session: Database, meeting: Meeting, cast: Cast, sign_in: SignIn
) -> None:
    hostile = '"><img src=x onerror=alert(1)>'
    hand_out(cast, meeting, "../../a\r\n<b>.txt", samples.TEXT, title=hostile)
    session.commit()
    files = opened(get(sign_in(cast.hoa), meeting))
    assert "<img" not in files["index.html"].decode()
    assert [name for name in files if ".." in name or "\n" in name] == []


def test_equal_papers_give_everybody_the_same_bytes(
    meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    hoa, long = sign_in(cast.hoa), sign_in(cast.long)
    long.post("/language", data={"language": "en"})
    first, second = get(hoa, meeting), get(long, meeting)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"] and first.headers["ETag"][0] == '"'


def test_a_cut_download_goes_on_where_it_stopped(
    meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    whole = get(browser, meeting)
    half = len(whole.data) // 2
    rest = get(browser, meeting, Range=f"bytes={half}-", If_Range=whole.headers["ETag"])
    assert rest.status_code == 206 and whole.data[:half] + rest.data == whole.data
    past = get(browser, meeting, Range=f"bytes={len(whole.data)}-")
    assert past.status_code == 416
    assert past.headers["Content-Range"] == f"bytes */{len(whole.data)}"


def test_a_part_of_an_older_pack_is_never_mixed_with_a_newer_one(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    before = get(browser, meeting)
    materials.add_version(cast.nam, papers[1], "moi.txt", io.BytesIO(b"moi hon"))
    session.commit()
    after = get(browser, meeting, Range="bytes=500-", If_Range=before.headers["ETag"])
    assert after.status_code == 200 and b"moi hon" in after.data


def test_without_asking_whether_it_is_still_the_same_the_two_would_be_mixed(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    browser = sign_in(cast.hoa)
    before = get(browser, meeting)
    materials.add_version(cast.nam, papers[1], "moi.txt", io.BytesIO(b"moi hon"))
    session.commit()
    monkeypatch.setattr(sending, "_still", lambda request, tag: True)
    after = get(browser, meeting, Range="bytes=500-", If_Range=before.headers["ETag"])
    assert after.status_code == 206
    assert before.data[:500] + after.data != get(browser, meeting).data


def test_a_head_tells_the_length_and_writes_nothing(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    head = browser.head(f"/meetings/{meeting.id}/pack.zip")
    assert session.scalars(select(Pack)).all() == []
    whole = get(browser, meeting)
    assert head.headers["Content-Length"] == str(len(whole.data))
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_a_meeting_without_papers_has_an_empty_pack(
    meeting: Meeting, cast: Cast, sign_in: SignIn
) -> None:
    assert list(opened(get(sign_in(cast.hoa), meeting))) == ["index.html", "manifest.json"]


def test_a_checksum_that_older_rows_lack_is_made_once(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    session.execute(update(MaterialVersion).values(crc32=None))
    opened(get(sign_in(cast.hoa), meeting))
    assert None not in session.scalars(select(MaterialVersion.crc32)).all()


def test_a_file_that_is_not_whole_any_more_is_told_before_anything_is_sent(
    meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    materials.stored_at(papers[0].current).write_bytes(b"cut")
    sent = get(sign_in(cast.hoa), meeting)
    assert sent.status_code == 404 and "không còn nguyên" in sent.text


# -- the difference --------------------------------------------------------------------------


def test_a_later_pack_holds_only_what_changed(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    old = get(browser, meeting)
    folder = opened(old)
    materials.add_version(cast.nam, papers[1], "Chương trình.txt", io.BytesIO(b"ban 2"))
    materials.remove(cast.nam, papers[0])
    hand_out(cast, meeting, "Thêm.txt", b"them")
    session.commit()
    sent = get(browser, meeting, f".zip?since={old.headers['Meetly-Pack-Digest']}")
    assert sent.headers["Meetly-Pack"] == "changes"
    changes = opened(sent)
    told = json.loads(changes["changes.json"])
    assert told["changed"] == ["0. Tài liệu chung/Chương trình.txt",
                               "1. Giải ngân vốn đầu tư công/Báo cáo.pdf"]  # fmt: skip
    assert told["added"] == ["0. Tài liệu chung/Thêm.txt"]
    assert told["removed"] == [f"1. Giải ngân vốn đầu tư công/Báo cáo ({papers[2].id}).pdf"]
    assert all(path in changes["index.html"].decode() for path in told["removed"])
    for path in told["removed"]:
        del folder[path]
    folder.update(changes)
    whole = opened(get(browser, meeting))
    for name, content in whole.items():
        assert name == "index.html" or folder[name] == content


def test_with_nothing_new_the_difference_holds_no_paper(
    meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    digest = get(browser, meeting).headers["Meetly-Pack-Digest"]
    files = opened(get(browser, meeting, f".zip?since={digest}"))
    assert list(files) == ["index.html", "manifest.json", "changes.json"]


@pytest.mark.parametrize("since", ["0" * 64, "x", "a" * 5000, "%00", "' OR 1=1"])
def test_an_unknown_pack_gets_the_whole_and_is_told_so(
    meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn, since: str
) -> None:
    sent = get(sign_in(cast.hoa), meeting, f".zip?since={since}")
    assert sent.headers["Meetly-Pack"] == "unknown"
    files = opened(sent)
    assert len(files) == 5 and "Không nhận ra gói cũ" in files["index.html"].decode()


def test_the_page_offers_what_changed_since_each_earlier_pack(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    digest = get(browser, meeting).headers["Meetly-Pack-Digest"]
    address = f"/meetings/{meeting.id}/materials"
    assert "since=" not in browser.get(address).text
    materials.add_version(cast.nam, papers[1], "a.txt", io.BytesIO(b"ban 2"))
    session.commit()
    page = browser.get(address).text
    assert f"since={digest}" in page and "1 tệp, 5 B" in page


def test_a_pack_is_written_down_once(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    for _ in range(3):
        get(browser, meeting)
        get(browser, meeting, "/manifest.json")
    [row] = session.scalars(select(Pack)).all()
    assert (row.meeting_id, row.made_for_id) == (meeting.id, None)
    packs.remember(packs.contents(cast.hoa, meeting))  # two at once: the second changes nothing
    assert len(session.scalars(select(Pack)).all()) == 1


# -- who gets what ---------------------------------------------------------------------------


def test_a_guarded_paper_is_named_and_stays_here(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    papers[0].guard, papers[2].guard = Guard.STAMPED, Guard.VIEW_ONLY
    session.commit()
    browser = sign_in(cast.hoa)
    files = opened(get(browser, meeting))
    assert len([name for name in files if "/" in name]) == 1
    assert [paper["title"] for paper in manifest_of(files)["online_only"]] == ["Báo cáo"] * 2
    for kept in (papers[0], papers[2]):
        assert get(browser, meeting, f"/files/{kept.current.sha256}").status_code == 404
    assert packs.contents(cast.hoa, meeting).versions.keys() == {papers[1].current.sha256}


def test_a_pack_with_what_is_not_for_everybody_is_its_readers_alone(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    papers[0].access = Access.CHAIR
    session.commit()
    khai = sign_in(cast.khai)
    digest = get(khai, meeting).headers["Meetly-Pack-Digest"]
    [row] = session.scalars(select(Pack)).all()
    assert row.made_for_id == cast.khai.id
    assert "Trần Quốc Khải" in opened(get(khai, meeting))["index.html"].decode()
    # whoever else learns the digest is told nothing of what stood in that pack
    sent = get(sign_in(cast.hoa), meeting, f".zip?since={digest}")
    assert sent.headers["Meetly-Pack"] == "unknown"


def test_without_its_readers_name_a_pack_would_tell_others_what_it_held(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    papers[0].access = Access.CHAIR
    materials.add_version(cast.nam, papers[0], "Nhân sự.pdf", io.BytesIO(samples.PDF + b"2"))
    session.commit()
    digest = get(sign_in(cast.khai), meeting).headers["Meetly-Pack-Digest"]
    materials.remove(cast.nam, papers[0])
    session.commit()
    hoa = sign_in(cast.hoa)
    assert "Nhân sự" not in told_since(hoa, meeting, digest)
    monkeypatch.setattr(packs, "_handed_out", handed_to_anybody)
    assert "Nhân sự" in told_since(hoa, meeting, digest)


def handed_to_anybody(_user: User, made: packs.Contents) -> Any:
    """Planted defect: a pack of one reader counts as everybody's."""
    return select(Pack).where(Pack.meeting_id == made.meeting.id)


def told_since(browser: FlaskClient, meeting: Meeting, digest: str) -> str:
    files = opened(get(browser, meeting, f".zip?since={digest}"))
    page = browser.get(f"/meetings/{meeting.id}/materials").text
    return "\n".join(
        [*(content.decode() for name, content in files.items() if "/" not in name), page]
    )


@pytest.mark.parametrize("path", [".zip", "/manifest.json"])
@pytest.mark.parametrize("who", ["chau", "la", "quan"])
def test_nobody_else_gets_a_pack(
    meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn, who: str, path: str
) -> None:
    browser = sign_in(getattr(cast, who))
    assert get(browser, meeting, path).status_code == 404
    assert get(browser, meeting, f"/files/{papers[0].current.sha256}").status_code == 404


def test_only_files_of_this_pack_are_given_by_their_hash(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    other = scheduled(cast)
    elsewhere = hand_out(cast, other, "a.txt", b"o cuoc hop khac").current
    old = papers[1].current
    materials.add_version(cast.nam, papers[1], "a.txt", io.BytesIO(b"ban 2"))
    materials.remove(cast.nam, papers[0])
    session.commit()
    browser = sign_in(cast.hoa)
    gone = [elsewhere.sha256, old.sha256, papers[0].current.sha256, "0" * 64, "x", "%00"]
    assert [get(browser, meeting, f"/files/{sha}").status_code for sha in gone] == [404] * 6
    with pytest.raises(NotFound):
        packs.file_in(cast.hoa, meeting, old.sha256)


def test_a_file_is_sent_in_pieces_with_its_hash_as_tag(
    meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    browser, version = sign_in(cast.hoa), papers[1].current
    path, tag = f"/files/{version.sha256}", f'"{version.sha256}"'
    piece = get(browser, meeting, path, Range="bytes=0-9", If_Range=tag)
    assert (piece.status_code, piece.data) == (206, samples.TEXT[:10])
    assert piece.headers["ETag"] == tag
    assert piece.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert piece.headers["Content-Disposition"] == (
        "inline; filename*=UTF-8''Ch%C6%B0%C6%A1ng%20tr%C3%ACnh.txt"
    )
    assert get(browser, meeting, path, If_None_Match=tag).status_code == 304


def test_the_manifest_is_not_sent_again_to_who_has_it(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    for coding in ("br", "gzip", "identity"):
        first = get(browser, meeting, "/manifest.json", Accept_Encoding=coding)
        tag = first.headers["ETag"]
        again = get(browser, meeting, "/manifest.json", Accept_Encoding=coding, If_None_Match=tag)
        assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    materials.remove(cast.nam, papers[0])
    session.commit()
    changed = get(browser, meeting, "/manifest.json", If_None_Match=tag)
    assert changed.status_code == 200


# -- openings --------------------------------------------------------------------------------


def tell(browser: FlaskClient, meeting: Meeting, told: Any) -> TestResponse:
    return browser.post(f"/meetings/{meeting.id}/pack/openings", json=told)


def receipts(session: Database) -> dict[int, datetime]:
    session.expire_all()
    return {row.version_id: row.opened_at for row in session.scalars(select(Receipt))}


def test_fetching_is_not_reading(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    for path in (".zip", "/manifest.json", f"/files/{papers[0].current.sha256}"):
        get(browser, meeting, path)
    browser.get(f"/meetings/{meeting.id}/offline")
    assert receipts(session) == {}


def test_what_was_opened_without_a_line_counts_from_then(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    browser, version = sign_in(cast.hoa), papers[0].current
    version.uploaded_at = clock.now() - timedelta(days=3)
    session.commit()
    at = (clock.now() - timedelta(hours=5)).replace(microsecond=0)
    told = [{"version_id": version.id, "at": at.isoformat().replace("+00:00", "Z")}]
    assert tell(browser, meeting, told).json == {"noted": 1}
    assert receipts(session) == {version.id: at}
    assert tell(browser, meeting, told * 3).json == {"noted": 0}
    assert receipts(session) == {version.id: at}


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2099-01-01"])
def test_a_wrong_clock_is_not_believed(
    session: Database,
    meeting: Meeting,
    papers: list[Material],
    cast: Cast,
    sign_in: SignIn,
    at: str,
) -> None:
    version = papers[0].current
    assert tell(sign_in(cast.hoa), meeting, [{"version_id": version.id, "at": at}]).json
    noted = receipts(session)[version.id]
    assert version.uploaded_at <= noted <= datetime.now(UTC)


@pytest.mark.parametrize(
    "told",
    [
        None, {}, "x", [1], [[]], [{}], [{"version_id": 1}],
        [{"version_id": "1", "at": "2026-01-01"}], [{"version_id": True, "at": "2026-01-01"}],
        [{"version_id": 1, "at": 5}],
        [{"version_id": 1, "at": "hôm qua"}], [{"version_id": 1, "at": "0001-01-01T00:00+23:00"}],
        [{"version_id": 1, "at": "2026-01-01"}] * 501,
    ],
)  # fmt: skip
def test_what_is_no_list_of_openings_is_refused(
    session: Database,
    meeting: Meeting,
    papers: list[Material],
    cast: Cast,
    sign_in: SignIn,
    told: Any,
) -> None:
    sent = tell(sign_in(cast.hoa), meeting, told)
    assert sent.status_code == 400 and "không đúng dạng" in sent.text
    assert receipts(session) == {}


def test_an_opening_of_what_one_may_not_see_is_passed_over(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    elsewhere = hand_out(cast, scheduled(cast), "a.txt", b"khac").current
    session.commit()
    told = [{"version_id": n, "at": "2026-01-01"} for n in (elsewhere.id, 10**12, -1, 10**30)]
    assert tell(sign_in(cast.hoa), meeting, told).json == {"noted": 0}
    assert tell(sign_in(cast.chau), meeting, told).status_code == 404
    assert receipts(session) == {}


# -- the page for when there is no line ------------------------------------------------------


def test_the_page_lists_what_can_be_kept(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    papers[1].guard = Guard.VIEW_ONLY
    session.commit()
    page = sign_in(cast.hoa).get(f"/meetings/{meeting.id}/offline").text
    assert page.count("data-sha=") == 2 and "Chỉ đọc trên Meetly" in page
    assert f'data-reader="{cast.hoa.id}"' in page
    assert f"/meetings/{meeting.id}/pack/files/{papers[0].current.sha256}" in page


def test_the_script_that_answers_without_a_line_is_given_to_anybody_and_never_old(
    client: FlaskClient, cast: Cast
) -> None:
    sent = client.get("/sw.js", buffered=True)
    assert sent.status_code == 200 and sent.mimetype == "text/javascript"
    assert sent.headers["Service-Worker-Allowed"] == "/"
    assert sent.headers["Cache-Control"] == "no-cache"


def test_pages_may_start_our_worker_and_nothing_else_is_loosened(client: FlaskClient) -> None:
    policy = client.get("/sign-in").headers["Content-Security-Policy"]
    assert "worker-src 'self'" in policy and "unsafe" not in policy
    assert policy.startswith("default-src 'none'")


def test_a_meeting_that_is_withdrawn_from_a_unit_takes_its_pack_along(
    session: Database, meeting: Meeting, papers: list[Material], cast: Cast, sign_in: SignIn
) -> None:
    from dataclasses import replace

    browser = sign_in(cast.hoa)
    assert get(browser, meeting, "/manifest.json").status_code == 200
    plan = replace(meetings.plan_of(meeting), unit_ids=(cast.finance.id,))
    meetings.change(cast.nam, meeting, meeting.version, plan)
    session.commit()
    for path in (".zip", "/manifest.json", f"/files/{papers[0].current.sha256}"):
        assert get(browser, meeting, path).status_code == 404
    assert browser.get(f"/meetings/{meeting.id}/offline").status_code == 404
