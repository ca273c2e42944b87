"""How the file of an issued document is called."""

from __future__ import annotations

from meetly.minutes.issuing.models import OfficialDocument
from meetly.register.service import written


def file_name(document: OfficialDocument, ending: str) -> str:
    """Return the name a document is saved under: "05-TB-VP-2026.pdf"."""
    stem = written(document.entry).replace("/", "-").replace("\\", "-")
    return f"{stem}-{document.entry.dated.year}.{ending}"
