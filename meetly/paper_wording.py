"""How official papers write things: days, hours, numbers, enumerations, names in a row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, time, timedelta
from datetime import datetime as moment

from meetly.folding import fold

#: Stands where something is still to be written in by hand.
BLANK = "…"

#: The letters of an enumeration, in the order of Vietnamese drafting rules.
_LETTERS = "abcdđeghiklmnopqrstuvxy"

# What XML 1.0 forbids, and the marks that can turn a line of text around for its reader.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_SPACE = re.compile(r"\s+")


class _PlainLetters(dict[int, str]):
    """Fold one letter to exactly one letter, so that offsets stay true."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        folded = fold(letter)
        self[code] = folded if len(folded) == 1 else letter
        return self[code]


_PLAIN = _PlainLetters()


def plain(text: str) -> str:
    """Fold text letter by letter: in small letters, without marks, as long as it was."""
    return text.translate(_PLAIN)


def clean(text: str) -> str:
    """Return the text on one line, composed, without what a document may not hold."""
    composed = unicodedata.normalize("NFC", _FORBIDDEN.sub("", text))
    return _SPACE.sub(" ", composed).strip()


def capitalised(text: str) -> str:
    """Return the text with a capital first letter, the rest untouched."""
    return text[:1].upper() + text[1:]


def lowered(text: str) -> str:
    """Return the text with a small first letter unless it opens with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """Return the text as a sentence: capital first, a full stop last."""
    return capitalised(text.rstrip(" ,;:.")) + "." if text.strip(" ,;:.") else ""


def numeral(number: int | None) -> str:
    """Write a document number, with the zero the decree puts before a single digit."""
    return BLANK if number is None else f"{number:02d}"


def day(value: date) -> str:
    """Write a day for a table: 10/12/2026."""
    return f"{value:%d/%m/%Y}"


def day_in_words(value: date) -> str:
    """Write a day in full: days under 10 and months 1 and 2 take a zero before them."""
    month = f"{value.month:02d}" if value.month < 3 else str(value.month)
    return f"ngày {value.day:02d} tháng {month} năm {value.year}"


def clock_in_words(value: time | None) -> str:
    """Write a time of day in full, or leave room for it."""
    return f"{value:%H} giờ {value:%M} phút" if value else f"{BLANK} giờ {BLANK} phút"


def mark(start: float | None, recording_starts: time | None) -> str:
    """Write where it was said: the clock time if known, else hours into the recording."""
    if start is None:
        return "–"
    if recording_starts is not None:
        said = moment.combine(date(2000, 1, 1), recording_starts) + timedelta(seconds=start)
        return f"{said:%H:%M}"
    seconds = int(start)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def letter(index: int) -> str:
    """Return the letter of the item at this index; after the last letter they double."""
    return _LETTERS[index % len(_LETTERS)] * (index // len(_LETTERS) + 1)


def row(names: Sequence[str]) -> str:
    """Write names in a row; names that hold a comma themselves are kept apart by semicolons."""
    if len(names) < 2:
        return "".join(names)
    if any("," in name for name in names):
        return "; ".join(names)
    return f"{', '.join(names[:-1])} và {names[-1]}"
