"""The name of a unit at a place in the text, whether or not a directory lists it.

The directory comes first. What it does not know is read by its form: capitals mark a name in
well-written text, and in recogniser text a name ends where the first verb begins («ban quản lý
dự án | khắc phục …»).
"""

from __future__ import annotations

from collections.abc import Iterator

from meetly.accounts.directory import Directory
from meetly.directions.extraction.localities import LOCAL_KINDS, Localities
from meetly.directions.extraction.name_edges import Edges
from meetly.directions.extraction.name_words import (
    CAPITAL_HEADS,
    COMMITTEE,
    ENDINGS,
    GROUP_OPENINGS,
    LOCALITIES,
    NAME_PARTS,
    NAME_TAILS,
    NOT_HEADS,
    SAFE_HEADS,
)
from meetly.directions.extraction.reading import Openings, Reading
from meetly.directions.extraction.unit_groups import Groups
from meetly.directions.extraction.unit_name import Name
from meetly.directions.extraction.verbs import STRONG, acts_at
from meetly.folding import fold

_EVERYDAY = ("bên", "phía", "ngành", "anh", "chị")
_PLURALS = ("các", "hai", "ba", "bốn", "năm", "liên")
#: first words of what is counted: «hai sở», «75 xã», «ba đặc khu»
_COUNTED = ("sở", "xã", "phường", "đặc", "thị")
_WHOLE_IN_ONE_WORD = frozenset({"vnpt", "viettel", "mobifone", "evn"})
_LONGEST_TAIL = 7
_LONGEST_AREA = 6


class UnitNames:
    """Reads the names of units in one text."""

    def __init__(self, reading: Reading, directory: Directory) -> None:
        """Prepare the readers of localities, groups and open names."""
        self.reading = reading
        self.directory = directory
        self.edges = Edges(reading, directory)
        self.localities = Localities(self.edges)
        self.groups = Groups(self.edges, self.localities)

    def at(self, start: int) -> Name | None:
        """Return the name that begins at token `start`."""
        return (
            self.groups.at(start)
            or self.localities.at(start)
            or self._elliptic(start)
            or self._listed(start)
            or self._departments(start)
            or self._everyday(start)
            or self._open(start)
        )

    def area_end(self, place: int) -> int:
        """Return where «khối kinh tế» ends: before a mark or a verb."""
        stop = min(place + _LONGEST_AREA, self.edges.size)
        while place < stop and not (self.edges.is_mark(place) or self.edges.must_act(place)):
            place += 1
        return place

    def _listed(self, start: int) -> Name | None:
        """A unit of the directory, with «tỉnh» or a locality that the speaker adds."""
        edges = self.edges
        found = self.directory.longest(edges.words, edges.plain, start)
        if found is None and edges.says(start, "sở"):
            found = self.directory.near_miss(edges.plain, start)
        if found is None or (found[1] == 1 and not (edges.capital(start) and start > 0)):
            return None
        unit, end = found[0], start + found[1]
        if unit.kind == "province":
            return Name((unit.name,), end, "superior")
        if unit.kind in {"department", *LOCAL_KINDS.values()} or not edges.goes_on(end):
            return Name((unit.name,), end, unit.kind)
        longer = self._name_end(end)
        if longer == end:
            return Name((unit.name,), end, unit.kind)
        added = edges.shown(end, longer)
        tail = added if edges.capital(end) else added[0].lower() + added[1:]
        return Name((f"{unit.name} {tail}",), longer, unit.kind)

    # ------------------------------------------------------------ departments

    def _departments(self, start: int) -> Name | None:
        """«Các Sở: A, B và C», «Sở A, B»: short names after one «Sở»; or one not listed."""
        edges = self.edges
        place = start + edges.says(start, *_PLURALS)
        if not edges.says(place, "sở"):
            return None
        place += 1
        place += edges.words[place : place + 1] == [":"]
        announced = place > start + 1
        names, end = self._short_names(place, announced)
        if names and (len(names) > 1 or announced):
            return Name(names, end, "department")
        if not announced and edges.capital(place):
            end = self._name_end(place)
            return Name((edges.shown(start, end),), end, "department")
        return None

    def _elliptic(self, start: int) -> Name | None:
        """«Sở Tài chính, Xây dựng và Nội vụ»: capitals show that the list goes on."""
        edges = self.edges
        if not edges.says(start, "sở") or not edges.capital(start + 1):
            return None
        names, end = self._short_names(start + 1, announced=False)
        return Name(names, end, "department") if len(names) > 1 else None

    def _short_names(self, place: int, announced: bool) -> tuple[tuple[str, ...], int]:
        """Short names with commas, or side by side when a plural («các sở …») announced a list."""
        edges = self.edges
        names: list[str] = []
        end = place
        while place < edges.size:
            found = self.directory.longest_short(edges.words, edges.plain, place, "department")
            if found is None or (names and not announced and not edges.capital(place)):
                break
            names.append(found[0].name)
            end = place + found[1]
            place = edges.after_comma(end)
            if place == end and not (announced and self._list_goes_on(place)):
                break
        return tuple(dict.fromkeys(names)), end

    def _list_goes_on(self, place: int) -> bool:
        """«các sở y tế xây dựng …»: «xây dựng» is a department only if a verb still follows."""
        if self.reading.punctuated:
            return False
        verb = STRONG.at(self.reading, place)
        return not verb or acts_at(self.reading, verb) > 0

    def _everyday(self, start: int) -> Name | None:
        """«bên Nông nghiệp», «anh Thuế», «hai anh Tài chính với Nội vụ»: units by short names."""
        edges = self.edges
        if not edges.says(start, *_EVERYDAY) or start + 1 >= edges.size:
            return None
        names: list[str] = []
        place = end = start + 1
        while place < edges.size:
            found = self.directory.longest_short(edges.words, edges.plain, place)
            if found is None or found[0].kind in LOCAL_KINDS.values():
                break
            names.append(found[0].name)
            end = place + found[1]
            place = end + edges.says(end, "với", "và")
            if place == end:
                break
        named = edges.capital(start + 1) or edges.ends_name(end)
        return Name(tuple(names), end, "department") if names and named else None

    # ------------------------------------------------------------ open names

    def _open(self, start: int) -> Name | None:
        """A name by its form: a known opening, then capitals, or words up to the first verb."""
        edges = self.edges
        if NOT_HEADS.at(self.reading, start):
            return None
        head_end = self._head_end(start)
        if not head_end:
            return None
        end = self._name_end(head_end)
        if end - start < 2 and edges.plain[start] not in _WHOLE_IN_ONE_WORD:
            return None
        return Name((edges.shown(start, end),), end, "body")

    def _head_end(self, start: int) -> int:
        """Return the index after «ban quản lý», or after «Ban», «Hội» with capitals."""
        reading = self.reading
        edges = self.edges
        head_end = SAFE_HEADS.at(reading, start)
        if head_end and (head_end > start + 1 or reading.accented or edges.capital(start)):
            return head_end
        if not edges.capital(start):
            return 0
        head_end = CAPITAL_HEADS.at(reading, start)
        named = (
            edges.capital(head_end)
            or NAME_PARTS.at(reading, head_end)
            or ENDINGS.at(reading, head_end)
        )
        return head_end if named else 0

    def _name_end(self, first: int) -> int:
        """Follow capitals, parts of names and, until a verb, lower-case words."""
        edges = self.edges
        place = first
        while place < edges.size:
            closing = ENDINGS.at(self.reading, place)
            if closing:
                return self._closed(place, closing)
            if edges.locality_at(place) or edges.says(place, "các"):
                return self._owned(place)
            step = self._part_end(place, first)
            if step == place:
                break
            place = step
        return edges.placed_end(place)

    def _closed(self, place: int, closing: int) -> int:
        """«… tỉnh», «… khu vực Phù Cát», «… cấp xã»: how a name ends."""
        edges = self.edges
        if not (edges.says(place, "khu") and edges.capital(closing)):
            return edges.placed_end(self._owned(closing))
        while edges.capital(closing) or edges.joined(closing):
            closing += 1
        return closing

    def _part_end(self, place: int, first: int) -> int:
        """Return the index after the next part of a name, or `place` when the name is over."""
        edges = self.edges
        reading = self.reading
        if reading.tokens[place].pause:
            return place
        if edges.is_mark(place):
            ampersand = edges.words[place] == "&" and edges.capital(place + 1)
            return place + (edges.joined(place) or ampersand)
        part = NAME_PARTS.at(reading, place) or NAME_TAILS.at(reading, place)
        sure = edges.capital(place) or edges.capital(place - 1) or part - place > 2
        if part and (place == first or sure):
            return part
        if edges.capital(place) and (place == first or not SAFE_HEADS.at(reading, place)):
            return place + 1
        if edges.says(place, "và") and edges.capital(place + 1):
            return place + (not edges.begins_unit(place + 1))
        return place + (not edges.ends_name(place) and place - first < _LONGEST_TAIL)

    def _owned(self, place: int) -> int:
        """Take the locality a unit belongs to: «Phòng Kinh tế các xã», «Công an phường X»."""
        edges = self.edges
        plural = edges.says(place, "các")
        noun = edges.locality_at(place + plural)
        if not noun:
            return place
        if not plural:
            kind = self.localities.kind(place, noun)
            read = self.localities.name(noun, kind, listed=False)
            return read[1] if read else noun
        while following := edges.locality_at(edges.after_comma(noun)):
            noun = following
        return noun


def openings(directory: Directory, *, accented: bool) -> Iterator[tuple[str, ...]]:
    """Yield the words with which a name may begin, with or without diacritics."""
    for phrases in (SAFE_HEADS, CAPITAL_HEADS, GROUP_OPENINGS, LOCALITIES, COMMITTEE):
        yield from phrases.listed(accented=accented)
    counted = [(count, noun) for count in (*_PLURALS, Openings.NUMBER) for noun in _COUNTED]
    for words in (("sở",), *counted, *((word,) for word in _EVERYDAY)):
        yield words if accented else tuple(map(fold, words))
    yield from directory.names(accented=accented)
