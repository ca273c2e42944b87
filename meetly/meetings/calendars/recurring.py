"""A whole series as one event with a rule, and beside it the occurrences that differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _

from meetly import clock
from meetly.accounts.models import User
from meetly.meetings.calendars import events, ics
from meetly.meetings.calendars.ics import Attendee, Event, Method
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.meetings.series.models import Series
from meetly.meetings.series.occurrences import Occurrence, pattern_of
from meetly.notices.service import NOTHING, Enclosure

#: how far back and ahead a calendar is told which moments of the rule do not hold
WINDOW = timedelta(days=400)
#: parts of a plan by which a meeting has guests of its own
_GUESTS = {"units", "people", "chair", "secretary", "agenda"}
#: what an occurrence may differ in from the rest
_FACTS = ("title", "place", "link", "text", "status")


def for_series(
    series: Series,
    occurrences: Sequence[Meeting],
    method: Method,
    person: User,
    places: Sequence[Occurrence] | None = None,
) -> Enclosure:
    """Return what goes with a mail to one person about a series: all of it as one object.

    `occurrences` are the meetings opened so far, the cancelled ones too; `places` saves reckoning
    them again for each person.
    """
    at = clock.now()
    places = places_of(series, occurrences, at) if places is None else places
    found = of_series(series, occurrences, method, person, at, places)
    if not found:
        return NOTHING
    asked = method == Method.REQUEST
    return Enclosure(
        calendar=ics.calendar(found, method).decode(),
        method=method.value,
        reply_to=events.reply_address(series, person) if asked else "",
    )


def places_of(series: Series, occurrences: Sequence[Meeting], at: datetime) -> list[Occurrence]:
    """Return what the rule and the holidays give for the time that a calendar is told of."""
    known = [meeting.occurrence for meeting in occurrences if meeting.occurrence]
    first = max(_first(series), at - WINDOW)
    return list(pattern_of(series).occurrences(min([first, *known]), max([at + WINDOW, *known])))


def of_series(
    series: Series,
    occurrences: Sequence[Meeting],
    method: Method,
    person: User,
    at: datetime,
    places: Sequence[Occurrence],
) -> list[Event]:
    """Return the event of a series as one person has it, and the occurrences that differ."""
    known = {m.occurrence: m for m in occurrences if m.occurrence}
    theirs = {moment: m for moment, m in known.items() if _takes_place(m, person)}
    master = _master(series, known, theirs.values(), method, person, at)
    if method == Method.CANCEL:
        return [replace(master, rule="")]
    if not _is_for_all(known.values(), person):
        return [
            events.personal(meeting, person, method, at)
            for _moment, meeting in sorted(theirs.items())
            if meeting.status != MeetingStatus.DRAFT
        ]
    left_out = {moment for moment in known if moment not in theirs}
    differing = [
        event
        for _moment, meeting in sorted(theirs.items())
        if meeting.status != MeetingStatus.DRAFT  # what is still a draft is told to nobody
        and (
            _differs(event := events.personal(meeting, person, method, at), master)
            or meeting.own_parts  # its calendar entry was told changes of its own
        )
    ]
    for place in places:
        if place.moment in known:
            continue
        if place.starts_at is None or (known and place.moment < max(known)):
            left_out.add(place.moment)  # a holiday, or one that was never opened
        elif place.starts_at != place.moment and not series.ended_at:
            differing.append(_shifted(master, place))
    return [replace(master, exceptions=tuple(sorted(left_out))), *differing]


def _is_for_all(occurrences: Iterable[Meeting], person: User) -> bool:
    # Some are guests of single meetings only: the rule would put them into all that follow.
    usual = [
        m for m in occurrences
        if m.status in (MeetingStatus.SCHEDULED, MeetingStatus.HELD)
        and not _GUESTS & set(m.own_parts)
    ]  # fmt: skip
    return not usual or any(events.concerns(meeting, person) for meeting in usual)


def _takes_place(meeting: Meeting, person: User) -> bool:
    if meeting.status == MeetingStatus.CANCELLED:
        return False
    return meeting.status == MeetingStatus.DRAFT or events.concerns(meeting, person)


def _master(
    series: Series,
    known: Iterable[datetime],
    theirs: Iterable[Meeting],
    method: Method,
    person: User,
    at: datetime,
) -> Event:
    # One occurrence as the series has it says how the rest read; without one the template does.
    usual = next((m for m in theirs if m.status != MeetingStatus.DRAFT and not m.own_parts), None)
    start = _first(series)
    model = events.personal(usual, person, method, at) if usual else None
    template = series.template
    return Event(
        uid=series.uid, title=series.title, sequence=series.sequence, stamp=at,
        starts_at=start, ends_at=start + timedelta(minutes=series.duration),
        status="CANCELLED" if method == Method.CANCEL else "CONFIRMED",
        place=model.place if model else str(template.get("place") or ""),
        link=model.link if model else str(template.get("link") or ""),
        text=model.text if model else str(template.get("note") or ""),
        categories=(_("Cuộc họp"),), rule=_rule(series, known),
        organizer=events.organizer(series, person),
        attendee=Attendee(
            person.email, person.name, rsvp=bool(events.reply_address(series, person))
        ),
    )  # fmt: skip


def _differs(event: Event, master: Event) -> bool:
    moved = event.starts_at != event.recurrence
    length = event.ends_at - event.starts_at != master.ends_at - master.starts_at
    return moved or length or any(getattr(event, f) != getattr(master, f) for f in _FACTS)


def _shifted(master: Event, place: Occurrence) -> Event:
    assert place.starts_at is not None
    length = master.ends_at - master.starts_at
    return replace(
        master, rule="", recurrence=place.moment,
        starts_at=place.starts_at, ends_at=place.starts_at + length,
    )  # fmt: skip


def _rule(series: Series, known: Iterable[datetime]) -> str:
    """Return the rule; of a series that was ended, up to the last meeting that was opened."""
    if not series.ended_at:
        return series.rule
    until = max(known, default=_first(series)).astimezone(UTC)
    parts = [p for p in series.rule.split(";") if not p.startswith(("UNTIL=", "COUNT="))]
    return ";".join([*parts, f"UNTIL={until:%Y%m%dT%H%M%SZ}"])


def _first(series: Series) -> datetime:
    return clock.from_local(datetime.combine(series.starts_on, series.begins))
