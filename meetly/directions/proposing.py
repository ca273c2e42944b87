"""Finding the directions of minutes, and keeping proposals and the words of the minutes alike."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from meetly import audit, clock
from meetly.accounts.models import Unit
from meetly.directions.conclusions import concluding, found_in
from meetly.directions.models import Direction, DirectionStatus, DirectionUnit
from meetly.directions.naming import rows_of, units_below
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.models import Minutes
from meetly.transcripts.models import Segment, Transcript

#: Said when the words that held a proposal are no longer a direction of the minutes.
GONE = "Không còn là chỉ đạo trong biên bản."


def of_minutes(minutes: Minutes) -> list[Direction]:
    """List the directions of minutes in the order they were said; asks no permission."""
    query = select(Direction).where(Direction.minutes_id == minutes.id)
    return list(db.session.scalars(query.order_by(Direction.ordinal, Direction.id)))


def propose_for(minutes: Minutes) -> list[Direction]:
    """Find the directions in the chair's conclusions and propose them; done once, then followed."""
    known = of_minutes(minutes)
    if known:
        return known
    minutes_service.hold(minutes)
    meeting = minutes.meeting
    heard = minutes_service.heard_in(meeting)
    day = clock.local(meeting.starts_at).date()
    found = found_in(minutes_service.blocks_of(minutes), day, minutes_service.directory_of(meeting))
    blocks = minutes_service.weave_directions(minutes, concluding(found), heard)
    units = units_below(meeting.unit)
    paired = found if len(blocks) == len(found) else []
    for ordinal, block in enumerate(blocks, 1):
        direction = propose(minutes, block, ordinal, units)
        place(direction, block, heard)
        if paired:
            item = paired[ordinal - 1][1]
            direction.span, direction.cues = item.span, list(item.cues)
            direction.confidence = item.confidence
            direction.report_to = item.report_to[:200]
    if blocks:
        audit.record(None, "directions.propose", minutes, found=len(blocks))
    return of_minutes(minutes)


def follow(minutes: Minutes) -> list[Direction]:
    """Bring the proposals up to the current words of the minutes; decided directions stay.

    A block that became a direction is proposed, one that no longer is one is dismissed. What a
    leader added after the approval has no block and stays; a half parted then goes when its whole
    takes the words of the block again.
    """
    directions = _anew(minutes)
    if _is_current(minutes, directions):
        return directions
    minutes_service.hold(minutes)  # of two who come at once, the second finds it done
    directions = _anew(minutes)
    if _is_current(minutes, directions):
        return directions
    known = _by_block(directions)
    heard = minutes_service.heard_in(minutes.meeting)
    units = units_below(minutes.meeting.unit)
    blocks = [b for b in minutes_service.blocks_of(minutes) if b.kind is BlockKind.DIRECTION]
    for ordinal, block in enumerate(blocks, 1):
        direction = known.pop(block.id, None)
        if direction is None:
            direction = propose(minutes, block, ordinal, units)
            place(direction, block, heard)
            continue
        direction.ordinal, direction.minutes_version = ordinal, minutes.version
        if direction.status == DirectionStatus.DISMISSED:  # somebody made it one again
            propose_again(direction)
        if direction.status == DirectionStatus.PROPOSED and not _says(direction, block, units):
            _take_words(direction, block, units)
            known |= {f"half:{d.id}": d for d in directions if _is_half_of(d, direction)}
    for direction in known.values():
        if direction.status == DirectionStatus.PROPOSED:
            direction.status, direction.dismissal = DirectionStatus.DISMISSED, GONE
            direction.version += 1
    for direction in directions:
        direction.minutes_version = minutes.version
    db.session.flush()
    return of_minutes(minutes)


def _anew(minutes: Minutes) -> list[Direction]:
    """Read the directions again: who waited for the minutes may hold rows as they were before."""
    query = select(Direction).where(Direction.minutes_id == minutes.id)
    query = query.options(selectinload(Direction.units).joinedload(DirectionUnit.unit))
    query = query.order_by(Direction.ordinal, Direction.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _is_current(minutes: Minutes, directions: Sequence[Direction]) -> bool:
    return bool(directions) and all(d.minutes_version >= minutes.version for d in directions)


def _by_block(directions: Sequence[Direction]) -> dict[str, Direction]:
    """Name each direction by its block; a half parted after the approval shares its whole's."""
    known: dict[str, Direction] = {}
    for direction in sorted(directions, key=lambda d: d.id):
        if direction.block_id:
            known.setdefault(direction.block_id, direction)
    return known


def _is_half_of(direction: Direction, whole: Direction) -> bool:
    return direction.block_id == whole.block_id and direction.id != whole.id


def propose(minutes: Minutes, block: Block, ordinal: int, units: Sequence[Unit]) -> Direction:
    """Propose what a block says."""
    given = block.assignment or Assignment()
    meeting = minutes.meeting
    direction = Direction(
        owner_unit_id=meeting.unit_id, given_on=clock.local(meeting.starts_at).date(),
        meeting_id=meeting.id, minutes_id=minutes.id, block_id=block.id, ordinal=ordinal,
        text=block.text, span=block.text, due=given.due, recurring=given.recurring or "",
        product=given.product, minutes_version=minutes.version, cues=[],
        segment_ids=list(block.evidence), units=rows_of(given.lead, given.coordinate, units),
    )  # fmt: skip
    db.session.add(direction)
    return direction


def place(direction: Direction, block: Block, heard: minutes_service.Heard) -> None:
    """Link a proposal to its segments and to the seconds of the recording they were heard in."""
    query = select(Segment, Transcript.recording_id).join(
        Transcript, Transcript.id == Segment.transcript_id
    )
    rows = db.session.execute(query.where(Segment.id.in_(block.evidence)).order_by(Segment.start))
    segments = [(segment, recording_id) for segment, recording_id in rows]
    if not segments:
        return
    recording_id = segments[0][1]
    mine = [segment for segment, of in segments if of == recording_id]
    said = block.start - heard.offsets.get(recording_id, 0.0) if block.start is not None else None
    first, last = mine[0].start, max(segment.end for segment in mine)
    direction.recording_id = recording_id
    direction.start = said if said is not None and first <= said < last else first
    direction.end = last


def _says(direction: Direction, block: Block, units: Sequence[Unit]) -> bool:
    given = block.assignment or Assignment()
    said = [(u.part, u.name) for u in rows_of(given.lead, given.coordinate, units)]
    told = (block.text, given.due, given.recurring or "", given.product)
    mine = (direction.text, direction.due, direction.recurring, direction.product)
    return mine == told and [(u.part, u.name) for u in direction.units] == said


def _take_words(direction: Direction, block: Block, units: Sequence[Unit]) -> None:
    given = block.assignment or Assignment()
    direction.text, direction.due = block.text, given.due
    direction.recurring, direction.product = given.recurring or "", given.product
    direction.units = rows_of(given.lead, given.coordinate, units)
    direction.version += 1


def propose_again(direction: Direction) -> None:
    """Take a dismissal back."""
    direction.status, direction.dismissal = DirectionStatus.PROPOSED, ""
    direction.decided_by_id = direction.decided_at = None
    direction.version += 1
