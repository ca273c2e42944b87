"""Pictures and words of papers are made by a job that no file brings down."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session, scoped_session

from meetly import clock, confined
from meetly.extensions import db
from meetly.materials import service as materials
from meetly.materials.access import Terms
from meetly.materials.formats import FORMATS
from meetly.materials.models import Guard, Material, MaterialVersion, PreviewStatus
from meetly.materials.viewing import jobs, kept
from meetly.materials.viewing import service as viewing
from meetly.meetings.models import Meeting
from meetly.storage import files
from tests.cast import Cast
from tests.conftest import missing
from tests.materials import samples
from tests.meetings.plans import scheduled
from workers import office, paging, preview_materials

Database = scoped_session[Session]


@pytest.fixture
def meeting(session: Database, cast: Cast) -> Meeting:
    made = scheduled(cast)
    session.commit()
    return made


@pytest.fixture
def libreoffice() -> None:
    if office.program() is None:
        missing("LibreOffice")


def add(
    cast: Cast, meeting: Meeting, name: str, content: bytes, terms: Terms | None = None
) -> Material:
    source = io.BytesIO(content)
    material = materials.add(cast.nam, meeting, name, source, terms=terms or Terms())
    db.session.commit()
    return material


def previewed(material: Material) -> MaterialVersion:
    preview_materials.run()
    version = material.current
    db.session.refresh(version)
    return version


def words(version: MaterialVersion) -> str:
    return files.read(version.text_key).decode() if version.text_key else ""


def test_a_pdf_becomes_pictures_and_words(cast: Cast, meeting: Meeting) -> None:
    content = samples.printed("Giải ngân đạt 62%\nkế hoạch năm.\nHai là.", "Trang hai")
    version = previewed(add(cast, meeting, "a.pdf", content))
    assert (version.preview, version.page_count, len(version.pages)) == ("ready", 2, 2)
    for page in version.pages:
        with Image.open(files.path(page.storage_key)) as picture:
            assert picture.size == (page.width, page.height)
            assert page.width == paging.WIDE
        assert files.path(page.storage_key).stat().st_size < 40_000
    assert words(version) == "Giải ngân đạt 62% kế hoạch năm.\nHai là.\nTrang hai\n"


def test_a_picture_is_made_small_and_a_text_keeps_its_words(cast: Cast, meeting: Meeting) -> None:
    picture = add(cast, meeting, "a.jpg", samples.picture((3000, 2000)))
    text = add(cast, meeting, "a.txt", "\ufeffMột\x1b.\r\nHai.".encode())
    version = previewed(picture)
    [page] = version.pages
    assert (page.width, page.height, version.page_count) == (1000, 667, 1)
    db.session.refresh(text.current)
    assert (text.current.preview, words(text.current)) == ("ready", "Một .\nHai.\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_words_of_any_encoding_we_take_are_kept(
    cast: Cast, meeting: Meeting, encoding: str
) -> None:
    content = "Đồi Thông: 62%".encode(encoding)
    assert words(previewed(add(cast, meeting, "a.txt", content))) == "Đồi Thông: 62%\n"


@pytest.mark.office
def test_office_documents_are_turned_into_pictures(
    cast: Cast, meeting: Meeting, libreoffice: None
) -> None:
    one = add(cast, meeting, "a.docx", samples.written("Giải ngân đạt 62%.", "Xin cảm ơn."))
    two = add(cast, meeting, "b.odt", _open_document("<text:p>Lời của sở.</text:p>"))
    assert preview_materials.run() == 2
    for material, said in ((one, "Giải ngân đạt 62%.\nXin cảm ơn.\n"), (two, "Lời của sở.\n")):
        version = material.current
        db.session.refresh(version)
        assert (version.preview, version.page_count, len(version.pages)) == ("ready", 1, 1)
        assert words(version) == said
        key = kept.pdf_key(version)
        assert key and files.read(key).startswith(b"%PDF")


@pytest.mark.office
def test_an_office_document_is_stamped_as_a_pdf(
    cast: Cast, meeting: Meeting, libreoffice: None
) -> None:
    terms = Terms(guard=Guard.STAMPED)
    version = previewed(add(cast, meeting, "a.docx", samples.written("Giải ngân."), terms))
    copy, media_type, name = viewing.stamped(version, viewing.stamp_for(cast.hoa, version))
    with copy:
        said = pypdfium2.PdfDocument(copy.read())[0].get_textpage().get_text_range()
    assert (media_type, name) == ("application/pdf", "a.pdf")
    assert "Giải ngân." in said and "Lò Thị Hoa" in said


MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.text"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)


def _open_document(body: str) -> bytes:
    names = " ".join(
        f'xmlns:{short}="{full}"'
        for short, full in {
            "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
            "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
            "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
            "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
            "xlink": "http://www.w3.org/1999/xlink",
        }.items()
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {names} office:version="1.2"><office:body>'
        f"<office:text>{body}</office:text></office:body></office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    return made.getvalue()


def _shows_red(folder: Path) -> bool:
    red = folder / "red.png"
    Image.new("RGB", (50, 50), (255, 0, 0)).save(red)
    document = folder / "a.odt"
    frame = f'<draw:image xlink:href="{red.as_uri()}"/>'
    document.write_bytes(
        _open_document(
            '<text:p><draw:frame svg:width="5cm" svg:height="5cm" text:anchor-type="as-char">'
            f"{frame}</draw:frame></text:p>"
        )
    )
    office.to_pdf([document], folder)
    page = pypdfium2.PdfDocument(folder / "a.pdf")[0].render().to_pil().convert("RGB")
    return (255, 0, 0) in {colour for _count, colour in page.getcolors(1 << 20) or []}


@pytest.mark.office
def test_a_document_draws_nothing_of_other_files_into_itself(
    tmp_path: Path, libreoffice: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    assert not _shows_red(tmp_path / "one")
    # The check sees what happens without the setting.
    monkeypatch.setattr(office, "_SETTINGS", office._SETTINGS.replace("true", "false"))
    (tmp_path / "two").mkdir()
    assert _shows_red(tmp_path / "two")


# -- without LibreOffice ---------------------------------------------------------------------


def test_without_libreoffice_words_are_kept_and_pictures_come_once_it_is_there(
    cast: Cast, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = office.program
    monkeypatch.setattr(office, "program", lambda: None)
    version = previewed(add(cast, meeting, "a.docx", samples.written("Giải ngân đạt 62%.")))
    assert (version.preview, version.pages) == (PreviewStatus.NONE, [])
    assert words(version) == "Giải ngân đạt 62%.\n"
    assert preview_materials.run() == 0
    monkeypatch.setattr(office, "program", there)
    assert jobs.waits(office=True) and not jobs.waits(office=False)


def _workbook() -> bytes:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    made = io.BytesIO(samples.office("xl/workbook.xml"))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f"<sst {space}><si><t>Xã Nậm Hoa</t></si></sst>")
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet {space}><sheetData><row><c t="s"><v>0</v></c><c><v>62</v></c></row>'
            '<row><c t="inlineStr"><is><t>Ghi chú</t></is></c><c t="s"><v>999</v></c></row>'
            "</sheetData></worksheet>",
        )
    return made.getvalue()


def _slides() -> bytes:
    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    made = io.BytesIO(samples.office("ppt/presentation.xml"))
    with zipfile.ZipFile(made, "a") as archive:
        for number in (10, 2):
            slide = f"<s {space}><a:p><a:r><a:t>Trang {number}</a:t></a:r></a:p></s>"
            archive.writestr(f"ppt/slides/slide{number}.xml", slide)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", _workbook(), "Xã Nậm Hoa 62\nGhi chú 999\n"),
        ("a.pptx", _slides(), "Trang 2\nTrang 10\n"),
        ("a.odt", _open_document("<text:h>Một</text:h><text:p>Hai</text:p>"), "Một\nHai\n"),
    ],
)
def test_words_are_read_from_every_kind_of_office_document(
    cast: Cast, meeting: Meeting, monkeypatch: pytest.MonkeyPatch,
    name: str, content: bytes, said: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(office, "program", lambda: None)
    assert words(previewed(add(cast, meeting, name, content))) == said


# -- hostile files ---------------------------------------------------------------------------


def _bomb_picture() -> bytes:
    made = io.BytesIO()
    Image.new("1", (40_000, 40_000)).save(made, "PNG")
    return made.getvalue()


def _bomb_document() -> bytes:
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol" * 100}">' for n in range(12)
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml", f"<?xml version='1.0'?><!DOCTYPE x [{entities}]><x><p>&e11;</p></x>"
        )
    return made.getvalue()


def _slipped_in(version: MaterialVersion, name: str, content: bytes) -> MaterialVersion:
    """Put bytes in a version's place that would be refused today, as an older house took them."""
    [kind] = [kind for kind in FORMATS.values() if name.endswith(kind.extension)]
    version.media_type, version.filename = kind.media_type, name
    files.path(version.storage_key).write_bytes(content)
    db.session.commit()
    return version


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF-1.7\nrubbish"),
        ("a.pdf", b"%PDF-1.7\n" + b"1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj\n" * 50),
        ("a.png", _bomb_picture()),
        ("a.jpg", samples.picture()[:200]),
        ("a.odt", _bomb_document()),
    ],
)
def test_a_file_that_cannot_be_read_is_set_aside_and_the_next_one_is_made(
    cast: Cast, meeting: Meeting, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    monkeypatch.setattr(office, "program", lambda: None)
    bad = _slipped_in(add(cast, meeting, "a.txt", samples.TEXT).current, name, content)
    good = add(cast, meeting, "b.txt", samples.TEXT)
    assert previewed(good).preview == PreviewStatus.READY
    db.session.refresh(bad)
    assert (bad.preview, bad.preview_attempts) == (PreviewStatus.FAILED, 3)
    assert (bad.preview_owner, bad.text_key, preview_materials.run()) == (None, "", 0)


@pytest.mark.parametrize(
    "limits", [confined.Limits(24 << 20, 20, 1 << 20), confined.Limits(1 << 30, 20, 1 << 10)]
)
def test_a_file_that_asks_for_too_much_is_set_aside(
    cast: Cast, meeting: Meeting, monkeypatch: pytest.MonkeyPatch, limits: confined.Limits
) -> None:
    monkeypatch.setattr(preview_materials, "LIMITS", limits)
    version = previewed(add(cast, meeting, "a.pdf", samples.printed("Một")))
    assert version.preview == PreviewStatus.FAILED


@pytest.mark.parametrize("said", [{"format": "svg"}, {"format": "png", "size": "?"}, 3])
def test_what_a_captured_child_says_is_not_believed(
    cast: Cast, meeting: Meeting, monkeypatch: pytest.MonkeyPatch, said: object
) -> None:
    def look(_kind: str, _source: Path, _most: int, folder: Path) -> None:
        (folder / "1").write_bytes(b"<svg onload='x()'/>")
        (folder / "made").write_text(json.dumps({"page_count": 1, "pages": [said]}))

    monkeypatch.setattr(preview_materials, "_look", look)
    version = previewed(add(cast, meeting, "a.pdf", samples.PDF))
    assert (version.preview, version.pages) == (PreviewStatus.FAILED, [])


# -- the lease -------------------------------------------------------------------------------


def test_a_dead_makers_version_is_made_by_another_and_never_twice(
    cast: Cast, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = add(cast, meeting, "a.txt", samples.TEXT).current
    assert [v.id for v in jobs.claim("dead", 4, office=False)] == [version.id]
    db.session.commit()
    assert preview_materials.run() == 0
    later = clock.now() + jobs.LEASE * 2
    monkeypatch.setattr(clock, "now", lambda: later)
    assert preview_materials.run() == 1
    assert not jobs.finish(version, "dead", jobs.Made(PreviewStatus.NONE))
    db.session.refresh(version)
    assert version.preview == PreviewStatus.READY


def test_a_version_that_was_tried_before_is_claimed_alone(cast: Cast, meeting: Meeting) -> None:
    tried, *fresh = [add(cast, meeting, "a.txt", f"Lời {n}".encode()).current for n in range(3)]
    tried.preview_attempts = 1
    db.session.commit()
    assert [v.id for v in jobs.claim("a", 4, office=False)] == [v.id for v in fresh]
    assert [v.id for v in jobs.claim("b", 4, office=False)] == [tried.id]


def test_more_pages_are_made_once_a_paper_is_only_looked_at(cast: Cast, meeting: Meeting) -> None:
    content = samples.printed(*(f"trang {n}" for n in range(12)))
    material = add(cast, meeting, "a.pdf", content)
    assert len(previewed(material).pages) == 10
    viewing.change_terms(cast.nam, material, Terms(guard=Guard.VIEW_ONLY))
    db.session.commit()
    assert len(previewed(material).pages) == 12


def test_what_was_made_of_a_version_that_is_no_more_is_swept(
    app: Flask, cast: Cast, meeting: Meeting
) -> None:
    version = previewed(add(cast, meeting, "a.txt", samples.TEXT))
    files.write("previews/gone/1.png", [samples.png()])
    assert jobs.sweep(3600) == 0  # its row may be on the way
    assert jobs.sweep(-1) == 1
    assert files.exists(version.text_key) and not files.exists("previews/gone/1.png")
