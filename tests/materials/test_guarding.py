"""A guarded paper leaves with its reader's name on every page, or does not leave at all."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pypdfium2
import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageChops
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from meetly import confined
from meetly.accounts.models import User
from meetly.errors import WrongState
from meetly.extensions import db
from meetly.materials import guarding
from meetly.materials.access import Terms
from meetly.materials.guarding import Handing
from meetly.materials.models import Access, Guard, Material, Receipt
from meetly.materials.viewing import service as viewing
from meetly.materials.viewing import stamping
from meetly.meetings.models import Meeting
from tests.cast import Cast
from tests.materials import samples
from tests.materials.papers import STAMPED, VIEW_ONLY, hand_out
from tests.meetings.plans import scheduled

SignIn = Callable[[User], FlaskClient]
Database = scoped_session[Session]


@pytest.fixture
def meeting(session: Database, cast: Cast) -> Meeting:
    made = scheduled(cast)
    session.commit()
    return made


def download(browser: FlaskClient, material: Material, query: str = "") -> TestResponse:
    return browser.get(f"/materials/versions/{material.current.id}{query}", buffered=True)


def words_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in document]


def assert_names(pdf: bytes, name: str, unit: str, *others: str) -> None:
    """Every page names this reader, and none of the others."""
    pages = words_of(pdf)
    assert pages
    for page in pages:
        assert f"{name} · {unit} · " in page.replace("\r\n", " ")
        assert not [other for other in others if other in page]


@pytest.mark.parametrize(
    ("who", "stamped", "view_only"),
    [
        ("nam", Handing.ORIGINAL, Handing.ORIGINAL),
        ("khai", Handing.STAMPED, Handing.STAMPED),
        ("long", Handing.STAMPED, Handing.PAGES),
        ("hoa", Handing.STAMPED, Handing.PAGES),
    ],
)
def test_who_is_handed_what(
    cast: Cast, meeting: Meeting, who: str, stamped: Handing, view_only: Handing
) -> None:
    person = getattr(cast, who)
    assert guarding.handing(person, hand_out(cast.nam, meeting, STAMPED)) == stamped
    assert guarding.handing(person, hand_out(cast.nam, meeting, VIEW_ONLY)) == view_only
    assert guarding.handing(person, hand_out(cast.nam, meeting, Terms())) == Handing.ORIGINAL


def test_who_handed_a_paper_out_has_the_file_anyway(cast: Cast, meeting: Meeting) -> None:
    material = hand_out(cast.long, meeting, VIEW_ONLY, item=meeting.agenda[0])
    assert guarding.handing(cast.long, material) == Handing.ORIGINAL


# -- stamped ---------------------------------------------------------------------------------


def test_each_reader_gets_a_copy_that_names_them_on_every_page(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    material = hand_out(cast.nam, meeting, STAMPED, samples.printed("một", "hai", "ba"))
    hoa = download(sign_in(cast.hoa), material)
    long = download(sign_in(cast.long), material, "?save=1")
    assert_names(hoa.data, "Lò Thị Hoa", "UBND xã Nậm Hoa", "Phạm Đức Long")
    assert_names(long.data, "Phạm Đức Long", "Sở Tài chính", "Lò Thị Hoa")
    assert hoa.headers["Cache-Control"] == "no-store, private"
    assert "ETag" not in hoa.headers
    assert long.headers["Content-Disposition"].startswith("attachment")
    assert len(session.scalars(select(Receipt)).all()) == 2
    assert download(sign_in(cast.nam), material).data == samples.printed("một", "hai", "ba")


def test_the_check_sees_a_stamp_that_is_the_same_for_everybody(
    cast: Cast, meeting: Meeting, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarding, "words_for", lambda *_: "Lò Thị Hoa · UBND xã Nậm Hoa · 1")
    material = hand_out(cast.nam, meeting, STAMPED)
    long = download(sign_in(cast.long), material)
    with pytest.raises(AssertionError):
        assert_names(long.data, "Phạm Đức Long", "Sở Tài chính", "Lò Thị Hoa")


def test_nothing_of_the_unstamped_file_stands_in_the_stamped_one(
    cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    original = samples.printed("một")
    material = hand_out(cast.nam, meeting, STAMPED, original)
    copy = download(sign_in(cast.hoa), material).data
    assert copy.count(b"%%EOF") == 1
    assert original[:-200] not in copy


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_name_stands_upright_at_the_foot_however_a_page_is_turned(
    cast: Cast, meeting: Meeting, sign_in: SignIn, turn: int
) -> None:
    material = hand_out(cast.nam, meeting, STAMPED, samples.printed("", turn=turn))
    page = pypdfium2.PdfDocument(download(sign_in(cast.hoa), material).data)[0]
    seen = page.render(scale=2).to_pil().convert("L")
    foot = seen.crop((0, seen.height - 30, seen.width, seen.height))
    marks = foot.point(lambda shade: 255 * (shade < 140)).getbbox()
    assert marks is not None
    wide, high = marks[2] - marks[0], marks[3] - marks[1]
    assert wide > 10 * high


def test_a_picture_is_stamped_in_its_own_format(
    cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    material = hand_out(cast.nam, meeting, STAMPED, samples.picture(), name="a.jpg")
    answer = download(sign_in(cast.hoa), material)
    copy = Image.open(io.BytesIO(answer.data))
    assert (copy.format, copy.size, answer.mimetype) == ("JPEG", (1200, 900), "image/jpeg")
    plain = Image.open(io.BytesIO(samples.picture()))
    assert ImageChops.difference(copy, plain).convert("L").point(lambda d: 255 * (d > 60)).getbbox()


def test_pictures_of_pages_name_whoever_looks(
    cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    material = hand_out(cast.nam, meeting, STAMPED)
    address = f"/materials/versions/{material.current.id}/pages/1"
    hoa, long = (sign_in(person).get(address, buffered=True) for person in (cast.hoa, cast.long))
    assert hoa.headers["Cache-Control"] == "no-store, private"
    seen = [Image.open(io.BytesIO(answer.data)).convert("L") for answer in (hoa, long)]
    assert ImageChops.difference(*seen).point(lambda d: 255 * (d > 60)).getbbox()


def test_a_text_is_read_on_its_page_under_the_readers_name(
    cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    material = hand_out(cast.nam, meeting, STAMPED, samples.TEXT, name="a.txt")
    browser = sign_in(cast.hoa)
    answer = download(browser, material)
    assert answer.headers["Location"] == f"/materials/{material.id}"
    page = browser.get(f"/materials/{material.id}").text
    assert "giải ngân đạt 62%" in page and "Lò Thị Hoa · UBND xã Nậm Hoa · " in page


def test_nobody_waits_for_the_database_while_pages_are_stamped(
    cast: Cast, meeting: Meeting, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    material = hand_out(cast.nam, meeting, STAMPED)
    really, held = stamping.document, []

    def document(path: Path, kind: str, words: str) -> BinaryIO:
        held.append(db.session.registry().in_transaction())
        return really(path, kind, words)

    monkeypatch.setattr(stamping, "document", document)
    assert download(sign_in(cast.hoa), material).status_code == 200
    assert held == [False]


def test_a_file_that_bears_no_stamp_is_not_handed_out_and_not_called_opened(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    material = hand_out(cast.nam, meeting, STAMPED, b"%PDF-1.7\nrubbish")
    answer = download(sign_in(cast.hoa), material)
    assert answer.status_code == 409
    assert "Không đóng dấu được" in answer.text
    assert session.scalars(select(Receipt)).all() == []


def test_headers_alone_stamp_nothing_and_looking_ahead_is_no_opening(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    material = hand_out(cast.nam, meeting, STAMPED)
    browser = sign_in(cast.hoa)
    address = f"/materials/versions/{material.current.id}"
    head = browser.head(address)
    assert (head.status_code, head.data) == (200, b"")
    ahead = browser.get(address, headers={"Sec-Purpose": "prefetch"}, buffered=True)
    assert ahead.status_code == 200
    assert session.scalars(select(Receipt)).all() == []


# -- read on its page only -------------------------------------------------------------------


def test_bytes_of_a_paper_that_is_only_looked_at_are_given_to_nobody_else(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    material = hand_out(cast.nam, meeting, VIEW_ONLY)
    address = f"/materials/versions/{material.current.id}"
    for person in (cast.hoa, cast.long):
        browser = sign_in(person)
        for query in ("", "?save=1"):
            answer = download(browser, material, query)
            assert (answer.status_code, answer.location) == (302, f"/materials/{material.id}")
            assert b"%PDF" not in answer.data
        assert browser.get(address, headers={"Range": "bytes=0-9"}).status_code == 302
        page = browser.get(f"/materials/{material.id}").text
        assert address + '"' not in page and "pages/1" in page and "chỉ xem trên trang" in page
    assert session.scalars(select(Receipt)).all() == []
    assert download(sign_in(cast.nam), material).data.startswith(b"%PDF")
    assert_names(
        download(sign_in(cast.khai), material).data, "Trần Quốc Khải", "Văn phòng UBND tỉnh"
    )


def test_a_paper_that_is_only_looked_at_is_found_by_its_words_but_not_quoted(
    cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    hand_out(cast.nam, meeting, VIEW_ONLY, samples.printed("việc cơ mật"), title="Báo cáo")
    page = sign_in(cast.hoa).get("/search?q=co mat").text
    assert "Báo cáo" in page and "việc cơ mật" not in page


def test_all_pages_are_made_of_a_paper_that_is_only_looked_at(cast: Cast, meeting: Meeting) -> None:
    content = samples.printed(*(f"trang {n}" for n in range(14)))
    plain = hand_out(cast.nam, meeting, Terms(), content).current
    guarded = hand_out(cast.nam, meeting, VIEW_ONLY, content).current
    assert (plain.page_count, len(plain.pages)) == (14, 10)
    assert (guarded.page_count, len(guarded.pages)) == (14, 14)


# -- the stamping process --------------------------------------------------------------------


def test_what_asks_for_too_much_is_stopped_and_said(
    cast: Cast, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    material = hand_out(cast.nam, meeting, Terms(Access.ALL, guard=Guard.STAMPED))
    monkeypatch.setattr(stamping, "LIMITS", confined.Limits(1 << 30, 20, 4 << 10))
    with pytest.raises(WrongState, match="Không đóng dấu được"):
        viewing.stamped(material.current, "Lò Thị Hoa")
