"""Verbs of reports due: ask units for them, take them in, and chase those that are missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import BinaryIO, Protocol

from sqlalchemy import select, update

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.materials import paper as papers
from meetly.materials import service as materials
from meetly.materials.models import Material, MaterialUpload
from meetly.materials.paper import Paper
from meetly.materials.reports import telling
from meetly.materials.reports.listing import (
    awaited,
    board,
    expecting,
    has_come,
    is_of,
    of_meeting,
    owed_by,
    standing_of,
    stood,
)
from meetly.materials.reports.models import ReportRequest
from meetly.meetings import service as meetings
from meetly.meetings.models import AgendaItem, Meeting, MeetingStatus
from meetly.notices import service as notices

#: The words other rooms speak with this one, and those of its own pages that live beside it.
__all__ = [
    "board", "expecting", "has_come", "of_meeting", "owed_by", "standing_of", "stood",
]  # fmt: skip

LONGEST_TITLE, LONGEST_NOTE = 300, 2000
#: Meetings that still ask for reports.
ASKING = (MeetingStatus.DRAFT, MeetingStatus.SCHEDULED)


class Due(Protocol):
    """One report that a series expects of some units before a meeting."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def ordinal(self) -> int:
        """Give the number of the point of the agenda; 0 is the meeting as a whole."""

    @property
    def unit_ids(self) -> Sequence[int]:
        """Give the units that owe it."""

    @property
    def due_at(self) -> datetime:
        """Give the deadline."""


# -- who sees and does what ------------------------------------------------------------------


def get(user: User, request_id: int) -> ReportRequest:
    """Return a report due to the unit that owes it and to those who hold the meeting."""
    request = db.session.get(ReportRequest, request_id)
    if request is None:
        raise NotFound()
    meeting = meetings.get(user, request.meeting_id)
    if not (is_of(user, request) or meetings.is_host(user, meeting)):
        raise NotFound()
    return request


def get_to_change(user: User, request_id: int) -> ReportRequest:
    """Return a report due to the secretaries of the meeting; NotFound or NotAllowed otherwise."""
    request = get(user, request_id)
    _require_keeper(user, request.meeting)
    return request


def may_file(user: User, request: ReportRequest) -> bool:
    """Tell whether the person may file the report now, for the first time or anew."""
    if not is_of(user, request) or request.meeting.status == MeetingStatus.CANCELLED:
        return False
    return not has_come(request) or request.meeting.starts_at > clock.now()


def _require_keeper(user: User, meeting: Meeting) -> None:
    if not meetings.is_host(user, meeting, Role.SECRETARY):
        raise NotAllowed()


# -- asking ----------------------------------------------------------------------------------


def request(
    user: User,
    meeting: Meeting,
    title: str,
    units: Iterable[Unit],
    due_at: datetime,
    *,
    item: AgendaItem | None = None,
    note: str = "",
) -> list[ReportRequest]:
    """Ask units for a report and tell them; return what was not asked for under this title before.

    A draft tells nobody: its units hear of the meeting first. BadInput says what cannot be.
    """
    _require_keeper(user, meeting)
    _require_asking(meeting)
    wanted = [unit.id for unit in units]
    if not wanted:
        raise BadInput("Hãy chọn ít nhất một đơn vị phải nộp báo cáo.")
    if not set(wanted) <= meetings.invited_unit_ids(meeting) | {meeting.unit_id}:
        raise BadInput("Chỉ giao được báo cáo cho đơn vị có trong thành phần cuộc họp.")
    if item is not None and item.meeting_id != meeting.id:
        raise NotFound()
    title, due_at = _title(title), _due(meeting, due_at)
    asked = _open(user.id, meeting, title, wanted, due_at, item, note.strip()[:LONGEST_NOTE])
    _tell_asked(meeting, asked)
    return asked


def open_for(meeting: Meeting, due: Iterable[Due]) -> list[ReportRequest]:
    """Ask for what a series expects before a meeting; again changes nothing. Return what is new."""
    places = {item.ordinal: item for item in meeting.agenda}
    asked = [
        row
        for each, unit_ids in lacking(meeting, due)
        for row in _open(
            None, meeting, _title(each.title), unit_ids, each.due_at,
            places.get(each.ordinal), "",
        )
    ]  # fmt: skip
    _tell_asked(meeting, asked)
    return asked


def lacking(meeting: Meeting, due: Iterable[Due]) -> list[tuple[Due, list[int]]]:
    """Tell which units were never asked for what a series expects; a request withdrawn was one."""
    asked = {
        (entry.details["title"], unit_id)
        for entry in audit.of(meeting)
        if entry.verb == "reports.request"
        for unit_id in entry.details["units"]
    }
    wanted = [(each, _title(each.title)) for each in due]
    found = [(each, [i for i in each.unit_ids if (t, i) not in asked]) for each, t in wanted]
    return [(each, unit_ids) for each, unit_ids in found if unit_ids]


def _open(
    actor_id: int | None,
    meeting: Meeting,
    title: str,
    unit_ids: Iterable[int],
    due_at: datetime,
    item: AgendaItem | None,
    note: str,
) -> list[ReportRequest]:
    known = select(ReportRequest.unit_id).filter_by(meeting_id=meeting.id, title=title)
    asked = set(db.session.scalars(known))
    rows = [
        ReportRequest(
            meeting_id=meeting.id, unit_id=unit_id, title=title, due_at=due_at, note=note,
            agenda_item_id=item.id if item else None, created_at=clock.now(),
            created_by_id=actor_id or meeting.created_by_id,
        )
        for unit_id in dict.fromkeys(unit_ids)
        if unit_id not in asked
    ]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    if rows:
        units = sorted(row.unit_id for row in rows)
        audit.record(actor_id, "reports.request", meeting, title=title, due=due_at, units=units)
    return rows


def _require_asking(meeting: Meeting) -> None:
    if meeting.status not in ASKING:
        raise WrongState("Cuộc họp đã diễn ra hoặc đã hủy nên không giao thêm báo cáo.")


def _title(title: str) -> str:
    title = " ".join(title.split())[:LONGEST_TITLE]
    if not title:
        raise BadInput("Báo cáo phải nộp cần có tên.")
    return title


def _due(meeting: Meeting, due_at: datetime) -> datetime:
    if due_at <= clock.now():
        raise BadInput("Hạn nộp đã qua. Hãy chọn ngày giờ khác.")
    if due_at > meeting.starts_at:
        raise BadInput("Hạn nộp phải trước giờ họp.")
    return due_at


def change(
    user: User,
    request: ReportRequest,
    *,
    title: str,
    due_at: datetime,
    note: str = "",
    item: AgendaItem | None = None,
    everywhere: bool = False,
) -> list[ReportRequest]:
    """Change what one unit owes, or what all units owe under its title; tell them a new deadline.

    Returns what was changed. A past deadline is taken only where it was that before.
    """
    meeting = request.meeting
    _require_keeper(user, meeting)
    _require_asking(meeting)
    if item is not None and item.meeting_id != meeting.id:
        raise NotFound()
    title, note = _title(title), note.strip()[:LONGEST_NOTE]
    rows = _alike(request) if everywhere else [request]
    if due_at != request.due_at:
        due_at = _due(meeting, due_at)
    _require_free(meeting, title, rows)
    moved = [row for row in rows if row.due_at != due_at]
    for row in rows:
        row.title, row.due_at, row.note = title, due_at, note
        row.agenda_item_id = item.id if item else None
    db.session.flush()
    audit.record(
        user.id, "reports.change", request, title=title, due=due_at,
        units=sorted(row.unit_id for row in rows),
    )  # fmt: skip
    _tell_asked(meeting, [row for row in moved if not has_come(row)], moved=True)
    return rows


def _alike(request: ReportRequest) -> list[ReportRequest]:
    query = select(ReportRequest).filter_by(meeting_id=request.meeting_id, title=request.title)
    return list(db.session.scalars(query.order_by(ReportRequest.id)))


def _require_free(meeting: Meeting, title: str, rows: Iterable[ReportRequest]) -> None:
    listed = list(rows)
    taken = select(ReportRequest.id).where(
        ReportRequest.meeting_id == meeting.id, ReportRequest.title == title,
        ReportRequest.unit_id.in_([row.unit_id for row in listed]),
        ReportRequest.id.not_in([row.id for row in listed]),
    )  # fmt: skip
    if db.session.scalar(taken) is not None:
        raise BadInput("Đơn vị đã có một báo cáo cùng tên ở cuộc họp này.")


def waive(user: User, request: ReportRequest, waived: bool = True) -> None:
    """Say that a report need not come, or that it must after all."""
    _require_keeper(user, request.meeting)
    if waived == (request.waived_at is not None):
        return
    request.waived_at = clock.now() if waived else None
    db.session.flush()
    audit.record(user.id, "reports.waive" if waived else "reports.expect", request)


def withdraw(user: User, request: ReportRequest) -> None:
    """Take back what was asked of one unit; WrongState once something was filed."""
    _require_keeper(user, request.meeting)
    if request.material_id is not None:
        raise WrongState("Đơn vị đã nộp báo cáo này; hãy miễn thay vì rút yêu cầu.")
    audit.record(
        user.id, "reports.withdraw", request, meeting=request.meeting_id, unit=request.unit_id,
        title=request.title,
    )  # fmt: skip
    # What is still arriving for it has nothing to answer any more, and will be refused.
    arriving = update(MaterialUpload).where(MaterialUpload.report_request_id == request.id)
    db.session.execute(arriving.values(report_request_id=None))
    db.session.delete(request)
    db.session.flush()


# -- filing ----------------------------------------------------------------------------------


def file(user: User, request: ReportRequest, filename: str, source: BinaryIO) -> Material:
    """Take a unit's report in, or a newer version of it until the meeting begins.

    Raises as `paper.receive`; nothing is kept then.
    """
    require_may_file(user, request)
    return file_stored(user, request, papers.receive(request.meeting, filename, source))


def file_stored(user: User, request: ReportRequest, paper: Paper) -> Material:
    """Make a file that is in the store already a unit's report, or its newest version.

    The first one keeps its time. One that the secretary took back does not count: what comes then
    is the first.
    """
    require_may_file(user, request)
    query = select(ReportRequest.id).where(ReportRequest.id == request.id)
    db.session.scalar(query.with_for_update())
    db.session.refresh(request, ["material_id", "material", "sent_at"])
    if request.material is not None and has_come(request):
        materials.renew(user, request.material, paper)
    else:
        title = f"{request.title} ({request.unit.name})"
        request.material = materials.place(
            user, request.meeting, paper, title=title, item=request.agenda_item
        )
        request.sent_at = clock.now()
    db.session.flush()
    audit.record(user.id, "reports.file", request, material=request.material_id)
    return request.material


def require_may_file(user: User, request: ReportRequest) -> None:
    """Raise NotFound, NotAllowed or WrongState unless the person may file the report now."""
    meetings.get(user, request.meeting_id)
    if not is_of(user, request):
        raise NotAllowed()
    if request.meeting.status == MeetingStatus.CANCELLED:
        raise WrongState("Cuộc họp đã hủy nên không nhận báo cáo.")
    if not may_file(user, request):
        raise WrongState("Cuộc họp đã bắt đầu nên không thay được báo cáo đã nộp.")


# -- chasing ---------------------------------------------------------------------------------


def remind(user: User, meeting: Meeting) -> int:
    """Remind the units whose reports are not here, once a day; return how many people were told."""
    _require_keeper(user, meeting)
    if meeting.status != MeetingStatus.SCHEDULED:
        raise WrongState("Chỉ nhắc được khi cuộc họp đã gửi lời mời và chưa diễn ra.")
    owed: dict[int, list[ReportRequest]] = {}
    for row in awaited(of_meeting(user, meeting)):
        owed.setdefault(row.unit_id, []).append(row)
    return sum(
        notices.tell(
            accounts.people_of([unit_id], *meetings.GUESTS),
            key=f"reports.remind:{meeting.id}:{unit_id}:{clock.today()}",
            subject=telling.subject_of(telling.reminded, meeting, rows),
            body=telling.body_of(telling.reminded, meeting, rows),
            link=f"/meetings/{meeting.id}/reports",
        )
        for unit_id, rows in owed.items()
    )


def _tell_asked(meeting: Meeting, rows: Sequence[ReportRequest], moved: bool = False) -> None:
    if meeting.status != MeetingStatus.SCHEDULED:
        return
    speak = telling.moved if moved else telling.asked
    by_report: dict[tuple[str, datetime], list[ReportRequest]] = {}
    for row in rows:
        by_report.setdefault((row.title, row.due_at), []).append(row)
    for (_report, due_at), alike in by_report.items():
        notices.tell(
            accounts.people_of([row.unit_id for row in alike], *meetings.GUESTS),
            key=f"reports.asked:{alike[0].id}:{due_at:%Y%m%dT%H%M}",
            subject=telling.subject_of(speak, meeting, alike[:1]),
            body=telling.body_of(speak, meeting, alike[:1]),
            link=f"/meetings/{meeting.id}/reports",
        )
