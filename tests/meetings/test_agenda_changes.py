"""Two agendas compared point by point."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from meetly.meetings.agenda_changes import Kind, Point, compare


def _agenda(*points: tuple[int | None, str]) -> list[Point]:
    return [Point(number, words, id_) for number, (id_, words) in enumerate(points, start=1)]


def _said(before: list[Point], after: list[Point]) -> list[tuple[Kind, str, str]]:
    return [
        (c.kind, c.before.numbered if c.before else "", c.after.numbered if c.after else "")
        for c in compare(before, after)
    ]


def test_a_point_put_first_is_all_that_changed() -> None:
    before = _agenda((1, "Một"), (2, "Hai"))
    after = _agenda((3, "Ba"), (1, "Một"), (2, "Hai"))
    assert _said(before, after) == [(Kind.ADDED, "", "1. Ba")]


def test_each_kind_of_change_is_told_once() -> None:
    before = _agenda((1, "Một"), (2, "Hai"), (3, "Ba"), (4, "Bốn"))
    after = _agenda((4, "Bốn"), (1, "Một (15 phút)"), (3, "Ba"), (5, "Năm"))
    assert _said(before, after) == [
        (Kind.REMOVED, "2. Hai", ""),
        (Kind.MOVED, "4. Bốn", "1. Bốn"),
        (Kind.CHANGED, "1. Một", "2. Một (15 phút)"),
        (Kind.ADDED, "", "4. Năm"),
    ]


def test_a_point_without_a_row_is_a_new_one() -> None:
    assert _said(_agenda((1, "Một")), _agenda((None, "Một"))) == [
        (Kind.REMOVED, "1. Một", ""),
        (Kind.ADDED, "", "1. Một"),
    ]


points = st.lists(
    st.tuples(st.integers(1, 8), st.sampled_from("abc")), unique_by=lambda p: p[0], max_size=8
)


@given(points, points)
def test_what_is_told_turns_one_agenda_into_the_other(
    before: list[tuple[int, str]], after: list[tuple[int, str]]
) -> None:
    was, now = _agenda(*before), _agenda(*after)
    found = compare(was, now)
    gone = {c.before.id for c in found if c.kind == Kind.REMOVED and c.before}
    new = {c.after.id for c in found if c.kind == Kind.ADDED and c.after}
    assert {p.id for p in was} - gone | new == {p.id for p in now}
    told = {c.after.id for c in found if c.after}
    quiet = [p.id for p in now if p.id not in told]
    assert quiet == [p.id for p in was if p.id in quiet]  # what is not told kept its order
    assert {p.id: p.words for p in now if p.id in quiet} == {
        p.id: p.words for p in was if p.id in quiet
    }


@given(points)
def test_the_same_agenda_has_not_changed(same: list[tuple[int, str]]) -> None:
    assert compare(_agenda(*same), _agenda(*same)) == []
