"""A text made ready for reading: tokens with their places, diacritics or none, hesitations gone.

Recogniser output may have no punctuation, no diacritics, and «ờ», «à» in every clause. Everything
after this file sees one form of text: lower case, modern tone placement, fillers blanked out, with
every character still at its original place so that a span can be cut from the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from meetly.accounts.directory import TOKEN, fold_word, same_tones
from meetly.folding import fold

_FILLER = re.compile(
    r"(?:[,.…]+\s*)?(?<!\w)(?:(?:ờm|ờ|ừm|ừ|à|ơ|hừm)(?!\w)|(?:ạ|dạ|nhá|nhé|hả)(?=\s*(?:[,.…;]|$)))"
    r"(?:\s*(?:,|\.{2,}|…))?"
)
_PLAIN_FILLER = re.compile(r",\s*(?:o|a|u|um|uh|ah|thi)\s*,")
_STOP = re.compile(r"[.?!;]")
_MARKED = re.compile(r"[^\x00-\x7f–—…“”‘’«»]")
_LEAST_PUNCTUATED = 12


class Token(NamedTuple):
    """One word or mark: `word` in lower case, `plain` folded, at [start, end) of the text."""

    word: str
    plain: str
    start: int
    end: int
    capital: bool
    #: a hesitation («, ờ,») stood before this word and may have replaced a comma
    pause: bool
    #: punctuation rather than a word
    is_mark: bool


class Reading:
    """A text, its tokens, and whether it carries diacritics and punctuation."""

    def __init__(self, text: str) -> None:
        """Read the text; offsets always refer to the text as given."""
        self.source = text
        composed = unicodedata.normalize("NFC", text)
        self._offsets = None if len(composed) == len(text) else _offsets(text, composed)
        self.text = composed
        lowered = composed.lower()
        if len(lowered) != len(composed):
            lowered = "".join(low if len(low := char.lower()) == 1 else char for char in composed)
        self.accented = _is_accented(lowered)
        self.line = self._blanked(same_tones(lowered))
        self.words = TOKEN.findall(self.line)
        self.plain = list(map(fold_word, self.words))
        self.tokens = self._tokenise()
        #: the words to compare, with diacritics where the text has them
        self.keys = self.words if self.accented else self.plain
        self.said = frozenset(self.keys)
        self.punctuated = self._is_punctuated()

    def _blanked(self, line: str) -> str:
        def blank(match: re.Match[str]) -> str:
            # «Mường Nhé» is a place, «nhé» a filler; a capital is one only where a text begins.
            said = self.text[match.start() : match.end()]
            named = match.start() > 0 and any(char.isupper() for char in said)
            return match[0] if named else " " * len(said)

        if self.accented:
            return _FILLER.sub(blank, line)
        plain = "".join(fold_word(char)[:1] or char for char in line)
        return _PLAIN_FILLER.sub(blank, plain)

    def _tokenise(self) -> list[Token]:
        line, text = self.line, self.text
        starts: list[int] = []
        ends: list[int] = []
        end = 0
        for word in self.words:
            # Only white space lies between two tokens, so the next place is the right one.
            start = line.find(word, end)
            end = start + len(word)
            starts.append(start)
            ends.append(end)
        capitals = [text[start].isupper() for start in starts]
        gaps = zip([0, *ends], starts, strict=False)
        pauses = [start > last + 1 and "," in text[last:start] for last, start in gaps]
        marks = map(_is_mark, self.words)
        return list(map(Token, self.words, self.plain, starts, ends, capitals, pauses, marks))

    def _is_punctuated(self) -> bool:
        """Short text without a comma may still be a well-made sentence; long text may not."""
        if len(self.tokens) <= _LEAST_PUNCTUATED:
            return True
        if self.tokens[0].capital and self.tokens[-1].word in {".", "?", "!"}:
            return True
        return any(
            token.word in {",", ".", ";", ":", "?"} and self.line[token.end].isspace()
            for token in self.tokens[:-1]
        )

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the given text of [start, end) in the composed text."""
        if self._offsets is None:
            return start, end
        return self._offsets[start], self._offsets[end]


@lru_cache(maxsize=20_000)
def _is_mark(word: str) -> bool:
    return len(word) == 1 and not word.isalnum() and word != "_"


def _is_accented(line: str) -> bool:
    """Vietnamese written properly marks most of its words; a stray mark proves nothing."""
    marked = len(_MARKED.findall(line))
    return marked * 25 >= len(line) or (marked > 0 and len(line) < 25)


def _offsets(text: str, composed: str) -> list[int]:
    """Map every character of the composed text, and its end, to the text as given."""
    places = []
    place = 0
    for char in composed:
        places.append(min(place, len(text)))
        if unicodedata.combining(char):
            continue
        place += 1
        while place < len(text) and unicodedata.combining(text[place]):
            place += 1
    return [*places, len(text)]


@dataclass(frozen=True)
class Pattern:
    """One pattern for text with diacritics and the same for text without."""

    accented: re.Pattern[str]
    plain: re.Pattern[str]

    def of(self, reading: Reading) -> re.Pattern[str]:
        """Return the form that fits the text."""
        return self.accented if reading.accented else self.plain


@cache
def pattern(source: str) -> Pattern:
    """Compile a pattern written with diacritics, once for each kind of text.

    A space in the source stands for any white space.
    """
    spaced = source.replace(" ?", r"\s*").replace(" ", r"\s+")
    return Pattern(re.compile(spaced), re.compile(_unmarked(spaced)))


def _unmarked(source: str) -> str:
    """Drop the diacritics of a pattern but keep the case of its escapes."""
    parts = unicodedata.normalize("NFD", source.replace("đ", "d"))
    return "".join(mark for mark in parts if not unicodedata.combining(mark))


class Phrases:
    """A set of phrases of one or more words that can be looked for at a token."""

    def __init__(self, *phrases: str) -> None:
        """Take phrases separated by «|» in any number of strings."""
        listed = [part.strip() for block in phrases for part in block.split("|")]
        self._accented = _reach(part for part in listed if part)
        self._plain = _reach(fold(part) for part in listed if part)
        self._first_words = frozenset((*self._accented, *self._plain))
        self._last_accented = _reach((part for part in listed if part), by=-1)
        self._last_plain = _reach((fold(part) for part in listed if part), by=-1)
        self._pairs = frozenset(tuple(part.split()) for part in listed if part.count(" ") == 1)

    def pairs(self) -> frozenset[tuple[str, ...]]:
        """Return the phrases of exactly two words."""
        return self._pairs

    def listed(self, *, accented: bool) -> Iterator[tuple[str, ...]]:
        """Yield the words of every phrase, with diacritics or without."""
        for entry in (self._accented if accented else self._plain).values():
            for _, tails in entry:
                yield from tails

    def at(self, reading: Reading, start: int) -> int:
        """Return the index after the longest phrase that begins at token `start`, or 0."""
        keys = reading.keys
        if start >= len(keys):
            return 0
        entry = (self._accented if reading.accented else self._plain).get(keys[start])
        if entry is None:
            return 0
        for length, tails in entry:
            if tuple(keys[start : start + length]) in tails:
                return start + length
        return 0

    def before(self, reading: Reading, end: int) -> int | None:
        """Return where a phrase that ends right before token `end` begins, or None."""
        keys = reading.keys
        if not 0 < end <= len(keys):
            return None
        entry = (self._last_accented if reading.accented else self._last_plain).get(keys[end - 1])
        for length, heads in entry or ():
            if length <= end and tuple(keys[end - length : end]) in heads:
                return end - length
        return None

    def each(self, reading: Reading, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield where the longest phrase at each token of [start, end) begins and ends inside."""
        known = self._accented if reading.accented else self._plain
        if self._first_words.isdisjoint(reading.said):
            return
        for place, key in enumerate(reading.keys[start:end], start):
            if key in known and 0 < (stop := self.at(reading, place)) <= end:
                yield place, stop

    def within(self, reading: Reading, start: int, end: int) -> int | None:
        """Return the first token of [start, end) where a phrase begins and ends, or None."""
        return next((place for place, _ in self.each(reading, start, end)), None)


class Openings:
    """How phrases begin: a cheap look at two words before the careful one."""

    #: stands for a number in digits
    NUMBER = "0"

    def __init__(self, phrases: Iterable[Sequence[str]]) -> None:
        """Take the phrases as words; behind a first word that stands alone anything may follow."""
        seconds: dict[str, set[str]] = {}
        for words in phrases:
            known = seconds.setdefault(self.NUMBER if words[0].isdigit() else words[0], set())
            known.add(fold_word(words[1]) if len(words) > 1 else "")
        self._seconds = {first: frozenset(known) for first, known in seconds.items()}

    def places(self, reading: Reading) -> Iterator[int]:
        """Yield the tokens where a phrase may begin; a capital may open a name of any form."""
        tokens = reading.tokens
        find = self._seconds.get
        for place, key in enumerate(reading.keys):
            seconds = find(self.NUMBER if key.isdigit() else key)
            if seconds is None:
                continue
            following = tokens[place + 1].plain if place + 1 < len(tokens) else ""
            if "" in seconds or following in seconds or tokens[place].capital:
                yield place


_Reach = dict[str, tuple[tuple[int, frozenset[tuple[str, ...]]], ...]]


def _reach(phrases: Iterable[str], by: int = 0) -> _Reach:
    """Group phrases by their first word, or by their last, longest first."""
    grouped: dict[str, dict[int, set[tuple[str, ...]]]] = {}
    for phrase in phrases:
        words = tuple(TOKEN.findall(same_tones(phrase)))
        grouped.setdefault(words[by], {}).setdefault(len(words), set()).add(words)
    return {
        word: tuple((n, frozenset(lengths[n])) for n in sorted(lengths, reverse=True))
        for word, lengths in grouped.items()
    }
