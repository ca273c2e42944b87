"""Verbs of viewing: a page, a stamped copy, the words, and what changed since the last opening."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from meetly import clock
from meetly.accounts.models import User
from meetly.errors import NotFound
from meetly.materials import guarding, service
from meetly.materials.access import Terms
from meetly.materials.findable import words_of
from meetly.materials.formats import JPEG, OFFICE, PDF, PNG, TEXT
from meetly.materials.guarding import Handing
from meetly.materials.models import (
    Guard,
    Material,
    MaterialPage,
    MaterialVersion,
    PreviewStatus,
)
from meetly.materials.viewing import changes, jobs, kept, stamping
from meetly.storage import files

#: characters of a text document that its page shows, and of two versions that are compared
MOST_TEXT, MOST_COMPARED = 60_000, 400_000
PICTURES = {PNG.media_type: PNG, JPEG.media_type: JPEG}


@dataclass(frozen=True)
class View:
    """What one reader sees of a document on its page."""

    handing: Handing
    pages: list[MaterialPage]
    #: the words of a text document
    text: str
    text_is_cut: bool
    #: what a guarded text says about whoever looks; empty where it stands on the pictures
    stamp: str
    #: why there is nothing to look at: waiting, office, failed or none
    missing: str
    #: whether the bytes, or a copy with the reader's name, can be had
    is_downloadable: bool
    #: what the reader opened before the current version, and what changed since
    opened: MaterialVersion | None
    changes: changes.Changes | None


def view(user: User, material: Material) -> View:
    """Gather what the reader sees of a document they may open."""
    version = material.current
    how = guarding.handing(user, material)
    is_text = version.media_type == TEXT.media_type
    words = words_of(version.text_key, MOST_TEXT + 1) if is_text else ""
    guarded = is_text and material.guard != Guard.NONE
    opened = _opened_before(user, material)
    return View(
        handing=how, pages=version.pages, text=words[:MOST_TEXT],
        text_is_cut=len(words) > MOST_TEXT,
        stamp=guarding.words_for(user, material, clock.now()) if guarded else "",
        missing="" if words or version.pages else _missing(version),
        is_downloadable=is_downloadable(how, version), opened=opened,
        changes=_changes(opened, version) if opened and how != Handing.PAGES else None,
    )  # fmt: skip


def _missing(version: MaterialVersion) -> str:
    if version.preview == PreviewStatus.NONE and version.media_type in OFFICE:
        return "office"
    return version.preview if version.preview != PreviewStatus.READY else PreviewStatus.NONE


def _opened_before(user: User, material: Material) -> MaterialVersion | None:
    return service.newest_opened(user, material.versions[:-1]).get(material.id)


def _changes(opened: MaterialVersion, current: MaterialVersion) -> changes.Changes | None:
    before, after = (words_of(v.text_key, MOST_COMPARED) for v in (opened, current))
    return changes.between(before, after) if before and after else None


def is_downloadable(how: Handing, version: MaterialVersion) -> bool:
    """Tell whether a person who is handed a document in this way can have a file of it."""
    if how == Handing.STAMPED:
        return version.media_type in PICTURES or kept.pdf_key(version) is not None
    return how == Handing.ORIGINAL


def stamp_for(user: User, version: MaterialVersion) -> str:
    """Say what the copy of a version that is made for this reader now carries."""
    return guarding.words_for(user, version.material, clock.now())


def stamped(version: MaterialVersion, words: str) -> tuple[BinaryIO, str, str]:
    """Return a copy that carries these words: the open file, its media type and its name.

    It takes seconds and asks the database nothing.
    """
    kind = PICTURES.get(version.media_type)
    if kind:
        copy = stamping.document(files.path(version.storage_key), "picture", words)
        return copy, kind.media_type, version.filename
    key = kept.pdf_key(version)
    if key is None:
        raise NotFound()
    copy = stamping.document(files.path(key), "pdf", words)
    return copy, PDF.media_type, f"{version.filename.rpartition('.')[0]}.pdf"


def page(user: User, version_id: int, number: int) -> tuple[MaterialPage, MaterialVersion]:
    """Return the picture of one page and its version; NotFound when it is not the reader's."""
    version = service.get_version(user, version_id)
    found = next((page for page in version.pages if page.number == number), None)
    if found is None:
        raise NotFound()
    return found, version


def stamped_picture(page: MaterialPage, words: str) -> bytes:
    """Return the picture of a guarded page, carrying these words."""
    return stamping.picture(files.read(page.storage_key), words)


def change_terms(user: User, material: Material, terms: Terms) -> None:
    """Change the terms of a document; of one that is now read on its page, more pages are made."""
    service.change_terms(user, material, terms)
    if material.guard == Guard.VIEW_ONLY:
        jobs.make_again(material)
