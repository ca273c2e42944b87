"""From what an engine reported to who was there when: stays, gaps and what they mean.

Pure: reports may come twice, late, in any order or not at all, and the answer is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from meetly.meetings.conference.models import EventKind
from meetly.meetings.models import AttendanceStatus

#: Who enters later than this after the beginning is late.
GRACE = timedelta(minutes=10)
#: A shorter absence is a browser that was reloaded, not a gap.
BLINK = timedelta(seconds=10)
#: Who leaves earlier than this before the end left early.
EARLY = timedelta(minutes=10)

#: Why a stay ended, as engines say it; empty when they do not.
KICKED, TIMEOUT = "kicked", "timeout"
#: Ends that are not reported of the person.
ROOM_ENDED, STILL_THERE = "ended", "there"

#: Things that happen at one moment, in the order they are read.
_ORDER = {kind: place for place, kind in enumerate(EventKind)}


@dataclass(frozen=True)
class Signal:
    """One report: of a site's device, or of the whole room (no site)."""

    kind: EventKind
    at: datetime
    site: int | None = None
    session: str = ""
    reason: str = ""

    @property
    def place(self) -> tuple[datetime, int, int, str, str]:
        """Where it stands among all signals."""
        return (self.at, _ORDER[self.kind], self.site or 0, self.session, self.reason)


@dataclass(frozen=True)
class Stay:
    """One uninterrupted presence of a site, and why it ended."""

    start: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True)
class Window:
    """When the meeting really was, as far as the engine tells."""

    begin: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.end - self.begin


@dataclass(frozen=True)
class Line:
    """How one site took part."""

    window: Window
    stays: tuple[Stay, ...] = ()
    inside: tuple[Stay, ...] = field(init=False)

    def __post_init__(self) -> None:
        within = [
            Stay(max(stay.start, self.window.begin), min(stay.end, self.window.end), stay.reason)
            for stay in self.stays
        ]
        object.__setattr__(self, "inside", tuple(stay for stay in within if stay.start < stay.end))

    @property
    def status(self) -> AttendanceStatus:
        """What the engine would say at the roll-call."""
        if not self.inside:
            return AttendanceStatus.ABSENT
        is_late = self.inside[0].start > self.window.begin + GRACE
        return AttendanceStatus.LATE if is_late else AttendanceStatus.PRESENT

    @property
    def entered(self) -> datetime | None:
        """When it entered, before the beginning or after."""
        first = self.inside[0] if self.inside else None
        return next((s.start for s in self.stays if first and s.end >= first.end), None)

    @property
    def gaps(self) -> tuple[Stay, ...]:
        """List when it was away in between, each with the reason the stay before ended."""
        return tuple(Stay(a.end, b.start, a.reason) for a, b in pairwise(self.inside))

    @property
    def away(self) -> timedelta:
        """How long it was away in between."""
        return sum((gap.end - gap.start for gap in self.gaps), timedelta())

    @property
    def missed(self) -> timedelta:
        """How much of the meeting it was not there."""
        return self.window.length - sum((s.end - s.start for s in self.inside), timedelta())

    @property
    def away_minutes(self) -> int:
        """The same in minutes, as people say it."""
        return _minutes(self.away)

    @property
    def missed_minutes(self) -> int:
        """How many minutes of the meeting it was not there; a blink is none."""
        return _minutes(self.missed) if self.missed > BLINK else 0

    @property
    def left_early(self) -> datetime | None:
        """When it left for good, if that was well before the end."""
        last = self.inside[-1] if self.inside else None
        return last.end if last and last.end < self.window.end - EARLY else None

    @property
    def is_there(self) -> bool:
        """Whether it is in the room now."""
        return bool(self.stays) and self.stays[-1].reason == STILL_THERE


def _minutes(length: timedelta) -> int:
    return max(1, round(length / timedelta(minutes=1))) if length else 0


@dataclass
class _Device:
    """One device while the signals are read."""

    since: datetime | None = None
    silent_since: datetime | None = None


def read(
    signals: Iterable[Signal], starts: datetime, until: datetime | None = None
) -> tuple[Window, dict[int, Line]]:
    """Return when the meeting was, and the line of every site that was ever there.

    `starts` is when it was planned to begin; `until` is now while it goes on, None once it is
    over: then a stay whose end was never reported ends with the room or with the last report.
    """
    ordered = sorted(set(signals), key=lambda signal: signal.place)
    last = max((signal.at for signal in ordered), default=starts)
    stays = _stays(ordered, last, until)
    window = _window(ordered, starts, last, until)
    return window, {site: Line(window, tuple(found)) for site, found in stays.items()}


def _window(
    ordered: list[Signal], starts: datetime, last: datetime, until: datetime | None
) -> Window:
    arrivals = [s.at for s in ordered if s.kind in (EventKind.ROOM_STARTED, EventKind.JOINED)]
    begin = max(starts, min(arrivals, default=starts))
    ends = [s.at for s in ordered if s.kind == EventKind.ROOM_ENDED]
    over = bool(ends) and ends[-1] >= max(arrivals, default=starts) and ends[-1] > begin
    end = ends[-1] if over else max(last, until or last)
    return Window(begin, max(begin, end))


def _stays(
    ordered: list[Signal], last: datetime, until: datetime | None
) -> Mapping[int, list[Stay]]:
    devices: dict[tuple[int, str], _Device] = defaultdict(_Device)
    found: dict[int, list[Stay]] = defaultdict(list)

    def close(key: tuple[int, str], at: datetime, reason: str) -> None:
        device = devices.pop(key)
        if device.since is not None and device.since < at:
            found[key[0]].append(Stay(device.since, at, reason))

    for signal in ordered:
        if signal.kind == EventKind.ROOM_ENDED:
            for key in list(devices):
                close(key, signal.at, ROOM_ENDED)
        if signal.site is None:
            continue
        key = (signal.site, signal.session)
        device = devices[key]
        if signal.kind == EventKind.JOINED:
            device.since = device.since or signal.at
        elif signal.kind == EventKind.MEDIA_OFF and device.since is not None:
            device.silent_since = device.silent_since or signal.at
        elif signal.kind == EventKind.MEDIA_ON:
            device.silent_since = None
        elif signal.kind == EventKind.LEFT:
            # A frozen browser is removed a minute after its last sound: it was gone since then.
            gone = device.silent_since if signal.reason == TIMEOUT else None
            close(key, gone or signal.at, signal.reason)
    for key, device in list(devices.items()):
        if until is not None and device.silent_since is None:
            close(key, max(until, last), STILL_THERE)
        else:
            close(key, device.silent_since or last, TIMEOUT if device.silent_since else "")
    return {site: _joined(all_of_it) for site, all_of_it in found.items()}


def _joined(stays: list[Stay]) -> list[Stay]:
    """Lay the stays of several devices of one site over each other."""
    joined: list[Stay] = []
    for stay in sorted(stays, key=lambda s: (s.start, s.end, s.reason)):
        before = joined[-1] if joined else None
        if before is None or stay.start > before.end + BLINK:
            joined.append(stay)
        elif stay.end > before.end:
            joined[-1] = Stay(before.start, stay.end, stay.reason)
    return joined
