"""The way of minutes through Word: taken away, edited, saved by LibreOffice, brought back."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from meetly.accounts.models import User
from meetly.directions import service as directions
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.minutes import kept_papers, service
from meetly.minutes.models import Minutes
from meetly.minutes.word_files import judging
from meetly.minutes.word_files import service as word_files
from meetly.minutes.word_files.models import WordFile, WordFileStatus
from tests.cast import Cast
from tests.conftest import missing
from tests.minutes import briefing
from tests.minutes.word_files.edited import Edited

SignIn = Callable[[User], FlaskClient]
OLD, NEW = "2.856 tỷ", "2.857 tỷ"


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    minutes = briefing.drafted(cast)
    directions.propose_for(minutes)
    db.session.commit()
    return minutes


def draft(user: User, minutes: Minutes) -> Edited:
    return Edited(service.document(user, minutes, "minutes")[0])


def back(user: User, minutes: Minutes, file: Edited) -> WordFile:
    return word_files.bring_back(user, minutes, "../bản sửa.DOCX", file.bytes())


def everything(word_file: WordFile) -> set[str]:
    return {proposal.block.id for proposal in word_files.would_change(word_file).blocks}


def text_of(minutes: Minutes, holds: str) -> list[str]:
    return [b.text for b in service.blocks_of(minutes) if holds in b.text]


def test_what_is_accepted_is_one_new_version_that_names_the_file(
    minutes: Minutes, cast: Cast
) -> None:
    before = service.blocks_of(minutes)
    file = draft(cast.nam, minutes)
    file.replace(OLD, NEW)
    file.comment("đồng tình, và nên", "Hỏi lại Sở Tài chính")
    found = back(cast.nam, minutes, file)
    assert found.base_version == minutes.version and service.blocks_of(minutes) == before
    version = minutes.version
    assert word_files.accept(cast.nam, found, version, everything(found), order=True) == version + 1
    changed = [(a, b) for a, b in zip(before, service.blocks_of(minutes), strict=True) if a != b]
    [(was, now)] = changed
    assert NEW in now.text and now.evidence == was.evidence and now.id == was.id
    kept = service.version_of(minutes)
    assert kept.note == "Nhận từ tệp Word «bản sửa.docx»" and kept.author_id == cast.nam.id
    [remark] = service.remarks(minutes)
    assert remark.text == "Hà: Hỏi lại Sở Tài chính" and remark.block_id
    assert Edited(kept_papers.read(found.sha256)).paragraph(NEW)


def test_the_draft_carries_marks_and_what_is_submitted_does_not(
    minutes: Minutes, cast: Cast
) -> None:
    assert b"_meetly" in part(service.document(cast.nam, minutes, "minutes")[0])
    service.submit(cast.nam, minutes, minutes.version)
    assert b"_meetly" not in part(service.document(cast.nam, minutes, "minutes")[0])


def part(document: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return archive.read("word/document.xml")


def saved_by_libreoffice(document: bytes, folder: Path) -> bytes:
    program = shutil.which("soffice")
    if program is None:
        missing("LibreOffice")
    assert program
    (folder / "in.docx").write_bytes(document)
    subprocess.run(
        [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
         "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "out"),
         str(folder / "in.docx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return (folder / "out" / "in.docx").read_bytes()


def test_libreoffice_keeps_the_marks_the_changes_and_the_comments(
    minutes: Minutes, cast: Cast, tmp_path: Path
) -> None:
    file = draft(cast.nam, minutes)
    file.track_replace(OLD, NEW)
    file.move("nên dùng chung một biểu", after="phần mềm làm được ngay")
    file.insert("đồng tình, và nên", "Một ý mới của Sở Y tế.")
    file.comment("đồng tình, và nên", "Hỏi lại")
    file.rows()[1].cells[4].paragraphs[0].runs[0].text = "20/12/2026"
    resaved = saved_by_libreoffice(file.bytes(), tmp_path)
    assert part(resaved) != part(file.bytes())
    found = word_files.bring_back(cast.nam, minutes, "a.docx", resaved)
    seen = word_files.would_change(found)
    assert sorted(p.change.value for p in seen.blocks) == ["added", "changed", "changed"]
    assert seen.moved and not found.notes and [r["text"] for r in found.remarks] == ["Hỏi lại"]
    evidence = {s for b in service.blocks_of(minutes) for s in b.evidence}
    word_files.accept(cast.nam, found, minutes.version, everything(found), order=True)
    after = service.blocks_of(minutes)
    assert text_of(minutes, NEW) and text_of(minutes, "Một ý mới của Sở Y tế.")
    assert {s for b in after for s in b.evidence} == evidence, "evidence was lost on the way"
    assert any(b.assignment and str(b.assignment.due) == "2026-12-20" for b in after)


def test_a_version_in_between_is_seen_and_a_stale_page_changes_nothing(
    minutes: Minutes, cast: Cast
) -> None:
    file = draft(cast.nam, minutes)
    file.replace(OLD, NEW)
    found, version = back(cast.nam, minutes, file), minutes.version
    block = next(b for b in service.blocks_of(minutes) if OLD in b.text)
    service.edit_block(cast.nam, minutes, version, block.id, "Sửa trên trang.")
    with pytest.raises(Stale):
        word_files.accept(cast.nam, found, version, {block.id}, order=True)
    [proposal] = word_files.would_change(found).blocks
    assert proposal.is_contested
    word_files.accept(cast.nam, found, minutes.version, (), order=True)
    assert text_of(minutes, "Sửa trên trang.") and not text_of(minutes, NEW)


def test_a_file_is_decided_once_and_only_by_a_secretary_of_the_host(
    minutes: Minutes, cast: Cast
) -> None:
    file = draft(cast.nam, minutes)
    file.replace(OLD, NEW)
    found = back(cast.nam, minutes, file)
    for other in (cast.khai, cast.sinh, cast.la):
        with pytest.raises(NotFound):
            word_files.get_to_decide(other, found.id)
        with pytest.raises(NotAllowed):
            word_files.accept(other, found, minutes.version, (), order=False)
        with pytest.raises(NotAllowed):
            back(other, minutes, file)
    word_files.drop(cast.nam, found)
    assert found.status == WordFileStatus.DROPPED
    with pytest.raises(WrongState):
        word_files.accept(cast.nam, found, minutes.version, (), order=False)


def test_submitted_minutes_take_no_file(minutes: Minutes, cast: Cast) -> None:
    file = draft(cast.nam, minutes)
    file.replace(OLD, NEW)
    found = back(cast.nam, minutes, file)
    service.submit(cast.nam, minutes, minutes.version)
    with pytest.raises(WrongState):
        back(cast.nam, minutes, file)
    with pytest.raises(WrongState):
        word_files.accept(cast.nam, found, minutes.version, everything(found), order=False)


# -- what is not taken in --------------------------------------------------------------------


def repacked(document: bytes, **parts: bytes) -> bytes:
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, parts.pop(name) if name in parts else source.read(name))
        for name, content in parts.items():
            target.writestr(name, content)
    return written.getvalue()


def hostile(document: bytes) -> dict[str, bytes]:
    body = part(document)
    relations = zipfile.ZipFile(io.BytesIO(document)).read("word/_rels/document.xml.rels")
    outside = (
        b'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/%s" Target="http://198.51.100.1/a.dotm" TargetMode="External"/>'
        b"</Relationships>"
    )
    deep = b"<w:r>" * 5000 + b"</w:r>" * 5000
    swollen = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha">]>' + body.partition(b"?>")[2]
    cut = body.replace(b"</w:body>", deep + b"</w:body>")

    def with_part(name: str, content: bytes) -> bytes:
        return repacked(document, **{name: content})

    return {
        "no zip": b"%PDF-1.7 nothing",
        "empty": b"",
        "truncated": document[: len(document) // 2],
        "trailing bytes": document + b"MZ" * 40,
        "macro": with_part("word/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        "ole": with_part("word/embeddings/o.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 99),
        "program": with_part("word/media/a.png", b"MZ" + b"\0" * 90),
        "archive inside": with_part("word/media/a.bin", b"PK\x03\x04" + b"\0" * 90),
        "bomb": with_part("word/media/a.emf", b"\0" * (64 << 20)),
        "template elsewhere": with_part(
            "word/_rels/document.xml.rels",
            relations.replace(b"</Relationships>", outside % b"attachedTemplate"),
        ),
        "picture elsewhere": with_part(
            "word/_rels/document.xml.rels",
            relations.replace(b"</Relationships>", outside % b"image"),
        ),
        "entities": with_part("word/document.xml", swollen),
        "too deep": with_part("word/document.xml", cut),
        "not xml": with_part("word/document.xml", body[:-20]),
        "climbing": with_part("../../evil.txt", b"x"),
    }


def test_no_hostile_file_is_taken_in(minutes: Minutes, cast: Cast) -> None:
    document = service.document(cast.nam, minutes, "minutes")[0]
    before = service.blocks_of(minutes)
    for name, content in hostile(document).items():
        with pytest.raises(BadInput):
            word_files.bring_back(cast.nam, minutes, "a.docx", content)
            pytest.fail(f"{name} was taken in")
    assert not word_files.of_minutes(minutes) and service.blocks_of(minutes) == before
    with pytest.raises(BadInput, match="20 MB"):
        judging.require_docx(b"PK\x03\x04" + b"\0" * judging.LARGEST)


def test_other_papers_are_told_apart(minutes: Minutes, cast: Cast) -> None:
    notice = service.document(cast.nam, minutes, "notice")[0]
    with pytest.raises(BadInput, match="thông báo kết luận"):
        word_files.bring_back(cast.nam, minutes, "a.docx", notice)
    document = service.document(cast.nam, minutes, "minutes")[0]
    own = f"_meetly{minutes.id}_".encode()
    other = repacked(document, **{"word/document.xml": part(document).replace(own, b"_meetly99_")})
    with pytest.raises(BadInput, match="cuộc họp khác"):
        word_files.bring_back(cast.nam, minutes, "a.docx", other)
    letter = Edited(document)
    for paragraph in letter.file.paragraphs:
        for run in paragraph.runs:
            run.text = "Kính gửi các đồng chí."
    bare = repacked(letter.bytes(), **{
        "word/document.xml": re.sub(rb"<w:bookmark[^>]*>", b"", part(letter.bytes()))
    })  # fmt: skip
    with pytest.raises(BadInput, match="Không nhận ra"):
        word_files.bring_back(cast.nam, minutes, "a.docx", without_tables(bare))


def without_tables(document: bytes) -> bytes:
    file = Edited(document)
    for table in file.file.tables:
        table._tbl.getparent().remove(table._tbl)
    return file.bytes()


# -- pages -----------------------------------------------------------------------------------


def test_a_secretary_brings_a_file_back_chooses_and_takes(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.nam)
    where = f"/minutes/{minutes.id}/word-files"
    assert "Sửa bằng Word" in browser.get(f"/minutes/{minutes.id}").text
    file = Edited(browser.get(f"/minutes/{minutes.id}/minutes.docx").data)
    file.replace(OLD, NEW)
    file.remove("đồng tình, và nên")
    file.replace("08 giờ 00 phút", "09 giờ 00 phút", holds="Thời gian bắt đầu")
    sent = browser.post(where, data={"file": (io.BytesIO(file.bytes()), "sua.docx")})
    assert sent.status_code == 302
    page = browser.get(sent.location).text
    assert "<ins>857</ins>" in page and "Đã bỏ" in page and "09 giờ 00 phút" in page
    boxes = re.findall(r'name="take" value="([^"]+)" checked', page)
    assert len(boxes) == 2
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    answer = browser.post(
        f"{sent.location}/accept", data={"version": version[1], "take": [boxes[0]]}
    )
    assert answer.status_code == 302
    assert text_of(minutes, NEW) and text_of(minutes, "đồng tình, và nên")
    assert "Đã nhận" in browser.get(where).text


def test_a_refused_file_says_why_beside_the_field(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.nam)
    where = f"/minutes/{minutes.id}/word-files"
    answer = browser.post(where, data={"file": (io.BytesIO(b"%PDF-1.7 no"), "sua.docx")})
    assert answer.status_code == 422 and "Chỉ nhận tệp .docx" in answer.text
    assert browser.post(where, data={}).status_code == 422
    assert not word_files.of_minutes(minutes)
