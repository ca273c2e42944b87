"""Files that mean harm or are merely odd, all made here, each with what must be said of it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.materials import samples

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE_2006 = "http://schemas.microsoft.com/office/2006/relationships"
MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
OPEN = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


@dataclass(frozen=True)
class Odd:
    """A file, and the word its refusal holds, or the extension as which it is taken."""

    name: str
    content: bytes
    word: str = ""
    extension: str = ""


def archive(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack parts as they are named."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", method) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return kept.getvalue()


def ooxml(extension: str = "docx", **more: bytes) -> bytes:
    """Return a document of Microsoft's format with more parts; __ in a name stands for a slash."""
    return archive(_ooxml(extension) | {_path(name): content for name, content in more.items()})


def _ooxml(extension: str) -> dict[str, bytes]:
    return {"[Content_Types].xml": b"<Types/>", MAIN[extension]: b"<xml/>"}


def _path(name: str) -> str:
    return name.replace("__", "/")


def odf(extension: str = "odt", parts: dict[str, bytes] | None = None) -> bytes:
    """Return an OpenDocument file with these parts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(
            "mimetype", f"application/vnd.oasis.opendocument.{OPEN[extension]}", zipfile.ZIP_STORED
        )
        for name, content in ({"content.xml": b"<xml/>"} | (parts or {})).items():
            made.writestr(name, content)
    return kept.getvalue()


def relations(kind: str, target: str, *, outside: bool = True, base: str = RELS) -> bytes:
    """Return the relations of a part: one, of this kind, to this target."""
    mode = ' TargetMode="External"' if outside else ""
    one = f'<Relationship Id="r1" Type="{base}/{kind}" Target="{target}"{mode}/>'
    return f"<Relationships>{one}</Relationships>".encode()


def pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """Return a PDF with these objects after its catalogue."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, o) for n, o in enumerate(objects, 2))
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n"
        + body
        + b"trailer<<"
        + trailer
        + b">>\n%%EOF\n"
    )


def object_stream(
    inside: bytes, *, named: bytes = b"/Type/ObjStm ", filters: bytes = b"/FlateDecode"
) -> bytes:
    """Return an object stream that packs objects away."""
    packed = zlib.compress(inside)
    head = b"<<%s/N 1/First 5/Filter %s/Length %d>>" % (named, filters, len(packed))
    return head + b"stream\n" + packed + b"\nendstream"


# -- archives that lie ---------------------------------------------------------------------------


def _patched(content: bytes, mark: bytes, at: int, value: bytes, which: int = -1) -> bytes:
    """Return an archive with bytes of one header changed, the last of its kind unless said."""
    places = [i for i in range(len(content)) if content.startswith(mark, i)]
    place = places[which] + at
    return content[:place] + value + content[place + len(value) :]


def _archives() -> Iterator[Odd]:
    large = b"\0" * (40 << 20)
    yield Odd("bomb-one-part", ooxml(word__media__a=large), "phình")
    yield Odd("bomb-xml", ooxml(word__styles=large), "phình")
    yield Odd("bomb-odf", odf("odt", {"content.xml": large}), "phình")
    yield Odd(
        "bomb-stated",
        _patched(
            _patched(ooxml(a=b"x" * 99), b"PK\x03\x04", 22, b"\xff\xff\xff\x7f"),
            b"PK\x01\x02",
            24,
            b"\xff\xff\xff\x7f",
        ),
        "phình",
    )
    many = {f"word/p{number}": b"" for number in range(20_100)}
    yield Odd("many-parts", archive(_ooxml("docx") | many, zipfile.ZIP_STORED), "phình")
    zipped = ooxml()
    for value, what in ((1, "smaller"), (200, "larger")):
        size = struct.pack("<I", value)
        yield Odd(f"central-size-{what}", _patched(zipped, b"PK\x01\x02", 24, size), "hỏng")
        yield Odd(f"local-size-{what}", _patched(zipped, b"PK\x03\x04", 22, size), "hỏng")
        both = _patched(_patched(zipped, b"PK\x01\x02", 24, size), b"PK\x03\x04", 22, size)
        yield Odd(f"both-sizes-{what}", both, "hỏng")
        packed = _patched(_patched(zipped, b"PK\x01\x02", 20, size), b"PK\x03\x04", 18, size)
        yield Odd(f"packed-size-{what}", packed, "hỏng")
    check = struct.pack("<I", 7)
    yield Odd(
        "wrong-check-sum",
        _patched(_patched(zipped, b"PK\x01\x02", 16, check), b"PK\x03\x04", 14, check),
        "hỏng",
    )
    yield Odd("another-name-in-the-local-header", _patched(zipped, b"PK\x03\x04", 30, b"x"), "hỏng")
    yield Odd("overlapping", _patched(zipped, b"PK\x01\x02", 42, b"\0\0\0\0"), "hỏng")
    yield Odd("entry-outside", _patched(zipped, b"PK\x01\x02", 42, b"\xff\xff\xff\x7f"), "hỏng")
    for method in (1, 6, 9, 12, 14, 93, 98, 99):
        raw = struct.pack("<H", method)
        changed = _patched(_patched(zipped, b"PK\x01\x02", 10, raw), b"PK\x03\x04", 8, raw)
        yield Odd(f"method-{method}", changed, "hỏng")
    locked = _patched(_patched(zipped, b"PK\x01\x02", 8, b"\x01"), b"PK\x03\x04", 6, b"\x01")
    yield Odd("locked-part", locked, "mật khẩu")
    for name in ("../a", "a/../../b", "/etc/passwd", "..\\a", "a\\b", "C:\\a"):
        yield Odd(f"path-{name}", archive(_ooxml("docx") | {name: b"x"}), "hỏng")
    yield Odd("same-name-twice", _twice("word/document.xml"), "hỏng")
    yield Odd(
        "same-name-in-capitals", archive(_ooxml("docx") | {"WORD/document.xml": b"<a/>"}), "hỏng"
    )
    yield Odd("bytes-behind", zipped + b"<script>", "hỏng")
    yield Odd("pdf-behind", zipped + samples.PDF, "hỏng")
    yield Odd("comment", _commented(zipped), "hỏng")
    for cut in (10, 30, 60, len(zipped) - 30, len(zipped) - 5):
        yield Odd(f"cut-at-{cut}", zipped[:cut], "hỏng")
    yield Odd(
        "endless-list", zipped[:-22] + zipped[-22:-10] + b"\xff\xff\xff\x7f" + zipped[-6:], "phình"
    )
    yield Odd("only-an-end", b"PK\x03\x04" + b"PK\x05\x06" + b"\0" * 18, "hỏng")
    yield Odd("empty-archive", archive({}), "định dạng")
    for name in ("a.exe", "a.txt", "word/document.xml", "[Content_Types].xml", "content.xml"):
        yield Odd(f"plain-{name}", archive({name: b"x"}), "giải nén")
    yield Odd(
        "java", archive({"META-INF/MANIFEST.MF": b"x", "A.class": b"\xca\xfe\xba\xbe"}), "giải nén"
    )
    yield Odd(
        "nested-bomb",
        ooxml(word__embeddings__a=archive({"b.zip": archive({"c": b"x"})})),
        "tệp nén",
    )
    for mark, name in (
        (b"Rar!\x1a\x07\x00", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (archive({"a": b"x"}), "zip"),
    ):
        yield Odd(
            f"{name}-inside",
            ooxml(word__media__a=mark + b"x" * 20 if name != "zip" else mark),
            "tệp nén",
        )
    deep = ooxml("xlsx")
    for _ in range(3):
        deep = ooxml("docx", word__embeddings__a=deep)
    yield Odd("matryoshka", deep, "tệp nén")


def _twice(name: str) -> bytes:
    other = "y" * len(name)
    content = archive(_ooxml("docx") | {other: b"<b/>"})
    return content.replace(other.encode(), name.encode())


def _commented(content: bytes) -> bytes:
    kept = io.BytesIO(content)
    with zipfile.ZipFile(kept, "a") as made:
        made.comment = b"x" * 50
    return kept.getvalue()


# -- office documents that act -------------------------------------------------------------------


def _macros() -> Iterator[Odd]:
    for extension, folder in (("docx", "word"), ("xlsx", "xl"), ("pptx", "ppt")):
        for name in ("vbaProject.bin", "VBAPROJECT.BIN", "vbaData.xml", "deep/er/vbaProject.bin"):
            content = archive(_ooxml(extension) | {f"{folder}/{name}": b"x"})
            yield Odd(f"{extension}-{name}", content, "macro")
        renamed = archive(_ooxml(extension) | {f"{folder}/picture.bin": OLE + b"x" * 99})
        yield Odd(f"{extension}-renamed-project", renamed, "OLE")
        told = relations("vbaProject", "x.bin", outside=False, base=OFFICE_2006)
        yield Odd(
            f"{extension}-related-project",
            archive(_ooxml(extension) | {f"{folder}/_rels/main.xml.rels": told}),
            "macro",
        )
        for kind in (
            "application/vnd.ms-office.vbaProject",
            "application/vnd.ms-word.document.macroEnabled.main+xml",
            "application/vnd.ms-excel.intlmacrosheet+xml",
        ):
            types = f'<Types><Override PartName="/a" ContentType="{kind}"/></Types>'.encode()
            yield Odd(
                f"{extension}-{kind}",
                archive(_ooxml(extension) | {"[Content_Types].xml": types}),
                "macro",
            )
        wide = '<?xml version="1.0" encoding="utf-16"?><a ContentType="a/macroEnabled"/>'
        yield Odd(
            f"{extension}-macro-in-utf16",
            archive(_ooxml(extension) | {"[Content_Types].xml": wide.encode("utf-16")}),
            "macro",
        )
    yield Odd("xlm-sheet", ooxml("xlsx", xl__macrosheets__sheet1=b"<xml/>"), "macro")
    for kind in ("xlMacrosheet", "xlIntlMacrosheet"):
        content = archive(
            _ooxml("xlsx") | {"xl/_rels/workbook.xml.rels": relations(kind, "s.xml", outside=False)}
        )
        yield Odd(kind, content, "macro")
    for extension in OPEN:
        for name in (
            "Basic/Standard/Module1.xml",
            "basic/x.xml",
            "Scripts/python/a.py",
            "Scripts/beanshell/a.bsh",
        ):
            yield Odd(f"{extension}-{name}", odf(extension, {name: b"<xml/>"}), "macro")
        event = b'<a xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic"/>'
        yield Odd(f"{extension}-event", odf(extension, {"content.xml": event}), "macro")
        yield Odd(
            f"{extension}-event-at-an-edge",
            odf(extension, {"content.xml": b" " * 65_530 + event}),
            "macro",
        )
    inner = ooxml("xlsx", xl__vbaProject=b"x")
    yield Odd("macro-in-a-chart", ooxml("docx", word__embeddings__book=inner), "macro")


def _outside() -> Iterator[Odd]:
    targets = (
        "http://evil.example/t.dotm",
        "https://evil.example/a",
        "ftp://evil.example/a",
        "\\\\evil.example\\share\\a.dotm",
        "//evil.example/a",
        "file://evil.example/share/a",
        "file:///etc/passwd",
        "smb://evil.example/a",
        "mhtml:http://evil.example!x",
        "a.dotm",
    )
    for target in targets:
        content = archive(
            _ooxml("docx") | {"word/_rels/settings.xml.rels": relations("attachedTemplate", target)}
        )
        yield Odd(f"template-{target}", content, "nơi khác")
    for kind in (
        "oleObject",
        "frame",
        "subDocument",
        "image",
        "audio",
        "video",
        "package",
        "slideUpdateUrl",
    ):
        content = archive(
            _ooxml("docx")
            | {"word/_rels/document.xml.rels": relations(kind, "http://evil.example/a")}
        )
        yield Odd(f"outside-{kind}", content, "nơi khác")
    capitals = relations("oleObject", "http://evil.example/a").replace(b"External", b"EXTERNAL")
    yield Odd(
        "outside-in-capitals", archive(_ooxml("docx") | {"word/_rels/a.rels": capitals}), "nơi khác"
    )
    for name in ("control", "activeXControlBinary"):
        content = archive(
            _ooxml("docx") | {"word/_rels/a.rels": relations(name, "a.xml", outside=False)}
        )
        yield Odd(f"control-{name}", content, "ActiveX")
    yield Odd("activex-folder", ooxml("docx", word__activeX__a=b"<xml/>"), "ActiveX")
    for extension, folder in (("docx", "word"), ("xlsx", "xl"), ("pptx", "ppt")):
        content = archive(
            _ooxml(extension) | {f"{folder}/embeddings/oleObject1.bin": OLE + b"x" * 600}
        )
        yield Odd(f"{extension}-ole", content, "OLE")
        for head, what in (
            (b"MZ\x90\x00", "exe"),
            (b"\x7fELF\x02", "elf"),
            (b"#!/bin/sh\n", "shell"),
        ):
            yield Odd(
                f"{extension}-{what}",
                archive(_ooxml(extension) | {f"{folder}/media/a.png": head * 9}),
                "OLE",
            )
    frames = (
        b'<draw:floating-frame xlink:href="http://evil.example/"/>',
        b"<draw:applet/>",
        b"<draw:plugin/>",
        b'<draw:image xlink:type="simple" xlink:href="http://evil.example/a.png"/>',
        b"<draw:image xlink:href='file:///etc/passwd'/>",
        b'<x:section-source xlink:href="file:///etc/passwd"/>',
        b'<draw:fill-image draw:name="a" xlink:href="//evil.example/a"/>',
        b'<draw:object xlink:href="/etc/passwd"/>',
    )
    for number, frame in enumerate(frames):
        yield Odd(
            f"odf-outside-{number}",
            odf("odt", {"content.xml": frame}),
            "nơi khác" if number != 99 else "",
        )
        yield Odd(
            f"odf-style-{number}", odf("odp", {"styles.xml": b"x" * 65_500 + frame}), "nơi khác"
        )
    yield Odd("odf-ole", odf("odt", {"Object 1": OLE + b"x" * 99}), "OLE")
    manifest = b'<m:file-entry><m:encryption-data m:checksum-type="SHA1"/></m:file-entry>'
    for extension in OPEN:
        yield Odd(
            f"{extension}-locked", odf(extension, {"META-INF/manifest.xml": manifest}), "mật khẩu"
        )
    entity = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    laughs = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>'
    for number, raw in enumerate(
        (
            entity,
            laughs,
            entity.decode().encode("utf-16"),
            b"<!-- " + b"x" * 5000 + b" -->" + entity,
            b"<!-- " + b"x" * 90_000 + b" -->" + entity,
        )
    ):
        yield Odd(f"entity-{number}", archive(_ooxml("docx") | {"word/styles.xml": raw}), "hỏng")
        yield Odd(
            f"entity-in-relations-{number}",
            archive(_ooxml("docx") | {"word/_rels/a.rels": raw}),
            "hỏng",
        )
        yield Odd(f"odf-entity-{number}", odf("odt", {"styles.xml": raw}), "hỏng")
    yield Odd("broken-relations", archive(_ooxml("docx") | {"word/_rels/a.rels": b"<a"}), "hỏng")


# -- portable documents --------------------------------------------------------------------------


def _pdfs() -> Iterator[Odd]:
    actions = {
        "JavaScript": (b"<</S/JavaScript/JS(app.alert\\(1\\))>>", "JavaScript"),
        "escaped": (b"<</S/J#61vaScript/JS(x)>>", "JavaScript"),
        "escaped-wholly": (
            b"<</S/" + b"".join(b"#%02X" % c for c in b"JavaScript") + b">>",
            "JavaScript",
        ),
        "name-tree": (b"<</Names<</JavaScript 3 0 R>>>>", "JavaScript"),
        "launch": (b"<</S/Launch/F(cmd.exe)>>", "mở chương trình"),
        "launch-spaced": (b"<</S\n%x\n/Launch /Win<</F(cmd.exe)>>>>", "mở chương trình"),
        "launch-escaped": (b"<</S/L#61unch/F(a)>>", "mở chương trình"),
        "attachment": (b"<</Type/EmbeddedFile>>", "đính kèm"),
        "attachments": (b"<</Names<</EmbeddedFiles 3 0 R>>>>", "đính kèm"),
        "flash": (b"<</Subtype/RichMedia>>", "đính kèm"),
    }
    for name, (action, word) in actions.items():
        yield Odd(f"pdf-{name}", pdf(action), word)
        yield Odd(f"pdf-{name}-packed", pdf(object_stream(b"2 0 " + action)), word)
        yield Odd(
            f"pdf-{name}-at-an-edge", pdf(b"%" + b"x" * ((1 << 20) - 60) + b"\n" + action), word
        )
        yield Odd(f"pdf-{name}-untyped", pdf(object_stream(b"2 0 " + action, named=b"")), word)
        yield Odd(f"pdf-{name}-far-in", pdf(object_stream(b" " * (1 << 20) + action)), word)
    yield Odd("pdf-locked", pdf(b"<<>>", trailer=b"/Root 1 0 R/Encrypt 2 0 R"), "khóa")
    yield Odd(
        "pdf-locked-in-stream",
        pdf(b"<</Type/XRef/Encrypt 9 0 R/Length 0>>stream\n\nendstream"),
        "khóa",
    )
    for filters in (
        b"/LZWDecode",
        b"[/ASCIIHexDecode/FlateDecode]",
        b"[/ASCII85Decode /FlateDecode]",
        b"/RunLengthDecode",
        b"5 0 R",
        b"/FlateDecode/DecodeParms<</Predictor 12>>",
    ):
        yield Odd(
            f"pdf-odd-{filters.decode()}", pdf(object_stream(b"x", filters=filters)), "cấu trúc lạ"
        )
    yield Odd("pdf-bomb", pdf(object_stream(b" " * (140 << 20))), "cấu trúc lạ")
    yield Odd("pdf-and-zip", samples.PDF + archive({"a.exe": b"MZ"}), "tệp nén")
    yield Odd("pdf-in-zip-comment", samples.PDF + _commented(archive({"a": b"x"})), "tệp nén")
    for head in (
        b"<html><script>x</script>",
        b"MZ\x90\x00",
        b"GIF89a",
        b"#!/bin/sh\n",
        b"\xca\xfe\xba\xbe",
    ):
        yield Odd(f"pdf-behind-{head[:4]!r}", head + samples.PDF, "nội dung lạ")
    good = {
        "plain": samples.PDF,
        "spaced": b"\r\n " + samples.PDF,
        "marked": b"\xef\xbb\xbf" + samples.PDF,
        "link": pdf(b"<</S/URI/URI(https://chinhphu.vn)>>"),
        "goto": pdf(b"<</S/GoTo/D[1 0 R/Fit]>>"),
        "launching-words": pdf(b"<</LaunchDate(x)/JavaScripts 1/EncryptMetadata true>>"),
        "packed": pdf(object_stream(b"2 0 <</Type/Page>>")),
    }
    for name, content in good.items():
        yield Odd(f"pdf-good-{name}", content, extension="pdf")


# -- everything else -----------------------------------------------------------------------------


def png_of(width: int, height: int) -> bytes:
    """Return the beginning of a picture that says it is this large."""
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02\0\0\0"
    )


def jpeg_of(width: int, height: int) -> bytes:
    """Return the beginning of a photograph that says it is this large."""
    frame = struct.pack(">HHBHHB", 0xFFC2, 8, 8, height, width, 0)
    return b"\xff\xd8\xff\xe0\x00\x04ab" + frame + b"\xff\xd9"


def _others() -> Iterator[Odd]:
    yield Odd("png-huge", png_of(100_000, 100_000), "điểm ảnh")
    yield Odd("png-empty", png_of(0, 10), "hỏng")
    yield Odd("png-headless", b"\x89PNG\r\n\x1a\n" + b"x" * 30, "hỏng")
    yield Odd("jpeg-huge", jpeg_of(65_000, 65_000), "điểm ảnh")
    yield Odd("jpeg-endless", b"\xff\xd8" + b"\xff" * 50_000, "hỏng")
    yield Odd("jpeg-and-zip", samples.JPEG + archive({"a.exe": b"MZ"}), "tệp nén")
    yield Odd("png-and-zip", samples.png() + archive({"a.exe": b"MZ"}), "tệp nén")
    yield Odd("png-good", png_of(4000, 3000), extension="png")
    yield Odd("jpeg-good", jpeg_of(4000, 3000), extension="jpg")
    yield Odd("old-office", OLE + b"x" * 4000, "Office cũ")
    for place in (600, (1 << 20) - 10):
        locked = OLE + b"x" * place + "EncryptedPackage".encode("utf-16-le")
        yield Odd(f"locked-office-{place}", locked, "mật khẩu")
    for rich in (b"{\\rtf1 \\object\\objdata 01}", b"{\\rtf1}"):
        yield Odd(f"rich-text-{len(rich)}", rich, "RTF")
    heads = {
        "exe": b"MZ\x90\x00\x03\0\0\0",
        "elf": b"\x7fELF\x02\x01\x01\0",
        "class": b"\xca\xfe\xba\xbe\0\0\0\x34",
        "gif": b"GIF89a\x01\0\x01\0",
        "rar": b"Rar!\x1a\x07\x01\0",
        "7z": b"7z\xbc\xaf\x27\x1c\0\4",
        "gzip": b"\x1f\x8b\x08\0\0\0\0\0",
        "bzip2": b"BZh91AY&SY\0\0",
        "xz": b"\xfd7zXZ\0\0\4",
        "cab": b"MSCF\0\0\0\0",
        "lnk": b"L\0\0\0\x01\x14\x02\0",
        "chm": b"ITSF\x03\0\0\0",
        "mp4": b"\0\0\0\x18ftypmp42",
        "ogg": b"OggS\0\x02\0\0",
        "webp": b"RIFF\0\0\0\0WEBPVP8 ",
        "bmp": b"BM\x9a\0\0\0\0\0",
        "tiff": b"II*\0\x08\0\0\0",
        "psd": b"8BPS\0\x01\0\0",
        "sqlite": b"SQLite format 3\0",
        "wasm": b"\0asm\x01\0\0\0",
        "iso": b"\0" * 40 + b"CD001",
        "utf16-broken": b"\xff\xfe\x41",
        "nul": b"bao cao\0",
        "latin": b"B\xe1o c\xe1o",
    }
    for name, head in heads.items():
        yield Odd(f"foreign-{name}", head, "định dạng")
    for name, text in {
        "html": b"<html><script>x()</script>",
        "svg": b"<svg onload=x()/>",
        "hls": b"#EXTM3U\nfile:///etc/passwd",
        "bat": b"@echo off\r\ndel *",
        "ps": b"%!PS\n(a) run",
        "csv": b"=cmd|'/C calc'!A0,1",
        "url": b"[InternetShortcut]\nURL=x",
        "mht": b"MIME-Version: 1.0\nContent-Type: text/html\n",
        "eicar": b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$",
        "xml": b"<?xml version='1.0'?><a/>",
    }.items():
        yield Odd(f"text-{name}", text, extension="txt")
    for extension in MAIN:
        yield Odd(f"good-{extension}", ooxml(extension), extension=extension)
        yield Odd(
            f"good-{extension}-rules",
            archive(_ooxml(extension) | _good_parts()),
            extension=extension,
        )
    for extension in OPEN:
        link = b'<text:a xlink:href="https://chinhphu.vn">a</text:a>'
        link += b'<draw:image xlink:href="Pictures/a.png"/>'
        lists = {
            "Basic/script-lc.xml": b"<!DOCTYPE a><a/>",
            "Basic/Standard/script-lb.xml": b"<a/>",
            "Scripts/": b"",
        }
        manifest = {
            "META-INF/manifest.xml": b'<!DOCTYPE m:m PUBLIC "-//OpenOffice.org//DTD" "M.dtd"><a/>'
        }
        yield Odd(
            f"good-{extension}",
            odf(extension, {"content.xml": link} | lists | manifest),
            extension=extension,
        )


def _good_parts() -> dict[str, bytes]:
    return {
        "a/_rels/a.xml.rels": relations("hyperlink", "https://chinhphu.vn"),
        "a/_rels/b.xml.rels": relations("attachedTemplate", "file:///C:\\Users\\Nam\\Normal.dotm"),
        "a/_rels/c.xml.rels": relations("externalLinkPath", "So lieu thang 10.xlsx"),
        "a/_rels/d.xml.rels": relations("image", "media/a.png", outside=False),
        "a/embeddings/chart.xlsx": ooxml("xlsx"),
        "a/media/a.emz": b"\x1f\x8b\x08" + b"x" * 50,
        "a/printerSettings1.bin": b"\0" * 99,
    }


@cache
def corpus() -> list[Odd]:
    """Make every file there is."""
    groups = (_archives(), _macros(), _outside(), _pdfs(), _others())
    return [odd for group in groups for odd in group]


NAMES = [
    "../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "C:\\a.pdf",
    "\\\\evil\\share\\a.pdf",
    "....//a",
    "%2e%2e%2fa",
    "a/../b",
    "a\0.exe",
    "a\r\nSet-Cookie: x=1",
    "a\nContent-Type: text/html",
    "a\r\n\r\n<script>",
    "a\tb",
    "\x1b[31ma",
    "a\x7f",
    "a\x85b",
    "a\u202efdp.exe",
    "a\u2066b\u2069",
    "a\u200bb",
    "\ufeffa",
    "a\u2028b",
    "a\u2029b",
    "\u202da",
    "a\u061cb",
    'a"; filename="b.exe',
    "a'; x",
    "a;b",
    "a%00b",
    "a%0d%0ab",
    "a%22b",
    "filename*=UTF-8''a",
    "=?utf-8?B?YQ==?=",
    "<script>x()</script>",
    "<img src=x onerror=x()>",
    '"><svg/onload=x()>',
    "{{7*7}}",
    "{% include 'a' %}",
    "${7*7}",
    "#{7*7}",
    "javascript:x()",
    "=cmd|'/C calc'!A0",
    "+1+1",
    "-rf",
    "--help",
    "@SUM(A1)",
    "|ls",
    "`id`",
    "$(id)",
    "CON",
    "NUL.pdf",
    "aux",
    "a:b:$DATA",
    "a.",
    " a ",
    "...",
    ".",
    "..",
    "",
    ".htaccess",
    "~root",
    "x" * 5000,
    "ệ" * 300,
    "e\u0302\u0323" * 200,
    "a.pdf.exe",
    "a.php\u00a0.pdf",
    "\ud800",
]
