"""What to think about before a plan is saved: warnings, clashes, and times that are free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from meetly import clock
from meetly.accounts.models import Unit, User
from meetly.meetings import announcement, clashes, free_times, notice_period
from meetly.meetings.clashes import Clash, What
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.meetings.notice_period import Caution
from meetly.meetings.plan import MeetingPlan
from meetly.web import time_of_day

#: How it is said of whom.
TAKEN = {
    What.CHAIR: _l("Chủ trì %(name)s bận %(time)s"),
    What.SECRETARY: _l("Thư ký %(name)s bận %(time)s"),
    What.PLACE: _l("%(name)s đã có cuộc họp %(time)s"),
    What.PERSON: _l("%(name)s bận %(time)s"),
    What.UNIT: _l("%(name)s bận %(time)s"),
}


@dataclass(frozen=True)
class Checks:
    """What one look at the calendar says of a plan; nothing of it stops anybody."""

    cautions: list[Caution] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    #: free starts, in the order of the day
    before: list[datetime] = field(default_factory=list)
    after: list[datetime] = field(default_factory=list)
    #: these times suit every invited unit as well; else only those who are told one by one
    for_all: bool = True

    @property
    def single(self) -> list[Clash]:
        """The chair, the secretary, the room, and people: told one by one."""
        return [clash for clash in self.clashes if clash.what != What.UNIT]

    @property
    def sites(self) -> list[Clash]:
        """The invited units, which may be many."""
        return [clash for clash in self.clashes if clash.what == What.UNIT]

    @property
    def busy_sites(self) -> int:
        """How many units are taken, each counted once."""
        return len({clash.who for clash in self.sites})


def of(user: User, host: Unit, plan: MeetingPlan, meeting: Meeting | None = None) -> Checks:
    """Look a plan up in the calendar; `meeting` is the one that is being changed."""
    now = clock.now()
    cautions = notice_period.of_invitation(plan.starts_at, now, has_chair=bool(plan.chair_id))
    if meeting and meeting.published_at:  # its letter is out
        cautions = [caution for caution in cautions if caution.kind != "short_notice"]
    but = meeting.id if meeting else None
    found = clashes.found(user, host, plan, but=but)
    if not found:
        return Checks(cautions)
    reach = timedelta(days=free_times.REACH + 1)
    busy = clashes.taken(
        user, host, plan, plan.starts_at - reach, plan.ends_at + reach, but=but
    )  # fmt: skip
    before, after = _nearest(plan, busy, now)
    if before or after:
        return Checks(cautions, found, before, after)
    # Of two hundred sites one is always busy: then whoever cannot be missed decides.
    if any(clash.what != What.UNIT for clash in found):
        before, after = _nearest(plan, [clash for clash in busy if clash.what != What.UNIT], now)
    return Checks(cautions, found, before, after, for_all=False)


def _nearest(
    plan: MeetingPlan, busy: Iterable[Clash], now: datetime
) -> tuple[list[datetime], list[datetime]]:
    spans = {(clash.starts_at, clash.ends_at) for clash in busy}
    return free_times.nearest((plan.starts_at, plan.ends_at), spans, earliest=now)


def before_inviting(meeting: Meeting) -> list[Caution]:
    """List what to think about before a draft is opened to those invited."""
    if meeting.status != MeetingStatus.DRAFT:
        return []
    return notice_period.of_invitation(
        meeting.starts_at, clock.now(), has_chair=meeting.chair_id is not None
    )


def said(clash: Clash, wanted: datetime) -> str:
    """Say who is taken and when: hours where it is the wanted day, else the days as well."""
    days = {clock.local(m).date() for m in (wanted, clash.starts_at, clash.ends_at)}
    time = announcement.between(clash.starts_at, clash.ends_at)
    if len(days) == 1:
        time = f"{time_of_day(clash.starts_at)} – {time_of_day(clash.ends_at)}"
    line = str(TAKEN[clash.what]) % {"name": clash.name, "time": time}
    return f"{line} ({clash.title})" if clash.title else line
