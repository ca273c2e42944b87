"""Verbs of meetings: schedule, publish, change, cancel and hold them, and call the roll."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, tuple_, update

from meetly import audit, clock, search
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.meetings import announcement
from meetly.meetings.calendars import events
from meetly.meetings.calendars.ics import Method
from meetly.meetings.conference.keeping import insert
from meetly.meetings.models import (
    TRANSITIONS,
    Attendance,
    AttendanceSource,
    AttendanceStatus,
    Consent,
    Invitation,
    Meeting,
    MeetingStatus,
    PersonalInvitation,
)
from meetly.meetings.plan import LONGEST, TOLD, AgendaPlan, Change, MeetingPlan
from meetly.meetings.planning import (
    chairs,
    differences,
    invitable,
    plan_of,
    secretaries,
    suggestion,
    tree_place,
    usable,
    write,
)
from meetly.notices import service as notices

#: The words other rooms speak with this one, and those of its own pages that live beside it.
__all__ = [
    "AgendaPlan", "MeetingPlan", "chairs", "differences", "invitable", "plan_of", "secretaries",
    "suggestion", "tree_place",
]  # fmt: skip

#: Who keeps a meeting and who answers for it, in the unit that holds it.
HOSTS = (Role.SECRETARY, Role.LEADER)
#: Whose membership lets them see what their unit is invited to; administrators see no content.
GUESTS = (Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)
CHANGEABLE = (MeetingStatus.DRAFT, MeetingStatus.SCHEDULED, MeetingStatus.HELD)
#: What a calendar shall do when its person is told of an event (RFC 5546).
METHODS = {
    "invited": Method.REQUEST, "changed": Method.REQUEST,
    "withdrawn": Method.CANCEL, "cancelled": Method.CANCEL,
}  # fmt: skip
PAGE = 20


# -- who may see and do what -----------------------------------------------------------------


def visible_to(user: User) -> ColumnElement[bool]:
    """Return the condition under which a person may see a Meeting."""
    hosted = [unit.id for unit in accounts.units_as(user, *HOSTS)]
    guest = [unit.id for unit in accounts.units_as(user, *GUESTS)]
    announced = or_(
        Meeting.status.in_((MeetingStatus.SCHEDULED, MeetingStatus.HELD)),
        Meeting.published_at.is_not(None),
    )
    invited = exists().where(Invitation.meeting_id == Meeting.id, Invitation.unit_id.in_(guest))
    named = or_(
        Meeting.chair_id == user.id,
        Meeting.secretary_id == user.id,
        exists().where(
            PersonalInvitation.meeting_id == Meeting.id,
            or_(
                PersonalInvitation.user_id == user.id,
                and_(
                    PersonalInvitation.attendee_id == user.id,
                    PersonalInvitation.consent == Consent.GRANTED,
                ),
            ),
        ),
    )
    return or_(Meeting.unit_id.in_(hosted), and_(announced, or_(invited, named)))


def get(user: User, meeting_id: int) -> Meeting:
    """Return a meeting the person may see; NotFound otherwise."""
    meeting = db.session.scalar(select(Meeting).where(Meeting.id == meeting_id, visible_to(user)))
    if meeting is None:
        raise NotFound()
    return meeting


def get_to_change(user: User, meeting_id: int) -> Meeting:
    """Return a meeting the person keeps; NotFound or NotAllowed otherwise."""
    meeting = get(user, meeting_id)
    _require_keeper(user, meeting)
    return meeting


def is_host(user: User, meeting: Meeting, *roles: Role) -> bool:
    """Tell whether the person holds one of these roles (any host's) in the unit that holds it."""
    return bool(accounts.roles_in(user, meeting.unit_id) & set(roles or HOSTS))


def _require_keeper(user: User, meeting: Meeting) -> None:
    if not is_host(user, meeting, Role.SECRETARY):
        raise NotAllowed()


# -- scheduling ------------------------------------------------------------------------------


def schedule(user: User, plan: MeetingPlan, *, unit: Unit | None = None) -> Meeting:
    """Write a new meeting down as a draft that only its unit sees.

    `unit` may be left out by who is secretary of one unit only. BadInput names what is wrong.
    """
    host = unit or _only_unit(user)
    accounts.require(user, host.id, Role.SECRETARY)
    plan = usable(plan, host)
    meeting = Meeting(
        unit_id=host.id, unit=host, created_by_id=user.id, created_at=clock.now(),
        status=MeetingStatus.DRAFT, version=1,
    )  # fmt: skip
    write(meeting, plan)
    db.session.add(meeting)
    db.session.flush()
    db.session.refresh(meeting)
    enter(meeting)
    audit.record(user.id, "meetings.schedule", meeting, title=meeting.title)
    return meeting


def change(user: User, meeting: Meeting, version: int, plan: MeetingPlan) -> list[Change]:
    """Make the meeting what the plan says; tell those invited what reads differently.

    Raises Stale when somebody changed it since `version`; nothing is overwritten.
    """
    _require_keeper(user, meeting)
    plan = usable(plan, meeting.unit, known=plan_of(meeting))
    _take(meeting, CHANGEABLE, version)
    before = plan_of(meeting)
    write(meeting, plan)
    db.session.flush()
    db.session.refresh(meeting)
    after = plan_of(meeting)
    found = differences(before, after)
    if meeting.series_id:  # what was said here alone outlives what the series says later
        meeting.own_parts = sorted({*meeting.own_parts, *(change.part for change in found)})
    enter(meeting)
    details = {change.part: [change.before, change.after] for change in found}
    audit.record(user.id, "meetings.change", meeting, **details)
    if meeting.status == MeetingStatus.SCHEDULED:
        _tell_changes(user, meeting, before, after)
    return found


def publish(user: User, meeting: Meeting, version: int | None = None) -> int:
    """Invite every unit and person of the meeting; return how many people were told."""
    _require_keeper(user, meeting)
    if not (meeting.invitations or meeting.personal_invitations):
        raise BadInput("Cuộc họp chưa mời đơn vị nào. Hãy chọn thành phần rồi gửi lại.")
    _step(meeting, MeetingStatus.SCHEDULED, version)
    meeting.published_at = clock.now()
    enter(meeting)
    audit.record(user.id, "meetings.publish", meeting)
    return _tell(
        user, meeting, "invited", _everyone(meeting), lambda: announcement.invited(meeting)
    )


def cancel(user: User, meeting: Meeting, reason: str, version: int | None = None) -> None:
    """Call the meeting off and tell those who were invited why."""
    _require_keeper(user, meeting)
    if not reason.strip():
        raise BadInput("Hãy ghi lý do hủy để các đơn vị được biết.")
    _step(meeting, MeetingStatus.CANCELLED, version)
    meeting.cancel_reason = reason.strip()
    events.count_change(meeting)
    audit.record(user.id, "meetings.cancel", meeting, reason=meeting.cancel_reason)
    if meeting.published_at:
        _tell(
            user, meeting, "cancelled", _everyone(meeting), lambda: announcement.cancelled(meeting)
        )


def hold(user: User, meeting: Meeting, version: int | None = None) -> None:
    """Note that the meeting has taken place."""
    _require_keeper(user, meeting)
    _step(meeting, MeetingStatus.HELD, version)
    audit.record(user.id, "meetings.hold", meeting)


def _step(meeting: Meeting, to: MeetingStatus, version: int | None) -> None:
    allowed = [status for status, following in TRANSITIONS.items() if to in following]
    _take(meeting, allowed, version, status=to)


def _take(
    meeting: Meeting, allowed: Iterable[MeetingStatus], version: int | None, **values: object
) -> None:
    # One UPDATE compares and moves on, so that of two people only one goes first.
    query = update(Meeting).where(Meeting.id == meeting.id, Meeting.status.in_(list(allowed)))
    if version is not None:
        query = query.where(Meeting.version == version)
    query = query.values(version=Meeting.version + 1, **values).returning(Meeting.id)
    taken = db.session.execute(query, execution_options={"synchronize_session": False}).scalar()
    db.session.refresh(meeting)
    if taken is None:
        raise WrongState() if meeting.status not in allowed else Stale()


def hosted_by(user: User) -> list[Unit]:
    """List the units in whose name the person may hold meetings."""
    return accounts.units_as(user, Role.SECRETARY)


def _only_unit(user: User) -> Unit:
    hosts = hosted_by(user)
    if len(hosts) != 1:
        raise NotAllowed() if not hosts else BadInput("Hãy chọn đơn vị tổ chức cuộc họp.")
    return hosts[0]


def enter(meeting: Meeting) -> None:
    """Enter a meeting into the search index as it reads now."""
    search.index(
        "meeting", meeting.id, meeting_id=meeting.id, title=meeting.title, link=_link(meeting),
        audience="invited" if meeting.published_at else "host",
        text="\n".join([*(item.title for item in meeting.agenda), meeting.place, meeting.note]),
    )  # fmt: skip


# -- telling ---------------------------------------------------------------------------------


def _link(meeting: Meeting) -> str:
    return f"/meetings/{meeting.id}"


def _guests(unit_ids: Iterable[int]) -> list[User]:
    return accounts.people_of(unit_ids, *GUESTS)


def invited_people(meeting: Meeting) -> list[User]:
    """List the people invited by name, whatever their unit."""
    query = select(User).join(PersonalInvitation, PersonalInvitation.user_id == User.id)
    query = query.where(PersonalInvitation.meeting_id == meeting.id, User.active)
    return list(db.session.scalars(query.order_by(User.id)))


def _everyone(meeting: Meeting) -> list[User]:
    return list(concerned(plan_of(meeting)).values())


def concerned(plan: MeetingPlan) -> dict[int, User]:
    """Return the people a plan invites or names, by number."""
    named = {plan.chair_id, plan.secretary_id, *plan.people_ids}
    query = select(User).where(User.id.in_(named), User.active).order_by(User.id)
    return {u.id: u for u in [*_guests(plan.unit_ids), *db.session.scalars(query)]}


def _tell_changes(user: User, meeting: Meeting, before: MeetingPlan, after: MeetingPlan) -> None:
    # Who joins or leaves is told that alone; everybody else what reads differently. The host's
    # own keepers never leave: they still see the meeting whoever chairs it.
    was, now = concerned(before), concerned(after)
    keepers = {person.id for person in accounts.people_of([meeting.unit_id], *HOSTS)}
    new = [person for person in now.values() if person.id not in was]
    gone = [person for person in was.values() if person.id not in {*now, *keepers}]
    told = {person.id for person in [*new, *gone]}
    found = differences(before, after, TOLD)
    if found or gone:
        events.count_change(meeting, moved=any(change.part == "time" for change in found))
    _tell(user, meeting, "invited", new, lambda: announcement.invited(meeting))
    of_units = {person.id for person in _guests(set(before.unit_ids) - set(after.unit_ids))}
    by_unit = [person for person in gone if person.id in of_units]
    by_name = [person for person in gone if person.id not in of_units]
    _tell(user, meeting, "withdrawn", by_unit, lambda: announcement.withdrawn(meeting))
    _tell(
        user, meeting, "withdrawn", by_name, lambda: announcement.withdrawn(meeting, by_name=True)
    )
    if found:
        _tell(
            user, meeting, "changed", [p for p in (was | now).values() if p.id not in told],
            lambda: announcement.changed(meeting, differences(before, after, TOLD)),
        )  # fmt: skip


def _tell(
    user: User,
    meeting: Meeting,
    event: str,
    people: Iterable[User],
    speak: Callable[[], tuple[str, str]],
) -> int:
    return notices.tell(
        [person for person in people if person.id != user.id],
        key=f"meetings.{event}:{meeting.id}:{meeting.version}",
        subject=lambda: speak()[0],
        body=lambda: speak()[1],
        link="" if event == "withdrawn" else _link(meeting),
        calendar=lambda person: events.enclosure(meeting, person, METHODS[event]),
    )


# -- lists -----------------------------------------------------------------------------------


def upcoming(user: User, limit: int = PAGE, after: Meeting | None = None) -> list[Meeting]:
    """List the meetings that have not ended, the next first; `after` goes on from the last seen."""
    moment = clock.now()
    # What has not ended began at most so long ago: the years before are not walked through.
    query = select(Meeting).where(
        visible_to(user), Meeting.ends_at >= moment, Meeting.starts_at >= moment - LONGEST
    )
    if after is not None:
        query = query.where(_place > tuple_(after.starts_at, after.id))
    return list(db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(limit)))


def past(user: User, limit: int = PAGE, before: Meeting | None = None) -> list[Meeting]:
    """List the meetings that have ended, the last first; `before` goes on from the last seen."""
    query = select(Meeting).where(visible_to(user), Meeting.ends_at < clock.now())
    if before is not None:
        query = query.where(_place < tuple_(before.starts_at, before.id))
    query = query.order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    return list(db.session.scalars(query.limit(limit)))


def in_month(user: User, year: int, month: int) -> list[Meeting]:
    """List the meetings that begin in a month of the Vietnamese calendar."""
    first = clock.from_local(datetime(year, month, 1))
    last = clock.from_local(datetime(year + month // 12, month % 12 + 1, 1))
    query = select(Meeting).where(
        visible_to(user), Meeting.starts_at >= first, Meeting.starts_at < last
    )
    return list(db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id)))


def invited_unit_ids(meeting: Meeting) -> set[int]:
    """Tell which units are invited."""
    query = select(Invitation.unit_id).where(Invitation.meeting_id == meeting.id)
    return set(db.session.scalars(query))


_place = tuple_(Meeting.starts_at, Meeting.id)


# -- the roll --------------------------------------------------------------------------------


def roll(meeting: Meeting) -> list[tuple[Unit, Attendance | None]]:
    """List the unit that holds the meeting and those invited, each with how it took part."""
    marked = {row.unit_id: row for row in attendance(meeting)}
    query = select(Unit).where(Unit.id.in_(invited_unit_ids(meeting) | {meeting.unit_id}))
    units = sorted(db.session.scalars(query), key=tree_place)
    return [(unit, marked.get(unit.id)) for unit in units]


def attendance(meeting: Meeting) -> list[Attendance]:
    """List how the units took part, in tree order, as far as the roll was called."""
    query = select(Attendance).where(Attendance.meeting_id == meeting.id)
    return sorted(db.session.scalars(query), key=lambda row: tree_place(row.unit))


def record_attendance(
    user: User,
    meeting: Meeting,
    unit: Unit,
    status: AttendanceStatus | None,
    *,
    person: str = "",
    note: str | None = None,
) -> Attendance | None:
    """Note how a unit took part, or with no status that it is not known; the last word counts.

    A note given earlier stays unless a new one is given. What an engine noted becomes a person's.
    """
    _require_keeper(user, meeting)
    if meeting.status not in (MeetingStatus.SCHEDULED, MeetingStatus.HELD):
        raise WrongState("Chỉ điểm danh được cuộc họp đã lên lịch hoặc đã diễn ra.")
    if unit.id not in invited_unit_ids(meeting) | {meeting.unit_id}:
        raise BadInput("%(name)s không có trong thành phần cuộc họp.", name=unit.name)
    query = select(Attendance).filter_by(meeting_id=meeting.id, unit_id=unit.id)
    row = db.session.scalar(query)
    kept = row.note if row else ""
    said = (status, person.strip()[:200], kept if note is None else note.strip()[:300])
    if row is None and status is None:
        return None
    if row and row.source == AttendanceSource.ROLL and said == (row.status, row.person, row.note):
        return row
    if status is None:
        db.session.delete(row)
    else:
        # Of two who call the same unit at once the last word counts; neither fails.
        insert(Attendance, [{"meeting_id": meeting.id, "unit_id": unit.id, "status": status}])
        row = db.session.scalars(query).one()
        row.status, row.person, row.note = status, said[1], said[2]
        row.source = AttendanceSource.ROLL
    db.session.flush()
    audit.record(user.id, "meetings.attendance", meeting, unit=unit.code, status=status)
    return row if status else None
