"""Between a plan and its meeting: what may be planned, how it is written down, how it reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy import select

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import BadInput
from meetly.extensions import db
from meetly.meetings import announcement, people
from meetly.meetings.agenda_changes import Point, compare
from meetly.meetings.conference.engines import PLAIN
from meetly.meetings.conference.link import web_address
from meetly.meetings.conference.registry import choices
from meetly.meetings.models import AgendaItem, Invitation, Meeting, PersonalInvitation
from meetly.meetings.plan import PARTS, USUAL, AgendaPlan, Change, MeetingPlan, changes

#: When briefings usually begin.
MORNING = time(8, 0)


def invitable(host: Unit) -> list[Unit]:
    """List the living units of the same province, which a unit may invite."""
    root = host.path.split("/")[1]
    found = [u for u in accounts.units() if u.path.split("/")[1] == root and u.id != host.id]
    return sorted(found, key=tree_place)


def tree_place(unit: Unit) -> tuple[int, ...]:
    """Tell where a unit stands in the tree, so that sisters keep the order they were added in."""
    return tuple(int(part) for part in unit.path.split("/") if part)


def chairs(host: Unit) -> list[User]:
    """List who may chair: the leaders of the unit and of the units above it."""
    return accounts.people_of([int(part) for part in host.path.split("/") if part], Role.LEADER)


def secretaries(host: Unit) -> list[User]:
    """List who may keep the record: the unit's secretaries."""
    return accounts.people_of([host.id], Role.SECRETARY)


def plan_of(meeting: Meeting) -> MeetingPlan:
    """Return the plan a meeting stands for now."""
    return MeetingPlan(
        title=meeting.title, starts_at=meeting.starts_at, ends_at=meeting.ends_at,
        place=meeting.place, link=meeting.link, chair_id=meeting.chair_id,
        secretary_id=meeting.secretary_id, note=meeting.note,
        agenda=tuple(
            AgendaPlan(title=item.title, unit_id=item.unit_id, duration=item.duration, id=item.id)
            for item in meeting.agenda
        ),
        unit_ids=tuple(invitation.unit_id for invitation in meeting.invitations),
        people_ids=tuple(invitation.user_id for invitation in meeting.personal_invitations),
        letter_number=meeting.letter_number, engine=meeting.engine,
    )  # fmt: skip


def differences(
    before: MeetingPlan, after: MeetingPlan, parts: Iterable[str] = PARTS
) -> list[Change]:
    """Compare two plans as people read them; the agenda also point by point."""
    found = changes(_wording(before), _wording(after), parts)
    return [
        replace(change, details=_agenda_details(before, after))
        if change.part == "agenda" and before.agenda and after.agenda
        else change
        for change in found
    ]


def _agenda_details(before: MeetingPlan, after: MeetingPlan) -> tuple[str, ...]:
    was, now = _points(before, _units_of(before)), _points(after, _units_of(after))
    return tuple(announcement.point_change(change) for change in compare(was, now))


def _points(plan: MeetingPlan, names: Mapping[int, str]) -> list[Point]:
    return [
        Point(
            number, announcement.point(item.title, names.get(item.unit_id or 0, ""), item.duration),
            item.id,
        )
        for number, item in enumerate(plan.agenda, start=1)
    ]  # fmt: skip


def _units_of(plan: MeetingPlan) -> dict[int, str]:
    units = [*plan.unit_ids, *(item.unit_id for item in plan.agenda)]
    query = select(Unit.id, Unit.name).where(Unit.id.in_(units)).order_by(Unit.path)
    return {unit_id: name for unit_id, name in db.session.execute(query)}  # noqa: C416 - typed


def _wording(plan: MeetingPlan) -> dict[str, str]:
    names = _units_of(plan)
    wanted = [plan.chair_id, plan.secretary_id, *plan.people_ids]
    query = select(User.id, User.name).where(User.id.in_(wanted)).order_by(User.name, User.id)
    names_of = {user_id: name for user_id, name in db.session.execute(query)}  # noqa: C416 - typed
    return {
        "title": plan.title,
        "time": announcement.between(plan.starts_at, plan.ends_at),
        "place": plan.place,
        "link": plan.link,
        "chair": names_of.get(plan.chair_id or 0, ""),
        "secretary": names_of.get(plan.secretary_id or 0, ""),
        "agenda": "\n".join(point.numbered for point in _points(plan, names)),
        "units": "\n".join(name for unit_id, name in names.items() if unit_id in plan.unit_ids),
        "people": "\n".join(
            name for user_id, name in names_of.items() if user_id in plan.people_ids
        ),
        "letter_number": plan.letter_number,
        "engine": str(choices().get(plan.engine, plan.engine)),
        "note": plan.note,
    }


def usable(plan: MeetingPlan, host: Unit, known: MeetingPlan | None = None) -> MeetingPlan:
    """Return the plan as it can be kept; BadInput names what is wrong.

    Who stands in the `known` plan already may stay, even if they could not be named anew.
    """
    plan = plan.checked()
    if plan.link:
        plan = replace(plan, link=web_address(plan.link))
    tree = [*invitable(host), host]
    chairing = {user.id for user in accounts.people_of([u.id for u in tree], Role.LEADER)}
    keeping = {user.id for user in secretaries(host)}
    if plan.chair_id not in chairing | {None, known and known.chair_id}:
        raise BadInput("Người chủ trì phải là lãnh đạo của một đơn vị trong tỉnh.")
    if plan.secretary_id not in keeping | {None, known and known.secretary_id}:
        raise BadInput("Thư ký cuộc họp phải là thư ký của đơn vị tổ chức.")
    presenting = [item.unit_id for item in plan.agenda if item.unit_id is not None]
    # Who presents a point is invited with it, so that nobody prepares for a closed door.
    invited = tuple(i for i in dict.fromkeys([*plan.unit_ids, *presenting]) if i != host.id)
    before = set(known.unit_ids) if known else set()
    if not set(invited) <= {unit.id for unit in tree} | before:
        raise BadInput("Có đơn vị không còn hoạt động hoặc không thuộc tỉnh này.")
    if plan.engine not in {*choices(), known and known.engine}:
        raise BadInput("Không có hình thức họp trực tuyến này.")
    _check_people(plan, host, known)
    return replace(plan, unit_ids=invited)


def _check_people(plan: MeetingPlan, host: Unit, known: MeetingPlan | None) -> None:
    most = people.MOST_PEOPLE
    if len(plan.people_ids) > most:
        raise BadInput("Chỉ mời đích danh được nhiều nhất %(most)s người.", most=most)
    new = set(plan.people_ids) - set(known.people_ids if known else ())
    if new - {person.id for person in people.named(host, new)}:
        raise BadInput("Có người không còn làm việc hoặc không thuộc tỉnh này.")


def write(meeting: Meeting, plan: MeetingPlan) -> None:
    """Make the rows of a meeting what a usable plan says; points and invitations keep theirs."""
    for name in ("title", "starts_at", "ends_at", "place", "link", "chair_id", "secretary_id",
                 "note", "letter_number", "engine"):  # fmt: skip
        setattr(meeting, name, getattr(plan, name))
    kept = {item.id: item for item in meeting.agenda}
    agenda = []
    for ordinal, planned in enumerate(plan.agenda, start=1):
        item = kept.pop(planned.id, None) if planned.id else None
        item = item or AgendaItem()
        item.ordinal, item.title = ordinal, planned.title
        item.unit_id, item.duration = planned.unit_id, planned.duration
        agenda.append(item)
    meeting.agenda = agenda
    standing = {invitation.unit_id: invitation for invitation in meeting.invitations}
    meeting.invitations = [standing.get(i) or Invitation(unit_id=i) for i in plan.unit_ids]
    by_name = {invitation.user_id: invitation for invitation in meeting.personal_invitations}
    meeting.personal_invitations = [
        by_name.get(i) or PersonalInvitation(user_id=i) for i in plan.people_ids
    ]


def suggestion(user: User, host: Unit, like: Meeting | None = None) -> MeetingPlan:
    """Propose the next meeting of a unit: another like the one given, or an empty one.

    An empty one is set for the next working morning, where the unit met last.
    """
    if like is not None:
        return plan_of(like).again(clock.now())
    query = select(Meeting).where(Meeting.unit_id == host.id).order_by(Meeting.id.desc())
    last = db.session.scalar(query.limit(1))
    day = clock.today() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    start = clock.from_local(datetime.combine(day, MORNING))
    leaders = [user.id for user in chairs(host)]
    only = leaders[0] if len(leaders) == 1 else None
    return MeetingPlan(
        title="", starts_at=start, ends_at=start + USUAL,
        place=last.place if last else "", link=last.link if last else "",
        engine=last.engine if last and last.engine in choices() else PLAIN,
        chair_id=last.chair_id if last and last.chair_id in leaders else only,
        secretary_id=user.id if user.id in {s.id for s in secretaries(host)} else None,
    )  # fmt: skip
