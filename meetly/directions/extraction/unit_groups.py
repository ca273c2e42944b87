"""Groups of units: «các sở, ban, ngành», «UBND các xã, phường», «các chủ đầu tư».

In one of four real directions the assignee is such a group. It stays as it is said, only
localities are named by their People's Committees.
"""

from __future__ import annotations

import re

from meetly.directions.extraction.localities import LOCAL_KINDS, Localities
from meetly.directions.extraction.name_edges import Edges, with_marks
from meetly.directions.extraction.name_words import (
    AGENCIES,
    GROUP_NOUNS,
    GROUP_OPENINGS,
    POSTS_OF_LOCALITIES,
    QUALIFIERS,
    STOPS,
)
from meetly.directions.extraction.unit_name import Name
from meetly.directions.extraction.verbs import ADVERBS, STRONG, WEAK

#: «mỗi xã một mô hình» counts; it is a group only when a duty follows at once
_EACH = ("mỗi", "từng", "mọi")
_LONGEST_QUALIFIER = 6
_KIND_OF_NOUN = {"xa": "xã", "phuong": "phường", "khu": "đặc khu"}
#: «sở ban ngành», said or written without commas
_SIDE_BY_SIDE = re.compile(r"\b(sở|ban) (?=(?:ban|ngành)\b)")
_LOCAL_SIDE_BY_SIDE = re.compile(r"(?<=[^\W\d_])(?<!và) (?=(?:phường|đặc khu)\b)")


class Groups:
    """Reads a group by its plural and its nouns."""

    def __init__(self, edges: Edges, localities: Localities) -> None:
        """Share the tokens and the reader of localities, which tells «các xã A, B» apart."""
        self.edges = edges
        self.localities = localities

    def at(self, start: int) -> Name | None:
        """Return the group that begins at token `start`."""
        edges = self.edges
        reading = edges.reading
        counted = edges.words[start].isdigit() and edges.locality_at(start + 1) > 0
        place = start + 1 if counted else GROUP_OPENINGS.at(reading, start)
        if not place:
            return None
        posts = POSTS_OF_LOCALITIES.at(reading, place)
        end = posts or GROUP_NOUNS.at(reading, place)
        if not end:
            return None
        if edges.says(start, *_EACH) and not edges.must_act(end):
            return None
        local = bool(posts or edges.locality_at(place))
        end = self._nouns_end(end, local)
        if not counted and (self._is_named(end) or (local and self._lists_names(end))):
            return None
        end = self._qualified(end)
        return Name((self._shown(start, place, end, local),), end, "group")

    def _nouns_end(self, end: int, local: bool) -> int:
        """Follow «, ban, ngành», «và đặc khu» or, without commas, «ban ngành»."""
        edges = self.edges
        reading = edges.reading
        while True:
            following = edges.after_comma(end)
            if following == end and self._noun_again(end, local):
                end = GROUP_NOUNS.at(reading, end)
                continue
            if end < edges.size and edges.words[end] == "-":
                following = end + 1
            if following == end:
                return end
            following += local and edges.says(following, "các")
            noun_end = GROUP_NOUNS.at(reading, following)
            if not noun_end or (local and not edges.locality_at(following)):
                return end
            if self._is_named(noun_end):
                return end
            end = noun_end

    def _noun_again(self, end: int, local: bool) -> bool:
        edges = self.edges
        if end >= edges.size or edges.words[end] == "-" or STRONG.at(edges.reading, end):
            return False
        noun = edges.locality_at(end) if local else AGENCIES.at(edges.reading, end)
        return bool(noun) and not self._is_named(noun)

    def _is_named(self, end: int) -> bool:
        """«các xã Nậm Hoa, …», «Sở Y tế»: a proper name follows, so it is not a group."""
        edges = self.edges
        if end >= edges.size or STRONG.at(edges.reading, end):
            return False
        if edges.words[end] == ":":
            return edges.capital(end + 1)
        noun = edges.plain[end - 1]
        if noun in _KIND_OF_NOUN:
            kind = LOCAL_KINDS[_KIND_OF_NOUN[noun]]
            return edges.capital(end) or self._is_short(end, kind)
        return noun == "so" and self._is_short(end, "department")

    def _is_short(self, place: int, kind: str) -> bool:
        edges = self.edges
        return edges.directory.longest_short(edges.words, edges.plain, place, kind) is not None

    def _lists_names(self, end: int) -> bool:
        """«các xã pờ tó ia tul rà soát»: lower-case names, not words about the communes."""
        edges = self.edges
        if end >= edges.size or edges.has_capitals or edges.is_mark(end):
            return False
        return not edges.ends_name(end) and not QUALIFIERS.at(edges.reading, end)

    def _qualified(self, end: int) -> int:
        """Take «có thủy điện», «vùng cao», «liên quan» along when a verb follows soon."""
        edges = self.edges
        reading = edges.reading
        opening = QUALIFIERS.at(reading, end)
        if edges.must_act(end) or (not opening and edges.ends_name(end)):
            return end
        place = opening or end
        for step in range(place, min(place + _LONGEST_QUALIFIER, edges.size + 1)):
            if step == edges.size or edges.is_mark(step):
                return step if step - end < _LONGEST_QUALIFIER - 1 else end
            if edges.must_act(step) or ADVERBS.at(reading, step):
                return step
            weak = WEAK.at(reading, step) and step > end + 1
            if weak or (STOPS.at(reading, step) and step > end):
                return step
        return place if opening else end

    def _shown(self, start: int, place: int, end: int, local: bool) -> str:
        edges = self.edges
        text = edges.shown(place, end)
        text = text[0].lower() + text[1:]
        if POSTS_OF_LOCALITIES.at(edges.reading, place):
            nouns = [noun for noun in LOCAL_KINDS if noun in text.lower()]
            return "UBND các " + ", ".join(nouns or ["xã"])
        if "giám đốc" in text:
            return "các sở"
        if edges.words[start].isdigit():
            return f"UBND {edges.words[start]} {text}"
        if local:
            return "UBND các " + _LOCAL_SIDE_BY_SIDE.sub(", ", text)
        opening = " ".join(edges.words[start:place])
        if not edges.reading.accented:
            opening = with_marks(opening)
        return opening + " " + _SIDE_BY_SIDE.sub(r"\1, ", text)
