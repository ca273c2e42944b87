"""Free times lie in office hours, clash with nothing, and are the nearest there are."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from meetly import clock
from meetly.meetings.free_times import AFTERNOON, MORNING, REACH, STEP, Span, nearest

#: no public holiday within three weeks
MONDAY = date(2099, 10, 19)
LONG_AGO = clock.from_local(datetime(2000, 1, 1))
minutes = st.integers(-8 * 24 * 60, 8 * 24 * 60).map(lambda number: timedelta(minutes=number))
lengths = st.integers(5, 9 * 60).map(lambda number: timedelta(minutes=number))


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return clock.from_local(datetime.combine(day, time(hour, minute)))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = at(8) + draw(minutes)
    return start, start + draw(lengths)


def hours(moments: list[datetime]) -> list[str]:
    return [f"{clock.local(moment):%a %H:%M}" for moment in moments]


def test_the_nearest_before_and_after_are_proposed() -> None:
    before, after = nearest((at(8), at(9, 30)), [(at(8), at(9, 30))], earliest=LONG_AGO)
    assert hours(before) == ["Fri 15:00", "Fri 15:15", "Fri 15:30"]
    assert hours(after) == ["Mon 09:30", "Mon 09:45", "Mon 10:00"]


def test_a_meeting_longer_than_half_a_day_goes_on_over_noon() -> None:
    _before, after = nearest((at(7), at(13)), [], earliest=at(7))
    assert hours(after) == ["Mon 07:30", "Mon 07:45", "Mon 08:00"]
    assert nearest((at(7), at(18)), [], earliest=at(7)) == ([], [])


def test_nothing_is_proposed_in_the_past() -> None:
    before, after = nearest((at(8), at(9)), [], earliest=at(10))
    assert before == []
    assert hours(after)[0] == "Mon 10:00"


def test_a_week_that_is_full_offers_nothing() -> None:
    full = [(at(0) - timedelta(days=10), at(0) + timedelta(days=10))]
    assert nearest((at(8), at(9)), full, earliest=LONG_AGO) == ([], [])


def test_days_off_are_what_the_caller_says() -> None:
    before, after = nearest(
        (at(8), at(9)), [], earliest=LONG_AGO, is_working_day=lambda day: day.weekday() == 6
    )
    assert {hour[:3] for hour in hours(before + after)} == {"Sun"}


@given(spans(), st.lists(spans(), max_size=12))
def test_what_is_proposed_is_free_in_office_hours_and_the_nearest(
    wanted: Span, busy: list[Span]
) -> None:
    before, after = nearest(wanted, busy, earliest=LONG_AGO)
    length = wanted[1] - wanted[0]
    good = _every_free_start(wanted, busy)
    for moment in before + after:
        wall = clock.local(moment)
        assert wall.weekday() < 5 and wall.minute % 15 == 0
        assert all(end <= moment or moment + length <= start for start, end in busy)
        assert MORNING[0] <= wall.time()
        assert clock.local(moment + length).time() <= AFTERNOON[1]
    assert before == [m for m in good if m < wanted[0]][-3:]
    assert after == [m for m in good if m > wanted[0]][:3]


def _every_free_start(wanted: Span, busy: list[Span]) -> list[datetime]:
    """List every free start the slow way: each quarter of an hour of the two weeks."""
    length = wanted[1] - wanted[0]
    day = clock.local(wanted[0]).date()
    moment = at(0, day=day - timedelta(days=REACH))
    found = []
    while moment < at(0, day=day + timedelta(days=REACH + 1)):
        start, end = clock.local(moment), clock.local(moment + length)
        same = start.date() == end.date() and start.weekday() < 5
        halves = [
            opens <= start.time() and end.time() <= closes for opens, closes in (MORNING, AFTERNOON)
        ]
        long = length > timedelta(hours=4)
        whole = MORNING[0] <= start.time() and end.time() <= AFTERNOON[1]
        fits = same and (whole if long else any(halves))
        if fits and all(e <= moment or moment + length <= s for s, e in busy):
            found.append(moment)
        moment += STEP
    return found
