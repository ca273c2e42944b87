"""Names that were heard nearly right, found among those the meeting knows.

A name is taken only where its noun was heard («xã», «sở») or it is long enough to be certain,
where it sounds like one known name and clearly less like every other. With two near candidates
nothing is changed, and the place is told as doubtful.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from meetly.accounts.directory import same_tones
from meetly.transcripts.heard_text import Change, Wording, word_set
from meetly.transcripts.known_names import Names, Phrase, sound_key
from meetly.transcripts.syllables import MIXED, OTHER, distance

_COMMITTEES = (("ủy", "ban", "nhân", "dân"), ("ubnd",), ("u", "bê", "en", "đê"), ("ủy", "ban"))
_TITLES = word_set("ông bà anh chị chú bác đồng chí đ/c em thầy cô bs")
#: Ordinary words that sound like names of communes; only the name itself, heard exactly, counts.
_ORDINARY = frozenset(
    {
        "bản sao", "bản trả", "bản chính", "bản thân", "bản địa", "bàn giao", "bản đồ", "bản khai",
        "hồ sơ", "đồng ý", "đồng bào", "đồng thời", "đồng chí", "đồng vốn", "kim ngạch", "tà đạo",
        "tân tiến", "tân trang", "sơn hà", "chợ đỉnh", "bãi trắng", "tiền đơn", "tiền đón",
        "phong trào", "thạch cao", "suối sâu", "lúng túng", "lụng vất", "khe núi", "cầu nối",
    }
)  # fmt: skip
#: Behind «xã», «phường», «sở», «tỉnh» these are never the beginning of a name heard wrongly.
_NEVER_FIRST = word_set(
    "hội viên ta tôi mình này đó kia nào đã đang sẽ phải có còn và với thì là được bị cần đề báo "
    "gửi chưa không các của cho về tại trong giao xin hữu tại thích trường dĩ nguyện đoàn ủy lỵ "
    "phấn đội giáo bán bàn làm tìm thu chi mua mở xây sửa chống phòng kiểm rà nộp trình lập họp "
    "hỏi chờ đợi"
)
_MARGIN = 0.45
#: Marks inside a name, by whether it is long: «Văn hóa, Thể thao», «Lâm Viên - Đà Lạt».
_INSIDE = {True: (",", "-", "–"), False: ("-", "–")}


@dataclass(frozen=True)
class Doubt:
    """Words that sound like several names equally; left as they were heard."""

    start: int
    end: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Fit:
    """A known name laid on the words from `start` to `end`; how far it sounds from them."""

    phrase: Phrase
    start: int
    end: int
    far: float


def names_in(wording: Wording, names: Names) -> tuple[list[Change], list[Doubt]]:
    """Return the names to be written otherwise and the places that fit several names."""
    changes: list[Change] = []
    doubts: list[Doubt] = []
    place = 0
    plain = tuple(same_tones(word) for word in wording.words)
    listed: Phrase | None = None
    while place < len(plain):
        fit = _best(wording, plain, names, place, listed, doubts)
        if fit is None:
            listed = listed if wording.word(place) in (",", "và", "cùng") else None
            place += 1
            continue
        change = _written(wording, plain, fit)
        if change is not None:
            changes.append(change)
        listed = _goes_on(wording, fit, listed)
        place = fit.end
    return changes, doubts


def _best(
    wording: Wording,
    plain: tuple[str, ...],
    names: Names,
    place: int,
    listed: Phrase | None,
    doubts: list[Doubt],
) -> _Fit | None:
    """Return the name that begins here: the longest that fits, if no other fits as well."""
    fits = [
        fit
        for phrase in names.by_first.get(sound_key(plain[place]), ())
        if (fit := _laid(wording, plain, phrase, place, 0)) and _is_near(wording, plain, fit)
    ]
    if listed is not None and not fits:
        fits = _listed_fits(wording, plain, names, place, listed.words[: listed.head])
    if place == 0 and not fits:
        fits = _answering(wording, plain, names)
    if not fits:
        return None
    # «xã An Nhơn bắt đầu» is not An Nhơn Bắc: a name heard exactly gives way only to one that goes
    # on for two words more
    exact = max((fit.end for fit in fits if fit.far == 0), default=0)
    fits = [fit for fit in fits if fit.far == 0 or fit.end >= exact + 2 or not exact]
    fits.sort(key=lambda fit: (-(fit.end - fit.start) + fit.far * 2, fit.far))
    best = fits[0]
    rivals = {
        fit.phrase.written: fit
        for fit in fits[1:]
        if fit.end == best.end
        and fit.phrase.written.lower() != best.phrase.written.lower()
        and fit.far < best.far + _MARGIN
    }
    if rivals and best.far > 0:
        doubts.append(Doubt(best.start, best.end, (best.phrase.written, *rivals)))
        return None
    return best


def _listed_fits(
    wording: Wording, plain: tuple[str, ...], names: Names, place: int, noun: tuple[str, ...]
) -> list[_Fit]:
    """«các xã A, B và C»: behind the first name the noun is not said again."""
    return [
        fit
        for phrase in names.by_first.get(sound_key(noun[0]), ())
        if phrase.sort == "local"
        and phrase.words[: phrase.head] == noun
        and (fit := _laid(wording, plain, phrase, place, phrase.head))
        and _is_near(wording, plain, fit)
    ]


def _answering(wording: Wording, plain: tuple[str, ...], names: Names) -> list[_Fit]:
    """«nậm hoa nghe rõ»: a site answers by its bare name, which must be heard exactly."""
    return [
        fit
        for noun in (("xã",), ("phường",), ("đặc", "khu"))
        for fit in _listed_fits(wording, plain, names, 0, noun)
        if fit.far == 0 and wording.word(fit.end) in ("nghe", "xin")
    ]


def _laid(
    wording: Wording, plain: tuple[str, ...], phrase: Phrase, place: int, skipped: int
) -> _Fit | None:
    """Compare a name with the words from a place on; a comma inside a long name may be missing."""
    far, at = 0.0, place
    for number, word in enumerate(phrase.words[skipped:]):
        if number and at < len(plain) and plain[at] in _INSIDE.get(len(phrase.words) > 5, ()):
            at += 1
        if at >= len(plain):
            return None
        step = distance(plain[at], word)
        far += step
        if step > 1.3 or far > 2.5:
            return None
        at += 1
    return _Fit(phrase, place, at, far)


def _is_near(wording: Wording, plain: tuple[str, ...], fit: _Fit) -> bool:
    """Say whether the words may be that name heard wrongly, or are that name."""
    phrase = fit.phrase
    if phrase.sort == "person":
        return _is_near_person(wording, plain, fit)
    if _is_other(plain, fit):
        return False
    own = len(phrase.words) - phrase.head
    if fit.far == 0:
        return phrase.sort != "unit" or len(phrase.words) > 2 or phrase.words[0] == "sở"
    first = fit.start + (fit.end - fit.start - own)
    other = plain[first] != phrase.words[-own]
    if first > fit.start and other and plain[first] in _NEVER_FIRST:
        return False
    if _is_ordinary(plain, first, fit.end):
        return False
    return fit.far <= _limit(wording, plain, fit, own) and _exact_enough(plain, fit)


def _is_other(plain: tuple[str, ...], fit: _Fit) -> bool:
    """«cơ sở y tế» is no department, «công an tỉnh bạn» is another province's."""
    before = plain[fit.start - 1] if fit.start else ""
    after = plain[fit.end] if fit.end < len(plain) else ""
    return (fit.phrase.words[0] == "sở" and before in ("cơ", "trụ")) or (
        plain[fit.end - 1] == "tỉnh" and after in ("bạn", "khác", "ngoài")
    )


def _is_ordinary(plain: tuple[str, ...], first: int, end: int) -> bool:
    return any(" ".join(plain[place : place + 2]) in _ORDINARY for place in range(first, end))


def _limit(wording: Wording, plain: tuple[str, ...], fit: _Fit, own: int) -> float:
    """Return how far the own words of a name may sound from what was heard."""
    if own <= 1:
        return MIXED
    sure = wording.belief(fit.start, fit.end) > 0.9 and wording.is_capital(fit.end - 1)
    # Communes differ from their neighbours by one sound (Mường Chà, Mường Ngà): only marks and
    # accents are put right there; the names of departments stand apart.
    limit = OTHER if own == 2 else min(0.4 * own, 1.6)
    if fit.phrase.sort == "local":
        limit = 1.0 if _wrong(plain, fit, own) < 2 else 0.6
    if fit.phrase.sort in ("site", "place"):
        limit = 0.6 if own == 2 else limit
    return limit * 0.6 if sure else limit


def _exact_enough(plain: tuple[str, ...], fit: _Fit) -> bool:
    """Half of the words at least are heard exactly."""
    size = len(fit.phrase.words)
    return _wrong(plain, fit, size) * 2 <= size + 1


def _wrong(plain: tuple[str, ...], fit: _Fit, last: int) -> int:
    """Count which of the last words of a name were heard otherwise."""
    heard = [word for word in plain[fit.start : fit.end] if word not in _INSIDE[True]][-last:]
    known = fit.phrase.words[-len(heard) :]
    return sum(a != b for a, b in zip(heard, known, strict=True))


def _is_near_person(wording: Wording, plain: tuple[str, ...], fit: _Fit) -> bool:
    if fit.far > 0.5:
        return False
    titled = wording.word(fit.start - 1) in _TITLES
    named = all(wording.is_capital(place) for place in range(fit.start, fit.end))
    return fit.far == 0 or titled or named


def _written(wording: Wording, plain: tuple[str, ...], fit: _Fit) -> Change | None:
    """Return how the name is written here: «ủy ban nhân dân xã nậm hóa» is «UBND xã Nậm Hoa»."""
    start, now = fit.start, fit.phrase.written
    if fit.end - fit.start < len(fit.phrase.words) and fit.phrase.sort == "local":
        now = now.split(" ", fit.phrase.head)[-1]  # in a list, without its noun
    if fit.phrase.sort in ("local", "site", "place") and wording.is_capital(start):
        now = now[0].upper() + now[1:]
    if fit.phrase.sort == "local":
        for committee in _COMMITTEES:
            begin = start - len(committee)
            if begin >= 0 and plain[begin:start] == committee:
                start, now = begin, f"UBND {now[0].lower()}{now[1:]}"
                break
    heard = wording.said(start, fit.end)
    same, wanted = same_tones(heard).replace("–", "-"), same_tones(now).replace("–", "-")
    if heard.isupper() or same == wanted:
        return None
    if fit.far == 0 and same.lower() == wanted.lower():
        return Change(start, fit.end, now, "capitals")
    return Change(start, fit.end, now, "name")


def _goes_on(wording: Wording, fit: _Fit, listed: Phrase | None) -> Phrase | None:
    """Tell whether a list of localities is being read: «các xã …», «hai phường …»."""
    if fit.phrase.sort != "local":
        return None
    if listed is not None and fit.end - fit.start < len(fit.phrase.words):
        return listed
    plural = wording.word(fit.start - 1) in ("các", "hai", "ba", "bốn", "năm", "mấy", "những")
    return fit.phrase if plural else None


def terms_in(wording: Wording, names: Names) -> Iterator[Change]:
    """Yield what the unit's people corrected before, where it is heard the same way again.

    What they said was heard right is yielded as it stands: no other change may touch it.
    """
    plain = tuple(same_tones(word) for word in wording.words)
    for place, word in enumerate(plain):
        fitting = [
            term
            for term in names.terms_by_first.get(word, ())
            if plain[place : place + len(term.heard)] == term.heard
        ]
        longest = max((len(term.heard) for term in fitting), default=0)
        meant = {term.meant for term in fitting if len(term.heard) == longest}
        if len(meant) == 1:
            yield Change(place, place + longest, meant.pop(), "glossary")
