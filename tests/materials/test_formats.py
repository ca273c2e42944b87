"""What a file is, whatever it calls itself."""

from __future__ import annotations

import io

import pytest

from meetly.errors import BadInput
from meetly.materials import formats
from meetly.materials.formats import clean_name, judge
from tests.materials import samples


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.PDF, formats.PDF),
        (b"\n\n" + samples.PDF, formats.PDF),
        (samples.png(), formats.PNG),
        (samples.JPEG, formats.JPEG),
        (samples.TEXT, formats.TEXT),
        ("\ufeffBáo cáo".encode(), formats.TEXT),
        ("Báo cáo".encode("utf-16"), formats.TEXT),
        (samples.docx(), formats.DOCX),
        (samples.office("xl/workbook.xml"), formats.XLSX),
        (samples.office("ppt/presentation.xml"), formats.PPTX),
        (samples.open_document("text"), formats.ODT),
        (samples.open_document("spreadsheet"), formats.ODS),
        (samples.open_document("presentation"), formats.ODP),
    ],
)
def test_a_document_is_known_by_its_bytes(content: bytes, kind: formats.Format) -> None:
    assert judge(io.BytesIO(content)) == kind


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "rỗng"),
        (samples.plain_zip(), "giải nén"),
        (samples.open_document("text-template"), "giải nén"),
        (samples.macro_docx(), "macro"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "DOCX"),
        (samples.docx()[:60], "hỏng"),
        (b"MZ\x90\x00" + b"\0" * 100, "định dạng"),
        (b"\x7fELF" + b"\0" * 100, "định dạng"),
        (b"GIF89a" + b"\0" * 100, "định dạng"),
        (b"\xff\xfe\x00", "định dạng"),
        ("Báo cáo".encode("cp1258", "replace") + b"\xc3", "định dạng"),
        (b"#EXTM3U\n\x00", "định dạng"),
    ],
)
def test_anything_else_is_refused_with_a_word_on_what_to_do(content: bytes, word: str) -> None:
    with pytest.raises(BadInput, match=word):
        judge(io.BytesIO(content))


def test_a_letter_cut_by_the_end_of_a_piece_does_not_spoil_a_text() -> None:
    long = ("ệ" * 700_000).encode()  # three bytes each: pieces end inside a letter
    assert judge(io.BytesIO(long)) == formats.TEXT


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Báo cáo tháng 11.pdf", "Báo cáo tháng 11.pdf"),
        ("bao-cao.docx", "bao-cao.pdf"),
        ("bao-cao", "bao-cao.pdf"),
        ("Số 5.2026.PDF", "Số 5.2026.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Tài liệu\\Kế hoạch.pdf", "Kế hoạch.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie x=1.pdf"),
        ("ke hoach\u202efdp.exe", "ke hoach fdp.pdf"),
        ("a\0b.pdf", "a b.pdf"),
        ('x"; filename="y.pdf', "x filename= y.pdf"),
        ("...", "tai-lieu.pdf"),
        ("", "tai-lieu.pdf"),
        (".pdf", "tai-lieu.pdf"),
        ("Bie\u0302n ba\u0309n.pdf", "Biên bản.pdf"),
        ("dài " * 100 + ".pdf", ("dài " * 100)[:120].strip() + ".pdf"),
    ],
)
def test_a_hostile_name_is_cleaned_and_a_good_one_kept(given: str, kept: str) -> None:
    assert clean_name(given, formats.PDF) == kept
