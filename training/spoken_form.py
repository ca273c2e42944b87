"""How an official would say what a transcript writes: «10/12/2026» is spoken, not spelled.

The transcript keeps the written word, the synthesiser gets the spoken one.  Sound must decide the
spelling, so each written form has a reading of its own: a date with a slash gets a short break
before «tháng», a date written «ngày 20 tháng 12» gets none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_ROMAN = {
    "I": 1,
    "II": 2,
    "III": 3,
    "IV": 4,
    "V": 5,
    "VI": 6,
    "VII": 7,
    "VIII": 8,
    "IX": 9,
    "X": 10,
}
_SHORT = {
    "UBND": "ủy ban nhân dân",
    "HĐND": "hội đồng nhân dân",
    "HTX": "hợp tác xã",
    "km": "ki lô mét",
    "ha": "héc ta",
    "m2": "mét vuông",
    "QL": "quốc lộ",
    "–": "",
    "-": "",
}
_EDGES = re.compile(r"^([\"«“(]*)(.*?)([\"»”).,;:?!…]*)$", re.DOTALL)
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?")


@dataclass(frozen=True)
class Reading:
    """One written word and what is said for it (empty for a mark nobody speaks)."""

    written: str
    spoken: str


def number_in_words(number: int, *, odd: str = "lẻ") -> str:
    """Say a whole number below a thousand million, «lẻ» or «linh» standing for a zero ten."""
    if number < 10:
        return _DIGITS[number]
    if number < 100:
        return _tens(number)
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        head = f"{_DIGITS[hundreds]} trăm"
        if rest == 0:
            return head
        return f"{head} {odd} {_DIGITS[rest]}" if rest < 10 else f"{head} {_tens(rest)}"
    for size, name in ((1_000_000, "triệu"), (1_000, "nghìn")):
        if number >= size:
            above, rest = divmod(number, size)
            said = f"{number_in_words(above, odd=odd)} {name}"
            if rest == 0:
                return said
            if rest < 100:
                small = f"{odd} {_DIGITS[rest]}" if rest < 10 else _tens(rest)
                return f"{said} không trăm {small}"
            return f"{said} {number_in_words(rest, odd=odd)}"
    raise ValueError(f"not a number to speak: {number}")


def _tens(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    if ones == 0:
        return head
    last = {5: "lăm", 1: "mốt" if tens > 1 else "một"}.get(ones, _DIGITS[ones])
    return f"{head} {last}"


def readings(text: str, *, odd: str = "lẻ") -> list[Reading]:
    """Read a written text aloud, word by word."""
    out: list[Reading] = []
    before = ""
    for written in text.split():
        match = _EDGES.match(written)
        assert match is not None  # every part of the pattern may be empty
        core, tail = match[2], match[3]
        spoken = _say(core, before, odd)
        out.append(Reading(written, f"{spoken}{_pause(tail)}" if spoken else ""))
        before = core
    return out


def as_whisper_writes(text: str) -> str:
    """Write out what Whisper never writes: it keeps slashes and semicolons from its own output.

    «10/12/2026» becomes «10 tháng 12 năm 2026», «I/2027» «I năm 2027», «75/75» «75 trên 75».
    """
    return " ".join(_without_slash(word) for word in text.replace(";", ",").split())


def _without_slash(word: str) -> str:
    match = _EDGES.match(word)
    assert match is not None
    head, core, tail = match.groups()
    if date := _DATE.fullmatch(core):
        day, month, year = date.groups()
        if 1 <= int(day) <= 31 and 1 <= int(month) <= 12:
            core = f"{day} tháng {month}" + (f" năm {year}" if year else "")
    first, slash, last = core.partition("/")
    if slash:
        core = f"{first} {'trên' if first.isdigit() and len(last) < 4 else 'năm'} {last}"
    return f"{head}{core}{tail}"


def _pause(tail: str) -> str:
    marks = [mark for mark in tail if mark in ".,;:?!…"]
    return marks[-1].replace("…", ".") if marks else ""


def _say(core: str, before: str, odd: str) -> str:
    if core in _SHORT:
        return _SHORT[core]
    if core in _ROMAN and before.lower() in {"quý", "kỳ", "nhóm", "khu", "khóa", "đợt", "cấp"}:
        return _DIGITS[_ROMAN[core]] if _ROMAN[core] < 10 else "mười"
    head, slash, year = core.partition("/")
    if slash and head in _ROMAN and year.isdigit():
        return f"{number_in_words(_ROMAN[head])} năm {number_in_words(int(year), odd=odd)}"
    if not any(letter.isdigit() for letter in core):
        return core
    return _say_figure(core, before, odd)


def _say_figure(core: str, before: str, odd: str) -> str:
    if before.lower() not in {"đạt", "được", "có"} and (date := _DATE.fullmatch(core)):
        day, month, year = int(date[1]), int(date[2]), date[3]
        if 1 <= day <= 31 and 1 <= month <= 12:
            first = f"mùng {_DIGITS[day]}" if day < 10 and core[0] == "0" else number_in_words(day)
            said = f"{first}, tháng {number_in_words(month)}"
            return f"{said} năm {number_in_words(int(year), odd=odd)}" if year else said
    if month_year := re.fullmatch(r"(\d{1,2})/(\d{4})", core):
        first = number_in_words(int(month_year[1]))
        return f"{first} năm {number_in_words(int(month_year[2]), odd=odd)}"
    if share := re.fullmatch(r"(\d+)/(\d+)", core):
        return " trên ".join(number_in_words(int(part), odd=odd) for part in share.groups())
    if core.endswith("%"):
        return f"{_say_figure(core[:-1], before, odd)} phần trăm"
    if decimal := re.fullmatch(r"([\d.]+),(\d+)", core):
        whole = number_in_words(int(decimal[1].replace(".", "")), odd=odd)
        rest = decimal[2]
        after = (
            " ".join(_DIGITS[int(d)] for d in rest)
            if rest[0] == "0"
            else number_in_words(int(rest), odd=odd)
        )
        return f"{whole} phẩy {after}"
    if re.fullmatch(r"\d+|\d{1,3}(\.\d{3})+", core):
        return number_in_words(int(core.replace(".", "")), odd=odd)
    return core
