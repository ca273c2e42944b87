"""Small real files of every kind, and some that only pretend."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from docx import Document
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from meetly.materials.viewing.stamp import FONT

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
TEXT = "Báo cáo tháng 11: giải ngân đạt 62%.\n".encode()


def png() -> bytes:
    """Return a picture of one dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def printed(*pages: str, size: tuple[int, int] = (595, 842), turn: int = 0) -> bytes:
    """Return a PDF that says these words, one text a page; its pages turned by degrees."""
    made = io.BytesIO()
    pdfmetrics.registerFont(TTFont("sample", FONT))
    canvas = Canvas(made, pagesize=size, invariant=True)
    for words in pages:
        canvas.setPageRotation(turn)
        canvas.setFont("sample", 14)
        for number, line in enumerate(words.split("\n")):
            canvas.drawString(60, size[1] - 80 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def written(*paragraphs: str) -> bytes:
    """Return a Word document of these paragraphs."""
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def picture(size: tuple[int, int] = (1200, 900), kind: str = "JPEG") -> bytes:
    """Return a plain picture."""
    made = io.BytesIO()
    Image.new("RGB", size, (240, 235, 220)).save(made, kind)
    return made.getvalue()


def office(part: str) -> bytes:
    """Return the bones of a document of Microsoft's format with this main part."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr(part, "<xml/>")
    return kept.getvalue()


def open_document(kind: str) -> bytes:
    """Return the bones of an OpenDocument file: its type comes first and uncompressed."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        made.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        made.writestr("content.xml", "<xml/>")
    return kept.getvalue()


def docx() -> bytes:
    """Return the bones of a Word document."""
    return office("word/document.xml")


def macro_docx() -> bytes:
    """Return a Word document that carries a macro."""
    kept = io.BytesIO(docx())
    with zipfile.ZipFile(kept, "a") as made:
        made.writestr("word/vbaProject.bin", b"x")
    return kept.getvalue()


def plain_zip() -> bytes:
    """Return an ordinary archive."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        made.writestr("bao-cao.txt", "x")
    return kept.getvalue()
