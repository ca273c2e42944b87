"""What of a signature is seen on the page: a picture, or words where there is none.

Annex I of Decree 30/2020/NĐ-CP, items 7 and 8: the person's signature in blue between post and
name, the seal in red over a third of it on its left; an annex in a file of its own carries at the
upper right, instead of a picture, its number and the time of signing.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from meetly import clock, confined, paths
from meetly.minutes.signing import pictures
from meetly.minutes.signing.places import Box, Line, Place, centred, room_for, sealed

LIMITS = confined.Limits(memory=2 << 30, seconds=60, largest=64 << 20)
#: size of words in place of a picture
TEXT = 10.0
#: a box for words: points across for a time, for a number and a time, and up
TIME_WIDE, LINE_WIDE, WORDS_HIGH = 150.0, 200.0, 13.0
#: what comes near Times New Roman, and the font of ours that has every letter
_FONTS = (
    "/usr/share/fonts/truetype/msttcorefonts/Times_New_Roman.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/liberation-serif/LiberationSerif-Regular.ttf",
)


@dataclass(frozen=True)
class Shown:
    """What is drawn and where: a PNG or a page of PDF, none when only the box is kept."""

    place: Place
    png: bytes = b""
    pdf: bytes = b""


def time_shown(moment: datetime) -> str:
    """Write the time of signing as the decree asks: 27-11-2026 16:05:09 +07:00."""
    local = clock.local(moment)
    zone = f"{local:%z}"
    return f"{local:%d-%m-%Y %H:%M:%S} {zone[:3]}:{zone[3:]}"


def annex_line(notation: str, moment: datetime) -> str:
    """Write what an annex in a file of its own shows: 15/TB-VP; 27-11-2026 16:05:09 +07:00."""
    return f"{notation}; {time_shown(moment)}"


def of_person(room: Place, picture: bytes, moment: datetime) -> Shown:
    """Show a person's signature in the room between post and name."""
    if not picture:
        box = centred(room.box, (int(TIME_WIDE), int(WORDS_HIGH)))
        return Shown(Place(room.page, box), pdf=worded([time_shown(moment)], box))
    across, up, _ = pictures.size_in_points(picture)
    return Shown(Place(room.page, centred(room.box, (across, up))), png=picture)


def of_organisation(signature: Place, picture: bytes, notation: str, moment: datetime) -> Shown:
    """Show the seal over the signature before it; without a picture, number and time below it."""
    if not picture:
        is_line = signature.box.height < 2 * WORDS_HIGH  # words stand there: go under them
        bottom = signature.box.bottom - (WORDS_HIGH + 1 if is_line else 0)
        half = LINE_WIDE / 2
        box = Box(
            signature.box.middle - half, bottom, signature.box.middle + half, bottom + WORDS_HIGH
        )
        return Shown(Place(signature.page, box), pdf=worded([annex_line(notation, moment)], box))
    across, up, dots = pictures.size_in_points(picture)
    box = sealed(signature.box, (across, up), dots)
    return Shown(Place(signature.page, box), png=picture)


def worded(lines: Sequence[str], box: Box) -> bytes:
    """Return one page of PDF of the size of a box with centred words in an embedded font."""
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=(box.width, box.height), invariant=True)
    size = min(TEXT, box.height / (1.25 * len(lines)))
    widest = max(pdfmetrics.stringWidth(line, _font(), size) for line in lines)
    size *= min(1.0, box.width / widest)
    canvas.setFont(_font(), size)
    for number, line in enumerate(lines, 1):
        canvas.drawCentredString(box.width / 2, box.height - number * 1.2 * size, line)
    canvas.save()
    return made.getvalue()


def find_room(pdf: bytes, name: str) -> Place | None:
    """Find where a person of this name signs a PDF; none when it has no such place."""
    return room_for(words_of(pdf), name)


def words_of(pdf: bytes) -> list[Line]:
    """Return the runs of words on the pages of a PDF, and where they stand."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _look(pdf, "words", folder)
        runs = json.loads((folder / "words").read_text())
    return [Line(page, text, Box(*box)) for page, text, box in runs]


def page_pictures(pdf: bytes) -> list[bytes]:
    """Return a PNG of each page as it looks with the signatures so far."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _look(pdf, "pages", folder)
        found = sorted(folder.glob("*.png"), key=lambda path: int(path.stem))
        return [path.read_bytes() for path in found]


def _look(pdf: bytes, verb: str, folder: Path) -> None:
    (folder / "source.pdf").write_bytes(pdf)
    confined.run_module("meetly.minutes.signing.sheets", [verb, "source.pdf"], folder, LIMITS)


@cache
def _font() -> str:
    found = next((path for path in _FONTS if Path(path).is_file()), str(paths.STATIC / "stamp.ttf"))
    pdfmetrics.registerFont(TTFont("meetly-signature", found))
    return "meetly-signature"
