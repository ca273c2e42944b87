"""How alike two Vietnamese syllables sound, to a recogniser and across the country's accents.

A syllable is its initial, its rime and its tone. What accents mix up costs little (l/n, tr/ch,
s/x, d/gi/r/v, hỏi/ngã, final n/ng and c/t), a lost mark costs half, another sound costs one.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_INITIALS = (
    "ngh", "ng", "nh", "gh", "gi", "ch", "kh", "ph", "th", "tr", "qu", "b", "c", "d", "đ", "g",
    "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x",
)  # fmt: skip
_SAME_INITIAL = {"ngh": "ng", "gh": "g", "k": "c", "qu": "cw"}
#: Initials that accents mix up, and those that sound alike in a bad microphone.
_MIXED = ({"l", "n"}, {"tr", "ch"}, {"s", "x"}, {"d", "gi", "r", "v"}, {"cw", "w"})
_ALIKE = (
    {"b", "p"}, {"p", "ph"}, {"t", "th"}, {"c", "kh"}, {"kh", "h"}, {"m", "n"}, {"n", "nh"},
    {"g", "c"}, {"đ", "t"}, {"s", "tr"}, {"g", "h"},
)  # fmt: skip
_FINALS = ("ng", "nh", "ch", "c", "m", "n", "p", "t", "i", "y", "o", "u")
_MIXED_FINALS = ({"n", "ng"}, {"n", "nh"}, {"ng", "nh"}, {"c", "t"}, {"ch", "t"}, {"i", "y"},
                 {"o", "u"}, {"c", "ch"})  # fmt: skip
_TONES = {"\u0300": "huyền", "\u0301": "sắc", "\u0309": "hỏi", "\u0303": "ngã", "\u0323": "nặng"}
_MARKS = str.maketrans("ăâêôơư", "aaeoou")

MIXED, LOST, OTHER = 0.3, 0.5, 1.05


@dataclass(frozen=True, slots=True)
class Syllable:
    """The parts of a syllable that are heard."""

    initial: str
    nucleus: str
    final: str
    tone: str


@lru_cache(maxsize=20_000)
def syllable(word: str) -> Syllable:
    """Part a lower-case word; what is no Vietnamese syllable becomes one long nucleus."""
    decomposed = unicodedata.normalize("NFD", word)
    tone = next((_TONES[mark] for mark in decomposed if mark in _TONES), "")
    bare = unicodedata.normalize("NFC", "".join(m for m in decomposed if m not in _TONES))
    initial = next((i for i in _INITIALS if bare.startswith(i)), "")
    if initial == "gi" and (len(bare) == 2 or bare[2] not in "aăâeêioôơuưy"):
        rest = bare[1:]
    else:
        rest = bare[len(initial) :]
    final = next((f for f in _FINALS if rest.endswith(f) and len(rest) > len(f)), "")
    nucleus = rest[: len(rest) - len(final)] if final else rest
    if nucleus == "y":
        nucleus = "i"
    return Syllable(_SAME_INITIAL.get(initial, initial), nucleus, final, tone)


@lru_cache(maxsize=100_000)
def distance(heard: str, known: str) -> float:
    """Return how far two lower-case words sound apart: 0 the same, about 1 another sound."""
    if heard == known:
        return 0.0
    a, b = syllable(heard), syllable(known)
    return (
        _initials(a.initial, b.initial)
        + _nuclei(a.nucleus, b.nucleus)
        + _finals(a.final, b.final)
        + _tones(a.tone, b.tone)
    )


def _initials(a: str, b: str) -> float:
    if a == b:
        return 0.0
    if any({a, b} <= group for group in _MIXED):
        return MIXED
    if any({a, b} == pair for pair in _ALIKE):
        return LOST
    return OTHER


def _nuclei(a: str, b: str) -> float:
    if a == b:
        return 0.0
    if a.translate(_MARKS) == b.translate(_MARKS):
        return LOST
    if {a, b} in ({"i", "iê"}, {"u", "uô"}, {"ư", "ươ"}, {"ia", "iê"}, {"ua", "uô"}, {"ưa", "ươ"}):
        return LOST
    return OTHER


def _finals(a: str, b: str) -> float:
    if a == b:
        return 0.0
    if {a, b} in _MIXED_FINALS:
        return MIXED
    return OTHER


def _tones(a: str, b: str) -> float:
    if a == b:
        return 0.0
    return 0.2 if {a, b} == {"hỏi", "ngã"} else LOST
