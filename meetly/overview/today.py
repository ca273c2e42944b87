"""Hôm nay: what waits for a person, what is next, what is late; different for each role."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sized
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.directions.models import Direction, DirectionStatus
from meetly.extensions import db
from meetly.materials.reports import service as reports
from meetly.materials.reports.listing import Stood
from meetly.meetings import service as meetings
from meetly.meetings.answers import service as answers
from meetly.meetings.answers.listing import Waiting
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.minutes.issuing import lateness
from meetly.minutes.issuing.lateness import Awaited
from meetly.minutes.issuing.models import DocumentKind, DocumentStatus, OfficialDocument
from meetly.minutes.models import EDITABLE, Approval, Minutes, MinutesStatus
from meetly.minutes.signing import turns
from meetly.recordings.models import Recording, RecordingStatus
from meetly.tasks import service as tasks
from meetly.tasks.models import ExtensionRequest, Task
from meetly.tasks.states import is_open
from meetly.transcripts.models import Transcript, TranscriptStatus

#: entries of one kind shown before "all of them"
FEW = 8
#: the next meetings shown
NEXT = 5
#: entries looked at for these
MANY = 100

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Today:
    """What one person's day holds; empty lists are left out of the page."""

    #: (chair) substitutes that wait for consent
    to_decide: list[Waiting] = field(default_factory=list)
    #: (everyone) invitations of oneself and one's units without an answer
    to_answer: list[Waiting] = field(default_factory=list)
    #: (everyone) reports one's units owe
    owed: list[Stood] = field(default_factory=list)
    #: (leader) submitted minutes to read and approve
    to_approve: list[Minutes] = field(default_factory=list)
    #: (leader) minutes whose directions wait for a decision, with how many
    to_confirm: list[tuple[Minutes, int]] = field(default_factory=list)
    #: (leader, officer) tasks whose units say they are done
    to_agree: list[Task] = field(default_factory=list)
    #: (leader) requests for more time
    to_extend: list[ExtensionRequest] = field(default_factory=list)
    #: (secretary) drafted or returned minutes to finish
    to_finish: list[Minutes] = field(default_factory=list)
    #: (secretary) approved minutes whose notice has no number yet
    to_register: list[Minutes] = field(default_factory=list)
    #: (everyone) documents whose next signature, or whose seal, is this person's
    to_sign: list[OfficialDocument] = field(default_factory=list)
    #: (secretary) documents that everybody signed
    to_issue: list[OfficialDocument] = field(default_factory=list)
    #: (secretary, leader) meetings whose notice is not out, the most urgent first
    notices_due: list[Awaited] = field(default_factory=list)
    #: (secretary) meetings that have taken place and have no recording yet
    to_record: list[Meeting] = field(default_factory=list)
    #: (secretary) recordings or transcripts that need somebody
    troubled: list[Recording] = field(default_factory=list)
    #: (secretary, leader) transcripts being made
    listening: list[Transcript] = field(default_factory=list)
    #: (everyone) open tasks of one's own units, the most urgent first
    tasks: list[Task] = field(default_factory=list)
    #: (everyone) the next meetings
    upcoming: list[Meeting] = field(default_factory=list)
    #: (secretary, leader) open tasks one's units gave, and how many of them are late
    open_given: int = 0
    late_given: int = 0
    #: open tasks one's units lead, and how many of them are late
    open_mine: int = 0
    late_mine: int = 0

    @property
    def waits(self) -> int:
        """Count what waits for this person's own hand."""
        lists: tuple[Sized, ...] = (
            self.to_decide, self.to_answer, self.owed, self.to_approve, self.to_confirm,
            self.to_agree, self.to_extend, self.to_finish, self.to_register, self.to_sign,
            self.to_issue, self.to_record, self.troubled,
        )  # fmt: skip
        return sum(len(each) for each in lists)


def of(user: User) -> Today:
    """Gather a person's day."""
    led = _ids(user, Role.LEADER)
    kept = _ids(user, Role.SECRETARY)
    return Today(
        to_decide=answers.to_decide(user, FEW),
        to_answer=_first_of_each(
            answers.to_answer(user, MANY), lambda each: (each.meeting.series_id, each.name), FEW
        ),
        owed=reports.stood(
            _first_of_each(
                reports.owed_by(user, MANY),
                lambda each: (each.meeting.series_id, each.unit_id, each.title),
                FEW,
            )
        ),
        to_approve=_minutes(led, Minutes.status == MinutesStatus.SUBMITTED),
        to_confirm=_undecided(led),
        to_agree=tasks.to_agree(user, FEW),
        to_extend=tasks.to_extend(user, FEW),
        to_finish=_minutes(kept, Minutes.status.in_(EDITABLE)),
        to_register=_minutes(kept, Minutes.status == MinutesStatus.APPROVED, ~_has_notice()),
        to_sign=turns.waiting_for(user, kept, FEW),
        to_issue=_signed(kept),
        notices_due=lateness.awaited({*led, *kept}, clock.today(), FEW),
        to_record=_unrecorded(kept),
        troubled=_troubled(kept),
        listening=_listening([*led, *kept]),
        tasks=tasks.mine(user, FEW),
        upcoming=_next_meetings(user),
        open_given=_open(Task.owner_unit_id.in_([*led, *kept])),
        late_given=_late(Task.owner_unit_id.in_([*led, *kept])),
        open_mine=_open(Task.lead_unit_id.in_(_ids(user))),
        late_mine=_late(Task.lead_unit_id.in_(_ids(user))),
    )


def _next_meetings(user: User) -> list[Meeting]:
    return _first_of_each(meetings.upcoming(user), lambda meeting: (meeting.series_id,), NEXT)


def _first_of_each(
    found: Iterable[Entry], series_of: Callable[[Entry], tuple[Hashable, ...]], most: int
) -> list[Entry]:
    """Keep of what recurs only the next one: eight weeks of it would fill the day.

    `series_of` begins with the number of the series; what belongs to none is kept.
    """
    kept: dict[Hashable, Entry] = {}
    for number, entry in enumerate(found):
        series = series_of(entry)
        kept.setdefault(number if series[0] is None else series, entry)
    return list(kept.values())[:most]


def _ids(user: User, *roles: Role) -> list[int]:
    wanted = roles or (Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)
    return [unit.id for unit in accounts.units_as(user, *wanted)]


def _minutes(units: list[int], *conditions: ColumnElement[bool]) -> list[Minutes]:
    if not units:
        return []
    query = select(Minutes).join(Meeting, Meeting.id == Minutes.meeting_id)
    query = query.where(Meeting.unit_id.in_(units), *conditions)
    return list(db.session.scalars(query.order_by(Minutes.id.desc()).limit(FEW)))


def _has_notice() -> ColumnElement[bool]:
    """Tell whether the notice has a number that stands; one of a void approval was issued then."""
    return exists().where(
        OfficialDocument.minutes_id == Minutes.id,
        OfficialDocument.kind == DocumentKind.NOTICE,
        OfficialDocument.status != DocumentStatus.CANCELLED,
        OfficialDocument.approval_id == Approval.id,
        Approval.voided_at.is_(None),
    )


def _signed(units: list[int]) -> list[OfficialDocument]:
    if not units:
        return []
    query = select(OfficialDocument).join(Minutes, Minutes.id == OfficialDocument.minutes_id)
    query = query.join(Meeting, Meeting.id == Minutes.meeting_id).where(
        Meeting.unit_id.in_(units), OfficialDocument.status == DocumentStatus.SIGNED
    )
    return list(db.session.scalars(query.order_by(OfficialDocument.id).limit(FEW)))


def _undecided(units: list[int]) -> list[tuple[Minutes, int]]:
    if not units:
        return []
    count = func.count(Direction.id)
    query = (
        select(Minutes, count)
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .join(Direction, Direction.minutes_id == Minutes.id)
        .where(
            Meeting.unit_id.in_(units),
            Minutes.status == MinutesStatus.APPROVED,
            Direction.status == DirectionStatus.PROPOSED,
        )
        .group_by(Minutes.id)
        .order_by(Minutes.id.desc())
        .limit(FEW)
    )
    return [(minutes, number) for minutes, number in db.session.execute(query).unique()]


def _unrecorded(units: list[int]) -> list[Meeting]:
    if not units:
        return []
    over = or_(
        Meeting.status == MeetingStatus.HELD,
        and_(Meeting.status == MeetingStatus.SCHEDULED, Meeting.ends_at < clock.now()),
    )
    recorded = exists().where(Recording.meeting_id == Meeting.id)
    minuted = exists().where(Minutes.meeting_id == Meeting.id)
    query = select(Meeting).where(Meeting.unit_id.in_(units), over, ~recorded, ~minuted)
    return list(db.session.scalars(query.order_by(Meeting.starts_at.desc()).limit(FEW)))


def _troubled(units: list[int]) -> list[Recording]:
    if not units:
        return []
    failed = exists().where(
        Transcript.recording_id == Recording.id, Transcript.status == TranscriptStatus.FAILED
    )
    query = select(Recording).join(Meeting, Meeting.id == Recording.meeting_id)
    query = query.where(
        Meeting.unit_id.in_(units), or_(Recording.status == RecordingStatus.REFUSED, failed)
    )
    return list(db.session.scalars(query.order_by(Recording.id.desc()).limit(FEW)))


def _listening(units: list[int]) -> list[Transcript]:
    if not units:
        return []
    query = select(Transcript).join(Meeting, Meeting.id == Transcript.meeting_id)
    query = query.where(
        Meeting.unit_id.in_(units),
        Transcript.status.in_([TranscriptStatus.SPLITTING, TranscriptStatus.TRANSCRIBING]),
    )
    return list(db.session.scalars(query.order_by(Transcript.id).limit(FEW)))


def _open(condition: ColumnElement[bool], *further: ColumnElement[bool]) -> int:
    query = select(func.count(Task.id)).where(condition, is_open(), *further)
    return db.session.scalar(query) or 0


def _late(condition: ColumnElement[bool]) -> int:
    # what was said to be done waits for whoever gave it, not for its unit
    return _open(condition, Task.due < clock.today(), Task.claimed_at.is_(None))
