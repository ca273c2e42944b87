"""Where what was made of a version lies: its pictures, its words, and its PDF if it was none."""

from __future__ import annotations

from meetly.materials.formats import OFFICE, PDF
from meetly.materials.models import MaterialVersion
from meetly.storage import files

FOLDER = "previews"


def key(version: MaterialVersion, name: str) -> str:
    """Return the storage key of something made of a version."""
    return f"{FOLDER}/{version.storage_key.rpartition('/')[2]}/{name}"


def pdf_key(version: MaterialVersion) -> str | None:
    """Return where a version lies as a PDF; None when it is none and was not turned into one."""
    if version.media_type == PDF.media_type:
        return version.storage_key
    made = key(version, "document.pdf")
    return made if version.media_type in OFFICE and files.exists(made) else None
