"""Verbs of materials: hand documents out, keep their versions, and note who opened which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from flask_babel import gettext as _
from sqlalchemy import case, select
from sqlalchemy.orm import joinedload

from meetly import audit, clock, search
from meetly.accounts import service as accounts
from meetly.accounts.models import Membership, Role, Unit, User
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.inserting import insert
from meetly.materials import access, findable, paper
from meetly.materials.access import OPEN, Terms
from meetly.materials.models import Material, MaterialVersion, Receipt
from meetly.materials.named import readings as named_readings
from meetly.materials.paper import Paper
from meetly.materials.reports.listing import reported
from meetly.meetings import notice_period
from meetly.meetings import service as meetings
from meetly.meetings.models import AgendaItem, Meeting, MeetingStatus
from meetly.meetings.notice_period import Caution
from meetly.notices import service as notices
from meetly.storage import files

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


def require_may_add(user: User, meeting: Meeting, item: AgendaItem | None) -> None:
    """Raise NotFound, NotAllowed or WrongState unless the person may hand documents out there."""
    if item is not None and item.meeting_id != meeting.id:
        raise NotFound()
    if not may_add(user, meeting, item):
        raise NotAllowed()
    if meeting.status == MeetingStatus.CANCELLED:
        raise WrongState("Cuộc họp đã hủy nên không nhận thêm tài liệu.")


def require_may_renew(user: User, material: Material) -> None:
    """Raise NotAllowed or WrongState unless the person may add a newer version."""
    require_may_add(user, material.meeting, material.agenda_item)
    if material.removed_at:
        raise WrongState("Tài liệu đã được gỡ. Hãy khôi phục trước khi thêm bản mới.")


# -- handing out -----------------------------------------------------------------------------


def add(
    user: User,
    meeting: Meeting,
    filename: str,
    source: BinaryIO,
    *,
    title: str = "",
    item: AgendaItem | None = None,
    terms: Terms = OPEN,
) -> Material:
    """Hand out a new document; raises, with nothing kept, when it cannot be."""
    require_may_add(user, meeting, item)
    terms = access.usable(terms, meeting)
    found = paper.receive(meeting, filename, source)
    return place(user, meeting, found, title=title, item=item, terms=terms)


def add_version(user: User, material: Material, filename: str, source: BinaryIO) -> MaterialVersion:
    """Keep a newer version beside the older ones and tell those who opened an older one."""
    require_may_renew(user, material)
    return renew(user, material, paper.receive(material.meeting, filename, source))


def place(
    user: User,
    meeting: Meeting,
    found: Paper,
    *,
    title: str = "",
    item: AgendaItem | None = None,
    terms: Terms = OPEN,
    leading: bool = False,
) -> Material:
    """Make a kept file a document of the meeting; whether the person may was asked before.

    A leading one stands before all others.
    """
    terms = access.usable(terms, meeting)
    material = Material(
        meeting_id=meeting.id, meeting=meeting, agenda_item_id=item.id if item else None,
        title=" ".join(title.split())[:300] or PurePosixPath(found.filename).stem,
        created_at=clock.now(), leading=leading,
    )  # fmt: skip
    access.write(material, terms)
    db.session.add(material)
    db.session.flush()
    version = _version(user, material, 1, found)
    findable.update(material)
    audit.record(
        user.id, "materials.add", material, title=material.title, sha256=version.sha256,
        **_said(terms),
    )  # fmt: skip
    return material


def renew(user: User, material: Material, found: Paper) -> MaterialVersion:
    """Make a kept file the newest version of a document; whether one may was asked before."""
    db.session.scalar(select(Material.id).where(Material.id == material.id).with_for_update())
    db.session.refresh(material, ["versions"])
    if material.current.sha256 == found.stored.sha256:
        files.delete(found.key)
        raise BadInput("Tệp này giống hệt bản hiện có, nên không tạo bản mới.")
    number = material.current.number + 1
    version = _version(user, material, number, found)
    findable.update(material)
    audit.record(user.id, "materials.add_version", material, number=number, sha256=version.sha256)
    _tell_readers(user, material)
    return version


def remove(user: User, material: Material) -> None:
    """Take a document back; its versions stay, so that it can be restored."""
    require_may_add(user, material.meeting, material.agenda_item)
    if material.removed_at is None:
        material.removed_at = clock.now()
        search.remove(findable.KIND, material.id)
        audit.record(user.id, "materials.remove", material)


def restore(user: User, material: Material) -> None:
    """Hand a document out again that was taken back."""
    require_may_add(user, material.meeting, material.agenda_item)
    if material.removed_at is not None:
        material.removed_at = None
        findable.update(material)
        audit.record(user.id, "materials.restore", material)


def terms_to_change(user: User, material: Material) -> Terms:
    """Return the terms of a document to who may change them; NotAllowed to the others."""
    if not meetings.is_host(user, material.meeting, Role.SECRETARY):
        raise NotAllowed()
    return access.terms_of(material)


def change_terms(user: User, material: Material, terms: Terms) -> None:
    """Change who may open a document and how it is guarded; at once, also for who has it open."""
    before, terms = terms_to_change(user, material), access.usable(terms, material.meeting)
    if terms == before:
        return
    access.write(material, terms)
    db.session.flush()
    if material.removed_at is None:
        findable.update(material)
    audit.record(user.id, "materials.change_terms", material, before=_said(before), **_said(terms))


def _said(terms: Terms) -> dict[str, object]:
    return {"access": terms.access, "units": sorted(terms.unit_ids), "guard": terms.guard}


def _version(user: User, material: Material, number: int, found: Paper) -> MaterialVersion:
    key = paper.kept_key(found.key)
    files.move(found.key, key)
    version = MaterialVersion(
        material_id=material.id, number=number, filename=found.filename,
        media_type=found.kind.media_type, size=found.stored.size, sha256=found.stored.sha256,
        crc32=found.stored.crc32, storage_key=key, uploaded_by_id=user.id,
        uploaded_at=clock.now(),
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    db.session.refresh(material, ["versions"])
    return version


def _tell_readers(user: User, material: Material) -> None:
    query = select(User).join(Receipt, Receipt.user_id == User.id)
    query = query.where(Receipt.version_id.in_([v.id for v in material.versions])).distinct()
    notices.tell(
        access.openers(material, db.session.scalars(query.where(User.id != user.id))),
        key=f"materials.version:{material.id}:{material.current.number}",
        subject=lambda: _("Tài liệu có bản mới: %(title)s", title=material.title),
        body=lambda: _("Cuộc họp: %(title)s", title=material.meeting.title),
        link=f"/materials/{material.id}",
    )


# -- reading ---------------------------------------------------------------------------------


def get(user: User, material_id: int) -> Material:
    """Return a document the person may open.

    One that was taken back is found only by those who may restore it.
    """
    query = select(Material).where(Material.id == material_id, access.readable_by(user))
    material = db.session.scalar(query)
    if material is None:
        raise NotFound()
    if material.removed_at and not may_add(user, material.meeting, material.agenda_item):
        raise NotFound()
    return material


def get_version(user: User, version_id: int) -> MaterialVersion:
    """Return one version of a document the person may open; NotFound otherwise."""
    version = db.session.get(MaterialVersion, version_id)
    if version is None:
        raise NotFound()
    get(user, version.material_id)
    return version


def stored_at(version: MaterialVersion) -> Path:
    """Return where the bytes of a version lie."""
    return files.path(version.storage_key)


def of_meeting(user: User, meeting: Meeting, *, removed: bool = False) -> list[Material]:
    """List the documents of a meeting the person may open: the leading one, then by its agenda.

    `removed` lists instead those that were taken back and the person may restore.
    """
    gone = Material.removed_at.is_not(None) if removed else Material.removed_at.is_(None)
    query = select(Material).outerjoin(AgendaItem, AgendaItem.id == Material.agenda_item_id)
    query = query.where(Material.meeting_id == meeting.id, gone, access.readable_by(user))
    # Then the meeting's own papers; NULL and booleans sort differently from database to database.
    first = case(
        (Material.leading, -1), (AgendaItem.ordinal.is_(None), 0), else_=AgendaItem.ordinal
    )
    found = list(db.session.scalars(query.order_by(first, Material.id)))
    if removed:
        found = [m for m in found if may_add(user, meeting, m.agenda_item)]
    return found


def cautions(user: User, meeting: Meeting, materials: Iterable[Material]) -> list[Caution]:
    """Warn those who hold a meeting that is still to come of papers that are missing or late."""
    if meeting.status == MeetingStatus.CANCELLED or not meetings.is_host(user, meeting):
        return []
    filed = reported(meeting)
    handed_out = [each.versions[0].uploaded_at for each in materials if each.id not in filed]
    return notice_period.of_papers(handed_out, meeting.starts_at, clock.now())


def note_opened(user: User, version: MaterialVersion, at: datetime | None = None) -> bool:
    """Note that the person opened this version, now or then; only the first time counts (True)."""
    row = insert(Receipt).values(
        version_id=version.id, user_id=user.id, opened_at=at or clock.now()
    )
    noted = db.session.execute(row.on_conflict_do_nothing().returning(Receipt.id))
    return noted.scalar() is not None


def newest_opened(user: User, versions: Iterable[MaterialVersion]) -> dict[int, MaterialVersion]:
    """Tell the newest of these versions the person has opened, by document."""
    known = {version.id: version for version in versions}
    query = select(Receipt.version_id).where(
        Receipt.user_id == user.id, Receipt.version_id.in_(known)
    )
    opened = sorted((known[key] for key in db.session.scalars(query)), key=lambda v: v.number)
    return {version.material_id: version for version in opened}


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


def invited_units(meeting: Meeting) -> list[Unit]:
    """List the units that are invited, in tree order."""
    invited = select(Unit).where(Unit.id.in_(meetings.invited_unit_ids(meeting)))
    return sorted(db.session.scalars(invited), key=meetings.tree_place)


def receipts(user: User, meeting: Meeting) -> list[Readership]:
    """Tell who of the units that may open it has opened which document, unit by unit.

    NotAllowed for all but those who hold the meeting.
    """
    if not meetings.is_host(user, meeting):
        raise NotAllowed()
    units = invited_units(meeting)
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
            [
                _reading(unit, material, openings[material.id, unit.id].values())
                for unit in units
                if access.reaches(material, unit.id)
            ],
        )
        for material in found
    ]


def remind(user: User, meeting: Meeting) -> int:
    """Remind the units, and the people invited by name, that have not opened every document.

    Once a day. Returns how many people were told.
    """
    require_may_add(user, meeting, None)
    missing: dict[int, list[Material]] = defaultdict(list)
    alone: dict[User, list[Material]] = defaultdict(list)
    filed = reported(meeting)
    read = [each for each in receipts(user, meeting) if each.material.id not in filed]
    named = named_readings(meeting, [each.material for each in read])
    for each in read:
        for reading in each.readings:
            if not reading.current:
                missing[reading.unit.id].append(each.material)
        for by_name in named[each.material.id]:
            if not by_name.current:
                alone[by_name.person].append(each.material)
    told = sum(
        _remind(meeting, accounts.people_of([unit_id], *meetings.GUESTS), found)
        for unit_id, found in missing.items()
    )
    return told + sum(_remind(meeting, [person], found) for person, found in alone.items())


def _remind(meeting: Meeting, people: list[User], missing: list[Material]) -> int:
    return notices.tell(
        people,
        key=f"materials.remind:{meeting.id}:{clock.today()}",
        subject=lambda: _("Nhắc đọc tài liệu: %(title)s", title=meeting.title),
        body=lambda: "\n".join(
            [_("Những tài liệu sau chưa được mở:"), *(f"- {m.title}" for m in missing)]
        ),
        link=f"/meetings/{meeting.id}/materials",
    )


def _reading(unit: Unit, material: Material, openings: Iterable[Opening]) -> Reading:
    listed = list(openings)
    current = any(opening.version.id == material.current.id for opening in listed)
    return Reading(unit, listed, current)
