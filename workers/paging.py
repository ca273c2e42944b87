"""Make pictures and words of one file, in a process of its own: `paging KIND SOURCE PAGES`.

Into the folder it runs in it writes the pictures `1`, `2` ..., the words `text` and, last, `made`
(JSON): how many pages there are, and the format and size of each picture. Of a "print" it says the
words of each page too.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageChops

from workers.document_text import reflowed, words_of

#: pixels across and down a picture of a page
WIDE, HIGH = 1000, 2400
#: bytes of a picture of letters that need not be tried in another format
LIGHT = 60_000
#: bytes of words that are kept
MOST_TEXT = 2 << 20
#: letters of the words of one printed page
MOST_OF_PAGE = 20_000
#: pixels of a picture that is opened at all
Image.MAX_IMAGE_PIXELS = 120_000_000

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


def main() -> None:
    """Look at the file named on the command line."""
    kind, source, most = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    made: dict[str, Any] = {"page_count": None, "pages": []}
    if kind == "pdf":
        made = _pdf(source, most)
    elif kind == "print":
        made = _pdf(source, most, with_words=True)
    elif kind == "picture":
        with Image.open(source, formats=("PNG", "JPEG")) as picture:
            picture.draft("RGB", (WIDE, HIGH))  # a JPEG may be read smaller than it is
            made = {"page_count": 1, "pages": [_keep(1, picture)]}
    elif kind == "text":
        _keep_words(_decoded(source.read_bytes()).splitlines())
    else:
        _keep_words(words_of(source))
    Path("made").write_text(json.dumps(made))


def _pdf(source: Path, most: int, *, with_words: bool = False) -> dict[str, Any]:
    pdf = pypdfium2.PdfDocument(source)
    pages = []
    for number in range(min(most, len(pdf))):
        page = pdf[number]
        scale = min(WIDE / page.get_width(), HIGH / page.get_height())
        picture = page.render(scale=scale).to_pil()
        if with_words:
            pages.append(_keep_print(number + 1, picture) | {"text": _words_of_page(page)})
        else:
            pages.append(_keep(number + 1, picture))
        page.close()
    if not Path("text").exists():  # an office document has told its own already
        _keep_words(reflowed(_lines(pdf)))
    return {"page_count": len(pdf), "pages": pages}


def _words_of_page(page: pypdfium2.PdfPage) -> str:
    lines = page.get_textpage().get_text_range().splitlines()
    paragraphs = (" ".join(_CONTROL.sub(" ", text).split()) for text in reflowed(iter(lines)))
    return "\n".join(filter(None, paragraphs))[:MOST_OF_PAGE]


def _lines(pdf: pypdfium2.PdfDocument) -> Iterator[str]:
    for number in range(len(pdf)):
        page = pdf[number]
        yield from page.get_textpage().get_text_range().splitlines()
        page.close()


def _keep(number: int, picture: Image.Image) -> dict[str, Any]:
    """Write a picture in whichever of two formats weighs less."""
    picture = picture.convert("RGB")
    picture.thumbnail((WIDE, HIGH))
    shown, kind = None, "webp"
    if picture.getcolors(256) is not None:  # black letters on white: sixteen greys do
        shown, kind = _encoded(picture.quantize(16), "PNG", optimize=True), "png"
    if shown is None or len(shown) > LIGHT:  # a photograph, or a grey one
        webp = _encoded(picture, "WEBP", quality=72, method=4)
        if shown is None or len(webp) < len(shown):
            shown, kind = webp, "webp"
    Path(str(number)).write_bytes(shown)
    return {"format": kind, "size": picture.size}


def _keep_print(number: int, picture: Image.Image) -> dict[str, Any]:
    """Write a page of our own letters in four greys: a third of the weight, on a phone as sharp."""
    picture.thumbnail((WIDE, HIGH))
    grey = picture.convert("L")
    if ImageChops.difference(picture.convert("RGB"), grey.convert("RGB")).getbbox() is not None:
        return _keep(number, picture)  # somebody's coloured emblem
    stepped = grey.point([round(level / 85) * 85 for level in range(256)]).convert("RGB")
    shown = _encoded(stepped, "WEBP", lossless=True, quality=75, method=4)
    Path(str(number)).write_bytes(shown)
    return {"format": "webp", "size": picture.size}


def _encoded(picture: Image.Image, kind: str, **how: Any) -> bytes:
    made = io.BytesIO()
    picture.save(made, kind, **how)
    return made.getvalue()


def _keep_words(paragraphs: Iterable[str]) -> None:
    left = MOST_TEXT
    with Path("text").open("wb") as out:
        for paragraph in paragraphs:
            words = " ".join(_CONTROL.sub(" ", paragraph).split())
            line = (words + "\n").encode("utf-8", "replace") if words else b""
            left -= len(line)
            if left < 0:
                break
            out.write(line)


def _decoded(text: bytes) -> str:
    wide = text[:2] in (b"\xff\xfe", b"\xfe\xff")
    return text[: 4 * MOST_TEXT].decode("utf-16" if wide else "utf-8-sig", "replace")


if __name__ == "__main__":
    main()
