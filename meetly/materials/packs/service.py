"""Verbs of packs: all papers of a meeting for one reader, the difference to an earlier pack, and
what was opened without a line."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import load_only

from meetly import clock
from meetly.accounts.models import User
from meetly.errors import BadInput, NotFound
from meetly.extensions import db
from meetly.inserting import insert
from meetly.materials import service as materials
from meetly.materials.models import Access, Guard, Material, MaterialVersion, Pack
from meetly.materials.packs.manifest import (
    Difference,
    Manifest,
    Paper,
    canonical,
    difference,
    digest,
    manifest,
)
from meetly.materials.packs.zip_layout import Entry, layout
from meetly.meetings.models import Meeting
from meetly.sending import Body, Stretch

#: earlier packs offered on the page
EARLIER = 5
#: openings taken in at once; a meeting has tens of papers
MOST_OPENINGS = 500
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PIECE = 1 << 20


@dataclass(frozen=True)
class Contents:
    """What goes into the pack of one meeting for one reader."""

    meeting: Meeting
    manifest: Manifest
    #: the versions in it, by the hash of their bytes
    versions: dict[str, MaterialVersion]
    #: set where the papers are not for everybody invited
    made_for_id: int | None

    @cached_property
    def digest(self) -> str:
        """Name the manifest by its bytes."""
        return digest(self.manifest)

    @property
    def size(self) -> int:
        """Bytes of the papers."""
        return sum(file["size"] for file in self.manifest["files"])


@dataclass(frozen=True)
class Earlier:
    """A pack that was handed out before, and what somebody who has it lacks."""

    digest: str
    at: datetime
    difference: Difference

    @property
    def size(self) -> int:
        """Bytes of what is lacking."""
        return sum(file["size"] for file in self.difference.sent)


# -- what is in it ---------------------------------------------------------------------------


def contents(user: User, meeting: Meeting) -> Contents:
    """Gather the papers of a meeting that this person may take away."""
    found = materials.of_meeting(user, meeting)
    taken = [material for material in found if material.guard == Guard.NONE]
    kept_here = [material for material in found if material.guard != Guard.NONE]
    is_shared = all(material.access == Access.ALL for material in found)
    made = manifest(
        _described(meeting),
        [_paper(material) for material in taken],
        [{"ordinal": _ordinal(material), "title": material.title} for material in kept_here],
        None if is_shared else {"id": user.id, "name": user.name},
    )
    versions = {material.current.sha256: material.current for material in taken}
    return Contents(meeting, made, versions, None if is_shared else user.id)


def file_in(user: User, meeting: Meeting, sha256: str) -> MaterialVersion:
    """Return the version with these bytes that lies in the person's pack; NotFound otherwise."""
    for material in materials.of_meeting(user, meeting):
        if material.guard == Guard.NONE and material.current.sha256 == sha256:
            return material.current
    raise NotFound()


def bytes_of(version: MaterialVersion) -> Body:
    """Return the bytes of a version as they are sent."""
    return Body([_stretch(version)])


def _described(meeting: Meeting) -> dict[str, Any]:
    return {
        "id": meeting.id,
        "title": meeting.title,
        "unit": meeting.unit.name,
        "starts_at": _wall(meeting.starts_at),
        "ends_at": _wall(meeting.ends_at),
        "place": meeting.place,
        "agenda": [
            {"ordinal": i.ordinal, "title": i.title, "unit": i.unit.name if i.unit else ""}
            for i in meeting.agenda
        ],
    }


def _paper(material: Material) -> Paper:
    version = material.current
    return Paper(
        material_id=material.id, version_id=version.id, number=version.number,
        ordinal=_ordinal(material), title=material.title, filename=version.filename,
        media_type=version.media_type, size=version.size, sha256=version.sha256,
        dated=_wall(version.uploaded_at),
    )  # fmt: skip


def _ordinal(material: Material) -> int:
    return material.agenda_item.ordinal if material.agenda_item else 0


def _wall(moment: datetime) -> str:
    return clock.local(moment).isoformat(timespec="seconds")


def _stretch(version: MaterialVersion) -> Stretch:
    path = materials.stored_at(version)
    if not path.is_file() or path.stat().st_size != version.size:
        raise NotFound("Tệp “%(name)s” không còn nguyên trên máy chủ.", name=version.filename)
    return Stretch(path, 0, version.size)


# -- the archive -----------------------------------------------------------------------------


def archive(made: Contents, page: bytes, earlier: Earlier | None = None) -> Body:
    """Lay out the .zip of a pack with its front page; after an earlier one, only what changed."""
    files = earlier.difference.sent if earlier else made.manifest["files"]
    dates = [file["dated"] for file in made.manifest["files"]]
    dated = datetime.fromisoformat(max(dates, default=made.manifest["meeting"]["starts_at"]))
    entries = [
        Entry.of_text("index.html", page, dated),
        Entry.of_text("manifest.json", canonical(made.manifest), dated),
    ]
    if earlier:
        entries.append(Entry.of_text("changes.json", _changes(earlier), dated))
    for file in files:
        version = made.versions[file["sha256"]]
        when = datetime.fromisoformat(file["dated"])
        crc32 = version.crc32 if version.crc32 is not None else _crc32(version)
        entries.append(Entry.of_file(file["path"], _stretch(version), crc32, when))
    return layout(entries)


def tag(body: Body) -> str:
    """Name an archive by everything in it that is text; the manifest in it names the files."""
    hashed = hashlib.sha256()
    for piece in body.pieces:
        if isinstance(piece, bytes):
            hashed.update(piece)
    return hashed.hexdigest()


def _changes(earlier: Earlier) -> bytes:
    told = earlier.difference
    changes = {
        "since": earlier.digest,
        "added": [file["path"] for file in told.added],
        "changed": [file["path"] for file in told.changed],
        "removed": [file["path"] for file in told.removed],
    }
    return json.dumps(changes, ensure_ascii=False, indent=1).encode()


def _crc32(version: MaterialVersion) -> int:
    check = 0
    with materials.stored_at(version).open("rb") as source:
        while piece := source.read(_PIECE):
            check = zlib.crc32(piece, check)
    return check


# -- earlier packs ---------------------------------------------------------------------------


def is_new(made: Contents) -> bool:
    """Tell whether handing this pack out has to be written down first."""
    known = db.session.scalar(select(Pack.digest).where(Pack.digest == made.digest))
    return known is None or any(version.crc32 is None for version in made.versions.values())


def remember(made: Contents) -> None:
    """Write down that a pack was handed out, and the CRC-32 of files from before it was kept."""
    row = insert(Pack).values(
        digest=made.digest, meeting_id=made.meeting.id, manifest=made.manifest,
        made_for_id=made.made_for_id, created_at=clock.now(),
    )  # fmt: skip
    db.session.execute(row.on_conflict_do_nothing())
    for version in made.versions.values():
        if version.crc32 is None:
            version.crc32 = _crc32(version)
    db.session.flush()


def earlier(user: User, made: Contents) -> list[Earlier]:
    """List the newest earlier packs of the meeting that may lie at this person's site."""
    query = _handed_out(user, made).where(Pack.digest != made.digest)
    query = query.order_by(Pack.created_at.desc(), Pack.digest).limit(EARLIER)
    return [_compared(pack, made) for pack in db.session.scalars(query)]


def earlier_pack(user: User, made: Contents, known: str) -> Earlier | None:
    """Return the pack with this digest, or None when the person was never handed it."""
    if not _DIGEST.fullmatch(known):
        return None
    pack = db.session.scalar(_handed_out(user, made).where(Pack.digest == known))
    return _compared(pack, made) if pack else None


def _handed_out(user: User, made: Contents) -> Any:
    query = select(Pack).options(load_only(Pack.manifest, Pack.created_at))
    mine = or_(Pack.made_for_id.is_(None), Pack.made_for_id == user.id)
    return query.where(Pack.meeting_id == made.meeting.id, mine)


def _compared(pack: Pack, made: Contents) -> Earlier:
    return Earlier(pack.digest, pack.created_at, difference(pack.manifest, made.manifest))


@dataclass(frozen=True)
class Offer:
    """What the page of a meeting says of its pack."""

    contents: Contents
    earlier: list[Earlier]


def offer(user: User, meeting: Meeting) -> Offer:
    """Tell what the pack holds and which earlier ones a newer one can be the difference to."""
    made = contents(user, meeting)
    return Offer(made, earlier(user, made))


# -- opened without a line -------------------------------------------------------------------


def note_openings(user: User, meeting: Meeting, told: Any) -> int:
    """Note what a browser says was opened while there was no line; return how many were new.

    `told` is a list of {"version_id", "at"}. The clock of an old machine is not believed further
    than this: nothing was opened before it was uploaded, nor in the future. Versions the person
    does not see are passed over. Raises BadInput when it is no such list.
    """
    openings = _read(told)
    versions = _seen(user, meeting, openings)
    now = clock.now()
    noted = 0
    for version_id, at in sorted(openings.items(), key=lambda opening: opening[1]):
        if version := versions.get(version_id):
            at = min(max(at, version.uploaded_at), now)
            noted += materials.note_opened(user, version, at)
    return noted


def _read(told: Any) -> dict[int, datetime]:
    wrong = BadInput("Danh sách tài liệu đã mở không đúng dạng.")
    if not isinstance(told, list) or len(told) > MOST_OPENINGS:
        raise wrong
    openings: dict[int, datetime] = {}
    for opening in told:
        try:
            version_id, at = opening["version_id"], datetime.fromisoformat(opening["at"])
            at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise wrong from error
        if type(version_id) is not int:
            raise wrong
        openings[version_id] = min(at, openings.get(version_id, at))
    return openings


def _seen(user: User, meeting: Meeting, wanted: Iterable[int]) -> dict[int, MaterialVersion]:
    found = materials.of_meeting(user, meeting)
    versions = {version.id: version for material in found for version in material.versions}
    return {version_id: versions[version_id] for version_id in wanted if version_id in versions}
