"""The parts of one meeting on one line of time: their order, where sound is missing or twice.

A part whose beginning is known lies where its clock puts it. One without a clock follows the part
that came before it; the very first begins with the others, or when the meeting was planned to.
What is only supposed is never used to leave anything out: gaps and overlaps lie between clocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

#: Seconds without sound that are marked; less is within the error of recorders' clocks.
LEAST_GAP = 30.0
#: Seconds heard twice that are worth a word.
LEAST_OVERLAP = 1.0


@dataclass(frozen=True)
class Part:
    """One recording as it came; `channel` tells the microphones apart, empty for the mixed one."""

    id: int
    begins: datetime | None
    seconds: float
    channel: str = ""


@dataclass(frozen=True)
class Placed:
    """Where a part lies, in seconds of the line; `known` when a clock says so.

    The first `twice` seconds of it are in an earlier part of the same channel as well.
    """

    id: int
    start: float
    end: float
    known: bool
    channel: str = ""
    twice: float = 0.0


@dataclass(frozen=True)
class Stretch:
    """Seconds of the line between two parts (a gap) or in both (an overlap)."""

    start: float
    end: float
    before: int
    after: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True)
class Timeline:
    """The parts in the order they are to be read."""

    parts: tuple[Placed, ...] = ()
    gaps: tuple[Stretch, ...] = ()
    overlaps: tuple[Stretch, ...] = ()
    #: the clock at second 0 of the line, and whether a clock says so or only the plan
    begins: datetime | None = None
    known: bool = False

    @property
    def seconds(self) -> float:
        """How long the line is."""
        return max((part.end for part in self.parts), default=0.0)

    def clock(self, second: float) -> datetime | None:
        """Return the moment of a second of the line."""
        return self.begins + timedelta(seconds=second) if self.begins else None


def timeline(parts: Sequence[Part], planned: datetime | None = None) -> Timeline:
    """Lay out the parts, given in the order they came; `planned` is the meeting's own beginning."""
    if not parts:
        return Timeline()
    known = [part.begins for part in parts if part.begins is not None]
    zero = min([*known, planned] if planned else known) if known or planned else None
    laid = _laid(parts, zero, planned)
    first = min(part.start for part in laid)
    begins = zero + timedelta(seconds=first) if zero else None
    moved = [replace(p, start=p.start - first, end=p.end - first) for p in laid]
    ordered, overlaps = _trimmed(sorted(moved, key=lambda part: (part.start, part.id)))
    clocked = all(part.known for part in ordered[:1])
    return Timeline(tuple(ordered), _gaps(ordered), overlaps, begins, bool(known) and clocked)


def _laid(parts: Sequence[Part], zero: datetime | None, planned: datetime | None) -> list[Placed]:
    """Place every part in seconds after `zero`."""

    def second(moment: datetime) -> float:
        return (moment - zero).total_seconds() if zero else 0.0

    clocks = {part.id: second(part.begins) for part in parts if part.begins is not None}
    plan = second(planned) if planned else 0.0
    laid: list[Placed] = []
    ends: dict[str, float] = {}
    for index, part in enumerate(parts):
        start = clocks.get(part.id)
        if start is None and part.channel in ends:
            start = ends[part.channel]
        elif start is None:
            start = _supposed(part, parts[index + 1 :], clocks, plan)
        laid.append(Placed(part.id, start, start + part.seconds, part.id in clocks, part.channel))
        ends[part.channel] = max(start + part.seconds, ends.get(part.channel, 0.0))
    return laid


def _supposed(part: Part, later: Sequence[Part], clocks: dict[int, float], plan: float) -> float:
    """Place the first part of a channel, which has no clock, before the next that has one."""
    following = [clocks[p.id] for p in later if p.channel == part.channel and p.id in clocks]
    if following:
        return min(plan, following[0] - part.seconds)
    return min(clocks.values()) if clocks else plan


def _trimmed(ordered: Sequence[Placed]) -> tuple[list[Placed], tuple[Stretch, ...]]:
    """Find out for each part how much of its beginning was heard already."""
    trimmed: list[Placed] = []
    overlaps: list[Stretch] = []
    reach: dict[str, Placed] = {}
    for part in ordered:
        before = reach.get(part.channel)
        both = min(before.end, part.end) - part.start if before else 0.0
        if before and part.known and before.known and both >= LEAST_OVERLAP:
            part = replace(part, twice=both)
            overlaps.append(Stretch(part.start, part.start + both, before.id, part.id))
        if before is None or part.end > before.end:
            reach[part.channel] = part
        trimmed.append(part)
    return trimmed, tuple(overlaps)


def _gaps(ordered: Sequence[Placed]) -> tuple[Stretch, ...]:
    """Find the stretches in which no part of any channel has sound."""
    gaps: list[Stretch] = []
    last = ordered[0]
    for part in ordered[1:]:
        if part.start - last.end >= LEAST_GAP and part.known and last.known:
            gaps.append(Stretch(last.end, part.start, last.id, part.id))
        if part.end > last.end:
            last = part
    return tuple(gaps)
