"""Editing proposals: correct one, part it, join two, add one that was missed.

While the minutes can be edited their blocks follow; afterwards the words of the minutes are frozen
and only a leader still changes what will be given out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.directory import Directory
from meetly.accounts.models import Unit, User
from meetly.directions.conclusions import assignment_of
from meetly.directions.extraction import extract
from meetly.directions.halves import Whole, halves
from meetly.directions.holding import KEEPERS, hold, require_changeable, require_proposed
from meetly.directions.models import Direction, DirectionStatus, Priority
from meetly.directions.naming import rows_of, units_below
from meetly.directions.proposing import follow, of_minutes, place
from meetly.errors import BadInput, NotAllowed, NotFound
from meetly.extensions import db
from meetly.folding import fold
from meetly.minutes import service as minutes_service
from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.models import EDITABLE, Minutes
from meetly.paper_wording import clean, sentence
from meetly.transcripts.models import Segment, Transcript

LONGEST_TEXT = 20_000
#: Words taken from a transcript at once; a whole speech is no direction.
LONGEST_WORDS = 3_000


@dataclass(frozen=True)
class Following:
    """How the work is to be followed up; None leaves a thing as it is."""

    product: str | None = None
    report_to: str | None = None
    priority: Priority | None = None
    #: 0 for nobody
    officer_id: int | None = None


def officers(unit: Unit) -> list[User]:
    """List who may follow a direction of this unit up: its active people."""
    return accounts.people_of([unit.id], *KEEPERS)


def correct(
    user: User,
    direction: Direction,
    version: int,
    *,
    lead: Sequence[str],
    coordinate: Sequence[str],
    due: date | None,
    recurring: str,
    text: str,
    following: Following = Following(),
) -> None:
    """Put a proposal right; its block follows while the minutes can be edited.

    Stale when somebody was faster, WrongState when it is decided or the minutes await approval.
    """
    minutes = hold(user, direction, version, *KEEPERS)
    require_proposed(direction)
    require_changeable(user, minutes)
    words = _words(text)
    before = {
        "text": direction.text, "due": direction.due, "lead": [u.name for u in direction.lead]
    }  # fmt: skip
    direction.text, direction.due, direction.recurring = words, due, recurring.strip()[:200]
    direction.units = rows_of(lead, coordinate, units_below(direction.owner_unit))
    _follow_up(direction, following)
    direction.version += 1
    if minutes.status in EDITABLE:
        let_block_follow(user, direction, dismissed=False)
    audit.record(user.id, "directions.correct", direction, before=before, due=due, lead=list(lead))


def split(user: User, direction: Direction, version: int, at: int) -> Direction:
    """Part a proposal after its first `at` words and return the second half, a proposal itself.

    Each half keeps the units and the deadline its own words name (`halves`).
    """
    minutes = hold(user, direction, version, *KEEPERS)
    require_proposed(direction)
    require_changeable(user, minutes)
    parts = halves(_whole(direction), at, direction.given_on, _directory(minutes))
    if parts is None:
        raise BadInput("Hãy chọn chỗ tách ở giữa hai từ của chỉ đạo.")
    (words, given), (rest, its) = parts
    whole, units = direction.text, units_below(direction.owner_unit)
    second = Direction(
        owner_unit_id=direction.owner_unit_id, given_on=direction.given_on,
        meeting_id=direction.meeting_id, minutes_id=direction.minutes_id,
        block_id=direction.block_id, ordinal=direction.ordinal + 1, text=rest, span=direction.span,
        due=its.due, recurring=its.recurring or "", product=its.product,
        report_to=direction.report_to, priority=direction.priority,
        officer_id=direction.officer_id, confidence=direction.confidence, cues=[*direction.cues],
        segment_ids=[*direction.segment_ids], recording_id=direction.recording_id,
        start=direction.start, end=direction.end, minutes_version=direction.minutes_version,
        units=rows_of(its.lead, its.coordinate, units),
    )  # fmt: skip
    direction.text, direction.due = words, given.due
    direction.recurring, direction.product = given.recurring or "", given.product
    direction.units = rows_of(given.lead, given.coordinate, units)
    direction.version += 1
    _make_room(minutes, direction)
    if minutes.status in EDITABLE:
        first, other = minutes_service.part_direction(
            user, minutes, direction.block_id, at, (given, its)
        )
        second.block_id = other.id
        heard = minutes_service.heard_in(minutes.meeting)
        for half, block in ((direction, first), (second, other)):
            half.segment_ids = list(block.evidence)
            place(half, block, heard)
        direction.minutes_version = second.minutes_version = minutes.version
    db.session.add(second)
    db.session.flush()
    audit.record(user.id, "directions.split", direction, at=at, whole=whole, second=second.id)
    return second


def merge(user: User, first: Direction, version: int, second: Direction, version2: int) -> None:
    """Join a proposal to another of the same minutes; the second is set aside and can be restored.

    Units of both are kept; of two deadlines the earlier one counts.
    """
    minutes = hold(user, first, version, *KEEPERS)
    hold(user, second, version2, *KEEPERS)
    require_proposed(first)
    require_proposed(second)
    require_changeable(user, minutes)
    if first.minutes_id != second.minutes_id or first.id == second.id:
        raise BadInput("Chỉ gộp được hai chỉ đạo khác nhau của cùng một biên bản.")
    before = {"text": first.text, "due": first.due, "lead": [u.name for u in first.lead]}
    lead = [u.name for d in (first, second) for u in d.lead]
    helping = [u.name for d in (first, second) for u in d.coordinating if u.name not in lead]
    first.text = _words(f"{first.text} {second.text}")
    if fold(second.span) not in fold(first.span):
        first.span = f"{first.span} {second.span}"
    first.due = min((d.due for d in (first, second) if d.due), default=None)
    first.recurring = first.recurring or second.recurring
    first.product = "; ".join(dict.fromkeys(d.product for d in (first, second) if d.product))[:500]
    first.report_to = first.report_to or second.report_to
    first.segment_ids = list(dict.fromkeys([*first.segment_ids, *second.segment_ids]))
    if first.recording_id == second.recording_id and first.end and second.end:
        first.start = min(first.start or 0.0, second.start or 0.0)
        first.end = max(first.end, second.end)
    first.units = rows_of(lead, helping, units_below(first.owner_unit))
    second.status, second.dismissal = (
        DirectionStatus.DISMISSED, f"Đã gộp vào chỉ đạo {first.ordinal}."
    )  # fmt: skip
    second.decided_by_id, second.decided_at = user.id, clock.now()
    first.version += 1
    second.version += 1
    if minutes.status in EDITABLE:
        minutes_service.join_directions(
            user, minutes, first.block_id, second.block_id, first.text, _given(first)
        )
        first.minutes_version = second.minutes_version = minutes.version
    db.session.flush()
    audit.record(user.id, "directions.merge", first, before=before, second=second.id)


def add(user: User, minutes: Minutes, words: str, segment_ids: Sequence[int] = ()) -> Direction:
    """Propose words that nobody recognised, heard in these segments of the meeting.

    What the words say themselves of units and dates is taken over; nothing is invented. The same
    words twice are one proposal.
    """
    if not minutes_service.is_keeper(user, minutes):
        raise NotAllowed()
    minutes_service.hold(minutes)
    require_changeable(user, minutes)
    known = follow(minutes)
    text = sentence(_words(clean(words)))
    if len(text) > LONGEST_WORDS:
        raise BadInput("Đoạn chọn dài quá; hãy chọn riêng câu giao việc.")
    same = next((d for d in known if fold(d.text) == fold(text)), None)
    if same is not None and same.status != DirectionStatus.DISMISSED:
        return same
    direction = _added(user, minutes, text, _heard(minutes, segment_ids))
    direction.span = " ".join(words.split())
    db.session.flush()
    audit.record(user.id, "directions.add", direction, text=text)
    return direction


def let_block_follow(user: User, direction: Direction, *, dismissed: bool) -> None:
    """Write into the minutes what the proposal says now; a block that is gone comes back."""
    minutes = direction.minutes
    assert minutes is not None
    given = None if dismissed else _given(direction)
    was_current = direction.minutes_version == minutes.version
    if given is not None and minutes_service.block_in(minutes, direction.block_id) is None:
        block = minutes_service.conclude_direction(
            user, minutes, direction.text, given, tuple(direction.segment_ids)
        )
        direction.block_id = block.id
    minutes_service.reassign_block(user, minutes, direction.block_id, direction.text, given)
    if was_current:
        direction.minutes_version = minutes.version


def _added(user: User, minutes: Minutes, text: str, heard: Sequence[Segment]) -> Direction:
    meeting = minutes.meeting
    found = extract(text, clock.local(meeting.starts_at).date(), _directory(minutes))
    given = assignment_of(found[0]) if found else Assignment()
    block = Block("", BlockKind.DIRECTION, text, tuple(s.id for s in heard), assignment=given)
    if minutes.status in EDITABLE:
        block = minutes_service.conclude_direction(user, minutes, text, given, block.evidence)
        direction = next(d for d in follow(minutes) if d.block_id == block.id)
    else:
        last = max((d.ordinal for d in of_minutes(minutes)), default=0)
        direction = Direction(
            owner_unit_id=meeting.unit_id, given_on=clock.local(meeting.starts_at).date(),
            meeting_id=meeting.id, minutes_id=minutes.id, ordinal=last + 1, text=text, span=text,
            due=given.due, recurring=given.recurring or "", product=given.product,
            segment_ids=list(block.evidence), minutes_version=minutes.version,
            units=rows_of(given.lead, given.coordinate, units_below(meeting.unit)),
        )  # fmt: skip
        db.session.add(direction)
        place(direction, block, minutes_service.heard_in(meeting))
    direction.cues = list(found[0].cues) if found else []
    return direction


def _heard(minutes: Minutes, segment_ids: Sequence[int]) -> list[Segment]:
    """Return these segments in order; NotFound where one was not heard in this meeting."""
    query = select(Segment).join(Transcript, Transcript.id == Segment.transcript_id)
    query = query.where(
        Segment.id.in_(segment_ids), Transcript.meeting_id == minutes.meeting_id
    ).order_by(Segment.transcript_id, Segment.start)
    found = list(db.session.scalars(query)) if segment_ids else []
    if len(found) != len(set(segment_ids)):
        raise NotFound()
    return found


def _make_room(minutes: Minutes, direction: Direction) -> None:
    for later in of_minutes(minutes):
        if later.ordinal > direction.ordinal:
            later.ordinal += 1


def _follow_up(direction: Direction, following: Following) -> None:
    if following.product is not None:
        direction.product = following.product.strip()[:500]
    if following.report_to is not None:
        direction.report_to = following.report_to.strip()[:200]
    if following.priority is not None:
        direction.priority = following.priority
    if following.officer_id is not None:
        chosen = following.officer_id or None
        known = {officer.id for officer in officers(direction.owner_unit)}
        if chosen and chosen not in known and chosen != direction.officer_id:
            raise BadInput("Người theo dõi phải là người đang làm việc ở đơn vị giao.")
        direction.officer_id = chosen


def _whole(direction: Direction) -> Whole:
    return Whole(direction.text, _given(direction))


def _given(direction: Direction) -> Assignment:
    return Assignment(
        lead=tuple(unit.name for unit in direction.lead),
        coordinate=tuple(unit.name for unit in direction.coordinating),
        due=direction.due,
        recurring=direction.recurring or None,
        product=direction.product,
    )


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise BadInput("Chỉ đạo chưa có nội dung.")
    if len(words) > LONGEST_TEXT:
        raise BadInput("Chỉ đạo dài quá %(most)s ký tự; hãy tách ra.", most=LONGEST_TEXT)
    return words


def _directory(minutes: Minutes) -> Directory:
    return minutes_service.directory_of(minutes.meeting)
