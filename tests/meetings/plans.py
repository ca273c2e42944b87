"""The briefing that the tests of meetings begin with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from meetly import clock
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.meetings.plan import AgendaPlan, MeetingPlan
from tests.cast import Cast


def briefing(cast: Cast, **given: Any) -> MeetingPlan:
    """Plan the briefing of a Monday far ahead, with finance and the commune Nậm Hoa."""
    plan = MeetingPlan(
        title="Giao ban tháng 11",
        starts_at=clock.from_local(datetime(2099, 11, 23, 8, 0)),
        ends_at=clock.from_local(datetime(2099, 11, 23, 9, 30)),
        place="Phòng họp số 1",
        link="https://hop.lamgiang.example/giao-ban",
        chair_id=cast.khai.id,
        secretary_id=cast.nam.id,
        agenda=(
            AgendaPlan(title="Giải ngân vốn đầu tư công", unit_id=cast.finance.id, duration=15),
            AgendaPlan(title="Thảo luận", duration=30),
        ),
        unit_ids=(cast.finance.id, cast.nam_hoa.id),
    )
    return replace(plan, **given)


def drafted(cast: Cast, **given: Any) -> Meeting:
    """Return the briefing as Nam wrote it down."""
    return meetings.schedule(cast.nam, briefing(cast, **given))


def scheduled(cast: Cast, **given: Any) -> Meeting:
    """Return the briefing after its units were invited."""
    meeting = drafted(cast, **given)
    meetings.publish(cast.nam, meeting)
    return meeting


def held_yesterday(cast: Cast) -> Meeting:
    """Return a briefing that has taken place."""
    start = datetime.now(UTC) - timedelta(days=1)
    meeting = scheduled(cast, starts_at=start, ends_at=start + timedelta(hours=1))
    meetings.hold(cast.nam, meeting)
    return meeting
