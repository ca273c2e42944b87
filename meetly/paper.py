"""An official paper as a .docx file: the same bytes whenever the same is written.

With its paper_* siblings this is where the house writes papers by python-docx.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from docx.document import Document

from meetly.paper_layout import blank_document
from meetly.paper_wording import clean

_BALLAST = ("/thumbnail", "/stylesWithEffects")
_FIRST_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Properties:
    """What the file says of itself: nothing of a clock, a user or a machine."""

    title: str
    author: str
    #: wall time the paper is about
    moment: datetime


def file_of(properties: Properties, write: Callable[[Document], None]) -> bytes:
    """Return the .docx file of what is written into a blank document."""
    document = blank_document()
    write(document)
    _describe(document, properties)
    _drop_ballast(document)
    written = io.BytesIO()
    document.save(written)
    return without_timestamps(written.getvalue())


def _describe(document: Document, said: Properties) -> None:
    properties = document.core_properties
    properties.title = clean(said.title)[:255]
    properties.author = properties.last_modified_by = clean(said.author)[:255]
    properties.comments, properties.keywords, properties.language = "", "", "vi-VN"
    properties.revision = 1
    properties.created = properties.modified = said.moment.replace(tzinfo=UTC)


def _drop_ballast(document: Document) -> None:
    """Leave out what the library's template carries: an empty page's picture, a copy of styles."""
    for relations in (document.part.package.rels, document.part.rels):
        for key, relation in list(relations.items()):
            if relation.reltype.endswith(_BALLAST):
                del relations[key]


def without_timestamps(file: bytes) -> bytes:
    """Pack a .docx anew with one date for every part: the same words give the same bytes."""
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
