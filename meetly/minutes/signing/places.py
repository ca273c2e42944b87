"""Where on the pages a signature goes: between a position and a name, over nobody's words.

Pure geometry on words and their boxes; points count from the lower left corner, as in the PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meetly.folding import fold

#: a post and the name under it leave at least this room; less is running text
LEAST_ROOM = 34.0
MOST_ROOM = 170.0
#: half the width in which words stand over a name, and the widest picture of a signature
COLUMN, WIDE = 105.0, 150.0
#: air between words and picture
AIR = 2.0
#: the seal covers this part of the signature, on its left
COVERED = 1 / 3
POINTS_PER_MM = 72 / 25.4
#: across a seal whose picture does not say how large it is, and what is believed of one that does
SEAL_MM, SMALLEST_MM, LARGEST_MM = 36.0, 25.0, 50.0


@dataclass(frozen=True)
class Box:
    """A rectangle on a page."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """Points across."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Points up."""
        return self.top - self.bottom

    @property
    def middle(self) -> float:
        """Where its centre stands from the left."""
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Line:
    """One run of words on a page, counted from 0."""

    page: int
    text: str
    box: Box


@dataclass(frozen=True)
class Place:
    """A box on a page, counted from 0."""

    page: int
    box: Box


def room_for(lines: Sequence[Line], name: str) -> Place | None:
    """Find the free room over the last name that has some, the end of the document first."""
    wanted = fold(name).split()
    named = [line for line in lines if wanted and fold(line.text).split() == wanted]
    for line in sorted(named, key=lambda at: (-at.page, at.box.bottom)):
        ceiling = _ceiling(lines, line)
        room = ceiling - line.box.top if ceiling is not None else 0.0
        if LEAST_ROOM <= room <= MOST_ROOM and ceiling is not None:
            left, right = line.box.middle - WIDE / 2, line.box.middle + WIDE / 2
            return Place(line.page, Box(left, line.box.top + AIR, right, ceiling - AIR))
    return None


def _ceiling(lines: Sequence[Line], name: Line) -> float | None:
    """Return the lower edge of the words next above a name, in its column."""
    left, right = name.box.middle - COLUMN, name.box.middle + COLUMN
    above = [
        line.box.bottom
        for line in lines
        if line.page == name.page
        and line.box.bottom > name.box.top - 1
        and line.box.left < right
        and line.box.right > left
    ]
    return min(above, default=None)


def centred(room: Box, pixels: tuple[int, int]) -> Box:
    """Fit a picture of so many pixels into the middle of a room, never larger than it."""
    scale = min(room.width / pixels[0], room.height / pixels[1])
    width, height = pixels[0] * scale, pixels[1] * scale
    left = room.middle - width / 2
    bottom = (room.bottom + room.top - height) / 2
    return Box(left, bottom, left + width, bottom + height)


def sealed(signature: Box, pixels: tuple[int, int], dots: float | None) -> Box:
    """Lay a seal of its real size over a third of a signature, on its left."""
    across = SEAL_MM
    if dots and SMALLEST_MM <= pixels[0] / dots * 25.4 <= LARGEST_MM:
        across = pixels[0] / dots * 25.4
    width = across * POINTS_PER_MM
    height = width * pixels[1] / pixels[0]
    right = signature.left + signature.width * COVERED
    bottom = (signature.bottom + signature.top - height) / 2
    return Box(right - width, bottom, right, bottom + height)
