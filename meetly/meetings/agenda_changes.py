"""What is different in an agenda, point by point, so that nobody compares two lists; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What became of a point."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True)
class Point:
    """One point as it reads, without its number; `id` names it in both agendas."""

    number: int
    words: str
    id: int | None = None

    @property
    def numbered(self) -> str:
        """The point as it stands in the agenda: "2. Thảo luận"."""
        return f"{self.number}. {self.words}"


@dataclass(frozen=True)
class PointChange:
    """One point that is different; the side on which it does not stand is None."""

    kind: Kind
    before: Point | None
    after: Point | None


def compare(before: Sequence[Point], after: Sequence[Point]) -> list[PointChange]:
    """List the points taken out, then those added, reworded or moved, in the order of `after`.

    A point that only has another number because one was put before it has not moved.
    """
    was = {point.id: point for point in before if point.id is not None}
    kept = {point.id for point in after} & set(was)
    gone = [PointChange(Kind.REMOVED, point, None) for point in before if point.id not in kept]
    order = {id_: place for place, id_ in enumerate(p.id for p in before if p.id in kept)}
    staying = _longest_rise([order[p.id] for p in after if p.id in order])
    found = []
    for point in after:
        earlier = was.get(point.id) if point.id is not None else None
        if earlier is None:
            found.append(PointChange(Kind.ADDED, None, point))
        elif earlier.words != point.words:
            found.append(PointChange(Kind.CHANGED, earlier, point))
        elif order[point.id] not in staying:
            found.append(PointChange(Kind.MOVED, earlier, point))
    return gone + found


def _longest_rise(places: Iterable[int]) -> set[int]:
    """Return a longest increasing subsequence: the points that kept their order."""
    runs: list[list[int]] = [[]]
    for place in places:
        longest = max((len(run), run) for run in runs if not run or run[-1] < place)[1]
        runs.append([*longest, place])
    return set(max((len(run), run) for run in runs)[1])
