"""What a chair says of recurrence becomes a rule or none; a rule names each period once."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetly.folding import fold
from meetly.tasks.standing.models import Frequency
from meetly.tasks.standing.recurrence import Rule, dues, first_due, in_words, read

DAILY, WEEKLY, MONTHLY, QUARTERLY, YEARLY = Frequency

UNDERSTOOD = [
    ("trước 16 giờ thứ sáu hằng tuần", Rule(WEEKLY, weekday=4, hour=time(16))),
    ("trước mười sáu giờ thứ sáu hằng tuần", Rule(WEEKLY, weekday=4, hour=time(16))),
    ("trước 16h30 thứ năm hằng tuần", Rule(WEEKLY, weekday=3, hour=time(16, 30))),
    ("định kỳ hàng tuần vào thứ sáu", Rule(WEEKLY, weekday=4)),
    ("mỗi sáng thứ hai", Rule(WEEKLY, weekday=0)),
    ("mỗi thứ tư", Rule(WEEKLY, weekday=2)),
    ("chủ nhật hằng tuần", Rule(WEEKLY, weekday=6)),
    ("mỗi tuần", Rule(WEEKLY, weekday=4)),
    ("một tuần một lần", Rule(WEEKLY, weekday=4)),
    ("hằng tháng trước ngày 25", Rule(MONTHLY, day=25)),
    ("ngày 20 hàng tháng", Rule(MONTHLY, day=20)),
    ("trước ngày mồng năm hằng tháng", Rule(MONTHLY, day=5)),
    ("trước ngày hai mươi lăm hằng tháng", Rule(MONTHLY, day=25)),
    ("ngày cuối cùng hằng tháng", Rule(MONTHLY, day=31)),
    ("cuối hằng tháng", Rule(MONTHLY, day=31)),
    ("1 lần/tháng", Rule(MONTHLY, day=31)),
    ("định kỳ hằng quý", Rule(QUARTERLY, day=31)),
    ("mỗi quý một lần", Rule(QUARTERLY, day=31)),
    ("ngày 10 tháng cuối quý hằng quý", Rule(QUARTERLY, day=10, month=3)),
    ("trước ngày 15/12 hằng năm", Rule(YEARLY, day=15, month=12)),
    ("trước ngày mười lăm tháng mười hai hằng năm", Rule(YEARLY, day=15, month=12)),
    ("hàng ngày trước 17 giờ", Rule(DAILY, hour=time(17))),
    ("lúc 3 giờ chiều hằng ngày", Rule(DAILY, hour=time(15))),
    ("trước 17 giờ rưỡi hằng ngày", Rule(DAILY, hour=time(17, 30))),
]
#: No single day a period, or none that can be told: nothing is invented.
REFUSED = [
    "", "6 tháng một lần", "hai tuần một lần", "15 ngày một lần", "mỗi tháng 2 lần",
    "hai lần một tuần", "thứ 2 và thứ 5 hằng tuần", "ngày 15, 30 hằng tháng",
    "trước ngày 20 tháng 6 và ngày 20 tháng 12 hằng năm", "hằng ngày, 10 giờ và 16 giờ",
    "thứ sáu cuối cùng hằng tháng", "ngày 25 hằng quý", "ngày 30/2 hằng năm", "hằng giờ",
    "trước ngày 5 tháng sau hằng tháng", "hằng tuần, tháng", "đầu hằng tháng", "ngày 32 hằng tháng",
    "trước 25 giờ hằng ngày", "mỗi năm ngày", "thường xuyên", "khi có yêu cầu",
]  # fmt: skip


@pytest.mark.parametrize(("said", "rule"), UNDERSTOOD)
def test_words_become_a_rule_with_and_without_diacritics(said: str, rule: Rule) -> None:
    assert read(said) == rule
    assert read(fold(said)) == rule
    assert read(said.upper()) == rule


@pytest.mark.parametrize("said", REFUSED)
def test_what_names_no_single_day_a_period_is_no_rule(said: str) -> None:
    assert read(said) is None
    assert read(fold(said)) is None


def test_the_labels_and_days_of_periods() -> None:
    def first(rule: Rule, day: str) -> tuple[str, str]:
        found = first_due(rule, date.fromisoformat(day))
        return found.label, found.due.isoformat()

    assert first(Rule(WEEKLY), "2026-11-23") == ("2026-W48", "2026-11-27")
    assert first(Rule(WEEKLY), "2026-11-28") == ("2026-W49", "2026-12-04")
    assert first(Rule(WEEKLY, weekday=0), "2027-01-01") == ("2027-W01", "2027-01-04")
    assert first(Rule(MONTHLY, day=31), "2026-02-01") == ("2026-02", "2026-02-28")
    assert first(Rule(MONTHLY, day=25), "2026-11-26") == ("2026-12", "2026-12-25")
    assert first(Rule(QUARTERLY), "2026-11-23") == ("2026-Q4", "2026-12-31")
    assert first(Rule(QUARTERLY, day=10, month=1), "2026-11-23") == ("2027-Q1", "2027-01-10")
    assert first(Rule(YEARLY, day=29, month=2), "2026-03-01") == ("2027", "2027-02-28")
    assert first(Rule(DAILY), "2026-11-23") == ("2026-11-23", "2026-11-23")


def test_papers_write_periods_in_words() -> None:
    said = ["2026-W08", "2026-11", "2026-Q4", "2026", "2026-11-23"]
    assert [in_words(label) for label in said] == [
        "tuần 8/2026", "tháng 11/2026", "quý IV/2026", "năm 2026", "ngày 23/11/2026",
    ]  # fmt: skip


RULES = st.builds(
    Rule,
    frequency=st.sampled_from(Frequency),
    weekday=st.none() | st.integers(0, 6),
    day=st.none() | st.integers(1, 31),
    month=st.none() | st.integers(1, 12),
)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
SPAN = {DAILY: 1, WEEKLY: 7, MONTHLY: 31, QUARTERLY: 92, YEARLY: 366}


@given(RULES, DAYS, st.integers(0, 900))
@settings(max_examples=200, deadline=None)
def test_each_period_comes_once_in_order_and_is_due_inside_itself(
    rule: Rule, after: date, length: int
) -> None:
    until = after + timedelta(days=length)
    found = list(dues(rule, after, until))
    labels = [period.label for period in found]
    assert len(set(labels)) == len(labels) and all(len(label) <= 12 for label in labels)
    assert [p.due for p in found] == sorted({p.due for p in found})
    for period, following in pairwise(found):
        assert period.due < following.begins
    for period in found:
        assert after < period.due and period.begins <= until
        assert period.begins <= period.due < period.begins + timedelta(SPAN[rule.frequency])


@given(RULES, DAYS, st.integers(0, 400), st.integers(0, 400))
@settings(max_examples=100, deadline=None)
def test_going_on_from_the_last_due_day_leaves_nothing_out_and_doubles_nothing(
    rule: Rule, start: date, first: int, second: int
) -> None:
    middle = start + timedelta(days=first)
    end = middle + timedelta(days=second)
    once = list(dues(rule, start, end))
    before = list(dues(rule, start, middle))
    rest = list(dues(rule, before[-1].due if before else start, end))
    assert before + rest == once


@given(RULES, DAYS)
@settings(max_examples=100, deadline=None)
def test_the_first_period_is_the_next_due_day(rule: Rule, start: date) -> None:
    found = first_due(rule, start)
    assert found.due >= start
    before = start - timedelta(days=1)
    assert next(iter(dues(rule, before, found.begins))) == found
