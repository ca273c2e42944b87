"""On which day a plan tells what: pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetly import clock
from meetly.tasks.reminding.plan import (
    DEFAULT,
    LATE,
    Hearer,
    Plan,
    Rung,
    days_of,
    due_now,
    horizon,
)
from meetly.working_days import is_working_day

DUE = date(2026, 12, 15)  # a Tuesday


def wall(month: int, day: int, hour: int = 8, minute: int = 0) -> datetime:
    return clock.from_local(datetime(2026, month, day, hour, minute))


OPENED = wall(11, 2)


def rules(
    now: datetime, plan: Plan = DEFAULT, due: date = DUE, opened: datetime = OPENED
) -> list[str]:
    return [told.rule for told in due_now(plan, due, opened, now)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (wall(12, 8, 7, 29), []),
        (wall(12, 8, 7, 30), ["before.7"]),
        (wall(12, 11), ["before.7"]),
        (wall(12, 12), ["before.3"]),
        (wall(12, 13), ["before.3"]),
        (wall(12, 14), ["before.1"]),
        (wall(12, 15, 7, 29), []),
        (wall(12, 15, 7, 30), ["before.0"]),
        (wall(12, 15, 20, 59), ["before.0"]),
        (wall(12, 15, 21), []),
        (wall(12, 16, 7, 29), []),
        (wall(12, 16), ["after.1.unit_head"]),
        (wall(12, 18), ["after.1.unit_head", "after.3.office"]),
        (wall(12, 22), ["after.1.unit_head", "after.3.office", "after.7.leader"]),
    ],
)
def test_the_nearest_rule_before_and_every_rung_after(now: datetime, expected: list[str]) -> None:
    assert rules(now) == expected


def test_what_was_opened_after_a_rule_was_due_gets_the_next_one_only() -> None:
    opened = wall(12, 9)
    assert rules(wall(12, 10), opened=opened) == []
    assert rules(wall(12, 12), opened=opened) == ["before.3"]
    assert rules(wall(12, 15), opened=wall(12, 15, 7, 45)) == []


def test_what_was_opened_late_climbs_from_the_day_it_was_opened() -> None:
    opened = wall(12, 28, 16)
    assert rules(wall(12, 28, 17), opened=opened) == []
    assert rules(wall(12, 29), opened=opened) == ["after.1.unit_head"]
    assert rules(wall(12, 31), opened=opened) == ["after.1.unit_head", "after.3.office"]


def test_after_a_month_of_silence_a_rung_is_of_no_use_any_more() -> None:
    first = wall(12, 16, 7, 30)
    assert "after.1.unit_head" in rules(first + LATE)
    assert "after.1.unit_head" not in rules(first + LATE + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("at", "quiet"),
    [(time(20, 59), False), (time(21), True), (time(3), True), (time(6, 59), True),
     (time(7), False)],
)  # fmt: skip
def test_quiet_hours_go_over_midnight(at: time, quiet: bool) -> None:
    assert DEFAULT.hushes(at) is quiet
    noon = Plan(quiet_from=time(11, 30), quiet_until=time(13))
    assert noon.hushes(time(12)) and not noon.hushes(time(13)) and not noon.hushes(time(22))
    assert not Plan(quiet_from=time(7), quiet_until=time(7)).hushes(time(7))


def test_a_plan_that_rests_tells_on_working_days_only() -> None:
    plan = Plan(rests=True)
    monday = date(2026, 12, 14)
    assert rules(wall(12, 11), plan, monday) == ["before.1"]  # the Friday before
    assert rules(wall(12, 13), plan, monday) == []
    assert rules(wall(12, 14), plan, monday) == ["before.0"]
    saturday = date(2026, 12, 12)
    assert rules(wall(12, 11), plan, saturday) == ["before.0"]  # and not D-1 beside it
    assert rules(wall(12, 13), plan, saturday) == []
    assert rules(wall(12, 14), plan, saturday) == ["after.1.unit_head"]


def test_the_preview_is_what_will_be_told() -> None:
    told = [(one.rule, clock.local(one.moment).date()) for one in days_of(DEFAULT, DUE)]
    assert told == [
        ("before.7", date(2026, 12, 8)), ("before.3", date(2026, 12, 12)),
        ("before.1", date(2026, 12, 14)), ("before.0", date(2026, 12, 15)),
        ("after.1.unit_head", date(2026, 12, 16)), ("after.3.office", date(2026, 12, 18)),
        ("after.7.leader", date(2026, 12, 22)),
    ]  # fmt: skip
    resting = [one.rule for one in days_of(Plan(rests=True), date(2026, 12, 12))]
    assert "before.1" not in resting and "before.0" in resting


plans = st.builds(
    lambda before, after, at, rests: Plan(
        before=tuple(sorted(before, reverse=True)),
        ladder=tuple(Rung(days, Hearer.OFFICE) for days in sorted(after)),
        digest_at=at, rests=rests,
    ),
    st.sets(st.integers(0, 60), max_size=5), st.sets(st.integers(1, 90), max_size=5),
    st.times(time(7), time(20)), st.booleans(),
)  # fmt: skip


@given(plans, st.dates(date(2026, 1, 1), date(2028, 12, 31)))
def test_walking_through_the_days_tells_the_preview(plan: Plan, due: date) -> None:
    """Somebody who looks every day hears exactly what the preview promised, all in the horizon."""
    begun = clock.from_local(datetime.combine(due - timedelta(days=200), time(12)))
    heard = set()
    for days in range(-100, 101):
        day = due + timedelta(days=days)
        now = clock.from_local(datetime.combine(day, plan.digest_at))
        found = due_now(plan, due, begun, now)
        heard |= {told.rule for told in found}
        if found:
            first, last = horizon([plan], day)
            assert first <= due <= last
            assert not plan.rests or is_working_day(day)
    assert heard == {told.rule for told in days_of(plan, due)}
