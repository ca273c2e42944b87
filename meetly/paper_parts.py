"""The parts official papers share: letterhead, title, paragraphs, signatures, recipients, tables.

Forms of Annex I of Decree 30/2020/NĐ-CP.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Length, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from meetly import paper_layout as layout
from meetly.paper_layout import Style
from meetly.paper_wording import BLANK, clean, plain

#: Letterhead columns: the agency, and the country with room for its name on one line.
_LETTERHEAD = (Cm(6), Cm(10))
#: Room for a signature image or seal, in lines.
_SIGNING_LINES = 4
#: A table row with a longer text may break over two pages; in the narrowest column that is a page.
_LONGEST_WHOLE = 240

# Widths of Times New Roman Bold in thousandths of the size; what is not named is 500 wide.
_WIDTHS = {
    letter: width
    for width, letters in {
        250: " .,",
        278: "il/'",
        333: "fjt-():;",
        389: "sI",
        444: "cerz",
        556: "bdhknpquS",
        611: "FP",
        667: "BELTZ",
        722: "wACDNRUVXY",
        778: "GHKOQ",
        833: "m",
        944: "M",
        1000: "W",
    }.items()
    for letter in letters
}


@dataclass(frozen=True)
class Letterhead:
    """Who issues a paper, in the two lines of its head; the upper one may be empty."""

    parent: str
    agency: str
    draft: bool = False


def add(
    place: Document | _Cell, style: Style, *parts: str | tuple[str, str], fresh: bool = True
) -> Paragraph:
    """Add a paragraph; a part in bold is a pair of its text and "b".

    A cell is born with one empty paragraph: fresh=False writes into that one.
    """
    paragraph = place.add_paragraph() if fresh else place.paragraphs[-1]
    paragraph.style = style.name
    for part in parts:
        text, form = (part, "") if isinstance(part, str) else part
        kept = _printable(text)
        if kept:
            run = paragraph.add_run(kept)
            if form == "b":
                run.bold = True
    return paragraph


def bookmark(paragraph: Paragraph, name: str | None) -> None:
    """Mark a paragraph's last run; the name ends in a number of its own: "_meetly_12".

    Word keeps a bookmark whose name begins with "_" and shows it to nobody.
    """
    if not name or not paragraph.runs:
        return
    last = paragraph.runs[-1]._r
    number = name.rpartition("_")[2]
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    start.set(qn("w:id"), number)
    start.set(qn("w:name"), name)
    end.set(qn("w:id"), number)
    last.addprevious(start)
    last.addnext(end)


def letterhead(document: Document, head: Letterhead, number: str, place_date: str = "") -> None:
    """Add the two columns above the title: who issues, and the country's name and motto."""
    table = _columns(document, _LETTERHEAD)
    left, right = table.rows[0].cells
    agency = clean(head.agency) or BLANK * 8
    parent = clean(head.parent)
    if parent:
        add(left, layout.PARENT_AGENCY, parent.upper(), fresh=False)
    add(left, layout.AGENCY, agency.upper(), fresh=bool(parent))
    _line(left, layout.AGENCY, agency.upper(), _LETTERHEAD[0], share=0.45)
    add(right, layout.COUNTRY, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", fresh=False)
    motto = "Độc lập - Tự do - Hạnh phúc"
    add(right, layout.MOTTO, motto)
    _line(right, layout.MOTTO, motto, _LETTERHEAD[1], share=1)
    left, right = _new_row(table)
    add(left, layout.NUMBER, number, fresh=False)
    add(right, layout.PLACE_DATE, place_date, fresh=False)
    if head.draft:
        add(left, layout.DRAFT_MARK, "DỰ THẢO")


def title(document: Document, kind: str, subject: str, across: Length = layout.TEXT_WIDTH) -> None:
    """Add the document's kind and subject, with the line under it on a page so wide."""
    add(document, layout.TITLE, kind)
    add(document, layout.SUBJECT, subject)
    last_line = _width(clean(subject), layout.SUBJECT.size)
    width = min(last_line, across)
    _ruled(document.add_paragraph(), across, Emu(int(width * 0.4)))


def replacing(document: Document, replaced: str) -> None:
    """Name under the title the issued paper that this one takes the place of, if there is one."""
    if replaced:
        layout.know(document, layout.REPLACING)
        add(document, layout.REPLACING, f"(Thay thế {clean(replaced)})")


def signatures(
    document: Document,
    left: Sequence[tuple[Style, str]],
    right: Sequence[tuple[Style, str]],
    below: Sequence[tuple[Style, str]] = (),
) -> None:
    """Add what stands beside each other under the text; `below` goes under the left column."""
    _gap(document)
    table = _columns(document, (layout.TEXT_WIDTH // 2, layout.TEXT_WIDTH // 2))
    for cell, lines in zip(table.rows[0].cells, (left, right), strict=True):
        _fill(cell, lines)
    if below:
        _fill(_new_row(table)[0], below)
    for row in table.rows:
        _unsplit(row._tr)


def signature(name: str, position: str) -> list[tuple[Style, str]]:
    """Return the lines of one signature: position, room to sign, name."""
    lines = [(layout.POSITION, line.upper()) for line in position.splitlines() if line.strip()]
    space = [(layout.SIGNING_SPACE, "")] * _SIGNING_LINES
    return [*lines, *space, (layout.SIGNER, clean(name) or BLANK)]


def recipients(names: Iterable[str], file: str) -> list[tuple[Style, str]]:
    """Return the lines of "Nơi nhận"; the last says where it is kept."""
    lines = [f"- {clean(name).rstrip(' ;.,')};" for name in names if clean(name)]
    return [
        (layout.RECIPIENTS_HEADING, "Nơi nhận:"),
        *((layout.RECIPIENTS, line) for line in lines),
        (layout.RECIPIENTS, f"- Lưu: {clean(file)}."),
    ]


def grid(document: Document, widths: Sequence[Length], headings: Sequence[str]) -> Table:
    """Add a ruled table whose heading row comes back on every page."""
    table: Table = document.add_table(rows=1, cols=len(widths), style="Table Grid")
    _fix_widths(table, widths, margin=Cm(0.1))
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        add(cell, layout.CELL_HEADING, heading, fresh=False)
    _flag(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
    return table


def grid_row(table: Table, texts: Sequence[str], centered: Sequence[int]) -> None:
    """Add a row to a ruled table; it stays whole on one page unless it is the first or long.

    LibreOffice 7 loses every row after a page break that falls behind a heading and a first row
    which may not be split, and cuts off what of an unsplittable row is taller than the page.
    """
    whole = len(table.rows) > 1 and max(map(len, texts)) <= _LONGEST_WHOLE
    for index, (cell, text) in enumerate(zip(_new_row(table), texts, strict=True)):
        style = layout.CELL_CENTERED if index in centered else layout.CELL
        add(cell, style, text, fresh=False)
    if whole:
        _unsplit(table.rows[-1]._tr)


def _printable(text: str) -> str:
    """Clean a part but keep the spaces that join it to its neighbours."""
    kept = clean(text)
    if not kept:
        return ""
    return f"{' ' if text[:1].isspace() else ''}{kept}{' ' if text[-1:].isspace() else ''}"


def _fill(cell: _Cell, lines: Sequence[tuple[Style, str]]) -> None:
    for index, (style, text) in enumerate(lines):
        add(cell, style, text, fresh=index > 0)


def _columns(document: Document, widths: Sequence[int]) -> Table:
    table: Table = document.add_table(rows=1, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _fix_widths(table, [Emu(width) for width in widths], margin=Cm(0))
    return table


def _fix_widths(table: Table, widths: Sequence[Length], margin: Length) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
    margins = OxmlElement("w:tblCellMar")
    for side in ("w:left", "w:right"):
        edge = OxmlElement(side)
        edge.set(qn("w:w"), str(margin.twips))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    layout_element = table._tblPr.find(qn("w:tblLayout"))
    layout_element.addnext(margins)


def _width(text: str, size: float) -> int:
    thousandths = sum(_WIDTHS.get(mark, 500) for mark in _bare(text))
    return int(Pt(size) * thousandths / 1000)


def _bare(text: str) -> str:
    """Drop the marks and keep the case: an accented letter is as wide as the bare one."""
    return "".join(
        low.upper() if mark.isupper() else low for mark, low in zip(text, plain(text), strict=True)
    )


def _line(cell: _Cell, style: Style, text: str, column: int, share: float) -> None:
    width = min(_width(text, style.size), column)
    _ruled(cell.add_paragraph(), column, Emu(int(width * share)))


def _ruled(paragraph: Paragraph, column: int, width: int) -> None:
    """Make a low empty paragraph whose upper edge is a centred line of the given width."""
    form = paragraph.paragraph_format
    form.alignment = layout.CENTER
    form.left_indent = form.right_indent = Emu(max(0, (column - width) // 2))
    form.space_before, form.line_spacing = Pt(2), Pt(4)
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _gap(document: Document) -> None:
    """Set the signatures off from the text, on the same page."""
    form = add(document, layout.POSITION).paragraph_format
    form.line_spacing = Pt(8)


def _new_row(table: Table) -> tuple[_Cell, ...]:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    return row.cells


def _unsplit(row: object) -> None:
    _flag(row.get_or_add_trPr(), "w:cantSplit")  # type: ignore[attr-defined]


def _flag(properties: object, tag: str) -> None:
    properties.append(OxmlElement(tag))  # type: ignore[attr-defined]
