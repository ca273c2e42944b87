"""Numbers as people say them: «ba mươi mốt», «hai lăm», «hai nghìn không trăm hai mươi bảy».

A recogniser writes dates and durations in words as often as in digits. The patterns here are
parts for larger patterns; `number` and `year` read what they matched, with or without diacritics.
"""

from __future__ import annotations

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
