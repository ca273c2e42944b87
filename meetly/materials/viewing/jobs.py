"""Making pictures and words of versions: the row of a version is the job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from meetly import clock
from meetly.extensions import db
from meetly.materials import findable
from meetly.materials.formats import OFFICE
from meetly.materials.models import (
    Guard,
    Material,
    MaterialPage,
    MaterialVersion,
    PreviewStatus,
)
from meetly.materials.viewing.kept import FOLDER
from meetly.storage import files

#: How long a maker is believed to be alive; longer than its children may take for all it claims.
LEASE = timedelta(minutes=10)
#: A file that stopped its maker this often is set aside.
MOST_ATTEMPTS = 3
#: Pages shown of a paper, and of one that is read on its page only.
PAGES, PAGES_OF_VIEW_ONLY = 10, 100


@dataclass(frozen=True)
class Made:
    """What was made of a version; the files lie under their keys already."""

    status: PreviewStatus
    page_count: int | None = None
    text_key: str = ""
    #: key, width and height (pixels) of each page, from the first
    pages: Sequence[tuple[str, int, int]] = field(default=())


def waits(*, office: bool) -> bool:
    """Tell whether a version waits for somebody to make its pictures; `office` as in `claim`."""
    return db.session.scalar(select(MaterialVersion.id).where(*_due(office)).limit(1)) is not None


def claim(owner: str, most: int, *, office: bool) -> list[MaterialVersion]:
    """Lease the versions that have waited longest; one alone when it was tried before.

    `office` says that office documents can be converted here: those seen while that was not so are
    looked at again.
    """
    _set_aside_exhausted()
    query = select(MaterialVersion.id, MaterialVersion.preview_attempts).where(*_due(office))
    waiting = db.session.execute(query.order_by(MaterialVersion.id).limit(most)).all()
    fresh = [key for key, attempts in waiting if attempts == 0]
    # A file that may have brought its maker down must not do so to others.
    wanted = fresh or [key for key, _attempts in waiting[:1]]
    moment = clock.now()
    lease = update(MaterialVersion).where(MaterialVersion.id.in_(wanted), *_due(office)).values(
        preview_owner=owner, preview_lease_expires_at=moment + LEASE,
        preview_attempts=MaterialVersion.preview_attempts + 1,
    )  # fmt: skip
    leased = select(MaterialVersion).where(
        MaterialVersion.id.in_(db.session.scalars(lease.returning(MaterialVersion.id)).all())
    )
    found = db.session.scalars(leased.order_by(MaterialVersion.id), execution_options=_FRESH)
    return list(found)


def pages_wanted(version: MaterialVersion) -> int:
    """Tell how many pages of a version are made into pictures."""
    return PAGES_OF_VIEW_ONLY if version.material.guard == Guard.VIEW_ONLY else PAGES


def make_again(material: Material) -> None:
    """Let the pictures of a document be made anew where more of its pages are wanted now."""
    for version in material.versions:
        is_cut = (version.page_count or 0) > len(version.pages)
        if version.preview == PreviewStatus.READY and is_cut:
            version.preview, version.preview_attempts = PreviewStatus.WAITING, 0


def finish(version: MaterialVersion, owner: str, made: Made) -> bool:
    """Note what was made of a version; False when its lease had passed to another maker."""
    # First the document, as who changes its terms does: neither waits for what the other holds.
    material = db.session.get_one(
        Material, version.material_id, with_for_update=True, populate_existing=True
    )
    if not _release(
        version.id, owner, preview=made.status, preview_attempts=0, page_count=made.page_count,
        text_key=made.text_key,
    ):  # fmt: skip
        return False
    db.session.execute(delete(MaterialPage).where(MaterialPage.version_id == version.id))
    db.session.add_all(
        MaterialPage(version_id=version.id, number=number, storage_key=key, width=wide, height=high)
        for number, (key, wide, high) in enumerate(made.pages, start=1)
    )
    db.session.flush()
    db.session.refresh(version, ["text_key", "pages"])
    db.session.refresh(material, ["versions"])
    if material.current.id == version.id and material.removed_at is None:
        findable.update(material)
    return True


def give_back(version: MaterialVersion, owner: str) -> None:
    """Let a version be tried again, or set it aside when it was tried often enough."""
    _release(version.id, owner)
    _set_aside_exhausted()


def sweep(older: float) -> int:
    """Delete what was made of versions that are no more, untouched for `older` seconds."""
    root = files.path(f"{FOLDER}/x").parent
    made = {folder.name for folder in root.iterdir()} if root.is_dir() else set()
    if not made:
        return 0
    kept = db.session.scalars(select(MaterialVersion.storage_key))
    orphans = made.difference(key.rpartition("/")[2] for key in kept)
    return sum(files.sweep(f"{FOLDER}/{name}", older, lambda _key: False) for name in orphans)


_FRESH = {"populate_existing": True}


def _due(office: bool) -> tuple[ColumnElement[bool], ...]:
    waiting: ColumnElement[bool] = MaterialVersion.preview == PreviewStatus.WAITING
    if office:
        unseen = and_(
            MaterialVersion.preview == PreviewStatus.NONE, MaterialVersion.media_type.in_(OFFICE)
        )
        waiting = or_(waiting, unseen)
    return (
        waiting,
        or_(
            MaterialVersion.preview_owner.is_(None),
            MaterialVersion.preview_lease_expires_at < clock.now(),
        ),
    )


def _set_aside_exhausted() -> None:
    # A file that kills its maker never reaches give_back(): its attempts tell.
    worn = update(MaterialVersion).where(
        *_due(office=True), MaterialVersion.preview_attempts >= MOST_ATTEMPTS
    )
    db.session.execute(
        worn.values(preview=PreviewStatus.FAILED, preview_owner=None, preview_lease_expires_at=None)
    )


def _release(version_id: int, owner: str, **values: object) -> bool:
    mine = update(MaterialVersion).where(
        MaterialVersion.id == version_id, MaterialVersion.preview_owner == owner
    )
    freed = mine.values(preview_owner=None, preview_lease_expires_at=None, **values)
    done = db.session.scalar(freed.returning(MaterialVersion.id))
    return done is not None
