"""Who is spoken of: every mention of a unit in a text, with its titles, lists and pronouns.

A unit wins over a person: «anh Giám đốc Sở X» is Sở X, «Chánh Văn phòng» is the Office. «Hai sở»,
«đơn vị này» stand for units named before; in one of five real directions the assignee stands in
an earlier sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from meetly.accounts.directory import Directory
from meetly.directions.extraction.lexicon import GOVERNORS, MEMBERS, TOGETHER_WITH
from meetly.directions.extraction.reading import Openings, Phrases, Reading
from meetly.directions.extraction.unit_name import Name
from meetly.directions.extraction.unit_names import UnitNames, openings
from meetly.directions.extraction.verbs import ADVERBS, MODALS, STRONG

_PERSONS = Phrases(
    """
    đồng chí | các đồng chí | hai đồng chí | ba đồng chí | anh | chị | ông | bà | các anh |
    hai anh | anh chị em ở | anh chị em | anh em ở | anh em | bên | phía | về phía | riêng | cả |
    tập thể | lãnh đạo | chánh | giám đốc | phó giám đốc | các giám đốc | chủ tịch |
    phó chủ tịch | trưởng ban | phó trưởng ban | chỉ huy trưởng | tổng giám đốc | thủ trưởng |
    người đứng đầu | bí thư | trưởng phòng | phó trưởng phòng | hiệu trưởng | cục trưởng |
    chi cục trưởng | trưởng thuế | tổng biên tập | viện trưởng | chánh án | đội trưởng |
    tổ trưởng | trưởng | trưởng đoàn | phó chánh | giám đốc các | chủ nhiệm | chính ủy |
    hội trưởng | các đồng chí giám đốc | thủ trưởng các | hạt trưởng | đồn trưởng | bác | cô |
    chú | bộ phận của | toàn thể | còn bên | còn phía | quyền giám đốc | quyền | phó |
    người phụ trách | phụ trách | chủ tịch hội | giám đốc trung tâm | còn | mấy đồng chí |
    mấy anh | mấy chị | mấy anh em | hai | mấy
    """
)
_AT = Phrases("bên|ở|của|phía|dưới")
_CALLED = Phrases("anh|chị|ông|bà|đồng chí|bác|cô|chú")
_PRONOUNS = Phrases(
    """
    sở này | sở đó | sở ấy | hai sở | hai sở này | ba sở | ba sở này | các sở này | các sở trên |
    đơn vị này | đơn vị đó | hai đơn vị | hai đơn vị này | hai đơn vị trên | các đơn vị này |
    các đơn vị trên | ba đơn vị | ba đơn vị này | bốn đơn vị | cả hai đơn vị | cả ba đơn vị |
    xã này | xã đó | xã ấy | hai xã | hai xã này | ba xã | ba xã này | các xã này | phường này |
    phường đó | hai phường | hai phường này | ban này | trung tâm này | cơ quan này | cơ quan đó |
    hai cơ quan | hai cơ quan này | hai ngành | hai bên | hội này | công ty này | chi cục này |
    cả hai sở | hai địa phương | hai địa phương này | đồng chí này | ba cơ quan | văn phòng này
    """
)
#: alone they point back only when an order follows: «Sở phải …», «xã báo cáo …»
_BARE_PRONOUNS = Phrases(
    "sở|xã|phường|ban|trung tâm|chi cục|công ty|đơn vị|ban quản lý|bệnh viện|đặc khu|hội"
)
_COUNTS = {"hai": 2, "ba": 3, "bốn": 4, "bon": 4, "cả": 2, "ca": 2}
_FULL = {
    "văn phòng": "Văn phòng UBND tỉnh",
    "công an": "Công an tỉnh",
    "van phong": "Văn phòng UBND tỉnh",
    "cong an": "Công an tỉnh",
}
#: openings that name nobody when they stand alone
_NAMELESS = frozenset(
    name.strip()
    for name in """
        trung tâm, ban quản lý, ban chỉ đạo, ban chỉ huy, tổ công tác, công ty, bệnh viện,
        chi cục, chi nhánh, hội đồng, báo, liên đoàn, liên minh, hiệp hội, ngân hàng, xí nghiệp,
        hợp tác xã, cảnh sát, nhà máy, đội, phòng giao dịch, thủy điện, cảng, tập đoàn,
        tổng công ty, trường đại học, trường cao đẳng, trạm y tế, đoàn liên ngành, tổ liên ngành,
        mặt trận
    """.replace("\n", " ").split(",")
)


#: «Ban Dân tộc cũ nay là Sở Dân tộc và Tôn giáo»: only the present unit counts
_RENAMED = Phrases("nay là | giờ là | cũ giờ là | cũ nay là | cũ , nay là | ( nay là | bây giờ là")


#: who stands above the province's units, or is the province: spoken about, never told to act
_SUPERIORS = Phrases(
    """
    trung ương | chính phủ | thủ tướng | thủ tướng chính phủ | quốc hội | hđnd tỉnh | tỉnh ủy |
    bộ chính trị | hội đồng nhân dân tỉnh | ban thường vụ tỉnh ủy | thường trực tỉnh ủy |
    ban bí thư | văn phòng chính phủ
    """
)
_FIELD_POSTS = Phrases(
    """
    phó chủ tịch phụ trách khối | phó chủ tịch phụ trách lĩnh vực | phó chủ tịch phụ trách |
    phó chủ tịch thường trực | các phó chủ tịch phụ trách
    """
)
_MINISTRY = re.compile(r"(?:Bộ|Bo) (?!Chỉ huy|Chi huy|đội|doi|CH)")


#: «…, riêng Sở X», «…, còn bên Y»: a new point, not one more in the list
_APART = frozenset({"riêng", "rieng", "còn"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A unit, list item or pronoun at tokens [first, end); `names` is empty for a pronoun."""

    first: int
    end: int
    names: tuple[str, ...]
    sort: str
    #: what one who stands above is called; such a one is told nothing but may be reported to
    shown: tuple[str, ...] = ()

    @property
    def is_pronoun(self) -> bool:
        """Whether the mention only points back to units named before."""
        return self.sort == "pronoun"


@dataclass(frozen=True, slots=True)
class Party:
    """Mentions joined by «,», «và», «cùng»: the ones that act and the ones that act along."""

    first: int
    end: int
    mentions: tuple[Mention, ...]
    along: tuple[Mention, ...]

    @property
    def sort(self) -> str:
        """The sort of the first mention, which decides what may be asked of the party."""
        return self.mentions[0].sort


def find_parties(reading: Reading, directory: Directory) -> list[Party]:
    """Return every mention of units in order, joined into parties."""
    mentions = _find_mentions(reading, directory)
    parties: list[Party] = []
    place = 0
    while place < len(mentions):
        acting = [mentions[place]]
        along: list[Mention] = []
        place += 1
        while place < len(mentions):
            last = (along or acting)[-1]
            if _RENAMED.at(reading, last.end) == mentions[place].first:
                (along or acting)[-1] = mentions[place]
                place += 1
                continue
            if _says_again(reading, last, mentions[place]):
                (along or acting)[-1] = mentions[place]
                place += 1
                continue
            link = _link(reading, last.end, mentions[place].first)
            if not link and _side_by_side(reading, acting[0], last, mentions[place]):
                link = "and"
            apart = acting[0].is_pronoun or reading.keys[mentions[place].first] in _APART
            if not link or apart or mentions[place].is_pronoun:
                break
            (along if link == "along" or along else acting).append(mentions[place])
            place += 1
        everyone = [*acting, *along]
        parties.append(Party(acting[0].first, everyone[-1].end, tuple(acting), tuple(along)))
    return parties


def _says_again(reading: Reading, said: Mention, again: Mention) -> bool:
    """«Kho bạc, à, Kho bạc Nhà nước khu vực»: a hesitation, then the full name."""
    adjacent = said.end == again.first and reading.tokens[again.first].pause
    return (
        adjacent
        and bool(said.names)
        and again.names[:1] != ()
        and (again.names[0].startswith(said.names[0]))
    )


def _side_by_side(reading: Reading, first: Mention, last: Mention, following: Mention) -> bool:
    """Without punctuation a list may have no commas, unless the first is written to or helped."""
    adjacent = not reading.punctuated and last.end == following.first
    return adjacent and (
        GOVERNORS.before(reading, first.first) is None
        or TOGETHER_WITH.before(reading, first.first) is not None
        or MEMBERS.before(reading, first.first) is not None
    )


def _link(reading: Reading, end: int, start: int) -> str:
    """Say how two mentions are joined: "and", "along" or not at all."""
    said = " ".join(reading.tokens[place].plain for place in range(end, start))
    if said in {",", "va", ", va", "voi", "&", "-"}:
        return "and"
    if not said and reading.tokens[start].pause:
        return "and"
    return "along" if said in {"cung", "cung voi", ", cung", ", cung voi"} else ""


def _find_mentions(reading: Reading, directory: Directory) -> list[Mention]:
    names = UnitNames(reading, directory)
    mentions: list[Mention] = []
    floor = 0
    for place in _openings(directory, reading.accented).places(reading):
        if place < floor:
            continue
        mention = _mention(reading, names, place, floor)
        if mention is not None:
            mentions.append(mention)
            floor = mention.end
    return mentions


@lru_cache(maxsize=16)
def _openings(directory: Directory, accented: bool) -> Openings:
    """Return how a name, a pronoun or a post may begin."""
    said = (_FIELD_POSTS, _SUPERIORS, _PRONOUNS, _BARE_PRONOUNS)
    pronouns = [each for phrases in said for each in phrases.listed(accented=accented)]
    return Openings([*openings(directory, accented=accented), *pronouns])


def _mention(reading: Reading, names: UnitNames, place: int, floor: int) -> Mention | None:
    pronoun = 0 if _is_half_word(reading, place) else _PRONOUNS.at(reading, place)
    if pronoun and not (
        pronoun < len(reading.tokens)
        and reading.tokens[pronoun].capital
        and reading.tokens[place].start > 0
        and not _has_demonstrative(reading, pronoun)
    ):
        following = names.at(place)
        if following is None or following.end <= pronoun:
            return Mention(_with_titles(reading, place, floor), pronoun, (), "pronoun")
    post = _FIELD_POSTS.at(reading, place)
    if post:
        return _post(reading, names, _with_titles(reading, place, floor), post)
    above = _SUPERIORS.at(reading, place)
    if above:
        title = reading.text[reading.tokens[place].start : reading.tokens[above - 1].end]
        first = _with_titles(reading, place, floor)
        return Mention(first, above, (), "superior", (title,))
    name = names.at(place)
    if name is None:
        return _bare_pronoun(reading, place, floor)
    first = _with_titles(reading, place, floor)
    if name.names and _MINISTRY.match(name.names[0]):
        return Mention(first, name.end, (), "superior", name.names)
    if name.sort == "superior":
        return _superior(reading, names, first, place, name)
    said = tuple(_FULL.get(n.lower(), n) for n in name.names)
    if len(said) == 1 and said[0].lower() in _NAMELESS:
        return _bare_pronoun(reading, place, floor) or None
    return Mention(first, name.end, said, name.sort)


def _is_half_word(reading: Reading, place: int) -> bool:
    """«cơ sở», «trụ sở», «thị xã»: the second half of another word."""
    return place > 0 and reading.tokens[place - 1].plain in {"co", "tru", "cong", "thi", "cap"}


def _has_demonstrative(reading: Reading, end: int) -> bool:
    return reading.keys[end - 1] in {"này", "nay", "đó", "do", "ấy", "trên", "tren"}


def _bare_pronoun(reading: Reading, place: int, floor: int) -> Mention | None:
    end = _BARE_PRONOUNS.at(reading, place)
    if not end or _is_half_word(reading, place):
        return None
    if STRONG.at(reading, end) or MODALS.at(reading, end) or ADVERBS.at(reading, end):
        return Mention(_with_titles(reading, place, floor), end, (), "pronoun")
    return None


def _superior(reading: Reading, names: UnitNames, first: int, place: int, name: Name) -> Mention:
    """A Deputy Chair «phụ trách khối …» can be given work; the committee itself cannot."""
    end = name.end
    if reading.keys[end : end + 2] in (["phụ", "trách"], ["phu", "trach"]) and first < place:
        return _post(reading, names, first, end + 2)
    return Mention(first, end, (), "superior", name.names)


def _post(reading: Reading, names: UnitNames, first: int, area: int) -> Mention:
    """A post with its field, named as it is said but without «đồng chí»."""
    stop = names.area_end(area)
    tokens = reading.tokens
    shown = " ".join(reading.text[tokens[first].start : tokens[stop - 1].end].split())
    for person in ("đồng chí ", "Đồng chí "):
        shown = shown.removeprefix(person)
    return Mention(first, stop, (shown[0].upper() + shown[1:],), "post")


def _with_titles(reading: Reading, place: int, floor: int) -> int:
    """Step back over «đồng chí», «Giám đốc», «bên», and a person's name before «bên»."""
    first = place
    while first > floor:
        before = _PERSONS.before(reading, first)
        if before is None and reading.keys[first - 1] == "cũng":
            before = first - 1
        if before is None or before < floor:
            # «anh Bính Giám đốc Sở X»: the name stands before the post.
            return _called_person(reading, first, floor) if reading.punctuated else first
        first = before
        if _AT.at(reading, first):
            first = _called_person(reading, first, floor)
    return first


def _called_person(reading: Reading, place: int, floor: int) -> int:
    """«anh Thắng bên Văn phòng»: step back over the person as well."""
    for length in (1, 2, 3, 4):
        start = place - length
        called = _CALLED.before(reading, start)
        if called is not None and called >= floor and length >= 1:
            named = reading.tokens[start:place]
            if named and all(token.capital or not reading.punctuated for token in named):
                return called
    return place


def resolve(pronoun: Mention, reading: Reading, earlier: Sequence[str]) -> tuple[str, ...]:
    """Return the units a pronoun points back to, the latest ones first considered.

    `earlier` holds the names in the order in which they were last mentioned. A pronoun for more
    units than were named, or for none, resolves to nothing: an assignee is never invented.
    """
    words = reading.keys[pronoun.first : pronoun.end]
    wanted = 1
    for word in words:
        wanted = _COUNTS.get(word, wanted)
        if word in {"các", "cac"}:
            wanted = 0
    fitting = [name for name in dict.fromkeys(reversed(earlier)) if _fits(name, words)]
    if not fitting or len(fitting) < wanted:
        return ()
    chosen = fitting[:wanted] if wanted else fitting
    return tuple(reversed(chosen))


def _fits(name: str, words: Sequence[str]) -> bool:
    low = name.lower()
    for word in words:
        if word in {"sở", "so"}:
            return low.startswith("sở")
        if word in {"xã", "xa"}:
            return low.startswith("ubnd xã")
        if word in {"phường", "phuong"}:
            return low.startswith("ubnd phường")
        if word in {"ban", "hội", "hoi"}:
            return low.startswith(word)
    if words[-2:] in (["trung", "tâm"], ["trung", "tam"]) or "tâm" in words:
        return low.startswith("trung tâm")
    return True
