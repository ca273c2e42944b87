"""The formula: exact, bounded, blind to order, and never kinder for one more delay."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetly.directions.models import Priority
from meetly.errors import BadInput
from meetly.tasks.scoring import formula as formulas
from meetly.tasks.scoring.formula import DEFAULT, Extension, Formula, Grade, Points, Standing, Tally

TALLIES = st.lists(
    st.builds(
        Tally, standing=st.sampled_from(Standing), priority=st.sampled_from(Priority),
        delays=st.integers(0, 6), returns=st.integers(0, 6), share=st.sampled_from([0, 30, 100]),
        count=st.integers(1, 2000),
    ),
    min_size=1, max_size=8,
)  # fmt: skip
PARTS = st.integers(0, 100)
FORMULAS = st.builds(
    Formula, general=st.integers(0, 90), quantity=PARTS, quality=PARTS,
    progress=st.integers(1, 100), delay_cost=PARTS, return_cost=PARTS,
    normal=st.integers(1, 300), high=st.integers(1, 300), urgent=st.integers(1, 300),
)  # fmt: skip


def total(tallies: list[Tally], formula: Formula = DEFAULT) -> int:
    points = formulas.score(tallies, formula.general * 100, formula)
    return points.total if points else -1


def exact(tallies: list[Tally], formula: Formula) -> Fraction:
    """Score again, slowly and without any rounding."""
    full = earned = Fraction(0)
    for tally in tallies:
        if tally.standing == Standing.RUNNING:
            continue
        weight = Fraction(tally.count * formula.weight(tally.priority) * tally.share, 10_000)
        done = tally.standing in (Standing.IN_TIME, Standing.LATE)
        in_time = max(Fraction(0), 1 - Fraction(formula.delay_cost * tally.delays, 100))
        well = max(Fraction(0), 1 - Fraction(formula.return_cost * tally.returns, 100))
        full += weight * (formula.quantity + formula.quality + formula.progress)
        earned += weight * (done * (formula.quantity + formula.quality * well)
                            + formula.progress * in_time)  # fmt: skip
    return formula.general + (100 - formula.general) * earned / full if full else Fraction(-1)


@given(FORMULAS)
def test_whom_nothing_is_lost_has_what_the_sides_hold(formula: Formula) -> None:
    perfect = Tally(Standing.IN_TIME, count=3)
    held = formulas.most(formula)
    assert formulas.score([perfect], formula.general * 100, formula) == held
    assert held.total == formulas.WHOLE


@settings(max_examples=150)
@given(TALLIES, FORMULAS)
def test_points_are_exact_bounded_and_add_up(tallies: list[Tally], formula: Formula) -> None:
    points = formulas.score(tallies, formula.general * 100, formula)
    wanted = exact(tallies, formula)
    if points is None:
        assert wanted == -1
        return
    assert 0 <= points.total <= formulas.WHOLE
    assert points.general + points.quantity + points.quality + points.progress == points.total
    assert min(points.quantity, points.quality, points.progress) >= 0
    assert abs(points.total - 100 * wanted) <= Fraction(1, 2)


@settings(max_examples=150)
@given(TALLIES, FORMULAS, st.integers(0, 7))
def test_one_more_delay_or_return_never_raises_points(
    tallies: list[Tally], formula: Formula, which: int
) -> None:
    no_kinder(tallies, formula, which)


def no_kinder(tallies: list[Tally], formula: Formula, which: int) -> None:
    before, at = total(tallies, formula), which % len(tallies)
    one = tallies[at]
    for worse in (replace(one, delays=one.delays + 1), replace(one, returns=one.returns + 1)):
        changed = [*tallies[:at], worse, *tallies[at + 1 :]]
        assert total(changed, formula) <= before


@settings(max_examples=100)
@given(TALLIES, FORMULAS, st.randoms())
def test_order_and_grouping_change_nothing(
    tallies: list[Tally], formula: Formula, random: object
) -> None:
    mixed = list(tallies)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    split = [
        replace(one, count=part) for one in mixed for part in (one.count - 1, 1) if part
    ]  # fmt: skip
    assert total(mixed, formula) == total(split, formula) == total(tallies, formula)


@settings(max_examples=100)
@given(TALLIES, FORMULAS)
def test_what_each_product_cost_adds_up_to_what_is_missing(
    tallies: list[Tally], formula: Formula
) -> None:
    whole = formulas.weight(tallies, formula)
    lost = sum(formulas.lost(tally, whole, formula) for tally in tallies)
    if whole:
        assert abs(formulas.WHOLE - total(tallies, formula) - lost) <= len(tallies) / 2 + 0.5


def test_the_checks_see_a_formula_that_forgives_the_second_delay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = formulas._sides

    def forgiving(tally: Tally, formula: Formula) -> tuple[int, int, int]:
        return right(replace(tally, delays=tally.delays % 2), formula)

    monkeypatch.setattr(formulas, "_sides", forgiving)
    with pytest.raises(AssertionError):
        no_kinder([Tally(Standing.LATE, delays=1)], DEFAULT, 0)


def test_a_delay_costs_a_quarter_of_the_progress_points_of_its_product() -> None:
    ten = Tally(Standing.IN_TIME, count=9)
    assert total([replace(ten, count=10)]) == 100_00
    # a tenth of 70 points, a third of it progress: 2.333, a quarter of that is 0.583
    for delays, left in ((1, 99_42), (2, 98_83), (3, 98_25), (4, 97_67), (5, 97_67)):
        assert total([ten, Tally(Standing.LATE, delays=delays)]) == left


def test_what_is_not_done_earns_progress_points_at_most() -> None:
    points = formulas.score([Tally(Standing.OVERDUE, delays=1)], 30_00, DEFAULT)
    assert points == Points(30_00, 0, 0, 17_50)
    assert formulas.score([Tally(Standing.RUNNING)], 30_00, DEFAULT) is None
    assert formulas.score([], 30_00, DEFAULT) is None


@pytest.mark.parametrize(
    ("points", "meant"),
    [(100_00, Grade.EXCELLENT), (90_00, Grade.EXCELLENT), (89_99, Grade.GOOD),
     (70_00, Grade.GOOD), (69_99, Grade.COMPLETED), (50_00, Grade.COMPLETED), (49_99, Grade.NOT)],
)  # fmt: skip
def test_grades(points: int, meant: Grade) -> None:
    assert formulas.grade(Points(0, points, 0, 0), DEFAULT) == meant


def test_places_and_the_share_of_the_excellent() -> None:
    assert formulas.ranks([90, None, 95, 90, 10]) == [2, None, 1, 2, 4]
    fifth = [Grade.EXCELLENT, *[Grade.GOOD] * 4, None]
    assert not formulas.too_many_excellent(fifth, DEFAULT)
    assert formulas.too_many_excellent(fifth[:4], DEFAULT)
    assert formulas.mean([30_00, 25_00, 30_00]) == 28_33


def test_a_formula_is_kept_and_read_again() -> None:
    changed = replace(DEFAULT, extension=Extension.EVERY, undated=True, urgent=150)
    assert formulas.read(changed.values()) == changed
    assert formulas.read({}) == DEFAULT
    for wrong in (
        {"general": 91}, {"delay_cost": -1}, {"good": 95}, {"normal": 0}, {"urgent": "x"},
        {"quantity": 0, "quality": 0, "progress": 0}, {"extension": "never"}, {"general": None},
    ):  # fmt: skip
        with pytest.raises(BadInput):
            formulas.read(wrong)
