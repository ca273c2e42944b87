"""Capitals and full stops for a text whose recogniser writes none; others are left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from meetly.transcripts.heard_text import Change, Wording, word_set

_MARK = re.compile(r"[.,;:?!…]")
_ORDINALS = word_set("một hai ba bốn năm sáu bảy tám chín mười")
_THIRD = word_set("nhất hai ba tư năm sáu bảy tám chín mười")
_ASKING_END = (
    ("không",), ("không", "ạ"), ("chưa",), ("chưa", "ạ"), ("hay", "không"), ("thế", "nào"),
    ("bao", "giờ"), ("bao", "nhiêu"), ("ở", "đâu"), ("làm", "sao"), ("phải", "không"), ("gì",),
)  # fmt: skip
_ASKING_START = (("bao", "nhiêu"), ("vì", "sao"), ("tại", "sao"), ("ai",), ("khi", "nào"))
#: «… không» asks where one of these stands before it: «có … không», «… nữa không».
_ASKING_WITH = word_set("có rõ nữa được kịp đã phải chưa")


#: Words of a chunk from which on it would have a mark or a capital if the engine wrote any; a
#: shorter one may be the middle of a sentence.
_ENOUGH_WORDS = 30
#: Models that are known to write neither.
_BARE_MODELS = ("phowhisper",)
#: How a speaker opens, with the comma that belongs behind it; the longest first.
_OPENINGS = tuple(
    tuple(words.split())
    for words in (
        "kính thưa đồng chí phó chủ tịch", "kính thưa đồng chí chủ tịch",
        "thưa đồng chí phó chủ tịch", "thưa đồng chí chủ tịch", "báo cáo đồng chí chủ tịch",
        "kính thưa các đồng chí", "thưa các đồng chí", "kính thưa hội nghị", "thưa hội nghị",
        "thưa chủ tịch", "trước hết", "cuối cùng", "dạ",
    )
)  # fmt: skip
#: Words side by side in which the commas are left out.
_SIDE_BY_SIDE = (
    ("các", "sở", "ban", "ngành"), ("các", "sở", "ngành"), ("các", "xã", "phường", "đặc", "khu"),
    ("các", "xã", "phường"), ("sở", "ban", "ngành"),
)  # fmt: skip
_POSTS = ("phó chủ tịch", "chủ tịch", "phó giám đốc", "giám đốc", "chánh văn phòng", "bí thư")
_OF = word_set("ubnd hđnd sở tỉnh")
_ADDRESSED = word_set("chí thưa trình")


def writes_bare(texts: Sequence[str], model: str = "") -> bool:
    """Say whether what was heard in one chunk comes from an engine without capitals and marks.

    Judged from the chunk alone, so that the order in which chunks are heard changes nothing.
    """
    if not texts or not all(is_bare(text) for text in texts):
        return False
    known = any(name in model.lower() for name in _BARE_MODELS)
    return known or sum(len(text.split()) for text in texts) >= _ENOUGH_WORDS


def is_bare(text: str) -> bool:
    """Say whether a text has neither capitals nor marks, as some recognisers write."""
    return text == text.lower() and not _MARK.search(re.sub(r"(?<=\d)[.,](?=\d)", "", text))


def marks(wording: Wording) -> Iterator[tuple[int, str]]:
    """Yield (place, mark): the mark that belongs behind the word at that place."""
    words, last = wording.words, len(wording.words) - 1
    if last < 1:
        return
    opening = _opening(words)
    if 0 < opening <= last:
        yield opening - 1, ","
    for place in range(max(opening, 2), last):
        if words[place + 1] == "thưa" or words[place + 1 : place + 3] == ("trong", "đó"):
            yield place, ","
    for place in range(last):
        row = next((r for r in _SIDE_BY_SIDE if words[place : place + len(r)] == r), ())
        for step, word in enumerate(row[1:-1], place + 1):
            if word not in ("các", "đặc"):
                yield step, ","
    yield last, "?" if _asks(words) else "."


def capitals(wording: Wording) -> Iterator[Change]:
    """Yield what begins with a capital inside a bare sentence: posts of a unit, Tết."""
    words = wording.words
    for place, word in enumerate(words):
        if word == "tết" and wording.word(place - 1) in ("trước", "sau", "dịp", "đến", "ăn"):
            yield Change(place, place + 1, "Tết", "capitals")
        for post in _POSTS:
            end = place + len(post.split())
            if " ".join(words[place:end]) != post:
                continue
            held = words[end : end + 4] == ("ủy", "ban", "nhân", "dân") or wording.word(end) in _OF
            if held or wording.word(place - 1) in _ADDRESSED:
                yield Change(place, end, _titled(post), "capitals")
            break


def _titled(post: str) -> str:
    """«phó chủ tịch» is written «Phó Chủ tịch», «chánh văn phòng» «Chánh Văn phòng»."""
    first, _, rest = post.partition(" ")
    if first in ("phó", "chánh"):
        return f"{first.capitalize()} {rest.capitalize()}"
    return post.capitalize()


def _opening(words: tuple[str, ...]) -> int:
    """Return how many words open the sentence: «một là», «thứ hai», «thưa các đồng chí»."""
    if words[0] in _ORDINALS and words[1:2] == ("là",):
        return 2
    day = words[2:3] in (("tuần",), ("này",), ("tới",), ("hằng",), ("hàng",), ("sau",))
    if words[0] == "thứ" and words[1:2] and words[1] in _THIRD and not day:
        return 2
    for opening in _OPENINGS:
        if words[: len(opening)] == opening and words[len(opening) : len(opening) + 1] != ("thưa",):
            return len(opening)
    return 0


def _asks(words: tuple[str, ...]) -> bool:
    if any(words[: len(start)] == start for start in _ASKING_START):
        return True
    for end in _ASKING_END:
        if words[-len(end) :] == end and len(words) > len(end):
            return end[0] != "không" or bool(_ASKING_WITH & set(words[: -len(end)]))
    return False
