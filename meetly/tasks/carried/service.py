"""Verbs of carried reports: count what the last meeting ordered, hand it out, and freeze it.

Until it is presented a report is counted anew; from then on its row never changes again.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, and_, exists, or_, select, update

from meetly import audit, clock
from meetly.accounts import issuing
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.errors import BadInput, NotAllowed, WrongState
from meetly.extensions import db
from meetly.materials import access, paper
from meetly.materials import service as materials
from meetly.materials.access import Terms
from meetly.materials.models import Access, Material
from meetly.meetings import service as meetings
from meetly.meetings.conference.keeping import insert
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.minutes import service as minutes_service
from meetly.paper_parts import Letterhead
from meetly.tasks.carried import gathering
from meetly.tasks.carried.counting import Content, Line, Tally, shown_to
from meetly.tasks.carried.document import CarriedPaper, carried_docx
from meetly.tasks.carried.models import CarriedReport

TITLE = "Tình hình thực hiện kết luận kỳ trước"
FILENAME = "tinh-hinh-thuc-hien-ket-luan-ky-truoc.docx"
#: So long before a meeting its report is handed out: papers are due three working days before ...
HANDED_OUT = timedelta(days=7)
#: ... and for so long it is kept up to date by itself,
AHEAD = timedelta(days=3)
#: but not more often than this: each new version is told to those who read the one before.
REFRESHED = timedelta(hours=6)
#: Until how long after its start the figures of a meeting are still counted once more.
GRACE = timedelta(minutes=15)
#: Meetings a secretary may choose from.
CHOICES = 30


@dataclass(frozen=True)
class View:
    """What one reader may see of a report."""

    meeting: Meeting
    previous: Meeting
    lines: list[Line]
    #: of every line, seen or not
    totals: Tally
    #: as of when they are counted
    counted_at: datetime
    presented_at: datetime | None
    material: Material | None

    @property
    def is_whole(self) -> bool:
        """Whether the reader sees every line."""
        return len(self.lines) == self.totals.total


# -- reading ---------------------------------------------------------------------------------


def of_meeting(meeting: Meeting) -> CarriedReport | None:
    """Return the report of a meeting, if one was begun; asks no permission."""
    return db.session.scalar(select(CarriedReport).where(CarriedReport.meeting_id == meeting.id))


def view(user: User, meeting: Meeting) -> View | None:
    """Return what the person may see of a meeting's report: live, or as it was presented.

    None where no meeting comes before it. Whether one sees the meeting was asked before.
    """
    report = of_meeting(meeting)
    previous = report.previous if report else gathering.previous_of(meeting)
    if previous is None:
        return None
    if report is not None and report.presented_at:
        content, counted_at = Content.from_json(report.content), report.counted_at
    else:
        counted_at = clock.now()
        content = gathering.count(meeting, previous, counted_at)
    material = report.material if report else None
    if material is not None and not access.may_open(user, material):
        material = None
    return View(
        meeting=meeting, previous=previous, lines=_shown(user, meeting, content),
        totals=content.totals, counted_at=counted_at,
        presented_at=report.presented_at if report else None, material=material,
    )  # fmt: skip


def glance(meeting: Meeting) -> Tally | None:
    """Return how many tasks stand how, for everybody who sees the meeting; None without a report.

    Live until presented. Numbers only: they name no unit and no task.
    """
    report = of_meeting(meeting)
    if report is not None and report.presented_at:
        return Content.from_json(report.content).totals
    previous = report.previous if report else _expected(meeting)
    if previous is None:
        return None
    return gathering.count(meeting, previous, clock.now()).totals


def paper_of(found: View) -> CarriedPaper:
    """Return as a paper what a reader sees on the page."""
    return _paper(found.meeting, found.previous, found.lines, found.totals, found.counted_at)


def _shown(user: User, meeting: Meeting, content: Content) -> list[Line]:
    """Return every line to who holds the meeting; to others what they may know of.

    That is what came of meetings whose approved minutes they may read, and their own units' tasks.
    """
    if meetings.is_host(user, meeting) or meeting.chair_id == user.id:
        return list(content.lines)
    known = {line.meeting_id for line in content.lines}
    readable = {meeting_id for meeting_id in known if _may_read(user, meeting_id)}
    mine = {unit.id for unit in accounts.units_as(user, *meetings.GUESTS)}
    return shown_to(content, readable, mine)


def _may_read(user: User, meeting_id: int) -> bool:
    minutes = minutes_service.of_meeting(db.session.get_one(Meeting, meeting_id))
    return minutes is not None and minutes_service.may_read(user, minutes)


# -- who does what ---------------------------------------------------------------------------


def may_prepare(user: User, meeting: Meeting) -> bool:
    """Tell whether the person keeps the papers of the meeting."""
    return meetings.is_host(user, meeting, Role.SECRETARY)


def may_present(user: User, meeting: Meeting) -> bool:
    """Tell whether the person may present it: the chair, or who holds the meeting."""
    return meeting.chair_id == user.id or meetings.is_host(user, meeting)


def choices(meeting: Meeting) -> list[Meeting]:
    """List the meetings of the same unit whose conclusions the report may follow."""
    return gathering.earlier_of_unit(meeting, CHOICES)


# -- handing out -----------------------------------------------------------------------------


def prepare(user: User, meeting: Meeting, previous_id: int | None = None) -> CarriedReport:
    """Hand the report out, or bring it up to date; `previous_id` chooses the meeting before.

    WrongState once it was presented, BadInput when there is no meeting to follow.
    """
    if not may_prepare(user, meeting):
        raise NotAllowed()
    if meeting.status == MeetingStatus.CANCELLED:
        raise WrongState("Cuộc họp đã hủy nên không lập báo cáo.")
    report = of_meeting(meeting)
    previous = report.previous if report else gathering.previous_of(meeting)
    if previous_id is not None:
        previous = next((each for each in choices(meeting) if each.id == previous_id), None)
    if previous is None:
        raise BadInput("Chưa có cuộc họp trước nào để báo cáo việc thực hiện kết luận.")
    report = _held(meeting, previous)
    if report.presented_at:
        raise WrongState("Báo cáo đã được trình bày nên không thay đổi nữa.")
    if previous_id is not None and previous.id != report.previous_id:
        _write(report, previous_id=previous.id, sha256="")
    _refresh(user, report)
    audit.record(user.id, "carried.prepare", report, previous=report.previous_id)
    return report


def present(user: User, meeting: Meeting) -> CarriedReport:
    """Freeze the figures as they are now, for they are being presented."""
    if not may_present(user, meeting):
        raise NotAllowed()
    report = of_meeting(meeting)
    previous = report.previous if report else gathering.previous_of(meeting)
    if previous is None or meeting.status == MeetingStatus.CANCELLED:
        raise WrongState("Chưa có báo cáo nào để trình bày.")
    report = _held(meeting, previous)
    if not report.presented_at:
        _refresh(user, report)
    if not _freeze(report):
        raise WrongState("Báo cáo đã được trình bày nên không thay đổi nữa.")
    audit.record(user.id, "carried.present", report, sha256=report.sha256)
    return report


# -- by the clock ----------------------------------------------------------------------------


def due(now: datetime) -> list[int]:
    """List the meetings whose report is to be handed out, brought up to date or frozen now."""
    begun = exists().where(CarriedReport.meeting_id == Meeting.id)
    stale = exists().where(
        CarriedReport.meeting_id == Meeting.id, CarriedReport.presented_at.is_(None),
        or_(CarriedReport.counted_at <= now - REFRESHED, Meeting.starts_at <= now),
    )  # fmt: skip
    soon = and_(Meeting.starts_at <= now + HANDED_OUT, Meeting.starts_at > now - GRACE)
    query = select(Meeting).where(
        Meeting.status.in_((MeetingStatus.SCHEDULED, MeetingStatus.HELD)),
        or_(and_(soon, ~begun), and_(Meeting.starts_at <= now + AHEAD, stale)),
    )
    found = db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id))
    return [each.id for each in found if of_meeting(each) or _expected(each)]


def carry(meeting_id: int, now: datetime) -> bool:
    """Do for one meeting what is due; tell whether anything was done.

    Figures are counted once more when the meeting begins. Where the clock comes too late for that
    they stay as they were last counted, and say so.
    """
    meeting = db.session.get_one(Meeting, meeting_id)
    report = of_meeting(meeting)
    previous = report.previous if report else _expected(meeting)
    if previous is None:
        return False
    report = _held(meeting, previous)
    is_fresh = report.sha256 and report.counted_at > now - REFRESHED
    if report.presented_at or (is_fresh and meeting.starts_at > now):
        return False  # another worker was quicker
    keeper = meeting.secretary or db.session.get_one(User, meeting.created_by_id)
    if meeting.starts_at > now - GRACE:
        _refresh(keeper, report)
    if meeting.starts_at <= now and _freeze(report):
        audit.record(None, "carried.present", report, sha256=report.sha256)
    return True


def _expected(meeting: Meeting) -> Meeting | None:
    """Return the meeting before, where a report on it is expected without anybody's asking.

    A series goes on by itself; a single meeting asks for it in its agenda.
    """
    if meeting.series_id is None and gathering.place_for(meeting) is None:
        return None
    return gathering.previous_of(meeting)


# -- the row and its paper -------------------------------------------------------------------


def _held(meeting: Meeting, previous: Meeting) -> CarriedReport:
    """Return the report of a meeting, begun if it was not, and hold it until the end."""
    row = {
        "meeting_id": meeting.id, "previous_id": previous.id, "content": {}, "sha256": "",
        "counted_at": clock.now(),
    }  # fmt: skip
    insert(CarriedReport, [row])
    query = select(CarriedReport).where(CarriedReport.meeting_id == meeting.id)
    query = query.with_for_update(of=CarriedReport).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def _refresh(user: User, report: CarriedReport) -> None:
    """Count anew; where anything reads differently, write the row and its paper again."""
    now = clock.now()
    content = gathering.count(report.meeting, report.previous, now)
    before = Content.from_json(report.content)
    differs = content.sha256 != report.sha256
    is_moved = content.audience != before.audience
    _write(report, content=content.to_json(), sha256=content.sha256, counted_at=now)
    if differs or is_moved:
        _hand_out(user, report, content, differs=differs, is_moved=is_moved)


def _write(report: CarriedReport, **values: Any) -> bool:
    """Change a report in one UPDATE that also asks that it was not presented; tell if it did."""
    statement = (
        update(CarriedReport)
        .where(CarriedReport.id == report.id, CarriedReport.presented_at.is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    db.session.refresh(report)
    return result.rowcount == 1


def _freeze(report: CarriedReport) -> bool:
    return _write(report, presented_at=clock.now())


def _hand_out(
    user: User, report: CarriedReport, content: Content, *, differs: bool, is_moved: bool
) -> None:
    """Keep the paper among the meeting's materials; one that was taken back stays away.

    Its readers are named one by one: a unit invited later sees nothing of it by itself. Where
    somebody opened it to others the terms stay, unless the units that know its conclusions change.
    """
    meeting, material = report.meeting, report.material
    terms = _terms(content)
    if material is not None and material.removed_at:
        return
    if material is not None and is_moved:
        access.write(material, access.usable(terms, meeting))
    if not differs and material is not None:
        return
    found = _paper(meeting, report.previous, list(content.lines), content.totals, report.counted_at)
    kept = paper.receive(meeting, FILENAME, io.BytesIO(carried_docx(found)))
    if material is not None:
        materials.renew(user, material, kept)
        return
    item = gathering.place_for(meeting)
    if item is not None and item.unit_id not in {None, meeting.unit_id, *content.audience}:
        item = None  # whoever presents a point of the agenda may open its papers
    placed = materials.place(
        user, meeting, kept, title=TITLE, item=item, terms=terms, leading=True
    )  # fmt: skip
    _write(report, material_id=placed.id)


def _terms(content: Content) -> Terms:
    if not content.audience:
        return Terms(Access.CHAIR)
    return Terms(Access.UNITS, frozenset(content.audience))


def _paper(
    meeting: Meeting, previous: Meeting, lines: list[Line], totals: Tally, counted_at: datetime
) -> CarriedPaper:
    agency = issuing.issuer(meeting.unit)
    signer = issuing.signer_on(meeting.unit, agency, clock.local(counted_at).date())
    return CarriedPaper(
        head=Letterhead(agency.parent, agency.name), code=agency.code, locality=agency.locality,
        office=agency.office, post=signer.position, signer=signer.name, previous=previous.title,
        held_on=clock.local(previous.starts_at).date(), meeting=meeting.title,
        counted=clock.local(counted_at).replace(tzinfo=None), totals=totals, lines=lines,
    )  # fmt: skip
