"""The directory of units: what a spoken or written name of a unit stands for.

Names are said in many ways: in full, by a former name, by an abbreviation, by a recogniser that
drops diacritics or writes «cát tiên ba» for «Cát Tiên 3». The directory knows them all and gives
back one canonical name. It never guesses: an unknown name finds nothing.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from meetly.accounts.standard_units import STANDARD_UNITS
from meetly.folding import fold

#: A word (D'Ran is one) or one mark of punctuation.
TOKEN = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")

#: «hoà» and «hòa», «thuỷ» and «thủy» are the same word in two spelling habits.
_OLD_TONE = re.compile(r"(?:o[àáảãạèéẻẽẹ]|(?<!q)u[ỳýỷỹỵ])(?!\w)")
_NEW_TONE = {
    old + tail: new + plain
    for tails, olds, new_vowels in (
        ("o", "àáảãạ", "òóỏõọ"),
        ("o", "èéẻẽẹ", "òóỏõọ"),
        ("u", "ỳýỷỹỵ", "ùúủũụ"),
    )
    for old, tail, new, plain in zip(
        tails * 5, olds, new_vowels, {"à": "a", "è": "e", "ỳ": "y"}[olds[0]] * 5, strict=True
    )
}

_DIGIT_WORDS = {"1": "một", "2": "hai", "3": "ba", "4": "bốn", "5": "năm", "6": "sáu", "7": "bảy"}
_LOCALITY = {"commune": "xã", "ward": "phường", "special_zone": "đặc khu"}
_KIND_BY_OPENING = (
    ("ubnd tỉnh", "province"),
    ("sở ", "department"),
    ("văn phòng", "office"),
    ("thanh tra", "office"),
    ("ubnd xã", "commune"),
    ("ubnd phường", "ward"),
    ("ubnd đặc khu", "special_zone"),
    ("các ", "group"),
    ("ubnd các", "group"),
)
_MISSPELLING_LENGTH = 8


def same_tones(text: str) -> str:
    """Write old tone placement («hoà», «uỷ») the new way («hòa», «ủy»), keeping the length."""
    return _OLD_TONE.sub(lambda match: _NEW_TONE[match[0]], text)


@dataclass(frozen=True)
class DirectoryUnit:
    """One unit as the directory knows it; `name` is the canonical name shown to people."""

    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    code: str = ""
    parent: str = ""


@dataclass(frozen=True)
class _Entry:
    words: tuple[str, ...]
    unit: DirectoryUnit


class Directory:
    """Units that can be looked up by anything people call them."""

    def __init__(self, units: Iterable[DirectoryUnit]) -> None:
        """Index every name, alias and short form of the given units."""
        self.units: tuple[DirectoryUnit, ...] = tuple(units)
        self._names = _Index()
        self._shorts = _Index()
        for unit in self.units:
            for form in _forms(unit):
                self._names.add(form, unit)
            for form in _short_forms(unit):
                self._shorts.add(form, unit)

    def find(self, text: str) -> DirectoryUnit | None:
        """Return the unit that the whole text names, tolerating diacritics and one small slip."""
        words = [word.lower() for word in TOKEN.findall(same_tones(text.strip().lower()))]
        if not words:
            return None
        plain = [fold_word(word) for word in words]
        found = self._names.longest(words, plain, 0)
        if found is None or found[1] != len(words):
            found = self._shorts.longest(words, plain, 0)
        if found is not None and found[1] == len(words):
            return found[0]
        return self._names.nearest(plain)

    def longest(
        self, words: Sequence[str], plain: Sequence[str], start: int
    ) -> tuple[DirectoryUnit, int] | None:
        """Return the unit whose longest name begins at `start`, with its length in tokens.

        `words` are lower-case tokens as written, `plain` the same tokens folded.
        """
        return self._names.longest(words, plain, start)

    def longest_short(
        self, words: Sequence[str], plain: Sequence[str], start: int, kind: str = ""
    ) -> tuple[DirectoryUnit, int] | None:
        """Return the unit of a kind by its name without «Sở» or «UBND xã», as lists use it."""
        return self._shorts.longest(words, plain, start, kind)

    def near_miss(self, plain: Sequence[str], start: int) -> tuple[DirectoryUnit, int] | None:
        """Return a unit whose folded name differs by one letter from the tokens at `start`."""
        return self._names.near_miss(plain, start)

    def names(self, *, accented: bool) -> Iterator[tuple[str, ...]]:
        """Yield the words of every name, as written or folded."""
        return self._names.words(accented)

    def __iter__(self) -> Iterator[DirectoryUnit]:
        return iter(self.units)

    def __len__(self) -> int:
        return len(self.units)

    @classmethod
    def read(cls, path: Path) -> Directory:
        """Read the CSV of `meetly unit import` or a plain list of names, over the standard units.

        A unit of the file replaces the standard unit of the same name.
        """
        text = path.read_text(encoding="utf-8-sig")
        header = text.split("\n", 1)[0].strip().lower().split(",")
        read = _from_csv(text) if {"name", "kind"} <= set(header) else _from_lines(text)
        own = list(read)
        taken = {fold(unit.name) for unit in own}
        standard = [unit for unit in cls.standard() if fold(unit.name) not in taken]
        return cls([*own, *standard])

    @classmethod
    def standard(cls) -> Directory:
        """Return the departments, offices and bodies that every province has."""
        return _standard()


@lru_cache(maxsize=1)
def _standard() -> Directory:
    return Directory(DirectoryUnit(name, kind, aliases) for kind, name, aliases in STANDARD_UNITS)


@lru_cache(maxsize=20_000)
def fold_word(word: str) -> str:
    """Fold one word; the same few thousand syllables come again and again."""
    return fold(word)


class _Index:
    """Names by their folded words; the accented words decide between names that fold alike."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, ...], list[_Entry]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._alike: dict[tuple[str, int], list[_Entry]] = {}

    def words(self, accented: bool) -> Iterator[tuple[str, ...]]:
        if not accented:
            return iter(self._entries)
        return (entry.words for entries in self._entries.values() for entry in entries)

    def add(self, form: str, unit: DirectoryUnit) -> None:
        words = tuple(TOKEN.findall(same_tones(form.lower())))
        if not words:
            return
        plain = tuple(fold_word(word) for word in words)
        entries = self._entries.setdefault(plain, [])
        if all(entry.unit is not unit for entry in entries):
            entries.append(_Entry(words, unit))
            self._alike.setdefault((plain[0], len(plain)), []).append(_Entry(plain, unit))
        lengths = set(self._lengths.get(plain[0], ())) | {len(plain)}
        self._lengths[plain[0]] = tuple(sorted(lengths, reverse=True))

    def longest(
        self, words: Sequence[str], plain: Sequence[str], start: int, kind: str = ""
    ) -> tuple[DirectoryUnit, int] | None:
        for length in self._lengths.get(plain[start], ()):
            if start + length > len(plain):
                continue
            entries = self._entries.get(tuple(plain[start : start + length]), ())
            entry = _best(entries, tuple(words[start : start + length]), kind)
            if entry is not None:
                return entry.unit, length
        return None

    def nearest(self, plain: Sequence[str]) -> DirectoryUnit | None:
        found = self.near_miss(plain, 0)
        return found[0] if found and found[1] == len(plain) else None

    def near_miss(self, plain: Sequence[str], start: int) -> tuple[DirectoryUnit, int] | None:
        """Only long names, the same number of words, one letter off and one unit that fits."""
        for length in self._lengths.get(plain[start], ()):
            heard = tuple(plain[start : start + length])
            if length < 3 or len(heard) < length or len("".join(heard)) < _MISSPELLING_LENGTH:
                continue
            close = {
                entry.unit
                for entry in self._alike[heard[0], length]
                if _one_letter_off(entry.words, heard)
            }
            if len(close) == 1:
                return close.pop(), length
        return None


def _best(entries: Iterable[_Entry], words: tuple[str, ...], kind: str) -> _Entry | None:
    """Prefer the name with the same diacritics; accept lost ones only on longer names."""
    fitting = [entry for entry in entries if not kind or entry.unit.kind == kind]
    if not fitting:
        return None
    for entry in fitting:
        if entry.words == words:
            return entry
    return fitting[0] if len(words) > 1 or words[0].isascii() else None


def _one_letter_off(known: Sequence[str], heard: Sequence[str]) -> bool:
    wrong = [(a, b) for a, b in zip(known, heard, strict=True) if a != b]
    if len(wrong) != 1:
        return False
    known_word, heard_word = wrong[0]
    if min(len(known_word), len(heard_word)) < 3:
        return False
    if len(known_word) == len(heard_word):
        return sum(a != b for a, b in zip(known_word, heard_word, strict=True)) == 1
    shorter, longer = sorted((known_word, heard_word), key=len)
    return len(longer) - len(shorter) == 1 and any(
        longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))
    )


def _forms(unit: DirectoryUnit) -> Iterator[str]:
    """Every full way to say a unit: name, aliases, without commas, with digits as words."""
    for name in (unit.name, *unit.aliases):
        spoken = _without_marks(name)
        for form in dict.fromkeys((name, spoken)):
            yield from _with_office(form)
            digits = re.sub(r"(?<=\s)[1-7]\b", lambda match: _DIGIT_WORDS[match[0]], form)
            if digits != form:
                yield from _with_office(digits)


def _with_office(form: str) -> Iterator[str]:
    """A locality answers to its People's Committee: «xã X» and «UBND xã X» are one unit."""
    yield form
    match = re.match(r"(?:ubnd|ủy ban nhân dân)\s+(.*)", same_tones(form), re.IGNORECASE)
    if match:
        rest = match[1]
        yield from (f"ubnd {rest}", f"ủy ban nhân dân {rest}", f"ủy ban {rest}")
        if not rest.lower().startswith("tỉnh"):
            yield rest
    elif re.match(r"(?:xã|phường|đặc khu)\s", form, re.IGNORECASE):
        yield from (f"ubnd {form}", f"ủy ban nhân dân {form}", f"ủy ban {form}")


def _short_forms(unit: DirectoryUnit) -> Iterator[str]:
    for form in _forms(unit):
        match = re.match(r"(?:sở|xã|phường|đặc khu|bên)\s+(.*)", form, re.IGNORECASE)
        if match and len(match[1]) > 2:
            yield match[1]


def _without_marks(name: str) -> str:
    return " ".join(re.sub(r"[,&–-]", " ", name).split())


def _from_csv(text: str) -> Iterator[DirectoryUnit]:
    for row in csv.DictReader(io.StringIO(text), skipinitialspace=True):
        cells = {
            (key or "").strip().lower(): (value or "").strip()
            for key, value in row.items()
            if isinstance(value, str)
        }
        if cells.get("name"):
            aliases = tuple(a.strip() for a in cells.get("aliases", "").split("|") if a.strip())
            yield _canonical(
                cells["name"],
                cells.get("kind", ""),
                aliases,
                cells.get("code", ""),
                cells.get("parent", ""),
            )


def _from_lines(text: str) -> Iterator[DirectoryUnit]:
    for line in text.splitlines():
        name = line.strip()
        if name and not name.startswith("#"):
            yield _canonical(name, "", (), "", "")


def _canonical(
    name: str, kind: str, aliases: tuple[str, ...], code: str, parent: str
) -> DirectoryUnit:
    """A locality is named by its People's Committee, and a missing kind is read off the name."""
    name = unicodedata.normalize("NFC", name)
    for locality in _LOCALITY.values():
        if same_tones(name.lower()).startswith(locality + " "):
            aliases = (*aliases, name)
            name = f"UBND {locality}{name[len(locality) :]}"
    name = re.sub(r"^ủy ban nhân dân\b", "UBND", name, flags=re.IGNORECASE)
    opening = same_tones(name.lower()) + " "
    guessed = next((k for start, k in _KIND_BY_OPENING if opening.startswith(start)), "body")
    return DirectoryUnit(name, kind or guessed, aliases, code, parent)
