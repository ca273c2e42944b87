"""What a draft is made from: the facts of the calendar and everything that was heard."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, UnitKind, User
from meetly.extensions import db
from meetly.folding import fold
from meetly.materials.models import Material
from meetly.meetings.models import Attendance, Meeting
from meetly.minutes import roll
from meetly.minutes.agency import Agency, agency_of
from meetly.minutes.facts import MeetingFacts, Person
from meetly.minutes.roll import Seat
from meetly.minutes.speech import Utterance
from meetly.recordings.models import Recording
from meetly.transcripts.models import Segment, Transcript, TranscriptStatus


@dataclass(frozen=True)
class Heard:
    """Everything said in a meeting, in order, the recordings one after the other."""

    utterances: list[Utterance]
    #: recording id -> seconds of sound before it
    offsets: dict[int, float]


def facts_of(meeting: Meeting, *, draft: bool = True) -> MeetingFacts:
    """Return what the two documents say about the meeting itself."""
    committee = _committee_above(meeting.unit)
    agency = agency_of(meeting.unit.name, meeting.unit.kind, committee.name if committee else "")
    seats = _seats(meeting)
    starts = clock.local(meeting.starts_at)
    return MeetingFacts(
        title=meeting.title,
        date=starts.date(),
        starts=starts.time().replace(second=0, microsecond=0),
        ends=clock.local(meeting.ends_at).time().replace(second=0, microsecond=0),
        place=meeting.place,
        form=roll.connection(seats),
        chair=_person(meeting.chair),
        secretary=_person(meeting.secretary),
        attendance=roll.attendance(seats),
        absent=roll.absent(seats),
        materials=_materials(meeting),
        attendees=roll.attendees(seats),
        parent_agency=agency.parent,
        agency=agency.name,
        agency_code=agency.code,
        office=agency.office,
        locality=agency.locality,
        signer=_signer(meeting.unit, agency),
        recipients=roll.recipients(seats, _served(meeting.unit, committee)),
        draft=draft,
    )


def heard_in(meeting: Meeting) -> Heard:
    """Return what the finished transcripts of a meeting hold, doubtful sentences left out."""
    utterances: list[Utterance] = []
    offsets: dict[int, float] = {}
    offset = 0.0
    for transcript in finished_transcripts(meeting):
        recording = transcript.recording
        offsets[recording.id] = offset
        utterances += _utterances(meeting, transcript, offset)
        last = max((u.end for u in utterances), default=offset)
        offset = max(offset + recording.duration, last)
    return Heard(utterances, offsets)


def finished_transcripts(meeting: Meeting) -> list[Transcript]:
    """List the READY transcripts of a meeting in the order the recordings came."""
    query = select(Transcript).join(Recording, Recording.id == Transcript.recording_id)
    query = query.where(
        Transcript.meeting_id == meeting.id, Transcript.status == TranscriptStatus.READY
    )
    return list(db.session.scalars(query.order_by(Recording.created_at, Recording.id)))


def _utterances(meeting: Meeting, transcript: Transcript, offset: float) -> list[Utterance]:
    query = select(Segment).where(
        Segment.transcript_id == transcript.id, Segment.suspicion == "", Segment.text != ""
    )
    segments = db.session.scalars(query.order_by(Segment.start, Segment.id))
    return [_utterance(meeting.chair, segment, offset) for segment in segments]


def _utterance(chair: User | None, segment: Segment, offset: float) -> Utterance:
    start, end, speaker = segment.start + offset, segment.end + offset, segment.speaker
    if speaker is None:
        return Utterance(segment.id, start, end, segment.text)
    chairs = chair is not None and (
        speaker.user_id == chair.id or fold(speaker.name) == fold(chair.name)
    )
    return Utterance(
        id=segment.id,
        start=start,
        end=end,
        text=segment.text,
        speaker=speaker.name,
        position=speaker.position or (chair.position if chair and chairs else ""),
        unit=speaker.unit.name if speaker.unit else "",
        chair=chairs,
    )


def _committee_above(unit: Unit) -> Unit | None:
    """Return the people's committee a unit belongs to; none when it is one without a superior."""
    above = unit.parent
    while above is not None and not above.name.startswith(("UBND", "Ủy ban nhân dân")):
        above = above.parent
    return above


def _served(unit: Unit, committee: Unit | None) -> str:
    """Name the provincial committee whose leaders receive the papers of its office."""
    root = unit if unit.kind == UnitKind.PROVINCE else committee
    if root is None or root.kind != UnitKind.PROVINCE:
        return ""
    return agency_of(root.name, UnitKind.PROVINCE).office.removeprefix("Văn phòng ")


def _seats(meeting: Meeting) -> list[Seat]:
    query = select(Attendance).where(Attendance.meeting_id == meeting.id)
    called = {row.unit_id: row for row in db.session.scalars(query)}
    seats = []
    for invitation in sorted(meeting.invitations, key=lambda i: (i.unit.path, i.unit_id)):
        unit, row = invitation.unit, called.get(invitation.unit_id)
        if row is None:
            seats.append(Seat(unit.name, UnitKind(unit.kind)))
        else:
            seats.append(Seat(unit.name, UnitKind(unit.kind), row.status, row.person, row.note))
    return seats


def _materials(meeting: Meeting) -> tuple[str, ...]:
    query = select(Material).where(Material.meeting_id == meeting.id, Material.removed_at.is_(None))
    handed_out = [m for m in db.session.scalars(query.order_by(Material.id)) if m.versions]
    if not handed_out:
        return ()
    first = clock.local(min(m.versions[0].uploaded_at for m in handed_out))
    lines = [f"({number}) {material.title}" for number, material in enumerate(handed_out, 1)]
    return (f"gửi trên hệ thống ngày {first:%d/%m/%Y}: {lines[0]}", *lines[1:])


def _signer(unit: Unit, agency: Agency) -> Person:
    """Find the head among the leaders; who is not known signs by hand under the post."""
    wanted = fold(agency.post)
    for leader in accounts.people_of([unit.id], Role.LEADER):
        if fold(leader.position).startswith(wanted):
            return Person(leader.name, agency.post)
    return Person(position=agency.post)


def _person(user: User | None) -> Person:
    return Person(user.name, user.position) if user else Person()
