"""Blocks in, official papers out: the minutes and the notice as .docx, the same bytes each time.

With its document_* siblings this is the only home of python-docx.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time

from docx.document import Document

from meetly.minutes.blocks import Block
from meetly.minutes.document_layout import blank_document
from meetly.minutes.document_minutes import write_minutes
from meetly.minutes.document_notice import write_notice
from meetly.minutes.facts import MeetingFacts, Person
from meetly.minutes.wording import clean

__all__ = ["MeetingFacts", "Person", "minutes_docx", "notice_docx"]

_Writer = Callable[[Document, MeetingFacts, Sequence[Block]], None]
_BALLAST = ("/thumbnail", "/stylesWithEffects")
_FIRST_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def minutes_docx(facts: MeetingFacts, blocks: Sequence[Block]) -> bytes:
    """Return the minutes (biên bản) as a .docx file."""
    return _file("Biên bản", write_minutes, facts, blocks)


def notice_docx(facts: MeetingFacts, blocks: Sequence[Block]) -> bytes:
    """Return the notice of conclusions (thông báo kết luận) as a .docx file."""
    return _file("Thông báo kết luận", write_notice, facts, blocks)


def _file(kind: str, write: _Writer, facts: MeetingFacts, blocks: Sequence[Block]) -> bytes:
    document = blank_document()
    write(document, facts, blocks)
    _describe(document, kind, facts)
    _drop_ballast(document)
    written = io.BytesIO()
    document.save(written)
    return _without_timestamps(written.getvalue())


def _describe(document: Document, kind: str, facts: MeetingFacts) -> None:
    """Fill the file's properties from the facts alone: no clock, no user, no machine."""
    properties = document.core_properties
    properties.title = clean(f"{kind}: {facts.title}")[:255]
    properties.author = properties.last_modified_by = clean(facts.office)[:255]
    properties.comments, properties.keywords, properties.language = "", "", "vi-VN"
    properties.revision = 1
    held = datetime.combine(facts.date, facts.starts or time(0), tzinfo=UTC)
    properties.created = properties.modified = held


def _drop_ballast(document: Document) -> None:
    """Leave out what the library's template carries: an empty page's picture, a copy of styles."""
    for relations in (document.part.package.rels, document.part.rels):
        for key, relation in list(relations.items()):
            if relation.reltype.endswith(_BALLAST):
                del relations[key]


def _without_timestamps(file: bytes) -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(file)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _FIRST_ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()
