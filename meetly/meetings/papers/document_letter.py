"""The letter of invitation (giấy mời, form 1.7 of Decree 30/2020/NĐ-CP) as a .docx file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from docx.document import Document

from meetly import paper
from meetly import paper_layout as layout
from meetly.paper_parts import Letterhead, add, letterhead, recipients, signature, signatures, title
from meetly.paper_wording import BLANK, capitalised, clean, day_in_words, sentence

#: A substitute needs the chair's consent: QĐ 45/2018/QĐ-TTg.
_CLOSING = (
    "Đề nghị các đại biểu dự họp đầy đủ, đúng giờ; trường hợp cử người dự thay, đề nghị báo để "
    "chủ trì cho ý kiến./."
)
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@dataclass(frozen=True)
class Letter:
    """Everything a letter says; what is unknown is left blank for the hand."""

    head: Letterhead
    #: as the office wrote it: "05" or "05/GM-UBND"; empty leaves room
    number: str
    #: what follows GM- where the number is a number alone
    code: str
    locality: str
    #: how the issuing office is called in a sentence
    office: str
    #: post and name of who signs
    post: str
    signer: str
    #: day of issue; None leaves room
    issued: date | None
    title: str
    #: wall times of Vietnam
    starts: datetime
    ends: datetime
    chair: str
    place: str
    link: str
    invited: tuple[str, ...]
    agenda: tuple[str, ...]
    #: what to bring or mind, a line each
    notes: tuple[str, ...] = ()
    file: str = "VT, TH"


def letter_docx(letter: Letter) -> bytes:
    """Return the letter as a .docx file; the same letter gives the same bytes."""
    said = paper.Properties(f"Giấy mời: {letter.title}", letter.office, letter.starts)
    return paper.file_of(said, lambda document: _write(document, letter))


def _write(document: Document, letter: Letter) -> None:
    letterhead(document, letter.head, _number(letter), _place_date(letter))
    title(document, "GIẤY MỜI", f"Dự {_lowered_title(letter.title)}")
    add(document, layout.INTRODUCING, f"{capitalised(clean(letter.office))} trân trọng kính mời:")
    _items(document, letter.invited or (BLANK * 8,))
    _fact(document, "Tới dự", letter.title)
    _fact(document, "Chủ trì", letter.chair)
    _fact(document, "Thời gian", spell(letter.starts, letter.ends))
    _fact(document, "Địa điểm", letter.place)
    if letter.link:
        _fact(document, "Dự trực tuyến tại", letter.link, stop="")
    if letter.agenda:
        add(document, layout.INTRODUCING, ("Chương trình:", "b"))
        for number, point in enumerate(letter.agenda, start=1):
            add(document, layout.BODY, f"{number}. {clean(point).rstrip('.')}.")
    for note in letter.notes:
        add(document, layout.BODY, sentence(clean(note)))
    add(document, layout.INTRODUCING, _CLOSING)
    names = ("Như trên", *([f"{clean(letter.chair)} (để báo cáo)"] if letter.chair else []))
    signatures(document, recipients(names, letter.file), signature(letter.signer, letter.post))


def spell(starts: datetime, ends: datetime) -> str:
    """Write a stretch of time in full: "từ 8 giờ 00 đến 9 giờ 30, thứ Hai, ngày 23 tháng ..."."""
    day = f"{_WEEKDAYS[starts.weekday()]}, {day_in_words(starts.date())}"
    if starts.date() != ends.date():
        last = f"{_WEEKDAYS[ends.weekday()]}, {day_in_words(ends.date())}"
        return f"từ {_hour(starts)}, {day} đến {_hour(ends)}, {last}"
    return f"từ {_hour(starts)} đến {_hour(ends)}, {day}"


def _hour(wall: datetime) -> str:
    return f"{wall.hour} giờ {wall.minute:02d}"


def _number(letter: Letter) -> str:
    number = clean(letter.number)
    if "/" in number:
        return f"Số: {number}"
    padded = number.zfill(2) if number.isdigit() else number
    return f"Số: {padded or BLANK}/GM-{letter.code}"


def _place_date(letter: Letter) -> str:
    place = clean(letter.locality) or BLANK
    if letter.issued:
        return f"{place}, {day_in_words(letter.issued)}"
    return f"{place}, ngày {BLANK} tháng {BLANK} năm {letter.starts.year}"


def _lowered_title(words: str) -> str:
    text = clean(words)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _items(document: Document, lines: Sequence[str]) -> None:
    for index, line in enumerate(lines):
        end = "." if index == len(lines) - 1 else ";"
        add(document, layout.BODY, f"- {clean(line).rstrip(' ;.')}{end}")


def _fact(document: Document, name: str, text: str, stop: str = ".") -> None:
    said = clean(text).rstrip(" .") or BLANK * 4
    add(document, layout.BODY, (f"{name}:", "b"), f" {said}{stop}")
