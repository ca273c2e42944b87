"""Who was there when: the same answer however often and in whatever order it is reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from meetly.meetings.conference import timeline
from meetly.meetings.conference.models import EventKind
from meetly.meetings.conference.timeline import BLINK, Line, Signal
from meetly.meetings.models import AttendanceStatus

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
JOINED, LEFT, ENDED = EventKind.JOINED, EventKind.LEFT, EventKind.ROOM_ENDED
MEDIA_ON, MEDIA_OFF = EventKind.MEDIA_ON, EventKind.MEDIA_OFF


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def on(
    kind: EventKind, minute: float, session: str = "a", reason: str = "", site: int = 7
) -> Signal:
    return Signal(kind, at(minute), None if kind == ENDED else site, session, reason)


def line(*signals: Signal, until: datetime | None = None) -> Line:
    """Return the line of site 7 in a meeting that the chair's site 1 held for ninety minutes."""
    chair = [on(JOINED, -5, site=1), on(ENDED, 90)] if until is None else [on(JOINED, -5, site=1)]
    return timeline.read([*chair, *signals], START, until)[1][7]


def minutes(found: Line) -> list[tuple[float, float]]:
    return [
        ((stay.start - START) / timedelta(minutes=1), (stay.end - START) / timedelta(minutes=1))
        for stay in found.stays
    ]


def test_a_site_that_stays_to_the_end_was_present() -> None:
    found = line(on(JOINED, -3))
    assert minutes(found) == [(-3, 90)]
    assert found.status == AttendanceStatus.PRESENT
    assert (found.gaps, found.missed, found.left_early) == ((), timedelta(), None)
    assert found.entered == at(-3)


def test_ten_minutes_are_forgiven_and_one_more_is_late() -> None:
    assert line(on(JOINED, 10)).status == AttendanceStatus.PRESENT
    late = line(on(JOINED, 14))
    assert late.status == AttendanceStatus.LATE
    assert late.missed == timedelta(minutes=14) and late.entered == at(14)


def test_a_site_that_dropped_and_came_back_has_gaps_with_their_reasons() -> None:
    found = line(
        on(JOINED, -1, "a"), on(LEFT, 20, "a"), on(JOINED, 26, "b"), on(LEFT, 40, "b", "kicked"),
        on(JOINED, 48, "c"),
    )  # fmt: skip
    assert minutes(found) == [(-1, 20), (26, 40), (48, 90)]
    assert [gap.reason for gap in found.gaps] == ["", "kicked"]
    assert (len(found.gaps), found.away_minutes, found.missed_minutes) == (2, 14, 14)


def test_two_devices_of_one_site_are_one_presence() -> None:
    found = line(on(JOINED, 0, "a"), on(JOINED, 5, "b"), on(LEFT, 10, "a"), on(LEFT, 30, "b"))
    assert minutes(found) == [(0, 30)]
    assert found.left_early == at(30)


def test_a_reload_is_no_gap() -> None:
    found = line(on(JOINED, 0, "a"), on(LEFT, 10, "a"), on(JOINED, 10.1, "b"))
    assert found.gaps == ()


def test_a_frozen_browser_is_gone_since_its_last_sound() -> None:
    frozen = [on(JOINED, 0), on(MEDIA_OFF, 30), on(LEFT, 31, reason="timeout")]
    assert minutes(line(*frozen)) == [(0, 30)]
    assert minutes(line(on(JOINED, 0), on(MEDIA_OFF, 30), on(LEFT, 31))) == [(0, 31)]
    recovered = [on(JOINED, 0), on(MEDIA_OFF, 10), on(MEDIA_ON, 12), on(LEFT, 31, reason="timeout")]
    assert minutes(line(*recovered)) == [(0, 31)]


def test_a_stay_without_an_end_ends_with_the_room_or_the_last_report() -> None:
    assert minutes(line(on(JOINED, 0))) == [(0, 90)]
    signals = [on(JOINED, 0), on(JOINED, 2, site=8), on(LEFT, 60, site=8)]
    window, lines = timeline.read(signals, START)
    assert minutes(lines[7]) == [(0, 60)] and window.end == at(60)


def test_while_it_goes_on_a_site_is_there_now() -> None:
    found = line(on(JOINED, 0), until=at(30))
    assert found.is_there and minutes(found) == [(0, 30)]
    assert not line(on(JOINED, 0), on(LEFT, 10), until=at(30)).is_there


def test_a_trial_before_the_meeting_is_no_presence() -> None:
    trial = [on(JOINED, -60), on(ENDED, -50)]
    found = line(*trial)
    assert found.status == AttendanceStatus.ABSENT and found.entered is None


def test_nobody_is_late_before_anybody_could_enter() -> None:
    signals = [on(JOINED, 15, site=1), on(JOINED, 20), on(ENDED, 90)]
    window, lines = timeline.read(signals, START)
    assert window.begin == at(15)
    assert lines[7].status == AttendanceStatus.PRESENT


def test_a_meeting_nobody_reported_has_no_lines() -> None:
    window, lines = timeline.read([], START)
    assert lines == {} and window.length == timedelta()


KINDS = [JOINED, LEFT, MEDIA_ON, MEDIA_OFF, ENDED, EventKind.ROOM_STARTED, EventKind.TALK_ON]
SIGNALS = st.lists(
    st.builds(
        Signal,
        kind=st.sampled_from(KINDS),
        at=st.integers(-40 * 60, 200 * 60).map(lambda s: START + timedelta(seconds=s)),
        site=st.one_of(st.none(), st.integers(1, 3)),
        session=st.sampled_from(["", "a", "b"]),
        reason=st.sampled_from(["", "kicked", "timeout"]),
    ),
    max_size=30,
)
UNTIL = st.one_of(st.none(), st.integers(0, 240).map(at))


@settings(max_examples=300, deadline=None)
@given(SIGNALS, UNTIL)
def test_stays_never_overlap_and_never_run_backwards(
    signals: list[Signal], until: datetime | None
) -> None:
    window, lines = timeline.read(signals, START, until)
    assert window.length >= timedelta()
    for found in lines.values():
        assert all(stay.start < stay.end for stay in found.stays)
        assert all(b.start - a.end > BLINK for a, b in pairwise(found.stays))
        assert timedelta() <= found.missed <= window.length
        assert all(gap.start < gap.end for gap in found.gaps)
        assert (found.status == AttendanceStatus.ABSENT) == (found.entered is None)


@settings(max_examples=300, deadline=None)
@given(SIGNALS, UNTIL, st.randoms(use_true_random=False))
def test_reports_told_twice_and_in_any_order_give_the_same(
    signals: list[Signal], until: datetime | None, draw: object
) -> None:
    shuffled = signals * 2
    draw.shuffle(shuffled)  # type: ignore[attr-defined]
    assert timeline.read(shuffled, START, until) == timeline.read(signals, START, until)
