"""Lines of a record: what one unit or officer did, its points, its grade and its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from meetly.tasks.scoring import formula as formulas
from meetly.tasks.scoring.formula import Formula, Grade, Points, Standing, Tally


@dataclass(frozen=True)
class Line:
    """One line; points in hundredths, none of them before a product can be judged."""

    subject_id: int | None
    name: str
    #: products of which the line is the lead, by what became of them
    in_time: int = 0
    late: int = 0
    overdue: int = 0
    running: int = 0
    #: products it helped with, where the formula counts them
    helped: int = 0
    delays: int = 0
    returns: int = 0
    general: int = 0
    quantity: int = 0
    quality: int = 0
    progress: int = 0
    total: int | None = None
    grade: str = ""
    rank: int | None = None

    @property
    def judged(self) -> int:
        """How many products of its own the points were given for."""
        return self.in_time + self.late + self.overdue

    @property
    def results(self) -> int:
        """Points for results."""
        return self.quantity + self.quality + self.progress


@dataclass(frozen=True)
class Change:
    """Somebody whose points are others than when the record was fixed; None: not in it."""

    subject_id: int | None
    name: str
    then: int | None
    now: int | None


_NAMES = {field.name for field in fields(Line)}


def line_of(
    subject_id: int | None, name: str, tallies: Sequence[Tally], general: int, formula: Formula
) -> Line:
    """Return the line of what became of somebody's products, still without its place."""
    own = [tally for tally in tallies if not tally.is_helping]
    line = Line(
        subject_id, name,
        in_time=_count(own, Standing.IN_TIME), late=_count(own, Standing.LATE),
        overdue=_count(own, Standing.OVERDUE), running=_count(own, Standing.RUNNING),
        helped=sum(t.count for t in tallies if t.is_helping and t.counts),
        delays=sum(t.delays * t.count for t in tallies if t.counts),
        returns=sum(t.returns * t.count for t in tallies if t.counts),
    )  # fmt: skip
    points = formulas.score(tallies, general, formula)
    return line if points is None else _scored(line, points, formula)


def ranked(lines: Iterable[Line]) -> list[Line]:
    """Return lines with their places, the best first, those without points last."""
    found = list(lines)
    places = formulas.ranks(line.total for line in found)
    placed = [replace(line, rank=place) for line, place in zip(found, places, strict=True)]
    return sorted(placed, key=lambda line: (line.rank is None, line.rank or 0, line.name))


def kept(line: Line) -> dict[str, Any]:
    """Return a line as it is kept when a record is fixed."""
    return asdict(line)


def read(values: Mapping[str, Any]) -> Line:
    """Return a line that was kept."""
    return Line(**{name: value for name, value in values.items() if name in _NAMES})


def excellent(lines: Iterable[Line], formula: Formula) -> bool:
    """Tell whether more lines are excellent than the formula wants."""
    grades = [Grade(line.grade) if line.grade else None for line in lines]
    return formulas.too_many_excellent(grades, formula)


def changed(fixed: Sequence[Line], now: Sequence[Line]) -> list[Change]:
    """Return whose points changed since a record was fixed."""
    then = {(line.subject_id, _stranger(line)): line for line in fixed}
    today = {(line.subject_id, _stranger(line)): line for line in now}
    found = []
    for key in {**then, **today}:
        old, new = then.get(key), today.get(key)
        was, is_now = old.total if old else None, new.total if new else None
        if was != is_now:
            line = new or old
            assert line is not None
            found.append(Change(line.subject_id, line.name, was, is_now))
    return sorted(found, key=lambda change: change.name)


def _stranger(line: Line) -> str:
    return line.name if line.subject_id is None else ""


def _count(tallies: Iterable[Tally], standing: Standing) -> int:
    return sum(tally.count for tally in tallies if tally.standing == standing)


def _scored(line: Line, points: Points, formula: Formula) -> Line:
    return replace(
        line, general=points.general, quantity=points.quantity, quality=points.quality,
        progress=points.progress, total=points.total, grade=formulas.grade(points, formula).value,
    )  # fmt: skip
