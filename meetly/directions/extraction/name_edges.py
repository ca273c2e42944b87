"""Where a name may begin, go on and end: small questions about the tokens of a text."""

from __future__ import annotations

import re

from meetly.accounts.directory import Directory, fold_word
from meetly.directions.extraction.lexicon import REPORTING
from meetly.directions.extraction.name_words import (
    COMMITTEE,
    ENDINGS,
    LOCALITIES,
    NAME_TAILS,
    NOT_LOCALITIES,
    PLACED,
    SAFE_HEADS,
    STOPS,
)
from meetly.directions.extraction.reading import Reading
from meetly.directions.extraction.verbs import ADVERBS, MODALS, STRONG, WEAK
from meetly.folding import fold

_UNIT_WORDS = ("xã", "phường", "sở", "ubnd", "các")
_NUMBER_WORDS = {"một": "1", "hai": "2", "ba": "3", "bốn": "4", "năm": "5", "mot": "1", "bon": "4"}
_OWN_NAME_AGAIN = ("sở", "ubnd", "hội", "ban", "báo", "đài", "công", "các")


class Edges:
    """Answers about single places of one text; the readers of names share one of these."""

    def __init__(self, reading: Reading, directory: Directory) -> None:
        """Keep the tokens both as written and folded, as the directory wants them."""
        self.reading = reading
        self.directory = directory
        self.words = reading.words
        self.plain = reading.plain
        self.size = len(self.words)
        self.has_capitals = any(token.capital for token in reading.tokens[1:])

    def says(self, place: int, *words: str) -> bool:
        """Whether the token is one of the words, compared as the text is written."""
        if not 0 <= place < self.size:
            return False
        if self.reading.accented:
            return self.words[place] in words
        plain = self.plain[place]
        return any(plain == fold_word(word) for word in words)

    def is_mark(self, place: int) -> bool:
        """Whether the token is punctuation; past the end nothing is."""
        return place < self.size and self.reading.tokens[place].is_mark

    def capital(self, place: int) -> bool:
        """Whether the token begins with a capital letter."""
        return place < self.size and self.reading.tokens[place].capital

    def locality_at(self, place: int) -> int:
        """Return the index after «xã», «phường», «đặc khu», unless it is «xã hội», «phuong an»."""
        end = LOCALITIES.at(self.reading, place)
        other = end and NOT_LOCALITIES.at(self.reading, place)
        return 0 if other and not self.capital(end) else end

    def begins_unit(self, place: int) -> bool:
        """Whether another unit begins here, so that «và» before it joins two units."""
        return bool(
            SAFE_HEADS.at(self.reading, place)
            or COMMITTEE.at(self.reading, place)
            or self.says(place, *_OWN_NAME_AGAIN)
            or self.locality_at(place)
        )

    def ends_name(self, place: int) -> bool:
        """Whether a verb, a mark or a small word here ends a name written without capitals."""
        if place >= self.size or self.is_mark(place):
            return True
        reading = self.reading
        return bool(
            STRONG.at(reading, place)
            or MODALS.at(reading, place)
            or WEAK.at(reading, place)
            or ADVERBS.at(reading, place)
            or REPORTING.at(reading, place)
            or STOPS.at(reading, place)
        )

    def breaks_name(self, place: int) -> bool:
        """Whether this is a mark or another unit, neither of which lies inside a place name."""
        return self.is_mark(place) or self.says(place, *_UNIT_WORDS)

    def must_act(self, place: int) -> bool:
        """Whether a sure verb or a duty begins here."""
        return bool(STRONG.at(self.reading, place) or MODALS.at(self.reading, place))

    def goes_on(self, end: int) -> bool:
        """Whether a name continues behind what the directory knows: «… tỉnh», «… xã X»."""
        if end >= self.size or self.is_mark(end):
            return False
        reading = self.reading
        return bool(
            ENDINGS.at(reading, end)
            or NAME_TAILS.at(reading, end)
            or self.placed_end(end) > end
            or self.capital(end)
            or self.locality_at(end)
            or (self.says(end, "các") and self.locality_at(end + 1))
            or (self.words[end].isdigit() and self.capital(end - 1))
        )

    def placed_end(self, end: int) -> int:
        """Take the place along: «rừng phòng hộ | sông mã | phải …», two or three unknown words."""
        if end >= self.size or self.has_capitals or PLACED.before(self.reading, end) is None:
            return end
        for length in (2, 3):
            inside = range(end, end + length)
            if self.must_act(end + length) and not any(self.ends_name(p) for p in inside):
                return end + length
        return end

    def joined(self, place: int) -> bool:
        """«Lâm Viên - Đà Lạt»: a hyphen between two capitals."""
        hyphen = place < self.size and self.words[place] in {"-", "–"}
        return hyphen and self.capital(place + 1) and not SAFE_HEADS.at(self.reading, place + 1)

    def after_comma(self, place: int) -> int:
        """Step over «,», «và», «, và» between two items of a list."""
        step = place + (place < self.size and self.words[place] == ",")
        return step + self.says(step, "và")

    def number_word(self, place: int) -> bool:
        """Whether the token is a small number in words, as in «cát tiên ba»."""
        return place < self.size and self.words[place] in _NUMBER_WORDS

    def shown(self, start: int, end: int) -> str:
        """Return the words as written, with the first letter in upper case."""
        tokens = self.reading.tokens
        text = " ".join(self.reading.text[tokens[start].start : tokens[end - 1].end].split())
        text = text if self.reading.accented else with_marks(text)
        return text[0].upper() + text[1:]

    def titled(self, start: int, end: int) -> str:
        """Return lower-case words as a place name: «cát tiên ba» becomes «Cát Tiên 3»."""
        words = []
        for place in range(start, end):
            word = self.words[place]
            # «phường một Bảo Lộc» has its number in front.
            edge = place == start or (place == end - 1 and place > start + 1)
            digit = _NUMBER_WORDS.get(word) if edge and end - start > 2 else None
            words.append(digit or word[0].upper() + word[1:])
        return " ".join(words)


_MARKED_NOUNS = {
    fold(noun): noun
    for noun in """
        địa phương, đơn vị, cơ quan, chủ đầu tư, đoàn thể, tổ chức, đặc khu, khu vực, cấp xã,
        doanh nghiệp, liên quan, tỉnh, các, sở, ban, ngành, xã, phường, và
    """.replace("\n", " ").split(",")
    for noun in (" ".join(noun.split()),)
}
_MARKABLE = re.compile(rf"\b(?:{'|'.join(_MARKED_NOUNS)})\b", re.IGNORECASE)


def with_marks(text: str) -> str:
    """Give the common nouns of a name their diacritics back: «cac xa, phuong»."""

    def marked(match: re.Match[str]) -> str:
        noun = _MARKED_NOUNS[match[0].lower()]
        return noun[0].upper() + noun[1:] if match[0][0].isupper() else noun

    return _MARKABLE.sub(marked, text)
