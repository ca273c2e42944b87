"""A meeting's dossier: everything before, during and after it on one page, and where it stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from meetly import clock
from meetly.accounts.models import User
from meetly.directions.models import Direction, DirectionStatus
from meetly.extensions import db
from meetly.materials import service as materials
from meetly.materials.models import Material
from meetly.materials.reports import service as reports
from meetly.materials.reports.listing import Stood
from meetly.meetings import checks
from meetly.meetings import service as meetings
from meetly.meetings.answers import service as answers
from meetly.meetings.answers.listing import Card, Tally
from meetly.meetings.models import Attendance, AttendanceStatus, Meeting, MeetingStatus
from meetly.meetings.notice_period import Caution
from meetly.minutes import service as minutes_service
from meetly.minutes.models import Minutes, MinutesStatus
from meetly.recordings import service as recordings
from meetly.recordings.models import Recording, RecordingStatus
from meetly.tasks import service as tasks
from meetly.tasks.carried import service as carried
from meetly.tasks.carried.counting import Tally as CarriedTally
from meetly.tasks.models import Task
from meetly.transcripts.models import Transcript, TranscriptStatus

#: tasks listed on the page before "all of them"
SHOWN_TASKS = 12


@dataclass(frozen=True)
class Dossier:
    """What one reader may see of one meeting."""

    meeting: Meeting
    #: where it stands: a key of the stage bar
    stage: str
    #: something at that stage needs a person
    problem: bool
    materials: list[Material]
    attendance: dict[str, int]
    invited: int
    recordings: list[Recording]
    #: by recording id
    transcripts: dict[int, Transcript]
    minutes: Minutes | None
    directions: dict[str, int]
    tasks: list[Task]
    tasks_total: int
    is_host: bool
    #: people invited by name
    named: list[User]
    #: what the reader may answer, and how everybody answered
    answering: list[Card]
    tally: Tally
    #: reports due: all of them to its hosts, those of one's own units else
    reports: list[Stood]
    #: what its keepers should think about before the meeting
    cautions: list[Caution]
    #: how the directions of the meeting before went; numbers only
    carried: CarriedTally | None


def of(user: User, meeting_id: int) -> Dossier:
    """Gather the dossier; NotFound when the meeting is not the reader's to see."""
    meeting = meetings.get(user, meeting_id)
    host = meetings.is_host(user, meeting)
    heard = recordings.of_meeting(user, meeting)
    transcripts = _transcripts(meeting) if host else {}
    minutes = minutes_service.of_meeting(meeting)
    if minutes and not minutes_service.may_read(user, minutes):
        minutes = None
    given = tasks.of_meeting(user, meeting)
    directions = _directions(meeting) if minutes else {}
    papers = materials.of_meeting(user, meeting)
    stage, problem = stage_of(
        meeting, bool(papers), heard, list(transcripts.values()), minutes, directions, given
    )
    return Dossier(
        meeting=meeting, stage=stage, problem=problem, materials=papers,
        attendance=_attendance(meeting), invited=len(meeting.invitations), recordings=heard,
        transcripts=transcripts, minutes=minutes, directions=directions,
        tasks=given[:SHOWN_TASKS], tasks_total=len(given), is_host=host,
        named=meetings.invited_people(meeting), answering=answers.cards(user, meeting),
        tally=answers.tally(meeting) if host and meeting.published_at else Tally(),
        reports=reports.stood(reports.of_meeting(user, meeting)),
        cautions=_cautions(user, meeting, papers) if host else [],
        carried=carried.glance(meeting),
    )  # fmt: skip


def _cautions(user: User, meeting: Meeting, papers: list[Material]) -> list[Caution]:
    return checks.before_inviting(meeting) + materials.cautions(user, meeting, papers)


def stage_of(
    meeting: Meeting,
    has_materials: bool,
    heard: list[Recording],
    transcripts: list[Transcript],
    minutes: Minutes | None,
    directions: dict[str, int],
    given: list[Task],
) -> tuple[str, bool]:
    """Tell where a meeting stands, and whether something there needs a person; pure."""
    if given:
        done = all(task.completed_at or task.cancelled_at for task in given)
        waiting = directions.get(DirectionStatus.PROPOSED, 0)
        return ("directions" if waiting else "closed" if done else "tasks"), False
    if minutes is not None:
        approved = minutes.status == MinutesStatus.APPROVED
        return ("directions" if approved and directions else "minutes"), False
    if transcripts:
        failed = any(t.status == TranscriptStatus.FAILED for t in transcripts)
        return "transcript", failed
    if heard or meeting.status == MeetingStatus.HELD:
        return "recording", any(r.status == RecordingStatus.REFUSED for r in heard)
    if meeting.status == MeetingStatus.SCHEDULED and meeting.starts_at <= clock.now():
        return "meet", False
    return ("materials" if has_materials else "prepare"), False


def _transcripts(meeting: Meeting) -> dict[int, Transcript]:
    query = select(Transcript).where(Transcript.meeting_id == meeting.id)
    return {t.recording_id: t for t in db.session.scalars(query)}


def _directions(meeting: Meeting) -> dict[str, int]:
    query = (
        select(Direction.status, func.count(Direction.id))
        .where(Direction.meeting_id == meeting.id)
        .group_by(Direction.status)
    )
    return {status: number for status, number in db.session.execute(query)}  # noqa: C416 - typed


def _attendance(meeting: Meeting) -> dict[str, int]:
    query = select(Attendance.status).where(Attendance.meeting_id == meeting.id)
    counted = Counter(db.session.scalars(query))
    return {status: counted[status] for status in AttendanceStatus if counted[status]}
