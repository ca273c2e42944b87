"""Who may open a document: the one condition under which every page, file and search reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select

from meetly.accounts import service as accounts
from meetly.accounts.models import User
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.materials.models import (
    Access,
    Guard,
    Material,
    MaterialUnit,
    MaterialVersion,
)
from meetly.materials.reports.models import ReportRequest
from meetly.meetings import service as meetings
from meetly.meetings.models import AgendaItem, Meeting


@dataclass(frozen=True)
class Terms:
    """On what terms a document is handed out."""

    access: Access = Access.ALL
    #: the units that may open it, where access names units
    unit_ids: frozenset[int] = frozenset()
    guard: Guard = Guard.NONE


OPEN = Terms()


def readable_by(user: User) -> ColumnElement[bool]:
    """Return the condition under which a person may open a Material.

    The meeting must be the person's to see. Its keepers, its chair and whoever handed the document
    out always may; the others as its access says.
    """
    hosted = [unit.id for unit in accounts.units_as(user, *meetings.HOSTS)]
    guest = [unit.id for unit in accounts.units_as(user, *meetings.GUESTS)]
    named = exists().where(MaterialUnit.material_id == Material.id, MaterialUnit.unit_id.in_(guest))
    seen = select(Meeting.id).where(
        Meeting.id == Material.meeting_id,
        meetings.visible_to(user),
        or_(
            Material.access == Access.ALL,
            Meeting.unit_id.in_(hosted),
            Meeting.chair_id == user.id,
            and_(Material.access == Access.UNITS, named),
            _handed_out_by(user, guest),
        ),
    )
    return seen.correlate(Material).exists()


def _handed_out_by(user: User, units: list[int]) -> ColumnElement[bool]:
    presents = exists().where(
        AgendaItem.id == Material.agenda_item_id, AgendaItem.unit_id.in_(units)
    )
    owed = exists().where(
        ReportRequest.material_id == Material.id, ReportRequest.unit_id.in_(units)
    )
    sent = exists().where(
        MaterialVersion.material_id == Material.id, MaterialVersion.uploaded_by_id == user.id
    )
    return or_(presents, owed, sent)


def may_open(user: User, material: Material) -> bool:
    """Tell whether the person may open the document, taken back or not."""
    return material.id in openable(user, [material])


def openable(user: User, materials: Iterable[Material]) -> set[int]:
    """Tell which of these documents the person may open, by their ids."""
    asked = [material.id for material in materials]
    return set(
        db.session.scalars(select(Material.id).where(Material.id.in_(asked), readable_by(user)))
    )


def reaches(material: Material, unit_id: int) -> bool:
    """Tell whether an invited unit is among those a document was handed out to."""
    item = material.agenda_item
    if material.access == Access.ALL or (item and item.unit_id == unit_id):
        return True
    named = {row.unit_id for row in material.units}
    return material.access == Access.UNITS and unit_id in named


def usable(terms: Terms, meeting: Meeting) -> Terms:
    """Return the terms with nothing superfluous in them; BadInput when they reach nobody."""
    if terms.access != Access.UNITS:
        return Terms(terms.access, frozenset(), terms.guard)
    if not terms.unit_ids:
        raise BadInput("Hãy chọn ít nhất một đơn vị được mở tài liệu.")
    if not terms.unit_ids <= meetings.invited_unit_ids(meeting):
        raise BadInput("Chỉ chọn được đơn vị có trong thành phần cuộc họp.")
    return terms


def write(material: Material, terms: Terms) -> None:
    """Put usable terms into the row of a document."""
    material.access, material.guard = terms.access, terms.guard
    kept = {row.unit_id: row for row in material.units}
    material.units = [
        kept.get(unit_id) or MaterialUnit(unit_id=unit_id) for unit_id in sorted(terms.unit_ids)
    ]


def terms_of(material: Material) -> Terms:
    """Tell on what terms a document is handed out now."""
    units = frozenset(row.unit_id for row in material.units)
    return Terms(Access(material.access), units, Guard(material.guard))


def openers(material: Material, people: Iterable[User]) -> list[User]:
    """Leave of these people those who may open the document."""
    return [person for person in people if may_open(person, material)]
