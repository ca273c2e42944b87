"""Lists of reports due: for those who hold a meeting, and what one's own units owe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, lazyload

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Unit, User
from meetly.extensions import db
from meetly.materials.models import Material
from meetly.materials.reports.models import ReportRequest
from meetly.materials.reports.standing import Standing, standing
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting, MeetingStatus


def is_of(user: User, request: ReportRequest) -> bool:
    """Tell whether a report is due from one of the person's units."""
    return bool(accounts.roles_in(user, request.unit_id) & set(meetings.GUESTS))


def has_come(request: ReportRequest) -> bool:
    """Tell whether a report is here; one the secretary took back is not."""
    return request.material is not None and request.material.removed_at is None


def standing_of(request: ReportRequest, now: datetime | None = None) -> Standing:
    """Tell how a report stands, now when no moment is given."""
    sent_at = request.sent_at if has_come(request) else None
    return standing(request.due_at, sent_at, request.waived_at, now or clock.now())


def of_meeting(user: User, meeting: Meeting) -> list[ReportRequest]:
    """List what is due before a meeting, in tree order: all of it to its hosts, one's own else."""
    query = select(ReportRequest).where(ReportRequest.meeting_id == meeting.id)
    if not meetings.is_host(user, meeting):
        guest = [unit.id for unit in accounts.units_as(user, *meetings.GUESTS)]
        query = query.where(ReportRequest.unit_id.in_(guest))
    query = query.options(
        joinedload(ReportRequest.material).options(
            lazyload(Material.versions), lazyload(Material.units)
        )
    )
    found = db.session.scalars(query.order_by(ReportRequest.due_at, ReportRequest.id))
    return sorted(found, key=lambda row: meetings.tree_place(row.unit))


def reported(meeting: Meeting) -> set[int]:
    """Tell which documents of a meeting are reports that units filed: not every unit reads them."""
    query = select(ReportRequest.material_id).where(
        ReportRequest.meeting_id == meeting.id, ReportRequest.material_id.is_not(None)
    )
    return {material_id for material_id in db.session.scalars(query) if material_id}


def awaited(rows: Iterable[ReportRequest]) -> list[ReportRequest]:
    """Leave of these what is neither here nor waived."""
    return [row for row in rows if row.waived_at is None and not has_come(row)]


def owed_by(user: User, limit: int = 100) -> list[ReportRequest]:
    """List what the person's units still owe to meetings to come, the most urgent first."""
    guest = [unit.id for unit in accounts.units_as(user, *meetings.GUESTS)]
    query = (
        select(ReportRequest)
        .join(Meeting, Meeting.id == ReportRequest.meeting_id)
        .outerjoin(Material, Material.id == ReportRequest.material_id)
        .where(
            ReportRequest.unit_id.in_(guest),
            ReportRequest.waived_at.is_(None),
            or_(Material.id.is_(None), Material.removed_at.is_not(None)),
            Meeting.status == MeetingStatus.SCHEDULED,
            Meeting.starts_at > clock.now(),
            meetings.visible_to(user),
        )
        .order_by(ReportRequest.due_at, ReportRequest.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class Stood:
    """A report due and how it stands."""

    request: ReportRequest
    standing: Standing


def stood(rows: Iterable[ReportRequest], now: datetime | None = None) -> list[Stood]:
    """Tell of each of these reports how it stands, now when no moment is given."""
    return [Stood(row, standing_of(row, now or clock.now())) for row in rows]


@dataclass(frozen=True)
class Line:
    """What one unit owes, one cell for each report of the board; None where it was not asked."""

    unit: Unit
    cells: list[Stood | None]

    @property
    def missing(self) -> int:
        """How many of its reports are past their deadline."""
        return self._count(Standing.MISSING)

    @property
    def awaited(self) -> int:
        """How many of its reports are not here."""
        return self.missing + self._count(Standing.OPEN)

    def _count(self, wanted: Standing) -> int:
        return sum(cell is not None and cell.standing == wanted for cell in self.cells)


@dataclass(frozen=True)
class Column:
    """One report that was asked for, and how many of its units stand where."""

    title: str
    due_at: datetime
    #: the units do not all have the same deadline
    several: bool
    counts: dict[Standing, int]


@dataclass(frozen=True)
class Board:
    """Units by reports, whoever misses most first."""

    columns: list[Column]
    lines: list[Line]

    @property
    def awaited(self) -> int:
        """How many reports are not here."""
        return sum(line.awaited for line in self.lines)


def board(rows: Iterable[ReportRequest], now: datetime) -> Board:
    """Lay reports due out by unit and title."""
    told = stood(rows, now)
    titles: dict[str, list[Stood]] = {}
    for each in sorted(told, key=lambda each: (each.request.due_at, each.request.id)):
        titles.setdefault(each.request.title, []).append(each)
    columns = [
        Column(
            title, alike[0].request.due_at, len({each.request.due_at for each in alike}) > 1,
            Counter(each.standing for each in alike),
        )
        for title, alike in titles.items()
    ]  # fmt: skip
    cells = {(each.request.unit_id, each.request.title): each for each in told}
    units = {each.request.unit_id: each.request.unit for each in told}
    lines = [
        Line(unit, [cells.get((unit.id, title)) for title in titles]) for unit in units.values()
    ]
    lines.sort(key=lambda line: (-line.missing, -line.awaited, meetings.tree_place(line.unit)))
    return Board(columns, lines)


def expecting() -> list[Meeting]:
    """List the meetings of series to come, which may expect reports."""
    query = select(Meeting).where(
        Meeting.starts_at > clock.now(), Meeting.series_id.is_not(None),
        Meeting.status.in_((MeetingStatus.DRAFT, MeetingStatus.SCHEDULED)),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id)))
