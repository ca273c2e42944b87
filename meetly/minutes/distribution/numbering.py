"""How an issued document is called: its number with notation, and the names of its kind."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from meetly.minutes.issuing.models import DocumentKind, OfficialDocument

#: What the document is called where people read; the word itself is the same on every paper.
KIND_NAMES = {DocumentKind.MINUTES: _l("Biên bản"), DocumentKind.NOTICE: _l("Thông báo kết luận")}


def code_of(document: OfficialDocument) -> str:
    """Return number and notation as they stand after "Số:": "05/TB-VP" (NĐ 30/2020)."""
    return f"{document.entry.number:02d}/{document.entry.notation}"


def file_name(document: OfficialDocument, ending: str) -> str:
    """Return the name a document is saved under: "05-TB-VP-2026.pdf"."""
    stem = code_of(document).replace("/", "-").replace("\\", "-")
    return f"{stem}-{document.entry.dated.year}.{ending}"
