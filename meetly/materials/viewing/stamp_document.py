"""Stamp one file, in a process of its own: `stamp_document KIND SOURCE WORDS` writes `stamped`.

The whole file is written anew. Adding to its end would leave the unstamped file in front of the
stamp for anybody who cuts the end off again.
"""

from __future__ import annotations

import io
import sys
from math import hypot
from pathlib import Path

from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
)
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from meetly.materials.viewing import stamp

OUT = Path("stamped")
NAME = NameObject("/MeetlyStamp")
FACE = "stamp"


def main() -> None:
    """Stamp the file named on the command line."""
    kind, source, words = sys.argv[1:]
    if kind == "pdf":
        stamp_pdf(Path(source), words)
    else:
        stamp_picture(Path(source), words)


def stamp_picture(source: Path, words: str) -> None:
    """Stamp a PNG or JPEG and keep its format."""
    with Image.open(source, formats=("PNG", "JPEG")) as picture:
        stamp.drawn(picture, words).save(OUT, format=picture.format, quality=88)


def stamp_pdf(source: Path, words: str) -> None:
    """Stamp every page of a PDF; what it needed no password to show, the copy needs none either."""
    pdfmetrics.registerFont(TTFont(FACE, stamp.FONT))
    reader = PdfReader(source)
    if reader.is_encrypted:
        reader.decrypt("")
    writer = PdfWriter(clone_from=reader)
    drawn: dict[tuple[int, int], IndirectObject] = {}
    for page in writer.pages:
        size = _seen_size(page)
        if size not in drawn:
            drawn[size] = _form(writer, size, words)
        _put(writer, page, drawn[size])
    writer.write(OUT)


def _seen_size(page: PageObject) -> tuple[int, int]:
    width, height = round(page.cropbox.width), round(page.cropbox.height)
    return (height, width) if page.rotation % 180 else (width, height)


def _form(writer: PdfWriter, size: tuple[int, int], words: str) -> IndirectObject:
    """Draw the words once for all pages of this size (points)."""
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=size)
    _draw(canvas, size, words)
    canvas.save()
    page = PdfReader(made).pages[0]
    form = DecodedStreamObject()
    contents = page.get_contents()
    form.set_data(contents.get_data() if contents is not None else b"")
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject([FloatObject(n) for n in (0, 0, *size)]),
            NameObject("/Resources"): page["/Resources"].clone(writer),
        }
    )
    return writer._add_object(form.flate_encode())


def _draw(canvas: Canvas, size: tuple[int, int], words: str) -> None:
    width, height = size
    tall = max(6.0, min(size) * stamp.TALL)
    canvas.setFillColorRGB(*(part / 255 for part in stamp.INK), alpha=stamp.ACROSS)
    canvas.saveState()
    canvas.translate(width / 2, height / 2)
    canvas.rotate(stamp.RISE)
    canvas.setFont(FACE, tall)
    side = hypot(width, height)
    step = pdfmetrics.stringWidth(words, FACE, tall) + 3 * tall
    for row in range(int(side / (stamp.APART * tall)) + 1):
        left = -side / 2 - (row % 2) * step / 2
        while left < side / 2:
            canvas.drawString(left, side / 2 - row * stamp.APART * tall, words)
            left += step
    canvas.restoreState()
    small = min(size) * stamp.SMALL
    small = min(small, small * width / pdfmetrics.stringWidth(words, FACE, small))
    canvas.setFillColorRGB(1, 1, 1, alpha=0.8)
    canvas.rect(0, 0, width, small * 1.8, stroke=0, fill=1)
    canvas.setFillColorRGB(*(part / 255 for part in stamp.INK), alpha=stamp.FOOT)
    canvas.setFont(FACE, small)
    canvas.drawCentredString(width / 2, small * 0.6, words)


def _put(writer: PdfWriter, page: PageObject, form: IndirectObject) -> None:
    """Draw the words over a page, upright for the eye however the page is turned."""
    resources = page.get("/Resources", DictionaryObject()).get_object()
    # Pages share what they draw with; the stamp is added to a copy.
    own = DictionaryObject(resources)
    known = own.get("/XObject", DictionaryObject()).get_object()
    own[NameObject("/XObject")] = DictionaryObject({**known, NAME: form})
    page[NameObject("/Resources")] = own
    box = page.cropbox
    left, bottom, width, height = (float(n) for n in (box.left, box.bottom, box.width, box.height))
    turns = {
        0: (1, 0, 0, 1, left, bottom),
        90: (0, 1, -1, 0, left + width, bottom),
        180: (-1, 0, 0, -1, left + width, bottom + height),
        270: (0, -1, 1, 0, left, bottom + height),
    }
    matrix = " ".join(f"{n:g}" for n in turns[page.rotation % 360])
    contents = page.get("/Contents")
    there = contents.get_object() if contents is not None else ArrayObject()
    pieces = list(there) if isinstance(there, ArrayObject) else [page.raw_get("/Contents")]
    before, after = (
        _stream(writer, b"q\n"),
        _stream(writer, f"\nQ q {matrix} cm {NAME} Do Q\n".encode()),
    )
    page[NameObject("/Contents")] = ArrayObject([before, *pieces, after])


def _stream(writer: PdfWriter, data: bytes) -> IndirectObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    return writer._add_object(stream)


if __name__ == "__main__":
    main()
