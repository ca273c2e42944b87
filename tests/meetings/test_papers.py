"""The letter of invitation and the week: as they always were, whatever is written into them."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zipfile import ZipFile

import pypdfium2
import pytest
from flask.testing import FlaskClient

from meetly.accounts.models import UnitKind, User
from meetly.errors import NotAllowed, NotFound
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.papers import service
from meetly.meetings.papers.document_letter import Letter, letter_docx, spell
from meetly.meetings.papers.document_week import Entry, Week, week_docx
from meetly.meetings.papers.invitees import Party, invitees
from meetly.paper_parts import Letterhead
from tests.cast import Cast
from tests.conftest import missing
from tests.document_text import as_text, paragraphs, read
from tests.meetings.plans import drafted, scheduled

GOLDEN = Path(__file__).parent.parent / "golden"
HEAD = Letterhead("UBND TỈNH LAM GIANG", "VĂN PHÒNG")
LETTER = Letter(
    head=HEAD, number="5", code="VP", locality="Lam Giang", office="Văn phòng UBND tỉnh",
    post="Chánh Văn phòng", signer="Lê Thị Minh Hòa", issued=date(2026, 11, 18),
    title="Hội nghị giao ban trực tuyến tháng 11 năm 2026",
    starts=datetime(2026, 11, 23, 8, 0), ends=datetime(2026, 11, 23, 10, 30),
    chair="Trần Quốc Khải, Chủ tịch UBND tỉnh", place="Phòng họp số 1 và 75 điểm cầu",
    link="https://hop.lamgiang.example/giao-ban",
    invited=("Lãnh đạo các sở, ban, ngành (trừ Sở Xây dựng)", "Chủ tịch UBND các xã, phường"),
    agenda=("Báo cáo giải ngân (Sở Tài chính, 10 phút)", "Thảo luận"),
    notes=("Đề nghị các điểm cầu kết nối trước 7 giờ 30",),
)  # fmt: skip
ENTRY = Entry(
    starts=datetime(2026, 11, 23, 8, 0), ends=datetime(2026, 11, 23, 10, 30),
    title="Giao ban trực tuyến tháng 11", chair="Trần Quốc Khải, Chủ tịch UBND tỉnh",
    place="Phòng họp số 1", invited="Chủ tịch UBND các xã, phường", follows="Đỗ Văn Nam",
)  # fmt: skip
WEEK = Week(
    head=HEAD, locality="Lam Giang", office="Văn phòng UBND tỉnh", post="Chánh Văn phòng",
    signer="Lê Thị Minh Hòa", monday=date(2026, 11, 23), issued=date(2026, 11, 20),
    entries=(
        ENTRY,
        replace(ENTRY, starts=datetime(2026, 11, 23, 14, 0), ends=datetime(2026, 11, 23, 15, 0),
                title="Làm việc với Sở Tài chính"),
        replace(ENTRY, starts=datetime(2026, 11, 25, 8, 0), ends=datetime(2026, 11, 25, 9, 0)),
    ),
)  # fmt: skip
HOSTILE = "".join(map(chr, range(32))) + "<w:p>&\"'</w:p> \ud800\ufffe ]]> \u202eẩn\u2066 עברית"


def texts(file: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in paragraphs(read(file)))


# -- the papers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "file"), [("letter", letter_docx(LETTER)), ("week", week_docx(WEEK))]
)
def test_the_papers_look_as_they_always_did(name: str, file: bytes) -> None:
    """Run with MEETLY_WRITE_GOLDEN=1 after a wanted change, and read the difference."""
    golden = GOLDEN / f"{name}.docx.txt"
    if os.environ.get("MEETLY_WRITE_GOLDEN") == "1":
        golden.write_text(as_text(file), encoding="utf-8")
    assert as_text(file) == golden.read_text(encoding="utf-8")


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert letter_docx(LETTER) == letter_docx(LETTER)
    assert letter_docx(LETTER) != letter_docx(replace(LETTER, number="6"))
    with ZipFile(io.BytesIO(letter_docx(LETTER))) as package:
        assert "2026-11-23T08:00:00Z" in package.read("docProps/core.xml").decode()


@pytest.mark.parametrize(
    ("number", "written"),
    [("5", "Số: 05/GM-VP"), ("12/GM-UBND", "Số: 12/GM-UBND"), ("", "Số: …/GM-VP")],
)
def test_a_number_is_written_as_the_decree_wants(number: str, written: str) -> None:
    assert written in texts(letter_docx(replace(LETTER, number=number)))


def test_a_letter_of_nothing_leaves_room_for_the_hand() -> None:
    empty = replace(
        LETTER, chair="", place="", link="", invited=(), agenda=(), notes=(), signer="",
        issued=None, locality="",
    )  # fmt: skip
    said = texts(letter_docx(empty))
    assert "ngày … tháng … năm 2026" in said
    assert "Chủ trì: …" in said and "Chương trình" not in said


def test_hostile_words_stay_words() -> None:
    letter = replace(
        LETTER, title=HOSTILE, chair=HOSTILE, place=HOSTILE, link=HOSTILE, invited=(HOSTILE,),
        agenda=(HOSTILE,), notes=(HOSTILE,), number=HOSTILE[:60], signer=HOSTILE,
    )  # fmt: skip
    week = replace(WEEK, entries=(replace(ENTRY, title=HOSTILE, invited=HOSTILE),) * 3)
    for file in (letter_docx(letter), week_docx(week)):
        said = texts(file)
        assert "<w:p>&\"'</w:p>" in said
        assert "\u202e" not in said


def test_a_meeting_over_two_days_says_both() -> None:
    said = spell(datetime(2027, 2, 1, 8, 0), datetime(2027, 2, 2, 11, 30))
    assert said == (
        "từ 8 giờ 00, thứ Hai, ngày 01 tháng 02 năm 2027 "
        "đến 11 giờ 30, thứ Ba, ngày 02 tháng 02 năm 2027"
    )


# -- who is invited --------------------------------------------------------------------------

PROVINCE = (
    Party(1, "Sở Tài chính", UnitKind.DEPARTMENT),
    Party(2, "Sở Xây dựng", UnitKind.DEPARTMENT),
    Party(3, "Sở Y tế", UnitKind.DEPARTMENT),
    Party(4, "UBND xã Nậm Hoa", UnitKind.COMMUNE),
    Party(5, "UBND phường Đồi Thông", UnitKind.WARD),
)


@pytest.mark.parametrize(
    ("invited", "lines"),
    [
        ({1, 2, 3, 4, 5}, ("Lãnh đạo các sở, ban, ngành", "Chủ tịch UBND các xã, phường")),
        ({1, 3}, ("Lãnh đạo các sở, ban, ngành (trừ Sở Xây dựng)",)),
        ({2, 4}, ("Lãnh đạo Sở Xây dựng", "Chủ tịch UBND xã Nậm Hoa")),
        (set(), ()),
    ],
)
def test_groups_are_called_by_their_name(invited: set[int], lines: tuple[str, ...]) -> None:
    assert invitees(invited, PROVINCE) == lines
    assert invitees(invited, PROVINCE, ["Vàng A Sình"]) == (*lines, "Vàng A Sình")


# -- from the rows ---------------------------------------------------------------------------


def test_a_letter_says_what_the_meeting_is(cast: Cast) -> None:
    letter = service.letter_of(cast.sinh, scheduled(cast))
    assert letter.head == Letterhead("UBND TỈNH LAM GIANG", "VĂN PHÒNG")
    assert letter.invited == ("Lãnh đạo Sở Tài chính", "Chủ tịch UBND xã Nậm Hoa")
    assert letter.agenda[0] == "Giải ngân vốn đầu tư công (Sở Tài chính, 15 phút)"
    assert letter.issued is not None


def test_the_letter_of_a_draft_is_for_its_hosts_and_says_so(cast: Cast) -> None:
    meeting = drafted(cast)
    assert service.letter_of(cast.khai, meeting).head.draft
    with pytest.raises(NotAllowed):
        service.letter_of(cast.sinh, meeting)
    with pytest.raises(NotFound):
        meetings.get(cast.sinh, meeting.id)


def test_a_week_shows_a_unit_its_own_meetings_only(cast: Cast) -> None:
    scheduled(cast)
    monday = date(2099, 11, 23)
    assert len(service.week_meetings(cast.hoa, cast.nam_hoa, monday)) == 1
    assert service.week_meetings(cast.hoa, cast.nam_hoa, date(2099, 11, 16)) == []
    assert service.week_meetings(cast.chau, cast.doi_thong, monday) == []
    assert service.week_meetings(cast.chau, cast.nam_hoa, monday) == []


def test_a_week_on_paper_holds_no_draft(cast: Cast) -> None:
    drafted(cast)
    monday = date(2099, 11, 23)
    found = service.week_meetings(cast.nam, cast.office, monday)
    assert len(found) == 1
    assert service.week_of(cast.office, monday, found, is_host=True).entries == ()


# -- the pages -------------------------------------------------------------------------------


def test_the_week_can_be_read_and_taken_away(
    cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    meeting = scheduled(cast)
    db.session.commit()
    browser = sign_in(cast.hoa)
    page = browser.get("/meetings/week?week=2099-W48")
    assert "Giao ban tháng 11" in page.text and "Thứ Hai 23/11" in page.text
    assert "Tuần này không có" in browser.get("/meetings/week?week=2099-W47").text
    file = browser.get("/meetings/week.docx?week=2099-W48")
    assert "Giao ban tháng 11" in texts(file.data)
    assert "UBND XÃ NẬM HOA" in texts(file.data)
    letter = browser.get(f"/meetings/{meeting.id}/letter.docx")
    assert "trân trọng kính mời" in texts(letter.data)


@pytest.mark.parametrize("week", ["", "nonsense", "2026-W99", "9999-W01", "0-W0", "-W"])
def test_a_week_that_is_none_is_this_week(
    week: str, cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    db.session.commit()
    assert sign_in(cast.hoa).get("/meetings/week", query_string={"week": week}).status_code == 200


def test_the_week_of_a_foreign_unit_is_not_found(
    cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    db.session.commit()
    browser = sign_in(cast.hoa)
    for page in ("/meetings/week", "/meetings/week.docx"):
        assert browser.get(f"{page}?unit={cast.finance.id}").status_code == 404


# -- as pages --------------------------------------------------------------------------------


@pytest.mark.office
def test_the_letter_fits_a_page_and_the_week_lies_on_its_side(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        missing("LibreOffice")
    (tmp_path / "letter.docx").write_bytes(letter_docx(LETTER))
    (tmp_path / "week.docx").write_bytes(week_docx(replace(WEEK, entries=WEEK.entries * 12)))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    papers = [str(tmp_path / "letter.docx"), str(tmp_path / "week.docx")]
    subprocess.run(
        [str(office), profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, *papers],
        check=True, capture_output=True, timeout=200,
    )  # fmt: skip
    with pypdfium2.PdfDocument(tmp_path / "letter.pdf") as letter:
        assert len(letter) == 1
        assert letter[0].get_width() < letter[0].get_height()
        assert "GIẤY MỜI" in letter[0].get_textpage().get_text_bounded()
    with pypdfium2.PdfDocument(tmp_path / "week.pdf") as week:
        assert week[0].get_width() > week[0].get_height()
        said = "".join(page.get_textpage().get_text_bounded() for page in week)
        assert said.count("Làm việc với Sở") == 12, "LibreOffice lost a row"
