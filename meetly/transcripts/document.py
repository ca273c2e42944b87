"""A transcript as a .docx: the turns with their times, what is doubtful marked; pure."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.text.paragraph import CT_P
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from meetly.transcripts.exports import Export, Line, clock
from meetly.transcripts.showing import UNSURE

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Times New Roman"
#: Where the words begin; the times stand in the margin before them.
INDENT = Cm(2.2)
QUIET = RGBColor(0x64, 0x6E, 0x72)

#: What is no letter of XML, and what turns the direction of writing.
_FORBIDDEN = re.compile(
    "[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)
_BLANK = re.compile(r"[\t\n\r]+")
#: Styles by the name people see, with the name the file knows them by.
_STYLE_IDS = {
    "Tên văn bản": "TenVanBan", "Tên cuộc họp": "TenCuocHop", "Thông tin": "ThongTin",
    "Người nói": "NguoiNoi", "Lời nói": "LoiNoi",
    "Thời gian": "ThoiGian",
}  # fmt: skip
_LEGEND = "Câu tô vàng: máy nghe chưa chắc. Câu gạch ngang: có thể không ai nói."


def render(export: Export) -> bytes:
    """Write the document; sentences that may be invented are struck through, unsure ones tinted."""
    document = _blank()
    # the format holds no longer title
    document.core_properties.title = _plain(export.title or "Bản bóc băng")[:255]
    document.core_properties.author = ""
    _head(document, export)
    for entry in _entries(export):
        if isinstance(entry, str):
            _gap(document, entry)
        else:
            _turn(document, entry)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def _entries(export: Export) -> Iterator[list[Line] | str]:
    """Yield the turns, each the sentences of one speaker in a row, and the gaps between them."""
    gaps = sorted(export.gaps)
    turn: list[Line] = []
    for line in export.lines:
        missing = [gap for gap in gaps if gap[0] <= line.start]
        gaps = gaps[len(missing) :]
        if turn and (missing or line.speaker != turn[-1].speaker):
            yield turn
            turn = []
        yield from (f"{clock(start)} – {clock(end)}" for start, end in missing)
        turn.append(line)
    if turn:
        yield turn
    yield from (f"{clock(start)} – {clock(end)}" for start, end in gaps)


def _head(document: Document, export: Export) -> None:
    _add(document, "Tên văn bản").add_run("BẢN BÓC BĂNG")
    if export.title:
        _add(document, "Tên cuộc họp").add_run(_plain(export.title))
    facts = [export.held, export.filename, f"thời lượng {clock(export.duration)}"]
    told = " · ".join(fact for fact in facts if fact)
    _add(document, "Thông tin").add_run(_plain(told))
    _add(document, "Thông tin").add_run(_LEGEND)


def _add(document: Document, style: str) -> Paragraph:
    """Add a paragraph at the end; the library's own way counts all before it each time."""
    body = document.element.body
    element = OxmlElement("w:p")
    body[-1].addprevious(element)  # the section's measures stay last
    assert isinstance(element, CT_P)
    element.style = _STYLE_IDS[style]
    return Paragraph(element, document._body)


def _turn(document: Document, turn: list[Line]) -> None:
    if turn[0].speaker:
        _add(document, "Người nói").add_run(_plain(turn[0].speaker))
    for line in turn:
        paragraph = _add(document, "Lời nói")
        _time(paragraph, line.start)
        words = paragraph.add_run(_plain(line.text))
        if line.suspicion:
            words.font.strike = True
        elif line.probability < UNSURE:
            words.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _plain(text: str) -> str:
    return _FORBIDDEN.sub("", _BLANK.sub(" ", text))


def _time(paragraph: Paragraph, second: float) -> None:
    paragraph.add_run(f"{clock(second)}\t")._r.style = _STYLE_IDS["Thời gian"]


def _gap(document: Document, between: str) -> None:
    paragraph = _add(document, "Lời nói")
    run = paragraph.add_run(f"\t[Không bóc băng được từ {between}]")
    run.italic = True
    run.font.color.rgb = QUIET


def _blank() -> Document:
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(13)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), FONT)
    _style(document, "Tên văn bản", 14, bold=True, center=True)
    _style(document, "Tên cuộc họp", 14, bold=True, center=True, after=4)
    _style(document, "Thông tin", 11, center=True, after=4)
    _style(document, "Người nói", 13, bold=True, before=10, keep=True)
    spoken = _style(document, "Lời nói", 13, after=3)
    # The first line hangs out to the margin with its time; the words stand in one column.
    spoken.paragraph_format.left_indent = INDENT
    spoken.paragraph_format.first_line_indent = -INDENT
    spoken.paragraph_format.tab_stops.add_tab_stop(INDENT, WD_TAB_ALIGNMENT.LEFT)
    document.styles["Người nói"].paragraph_format.left_indent = INDENT
    time = document.styles.add_style("Thời gian", WD_STYLE_TYPE.CHARACTER)
    time.element.set(qn("w:styleId"), _STYLE_IDS["Thời gian"])
    time.font.size, time.font.color.rgb = Pt(10), QUIET
    _number_pages(document)
    return document


def _style(
    document: Document, name: str, size: float, *, bold: bool = False, center: bool = False,
    before: float = 0, after: float = 0, keep: bool = False,
) -> ParagraphStyle:  # fmt: skip
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.element.set(qn("w:styleId"), _STYLE_IDS[name])
    assert isinstance(style, ParagraphStyle)
    style.base_style = document.styles["Normal"]
    style.font.size, style.font.bold = Pt(size), bold
    form = style.paragraph_format
    form.space_before, form.space_after, form.keep_with_next = Pt(before), Pt(after), keep
    if center:
        form.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return style


def _number_pages(document: Document) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
