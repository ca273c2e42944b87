"""Directions given before, or elsewhere: taken over from a document as decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.directions.models import Direction, DirectionStatus, DirectionUnit, Origin, UnitPart
from meetly.extensions import db

KEEPERS = (Role.SECRETARY, Role.LEADER)
#: A name, and the unit it is that of; none for a group or a stranger.
Named = tuple[str, Unit | None]


@dataclass(frozen=True)
class Order:
    """What a document orders."""

    text: str
    span: str
    lead: tuple[Named, ...]
    coordinate: tuple[Named, ...]
    given_on: date
    #: "Thông báo số 12/TB-VP ngày 05/01/2026"
    source: str
    ordinal: int
    due: date | None = None
    recurring: str = ""
    product: str = ""
    officer_id: int | None = None
    confidence: float = 1.0
    cues: tuple[str, ...] = ()


def take_over(
    user: User, owner: Unit, origin: Origin, order: Order, meeting_id: int | None
) -> Direction:
    """Keep what a unit ordered in an issued document; decided there, so confirmed here.

    NotAllowed for anybody but the unit's secretaries and leaders.
    """
    accounts.require(user, owner.id, *KEEPERS)
    direction = Direction(
        owner_unit_id=owner.id, origin=origin, source=order.source[:300],
        given_on=order.given_on, meeting_id=meeting_id, ordinal=order.ordinal,
        status=DirectionStatus.CONFIRMED, text=order.text, span=order.span or order.text,
        due=order.due, recurring=order.recurring, product=order.product,
        officer_id=order.officer_id, confidence=order.confidence, cues=list(order.cues),
        segment_ids=[], units=_units(order), decided_by_id=user.id, decided_at=clock.now(),
    )  # fmt: skip
    db.session.add(direction)
    db.session.flush()
    audit.record(user.id, "directions.take_over", direction, origin=origin, due=order.due)
    return direction


def _units(order: Order) -> list[DirectionUnit]:
    rows: list[DirectionUnit] = []
    both: tuple[tuple[UnitPart, Iterable[Named]], ...] = (
        (UnitPart.LEAD, order.lead), (UnitPart.COORDINATING, order.coordinate)
    )  # fmt: skip
    for part, named in both:
        for name, unit in named:
            row = DirectionUnit(ordinal=len(rows), part=part, name=name[:200])
            row.unit_id = unit.id if unit else None
            rows.append(row)
    return rows
