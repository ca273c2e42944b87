"""Periods are whole months of the Vietnamese calendar."""

from __future__ import annotations

from datetime import date

import pytest

from meetly.errors import BadInput
from meetly.tasks.scoring import periods


@pytest.mark.parametrize(
    ("key", "first", "last", "months"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30), 1),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), 1),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), 3),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), 3),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), 12),
    ],
)
def test_a_period_is_read(key: str, first: date, last: date, months: int) -> None:
    period = periods.read(key)
    assert (period.first, period.last, len(period.months)) == (first, last, months)
    assert period.is_month == (months == 1)
    assert period.quarter == (int(key[-1]) if "Q" in key else None)


@pytest.mark.parametrize(
    "key", ["", "2026-13", "2026-00", "2026-Q5", "2026-q1", "1999", "2026-11 ", "٢٠٢٦", "26-11"]
)
def test_anything_else_is_refused(key: str) -> None:
    with pytest.raises(BadInput):
        periods.read(key)


def test_what_is_offered_has_begun() -> None:
    months, quarters, years = periods.offered(date(2026, 11, 26))
    assert [p.key for p in months[:2]] == ["2026-11", "2026-10"] and months[-1].key == "2025-01"
    assert quarters[0].key == "2026-Q4" and [p.key for p in years] == ["2026", "2025"]
    assert periods.last_whole_month(date(2026, 1, 1)).key == "2025-12"
    assert periods.last_whole_month(date(2026, 12, 31)).key == "2026-11"
