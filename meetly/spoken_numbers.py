"""Numbers as people say them: «ba mươi mốt», «hai lăm», «hai nghìn không trăm hai mươi bảy».

A recogniser writes dates and durations in words as often as in digits. The patterns here are
parts for larger patterns; `number` and `year` read what they matched, with or without diacritics.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meetly.folding import fold

_UNIT = r"(?:một|mốt|hai|ba|bốn|tư|lăm|nhăm|sáu|bảy|bẩy|tám|chín)"
_ALONE = r"(?:một|hai|ba|bốn|tư|năm|sáu|bảy|bẩy|tám|chín)"
_TENS = r"(?:hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín)"

#: 10-99 in words. «năm» (five) never follows «mười», where it would mean "year".
LONG_WORDS = (
    rf"(?:{_TENS} (?:mươi|chục)(?: {_UNIT})?|mười {_UNIT}|(?:hai|ba) (?:mốt|lăm|nhăm)|hăm {_UNIT})"
)
WORDS = rf"(?:{LONG_WORDS}|mười|{_ALONE})"
DAY = rf"(?:\d{{1,2}}|{WORDS})"
NUMBER = rf"(?:\d{{1,3}}|{WORDS})"
MONTH = r"(?:\d{1,2}|mười một|mười hai|mười|một|hai|ba|bốn|tư|năm|sáu|bảy|bẩy|tám|chín)"
YEAR = (
    rf"(?:\d{{4}}|hai (?:nghìn|ngàn)(?: không trăm)?(?: (?:linh|lẻ))? {WORDS}"
    rf"|hai không {_UNIT} (?:không|năm|{_UNIT})"
    r"|nay|này|sau|tới|sang năm)"
)
QUARTER = r"(?:iv|iii|ii|i|[1-4]|một|nhất|hai|ba|bốn|tư|này|sau|tới)"

_VALUES = {
    "khong": 0,
    "mot": 1,
    "nhat": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "tu": 4,
    "nam": 5,
    "lam": 5,
    "nham": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
}
#: folded words with which a number in words may end
NUMBER_ENDS = frozenset({*(word for word in _VALUES if len(word) > 1), "muoi", "chuc"})
_TEN = frozenset({"muoi", "chuc"})


def number(said: str) -> int:
    """Return the value of a number of up to two words or of digits: «hai mươi lăm» is 25."""
    said = said.strip()
    if said.isdigit():
        return int(said)
    value = 0
    for word in fold(said).split():
        if word in _TEN:
            value = max(value, 1) * 10
        elif word == "ham":
            value = 20
        elif 1 < value < 10:
            # «hai lăm» is short for «hai mươi lăm».
            value = value * 10 + _VALUES[word]
        else:
            value += _VALUES[word]
    return value


def year(said: str, current: int) -> int:
    """Return the year meant by digits, by words or by «nay», «sau», «tới»."""
    plain = fold(said).strip()
    if plain.isdigit():
        return int(plain)
    if plain == "nay":
        return current
    if plain in {"sau", "toi"} or plain.startswith("sang"):
        return current + 1
    words = plain.split()
    if words[1] == "khong":
        return 2000 + _VALUES[words[2]] * 10 + _VALUES[words[3]]
    rest = [word for word in words[2:] if word not in {"khong", "tram", "linh", "le"}]
    return 2000 + number(" ".join(rest))


# -- whole numbers of any size -----------------------------------------------------------------

DIGITS = {
    "không": 0, "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7,
    "tám": 8, "chín": 9,
}  # fmt: skip
#: A one, four or five behind a ten: «hai mươi mốt», «ba mươi tư», «mười lăm».
_AFTER_TEN = {**DIGITS, "mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}
_ODD = ("linh", "lẻ")
SCALES = {"nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}
#: Words that can only go on counting: a number that one of them follows was not read to its end.
COUNTING = frozenset({*DIGITS, "mười", "mươi", "trăm", "chục", "vạn", "mấy", *SCALES} - {"năm"})
#: «tỷ lệ», «triệu tập»: behind the same syllable another word.
_NOT_SCALES = {
    "tỷ": ("lệ", "trọng", "suất", "giá", "phú", "số", "mỉ"),
    "tỉ": ("lệ", "trọng", "suất", "giá", "phú", "số", "mỉ"),
    "triệu": ("tập", "hồi", "chứng", "phong", "sơn"),
}


@dataclass(frozen=True)
class Count:
    """A number said in words: its value, the index behind it, and whether it took several words."""

    value: int
    end: int
    several: bool


def count(words: Sequence[str], start: int) -> Count | None:
    """Read the number in words that begins at `start`, as far as it certainly goes.

    `words` are lower-case words with their diacritics; anything else between them ends the
    number. None where no number begins or where it can be read in two ways («một trăm hai»).
    """
    if word_at(words, start) == "không":
        return None
    value, place, smallest = 0, start, 10**12
    while smallest > 1:
        group = _below_million(words, place, leading=place == start)
        if group is None:
            break
        size = scale_at(words, group[1])
        if size >= smallest:
            return None
        value, place = value + group[0] * size, group[1] + (size > 1)
        smallest = size
    if place == start or word_at(words, place) in COUNTING:
        return None
    # «năm mươi năm mươi»: another number begins where a year or a five might stand
    if word_at(words, place) == "năm" and word_at(words, place + 1) in ("mươi", "trăm", *SCALES):
        return None
    return Count(value, place, place - start > 1)


def scale_at(words: Sequence[str], place: int) -> int:
    """Return what «nghìn», «triệu», «tỷ» at a place multiply by, or 1 where none stands."""
    word = word_at(words, place)
    if word_at(words, place + 1) in _NOT_SCALES.get(word, ()):
        return 1
    return SCALES.get(word, 1)


def word_at(words: Sequence[str], place: int) -> str:
    """Return the word at a place, empty outside."""
    return words[place] if 0 <= place < len(words) else ""


def _below_million(words: Sequence[str], place: int, *, leading: bool) -> tuple[int, int] | None:
    """Read 1-999,999: «hai nghìn tám trăm» before «tỷ» are so many thousand millions."""
    thousands = _below_thousand(words, place, leading=leading)
    if thousands is None or scale_at(words, thousands[1]) != 1000:
        return thousands
    value, place = thousands[0] * 1000, thousands[1] + 1
    rest = _below_thousand(words, place, leading=False)
    return (value + rest[0], rest[1]) if rest else (value, place)


def _below_thousand(words: Sequence[str], place: int, *, leading: bool) -> tuple[int, int] | None:
    first = word_at(words, place)
    if first in DIGITS and word_at(words, place + 1) == "trăm":
        hundreds, place = DIGITS[first] * 100, place + 2
        rest = _below_hundred(words, place, odd=True)
        if rest is None:
            return hundreds, place
        return hundreds + rest[0], rest[1]
    return _below_hundred(words, place, odd=not leading)


def _below_hundred(words: Sequence[str], place: int, *, odd: bool) -> tuple[int, int] | None:
    """Read 1-99; `odd`: it stands behind hundreds or thousands, where a lone digit needs «linh»."""
    first, second = word_at(words, place), word_at(words, place + 1)
    if odd and first in _ODD:
        return (DIGITS[second], place + 2) if second in DIGITS else None
    if first == "mười":
        last = _AFTER_TEN.get(second)
        if last is None or second in ("năm", "không"):
            return 10, place + 1
        return 10 + last, place + 2
    if first not in DIGITS or first == "không":
        return None
    if second == "mươi":
        third = word_at(words, place + 2)
        last = _AFTER_TEN.get(third)
        if last is None or third in ("năm", "không"):
            return DIGITS[first] * 10, place + 2
        return DIGITS[first] * 10 + last, place + 3
    if second in ("lăm", "nhăm", "mốt") and first != "một":
        return DIGITS[first] * 10 + _AFTER_TEN[second], place + 2
    # «hai nghìn năm» are two thousand years; a lone digit belongs to a number only with a scale.
    if odd and scale_at(words, place + 1) == 1:
        return None
    return DIGITS[first], place + 1
