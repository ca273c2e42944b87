"""The names a meeting is likely to hear: units and all they are called, people, places, terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from meetly.accounts.directory import Directory, DirectoryUnit, same_tones
from meetly.spoken_numbers import DIGITS
from meetly.transcripts.syllables import syllable

_PART = re.compile(r"\w+(?:['’]\w+)*")
_LOCAL = re.compile(r"(?:UBND\s+)?(xã|phường|đặc khu|tỉnh)\s+(.+)", re.IGNORECASE)
_DIGITS = {str(value): word for word, value in DIGITS.items() if word != "bẩy"}
#: Words in front of a commune's bare name that say a site of the meeting is meant.
SITES = ("điểm cầu", "mời")


@dataclass(frozen=True)
class Phrase:
    """A name as it is to be written, its words for comparison, and what sort of name it is.

    Sorts: "local" (noun and name of a commune, ward, zone or province), "unit" (any other unit),
    "site" (a commune's bare name behind «điểm cầu»), "person", "place" (from agenda and papers).
    """

    written: str
    words: tuple[str, ...]
    sort: str
    #: how many words in front are the noun that names the kind
    head: int = 1


@dataclass(frozen=True)
class Term:
    """What people of the unit corrected before: heard so, meant so."""

    heard: tuple[str, ...]
    meant: str


@dataclass
class Names:
    """Everything a meeting's words are compared with, found by the sound of the first word."""

    by_first: dict[str, list[Phrase]] = field(default_factory=dict)
    terms_by_first: dict[str, list[Term]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        units: Iterable[DirectoryUnit] = (),
        people: Iterable[str] = (),
        titles: Iterable[str] = (),
        terms: Iterable[tuple[str, str]] = (),
    ) -> Names:
        """Gather names from units, full names of people, titles of agenda and papers, terms."""
        names = cls()
        for unit in units:
            names._add(_of_unit(unit))
        names._add(_of_people(people))
        names._add(places_in(titles))
        for heard, meant in terms:
            names._add_term(Term(words_of(heard), meant))
        return names

    @classmethod
    def of_directory(cls, directory: Directory) -> Names:
        """Gather the names of a directory alone."""
        return cls.of(directory)

    def _add(self, phrases: Iterable[Phrase]) -> None:
        for phrase in phrases:
            alike = self.by_first.setdefault(sound_key(phrase.words[0]), [])
            if phrase not in alike:
                alike.append(phrase)

    def _add_term(self, term: Term) -> None:
        if term.heard:
            self.terms_by_first.setdefault(term.heard[0], []).append(term)


def words_of(text: str) -> tuple[str, ...]:
    """Return the lower-case words of a name with the newer tone placement, marks left out."""
    return tuple(_PART.findall(same_tones(text.lower())))


def sound_key(word: str) -> str:
    """Return what the first word of a name is found by: «xở» is found as «sở»."""
    heard = syllable(word)
    initial = {"s": "x"}.get(heard.initial, heard.initial)
    return f"{initial}{heard.nucleus}{heard.final}{heard.tone}"


def _of_unit(unit: DirectoryUnit) -> Iterator[Phrase]:
    for name in dict.fromkeys((unit.name, *unit.aliases)):
        local = _LOCAL.fullmatch(name)
        if local:
            noun, own = local[1].lower(), local[2]
            head = len(noun.split())
            words = words_of(f"{noun} {own}")
            yield Phrase(f"{noun} {own}", words, "local", head)
            if words[-1] in _DIGITS:  # «cát tiên ba» is written Cát Tiên 3
                spoken = (*words[:-1], _DIGITS[words[-1]])
                yield Phrase(f"{noun} {own}", spoken, "local", head)
            if noun != "tỉnh":
                for site in SITES:
                    written = f"{site} {own}"
                    yield Phrase(written, words_of(written), "site", len(site.split()))
        elif len(words_of(name)) >= 2 and words_of(name)[:2] != ("ủy", "ban"):
            yield Phrase(name, words_of(name), "unit")
            if " UBND" in name:
                full = name.replace("UBND", "ủy ban nhân dân")
                yield Phrase(name, words_of(full), "unit")


def _of_people(people: Iterable[str]) -> Iterator[Phrase]:
    for name in people:
        words = words_of(name)
        if len(words) >= 3:
            yield Phrase(" ".join(name.split()), words, "person")


def places_in(titles: Iterable[str]) -> Iterator[Phrase]:
    """Yield the names in titles that follow a small word: «đường Bản Pho», «hồ Nậm Sa»."""
    for title in titles:
        words = title.split()
        for place, noun in enumerate(words):
            end = place + 1
            while end < len(words) and words[end][0].isupper() and words[end].isalpha():
                end += 1
            if end - place > 2 and noun.isalpha() and noun.islower():
                written = " ".join(words[place:end])
                yield Phrase(written, words_of(written), "place")
