"""Whether one more document fits: its size, the quota of its meeting, and the disk."""

from __future__ import annotations

from sqlalchemy import func, select

from meetly import arriving
from meetly.config import settings
from meetly.errors import BadInput, NoSpace, TooLarge
from meetly.extensions import db
from meetly.materials.models import Material, MaterialUpload, MaterialVersion
from meetly.meetings.models import Meeting


def require(meeting: Meeting, size: int) -> None:
    """Raise BadInput, TooLarge or NoSpace when a document of this size cannot be taken in.

    What was taken back and what is still arriving counts too. The meeting's row stays locked, so
    that two uploads cannot both be promised the last of the quota.
    """
    if size <= 0:
        raise BadInput("Tệp rỗng. Hãy kiểm tra lại tệp gốc.")
    largest, quota = settings().largest_material, settings().materials_quota
    if size > largest:
        raise TooLarge(
            "Tệp lớn hơn %(largest)s MB nên chưa được nhận. Hãy giảm dung lượng hoặc tách tệp.",
            largest=largest >> 20,
        )
    db.session.scalar(select(Meeting.id).where(Meeting.id == meeting.id).with_for_update())
    used = taken(meeting)
    if used + size > quota:
        raise TooLarge(
            "Tài liệu của cuộc họp đã chiếm %(used)s MB trong hạn mức %(quota)s MB, không còn đủ "
            "chỗ cho tệp %(size)s MB này. Hãy giảm dung lượng tệp, hoặc nhờ quản trị nâng hạn mức.",
            used=_mb(used), quota=quota >> 20, size=_mb(size),
        )  # fmt: skip
    require_disk(size)


def require_disk(size: int) -> None:
    """Raise NoSpace when the disk cannot take so many bytes beside those already promised."""
    free = arriving.space()
    if free < size:
        raise NoSpace(
            "Máy chủ chỉ còn nhận được %(free)s MB mà tệp có %(size)s MB; chưa có gì được tải lên. "
            "Hãy báo quản trị dọn ổ đĩa rồi gửi lại.",
            free=max(0, free) >> 20, size=_mb(size),
        )  # fmt: skip


def taken(meeting: Meeting) -> int:
    """Count the bytes of a meeting's documents, those kept and those arriving."""
    kept = select(func.coalesce(func.sum(MaterialVersion.size), 0)).join(
        Material, Material.id == MaterialVersion.material_id
    )
    coming = select(func.coalesce(func.sum(MaterialUpload.size), 0))
    coming = coming.where(MaterialUpload.meeting_id == meeting.id, MaterialUpload.is_open())
    stored = db.session.scalar(kept.where(Material.meeting_id == meeting.id))
    return int(stored or 0) + int(db.session.scalar(coming) or 0)


def _mb(size: int) -> int:
    return -(-size // (1 << 20))
