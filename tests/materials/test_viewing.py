"""Papers looked at on their page: pictures, what counts as an opening, and what changed since."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from meetly.accounts.models import User
from meetly.materials.access import OPEN
from meetly.materials.models import Material, PreviewStatus, Receipt
from meetly.meetings.models import Meeting
from tests.cast import Cast
from tests.materials import samples
from tests.materials.papers import VIEW_ONLY, add_version, hand_out
from tests.meetings.plans import scheduled

SignIn = Callable[[User], FlaskClient]
Database = scoped_session[Session]

FIRST = "Giải ngân đạt 62% kế hoạch.\nCác xã nộp báo cáo trước ngày 05/12.\nXin cảm ơn."
SECOND = "Giải ngân đạt 62% kế hoạch.\nCác xã nộp báo cáo trước ngày 10/12.\nXin cảm ơn."


@pytest.fixture
def meeting(session: Database, cast: Cast) -> Meeting:
    made = scheduled(cast)
    session.commit()
    return made


@pytest.fixture
def material(cast: Cast, meeting: Meeting) -> Material:
    return hand_out(cast.nam, meeting, OPEN, samples.printed(FIRST, "Trang hai"), title="Báo cáo")


def _receipts(session: Database) -> list[int]:
    return list(session.scalars(select(Receipt.version_id)))


def test_a_paper_shows_its_pages_with_their_places_kept_free(
    session: Database, cast: Cast, material: Material, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    page = browser.get(f"/materials/{material.id}").text
    address = f"/materials/versions/{material.current.id}/pages/"
    for number, picture in enumerate(material.current.pages, start=1):
        sized = f'width="{picture.width}" height="{picture.height}" loading="lazy"'
        assert f'src="{address}{number}" {sized} alt="Trang {number} của Báo cáo"' in page
    assert 'href="#page-2"' in page
    assert _receipts(session) == []  # nothing was seen yet
    shown = browser.get(f"{address}2", buffered=True)
    assert shown.mimetype in ("image/webp", "image/png") and _receipts(session) == []
    first = browser.get(f"{address}1", buffered=True)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert _receipts(session) == [material.current.id]
    again = browser.get(
        f"{address}1", headers={"If-None-Match": first.headers["ETag"]}, buffered=True
    )
    assert again.status_code == 304


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Moz"])
def test_a_page_fetched_ahead_is_no_opening(
    session: Database, cast: Cast, material: Material, sign_in: SignIn, header: str
) -> None:
    address = f"/materials/versions/{material.current.id}/pages/1"
    answer = sign_in(cast.hoa).get(address, headers={header: "prefetch"}, buffered=True)
    assert answer.status_code == 200 and _receipts(session) == []
    assert (
        sign_in(cast.hoa).head(address, buffered=True).status_code == 200
        and _receipts(session) == []
    )


@pytest.mark.parametrize("number", ["0", "3", "99999999999999999999", "-1", "x"])
def test_a_page_that_is_not_there_is_not_found(
    cast: Cast, material: Material, sign_in: SignIn, number: str
) -> None:
    address = f"/materials/versions/{material.current.id}/pages/{number}"
    assert sign_in(cast.hoa).get(address).status_code == 404


def test_a_text_shows_its_words_which_is_its_opening(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    evil = "<script>x()</script> Giải ngân đạt 62%."
    paper = hand_out(cast.nam, meeting, OPEN, evil.encode(), name="a.txt")
    browser = sign_in(cast.hoa)
    browser.get(f"/materials/{paper.id}", headers={"Sec-Purpose": "prefetch"})
    assert _receipts(session) == []
    page = browser.get(f"/materials/{paper.id}").text
    assert "đạt 62%" in page and "<script>x()" not in page
    assert _receipts(session) == [paper.current.id]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (PreviewStatus.WAITING, "Đang chuẩn bị trang xem trước"),
        (PreviewStatus.FAILED, "Không xem trước được tệp này"),
        (PreviewStatus.NONE, "Máy chủ chưa có LibreOffice nên chưa xem trước được."),
    ],
)
def test_a_paper_without_pictures_says_why(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn,
    status: PreviewStatus, said: str,
) -> None:  # fmt: skip
    paper = hand_out(cast.nam, meeting, OPEN, samples.TEXT, name="a.txt")
    version = paper.current
    version.preview, version.text_key = status, ""
    version.media_type = "application/vnd.oasis.opendocument.text"
    session.commit()
    assert said in sign_in(cast.hoa).get(f"/materials/{paper.id}").text


# -- what changed ----------------------------------------------------------------------------


def test_a_reader_sees_what_changed_since_the_version_they_opened(
    session: Database, cast: Cast, material: Material, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    listed = f"/meetings/{material.meeting_id}/materials"
    browser.get(f"/materials/versions/{material.current.id}/pages/1", buffered=True)
    assert "Đã mở" in browser.get(listed).text
    add_version(cast.nam, material, samples.printed(SECOND, "Trang hai"))
    page = browser.get(f"/materials/{material.id}").text
    assert "Thay đổi từ bản 1 bạn đã mở" in page
    assert "<del>05</del><ins>10</ins>/12" in page
    assert "… 1 đoạn không đổi …" in page
    row = browser.get(listed).text
    assert "Có bản mới từ" in row and "Đã mở" not in row
    browser.get(f"/materials/versions/{material.current.id}/pages/1", buffered=True)
    assert "Đã mở" in browser.get(listed).text
    # who has opened the new one too still sees what was new in it
    assert "<ins>10</ins>" in browser.get(f"/materials/{material.id}").text
    assert "Thay đổi từ bản" not in sign_in(cast.sinh).get(f"/materials/{material.id}").text


def test_the_words_of_a_paper_that_is_only_looked_at_are_not_compared(
    cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    paper = hand_out(cast.nam, meeting, VIEW_ONLY, samples.printed(FIRST))
    browser = sign_in(cast.hoa)
    browser.get(f"/materials/versions/{paper.current.id}/pages/1", buffered=True)
    add_version(cast.nam, paper, samples.printed(SECOND))
    page = browser.get(f"/materials/{paper.id}").text
    assert "nên không so sánh lời văn" in page and "<ins>" not in page


def test_a_paper_is_found_by_the_words_of_its_current_version(
    cast: Cast, material: Material, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    assert "Báo cáo" in browser.get("/search?q=cac xa nop").text
    add_version(cast.nam, material, samples.printed("Nội dung khác"))
    assert "Không tìm thấy" in browser.get("/search?q=cac xa nop").text
    assert "Báo cáo" in browser.get("/search?q=noi dung khac").text
