"""Verbs of materials: hand documents out, keep their versions, and note who opened which."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from flask_babel import gettext as _
from sqlalchemy import case, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from meetly import audit, clock, search
from meetly.accounts import service as accounts
from meetly.accounts.models import Membership, Role, Unit, User
from meetly.config import settings
from meetly.errors import BadInput, NotAllowed, NotFound, TooLarge, WrongState
from meetly.extensions import db
from meetly.materials.formats import Format, clean_name, judge
from meetly.materials.models import Material, MaterialVersion, Receipt
from meetly.meetings import service as meetings
from meetly.meetings.models import AgendaItem, Meeting, MeetingStatus
from meetly.notices import service as notices
from meetly.storage import files

_PIECE = 1 << 20


# -- who may do what -------------------------------------------------------------------------


def may_add(user: User, meeting: Meeting, item: AgendaItem | None = None) -> bool:
    """Tell whether the person may hand out documents for a meeting or one point of its agenda."""
    if meetings.is_host(user, meeting, Role.SECRETARY):
        return True
    guest = {unit.id for unit in accounts.units_as(user, *meetings.GUESTS)}
    return item is not None and item.unit_id in guest


def places_for(user: User, meeting: Meeting) -> list[AgendaItem | None]:
    """List where the person may hand documents out: None stands for the meeting as a whole."""
    if meeting.status == MeetingStatus.CANCELLED:
        return []
    return [item for item in [None, *meeting.agenda] if may_add(user, meeting, item)]


def _require_may_add(user: User, meeting: Meeting, item: AgendaItem | None) -> None:
    if not may_add(user, meeting, item):
        raise NotAllowed()
    if meeting.status == MeetingStatus.CANCELLED:
        raise WrongState("Cuộc họp đã hủy nên không nhận thêm tài liệu.")


# -- handing out -----------------------------------------------------------------------------


def add(
    user: User,
    meeting: Meeting,
    filename: str,
    source: BinaryIO,
    *,
    title: str = "",
    item: AgendaItem | None = None,
) -> Material:
    """Hand out a new document; BadInput or TooLarge, with nothing kept, when it cannot be."""
    if item is not None and item.meeting_id != meeting.id:
        raise NotFound()
    _require_may_add(user, meeting, item)
    kind = _checked(source)
    name = clean_name(filename, kind)
    material = Material(
        meeting_id=meeting.id, meeting=meeting, agenda_item_id=item.id if item else None,
        title=" ".join(title.split())[:300] or PurePosixPath(name).stem, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(material)
    db.session.flush()
    version = _keep(user, material, 1, name, kind, source)
    _index(material)
    audit.record(user.id, "materials.add", material, title=material.title, sha256=version.sha256)
    return material


def add_version(user: User, material: Material, filename: str, source: BinaryIO) -> MaterialVersion:
    """Keep a newer version beside the older ones and tell those who opened an older one."""
    _require_may_add(user, material.meeting, material.agenda_item)
    if material.removed_at:
        raise WrongState("Tài liệu đã được gỡ. Hãy khôi phục trước khi thêm bản mới.")
    kind = _checked(source)
    db.session.scalar(select(Material.id).where(Material.id == material.id).with_for_update())
    db.session.refresh(material, ["versions"])
    number = material.current.number + 1
    version = _keep(user, material, number, clean_name(filename, kind), kind, source)
    audit.record(user.id, "materials.add_version", material, number=number, sha256=version.sha256)
    _tell_readers(user, material)
    return version


def remove(user: User, material: Material) -> None:
    """Take a document back; its versions stay, so that it can be restored."""
    _require_may_add(user, material.meeting, material.agenda_item)
    if material.removed_at is None:
        material.removed_at = clock.now()
        search.remove("material", material.id)
        audit.record(user.id, "materials.remove", material)


def restore(user: User, material: Material) -> None:
    """Hand a document out again that was taken back."""
    _require_may_add(user, material.meeting, material.agenda_item)
    if material.removed_at is not None:
        material.removed_at = None
        _index(material)
        audit.record(user.id, "materials.restore", material)


def _checked(source: BinaryIO) -> Format:
    source.seek(0, 2)
    largest = settings().largest_material
    if source.tell() > largest:
        raise TooLarge(
            "Tệp lớn hơn %(largest)s MB nên chưa được nhận. Hãy giảm dung lượng hoặc tách tệp.",
            largest=largest >> 20,
        )
    return judge(source)


def _keep(
    user: User, material: Material, number: int, name: str, kind: Format, source: BinaryIO
) -> MaterialVersion:
    source.seek(0)
    key = f"materials/{uuid.uuid4().hex}"
    stored = files.write(key, iter(lambda: source.read(_PIECE), b""))
    version = MaterialVersion(
        material_id=material.id, number=number, filename=name, media_type=kind.media_type,
        size=stored.size, sha256=stored.sha256, storage_key=key, uploaded_by_id=user.id,
        uploaded_at=clock.now(),
    )  # fmt: skip
    if number > 1 and material.current.sha256 == version.sha256:
        files.delete(key)
        raise BadInput("Tệp này giống hệt bản hiện có, nên không tạo bản mới.")
    db.session.add(version)
    db.session.flush()
    db.session.refresh(material, ["versions"])
    return version


def _index(material: Material) -> None:
    search.index(
        "material", material.id, meeting_id=material.meeting_id, title=material.title,
        link=f"/materials/{material.id}", audience="invited", text=material.meeting.title,
    )  # fmt: skip


def _tell_readers(user: User, material: Material) -> None:
    query = select(User).join(Receipt, Receipt.user_id == User.id)
    query = query.where(Receipt.version_id.in_([v.id for v in material.versions])).distinct()
    notices.tell(
        [
            reader
            for reader in db.session.scalars(query)
            if reader.id != user.id and _sees(reader, material.meeting)
        ],
        key=f"materials.version:{material.id}:{material.current.number}",
        subject=lambda: _("Tài liệu có bản mới: %(title)s", title=material.title),
        body=lambda: _("Cuộc họp: %(title)s", title=material.meeting.title),
        link=f"/materials/{material.id}",
    )


def _sees(user: User, meeting: Meeting) -> bool:
    query = select(Meeting.id).where(Meeting.id == meeting.id, meetings.visible_to(user))
    return db.session.scalar(query) is not None


# -- reading ---------------------------------------------------------------------------------


def get(user: User, material_id: int) -> Material:
    """Return a document of a meeting the person sees.

    One that was taken back is found only by those who may restore it.
    """
    query = select(Material).join(Meeting, Meeting.id == Material.meeting_id)
    query = query.where(Material.id == material_id, meetings.visible_to(user))
    material = db.session.scalar(query)
    if material is None:
        raise NotFound()
    if material.removed_at and not may_add(user, material.meeting, material.agenda_item):
        raise NotFound()
    return material


def get_version(user: User, version_id: int) -> MaterialVersion:
    """Return one version of a document the person sees; NotFound otherwise."""
    version = db.session.get(MaterialVersion, version_id)
    if version is None:
        raise NotFound()
    get(user, version.material_id)
    return version


def stored_at(version: MaterialVersion) -> Path:
    """Return where the bytes of a version lie."""
    return files.path(version.storage_key)


def of_meeting(user: User, meeting: Meeting, *, removed: bool = False) -> list[Material]:
    """List the documents of a meeting in the order of its agenda; or those taken back."""
    gone = Material.removed_at.is_not(None) if removed else Material.removed_at.is_(None)
    query = select(Material).outerjoin(AgendaItem, AgendaItem.id == Material.agenda_item_id)
    query = query.where(Material.meeting_id == meeting.id, gone)
    query = query.where(
        select(Meeting.id).where(Meeting.id == meeting.id, meetings.visible_to(user)).exists()
    )
    # The meeting's own papers come first; NULL sorts differently from database to database.
    first = case((AgendaItem.ordinal.is_(None), 0), else_=AgendaItem.ordinal)
    found = list(db.session.scalars(query.order_by(first, Material.id)))
    if removed:
        found = [m for m in found if may_add(user, meeting, m.agenda_item)]
    return found


def note_opened(user: User, version: MaterialVersion) -> bool:
    """Note that the person opened this version; only the first time counts (then True)."""
    insert = sqlite.insert if _on_sqlite() else postgresql.insert
    row = insert(Receipt).values(version_id=version.id, user_id=user.id, opened_at=clock.now())
    noted = db.session.execute(row.on_conflict_do_nothing().returning(Receipt.id))
    return noted.scalar() is not None


def opened_by(user: User, materials: Iterable[Material]) -> set[int]:
    """Tell which of the current versions of these documents the person has opened."""
    current = [material.current.id for material in materials]
    query = select(Receipt.version_id).where(
        Receipt.user_id == user.id, Receipt.version_id.in_(current)
    )
    return set(db.session.scalars(query))


def _on_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"


# -- who has opened what ---------------------------------------------------------------------


@dataclass(frozen=True)
class Opening:
    """One person opened one version."""

    person: User
    version: MaterialVersion
    at: datetime


@dataclass(frozen=True)
class Reading:
    """How far one unit has read one document."""

    unit: Unit
    openings: list[Opening]
    #: somebody of the unit opened the version that counts
    current: bool


@dataclass(frozen=True)
class Readership:
    """Who has opened a document, and who has not, unit by unit."""

    material: Material
    readings: list[Reading]

    @property
    def opened(self) -> list[Reading]:
        """The units in which somebody opened some version."""
        return [reading for reading in self.readings if reading.openings]

    @property
    def unopened(self) -> list[Reading]:
        """The units in which nobody did."""
        return [reading for reading in self.readings if not reading.openings]

    @property
    def current(self) -> int:
        """How many units have seen the version that counts."""
        return sum(reading.current for reading in self.readings)


def receipts(user: User, meeting: Meeting) -> list[Readership]:
    """Tell who of the invited units has opened which document; for those who hold the meeting."""
    if not meetings.is_host(user, meeting):
        raise NotAllowed()
    invited = select(Unit).where(Unit.id.in_(meetings.invited_unit_ids(meeting)))
    units = sorted(db.session.scalars(invited), key=meetings.tree_place)
    found = of_meeting(user, meeting)
    versions = {version.id: version for material in found for version in material.versions}
    query = select(Receipt, Membership.unit_id).join(
        Membership, Membership.user_id == Receipt.user_id
    )
    query = query.where(
        Receipt.version_id.in_(versions), Membership.unit_id.in_([unit.id for unit in units])
    )
    query = query.options(joinedload(Receipt.user)).order_by(Receipt.opened_at, Receipt.id)
    openings: dict[tuple[int, int], dict[int, Opening]] = defaultdict(dict)
    for receipt, unit_id in db.session.execute(query):
        version = versions[receipt.version_id]
        opening = Opening(receipt.user, version, receipt.opened_at)
        openings[version.material_id, unit_id][receipt.id] = opening  # two roles, one opening
    return [
        Readership(
            material,
            [_reading(unit, material, openings[material.id, unit.id].values()) for unit in units],
        )
        for material in found
    ]


def remind(user: User, meeting: Meeting) -> int:
    """Remind the units that have not opened every document; once a day. Return how many people."""
    _require_may_add(user, meeting, None)
    missing: dict[int, list[Material]] = defaultdict(list)
    for read in receipts(user, meeting):
        for reading in read.readings:
            if not reading.current:
                missing[reading.unit.id].append(read.material)
    return sum(_remind(meeting, unit_id, found) for unit_id, found in missing.items())


def _remind(meeting: Meeting, unit_id: int, missing: list[Material]) -> int:
    return notices.tell(
        accounts.people_of([unit_id], *meetings.GUESTS),
        key=f"materials.remind:{meeting.id}:{clock.today()}",
        subject=lambda: _("Nhắc đọc tài liệu: %(title)s", title=meeting.title),
        body=lambda: "\n".join(
            [_("Đơn vị chưa mở những tài liệu sau:"), *(f"- {m.title}" for m in missing)]
        ),
        link=f"/meetings/{meeting.id}/materials",
    )


def _reading(unit: Unit, material: Material, openings: Iterable[Opening]) -> Reading:
    listed = list(openings)
    current = any(opening.version.id == material.current.id for opening in listed)
    return Reading(unit, listed, current)
