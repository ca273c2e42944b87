"""Holding a direction for a decision: the role, the minutes, the row, the version seen."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.engine import CursorResult

from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.directions.models import Direction, DirectionStatus
from meetly.directions.proposing import follow
from meetly.errors import NotAllowed, Stale, WrongState
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.models import Minutes, MinutesStatus

KEEPERS = (Role.SECRETARY, Role.LEADER)


def is_keeper(user: User, direction: Direction, *roles: Role) -> bool:
    """Tell whether the person is a secretary or leader (or of these roles) of the host."""
    return bool(accounts.roles_in(user, direction.owner_unit_id) & set(roles or KEEPERS))


def hold(user: User, direction: Direction, version: int, *roles: Role) -> Minutes:
    """Check the role, follow the minutes, lock the row and compare the version that was seen."""
    if not is_keeper(user, direction, *roles):
        raise NotAllowed()
    minutes = minutes_of(direction)
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
    return minutes


def minutes_of(direction: Direction) -> Minutes:
    """Return the minutes it stands in; what was taken over from a document was decided there."""
    if direction.minutes is None:
        raise WrongState("Chỉ đạo này đã được quyết định; hãy tải lại trang.")
    return direction.minutes


def require_proposed(direction: Direction) -> None:
    """Raise WrongState when it is decided."""
    if direction.status != DirectionStatus.PROPOSED:
        raise WrongState("Chỉ đạo này đã được quyết định; hãy tải lại trang.")


def require_not_submitted(minutes: Minutes) -> None:
    """Raise WrongState while the minutes await approval."""
    if minutes.status == MinutesStatus.SUBMITTED:
        raise WrongState("Biên bản đang chờ duyệt. Hãy duyệt hoặc trả lại, rồi sửa chỉ đạo.")


def require_changeable(user: User, minutes: Minutes) -> None:
    """Raise unless this person may change the proposals of these minutes as they stand."""
    require_not_submitted(minutes)
    leads = minutes_service.is_keeper(user, minutes, Role.LEADER)
    if minutes.status == MinutesStatus.APPROVED and not leads:
        raise NotAllowed("Biên bản đã duyệt; chỉ lãnh đạo sửa được chỉ đạo trước khi giao.")
