"""How a report due stands, computed from its moments and never stored; pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l


class Standing(StrEnum):
    """Where a report due stands, in the order in which a secretary chases."""

    MISSING = "missing"
    #: not here, and still in time
    OPEN = "open"
    LATE = "late"
    SENT = "sent"
    #: it need not come
    WAIVED = "waived"


#: Words and tone of each.
STANDINGS = {
    Standing.MISSING: (_l("Quá hạn"), "late"),
    Standing.OPEN: (_l("Chưa nộp"), "neutral"),
    Standing.LATE: (_l("Nộp muộn"), "waiting"),
    Standing.SENT: (_l("Đã nộp"), "good"),
    Standing.WAIVED: (_l("Được miễn"), "accent"),
}


def standing(
    due_at: datetime, sent_at: datetime | None, waived_at: datetime | None, now: datetime
) -> Standing:
    """Tell how a report stands at a moment; what came counts even if it need not have come.

    The minute it is due is still in time.
    """
    if sent_at is not None:
        return Standing.LATE if sent_at > due_at else Standing.SENT
    if waived_at is not None:
        return Standing.WAIVED
    return Standing.MISSING if now > due_at else Standing.OPEN
