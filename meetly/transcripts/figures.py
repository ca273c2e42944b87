"""Figures said in words, written as officials write them: 15/12, 98,7%, 2.856 tỷ, 16 giờ 30, quý I.

A number is written in figures when it takes two words or more, or when what it stands with is
always counted in figures (percent, money, kilometres, dates). Small counts stay words, as in
minutes: «bốn hộ», «năm phút», «ba là», «một số». What can be read in two ways stays as heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from meetly.spoken_numbers import COUNTING, DIGITS, SCALES, Count, count, scale_at
from meetly.transcripts.dates import date_at
from meetly.transcripts.document_numbers import document_at
from meetly.transcripts.heard_text import Change, Wording

#: Measures and how they are written; a figure goes before them.
_MEASURES = {
    ("ki", "lô", "mét", "vuông"): "km2",
    ("ki", "lô", "mét"): "km",
    ("ki-lô-mét",): "km",
    ("kilômét",): "km",
    ("cây", "số"): "km",
    ("héc", "ta"): "ha",
    ("hecta",): "ha",
    ("mét", "vuông"): "m2",
    ("mét", "khối"): "m3",
    ("ki", "lô", "gam"): "kg",
    ("mi", "li", "mét"): "mm",
}
_CIPHERED = (
    ("phòng", "họp", "số"), ("phụ", "lục", "số"), ("biểu", "số"), ("mẫu", "số"), ("quốc", "lộ"),
    ("tỉnh", "lộ"),
)  # fmt: skip
#: In front of a number that is no exact count, or the lower half of a share.
_VAGUE = ("thứ", "vài", "mấy", "dăm", "đôi", "hàng", "phần")
#: What stands behind a number that is no count: the eve of Tết, a lunar month.
_NOT_COUNTED = ("tết",)
_LUNAR = ("giêng", "chạp")


@dataclass(frozen=True)
class _Figure:
    """A number as it is written, the index behind it, and whether it must be in figures."""

    text: str
    end: int
    value: float
    several: bool


def changes(wording: Wording) -> Iterator[Change]:
    """Yield what is to be written in figures, in the order of the text."""
    place, size = 0, len(wording.words)
    while place < size:
        found = document_at(wording, place) or date_at(wording, place) or _figure_at(wording, place)
        if found is not None:
            if found.now != wording.said(found.start, found.end):
                yield found
            place = found.end
        elif _begins_number(wording, place):
            place = _run_end(wording, place)
        else:
            place += 1


def with_dots(value: int) -> str:
    """Write a whole number with its thousands apart: 1.240."""
    return f"{value:,}".replace(",", ".")


def _begins_number(wording: Wording, place: int) -> bool:
    return wording.word(place) in DIGITS or wording.word(place) == "mười"


def _run_end(wording: Wording, place: int) -> int:
    """Step over a number that cannot be read, all of it: a part of it would be another number."""
    read = count(wording.words, place)
    end = read.end if read else place + 1
    while read is None and (
        wording.word(end) in COUNTING or wording.word(end) in ("năm", "lăm", "mốt", "linh", "lẻ")
    ):
        end += 1
    return end


def _figure_at(wording: Wording, place: int) -> Change | None:
    if wording.word(place)[:1].isdecimal():
        return _measured_digits(wording, place)
    first = _read(wording, place)
    if first is None or _is_name(wording, place, first.end) or _is_ordinal(wording, place, first):
        return None
    for form in (_share, _range, _percent, _money, _measure):
        if found := form(wording, place, first):
            return found
    before = wording.words[max(0, place - 3) : place]
    if any(before[-len(opening) :] == opening for opening in _CIPHERED):
        return Change(place, first.end, first.text, "number")
    if not first.several or wording.word(first.end) in _NOT_COUNTED:
        return None
    if wording.word(first.end) in ("trên", "phẩy") and _read(wording, first.end + 1):
        return None
    if wording.word(first.end) == "tháng" and wording.word(first.end + 1) in _LUNAR:
        return None
    return Change(place, first.end, first.text, "number")


def _read(wording: Wording, place: int) -> _Figure | None:
    """Read a number with its decimals and scale: «tám mươi bảy phẩy năm tỷ», «một tỷ rưỡi»."""
    words = wording.words
    whole = count(words, place)
    if whole is None:
        if wording.word(place) == "không" and wording.word(place + 1) == "phẩy":
            whole = Count(0, place + 1, False)
        else:
            return None
    end = whole.end
    if wording.word(end) == "phẩy" and (decimals := _decimals(wording, end + 1)):
        digits, end = decimals
        scale = scale_at(words, end)
        text = f"{with_dots(whole.value)},{digits}"
        if scale > 1:
            text, end = f"{text} {_scale_name(words[end])}", end + 1
        return _Figure(text, end, whole.value + float(f"0.{digits}"), True)
    value = whole.value
    if wording.word(end) == "rưỡi" and words[end - 1] in SCALES:
        value += SCALES[words[end - 1]] // 2
        end += 1
    return _Figure(_scaled(value), end, value, whole.several)


def _decimals(wording: Wording, place: int) -> tuple[str, int] | None:
    digits = ""
    end = place
    while wording.word(end) in DIGITS and (digits or wording.word(end) == "không"):
        digits += str(DIGITS[wording.word(end)])
        end += 1
    if digits:
        return digits, end
    read = count(wording.words, place)
    if read is None or read.value > 999:
        # the scale belongs to the whole: «bảy phẩy năm tỷ»
        if wording.word(place) in DIGITS and scale_at(wording.words, place + 1) > 1:
            return str(DIGITS[wording.word(place)]), place + 1
        return _before_scale(wording, place)
    return str(read.value), read.end


def _before_scale(wording: Wording, place: int) -> tuple[str, int] | None:
    end = place
    while wording.word(end) in DIGITS or wording.word(end) in ("mười", "mươi", "lăm", "mốt", "tư"):
        end += 1
    read = count(wording.words[:end], place)
    return (str(read.value), read.end) if read and read.end == end else None


def _scaled(value: int) -> str:
    """Write millions and billions with their word as long as three decimals are enough."""
    for size, name in ((10**9, "tỷ"), (10**6, "triệu")):
        if value >= size:
            whole, rest = divmod(value, size)
            if rest % (size // 1000):
                return with_dots(value)
            decimals = f"{rest // (size // 1000):03d}".rstrip("0")
            return f"{with_dots(whole)}{',' if decimals else ''}{decimals} {name}"
    return with_dots(value)


def _scale_name(word: str) -> str:
    return {"tỉ": "tỷ", "ngàn": "nghìn"}.get(word, word)


def _is_name(wording: Wording, start: int, end: int) -> bool:
    """«phường Mười Hai»: capitals inside a text are a name."""
    if any(wording.is_capital(place) for place in range(start + 1, end)):
        return True
    return wording.is_capital(start) and start > 0 and wording.word(start - 1) not in ".?!:;…"


def _is_ordinal(wording: Wording, place: int, figure: _Figure) -> bool:
    """«lần thứ hai mươi», «vài ba trăm», and «mười một là» where a point of a list begins."""
    if wording.word(place - 1) in _VAGUE:
        return True
    opens = place == 0 or wording.word(place - 1) in (".", ";", ":", "!", "?")
    return opens and wording.word(figure.end) == "là"


def _share(wording: Wording, place: int, first: _Figure) -> Change | None:
    """«bảy mươi lăm trên bảy mươi lăm»: so many of so many."""
    if wording.word(first.end) != "trên":
        return None
    second = _read(wording, first.end + 1)
    if second is None or not 0 < first.value <= second.value or not second.several:
        return None
    if "," in first.text + second.text or " " in first.text:
        return None
    return Change(place, second.end, f"{first.text}/{second.text}", "number")


def _range(wording: Wording, place: int, first: _Figure) -> Change | None:
    """«từ năm đến mười lăm ngày», «hai đến ba tỷ»: both in figures or both in words."""
    if wording.word(first.end) not in ("đến", "tới") or first.several or " " in first.text:
        return None
    second = _read(wording, first.end + 1)
    if second is None:
        return None
    joint = wording.word(first.end)
    if wording.words[second.end : second.end + 2] == ("phần", "trăm"):
        return Change(place, second.end + 2, f"{first.text} {joint} {second.text}%", "number")
    scaled = " " in second.text
    if not second.several or not (scaled or wording.word(place - 1) == "từ"):
        return None
    why = "money" if scaled else "number"
    return Change(place, second.end, f"{first.text} {joint} {second.text}", why)


def _percent(wording: Wording, place: int, first: _Figure) -> Change | None:
    if wording.words[first.end : first.end + 2] != ("phần", "trăm"):
        return None
    return Change(place, first.end + 2, f"{first.text}%", "number")


def _money(wording: Wording, place: int, first: _Figure) -> Change | None:
    scaled = first.text.endswith(("tỷ", "triệu"))
    if scaled or (first.several and wording.word(first.end) == "đồng"):
        return Change(place, first.end, first.text, "money")
    return None


def _measure(wording: Wording, place: int, first: _Figure) -> Change | None:
    for said, written in _MEASURES.items():
        if wording.words[first.end : first.end + len(said)] == said:
            return Change(place, first.end + len(said), f"{first.text} {written}", "number")
    return None


def _measured_digits(wording: Wording, place: int) -> Change | None:
    """«68 phần trăm», «120 ki lô mét»: the figure is there, its measure is in words."""
    digits = wording.written[place]
    if not digits.replace(".", "").replace(",", "").isdecimal():
        return None
    if wording.words[place + 1 : place + 3] == ("phần", "trăm"):
        return Change(place, place + 3, f"{digits}%", "number")
    for said, written in _MEASURES.items():
        if wording.words[place + 1 : place + 1 + len(said)] == said:
            return Change(place, place + 1 + len(said), f"{digits} {written}", "number")
    return None
