"""Deciding: a proposal is what the chair wants or it is none; a later one replaces an earlier."""

from __future__ import annotations

from meetly import audit, clock
from meetly.accounts.models import Role, User
from meetly.directions.editing import let_block_follow
from meetly.directions.holding import (
    KEEPERS,
    hold,
    is_keeper,
    require_not_submitted,
    require_proposed,
)
from meetly.directions.models import Direction, DirectionStatus
from meetly.directions.proposing import propose_again
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.minutes.models import EDITABLE, MinutesStatus


def confirm(user: User, direction: Direction, version: int) -> None:
    """Decide that a proposal is what the chair wants; final. Tasks are opened by the next room."""
    minutes = hold(user, direction, version, Role.LEADER)
    require_proposed(direction)
    if minutes.status != MinutesStatus.APPROVED:
        raise WrongState("Hãy duyệt biên bản trước, rồi giao nhiệm vụ theo kết luận đã duyệt.")
    if not direction.lead:
        raise BadInput("Chỉ đạo chưa có đơn vị chủ trì. Hãy chọn đơn vị rồi xác nhận.")
    decide(user, direction, DirectionStatus.CONFIRMED)
    audit.record(user.id, "directions.confirm", direction)


def dismiss(user: User, direction: Direction, version: int, reason: str) -> None:
    """Decide that a proposal is no direction; it can be restored."""
    minutes = hold(user, direction, version, *KEEPERS)
    require_proposed(direction)
    require_not_submitted(minutes)
    if not reason.strip():
        raise BadInput("Hãy ghi lý do bỏ qua, để lần sau còn biết.")
    decide(user, direction, DirectionStatus.DISMISSED)
    direction.dismissal = reason.strip()
    if minutes.status in EDITABLE:
        let_block_follow(user, direction, dismissed=True)
    audit.record(user.id, "directions.dismiss", direction, reason=reason)


def restore(user: User, direction: Direction, version: int) -> None:
    """Propose a dismissed direction again; where its block is gone it gets one anew."""
    minutes = hold(user, direction, version, *KEEPERS)
    require_not_submitted(minutes)
    if direction.status != DirectionStatus.DISMISSED:
        raise WrongState()
    propose_again(direction)
    if minutes.status in EDITABLE:
        let_block_follow(user, direction, dismissed=False)
    audit.record(user.id, "directions.restore", direction)


def supersede(user: User, old: Direction, new: Direction) -> None:
    """Let a later confirmed direction take the place of an earlier one of the same giver; final.

    What tasks the earlier one opened is for the next room. Doing it again changes nothing.
    """
    if not is_keeper(user, new, Role.LEADER) or not is_keeper(user, old, Role.LEADER):
        raise NotAllowed()
    if old.owner_unit_id != new.owner_unit_id:
        raise NotFound()
    if old.id == new.id or new.superseded_by_id == old.id:
        raise WrongState("Một chỉ đạo không thay được chính nó.")
    db.session.refresh(old, with_for_update={"of": Direction})
    if old.superseded_by_id == new.id:
        return
    both = {old.status, new.status}
    if both != {DirectionStatus.CONFIRMED} or old.superseded_by_id is not None:
        raise WrongState("Chỉ đạo cũ đã có chỉ đạo khác thay thế; hãy tải lại trang.")
    old.superseded_by_id = new.id
    old.version += 1
    db.session.flush()
    audit.record(user.id, "directions.supersede", old, by=new.id)


def decide(user: User, direction: Direction, status: DirectionStatus) -> None:
    """Note what was decided, by whom and when."""
    direction.status = status
    direction.decided_by_id, direction.decided_at = user.id, clock.now()
    direction.version += 1
