"""The one seam for time: UTC inside, Vietnamese time outside."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day it is in Vietnam."""
    return now().astimezone(VIETNAM).date()


def local(moment: datetime) -> datetime:
    """Return the moment as a clock on a Vietnamese wall shows it."""
    return moment.astimezone(VIETNAM)


def from_local(wall: datetime) -> datetime:
    """Read a naive wall-clock time as Vietnamese time and return it in UTC."""
    return wall.replace(tzinfo=VIETNAM).astimezone(UTC)
