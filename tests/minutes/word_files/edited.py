"""A draft as somebody edits it in a word processor, by hand on its XML."""

from __future__ import annotations

import io
from copy import deepcopy
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from meetly import clock
from meetly.accounts.models import User
from meetly.extensions import db
from meetly.minutes import kept_papers
from meetly.minutes import service as minutes_service
from meetly.minutes.models import Minutes
from meetly.minutes.office_templates import starting
from meetly.minutes.office_templates.models import OfficeTemplate
from meetly.minutes.word_files import service as word_files
from meetly.minutes.word_files.models import WordFile


class Edited:
    """A .docx open for editing; paragraphs are found by words they hold."""

    def __init__(self, document: bytes) -> None:
        self.file = docx.Document(io.BytesIO(document))

    def bytes(self) -> bytes:
        """Save."""
        written = io.BytesIO()
        self.file.save(written)
        return written.getvalue()

    def paragraph(self, holds: str) -> Any:
        """Return the one paragraph of the body (tables aside) that holds these words."""
        found = [p for p in self.file.paragraphs if holds in p.text]
        assert len(found) == 1, f"{len(found)} paragraphs hold {holds!r}"
        return found[0]

    def rows(self) -> list[Any]:
        """Return the rows of the table of directions, its heading left out."""
        [table] = [t for t in self.file.tables if t.rows[0].cells[0].text == "TT"]
        return list(table.rows)[1:]

    def replace(self, old: str, new: str, holds: str = "") -> None:
        """Type over a few words inside one run."""
        runs = [r for r in self.paragraph(holds or old).runs if old in r.text]
        assert len(runs) == 1
        runs[0].text = runs[0].text.replace(old, new)

    def remove(self, holds: str) -> None:
        """Delete a paragraph with its marks."""
        element = self.paragraph(holds)._p
        element.getparent().remove(element)

    def insert(self, after: str, text: str) -> None:
        """Write a new paragraph in the style of the one before."""
        before = self.paragraph(after)
        element = OxmlElement("w:p")
        if before._p.pPr is not None:
            element.append(deepcopy(before._p.pPr))
        before._p.addnext(element)
        Paragraph(element, before._parent).add_run(text)

    def move(self, holds: str, after: str) -> None:
        """Cut a paragraph and paste it behind another."""
        self.paragraph(after)._p.addnext(self.paragraph(holds)._p)

    def split(self, holds: str, at: str) -> None:
        """Press Enter before these words."""
        paragraph = self.paragraph(holds)
        run = next(r for r in paragraph.runs if at in r.text)
        kept, _, cut = run.text.partition(at)
        run.text = kept.rstrip()
        new = deepcopy(paragraph._p)
        for child in list(new):
            if child.tag != qn("w:pPr"):
                new.remove(child)
        paragraph._p.addnext(new)
        Paragraph(new, paragraph._parent).add_run(at + cut)

    def join(self, first: str, second: str) -> None:
        """Delete the end of a paragraph: the second runs on in it."""
        one, two = self.paragraph(first)._p, self.paragraph(second)._p
        for child in list(two):
            if child.tag != qn("w:pPr"):
                one.append(child)
        two.getparent().remove(two)

    def track_replace(self, old: str, new: str) -> None:
        """Type over words with changes tracked."""
        paragraph = self.paragraph(old)
        run = next(r for r in paragraph.runs if old in r.text)
        before, _, after = run.text.partition(old)
        run.text = before
        deleted, inserted = _tracked("w:del", old, "w:delText"), _tracked("w:ins", new, "w:t")
        run._r.addnext(deleted)
        deleted.addnext(inserted)
        rest = deepcopy(run._r)
        inserted.addnext(rest)
        Run(rest, paragraph).text = after

    def track_end(self, holds: str) -> None:
        """Delete a paragraph's end with changes tracked."""
        properties = self.paragraph(holds)._p.get_or_add_pPr()
        mark = OxmlElement("w:rPr")
        mark.append(OxmlElement("w:del"))
        properties.append(mark)

    def comment(self, holds: str, text: str, author: str = "Hà") -> None:
        """Leave a comment in the margin."""
        self.file.add_comment(self.paragraph(holds).runs[-1], text=text, author=author)


def _tracked(tag: str, text: str, text_tag: str) -> Any:
    change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text_tag)
    change.set(qn("w:id"), "900")
    change.set(qn("w:author"), "Hà")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(words)
    change.append(run)
    return change


def brought(user: User, minutes: Minutes, filename: str) -> tuple[WordFile, OfficeTemplate]:
    """Bring the draft back with one more paragraph and a comment; and keep a form of the office."""
    file = Edited(minutes_service.document(user, minutes, "minutes")[0])
    last = file.paragraph("Cuộc họp kết thúc")
    written = last.insert_paragraph_before("Thêm một câu.")
    file.file.add_comment(written.runs, text="Xem lại câu này.", author="Hà")
    word_file = word_files.bring_back(user, minutes, filename, file.bytes())
    form = starting.form("minutes")
    template = OfficeTemplate(
        unit_id=minutes.meeting.unit_id, kind="minutes", filename="mau.docx",
        sha256=kept_papers.store(form), placeholders=["bao_cao", "trich_yeu"],
        uploaded_at=clock.now(), uploaded_by_id=user.id,
    )  # fmt: skip
    db.session.add(template)
    db.session.flush()
    return word_file, template
