"""Numbers of documents said aloud: «quyết định số mười lăm trên quy đê u bê en đê» is 15/QĐ-UBND.

Written only where certain: the kind of document and a number stand there. The letters behind the
stroke are often heard as the words they stand for, or as a word that sounds like them.
"""

from __future__ import annotations

from meetly.spoken_numbers import DIGITS, count
from meetly.transcripts.heard_text import Change, Wording

_KINDS = (
    ("nghị", "định"), ("nghị", "quyết"), ("quyết", "định"), ("thông", "tư"), ("chỉ", "thị"),
    ("công", "văn"), ("kế", "hoạch"), ("thông", "báo"), ("công", "điện"), ("tờ", "trình"),
    ("báo", "cáo"), ("kết", "luận"), ("hướng", "dẫn"), ("văn", "bản"), ("luật",),
)  # fmt: skip
#: Kinds whose number is often said without «số».
_BARE = (("nghị", "định"), ("thông", "tư"), ("nghị", "quyết"))
_STROKE = (("trên",), ("gạch", "chéo"), ("xẹc",), ("sẹc",), ("/",))
_LETTERS = {
    "QĐ": ("quyết định", "quy định", "quy đê", "quờ đê", "cu đê", "quy đờ"),
    "NĐ": ("nghị định", "nờ đê", "en đê", "en nờ đê"),
    "NQ": ("nghị quyết", "nờ quy", "en quy", "nờ quờ"),
    "TT": ("thông tư", "tê tê"),
    "CT": ("chỉ thị", "xê tê"),
    "KH": ("kế hoạch", "ca hát", "ka hát", "ka hờ"),
    "TB": ("thông báo", "tê bê"),
    "BC": ("báo cáo", "bê xê"),
    "TTr": ("tờ trình", "tê tê rờ"),
    "CV": ("công văn", "xê vê"),
}
_ISSUERS = {
    "UBND": ("u bê en đê", "u bê nờ đê", "u bờ nờ đờ", "ủy ban nhân dân", "ubnd", "ủy ban"),
    "HĐND": ("hát đê en đê", "hờ đê nờ đê", "hội đồng nhân dân", "hđnd"),
    "CP": ("chính phủ", "xê pê", "cê pê", "xê phê"),
    "TTg": ("thủ tướng", "tê tê gờ", "tê tê giê"),
    "VP": ("văn phòng", "vê pê"),
}


def document_at(wording: Wording, place: int) -> Change | None:
    """Return how the number of a document, of a scheme or of an article here is written."""
    return _numbered(wording, place) or _scheme(wording, place) or _article(wording, place)


def _numbered(wording: Wording, place: int) -> Change | None:
    kind = next((k for k in _KINDS if wording.words[place : place + len(k)] == k), None)
    if kind is None:
        return None
    end = place + len(kind)
    said_so = wording.word(end) == "số"
    start = end + said_so
    number = _number(wording, start)
    if number is None:
        return None
    text, end = number
    year = _year(wording, end)
    if year:
        text, end = f"{text}/{year[0]}", year[1]
    letters = _letters(wording, end)
    if letters:
        text, end = f"{text}/{letters[0]}", letters[1]
    if not (said_so or (kind in _BARE and year)):
        return None
    return Change(start, end, text, "document")


def _number(wording: Wording, place: int) -> tuple[str, int] | None:
    if wording.word(place).isdecimal():
        return wording.word(place), place + 1
    read = count(wording.words, place)
    return (str(read.value), read.end) if read else None


def _year(wording: Wording, place: int) -> tuple[int, int] | None:
    """Read «trên hai nghìn không trăm hai mươi» or «năm hai nghìn không trăm hai mươi»."""
    start = place + 1 if wording.word(place) == "năm" else _after_stroke(wording, place)
    read = count(wording.words, start) if start else None
    return (read.value, read.end) if read and 1990 <= read.value < 2100 else None


def _after_stroke(wording: Wording, place: int) -> int:
    for stroke in _STROKE:
        if wording.words[place : place + len(stroke)] == stroke:
            return place + len(stroke)
    return 0


def _letters(wording: Wording, place: int) -> tuple[str, int] | None:
    start = _after_stroke(wording, place)
    if not start:
        return None
    kind = _spelled(wording, start, _LETTERS)
    issuer = _spelled(wording, kind[1] if kind else start, _ISSUERS)
    parts = [part for part in (kind, issuer) if part]
    return ("-".join(part[0] for part in parts), parts[-1][1]) if parts else None


def _spelled(
    wording: Wording, place: int, known: dict[str, tuple[str, ...]]
) -> tuple[str, int] | None:
    if wording.word(place) in ("gạch", "-"):
        place += 1 + (wording.word(place + 1) == "ngang")
    for letters, sounds in known.items():
        for sound in sounds:
            words = tuple(sound.split())
            if wording.words[place : place + len(words)] == words:
                return letters, place + len(words)
    return None


def _scheme(wording: Wording, place: int) -> Change | None:
    """«đề án không sáu» is the national scheme 06."""
    if wording.words[place : place + 3] == ("đề", "án", "không"):
        last = wording.word(place + 3)
        if last in DIGITS and wording.word(place + 4) not in DIGITS:
            return Change(place, place + 4, f"Đề án 0{DIGITS[last]}", "document")
    return None


def _article(wording: Wording, place: int) -> Change | None:
    """«khoản hai điều năm» is certain because both words stand side by side."""
    if wording.word(place) != "khoản":
        return None
    clause = count(wording.words, place + 1)
    if clause is None or wording.word(clause.end) != "điều":
        return None
    article = count(wording.words, clause.end + 1)
    if article is None:
        return None
    opening = wording.written[place]
    text = f"{opening} {clause.value} Điều {article.value}"
    return Change(place, article.end, text, "document")
