"""What a draft is made from: the facts of the calendar and everything that was heard.

Several recordings are read as one, in the order of their clocks; evidence still points to the
recording and its own second.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from sqlalchemy import and_, or_, select

from meetly import clock
from meetly.accounts import issuing
from meetly.accounts import service as accounts
from meetly.accounts.agency import agency_of
from meetly.accounts.directory import Directory, DirectoryUnit
from meetly.accounts.models import Unit, UnitKind, User
from meetly.extensions import db
from meetly.folding import fold
from meetly.materials.models import Access, Material
from meetly.meetings.conference import attending
from meetly.meetings.conference.timeline import Line
from meetly.meetings.models import Attendance, AttendanceStatus, Meeting
from meetly.minutes import roll
from meetly.minutes.blocks import Block
from meetly.minutes.facts import MeetingFacts, Person
from meetly.minutes.interleaving import Strand, Voiced, interleave
from meetly.minutes.interruptions import Interruption
from meetly.minutes.roll import Seat
from meetly.minutes.speech import Utterance
from meetly.recordings import service as recordings
from meetly.recordings.models import Recording
from meetly.recordings.timeline import Placed, Timeline
from meetly.recordings.waveform import loudness
from meetly.transcripts.marking import UNSURE_WORD, marked
from meetly.transcripts.models import Segment, Transcript, TranscriptStatus


@dataclass(frozen=True)
class Heard:
    """Everything said in a meeting in the order it was said, from all its recordings."""

    utterances: list[Utterance]
    #: recording id -> second of the meeting's line at which it begins
    offsets: dict[int, float]
    #: where no recording has sound
    gaps: tuple[Interruption, ...] = ()


def facts_of(meeting: Meeting, *, draft: bool = True, day: date | None = None) -> MeetingFacts:
    """Return what the two documents say about the meeting itself.

    `day` is when the notice is signed, today if not given: who signs it follows from that.
    """
    committee = issuing.committee_above(meeting.unit)
    agency = issuing.issuer(meeting.unit)
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
        signer=signer_of(meeting, day or clock.today()),
        recipients=roll.recipients(seats, _served(meeting.unit, committee)),
        recording_starts=_clock_of(meeting),
        draft=draft,
    )


def signer_of(meeting: Meeting, day: date) -> Person:
    """Return who signs the notice of a meeting on a day, with the lines above the name."""
    signer = issuing.signer_on(meeting.unit, issuing.issuer(meeting.unit), day)
    return Person(signer.name, signer.position)


def heard_in(meeting: Meeting) -> Heard:
    """Return what the finished transcripts of a meeting hold, doubtful sentences left out."""
    transcripts = {t.recording_id: t for t in finished_transcripts(meeting)}
    line, unheard = _line(meeting)
    read = [part for part in line.parts if part.id in transcripts]
    strands = [_strand(meeting, transcripts[part.id], part) for part in read]
    gaps = _interruptions(line, unheard)
    ends = [gap.end for gap in gaps]
    utterances = [
        replace(said, stretch=bisect_right(ends, said.start))
        for said in interleave([strand for strand in strands if strand.voiced])
    ]
    utterances = _under_items(meeting, utterances)
    return Heard(utterances, {part.id: part.start for part in read}, gaps)


def _under_items(meeting: Meeting, said: list[Utterance]) -> list[Utterance]:
    """Tell under which item of the agenda each sentence was said, as a person marked them."""
    query = select(Segment.id, Segment.agenda).join(Transcript)
    query = query.where(Transcript.meeting_id == meeting.id, Segment.agenda.is_not(None))
    begins = {row.id: row.agenda for row in db.session.execute(query)}
    if not begins:
        return said
    titles = {item.ordinal: item.title for item in meeting.agenda}
    title, under = "", []
    for utterance in said:
        title = titles.get(begins.get(utterance.id, 0), title)
        under.append(replace(utterance, item=title))
    return under


def directory_of(meeting: Meeting) -> Directory:
    """Return the living units of the host's tree, as names are looked up in it."""
    root = "/".join(meeting.unit.path.split("/")[:2]) + "/"
    return Directory(
        DirectoryUnit(name=u.name, kind=u.kind, aliases=tuple(u.aliases), code=u.code)
        for u in accounts.units()
        if u.path.startswith(root)
    )


def finished_transcripts(meeting: Meeting) -> list[Transcript]:
    """List the transcripts of a meeting that are ready, in the order the recordings came.

    One that was ready stays so while parts of it are heard again: its text is shown meanwhile.
    """
    query = select(Transcript).join(Recording, Recording.id == Transcript.recording_id)
    again = and_(
        Transcript.status == TranscriptStatus.TRANSCRIBING, Transcript.ready_at.is_not(None)
    )
    query = query.where(
        Transcript.meeting_id == meeting.id,
        or_(Transcript.status == TranscriptStatus.READY, again),
    )
    return list(db.session.scalars(query.order_by(Recording.created_at, Recording.id)))


def timed(meeting: Meeting, blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks at the second where what they rest on lies now.

    A block remembers the second it had when it was drafted; somebody may have corrected the clock
    of its recording since.
    """
    line, _ = _line(meeting)
    offsets = {part.id: part.start for part in line.parts}
    first = [block.evidence[0] for block in blocks if block.evidence and block.start is not None]
    query = select(Segment.id, Segment.start, Segment.end, Transcript.recording_id)
    query = query.join(Transcript, Transcript.id == Segment.transcript_id)
    spans = {
        row.id: (row.start + offsets[row.recording_id], row.end + offsets[row.recording_id])
        for row in db.session.execute(query.where(Segment.id.in_(first)))
        if row.recording_id in offsets
    }
    return [_timed(block, spans) for block in blocks]


def _timed(block: Block, spans: Mapping[int, tuple[float, float]]) -> Block:
    span = spans.get(block.evidence[0]) if block.evidence else None
    if span is None or block.start is None or span[0] <= block.start <= span[1]:
        return block
    return replace(block, start=round(span[0], 2))


def _line(meeting: Meeting) -> tuple[Timeline, dict[int, str]]:
    """Return the line of what was transcribed, and the names of what lies on it but was not."""
    ready = {transcript.recording_id for transcript in finished_transcripts(meeting)}
    query = select(Recording).where(Recording.meeting_id == meeting.id)
    found = [r for r in db.session.scalars(query) if r.id in ready or r.begins_at is not None]
    line = recordings.timeline_of(found)
    return line, {r.id: r.filename for r in found if r.id not in ready}


def _clock_of(meeting: Meeting) -> time | None:
    """Return the clock at second 0 of the meeting's line, where a clock says so."""
    line, _ = _line(meeting)
    return clock.local(line.begins).time() if line.begins and line.known else None


def _interruptions(line: Timeline, unheard: Mapping[int, str]) -> tuple[Interruption, ...]:
    """List what is missing: stretches without sound, and parts that were not transcribed."""
    read = [part for part in line.parts if part.id not in unheard]
    missing = [(gap.start, gap.end, "") for gap in line.gaps]
    missing += [
        (part.start, part.end, unheard[part.id])
        for part in line.parts
        if part.id in unheard and not any(r.start <= part.start < part.end <= r.end for r in read)
    ]
    clocks = [(*m, line.clock(m[0]), line.clock(m[1])) for m in sorted(missing)]
    return tuple(
        Interruption(start, end, begins, ends, recording)
        for start, end, recording, begins, ends in clocks
        if begins and ends
    )


def _strand(meeting: Meeting, transcript: Transcript, part: Placed) -> Strand:
    query = select(Segment).where(
        Segment.transcript_id == transcript.id,
        Segment.current,
        Segment.suspicion == "",
        Segment.text != "",
    )
    segments = db.session.scalars(query.order_by(Segment.start, Segment.id))
    peaks, seconds = transcript.recording.peaks, transcript.recording.duration
    voiced = [
        Voiced(
            _utterance(meeting.chair, segment, part.start),
            loudness(peaks, seconds, segment.start, segment.end) if part.channel else 0.0,
            segment.probability,
        )
        for segment in segments
    ]
    return Strand(voiced, part.channel, part.start + part.twice, part.twice)


def _utterance(chair: User | None, segment: Segment, offset: float) -> Utterance:
    start, end, speaker = segment.start + offset, segment.end + offset, segment.speaker
    unsure = _unsure(segment)
    if speaker is None:
        return Utterance(segment.id, start, end, segment.text, unsure=unsure)
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
        unsure=unsure,
    )


def _unsure(segment: Segment) -> tuple[str, ...]:
    """Return the figures and names the engine guessed, unless a person has been over them."""
    if segment.version > 1:
        return ()
    opens = True
    found: list[str] = []
    for part in marked(segment.text, segment.repairs, segment.words):
        word = part.text.strip(' ,.;:?!…"“”()')
        guessed = part.is_doubtful or part.probability < UNSURE_WORD
        figure = any(letter.isdigit() for letter in word)
        if word and guessed and (figure or part.is_doubtful or (word[0].isupper() and not opens)):
            found.append(word)
        opens = part.text.rstrip().endswith((".", "?", "!")) if part.text.strip() else opens
    return tuple(dict.fromkeys(found))


def _served(unit: Unit, committee: Unit | None) -> str:
    """Name the provincial committee whose leaders receive the papers of its office."""
    root = unit if unit.kind == UnitKind.PROVINCE else committee
    if root is None or root.kind != UnitKind.PROVINCE:
        return ""
    return agency_of(root.name, UnitKind.PROVINCE).office.removeprefix("Văn phòng ")


def _seats(meeting: Meeting) -> list[Seat]:
    query = select(Attendance).where(Attendance.meeting_id == meeting.id)
    called = {row.unit_id: row for row in db.session.scalars(query)}
    _window, lines = attending.lines_of(meeting)
    seats = []
    for invitation in sorted(meeting.invitations, key=lambda i: (i.unit.path, i.unit_id)):
        unit, row = invitation.unit, called.get(invitation.unit_id)
        seat = Seat(unit.name, UnitKind(unit.kind))
        if row is not None:
            seat = replace(seat, status=row.status, person=row.person, note=row.note)
        seats.append(_seen(seat, lines.get(unit.id)))
    return seats


def _seen(seat: Seat, line: Line | None) -> Seat:
    """Add what the conference engine saw of a site; how it counts the roll alone says."""
    if line is None or line.entered is None:
        return seat
    seat = replace(seat, gaps=len(line.gaps), away=line.away_minutes)
    if line.status != AttendanceStatus.LATE:
        return seat
    entered = clock.local(line.entered).time()
    return replace(seat, entered=entered.replace(second=0, microsecond=0))


def _materials(meeting: Meeting) -> tuple[str, ...]:
    # The minutes are read by everyone invited: a paper for some does not stand in them.
    query = select(Material).where(
        Material.meeting_id == meeting.id, Material.removed_at.is_(None),
        Material.access == Access.ALL,
    )  # fmt: skip
    handed_out = [m for m in db.session.scalars(query.order_by(Material.id)) if m.versions]
    if not handed_out:
        return ()
    first = clock.local(min(m.versions[0].uploaded_at for m in handed_out))
    lines = [f"({number}) {material.title}" for number, material in enumerate(handed_out, 1)]
    return (f"gửi trên hệ thống ngày {first:%d/%m/%Y}: {lines[0]}", *lines[1:])


def _person(user: User | None) -> Person:
    return Person(user.name, user.position) if user else Person()
