"""The page of an official paper: Annex I of Decree 30/2020/NĐ-CP as measures and styles.

Sizes live in named paragraph styles, so that whoever opens the file in Word finds "Trích yếu"
and "Nội dung" in the style list and a correction keeps the layout.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENTATION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Cm, Mm, Pt
from docx.styles.style import ParagraphStyle

from meetly.folding import fold

FONT = "Times New Roman"
#: Width left between the margins.
TEXT_WIDTH = Mm(210 - 30 - 20)
#: The same on a page laid on its side.
WIDE_TEXT_WIDTH = Mm(297 - 25 - 20)

CENTER, JUSTIFY, LEFT = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
    WD_ALIGN_PARAGRAPH.LEFT,
)


@dataclass(frozen=True)
class Style:
    """One paragraph style: the decree's form for one component."""

    name: str
    size: float
    bold: bool = False
    italic: bool = False
    align: WD_ALIGN_PARAGRAPH = CENTER
    indent: float = 0  # first line, in cm
    before: float = 0  # in points
    after: float = 0
    line: float = 1.0
    keep: bool = False  # on one page with what follows


COUNTRY = Style("Quốc hiệu", 13, bold=True)
MOTTO = Style("Tiêu ngữ", 14, bold=True)
PARENT_AGENCY = Style("Cơ quan chủ quản", 13)
AGENCY = Style("Cơ quan ban hành", 13, bold=True)
NUMBER = Style("Số ký hiệu", 13, before=6)
PLACE_DATE = Style("Địa danh thời gian", 14, italic=True, before=6)
DRAFT_MARK = Style("Dự thảo", 13, bold=True, before=6)
TITLE = Style("Tên loại", 14, bold=True, before=14, keep=True)
SUBJECT = Style("Trích yếu", 14, bold=True, keep=True)
#: Known only to papers that replace another, so that all others keep their bytes.
REPLACING = Style("Văn bản được thay thế", 14, italic=True, keep=True)
BODY = Style("Nội dung", 14, align=JUSTIFY, indent=1.27, before=6, line=1.1)
INTRODUCING = replace(BODY, name="Câu dẫn", after=4, keep=True)
HEADING = Style("Đề mục", 14, bold=True, align=JUSTIFY, indent=1.27, before=8, line=1.1, keep=True)
CELL = Style("Ô bảng", 12, align=LEFT, before=1)
CELL_CENTERED = Style("Ô bảng giữa", 12, before=1)
CELL_HEADING = Style("Đầu bảng", 12, bold=True, before=1, keep=True)
POSITION = Style("Chức vụ người ký", 14, bold=True, keep=True)
SIGNING_SPACE = Style("Chỗ ký", 14, keep=True)
SIGNER = Style("Họ tên người ký", 14, bold=True)
RECIPIENTS_HEADING = Style("Nơi nhận", 12, bold=True, italic=True, align=LEFT, before=3, keep=True)
RECIPIENTS = Style("Danh sách nơi nhận", 11, align=LEFT)
PAGE_NUMBER = Style("Số trang", 14)

STYLES = (
    COUNTRY,
    MOTTO,
    PARENT_AGENCY,
    AGENCY,
    NUMBER,
    PLACE_DATE,
    DRAFT_MARK,
    TITLE,
    SUBJECT,
    BODY,
    INTRODUCING,
    HEADING,
    CELL,
    CELL_CENTERED,
    CELL_HEADING,
    POSITION,
    SIGNING_SPACE,
    SIGNER,
    RECIPIENTS_HEADING,
    RECIPIENTS,
    PAGE_NUMBER,
)

# Styles of the library's template that Word needs; its other hundred are thrown away.
_NEEDED = ("Normal", "Default Paragraph Font", "Normal Table", "No List", "Table Grid")


def blank_document() -> Document:
    """Return an empty A4 document that knows the decree's margins, styles and page number."""
    document = docx.Document()
    _drop_foreign_styles(document)
    _set_defaults(document)
    for style in STYLES:
        _add_style(document, style)
    _set_page(document.sections[0])
    _number_pages(document.sections[0])
    return document


def know(document: Document, style: Style) -> None:
    """Teach a document a style that few papers need."""
    _add_style(document, style)


def lay_across(section: Section) -> None:
    """Turn the page on its side, for wide tables."""
    section.orientation = WD_ORIENTATION.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin, section.right_margin = Mm(25), Mm(20)


def set_fonts(properties: BaseOxmlElement) -> None:
    """Name the font for every script; the theme must not choose another."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    fonts.attrib.clear()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), FONT)


def _drop_foreign_styles(document: Document) -> None:
    for style in list(document.styles):
        if style.name not in _NEEDED:
            style.delete()
    latent = document.styles.element.find(qn("w:latentStyles"))
    if latent is not None:
        document.styles.element.remove(latent)


def _set_defaults(document: Document) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    run = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    set_fonts(run)
    for tag in ("w:sz", "w:szCs"):
        run.find(qn(tag)).set(qn("w:val"), "28")
    run.find(qn("w:lang")).set(qn("w:val"), "vi-VN")
    spacing = defaults.find(qn("w:pPrDefault")).find(qn("w:pPr")).find(qn("w:spacing"))
    spacing.attrib.clear()
    for side in ("w:before", "w:after"):
        spacing.set(qn(side), "0")
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    set_fonts(normal.element.get_or_add_rPr())


def _add_style(document: Document, style: Style) -> None:
    made = document.styles.add_style(style.name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(made, ParagraphStyle)
    made.element.styleId = fold(style.name).title().replace(" ", "")
    made.base_style = document.styles["Normal"]
    made.quick_style = True
    made.font.name, made.font.size = FONT, Pt(style.size)
    made.font.bold, made.font.italic = style.bold, style.italic
    set_fonts(made.element.get_or_add_rPr())
    form = made.paragraph_format
    form.alignment = style.align
    form.first_line_indent = Cm(style.indent)
    form.space_before, form.space_after = Pt(style.before), Pt(style.after)
    form.line_spacing_rule = WD_LINE_SPACING.SINGLE
    form.line_spacing = style.line
    form.keep_with_next = style.keep
    form.widow_control = True


def _set_page(section: Section) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.header_distance = section.footer_distance = Mm(10)


def _number_pages(section: Section) -> None:
    """Put the page number into the top margin of every page but the first."""
    section.different_first_page_header_footer = True
    section.first_page_header.is_linked_to_previous = False
    section.first_page_header.paragraphs[0].style = PAGE_NUMBER.name
    section.header.is_linked_to_previous = False
    paragraph = section.header.paragraphs[0]
    paragraph.style = PAGE_NUMBER.name
    for kind, code in (("begin", ""), ("", "PAGE"), ("separate", ""), ("shown", "2"), ("end", "")):
        run = paragraph.add_run()
        if kind in ("begin", "separate", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:t" if kind else "w:instrText")
            mark.text = code
        run._r.append(mark)
