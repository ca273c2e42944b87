"""Verbs of series: begin, change, publish and end them, and open their meetings ahead of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select, update

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.meetings import people
from meetly.meetings import service as meetings
from meetly.meetings.audience import Audience
from meetly.meetings.calendars import events
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.meetings.plan import Change, MeetingPlan
from meetly.meetings.planning import (
    differences,
    invitable,
    plan_of,
    secretaries,
    usable,
    write,
)
from meetly.meetings.series import telling
from meetly.meetings.series.carrying import carry_on, day_of
from meetly.meetings.series.models import HolidayPolicy, Series
from meetly.meetings.series.occurrences import Occurrence, Pattern, pattern_of
from meetly.meetings.series.recurrence import Rule
from meetly.meetings.series.template import Expected, expected, kept, planned

#: Meetings are there so long before they begin, and never fewer than so many.
AHEAD = timedelta(weeks=8)
FEWEST, MOST = 2, 30
#: How far a yearly rhythm is looked ahead for its fewest meetings.
_FURTHEST = timedelta(days=800)
#: The parts in which a meeting may say alone who its guests are.
_GUESTS = {"units", "people", "chair", "secretary", "agenda"}


@dataclass(frozen=True)
class Design:
    """Everything a secretary says of a series."""

    plan: MeetingPlan
    audience: Audience
    rule: Rule
    holidays: HolidayPolicy = HolidayPolicy.SKIP
    reports: tuple[Expected, ...] = ()

    def pattern(self) -> Pattern:
        """Say when it meets; the plan's own day is the first it may."""
        start = clock.local(self.plan.starts_at)
        begins = start.time().replace(second=0, microsecond=0)
        return Pattern(self.rule.checked(), start.date(), begins, self.holidays)


@dataclass(frozen=True)
class ReportDue:
    """What an occurrence expects of some units."""

    title: str
    #: number of the point of the agenda; 0 is the meeting as a whole
    ordinal: int
    unit_ids: tuple[int, ...]
    due_at: datetime


# -- who may see and do what -----------------------------------------------------------------


def get(user: User, series_id: int) -> Series:
    """Return a series to the secretaries and leaders of its unit; NotFound to others."""
    series = db.session.get(Series, series_id)
    if series is None or not accounts.roles_in(user, series.unit_id) & set(meetings.HOSTS):
        raise NotFound()
    return series


def get_to_change(user: User, series_id: int) -> Series:
    """Return a series the person keeps; NotFound or NotAllowed otherwise."""
    series = get(user, series_id)
    _require_keeper(user, series)
    return series


def of_units(user: User) -> list[Series]:
    """List the series of the units the person works for, those at work first."""
    hosted = [unit.id for unit in accounts.units_as(user, *meetings.HOSTS)]
    query = select(Series).where(Series.unit_id.in_(hosted))
    return list(db.session.scalars(query.order_by(Series.ended_at.is_not(None), Series.title)))


def _require_keeper(user: User, series: Series) -> None:
    if Role.SECRETARY not in accounts.roles_in(user, series.unit_id):
        raise NotAllowed()


# -- beginning, changing, publishing, ending -------------------------------------------------


def begin(user: User, host: Unit, design: Design) -> Series:
    """Begin a series with its first meetings as drafts; BadInput names what is wrong."""
    accounts.require(user, host.id, Role.SECRETARY)
    series = Series(
        unit_id=host.id, unit=host, created_by_id=user.id, created_at=clock.now(), version=1
    )
    _write(series, design)
    db.session.add(series)
    db.session.flush()
    audit.record(user.id, "series.begin", series, title=series.title, rule=series.rule)
    _open_lacking(series)
    return series


def change(user: User, series: Series, version: int, design: Design) -> list[Change]:
    """Make a series and its coming meetings what the design says; tell each person once.

    A meeting keeps what was changed on it alone. One that no longer fits the rule is cancelled, or
    deleted where nobody knew of it. Raises Stale when somebody changed the series meanwhile.
    """
    _require_keeper(user, series)
    _take(series, version)
    before = _sample(series)
    met = telling.rhythm(pattern_of(series), series.duration)
    _write(series, design, known=before)
    db.session.flush()
    after = _sample(series)
    same_time = replace(after, starts_at=before.starts_at, ends_at=before.ends_at)
    found = differences(before, same_time)
    meets = telling.rhythm(pattern_of(series), series.duration)
    if meets != met:
        found.insert(0, Change("time", met, meets))
    carried = carry_on(user, series)
    _open_lacking(series)
    details = {change.part: [change.before, change.after] for change in found}
    audit.record(user.id, "series.change", series, **details)
    if series.published_at:
        if found or carried.cancelled:
            events.count_series_change(series, coming(series), carried.moved)
        # Without a meeting to come, who was invited to the whole is known by the series alone.
        carried.before = carried.before or [before]
        carried.after.append(after)
    was, now = _concerned(carried.before), _concerned(carried.after)
    telling.changed(user, series, _next(series), found, carried.cancelled, was, now)
    return found


def _concerned(plans: Iterable[MeetingPlan]) -> dict[int, User]:
    """Return the people these plans invite or name, each once, by number."""
    listed = list(plans)
    if not listed:
        return {}
    people = {
        number: None
        for plan in listed
        for number in (*plan.people_ids, plan.chair_id, plan.secretary_id)
        if number is not None
    }
    units = {unit_id: None for plan in listed for unit_id in plan.unit_ids}
    return meetings.concerned(replace(listed[0], unit_ids=tuple(units), people_ids=tuple(people)))


def publish(user: User, series: Series, version: int | None = None) -> int:
    """Invite everybody to the whole series; return how many people were told, each once."""
    _require_keeper(user, series)
    if series.published_at:
        raise WrongState()
    sample = _sample(series)
    if not (sample.unit_ids or sample.people_ids):
        raise BadInput("Cuộc họp chưa mời đơn vị nào. Hãy chọn thành phần rồi gửi lại.")
    _take(series, version)
    series.published_at = clock.now()
    for meeting in coming(series):
        if meeting.status == MeetingStatus.DRAFT:
            _announce(meeting)
    audit.record(user.id, "series.publish", series)
    guests = _concerned([sample, *(plan_of(meeting) for meeting in coming(series))])
    return telling.invited(user, series, _next(series), guests.values())


def end(user: User, series: Series, version: int | None = None) -> None:
    """Open no further meeting; those that were opened stay until somebody cancels them."""
    _require_keeper(user, series)
    _take(series, version)
    series.ended_at = clock.now()
    events.count_series_change(series, coming(series))
    db.session.flush()
    audit.record(user.id, "series.end", series)
    if series.published_at:
        telling.ended(user, series, meetings.concerned(_sample(series)).values())


def _take(series: Series, version: int | None) -> None:
    # One UPDATE compares and moves on, so that of two people only one goes first.
    query = update(Series).where(Series.id == series.id, Series.ended_at.is_(None))
    if version is not None:
        query = query.where(Series.version == version)
    query = query.values(version=Series.version + 1).returning(Series.id)
    taken = db.session.execute(query, execution_options={"synchronize_session": False}).scalar()
    db.session.refresh(series)
    if taken is None:
        raise WrongState("Loạt họp này đã dừng.") if series.ended_at else Stale()


def _write(series: Series, design: Design, known: MeetingPlan | None = None) -> None:
    pattern = design.pattern()
    first = pattern.first_day()
    if first is None:
        raise BadInput("Quy tắc này không có buổi họp nào. Hãy xem lại ngày kết thúc.")
    plan = usable(design.plan, series.unit, known=known)
    series.title, series.rule = plan.title, pattern.rule.text()
    series.starts_on, series.begins, series.holidays = first, pattern.begins, pattern.holidays
    series.duration = int((plan.ends_at - plan.starts_at).total_seconds() // 60)
    audience = replace(design.audience, people_ids=plan.people_ids)
    # Who presents a point is invited with it; a group may hold that unit already.
    extra = set(plan.unit_ids) - set(audience.resolve(invitable(series.unit)))
    audience = replace(audience, unit_ids=(*audience.unit_ids, *sorted(extra)))
    series.template = kept(plan, audience, design.reports)


# -- the meetings of a series ----------------------------------------------------------------


def coming(series: Series) -> list[Meeting]:
    """List the meetings of a series that are still to begin, cancelled ones included."""
    query = select(Meeting).where(Meeting.series_id == series.id)
    query = query.where(Meeting.starts_at > clock.now())
    return list(db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id)))


def due_ahead(series: Series) -> list[Occurrence]:
    """List the occurrences that should be open by now, those a holiday takes away included."""
    moment = clock.now()
    found: list[Occurrence] = []
    held = 0
    for occurrence in pattern_of(series).occurrences(moment, moment + _FURTHEST):
        near = occurrence.moment <= moment + AHEAD and held < MOST
        if not near and held >= FEWEST:
            break
        found.append(occurrence)
        held += occurrence.starts_at is not None
    return found


def open_ahead(series: Series) -> list[Meeting]:
    """Open the meetings that should be there by now; opening twice, or twice at once, is once.

    The guests of a published series were invited to all of it; only who has joined is told.
    """
    standing = _standing_guests(series) if series.published_at else None
    opened = _open_lacking(series)
    if opened and standing is not None:
        new = {key: person for key, person in _concerned([_sample(series)]).items()
               if key not in standing}  # fmt: skip
        telling.invited(None, series, _next(series), new.values())
    return opened


def _standing_guests(series: Series) -> dict[int, User] | None:
    """Return whom the last meeting invites that nobody gave guests of its own."""
    query = select(Meeting).where(
        Meeting.series_id == series.id, Meeting.occurrence.is_not(None),
        Meeting.published_at.is_not(None),
    )  # fmt: skip
    query = query.order_by(Meeting.occurrence.desc()).limit(MOST)
    usual = (m for m in db.session.scalars(query) if not _GUESTS & set(m.own_parts))
    last = next(usual, None)
    return _concerned([plan_of(last)]) if last else None


def _open_lacking(series: Series) -> list[Meeting]:
    # Two openers queue here: on SQLite by the write lock they hold already, else by this row.
    db.session.flush()
    db.session.refresh(series, with_for_update={"of": Series})
    lacking = _lacking(series, _days_there(Meeting.series_id == series.id)[series.id])
    units = invitable(series.unit) if lacking else []
    return [_open(series, occurrence, units) for occurrence in lacking]


def _lacking(series: Series, there: Collection[date]) -> list[Occurrence]:
    """List the occurrences that should be open by now and whose days have no meeting."""
    if series.ended_at:
        return []
    return [o for o in due_ahead(series) if o.starts_at and day_of(o.moment) not in there]


def _days_there(which: ColumnElement[bool]) -> dict[int, set[date]]:
    """Return, by series, the days of its rule that have a meeting, called off or not."""
    query = select(Meeting.series_id, Meeting.occurrence)
    query = query.where(which, Meeting.occurrence > clock.now() - timedelta(days=1))
    found: dict[int, set[date]] = defaultdict(set)
    for series_id, moment in db.session.execute(query):
        if series_id is not None and moment is not None:
            found[series_id].add(day_of(moment))
    return found


def behind() -> list[int]:
    """List the numbers of the series that lack a meeting which should be there by now."""
    living = select(Series).where(Series.ended_at.is_(None)).order_by(Series.id)
    there = _days_there(Meeting.series_id.in_(select(Series.id).where(Series.ended_at.is_(None))))
    return [one.id for one in db.session.scalars(living) if _lacking(one, there[one.id])]


def reports_due(meeting: Meeting) -> list[ReportDue]:
    """Return what a meeting of a series expects of its units before it begins."""
    if meeting.series is None:
        return []
    invited = meetings.invited_unit_ids(meeting)
    units = [unit for unit in invitable(meeting.unit) if unit.id in invited]
    day = clock.local(meeting.starts_at).date()
    return [
        ReportDue(paper.title, paper.point, paper.audience.resolve(units), paper.due(day))
        for paper in expected(meeting.series.template)
    ]


def _open(series: Series, occurrence: Occurrence, units: Sequence[Unit]) -> Meeting:
    assert occurrence.starts_at is not None
    meeting = Meeting(
        unit_id=series.unit_id, unit=series.unit, created_by_id=series.created_by_id,
        created_at=clock.now(), status=MeetingStatus.DRAFT, version=1, series_id=series.id,
        occurrence=occurrence.moment, uid=series.uid, sequence=series.sequence,
    )  # fmt: skip
    write(meeting, _fitting(planned(series.template, occurrence.starts_at, series.duration, units),
                            series.unit))  # fmt: skip
    db.session.add(meeting)
    db.session.flush()
    if series.published_at:
        _announce(meeting)
    meetings.enter(meeting)
    audit.record(None, "series.open", meeting, series=series.id)
    return meeting


def _announce(meeting: Meeting) -> None:
    meeting.status, meeting.published_at = MeetingStatus.SCHEDULED, clock.now()
    meeting.version += 1
    db.session.flush()
    meetings.enter(meeting)


def _fitting(plan: MeetingPlan, host: Unit) -> MeetingPlan:
    """Return the plan without who has left meanwhile: a meeting opens by itself all the same."""
    living = {host.id, *(unit.id for unit in invitable(host))}
    chairing = {person.id for person in accounts.people_of(living, Role.LEADER)}
    keeping = {person.id for person in secretaries(host)}
    agenda = tuple(
        item if item.unit_id in living else replace(item, unit_id=None) for item in plan.agenda
    )
    plan = replace(
        plan, agenda=agenda, unit_ids=tuple(i for i in plan.unit_ids if i in living),
        people_ids=tuple(person.id for person in people.named(host, plan.people_ids)),
        chair_id=plan.chair_id if plan.chair_id in chairing else None,
        secretary_id=plan.secretary_id if plan.secretary_id in keeping else None,
    )  # fmt: skip
    try:
        return usable(plan, host)
    except BadInput:  # the conference is held another way now
        return usable(replace(plan, link="", engine=MeetingPlan.engine), host)


def _next(series: Series) -> Meeting | None:
    return next((m for m in coming(series) if m.status == MeetingStatus.SCHEDULED), None)


def _sample(series: Series) -> MeetingPlan:
    """Return the plan of the first coming occurrence, as an example of all."""
    moment = clock.now()
    pattern = pattern_of(series)
    found = pattern.occurrences(moment, moment + _FURTHEST)
    first = next((o.starts_at for o in found if o.starts_at), None)
    start = first or clock.from_local(datetime.combine(series.starts_on, series.begins))
    return planned(series.template, start, series.duration, invitable(series.unit))
