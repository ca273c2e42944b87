"""Meetings as the events of one person's calendar, and what is sent along to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from email.utils import parseaddr

from flask_babel import gettext as _

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.config import settings
from meetly.meetings import announcement
from meetly.meetings.calendars import ics, tokens
from meetly.meetings.calendars.ics import Attendee, Event, Method, Party
from meetly.meetings.models import Answer, Invitation, Meeting, MeetingStatus, PersonalInvitation
from meetly.meetings.series.models import Series
from meetly.notices.service import Enclosure

#: The kinds of invitations as links name them.
UNIT, PERSON = "unit", "person"

_STATUS = {
    MeetingStatus.DRAFT: "TENTATIVE",
    MeetingStatus.SCHEDULED: "CONFIRMED",
    MeetingStatus.HELD: "CONFIRMED",
    MeetingStatus.CANCELLED: "CANCELLED",
}
_PARTSTAT = {Answer.COMING: "ACCEPTED", Answer.ABSENT: "DECLINED"}


def count_change(meeting: Meeting, *, moved: bool = False) -> None:
    """Count a change that calendars are told of: once for each, however much it changes.

    `moved`: the time differs, so that answers to what was said before are none to this.
    """
    meeting.sequence += 1
    if moved:
        meeting.moved_sequence = meeting.sequence


def count_series_change(
    series: Series, meetings: Iterable[Meeting], moved: Collection[int] = ()
) -> None:
    """Count a change of a whole series: it and its meetings go on from the same number.

    `moved` are the numbers of the meetings whose time differs.
    """
    listed = list(meetings)
    series.sequence = max([series.sequence, *(meeting.sequence for meeting in listed)]) + 1
    for meeting in listed:
        meeting.sequence = series.sequence
        if meeting.id in moved:
            meeting.moved_sequence = series.sequence


def enclosure(meeting: Meeting, person: User, method: Method) -> Enclosure:
    """Return what goes with a mail about a meeting to one person, in the language set now."""
    mine = invitations_of(meeting, person)
    event = personal(meeting, person, method, clock.now())
    asked = method == Method.REQUEST and bool(mine)
    return Enclosure(
        calendar=ics.calendar([event], method).decode(),
        method=method.value,
        reply_to=reply_address(meeting, person) if asked else "",
        links=_links(mine, person) if asked else (),
    )


def invitations_of(meeting: Meeting, person: User) -> list[Invitation | PersonalInvitation]:
    """List by what a person is invited: by name, and else for each of their units."""
    named = [row for row in meeting.personal_invitations if row.user_id == person.id]
    roles = (Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)
    units = {unit.id for unit in accounts.units_as(person, *roles)}
    return [*named] or [row for row in meeting.invitations if row.unit_id in units]


def concerns(meeting: Meeting, person: User) -> bool:
    """Tell whether a person has to do with a meeting: chairs it, keeps it, or is invited."""
    named = person.id in (meeting.chair_id, meeting.secretary_id)
    return named or bool(invitations_of(meeting, person))


def personal(meeting: Meeting, person: User, method: Method, at: datetime) -> Event:
    """Return a meeting as an event in which only this one person takes part."""
    return _event(
        meeting,
        at,
        status="CANCELLED" if method == Method.CANCEL else _STATUS[meeting.status],
        organizer=organizer(meeting, person),
        attendee=_attendee(meeting, person),
    )


def published(meeting: Meeting) -> Event:
    """Return a meeting as an event that asks nothing of anybody."""
    return _event(
        meeting,
        meeting.published_at or meeting.created_at,
        status=_STATUS[meeting.status],
        organizer=organizer(meeting),
    )


def _event(
    meeting: Meeting,
    at: datetime,
    *,
    status: str,
    organizer: Party,
    attendee: Attendee | None = None,
) -> Event:
    return Event(
        uid=_uid(meeting), recurrence=meeting.occurrence if meeting.series else None,
        sequence=meeting.sequence, stamp=at, status=status,
        title=meeting.title, starts_at=meeting.starts_at, ends_at=meeting.ends_at,
        place=meeting.place, link=_way_in(meeting), page=page_of(meeting),
        text=announcement.described(meeting), categories=(_("Cuộc họp"),),
        organizer=organizer, attendee=attendee,
    )  # fmt: skip


def _uid(meeting: Meeting) -> str:
    if meeting.series is None:
        return meeting.uid
    # One that its rule names no more must not be taken for the whole series.
    return meeting.series.uid if meeting.occurrence else f"{meeting.series.uid}-{meeting.id}"


def page_of(meeting: Meeting) -> str:
    """Return the address of a meeting's page."""
    return f"{settings().base_url.rstrip('/')}/meetings/{meeting.id}"


def _way_in(meeting: Meeting) -> str:
    # A room that Meetly opens is entered through Meetly, which knows who may.
    return meeting.link if meeting.engine in ("", "link") else f"{page_of(meeting)}/join"


def reply_address(event: Meeting | Series, person: User) -> str:
    """Return the address at which the person's calendar answers; empty when nobody reads it.

    It is the same for all of a series.
    """
    root = event.series or event if isinstance(event, Meeting) else event
    kind = tokens.SERIES if isinstance(root, Series) else tokens.MEETING
    return tokens.reply_address(settings().mail_replies, kind, root.id, person.id)


def organizer(event: Meeting | Series, person: User | None = None) -> Party:
    """Return who invites: the unit, at an address that tells whose answer arrives there."""
    config = settings()
    address = reply_address(event, person) if person else ""
    return Party(address or parseaddr(config.mail_from)[1], event.unit.name)


def _attendee(meeting: Meeting, person: User) -> Attendee:
    mine = invitations_of(meeting, person)
    chairs = person.id == meeting.chair_id
    return Attendee(
        address=person.email, name=person.name,
        role="CHAIR" if chairs else "REQ-PARTICIPANT",
        partstat=_partstat(meeting, mine) if mine else "ACCEPTED",
        rsvp=bool(mine) and bool(reply_address(meeting, person)),
    )  # fmt: skip


def _partstat(meeting: Meeting, mine: Sequence[Invitation | PersonalInvitation]) -> str:
    # A new time asks everybody again (RFC 5546, 2.1.4).
    moved = 0 < meeting.sequence == meeting.moved_sequence
    return "NEEDS-ACTION" if moved else _PARTSTAT.get(mine[0].answer, "NEEDS-ACTION")


def _links(
    mine: Sequence[Invitation | PersonalInvitation], person: User
) -> tuple[tuple[str, str], ...]:
    labels = ((Answer.COMING, _("Có dự")), (Answer.SUBSTITUTE, _("Dự thay")),
              (Answer.ABSENT, _("Vắng")))  # fmt: skip
    found = []
    for row in mine:
        kind = UNIT if isinstance(row, Invitation) else PERSON
        token = tokens.link_token(kind, row.id, person.id)
        for_unit = f" ({row.unit.name})" if isinstance(row, Invitation) and len(mine) > 1 else ""
        address = f"{settings().base_url.rstrip('/')}/answer/{token}"
        found += [(f"{label}{for_unit}", f"{address}?said={said}") for said, label in labels]
    return tuple(found)
