"""Invitations as they are answered: whose they are, and who could come for them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.extensions import db
from meetly.meetings import service as meetings
from meetly.meetings.models import Invitation, Meeting, MeetingStatus, PersonalInvitation

#: An invitation of a unit, or of one person.
Asked = Invitation | PersonalInvitation

#: People of one unit who are offered by name.
MOST_OFFERED = 100


def find(kind: str, invitation_id: int) -> Asked | None:
    """Return the invitation of a unit or a person, by the word that `kind_of` says."""
    if kind == "unit":
        return db.session.get(Invitation, invitation_id)
    return db.session.get(PersonalInvitation, invitation_id) if kind == "person" else None


def kind_of(invitation: Asked) -> str:
    """Say "unit" or "person": who is invited."""
    return "unit" if isinstance(invitation, Invitation) else "person"


def name_of(invitation: Asked) -> str:
    """Return who is invited."""
    return invitation.unit.name if isinstance(invitation, Invitation) else invitation.user.name


def mine(user: User, meeting: Meeting) -> list[Asked]:
    """List the invitations that the person may answer: their own and those of their units."""
    if meeting.published_at is None:
        return []
    guest = [unit.id for unit in accounts.units_as(user, *meetings.GUESTS)]
    own = select(PersonalInvitation).filter_by(meeting_id=meeting.id, user_id=user.id)
    units = select(Invitation).filter_by(meeting_id=meeting.id)
    units = units.where(Invitation.unit_id.in_(guest)).order_by(Invitation.id)
    return [*db.session.scalars(own), *db.session.scalars(units)]


def may_decide(user: User, meeting: Meeting) -> bool:
    """Tell whether the person speaks as the chair: they are, or lead the unit that holds it."""
    return user.id == meeting.chair_id or meetings.is_host(user, meeting, Role.LEADER)


def is_open(meeting: Meeting) -> bool:
    """Tell whether answers are still taken."""
    return meeting.status == MeetingStatus.SCHEDULED and meeting.starts_at > clock.now()


def offered(invitation: Asked) -> list[User]:
    """List who could come for it, leaders first: the people of the unit, or of the person's."""
    if isinstance(invitation, Invitation):
        found = accounts.people_of([invitation.unit_id], *meetings.GUESTS)
    else:
        units = [unit.id for unit in accounts.units_as(invitation.user, *meetings.GUESTS)]
        found = accounts.people_of(units, *meetings.GUESTS)
        found = [person for person in found if person.id != invitation.user_id]
    return sorted(found, key=lambda person: Role.LEADER not in person.roles)[:MOST_OFFERED]


def people_by_unit(unit_ids: Iterable[int]) -> dict[int, list[User]]:
    """Return the people who hear of what concerns each of these units, in one query."""
    wanted = set(unit_ids)
    found: dict[int, list[User]] = {unit_id: [] for unit_id in wanted}
    for person in accounts.people_of(wanted, *meetings.GUESTS) if wanted else ():
        for unit in accounts.units_as(person, *meetings.GUESTS):
            if unit.id in wanted:
                found[unit.id].append(person)
    return found


def hearers(invitations: Iterable[Asked]) -> dict[tuple[str, int], list[User]]:
    """Return who hears of each of these invitations, by kind and id."""
    listed = list(invitations)
    units = people_by_unit(row.unit_id for row in listed if isinstance(row, Invitation))
    return {
        (kind_of(row), row.id): units[row.unit_id] if isinstance(row, Invitation) else [row.user]
        for row in listed
    }
