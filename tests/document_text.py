"""A .docx as text a person can read: every paragraph with the form the reader sees.

Forms are resolved through style inheritance, the way Word does it: run, paragraph style, its
bases, the defaults of the document.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.styles.style import ParagraphStyle
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

TEXT_WIDTH = 16.0
_ALIGNMENTS = {
    WD_ALIGN_PARAGRAPH.CENTER: "center",
    WD_ALIGN_PARAGRAPH.JUSTIFY: "justify",
    WD_ALIGN_PARAGRAPH.LEFT: "left",
}


@dataclass(frozen=True)
class Form:
    """What a piece of text looks like."""

    font: str
    size: float
    bold: bool
    italic: bool
    align: str
    indent: float
    before: float
    line: float

    def __str__(self) -> str:
        marks = "".join(f" {name}" for name in ("bold", "italic") if getattr(self, name))
        indent = f" indent {self.indent:g}" if self.indent else ""
        before = f" before {self.before:g}" if self.before else ""
        line = f" line {self.line:g}" if self.line != 1 else ""
        return f"{self.font} {self.size:g}{marks} {self.align}{indent}{before}{line}"


def read(file: bytes) -> Document:
    """Open the bytes of a .docx file."""
    return docx.Document(io.BytesIO(file))


def form(paragraph: Paragraph, run: Run | None = None) -> Form:
    """Return how a run of a paragraph looks."""
    styles = list(_styles(paragraph))
    fonts = [run.font] if run is not None else []
    fonts += [style.font for style in styles]
    formats = [paragraph.paragraph_format, *(style.paragraph_format for style in styles)]

    def first(values: Iterator[object]) -> object:
        return next((value for value in values if value is not None), None)

    align = first(f.alignment for f in formats)
    size = first(f.size.pt if f.size else None for f in fonts)
    indent = first(f.first_line_indent for f in formats)
    before = first(f.space_before.pt if f.space_before is not None else None for f in formats)
    line = first(f.line_spacing for f in formats)
    return Form(
        font=str(first(f.name for f in fonts)),
        size=float(str(size)) if size else 0.0,
        bold=bool(first(f.bold for f in fonts)),
        italic=bool(first(f.italic for f in fonts)),
        align=_ALIGNMENTS.get(align, "left") if isinstance(align, WD_ALIGN_PARAGRAPH) else "left",
        indent=round(getattr(indent, "cm", 0.0), 2),
        before=float(str(before)) if before else 0.0,
        line=float(str(line)) if isinstance(line, float) else 1.0,
    )


def paragraphs(document: Document) -> Iterator[Paragraph]:
    """Yield every paragraph of the body in order, those of tables included."""
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            for row in item.rows:
                for cell in row.cells:
                    yield from cell.paragraphs
        else:
            yield item


def find(document: Document, text: str) -> Paragraph:
    """Return the first paragraph that holds the text."""
    return next(p for p in paragraphs(document) if text in p.text)


def look(document: Document, text: str) -> Form:
    """Return how the run that holds the text looks."""
    paragraph = find(document, text)
    return form(paragraph, next(run for run in paragraph.runs if text in run.text))


def ruled_width(paragraph: Paragraph, column: float) -> float | None:
    """Return the width in cm of the line a paragraph draws in a column, if it draws one."""
    if paragraph._p.find(f"{qn('w:pPr')}/{qn('w:pBdr')}") is None:
        return None
    left, right = paragraph.paragraph_format.left_indent, paragraph.paragraph_format.right_indent
    return round(column - (left.cm if left else 0) - (right.cm if right else 0), 2)


def as_text(file: bytes) -> str:
    """Return the whole document as text, one paragraph a line with its form before it."""
    document = read(file)
    section = document.sections[0]
    margins = [
        round(edge.mm) if edge is not None else None
        for edge in (section.top_margin, section.bottom_margin, section.left_margin,
                     section.right_margin)
    ]  # fmt: skip
    page = f"{section.page_width.mm:.0f} x {section.page_height.mm:.0f} mm"  # type: ignore[union-attr]
    lines = [f"page {page}, margins {margins}"]
    lines += [f"top of every page but the first: {_line(p)}" for p in section.header.paragraphs]
    for item in document.iter_inner_content():
        lines += _table(item) if isinstance(item, Table) else [_line(item)]
    return "\n".join(lines) + "\n"


def _styles(paragraph: Paragraph) -> Iterator[ParagraphStyle]:
    style = paragraph.style
    while isinstance(style, ParagraphStyle):
        yield style
        base = style.base_style
        style = base if isinstance(base, ParagraphStyle) else None


def _table(table: Table) -> list[str]:
    widths = [round(cell.width.cm, 1) if cell.width else None for cell in table.rows[0].cells]
    style = table.style.name if table.style else ""
    repeated = table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    lines = [f"table {style}, columns {widths} cm{', first row repeated' if repeated else ''}"]
    for row in table.rows:
        lines.append("  row")
        for cell in row.cells:
            width = cell.width.cm if cell.width else TEXT_WIDTH
            lines += [f"  | {_line(paragraph, width)}" for paragraph in cell.paragraphs]
    return lines


def _line(paragraph: Paragraph, column: float = TEXT_WIDTH) -> str:
    ruled = ruled_width(paragraph, column)
    if ruled is not None:
        return f"line of {ruled} cm"
    fields = [node.text or "" for node in paragraph._p.iter(qn("w:instrText"))]
    whole = form(paragraph)
    text = "".join(
        f"**{run.text}**" if form(paragraph, run).bold and not whole.bold else run.text
        for run in paragraph.runs
    )
    return f"[{whole}] {''.join(f'{{{field}}} ' for field in fields)}{text}".rstrip()
