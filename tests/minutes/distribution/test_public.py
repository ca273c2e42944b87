"""What anybody may read: marked documents alone, and nothing else of the meeting with them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree  # type: ignore[import-untyped]

from meetly import clock
from meetly.accounts.models import User
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.minutes import kept_papers
from meetly.minutes.distribution import public, service
from meetly.minutes.issuing.models import OfficialDocument
from meetly.minutes.signing import service as signing
from tests.cast import Cast
from tests.minutes.distribution import issued as told
from tests.minutes.distribution.issued import SUBJECT, issued, minutes_of
from tests.queries import counting

SignIn = Callable[[User], FlaskClient]
ATOM = {"a": "http://www.w3.org/2005/Atom"}
CANARY = "chimhoangyen"


@pytest.fixture
def document(cast: Cast) -> OfficialDocument:
    """Give a public document of a meeting whose every other text holds the canary."""
    minutes = minutes_of(cast)
    minutes.meeting.title = f"Giao ban {CANARY}"
    minutes.meeting.note = minutes.meeting.place = CANARY
    made = issued(cast.nam, cast.khai, minutes, recipients=f"- {CANARY};", public=True)
    cast.khai.name = cast.nam.name = f"Người {CANARY}"
    cast.nam_hoa.name = f"Xã {CANARY}"
    made.entry.signer, made.entry.link = CANARY, f"/{CANARY}"
    told.printed(made)
    db.session.commit()
    return made


def pages(document: OfficialDocument) -> tuple[str, ...]:
    return "/public", f"/public/{document.id}", "/public/feed.atom"


# -- what shows ------------------------------------------------------------------------------


def test_anybody_reads_the_document_its_hash_and_its_pages(
    client: FlaskClient, document: OfficialDocument
) -> None:
    assert SUBJECT in client.get("/public").text
    page = client.get(f"/public/{document.id}").text
    for words in (SUBJECT, "05/TB-VP", "26/11/2026", "Văn phòng UBND tỉnh", document.signed_sha256):
        assert words in page, words
    file = client.get(f"/public/{document.id}/file")
    assert file.data == kept_papers.read(document.signed_sha256, "pdf")
    assert file.mimetype == "application/pdf"
    saved = client.get(f"/public/{document.id}/file?save=1")
    assert 'attachment; filename="05-TB-VP-2026.pdf"' in saved.headers["Content-Disposition"]
    assert client.get(f"/public/{document.id}/pages/2").mimetype == "image/png"
    for number in (0, 3):
        assert client.get(f"/public/{document.id}/pages/{number}").status_code == 404


def test_the_pages_are_those_of_the_signed_file(
    client: FlaskClient, document: OfficialDocument
) -> None:
    assert document.printed is not None
    bare = document.printed.pages[0]
    picture = client.get(f"/public/{document.id}/pages/1").data
    assert picture == signing.picture_in(document.signed_sha256, 1)[0]
    assert picture != kept_papers.read(bare["sha256"], bare["format"])


def test_nothing_else_of_the_meeting_shows(client: FlaskClient, document: OfficialDocument) -> None:
    for page in pages(document):
        answer = client.get(page)
        assert answer.status_code == 200 and CANARY not in answer.text, page


@pytest.mark.parametrize("field", ["subject", "issuer"])
def test_the_check_sees_a_page_that_tells_of_the_meeting(
    client: FlaskClient, document: OfficialDocument, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    original = public.shown

    def telling(row: OfficialDocument, *more: Any) -> public.PublicPaper:  # planted
        changes: Any = {field: row.minutes.meeting.title}
        return dataclasses.replace(original(row, *more), **changes)

    monkeypatch.setattr(public, "shown", telling)
    with pytest.raises(AssertionError):
        test_nothing_else_of_the_meeting_shows(client, document)


def test_only_what_is_issued_and_marked_is_there(
    cast: Cast, client: FlaskClient, document: OfficialDocument, sign_in: SignIn
) -> None:
    hidden = issued(cast.nam, cast.khai, document.minutes, subject="Không công khai")
    early = told.registered(cast.nam, cast.khai, document.minutes, subject="Chưa phát hành")
    early.public_at = clock.now()
    for browser in (client, sign_in(cast.nam)):
        for row in (hidden, early):
            for path in ("", "/file", "/pages/1"):
                assert browser.get(f"/public/{row.id}{path}").status_code == 404
            for page in ("/public", "/public/feed.atom"):
                assert row.entry.subject not in browser.get(page).text


def test_a_secretary_or_leader_opens_it_and_closes_it_again(
    cast: Cast, client: FlaskClient, document: OfficialDocument, sign_in: SignIn
) -> None:
    at = f"/documents/{document.id}"
    words = sign_in(cast.khai).post(f"{at}/not-public", follow_redirects=True).text
    assert "vẫn còn ở chỗ họ" in words
    assert [client.get(page).status_code for page in pages(document)] == [200, 404, 200]
    assert SUBJECT not in client.get("/public").text + client.get("/public/feed.atom").text
    assert sign_in(cast.hoa).post(f"{at}/public").status_code in (403, 404)
    assert client.get(f"/public/{document.id}").status_code == 404
    sign_in(cast.nam).post(f"{at}/public")
    assert client.get(f"/public/{document.id}").status_code == 200


def test_a_correction_is_named_where_it_is_public_and_only_told_of_otherwise(
    cast: Cast, client: FlaskClient, document: OfficialDocument
) -> None:
    newer = issued(cast.nam, cast.khai, document.minutes, corrects=document, subject="Bản đúng")
    page = client.get(f"/public/{document.id}").text
    assert "Đã có văn bản thay thế" in page
    assert "06/TB-VP" not in page and f"/public/{newer.id}" not in page
    service.publish(cast.nam, newer)
    page = client.get(f"/public/{document.id}").text
    assert "Xem văn bản số 06/TB-VP" in page and f'href="/public/{newer.id}"' in page


def test_without_a_pdf_the_word_file_is_handed_out(cast: Cast, client: FlaskClient) -> None:
    document = issued(cast.nam, cast.khai, minutes_of(cast), signed=False, public=True)
    assert document.printed is not None
    document.printed.pdf_sha256 = ""
    page = client.get(f"/public/{document.id}").text
    assert "Bản gốc ký trên giấy" in page and document.docx_sha256 in page
    file = client.get(f"/public/{document.id}/file")
    assert file.data == kept_papers.read(document.docx_sha256)
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_bytes_that_changed_are_not_handed_out(
    app: Flask, client: FlaskClient, document: OfficialDocument
) -> None:
    from meetly.storage import files

    path = files.path(kept_papers.key(document.signed_sha256, "pdf"))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"x")
    assert client.get(f"/public/{document.id}/file").status_code == 400


# -- the list --------------------------------------------------------------------------------


def test_the_list_goes_on_page_by_page_and_keeps_to_a_unit(
    cast: Cast, client: FlaskClient, document: OfficialDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "PAGE", 2)
    made = [issued(cast.nam, cast.khai, document.minutes, subject=f"Văn bản {n}") for n in range(4)]
    same = datetime(2026, 11, 26, 3, 0, 0, 5, tzinfo=UTC)  # all in one moment: nothing is skipped
    for row in [document, *made]:
        row.public_at = same
    seen: list[int] = []
    address = f"/public?unit={cast.office.id}"
    while address:
        page = client.get(address).text
        seen += [int(n) for n in re.findall(r'href="/public/(\d+)"', page)]
        older = re.search(r'href="([^"]*before=[^"]*)"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen == [row.id for row in reversed([document, *made])]
    assert "/public/1" not in client.get(f"/public?unit={cast.finance.id}").text
    with pytest.raises(BadInput):
        public.listing(before="hôm qua")
    assert client.get("/public?before=x-y").status_code == 400


def test_a_longer_list_asks_the_database_no_more_often(
    cast: Cast, document: OfficialDocument
) -> None:
    def asked() -> int:
        db.session.expire_all()
        with counting() as sent:
            public.listing()
        return len(sent)

    issued(cast.nam, cast.khai, document.minutes, public=True)
    db.session.flush()
    few = asked()
    for _ in range(4):
        issued(cast.nam, cast.khai, document.minutes, public=True)
    db.session.flush()
    assert asked() == few


# -- the feed --------------------------------------------------------------------------------


def feed(client: FlaskClient) -> Any:
    answer = client.get("/public/feed.atom")
    assert answer.mimetype == "application/atom+xml"
    return etree.fromstring(answer.data, etree.XMLParser(resolve_entities=False))


def test_the_feed_is_what_rfc_4287_asks_for(
    client: FlaskClient, document: OfficialDocument
) -> None:
    document.entry.subject = 'Giá <b>"5 & 6"</b> \x07'
    root = feed(client)
    [entry] = root.findall("a:entry", ATOM)
    for element, needed in ((root, 1), (entry, 1)):
        for name in ("id", "title", "updated"):  # sections 4.1.1 and 4.1.2: exactly one of each
            assert len(element.findall(f"a:{name}", ATOM)) == needed, name
    assert entry.findtext("a:author/a:name", namespaces=ATOM) == "Văn phòng UBND tỉnh"
    assert entry.findtext("a:title", namespaces=ATOM) == '05/TB-VP: Giá <b>"5 & 6"</b>'
    assert (
        entry.findtext("a:id", namespaces=ATOM)
        == f"tag:127.0.0.1,2026:meetly/document/{document.id}"
    )
    for moment in root.iterfind(".//a:updated", ATOM):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment.text)
    links = {link.get("rel"): link.get("href") for link in entry.findall("a:link", ATOM)}
    assert links == {
        "alternate": f"http://127.0.0.1:8000/public/{document.id}",
        "enclosure": f"http://127.0.0.1:8000/public/{document.id}/file",
    }
    [own] = [link for link in root.findall("a:link", ATOM) if link.get("rel") == "self"]
    assert own.get("href") == "http://127.0.0.1:8000/public/feed.atom"


def test_addresses_never_come_from_the_request(
    client: FlaskClient, document: OfficialDocument
) -> None:
    forged = client.get(
        "/public/feed.atom",
        headers={
            "Host": "evil.example",
            "X-Forwarded-Host": "evil.example",
            "Forwarded": "host=evil.example",
        },
    )
    assert forged.status_code == 200 and b"evil" not in forged.data


def test_names_stay_and_the_time_moves_when_a_correction_comes(
    cast: Cast, client: FlaskClient, document: OfficialDocument
) -> None:
    def of(root: Any) -> tuple[str, str]:
        [entry] = [
            e
            for e in root.findall("a:entry", ATOM)
            if SUBJECT in e.findtext("a:title", namespaces=ATOM)
        ]
        return tuple(entry.findtext(f"a:{name}", namespaces=ATOM) for name in ("id", "updated"))

    document.public_at = clock.now() - timedelta(days=3)
    before = of(feed(client))
    issued(cast.nam, cast.khai, document.minutes, corrects=document, subject="Bản đúng")
    after = of(feed(client))
    assert after[0] == before[0] and after[1] > before[1]


def test_the_feed_holds_the_newest_and_answers_who_has_it_already_briefly(
    cast: Cast, client: FlaskClient, document: OfficialDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "IN_FEED", 2)
    first = client.get("/public/feed.atom")
    tag = {"If-None-Match": first.headers["ETag"]}
    unchanged = client.get("/public/feed.atom", headers=tag)
    assert unchanged.status_code == 304 and unchanged.data == b""
    for n in range(2):
        row = issued(cast.nam, cast.khai, document.minutes, subject=f"Mới {n}", public=True)
        row.public_at = clock.now() + timedelta(minutes=n + 1)
    changed = client.get("/public/feed.atom", headers=tag)
    assert changed.status_code == 200
    titles = [e.text for e in feed(client).iterfind("a:entry/a:title", ATOM)]
    assert titles == ["07/TB-VP: Mới 1", "06/TB-VP: Mới 0"]


def test_an_empty_feed_is_a_feed(client: FlaskClient) -> None:
    root = feed(client)
    assert root.findall("a:entry", ATOM) == []
    assert root.findtext("a:updated", namespaces=ATOM) == "1970-01-01T00:00:00Z"


# -- what may be kept ------------------------------------------------------------------------


def test_files_may_be_kept_if_asked_again_pages_of_people_never(
    cast: Cast, client: FlaskClient, document: OfficialDocument, sign_in: SignIn
) -> None:
    for path in (
        "/public/feed.atom",
        f"/public/{document.id}/file",
        f"/public/{document.id}/pages/1",
    ):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "public, no-cache" and answer.headers["ETag"]
        assert "Set-Cookie" not in answer.headers
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304, path
    reader = sign_in(cast.nam)
    for path in ("/public", f"/public/{document.id}", f"/documents/{document.id}/recipients"):
        answer = reader.get(path)
        assert answer.headers["Cache-Control"] == "no-store, private", path
        assert "Cookie" in answer.headers["Vary"]


def test_who_kept_it_hears_when_it_is_public_no_more(
    cast: Cast, client: FlaskClient, document: OfficialDocument
) -> None:
    tag = {"If-None-Match": client.get(f"/public/{document.id}/file").headers["ETag"]}
    service.unpublish(cast.nam, document)
    assert client.get(f"/public/{document.id}/file", headers=tag).status_code == 404
