"""What an office document carries, told from its parts: macros, other files, things from outside.

Both families are zip archives: Office Open XML (ECMA-376) and OpenDocument (ISO 26300).
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO
from xml.parsers import expat

from meetly.errors import BadInput
from meetly.materials import archives
from meetly.materials.archives import Bomb, Broken, Locked, Part

_MAIN = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_OPEN = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
_TYPES = "[Content_Types].xml"

#: a workbook inside a chart inside a document is as deep as people go
_DEEPEST = 2
#: bytes of a part that is read whole, of what may stand before the root of an XML part, and of one
#: element with its attributes
_LONGEST, _HEAD, _ELEMENT = 4 << 20, 1 << 16, 2048
_PARTS = (b"PK\x03\x04", b"PK\x05\x06")
_OTHER_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!/")
#: endings of relationship types, in small letters
_MACROS = {"vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet", "officevba"}
_CONTROLS = {"control", "activexcontrolbinary"}
#: links that are followed only when a person says so
_ASKED = {"hyperlink", "externallinkpath", "xlpathmissing", "xllibrary", "xlstartup"}
#: a path of the author's own machine, which leads nowhere on another: Normal.dotm and pictures
_OWN_PATH = re.compile(r"(file:///)?[a-z]:[\\/]", re.IGNORECASE)
#: where old writers of OpenDocument name a document type
_OLD_TYPES = ("META-INF/", "Basic/")
_BASIC_LISTS = re.compile(r"basic/([^/]+/)?(script|dialog)-l[bc]\.xml")
_OPEN_MACRO = re.compile(rb"vnd\.sun\.star\.script|macro:///")
_OPEN_FRAME = re.compile(rb":(?:floating-frame|applet|plugin)\b")
_OPEN_LINK = re.compile(rb":href=[\"']\s*(?:[a-zA-Z]+:|/)")
#: elements whose link is followed by itself; those of text are followed by people
_OPEN_LOADED = re.compile(rb"<[\w.-]+:(?:image|fill-image|section-source|object|object-ole)\b")


class Macro(BadInput):
    """It carries a program of its own."""

    message = "Tài liệu chứa macro. Hãy lưu lại ở dạng không có macro rồi tải lên."


class Embedded(BadInput):
    """It carries something that is no document: an OLE object, a control, a program."""

    message = (
        "Tài liệu nhúng tệp hoặc chương trình khác (đối tượng OLE, ActiveX). "
        "Hãy thay bằng hình ảnh hoặc bảng rồi tải lên."
    )


class Outside(BadInput):
    """Opening it fetches something from elsewhere."""

    message = (
        "Tài liệu lấy nội dung từ nơi khác khi mở. Hãy nhúng nội dung đó vào tài liệu rồi tải lên."
    )


class Nested(BadInput):
    """It carries an archive."""

    message = "Tài liệu chứa tệp nén bên trong. Hãy tách tệp đó ra rồi tải lên riêng."


class NoDocument(BadInput):
    """It is an archive of anything."""

    message = "Không nhận tệp nén. Hãy giải nén và tải lên từng tài liệu."


def extension_of(source: BinaryIO, depth: int = 0) -> str:
    """Tell which office document an archive is; BadInput when it is none or carries harm."""
    parts = archives.parts_of(source)
    extension = _kind(source, parts)
    is_open = extension in _OPEN.values()
    for part in parts:
        _refuse_name(part.name.lower(), is_open=is_open)
        _refuse_content(source, part, is_open=is_open, depth=depth)
    return extension


def _kind(source: BinaryIO, parts: list[Part]) -> str:
    if parts and parts[0].name == "mimetype" and parts[0].size < _HEAD:
        stated = b"".join(archives.pieces(source, parts[0])).decode("ascii", "replace")
        if stated in _OPEN:
            return _OPEN[stated]
    names = {part.name for part in parts}
    if _TYPES in names:
        for main, extension in _MAIN.items():
            if main in names:
                return extension
    raise NoDocument()


def _refuse_name(name: str, *, is_open: bool) -> None:
    if "vbaproject" in name or "vbadata" in name or "/macrosheets/" in name:
        raise Macro()
    if "/activex/" in name:
        raise Embedded()
    is_code = name.startswith(("basic/", "scripts/")) and not name.endswith("/")
    if is_open and is_code and not _BASIC_LISTS.fullmatch(name):
        raise Macro()


def _refuse_content(source: BinaryIO, part: Part, *, is_open: bool, depth: int) -> None:
    head, tail = bytearray(), b""
    is_xml = part.name.lower().endswith((".xml", ".rels"))
    is_embedded = False
    with tempfile.SpooledTemporaryFile(max_size=_LONGEST) as copy:
        for piece in archives.pieces(source, part):
            if len(head) < _HEAD:
                head += piece[: _HEAD - len(head)]
                is_embedded = _is_embedded(bytes(head[:8]))
            if is_embedded:
                copy.write(piece)
            if is_open and is_xml:
                _refuse_open_words(tail + piece)
                tail = (tail + piece)[-_ELEMENT:]
        if is_embedded:
            _refuse_embedded(copy, depth)  # type: ignore[arg-type]
    if is_xml and not part.name.startswith(_OLD_TYPES):
        _refuse_entities(bytes(head))
    if is_open:
        if part.name == "META-INF/manifest.xml" and b"encryption-data" in _whole(source, part):
            raise Locked()
    elif is_xml:
        if part.name.lower().endswith(".rels"):
            _refuse_relations(_whole(source, part))
        elif part.name == _TYPES:
            _refuse_types(_whole(source, part))


def _is_embedded(head: bytes) -> bool:
    """Tell whether a part is a document of its own; other things inside are refused."""
    if head.startswith(_OLE) or head.startswith(_PROGRAMS):
        raise Embedded()
    if head.startswith(_OTHER_ARCHIVES):
        raise Nested()
    return head.startswith(_PARTS)


def _refuse_embedded(copy: BinaryIO, depth: int) -> None:
    if depth >= _DEEPEST:
        raise Nested()
    try:
        extension_of(copy, depth + 1)
    except NoDocument as error:
        raise Nested() from error


def _refuse_open_words(words: bytes) -> None:
    if _OPEN_MACRO.search(words):
        raise Macro()
    if _OPEN_FRAME.search(words):
        raise Outside()
    for link in _OPEN_LINK.finditer(words):
        begins = words.rfind(b"<", max(0, link.start() - _ELEMENT), link.start())
        if _OPEN_LOADED.match(words, max(0, begins)):
            raise Outside()


def _whole(source: BinaryIO, part: Part) -> bytes:
    if part.size > _LONGEST:
        raise Bomb()
    return b"".join(archives.pieces(source, part))


def _refuse_entities(head: bytes) -> None:
    """Refuse a document type, which is only there to swell or to fetch (XML 1.0, 4.2)."""
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: found.append("type")
    parser.StartElementHandler = lambda *_: found.append("root")
    with suppress(expat.ExpatError):  # no reader gets further either
        for at in range(0, len(head), _ELEMENT):
            parser.Parse(head[at : at + _ELEMENT])
            if found:
                break
        if not found and len(head) == _HEAD:
            raise Broken()
    if found[:1] == ["type"]:
        raise Broken()


def _attributes(raw: bytes) -> Iterator[dict[str, str]]:
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _, attributes: found.append(attributes)
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise Broken() from error
    yield from found


def _refuse_relations(raw: bytes) -> None:
    for told in _attributes(raw):
        kind = told.get("Type", "").rsplit("/", 1)[-1].lower()
        if kind in _MACROS:
            raise Macro()
        if kind in _CONTROLS:
            raise Embedded()
        is_outside = told.get("TargetMode", "").lower() == "external" and kind not in _ASKED
        if is_outside and not _OWN_PATH.match(told.get("Target", "")):
            raise Outside()


def _refuse_types(raw: bytes) -> None:
    for told in _attributes(raw):
        kind = told.get("ContentType", "").lower()
        if "vbaproject" in kind or "macro" in kind:
            raise Macro()
        if "activex" in kind:
            raise Embedded()
