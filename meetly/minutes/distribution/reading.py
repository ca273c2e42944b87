"""Who an issued document was sent to, as a condition of SQL; imports rows only."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_

from meetly.accounts.models import Role, User
from meetly.meetings.models import Consent, Meeting, PersonalInvitation
from meetly.minutes.distribution.models import Delivery
from meetly.minutes.issuing.models import DocumentStatus, OfficialDocument
from meetly.minutes.models import Minutes

#: Whose membership lets them read what their unit receives; administrators read no content.
READERS = (Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)


def reading_units(user: User) -> list[int]:
    """Return the units in whose name a person reads."""
    return sorted({m.unit_id for m in user.memberships if m.role in READERS})


def received_by(user: User) -> ColumnElement[bool]:
    """Return the condition under which an OfficialDocument may be read without keeping it.

    It is issued, and public, or sent to a unit of the person, or the person was named: as chair
    or secretary, invited by name, or as a substitute the chair agreed to.
    """
    sent = exists().where(
        Delivery.document_id == OfficialDocument.id, Delivery.unit_id.in_(reading_units(user))
    )
    invited = exists().where(
        PersonalInvitation.meeting_id == Meeting.id,
        or_(
            PersonalInvitation.user_id == user.id,
            and_(
                PersonalInvitation.attendee_id == user.id,
                PersonalInvitation.consent == Consent.GRANTED,
            ),
        ),
    )
    named = exists().where(
        Minutes.id == OfficialDocument.minutes_id,
        Meeting.id == Minutes.meeting_id,
        or_(Meeting.chair_id == user.id, Meeting.secretary_id == user.id, invited),
    )
    return and_(
        OfficialDocument.status == DocumentStatus.ISSUED,
        or_(OfficialDocument.public_at.is_not(None), sent, named),
    )
