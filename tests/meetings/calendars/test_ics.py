"""Events as iCalendar text: read again by others, and closed to what people write into titles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetly.meetings.calendars import ics
from meetly.meetings.calendars.ics import Attendee, Event, Method, Party
from tests.meetings.calendars import reread

GOLDEN = Path(__file__).parents[2] / "golden" / "calendars"

EVENT = Event(
    uid="b7c9e6b2-2f5c-4a0e-9b1c-6f0f1c2d3e4f",
    title="Giao ban tháng 11",
    starts_at=datetime(2099, 11, 23, 1, 0, tzinfo=UTC),
    ends_at=datetime(2099, 11, 23, 2, 30, tzinfo=UTC),
    stamp=datetime(2099, 11, 16, 2, 0, tzinfo=UTC),
    place="Phòng họp số 1; tầng 2, nhà A",
    link="https://hop.lamgiang.example/giao-ban",
    page="https://meetly.lamgiang.example/meetings/7",
    text="Chủ trì: Trần Quốc Khải\n\nChương trình:\n1. Giải ngân vốn đầu tư công",
    categories=("Cuộc họp",),
    organizer=Party("hop+m7-6-abcdefghijklmnop@lamgiang.example", "Văn phòng UBND tỉnh"),
    attendee=Attendee("hoa@lamgiang.example", "Lò Thị Hoa"),
)
SERIES = replace(
    EVENT, rule="FREQ=WEEKLY;BYDAY=MO;COUNT=8",
    exceptions=(EVENT.starts_at + timedelta(weeks=2),),
)  # fmt: skip
MOVED = replace(
    EVENT, sequence=1, recurrence=EVENT.starts_at + timedelta(weeks=1),
    starts_at=EVENT.starts_at + timedelta(weeks=1, hours=6),
    ends_at=EVENT.ends_at + timedelta(weeks=1, hours=6),
)  # fmt: skip

HOSTILE = [
    "Họp\r\nATTACH:https://evil.example/x.exe",
    "Họp\nATTENDEE:mailto:x@evil.example",
    "Họp\rBEGIN:VEVENT",
    "Họp\r\n END:VEVENT",
    "END:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR",
    "Họp\\nATTACH:x\\",
    "Họp\x85ATTACH:x",
    "Họp\u2028ATTACH:x",
    "Họp\u2029ATTACH:x",
    "Họp\x0bATTACH:x\x0cURL:x",
    "Họp\x1cATTACH:x\x1dURL:x\x1e",
    "Họp\x00\x07\x1b[31m\x7f",
    "a;CN=x:mailto:y,z",
    '"; ATTENDEE="mailto:x@evil.example":mailto:y',
    "^n^'^^ \\; \\, \\N",
    "Họp \u202etxt.exe",
    "\ud800 nửa chữ",
    "á" * 3000,
    "👩‍👩‍👧‍👦" * 100,
    " " * 200 + "x",
    "=?utf-8?q?a=0d=0aATTACH:x?=",
]


def told_to(words: str) -> Event:
    """Return the event with hostile words wherever a person writes them."""
    return replace(
        EVENT, title=f"T {words}", place=f"P {words}", text=f"D {words}",
        link=f"https://hop.example/{words}", page=f"https://meetly.example/{words}",
        categories=(f"C {words}",), organizer=Party(f"{words}@x.example", f"O {words}"),
        attendee=Attendee(f"{words}@y.example", f"A {words}"),
    )  # fmt: skip


def names(text: bytes) -> list[str]:
    return [name for name, _rest in reread.properties(text)]


# -- read again by others --------------------------------------------------------------------


def test_two_other_libraries_read_the_same_event() -> None:
    written = ics.calendar([EVENT], Method.REQUEST)
    assert reread.method_of(written) == "REQUEST"
    [seen] = reread.seen_by_vobject(written)
    assert reread.occurrences(written) == [seen]
    assert (seen.uid, seen.title, seen.place) == (EVENT.uid, EVENT.title, EVENT.place)
    assert (seen.starts_at, seen.ends_at) == (EVENT.starts_at, EVENT.ends_at)
    [event] = reread.by_vobject(written)
    assert event.description.value == EVENT.text
    assert event.attendee.value == "mailto:hoa@lamgiang.example"
    assert event.attendee.params["CN"] == ["Lò Thị Hoa"]
    assert event.attendee.params["RSVP"] == ["TRUE"]
    assert event.organizer.value == f"mailto:{EVENT.organizer.address}"  # type: ignore[union-attr]
    assert event.conference.value == EVENT.link
    assert [alarm.trigger.value for alarm in event.valarm_list] == [
        timedelta(minutes=-15), timedelta(days=-1),
    ]  # fmt: skip


def test_a_series_has_the_occurrences_of_its_rule_without_the_left_out_and_with_the_moved() -> None:
    found = reread.occurrences(ics.calendar([SERIES, MOVED], Method.REQUEST))
    weeks = [(one.starts_at - EVENT.starts_at) / timedelta(weeks=1) for one in found]
    assert weeks == [0, 1 + 6 / 168, 3, 4, 5, 6, 7]
    assert {one.uid for one in found} == {EVENT.uid}
    by_vobject = reread.by_vobject(ics.calendar([SERIES], Method.REQUEST))[0].rruleset
    assert len(list(by_vobject)) == 7


@pytest.mark.parametrize(
    ("name", "events", "method"),
    [
        ("request.ics", [EVENT], Method.REQUEST),
        ("cancel.ics", [replace(EVENT, status="CANCELLED", sequence=2)], Method.CANCEL),
        ("series.ics", [SERIES, MOVED], Method.REQUEST),
    ],
)
def test_the_text_is_as_agreed(name: str, events: list[Event], method: Method) -> None:
    assert ics.calendar(events, method) == (GOLDEN / name).read_bytes()


def test_a_cancelled_meeting_reminds_nobody_and_asks_for_no_answer() -> None:
    written = ics.calendar([replace(EVENT, status="CANCELLED")], Method.CANCEL)
    [event] = reread.by_vobject(written)
    assert "valarm" not in event.contents and "RSVP" not in event.attendee.params
    assert (reread.method_of(written), event.status.value) == ("CANCEL", "CANCELLED")


# -- hostile words ---------------------------------------------------------------------------


def check(words: str) -> None:
    """Fail where words became anything but the value of their own property."""
    written = ics.calendar([told_to(words)], Method.REQUEST)
    assert names(written) == names(ics.calendar([EVENT], Method.REQUEST))
    for line in written.split(b"\r\n"):
        assert len(line) <= 75 and not set(line) & set(b"\r\n\x00\x07\x0b\x0c\x1b\x1c\x1d\x1e\x7f")
        line.decode()  # no letter is cut in two
    assert len(written.decode().splitlines()) == written.count(b"\r\n")
    [seen] = reread.seen_by_vobject(written)
    assert [seen] == reread.occurrences(written)
    assert (seen.title, seen.place) == (ics.line(f"T {words}"), ics.line(f"P {words}"))
    [event] = reread.by_vobject(written)
    assert event.description.value == ics.text(f"D {words}")
    assert len(event.attendee_list) == 1
    assert event.attendee.value.startswith("mailto:")


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_add_no_property(words: str) -> None:
    check(words)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(), max_size=120))
def test_no_words_at_all_add_a_property(words: str) -> None:
    check(words)


@pytest.mark.parametrize(
    ("defect", "leaky"),
    [("line", lambda words, longest=0: words), ("text", lambda words, longest=0: words)],
)
def test_the_check_sees_a_writer_that_lets_everything_through(
    monkeypatch: pytest.MonkeyPatch, defect: str, leaky: Callable[..., str]
) -> None:
    monkeypatch.setattr(ics, defect, leaky)
    with pytest.raises((AssertionError, ValueError)):
        for words in HOSTILE:
            check(words)


def test_only_the_one_addressed_stands_in_it() -> None:
    assert ics.calendar([EVENT], Method.REQUEST).count(b"\r\nATTENDEE") == 1
    unasked = replace(EVENT, attendee=None)
    assert b"ATTENDEE" not in ics.calendar([unasked], Method.PUBLISH, name="Lịch họp")
