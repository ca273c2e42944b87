"""Parts of one meeting are laid out by their clocks; what is only supposed hides nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from meetly.recordings.timeline import Part, Placed, Timeline, timeline

EIGHT = datetime(2026, 11, 25, 1, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


def part(number: int, begins: float | None, minutes: float, channel: str = "") -> Part:
    return Part(number, None if begins is None else at(begins), 60 * minutes, channel)


def spans(line: Timeline) -> list[tuple[int, float, float]]:
    return [(p.id, p.start / 60, p.end / 60) for p in line.parts]


def test_clocks_order_the_parts_whatever_came_first() -> None:
    line = timeline([part(1, 40, 20), part(2, 0, 30)])
    assert spans(line) == [(2, 0, 30), (1, 40, 60)]
    assert (line.begins, line.known) == (EIGHT, True)
    assert line.clock(line.parts[1].start) == at(40)


def test_missing_sound_is_a_gap_between_its_parts() -> None:
    line = timeline([part(1, 0, 12), part(2, 20, 30), part(3, 50.3, 10)])
    assert [(g.start / 60, g.end / 60, g.before, g.after) for g in line.gaps] == [(12, 20, 1, 2)]
    assert line.gaps[0].seconds == 480
    assert line.overlaps == ()


def test_sound_heard_twice_belongs_to_the_earlier_part() -> None:
    line = timeline([part(1, 0, 30), part(2, 25, 30)])
    assert [(o.start / 60, o.end / 60) for o in line.overlaps] == [(25, 30)]
    assert [p.twice for p in line.parts] == [0, 300]
    assert line.gaps == ()


def test_a_part_inside_a_longer_one_is_all_heard_already_and_hides_nothing_behind_it() -> None:
    line = timeline([part(1, 0, 60), part(2, 10, 20), part(3, 62, 10)])
    assert [p.twice / 60 for p in line.parts] == [0, 20, 0]
    assert [(g.start / 60, g.end / 60) for g in line.gaps] == [(60, 62)]


def test_a_part_without_a_clock_follows_the_one_before_it() -> None:
    line = timeline([part(1, 5, 30), part(2, None, 10), part(3, None, 10)])
    assert spans(line) == [(1, 0, 30), (2, 30, 40), (3, 40, 50)]
    assert line.begins == at(5) and [p.known for p in line.parts] == [True, False, False]


def test_the_first_part_begins_as_planned_where_nothing_else_is_known() -> None:
    line = timeline([part(1, None, 30), part(2, None, 30)], planned=EIGHT)
    assert spans(line) == [(1, 0, 30), (2, 30, 60)]
    assert (line.begins, line.known) == (EIGHT, False)
    assert timeline([part(1, None, 30)]).begins is None


def test_a_supposed_beginning_makes_room_for_a_known_one() -> None:
    line = timeline([part(1, None, 30), part(2, 20, 30)], planned=EIGHT)
    assert spans(line) == [(1, 0, 30), (2, 30, 60)]
    assert (line.begins, line.known) == (at(-10), False)


def test_what_is_only_supposed_is_neither_a_gap_nor_an_overlap() -> None:
    line = timeline([part(1, 0, 30), part(2, None, 30), part(3, 40, 30)])
    assert line.overlaps == () and all(p.twice == 0 for p in line.parts)
    assert timeline([part(1, None, 10), part(2, 40, 30)], planned=EIGHT).gaps == ()


def test_microphones_run_beside_each_other() -> None:
    line = timeline([part(1, 0, 30), part(2, 0, 30, "sinh"), part(3, 20, 30, "sinh")])
    assert [(o.before, o.after) for o in line.overlaps] == [(2, 3)]
    assert line.gaps == ()
    unclocked = timeline([part(1, 5, 30), part(2, None, 30, "sinh")])
    assert spans(unclocked) == [(1, 0, 30), (2, 0, 30)]


@pytest.mark.parametrize("seconds", [0, 29])
def test_a_breath_between_two_files_is_no_gap(seconds: float) -> None:
    assert timeline([part(1, 0, 10), part(2, 10 + seconds / 60, 10)]).gaps == ()


def test_no_parts_make_no_line() -> None:
    assert timeline([]) == Timeline()
    assert timeline([]).seconds == 0.0
    assert timeline([part(1, 0, 1)]).parts == (Placed(1, 0.0, 60.0, True),)
