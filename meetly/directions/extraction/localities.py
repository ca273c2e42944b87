"""Communes, wards and special zones: «UBND xã A», «phường B, C», «các xã pờ tó ia tul».

A locality is named by its People's Committee. Names have digits (Cát Tiên 3), hyphens (Lâm Viên -
Đà Lạt) and apostrophes (D'Ran); since 2025 there is no district above them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from meetly.directions.extraction.name_edges import Edges
from meetly.directions.extraction.name_words import COMMITTEE, NEVER_FIRST
from meetly.directions.extraction.unit_name import Name
from meetly.directions.extraction.verbs import WEAK

LOCAL_KINDS = {"xã": "commune", "phường": "ward", "đặc khu": "special_zone"}
_KINDS = {"xa": "xã", "phuong": "phường", "dac khu": "đặc khu"}
_PLURALS = ("các", "hai", "ba", "bốn", "năm")
#: short verbs that are also syllables of place names: Gia Hiệp, Thu Cúc, Tân Lập
_NAME_LIKE = frozenset({"gia", "chi", "thu", "tap", "de", "doi", "lap", "trinh", "kim", "bao"})


class Localities:
    """Reads one locality or a list of them."""

    def __init__(self, edges: Edges) -> None:
        """Share the tokens of the text."""
        self.edges = edges

    def at(self, start: int) -> Name | None:
        """Return the localities named from token `start` on."""
        edges = self.edges
        place = COMMITTEE.at(edges.reading, start) or start
        plural = edges.says(place, *_PLURALS)
        place += plural
        noun_end = edges.locality_at(place)
        if not noun_end:
            return None
        kind = self.kind(place, noun_end)
        if plural and (bounds := self.bounds_side_by_side(noun_end)):
            pairs = pairwise(bounds)
            names = tuple(f"UBND {kind} {edges.titled(a, b)}" for a, b in pairs)
            return Name(names, bounds[-1], "commune")
        if edges.words[noun_end : noun_end + 1] == [":"]:
            noun_end += 1
        read = list(self._names(noun_end, kind, plural))
        return Name(tuple(name for name, _ in read), read[-1][1], "commune") if read else None

    def _names(self, place: int, kind: str, plural: bool) -> Iterator[tuple[str, int]]:
        """Yield canonical names and where each ends, as long as the list goes on."""
        edges = self.edges
        first = True
        while place < edges.size:
            read = self.name(place, kind, listed=not first and not plural)
            if read is None:
                return
            name, end = read
            yield name if name.startswith("UBND") else f"UBND {kind} {name}", end
            first = False
            place = edges.after_comma(end)
            side_by_side = plural and place == end and not edges.ends_name(end)
            if not side_by_side and (place == end or edges.begins_unit(place)):
                return

    def bounds_side_by_side(self, place: int) -> list[int]:
        """«các xã pờ tó ia tul …»: where lower-case names begin and the last one ends.

        Such names have two syllables each, or each ends with a number.
        """
        edges = self.edges
        if edges.has_capitals or place >= edges.size or edges.is_mark(place):
            return []
        end = place
        while (
            end < edges.size
            and not edges.breaks_name(end)
            and (edges.words[end].isdigit() or not edges.ends_name(end))
        ):
            end += 1
        numbered = [p + 1 for p in range(place, end) if edges.words[p].isdigit()]
        if numbered and numbered[-1] == end:
            return [place, *numbered]
        if (end - place) % 2 == 0 and end - place > 2:
            return list(range(place, end + 1, 2))
        return []

    def kind(self, place: int, end: int) -> str:
        """Return «xã», «phường», «đặc khu» for the noun at [place, end)."""
        return _KINDS.get(" ".join(self.edges.plain[place:end]), "thị trấn")

    def name(self, place: int, kind: str, *, listed: bool) -> tuple[str, int] | None:
        """Return the name alone and its end; `listed` asks for better proof inside a list."""
        edges = self.edges
        if place >= edges.size or edges.is_mark(place):
            return None
        found = edges.directory.longest_short(
            edges.words, edges.plain, place, LOCAL_KINDS.get(kind, "")
        )
        if found is not None:
            return found[0].name, place + found[1]
        if edges.capital(place) or (edges.words[place].isdigit() and edges.capital(place + 1)):
            end = self._capitals_end(place)
            return edges.shown(place, end), end
        if listed or edges.has_capitals:
            return None
        lower_end = self._lower_end(place)
        return (edges.titled(place, lower_end), lower_end) if lower_end else None

    def _capitals_end(self, place: int) -> int:
        edges = self.edges
        end = place + 1
        while edges.capital(end) or edges.joined(end):
            end += 1
        if end < edges.size and edges.words[end].isdigit() and len(edges.words[end]) == 1:
            dated = edges.words[end + 1 : end + 2] in (["/"], ["."], ["-"], ["%"])
            end += not dated
        return end

    def _lower_end(self, place: int) -> int:
        """Names have two syllables mostly, one to four at most, and end before a verb."""
        edges = self.edges
        verb = WEAK.at(edges.reading, place) and edges.plain[place] not in _NAME_LIKE
        if verb or edges.must_act(place) or NEVER_FIRST.at(edges.reading, place):
            return 0
        lengths: tuple[int, ...] = (2, 3, 4, 1)
        if edges.must_act(place + 1) and edges.plain[place + 1] not in _NAME_LIKE:
            lengths = (1, *lengths)
        for length in lengths:
            end = place + length
            if end > edges.size or any(edges.breaks_name(p) for p in range(place, end)):
                continue
            if edges.number_word(end) and edges.ends_name(end + 1):
                return end + 1
            if edges.ends_name(end):
                return self._hyphenated(end)
        return min(place + 2, edges.size)

    def _hyphenated(self, end: int) -> int:
        """«lâm viên - đà lạt»: a second half behind a hyphen."""
        edges = self.edges
        hyphen = edges.words[end : end + 1] == ["-"] and end + 3 <= edges.size
        return end + 3 if hyphen and not edges.ends_name(end + 1) else end
