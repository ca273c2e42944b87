"""Figures said in words, as an office writes them: «mười lăm tháng mười hai» is 15/12."""

from __future__ import annotations

import re

from meetly.spoken_numbers import count

_WORD = re.compile(r"[^\W\d_]+|\d+(?:[.,/:]\d+)*%?|[.,;:?!]")
_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3})+%?")
_UNITS = ("triệu", "tỷ", "tỉ")


def in_digits(figure: str) -> str:
    """Return a figure without the points between its thousands and the zeros before its days."""
    if _GROUPS.fullmatch(figure):
        figure = figure.replace(".", "")
    return re.sub(r"(?<![\d.,])0+(?=\d)", "", figure)


def figures_of(text: str) -> set[str]:
    """Return the figures and dates of a text, whether in digits or in words, as `in_digits`.

    «hai nghìn tám trăm» gives 2800 and no other: a part of a number was not said.
    """
    found = [(in_digits(raw), words) for raw, words in _numbers(text)]
    figures = {figure for figure, _ in found}
    for place, (day, after) in enumerate(found):
        if after == "thang" and place + 1 < len(found):
            month, then = found[place + 1]
            figures.add(f"{day}/{month}")
            if then == "nam" and place + 2 < len(found):
                figures.add(f"{day}/{month}/{found[place + 2][0]}")
        if after == "percent":
            figures.add(f"{day}%")
    return figures


def _numbers(text: str) -> list[tuple[str, str]]:
    """Return each number in digits and what follows it: a month, a year, a per cent, nothing."""
    words = _WORD.findall(text.lower())
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(words):
        if words[place][0].isdigit():
            raw, end = words[place], place + 1
        elif number := count(words, place):
            raw, end = str(number.value), number.end
            # «hai nghìn tám trăm tỷ» is written 2.800 tỷ
            if words[end - 1] in _UNITS and (before := count(words[: end - 1], place)):
                found.append((str(before.value), ""))
        else:
            place += 1
            continue
        joint = _joint(words[end : end + 2], words[end + 1 : end + 3])
        found.append((raw, joint))
        place = end + bool(joint)  # «năm» between a month and a year is no five
    return found


def _joint(after: list[str], beyond: list[str]) -> str:
    """Tell what joins a number to the next: only «tháng» and «năm» right between them do."""
    if after == ["phần", "trăm"]:
        return "percent"
    counted = bool(beyond) and (beyond[0][0].isdigit() or count(beyond, 0) is not None)
    if after[:1] == ["tháng"] and counted:
        return "thang"
    return "nam" if after[:1] == ["năm"] and counted else ""
