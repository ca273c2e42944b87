"""Look at a PDF in a process of its own: `sheets words SOURCE` or `sheets pages SOURCE`.

PDFium is not made for threads and reads what others wrote, so it never runs inside the web server.
Into the folder it runs in it writes `words` (JSON: page, text, box of each run of words), or the
pictures `1.png`, `2.png` ... of the pages.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pypdfium2

#: pages that are looked at, and pixels across the picture of one
MOST_PAGES, WIDE = 60, 1000
#: runs on one line nearer than this (points) are one: words with a bold or marked letter inside
NEAR = 8.0

Run = tuple[int, str, list[float]]


def main() -> None:
    """Do what the command line says."""
    verb, source = sys.argv[1], Path(sys.argv[2])
    pdf = pypdfium2.PdfDocument(source)
    pages = range(min(MOST_PAGES, len(pdf)))
    if verb == "words":
        runs = [run for number in pages for run in _joined(list(_runs(pdf, number)))]
        Path("words").write_text(json.dumps(runs))
        return
    pdf.init_forms()  # signatures are fields of a form: without it their pictures stay away
    for number in pages:
        page = pdf[number]
        picture = page.render(scale=WIDE / page.get_width(), may_draw_forms=True).to_pil()
        picture.convert("RGB").quantize(64).save(f"{number + 1}.png", optimize=True)
        page.close()


def _runs(pdf: pypdfium2.PdfDocument, number: int) -> Iterator[Run]:
    page = pdf[number]
    text = page.get_textpage()
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        words = text.get_text_bounded(left, bottom, right, top).strip()
        if words:
            yield number, words, [left, bottom, right, top]
    page.close()


def _joined(runs: list[Run]) -> Iterator[Run]:
    """Join runs that stand close to each other on one line."""
    before: Run | None = None
    for run in runs:
        if before is not None and _goes_on(before[2], run[2]):
            at, more = before[2], run[2]
            box = [at[0], min(at[1], more[1]), more[2], max(at[3], more[3])]
            before = (run[0], f"{before[1]} {run[1]}", box)
            continue
        if before is not None:
            yield before
        before = run
    if before is not None:
        yield before


def _goes_on(at: list[float], more: list[float]) -> bool:
    overlap = min(at[3], more[3]) - max(at[1], more[1])
    lower = min(at[3] - at[1], more[3] - more[1])
    return overlap > lower / 2 and -NEAR <= more[0] - at[2] <= NEAR


if __name__ == "__main__":
    main()
