"""What a file really is, judged from its bytes; names and browsers are not believed."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, NoReturn

from meetly.errors import BadInput
from meetly.materials import archives, office, pdf, pictures


@dataclass(frozen=True)
class Format:
    """One kind of document that may be handed out."""

    media_type: str
    extension: str
    #: a browser may show it in place; the others are only ever saved
    shown: bool = False


PDF = Format("application/pdf", "pdf", shown=True)
PNG = Format("image/png", "png", shown=True)
JPEG = Format("image/jpeg", "jpg", shown=True)
TEXT = Format("text/plain", "txt", shown=True)
DOCX = Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
XLSX = Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
PPTX = Format("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx")
ODT = Format("application/vnd.oasis.opendocument.text", "odt")
ODS = Format("application/vnd.oasis.opendocument.spreadsheet", "ods")
ODP = Format("application/vnd.oasis.opendocument.presentation", "odp")
FORMATS = {
    known.media_type: known for known in (PDF, PNG, JPEG, TEXT, DOCX, XLSX, PPTX, ODT, ODS, ODP)
}
_EXTENSIONS = {known.extension: known for known in FORMATS.values()}
#: What LibreOffice turns into a PDF.
OFFICE = frozenset(kind.media_type for kind in (DOCX, XLSX, PPTX, ODT, ODS, ODP))
#: What a browser's file dialog is asked to offer.
ACCEPT = ",".join(f".{known.extension}" for known in FORMATS.values()) + ",.jpeg"

_LEADING = codecs.BOM_UTF8 + b"\t\n\f\r \0"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
_PIECE = 1 << 20
#: bytes looked at first
_HEAD = 1024
_LONGEST_NAME = 120
#: Control characters that a text does not hold; tab, line ends and form feed it may.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")

_ALLOWED = "PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, TXT, PNG, JPG"


def judge(source: BinaryIO) -> Format:
    """Tell what the bytes are; BadInput, saying what to do, when it is nothing we hand out.

    Nothing is unpacked, run or fetched; memory stays small whatever the size.
    """
    source.seek(0)
    head = source.read(_HEAD)
    if not head:
        raise BadInput("Tệp rỗng. Hãy kiểm tra lại tệp gốc.")
    if head.startswith(_OLD_OFFICE):
        _refuse_old_office(source)
    if head.startswith(_ZIP):
        return _EXTENSIONS[office.extension_of(source)]
    found = _plain(source, head)
    if archives.is_archive(source):
        raise BadInput("Tệp này vừa là tài liệu vừa là tệp nén. Hãy xuất lại tài liệu từ bản gốc.")
    return found


def _plain(source: BinaryIO, head: bytes) -> Format:
    if b"%PDF-" in head:
        if head.lstrip(_LEADING).startswith(b"%PDF-"):
            pdf.refuse_active(source)
            return PDF
        raise BadInput("Đầu tệp PDF có nội dung lạ. Hãy xuất lại PDF từ bản gốc.")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        pictures.refuse_huge_png(source)
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        pictures.refuse_huge_jpeg(source)
        return JPEG
    if head.startswith(b"{\\rtf"):
        raise BadInput("Định dạng RTF không được nhận. Hãy lưu thành DOCX hoặc PDF.")
    if _is_text(source, head):
        return TEXT
    raise BadInput("Không nhận ra định dạng tệp. Dùng được: %(kinds)s.", kinds=_ALLOWED)


def _refuse_old_office(source: BinaryIO) -> NoReturn:
    # Microsoft hides an encrypted document in a container of the old kind.
    source.seek(0)
    tail = b""
    while piece := source.read(_PIECE):
        if _ENCRYPTED in tail + piece:
            raise archives.Locked()
        tail = piece[-len(_ENCRYPTED) :]
    raise BadInput("Định dạng Office cũ (doc, xls, ppt). Hãy lưu thành DOCX, XLSX, PPTX.")


def _is_text(source: BinaryIO, head: bytes) -> bool:
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    decoder = codecs.getincrementaldecoder("utf-16" if wide else "utf-8")()
    source.seek(0)
    try:
        while piece := source.read(_PIECE):
            if _NO_TEXT.search(decoder.decode(piece)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def clean_name(given: str, kind: Format) -> str:
    """Make a name that is safe to keep and to save under, ending as its content demands.

    Folders, control and direction marks and characters that some system forbids are dropped.
    """
    name = unicodedata.normalize("NFC", given).replace("\\", "/")
    name = PurePosixPath(name).name
    name = "".join(
        " " if unicodedata.category(mark)[0] in "CZ" or mark in '<>:"/|?*%;' else mark
        for mark in name
    )
    stem, dot, ending = name.rpartition(".")
    known = {format_.extension for format_ in FORMATS.values()} | {"jpeg"}
    stem = stem if dot and (ending.strip().lower() in known or len(ending) <= 4) else name
    stem = " ".join(stem.split()).strip(". ")[:_LONGEST_NAME].strip(". ")
    return f"{stem or 'tai-lieu'}.{kind.extension}"
