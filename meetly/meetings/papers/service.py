"""From the rows of meetings to what their papers say."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from meetly import audit, clock
from meetly.accounts import issuing
from meetly.accounts import service as accounts
from meetly.accounts.agency import Agency
from meetly.accounts.models import Role, Unit, UnitKind, User
from meetly.errors import NotAllowed, WrongState
from meetly.extensions import db
from meetly.meetings import announcement
from meetly.meetings import service as meetings
from meetly.meetings.models import Invitation, Meeting, MeetingStatus
from meetly.meetings.papers.document_letter import Letter
from meetly.meetings.papers.document_week import Entry, Week
from meetly.meetings.papers.invitees import Party, invitees
from meetly.paper_parts import Letterhead
from meetly.register import service as register
from meetly.register.models import DocumentType
from meetly.register.models import Entry as Numbered

#: A week of a province's calendar holds some dozens of meetings; more is a mistake.
MOST = 400


def letter_of(user: User, meeting: Meeting) -> Letter:
    """Return the letter that invites to a meeting, for those who hold it and those it invites."""
    if meeting.published_at is None and not meetings.is_host(user, meeting):
        raise NotAllowed()
    agency = issuing.issuer(meeting.unit)
    issued = clock.local(meeting.published_at).date() if meeting.published_at else None
    signer = issuing.signer_on(meeting.unit, agency, issued or clock.today())
    return Letter(
        head=_head(agency, draft=meeting.published_at is None),
        number=meeting.letter_number, code=agency.code, locality=agency.locality,
        office=agency.office, post=signer.position, signer=signer.name, issued=issued,
        title=meeting.title, starts=clock.local(meeting.starts_at),
        ends=clock.local(meeting.ends_at), chair=_titled(meeting.chair), place=meeting.place,
        link=meeting.link, invited=_invited(meeting, parties(meeting.unit)),
        agenda=tuple(
            announcement.point(item.title, item.unit.name if item.unit else "", item.duration)
            for item in meeting.agenda
        ),
        notes=tuple(line for line in meeting.note.splitlines() if line.strip()),
    )  # fmt: skip


def number_letter(user: User, meeting: Meeting) -> Numbered:
    """Give the letter of a meeting the next number of the register; WrongState when it has one.

    A number that was typed stays; a cancelled meeting gets none.
    """
    accounts.require(user, meeting.unit_id, Role.SECRETARY)
    db.session.refresh(meeting, with_for_update={"of": Meeting})
    if meeting.letter_number or meeting.status == MeetingStatus.CANCELLED:
        raise WrongState("Giấy mời đã có số, hoặc cuộc họp đã hủy.")
    agency = issuing.issuer(meeting.unit)
    signer = issuing.signer_on(meeting.unit, agency, clock.today())
    entry = register.reserve(
        user, meeting.unit, DocumentType.INVITATION,
        notation=f"{DocumentType.INVITATION}-{agency.code}", dated=clock.today(),
        subject=f"Mời dự {meeting.title}", signer=signer.name,
        recipients="; ".join(_invited(meeting, parties(meeting.unit))),
        link=f"/meetings/{meeting.id}",
    )  # fmt: skip
    meeting.letter_number = register.written(entry)
    if meeting.published_at is not None:
        register.mark_issued(user, entry)
    audit.record(user.id, "meetings.number_letter", meeting, number=meeting.letter_number)
    return entry


def units_with_weeks(user: User) -> list[Unit]:
    """List the units whose week the person may look at: those they belong to."""
    return accounts.units_as(user, *meetings.GUESTS)


def week_meetings(user: User, unit: Unit, monday: date) -> list[Meeting]:
    """List what a unit holds or is invited to in one week, as far as the person sees it."""
    start = clock.from_local(datetime.combine(monday, time(0)))
    end = clock.from_local(datetime.combine(monday + timedelta(days=7), time(0)))
    invited = select(Invitation.meeting_id).where(Invitation.unit_id == unit.id)
    query = select(Meeting).where(
        meetings.visible_to(user), Meeting.starts_at >= start, Meeting.starts_at < end,
        Meeting.status != MeetingStatus.CANCELLED,
        or_(Meeting.unit_id == unit.id, Meeting.id.in_(invited)),
    )  # fmt: skip
    query = query.options(
        selectinload(Meeting.invitations), selectinload(Meeting.personal_invitations)
    )
    return list(db.session.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(MOST)))


def week_of(unit: Unit, monday: date, found: list[Meeting], *, is_host: bool) -> Week:
    """Return a unit's calendar of one week as a paper; drafts are nobody's business yet."""
    agency = issuing.issuer(unit)
    signer = issuing.signer_on(unit, agency, clock.today())
    return Week(
        head=_head(agency), locality=agency.locality, office=agency.office, post=signer.position,
        signer=signer.name, monday=monday, issued=clock.today(),
        entries=entries(unit, [m for m in found if m.status != MeetingStatus.DRAFT]),
        replaces_letters=is_host,
    )  # fmt: skip


def entries(unit: Unit, found: list[Meeting]) -> tuple[Entry, ...]:
    """Return the rows of a week as people read them."""
    everyone = parties(unit)
    return tuple(
        Entry(
            starts=clock.local(meeting.starts_at), ends=clock.local(meeting.ends_at),
            title=meeting.title, chair=_titled(meeting.chair), place=meeting.place,
            invited="; ".join(_invited(meeting, everyone)),
            follows=_titled(meeting.secretary) or meeting.unit.name,
        )
        for meeting in found
    )  # fmt: skip


def is_keeper(user: User, unit: Unit) -> bool:
    """Tell whether the person keeps or answers for the calendar of a unit."""
    return bool(accounts.roles_in(user, unit.id) & {Role.SECRETARY, Role.LEADER})


def parties(host: Unit) -> list[Party]:
    """List the units of the host's province as letters name them."""
    return [Party(u.id, u.name, UnitKind(u.kind)) for u in meetings.invitable(host)]


def _invited(meeting: Meeting, everyone: list[Party]) -> tuple[str, ...]:
    people = [_titled(personal.user) for personal in meeting.personal_invitations]
    return invitees({i.unit_id for i in meeting.invitations}, everyone, people)


def _head(agency: Agency, *, draft: bool = False) -> Letterhead:
    return Letterhead(agency.parent, agency.name, draft)


def _titled(person: User | None) -> str:
    if person is None:
        return ""
    return f"{person.name}, {person.position}" if person.position else person.name
