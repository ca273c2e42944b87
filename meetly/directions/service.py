"""Verbs of directions: find them in the chair's conclusions, correct, confirm or dismiss them.

While the minutes can be edited, the block in the minutes and the proposal say the same: a
correction here changes the block, a change of the block is followed here. Once the minutes are
approved their words are frozen; a leader may still correct a proposal before giving it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.directions.conclusions import concluding, found_in
from meetly.directions.groups import kinds_reached
from meetly.directions.models import Direction, DirectionStatus, DirectionUnit, UnitPart
from meetly.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.folding import fold
from meetly.meetings.models import Meeting
from meetly.minutes import service as minutes_service
from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.models import EDITABLE, Minutes, MinutesStatus
from meetly.transcripts.models import Segment, Transcript

KEEPERS = (Role.SECRETARY, Role.LEADER)
MEMBERS = (Role.SECRETARY, Role.LEADER, Role.PARTICIPANT)
#: Said when the words that held a proposal are no longer a direction of the minutes.
GONE = "Không còn là chỉ đạo trong biên bản."


# -- finding ---------------------------------------------------------------------------------


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
        direction = _propose(minutes, block, ordinal, units)
        _place(direction, block, heard)
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

    A block that became a direction is proposed, one that no longer is one is dismissed.
    """
    known = {d.block_id: d for d in of_minutes(minutes)}
    if all(d.minutes_version >= minutes.version for d in known.values()) and known:
        return list(known.values())
    heard = minutes_service.heard_in(minutes.meeting)
    units = units_below(minutes.meeting.unit)
    blocks = [b for b in minutes_service.blocks_of(minutes) if b.kind is BlockKind.DIRECTION]
    for ordinal, block in enumerate(blocks, 1):
        direction = known.pop(block.id, None)
        if direction is None:
            direction = _propose(minutes, block, ordinal, units)
            _place(direction, block, heard)
            continue
        direction.ordinal, direction.minutes_version = ordinal, minutes.version
        if direction.status == DirectionStatus.DISMISSED:  # somebody made it one again
            _propose_again(direction)
        if direction.status == DirectionStatus.PROPOSED and not _says(direction, block, units):
            _take_words(direction, block, units)
    for direction in known.values():
        direction.minutes_version = minutes.version
        if direction.status == DirectionStatus.PROPOSED:
            direction.status, direction.dismissal = DirectionStatus.DISMISSED, GONE
            direction.version += 1
    db.session.flush()
    return of_minutes(minutes)


def units_below(owner: Unit) -> list[Unit]:
    """List the living units of the tree that the giver belongs to."""
    root = "/".join(owner.path.split("/")[:2]) + "/"
    return [unit for unit in accounts.units() if unit.path.startswith(root)]


def _propose(minutes: Minutes, block: Block, ordinal: int, units: Sequence[Unit]) -> Direction:
    given = block.assignment or Assignment()
    meeting = minutes.meeting
    direction = Direction(
        owner_unit_id=meeting.unit_id, given_on=clock.local(meeting.starts_at).date(),
        meeting_id=meeting.id, minutes_id=minutes.id, block_id=block.id, ordinal=ordinal,
        text=block.text, span=block.text, due=given.due, recurring=given.recurring or "",
        product=given.product, minutes_version=minutes.version, cues=[],
        segment_ids=list(block.evidence), units=_units(given.lead, given.coordinate, units),
    )  # fmt: skip
    db.session.add(direction)
    return direction


def _place(direction: Direction, block: Block, heard: minutes_service.Heard) -> None:
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


def _units(
    lead: Iterable[str], coordinate: Iterable[str], units: Sequence[Unit]
) -> list[DirectionUnit]:
    rows: list[DirectionUnit] = []
    for part, names in ((UnitPart.LEAD, lead), (UnitPart.COORDINATING, coordinate)):
        for name in dict.fromkeys(names):
            unit = named(name, units)
            shown = unit.name if unit else name
            row = DirectionUnit(ordinal=len(rows), part=part, name=shown[:200])
            row.unit_id = unit.id if unit else None
            rows.append(row)
    return rows


def named(name: str, units: Iterable[Unit]) -> Unit | None:
    """Find the unit of this name or alias, forgiving case and diacritics."""
    wanted = fold(name).strip()
    living = list(units)
    exact = next((unit for unit in living if fold(unit.name) == wanted), None)
    return exact or next(
        (unit for unit in living if wanted in {fold(alias) for alias in unit.aliases}), None
    )


def _says(direction: Direction, block: Block, units: Sequence[Unit]) -> bool:
    given = block.assignment or Assignment()
    said = [(u.part, u.name) for u in _units(given.lead, given.coordinate, units)]
    return (direction.text, direction.due, direction.recurring) == (
        block.text,
        given.due,
        given.recurring or "",
    ) and [(u.part, u.name) for u in direction.units] == said


def _take_words(direction: Direction, block: Block, units: Sequence[Unit]) -> None:
    given = block.assignment or Assignment()
    direction.text, direction.due = block.text, given.due
    direction.recurring = given.recurring or ""
    direction.units = _units(given.lead, given.coordinate, units)
    direction.version += 1


# -- reading ---------------------------------------------------------------------------------


def of_minutes(minutes: Minutes) -> list[Direction]:
    """List the directions of minutes in the order they were said; asks no permission."""
    query = select(Direction).where(Direction.minutes_id == minutes.id)
    return list(db.session.scalars(query.order_by(Direction.ordinal, Direction.id)))


def of_meeting(meeting: Meeting) -> list[Direction]:
    """List the directions of a meeting in the order they were said; asks no permission."""
    query = select(Direction).where(Direction.meeting_id == meeting.id)
    return list(db.session.scalars(query.order_by(Direction.ordinal, Direction.id)))


def get(user: User, direction_id: int) -> Direction:
    """Return a direction the person may see: the host's keepers always, once confirmed also the
    people of the units that lead it or help with it.
    """
    direction = db.session.get(Direction, direction_id)
    if direction is None or not may_see(user, direction):
        raise NotFound()
    return direction


def get_to_decide(user: User, direction_id: int) -> Direction:
    """Return a direction of a meeting the person's own unit holds; NotFound otherwise."""
    direction = db.session.get(Direction, direction_id)
    if direction is None or not is_keeper(user, direction):
        raise NotFound()
    return direction


def is_keeper(user: User, direction: Direction, *roles: Role) -> bool:
    """Tell whether the person is a secretary or leader (or of these roles) of the host."""
    return bool(accounts.roles_in(user, direction.owner_unit_id) & set(roles or KEEPERS))


def may_see(user: User, direction: Direction) -> bool:
    """Tell whether the person may see this direction and hear its seconds."""
    if is_keeper(user, direction):
        return True
    if direction.status != DirectionStatus.CONFIRMED:
        return False
    mine = {unit.id for unit in accounts.units_as(user, *MEMBERS)}
    return any(unit.id in mine for part in direction.units for unit in reached(direction, part))


def reached(direction: Direction, part: DirectionUnit) -> list[Unit]:
    """List the units a name of the direction means: one, every living one of a group, or none."""
    if part.unit_id is not None:
        return [part.unit] if part.unit else []
    kinds = kinds_reached(part.name)
    return [u for u in units_below(direction.owner_unit) if u.kind in kinds] if kinds else []


# -- deciding --------------------------------------------------------------------------------


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
) -> None:
    """Put a proposal right; its block follows while the minutes can be edited.

    Stale when somebody was faster, WrongState when it is decided or the minutes await approval.
    """
    _hold(user, direction, version, *KEEPERS)
    _require_proposed(direction)
    minutes = _minutes_of(direction)
    if minutes.status == MinutesStatus.SUBMITTED:
        raise WrongState("Biên bản đang chờ duyệt. Hãy duyệt hoặc trả lại, rồi sửa chỉ đạo.")
    if minutes.status == MinutesStatus.APPROVED and not is_keeper(user, direction, Role.LEADER):
        raise NotAllowed("Biên bản đã duyệt; chỉ lãnh đạo sửa được chỉ đạo trước khi giao.")
    words = " ".join(text.split())
    if not words:
        raise BadInput("Chỉ đạo chưa có nội dung.")
    before = {
        "text": direction.text, "due": direction.due, "lead": [u.name for u in direction.lead]
    }  # fmt: skip
    direction.text, direction.due, direction.recurring = words, due, recurring.strip()[:200]
    direction.units = _units(lead, coordinate, units_below(direction.owner_unit))
    direction.version += 1
    if minutes.status in EDITABLE:
        _let_block_follow(user, direction, dismissed=False)
    audit.record(user.id, "directions.correct", direction, before=before, due=due, lead=list(lead))


def confirm(user: User, direction: Direction, version: int) -> None:
    """Decide that a proposal is what the chair wants; final. Tasks are opened by the next room."""
    _hold(user, direction, version, Role.LEADER)
    _require_proposed(direction)
    if _minutes_of(direction).status != MinutesStatus.APPROVED:
        raise WrongState("Hãy duyệt biên bản trước, rồi giao nhiệm vụ theo kết luận đã duyệt.")
    if not direction.lead:
        raise BadInput("Chỉ đạo chưa có đơn vị chủ trì. Hãy chọn đơn vị rồi xác nhận.")
    _decide(user, direction, DirectionStatus.CONFIRMED)
    audit.record(user.id, "directions.confirm", direction)


def dismiss(user: User, direction: Direction, version: int, reason: str) -> None:
    """Decide that a proposal is no direction; it can be restored."""
    _hold(user, direction, version, *KEEPERS)
    _require_proposed(direction)
    _require_not_submitted(direction)
    if not reason.strip():
        raise BadInput("Hãy ghi lý do bỏ qua, để lần sau còn biết.")
    _decide(user, direction, DirectionStatus.DISMISSED)
    direction.dismissal = reason.strip()
    if _minutes_of(direction).status in EDITABLE:
        _let_block_follow(user, direction, dismissed=True)
    audit.record(user.id, "directions.dismiss", direction, reason=reason)


def restore(user: User, direction: Direction, version: int) -> None:
    """Propose a dismissed direction again."""
    _hold(user, direction, version, *KEEPERS)
    _require_not_submitted(direction)
    if direction.status != DirectionStatus.DISMISSED:
        raise WrongState()
    _propose_again(direction)
    if _minutes_of(direction).status in EDITABLE:
        _let_block_follow(user, direction, dismissed=False)
    audit.record(user.id, "directions.restore", direction)


def _hold(user: User, direction: Direction, version: int, *roles: Role) -> None:
    """Check the role, follow the minutes, lock the row and compare the version that was seen."""
    if not is_keeper(user, direction, *roles):
        raise NotAllowed()
    minutes = _minutes_of(direction)
    minutes_service.hold(minutes)
    follow(minutes)
    taken = (
        update(Direction)
        .where(Direction.id == direction.id, Direction.version == version)
        .values(version=version)
        .execution_options(synchronize_session=False)
    )
    result = db.session.execute(taken)
    assert isinstance(result, CursorResult)
    db.session.refresh(direction)
    if result.rowcount != 1:
        raise Stale()


def _minutes_of(direction: Direction) -> Minutes:
    """Return the minutes it stands in; what was taken over from a document was decided there."""
    if direction.minutes is None:
        raise WrongState("Chỉ đạo này đã được quyết định; hãy tải lại trang.")
    return direction.minutes


def _require_proposed(direction: Direction) -> None:
    if direction.status != DirectionStatus.PROPOSED:
        raise WrongState("Chỉ đạo này đã được quyết định; hãy tải lại trang.")


def _require_not_submitted(direction: Direction) -> None:
    if _minutes_of(direction).status == MinutesStatus.SUBMITTED:
        raise WrongState("Biên bản đang chờ duyệt. Hãy duyệt hoặc trả lại, rồi sửa chỉ đạo.")


def _decide(user: User, direction: Direction, status: DirectionStatus) -> None:
    direction.status = status
    direction.decided_by_id, direction.decided_at = user.id, clock.now()
    direction.version += 1


def _propose_again(direction: Direction) -> None:
    direction.status, direction.dismissal = DirectionStatus.PROPOSED, ""
    direction.decided_by_id = direction.decided_at = None
    direction.version += 1


def _let_block_follow(user: User, direction: Direction, *, dismissed: bool) -> None:
    minutes = _minutes_of(direction)
    block = minutes_service.block_in(minutes, direction.block_id)
    product = block.assignment.product if block and block.assignment else ""
    given = Assignment(
        lead=tuple(unit.name for unit in direction.lead),
        coordinate=tuple(unit.name for unit in direction.coordinating),
        due=direction.due,
        recurring=direction.recurring or None,
        product=product,
    )
    was_current = direction.minutes_version == minutes.version
    minutes_service.reassign_block(
        user, minutes, direction.block_id, direction.text, None if dismissed else given
    )
    if was_current:
        direction.minutes_version = minutes.version
