"""The formula of records: from what became of products to points, exact and without floats.

After Decree 335/2025/NĐ-CP: 100 points are 30 general ones and 70 for results; results are
quantity, quality and progress of each product; each delay costs a quarter of that product's
progress points. Points are whole numbers of hundredths; what is divided is rounded once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Any

from meetly.directions.models import Priority
from meetly.errors import BadInput

#: All points there are, in hundredths.
WHOLE = 100_00


class Standing(StrEnum):
    """What became of a product by the day of counting."""

    IN_TIME = "in_time"
    LATE = "late"
    #: not done, and its deadline has passed
    OVERDUE = "overdue"
    #: not due yet, or claimed in time and not agreed to yet; earns and costs nothing
    RUNNING = "running"


class Extension(StrEnum):
    """What a granted extension means."""

    #: nothing when it was asked for by the old deadline, else that deadline was missed
    ASKED_IN_TIME = "asked_in_time"
    #: each one is a delay
    EVERY = "every"
    #: the first deadline goes on to decide what is late
    FIRST = "first"


class Grade(StrEnum):
    """How a year, quarter or month is rated."""

    EXCELLENT = "excellent"
    GOOD = "good"
    COMPLETED = "completed"
    NOT = "not"


@dataclass(frozen=True)
class Formula:
    """Everything an office may set; the defaults follow Decree 335/2025/NĐ-CP."""

    #: general points of 100; results have the others
    general: int = 30
    #: how the points of a result are shared out among its three sides, as parts
    quantity: int = 1
    quality: int = 1
    progress: int = 1
    #: hundredths of a product's progress points for each delay
    delay_cost: int = 25
    #: hundredths of a product's quality points for each time it was given back
    return_cost: int = 25
    extension: Extension = Extension.ASKED_IN_TIME
    #: hundredths of a product that count for each helping unit; the lead has all of it
    helper_share: int = 0
    #: whether what had no deadline counts, in the month it was done
    undated: bool = False
    #: weight of a product by priority, in hundredths
    normal: int = 100
    high: int = 100
    urgent: int = 100
    #: from how many points on
    excellent: int = 90
    good: int = 70
    completed: int = 50
    #: hundredths of all that should be excellent at most
    excellent_share: int = 20

    def weight(self, priority: Priority) -> int:
        """Return how much a product of this priority weighs, in hundredths."""
        weights = {Priority.HIGH: self.high, Priority.URGENT: self.urgent}
        return weights.get(priority, self.normal)

    def values(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self) | {"extension": str(self.extension)}


DEFAULT = Formula()
#: Smallest and largest of each number.
LIMITS = {
    "general": (0, 90), "quantity": (0, 100), "quality": (0, 100), "progress": (0, 100),
    "delay_cost": (0, 100), "return_cost": (0, 100), "helper_share": (0, 100),
    "normal": (1, 1000), "high": (1, 1000), "urgent": (1, 1000),
    "excellent": (1, 100), "good": (1, 100), "completed": (1, 100), "excellent_share": (0, 100),
}  # fmt: skip


def read(values: Mapping[str, Any]) -> Formula:
    """Return the formula that was kept or typed; BadInput when it cannot be scored by."""
    known = {field.name for field in fields(Formula)}
    try:
        given = {name: value for name, value in values.items() if name in known}
        given["extension"] = Extension(given.get("extension", DEFAULT.extension))
        given["undated"] = bool(given.get("undated", DEFAULT.undated))
        given |= {name: int(given.get(name, getattr(DEFAULT, name))) for name in LIMITS}
    except (TypeError, ValueError) as error:
        raise BadInput("Công thức có giá trị không đọc được.") from error
    formula = Formula(**given)
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(formula, name) <= most:
            raise BadInput("Công thức có số nằm ngoài giới hạn.")
    if not formula.quantity + formula.quality + formula.progress:
        raise BadInput("Số lượng, chất lượng, tiến độ: ít nhất một phần phải lớn hơn 0.")
    if not formula.excellent > formula.good > formula.completed:
        raise BadInput("Ngưỡng xếp loại phải giảm dần: xuất sắc, tốt, hoàn thành.")
    return formula


@dataclass(frozen=True)
class Tally:
    """So many products to which the same happened."""

    standing: Standing
    priority: Priority = Priority.NORMAL
    #: deadlines that were missed
    delays: int = 0
    #: times it was given back
    returns: int = 0
    #: hundredths of each that count for whom is scored
    share: int = 100
    count: int = 1
    #: led by another unit
    is_helping: bool = False

    @property
    def counts(self) -> bool:
        """Whether it can be judged yet."""
        return self.standing != Standing.RUNNING

    @property
    def is_done(self) -> bool:
        """Whether there is a product that was agreed to."""
        return self.standing in (Standing.IN_TIME, Standing.LATE)


@dataclass(frozen=True)
class Points:
    """The points of somebody in hundredths; the parts add up to the total."""

    general: int
    quantity: int
    quality: int
    progress: int

    @property
    def results(self) -> int:
        """Points for results."""
        return self.quantity + self.quality + self.progress

    @property
    def total(self) -> int:
        """All points, 0 to 100."""
        return self.general + self.results


def score(tallies: Iterable[Tally], general: int, formula: Formula) -> Points | None:
    """Return the points for these products and so many general ones; None before any is judged.

    The sides are rounded together, half up: their sum is the rounded sum.
    """
    tallies = list(tallies)
    whole = weight(tallies, formula)
    if not whole:
        return None
    sides = zip(*(_sides(tally, formula) for tally in tallies), strict=True)
    return Points(min(general, formula.general * 100), *_together(map(sum, sides), whole, formula))


def most(formula: Formula) -> Points:
    """Return the points of whom nothing was lost, rounded as everybody's are."""
    sides = (formula.quantity, formula.quality, formula.progress)
    return Points(formula.general * 100, *_together(sides, sum(sides), formula))


def weight(tallies: Iterable[Tally], formula: Formula) -> int:
    """Return what all judged products could have earned together, as parts."""
    return sum(sum(_full(tally, formula)) for tally in tallies)


def lost(tally: Tally, whole: int, formula: Formula) -> int:
    """Return what a product cost of the points of somebody whose products weigh `whole`."""
    missing = sum(_full(tally, formula)) - sum(_sides(tally, formula))
    return _part(missing, whole, formula) if whole else 0


def grade(points: Points, formula: Formula) -> Grade:
    """Rate points."""
    if points.total >= formula.excellent * 100:
        return Grade.EXCELLENT
    if points.total >= formula.good * 100:
        return Grade.GOOD
    return Grade.COMPLETED if points.total >= formula.completed * 100 else Grade.NOT


def ranks(totals: Iterable[int | None]) -> list[int | None]:
    """Return each one's place; equal points share a place, who has no points has none."""
    given = list(totals)
    there = [total for total in given if total is not None]
    return [None if total is None else 1 + sum(other > total for other in there) for total in given]


def too_many_excellent(grades: Iterable[Grade | None], formula: Formula) -> bool:
    """Tell whether more of those that were rated are excellent than should be."""
    rated = [one for one in grades if one is not None]
    return rated.count(Grade.EXCELLENT) * 100 > formula.excellent_share * len(rated)


def mean(points: Iterable[int]) -> int:
    """Return the mean of points, rounded half up."""
    given = list(points)
    return _rounded(sum(given), len(given))


def _full(tally: Tally, formula: Formula) -> tuple[int, int, int]:
    each = 0
    if tally.counts:
        each = tally.count * formula.weight(tally.priority) * tally.share * 100
    return each * formula.quantity, each * formula.quality, each * formula.progress


def _sides(tally: Tally, formula: Formula) -> tuple[int, int, int]:
    quantity, quality, progress = _full(tally, formula)
    in_time = max(0, 100 - formula.delay_cost * tally.delays)
    well = max(0, 100 - formula.return_cost * tally.returns)
    done = 1 if tally.is_done else 0
    return quantity * done, quality * done * well // 100, progress * in_time // 100


def _together(sides: Iterable[int], whole: int, formula: Formula) -> list[int]:
    """Round the sides so that they add up to what their sum is rounded to."""
    upto = [0, *(_part(earned, whole, formula) for earned in accumulate(sides))]
    return [after - before for before, after in pairwise(upto)]


def _part(earned: int, whole: int, formula: Formula) -> int:
    return _rounded(earned * (WHOLE - formula.general * 100), whole)


def _rounded(part: int, whole: int) -> int:
    return (2 * part + whole) // (2 * whole)
