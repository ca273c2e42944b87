"""Words found in a sentence, forgiving diacritics and capitals where that is wished; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from meetly.folding import fold


@dataclass(frozen=True)
class Wanted:
    """What is looked for."""

    words: str
    #: diacritics and capitals must agree
    exact: bool = False
    #: also inside longer words
    inside: bool = False

    @property
    def tidy(self) -> str:
        """The words with single spaces, composed letters."""
        return unicodedata.normalize("NFC", " ".join(self.words.split()))


def spans(text: str, wanted: Wanted) -> list[tuple[int, int]]:
    """Return where the words stand in a text, as (from, to) in letters, without overlaps."""
    needle = wanted.tidy if wanted.exact else fold(wanted.tidy)
    if not needle or (not wanted.exact and needle not in fold(text)):
        return []
    letters, places = (text, range(len(text))) if wanted.exact else _folded(text)
    found: list[tuple[int, int]] = []
    at = letters.find(needle)
    while at >= 0:
        begin, end = places[at], places[at + len(needle) - 1] + 1
        while not wanted.exact and end < len(text) and not fold(text[end]):
            end += 1  # a mark that stands as a letter of its own belongs to the one before
        if wanted.inside or _is_whole(text, begin, end):
            found.append((begin, end))
            at = letters.find(needle, at + len(needle))
        else:
            at = letters.find(needle, at + 1)
    return found


def replaced(text: str, found: Sequence[tuple[int, int]], by: str) -> str:
    """Put other words in these places."""
    for begin, end in reversed(found):
        text = text[:begin] + by + text[end:]
    return " ".join(text.split())


def cut(text: str, found: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Part a text into runs, each with whether it was found."""
    pieces: list[tuple[str, bool]] = []
    reached = 0
    for begin, end in found:
        pieces += [(text[reached:begin], False), (text[begin:end], True)]
        reached = end
    pieces.append((text[reached:], False))
    return [piece for piece in pieces if piece[0]]


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """Fold a text letter by letter, with the place in it of each folded letter."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for plain in fold(letter):
            letters.append(plain)
            places.append(place)
    return "".join(letters), places


def _is_whole(text: str, begin: int, end: int) -> bool:
    before, after = text[begin - 1 : begin], text[end : end + 1]
    return not before.isalnum() and not after.isalnum()
